from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from support.patience import PATIENCE
from tee_rex.attestation.examination import UntrustedAttestation
from tee_rex.attestation.provers import Prover
from tee_rex.bb.pins import BbPins
from tee_rex.errors import AttestationError, TeeRexError
from tee_rex.errors.tree import BadServerAnswerError, ServerBusyError, ServerUnreachableError
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote import attestation
from tee_rex.remote.attestation import MAX_ANSWER_BYTES, AllowedProvers, fetch_attestation
from tee_rex.transaction.trusted_setup import TrustedSetup

_NONCE = bytes(range(32))
_DOCUMENT = b"\x84 a document"


def _body(**fields: object) -> bytes:
    answer = {
        "mode": "nitro",
        "attestationDocument": base64.b64encode(_DOCUMENT).decode(),
        "publicKey": "key",
    }
    return json.dumps(answer | fields).encode()


async def _fetch(handle: Callable[[httpx2.Request], httpx2.Response]) -> UntrustedAttestation:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(handle)) as client:
        server = ServerUrl.parse("https://prover.example/tee")
        return await fetch_attestation(ServerConnection(server, client), _NONCE)


async def test_the_request_has_the_nonce_and_the_answer_is_parsed() -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        assert str(request.url) == f"https://prover.example/tee/attestation?nonce={_NONCE.hex()}"
        assert request.headers["Accept-Encoding"] == "identity"
        return httpx2.Response(
            200, content=_body(proverManifest=base64.b64encode(b"manifest").decode(), more=1)
        )

    assert await _fetch(handle) == UntrustedAttestation(_DOCUMENT, b"key", b"manifest")


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx2.Response(200, content=b'{"mode":"standard","publicKey":"key"}'), AttestationError),
        (httpx2.Response(200, content=_body(attestationDocument="not base64!")), AttestationError),
        (httpx2.Response(200, content=_body(attestationDocument="\u00e9")), AttestationError),
        (httpx2.Response(200, content=_body(attestationDocument=None)), BadServerAnswerError),
        (httpx2.Response(200, content=_body(mode="sgx")), BadServerAnswerError),
        (httpx2.Response(200, content=_body(publicKey=7)), BadServerAnswerError),
        (httpx2.Response(200, content=b'{"mode":"nitro","publicKey":"\\ud800"}'), BadServerAnswerError),
        (httpx2.Response(200, content=b""), BadServerAnswerError),
        (httpx2.Response(200, content=b"\xff"), BadServerAnswerError),
        (httpx2.Response(200, content=b"[" * 50_000), BadServerAnswerError),
        (httpx2.Response(200, content=b'{"x":' + b"[" * 50_000), BadServerAnswerError),
        (httpx2.Response(200, content=_body() + b" " * MAX_ANSWER_BYTES), BadServerAnswerError),
        (httpx2.Response(503, content=_body()), ServerBusyError),
        (httpx2.Response(302, headers={"Location": "https://elsewhere.example"}), BadServerAnswerError),
        (
            httpx2.Response(200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(_body())),
            BadServerAnswerError,
        ),
    ],
)
async def test_any_other_answer_is_refused(response: httpx2.Response, error: type[TeeRexError]) -> None:
    with pytest.raises(error):
        await _fetch(lambda _request: response)


@asynccontextmanager
async def _server(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[ServerUrl]:
    """A real socket; ends only when every connection has."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield ServerUrl.parse(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")


async def _until_gone(reader: asyncio.StreamReader) -> None:
    assert await reader.read() == b""


@pytest.mark.integration
async def test_a_stalled_answer_times_out_and_the_connection_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attestation, "ANSWER_SECONDS", 1.0)
    left = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        await _until_gone(reader)
        left.set()

    async with _server(answer) as server, httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(ServerUnreachableError, match="longer than"):
            await fetch_attestation(ServerConnection(server, client), _NONCE)
        await asyncio.wait_for(left.wait(), PATIENCE)


@pytest.mark.integration
async def test_cancelling_leaves_no_connection() -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await _until_gone(reader)
        left.set()

    async with _server(answer) as server, httpx2.AsyncClient(trust_env=False) as client:
        fetching = asyncio.create_task(fetch_attestation(ServerConnection(server, client), _NONCE))
        await asyncio.wait_for(asked.wait(), PATIENCE)
        fetching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching
        await asyncio.wait_for(left.wait(), PATIENCE)


@pytest.mark.integration
async def test_an_endless_answer_is_cut_off() -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"1000\r\n" + b" " * 4096 + b"\r\n")
                await writer.drain()
        except ConnectionError:
            pass

    async with _server(answer) as server, httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(BadServerAnswerError, match="more than"):
            await fetch_attestation(ServerConnection(server, client), _NONCE)


@pytest.mark.integration
async def test_an_address_without_a_server_is_unreachable() -> None:
    async def answer(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        pass

    async with _server(answer) as server:
        pass
    async with httpx2.AsyncClient(trust_env=False) as client:
        with pytest.raises(ServerUnreachableError):
            await fetch_attestation(ServerConnection(server, client), _NONCE)


def test_the_pinned_provers_are_those_that_enclaves_can_run() -> None:
    pins = BbPins.shipped()
    allowed = AllowedProvers.pinned(pins)
    version = str(pins.default_version)
    for setup, provers in (
        (TrustedSetup.GENUINE, allowed.genuine),
        (TrustedSetup.DEVELOPMENT, allowed.development),
    ):
        digests = pins.versions[pins.default_version].digests(setup)
        expected = {sha256 for platform, sha256 in digests.items() if "linux" in platform}
        assert expected
        assert {prover.sha256 for prover in provers if prover.version == version} == expected
    assert {prover.version for prover in allowed.genuine} == {"4.1.2", "4.4.0", "5.0.0"}


def test_development_provers_count_under_the_development_setup_only() -> None:
    genuine, development = Prover("4.1.2", "ab" * 32), Prover("4.1.2", "cd" * 32)
    allowed = AllowedProvers(frozenset({genuine}), frozenset({development}))
    assert allowed.under(TrustedSetup.GENUINE, revoked=()) == {genuine}
    assert allowed.under(TrustedSetup.DEVELOPMENT, revoked=()) == {genuine, development}
    assert allowed.under(TrustedSetup.DEVELOPMENT, revoked={genuine.sha256}) == {development}
