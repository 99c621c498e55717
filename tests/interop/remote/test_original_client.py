"""Our server against the original TypeScript client: its requests as Node sent them, its OpenPGP.js."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from pathlib import Path

import httpx2
import pytest

from support.enclave_stand_in import enclave_api, proxying, small_proxy, stand_in_enclave
from support.openpgpjs import OpenPgpJs
from support.patience import PATIENCE
from support.proving_server import GatedBackend, serving, small_api, some_proof
from support.raw_connection import raw_connection
from support.recorded_steps import development_deployment

pytestmark = pytest.mark.integration

GET_KEY = (
    "GET /attestation HTTP/1.1\r\nhost: {host}\r\nconnection: keep-alive\r\naccept: application/json\r\n"
    "accept-language: *\r\nsec-fetch-mode: cors\r\nuser-agent: node\r\naccept-encoding: gzip, deflate\r\n\r\n"
)
PROVE = (
    "POST /prove HTTP/1.1\r\nhost: {host}\r\nconnection: keep-alive\r\nx-aztec-version: 4.1.2-rc.1\r\n"
    "content-type: application/json\r\naccept: */*\r\naccept-language: *\r\nsec-fetch-mode: cors\r\n"
    "user-agent: node\r\naccept-encoding: gzip, deflate\r\ncontent-length: {length}\r\n\r\n"
)


@pytest.fixture(scope="module")
def openpgpjs() -> OpenPgpJs:
    return OpenPgpJs.install()


async def proof_of_original_client(url: str, openpgpjs: OpenPgpJs) -> bytes:
    """What its createChonkProof sends and reads, on one connection."""
    host = httpx2.URL(url).netloc.decode()
    async with raw_connection(url) as (reader, writer):

        async def answer() -> dict[str, str]:
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)).decode().lower()
            assert head.startswith("http/1.1 200 ok\r\n")
            length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
            return dict(json.loads(await reader.readexactly(length)))

        writer.write(GET_KEY.format(host=host).encode())
        attestation = await answer()
        assert attestation["mode"] == "standard"
        message = await asyncio.to_thread(
            openpgpjs.call, "encrypt", development_deployment(), publicKeys=[attestation["publicKey"]]
        )
        body = json.dumps({"data": base64.b64encode(message).decode()}, separators=(",", ":")).encode()
        writer.write(PROVE.format(host=host, length=len(body)).encode() + body)
        return base64.b64decode((await answer())["proof"])


async def test_the_server_proves_for_the_original_client(openpgpjs: OpenPgpJs) -> None:
    async with serving(small_api(GatedBackend(is_open=True))) as url:
        assert await proof_of_original_client(url, openpgpjs) == some_proof().to_wire()


async def test_an_enclave_proves_for_the_original_client(openpgpjs: OpenPgpJs, tmp_path: Path) -> None:
    log = io.StringIO()
    async with (
        stand_in_enclave(tmp_path / "one", enclave_api(GatedBackend(is_open=True))) as enclave,
        proxying(small_proxy(enclave.address, log_to=log)) as url,
    ):
        assert await proof_of_original_client(url, openpgpjs) == some_proof().to_wire()
    assert '"level": "warning"' not in log.getvalue()
