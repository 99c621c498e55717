"""Our client against the original TypeScript server: its wire format, its OpenPGP.js."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from support.nitro_fake import FakeNitro
from support.openpgpjs import OpenPgpJs
from support.remote_client import PROVER, QUICK_RETRIES, attested, no_bb_here, now, pinned, small_request
from support.scripted_server import SOME_PROOF, ScriptedServer, json_answer
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.trust import KeyTrust
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.request import ProofResult, ProvingMode

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def openpgpjs() -> OpenPgpJs:
    return OpenPgpJs.install()


@pytest.fixture(scope="module")
def server_key(openpgpjs: OpenPgpJs) -> dict[str, str]:
    """As the server makes it when it starts."""
    return openpgpjs.generate(userIDs=[{"name": "TEE-Rex Server", "email": "tee@rex.dinosaur"}])


def original_server(key: dict[str, str], attestation: dict[str, str]) -> ScriptedServer:
    """Answers word for word as the original does, to fixed requests."""
    server = ScriptedServer(original=True)
    proof = base64.b64encode(SOME_PROOF.to_wire()).decode()
    server.scripts = {
        "GET /attestation": json_answer(attestation),
        "GET /encryption-public-key": json_answer({"publicKey": key["publicKey"]}),
        "POST /prove": json_answer(
            {"proof": proof},
            headers={
                "X-Request-Id": "6f1c1f0e-1f6a-4f3c-9d0e-2a5a4a1b9f00",
                "x-prove-duration-ms": "11853",
                "x-decrypt-duration-ms": "14",
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Expose-Headers": "x-prove-duration-ms, x-decrypt-duration-ms, X-Request-Id",
            },
        ),
    }
    return server


async def prove(server: ScriptedServer, trust: KeyTrust) -> ProofResult:
    async with server.serving() as url:
        backend = RemoteBackend(ServerUrl.parse(url), trust, no_bb_here(), retries=QUICK_RETRIES)
        return await backend.prove(small_request(), ignore_events)


def decrypted(server: ScriptedServer, key: dict[str, str], openpgpjs: OpenPgpJs) -> bytes:
    """What OpenPGP.js reads out of the one request, after the body was read as Express reads it."""
    (request,) = server.asked("POST /prove")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-aztec-version"] == "4.1.2"
    body = json.loads(request.body)
    assert list(body) == ["data"]
    message = base64.b64decode(body["data"], validate=True)
    return openpgpjs.call("decrypt", message, privateKey=key["privateKey"])


async def test_remote_mode(openpgpjs: OpenPgpJs, server_key: dict[str, str]) -> None:
    server = original_server(server_key, {"mode": "standard", "publicKey": server_key["publicKey"]})
    result = await prove(server, pinned(server_key["fingerprint"]))
    assert (result.proof, result.timings.prove_ms) == (SOME_PROOF, 11853.0)
    assert decrypted(server, server_key, openpgpjs) == small_request().steps.to_bytes()


async def test_tee_mode_without_a_nonce(openpgpjs: OpenPgpJs, server_key: dict[str, str]) -> None:
    nitro = FakeNitro(now())
    document = nitro.document(
        public_key=server_key["publicKey"].encode(),
        user_data=f'{{"versions":[{{"version":"4.1.2","sha256":"{PROVER.sha256}"}}]}}'.encode(),
        timestamp=now() - timedelta(minutes=2),
    )
    answer = {
        "mode": "nitro",
        "attestationDocument": base64.b64encode(document).decode(),
        "publicKey": server_key["publicKey"],
    }
    server = original_server(server_key, answer)
    result = await prove(server, attested(nitro, nonce_required=False))
    assert result.mode is ProvingMode.TEE
    assert result.bb is not None
    assert result.bb.sha256 == PROVER.sha256
    assert decrypted(server, server_key, openpgpjs) == small_request().steps.to_bytes()
