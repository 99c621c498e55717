"""What a server, its host or the network may try to get a witness: refused with a code, nothing sent."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509

from support.altered import last_bit_changed
from support.errors import raises, raises_code
from support.nitro_fake import DEBUG_PCRS, ES384_HEADER, PRODUCTION_PCRS, FakeNitro
from support.remote_client import BUILD, PROVER, now, pinned, remote_backend, small_request
from support.remote_client import attested as attested_now
from support.scripted_server import Answer, ScriptedServer, json_answer
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.errors import AttestationError, TeeRexError
from tee_rex.errors.catalogue.attestation import POLICY_MISSING
from tee_rex.errors.catalogue.servers import FINGERPRINT_INVALID
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.remote.trust import AttestedKey, KeyTrust, PinnedKey
from tee_rex.revocations import Revocations
from tee_rex.transaction.events import AttestationExamined, ProofEvent
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.wire.protocol import ProofPayload

NOW = now()
NITRO = FakeNitro(NOW)
NO_CA = x509.BasicConstraints(ca=False, path_length=None)
MINUTE = timedelta(minutes=1)
OTHER_BB = Prover("4.1.2", "cd" * 32)
OTHER_VERSION = Prover("5.0.0", PROVER.sha256)
OTHER_KEY = ScriptedServer().key.public_key.armored()


def then() -> datetime:
    """The moment the documents here are made for, however late the test runs."""
    return NOW


def attested(nitro: FakeNitro, *, nonce_required: bool = True) -> AttestedKey:
    """TEE mode at that moment."""
    return replace(attested_now(nitro, nonce_required=nonce_required), now=then)


async def prove(
    server: ScriptedServer, trust: KeyTrust, events: list[ProofEvent], request: ProofRequest | None = None
) -> ProofResult:
    async with server.serving() as url:
        return await remote_backend(url, trust).prove(request or small_request(), events.append)


async def refused(
    server: ScriptedServer,
    trust: KeyTrust,
    request: ProofRequest | None = None,
    *,
    attestation_holds: bool = False,
) -> str:
    """The code of the refusal; nothing was sent, and the attestation's report says the same."""
    events: list[ProofEvent] = []
    with pytest.raises(TeeRexError) as refusal:
        await prove(server, trust, events, request)
    assert server.received_secrets == []
    told = [event.report.code for event in events if isinstance(event, AttestationExamined)]
    if attestation_holds:
        assert told == [None]
    else:
        assert told == ([refusal.value.code] if isinstance(refusal.value, AttestationError) else [])
    return refusal.value.code


@pytest.mark.integration
@pytest.mark.parametrize(
    ("attested_fields", "code"),
    [
        ({"nonce": b"n" * 32}, "NONCE_MISMATCH"),
        ({"nonce": None}, "NONCE_MISMATCH"),
        ({"timestamp": NOW - 6 * MINUTE}, "EXPIRED"),
        ({"timestamp": NOW + 2 * MINUTE}, "FROM_FUTURE"),
        ({"pcrs": dict(DEBUG_PCRS)}, "DEBUG_MODE"),
        ({"pcrs": {**PRODUCTION_PCRS, 0: b"\x77" * 48}}, "PCR_MISMATCH"),
        ({"pcrs": {**PRODUCTION_PCRS, 2: b"\x77" * 48}}, "PCR_MISMATCH"),
        ({"user_data": encode_provers([OTHER_BB])[0]}, "PROVER_NOT_ALLOWED"),
        ({"user_data": encode_provers([PROVER, OTHER_BB])[0]}, "PROVER_NOT_ALLOWED"),
        ({"user_data": encode_provers([OTHER_VERSION])[0]}, "PROVER_NOT_ALLOWED"),
        ({"user_data": encode_provers([PROVER] * 5)[0]}, "PROVER_NOT_ALLOWED"),
        ({"user_data": None}, "PROVER_NOT_ALLOWED"),
        ({"public_key": None}, "MISSING_KEY"),
        ({"public_key": OTHER_KEY.encode()}, "KEY_MISMATCH"),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
async def test_a_genuine_enclave_that_is_not_the_right_one(
    attested_fields: dict[str, object], code: str
) -> None:
    server = ScriptedServer(nitro=NITRO)
    server.attested = attested_fields
    assert await refused(server, attested(NITRO)) == code


@pytest.mark.integration
@pytest.mark.parametrize(
    ("nitro", "code"),
    [
        (FakeNitro(NOW), "CHAIN_FAILED"),
        (NITRO.changed("instance", basic_constraints=NO_CA), "CHAIN_FAILED"),
        (NITRO.changed("zone", key_usage=frozenset({"digital_signature"})), "CHAIN_FAILED"),
        (NITRO.changed("enclave", not_after=NOW - MINUTE), "CHAIN_FAILED"),
    ],
    ids=["another root", "issuer is no authority", "issuer may not sign", "expired certificate"],
)
async def test_an_enclave_that_amazon_does_not_vouch_for(nitro: FakeNitro, code: str) -> None:
    assert await refused(ScriptedServer(nitro=nitro), attested(NITRO)) == code


def attestation(document: bytes, **fields: object) -> Answer:
    return json_answer(
        {"mode": "nitro", "attestationDocument": base64.b64encode(document).decode(), **fields}
    )


@pytest.mark.integration
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (json_answer({"error": "Verifier is not a constructor", "requestId": "r"}, 500), "SERVER_FAILED"),
        (json_answer({"error": "is not a constructor", "requestId": "r"}, 400), "SERVER_REFUSED"),
        (json_answer({"error": "is not a constructor", "requestId": "r"}), "SERVER_ANSWER_INVALID"),
        (json_answer({"mode": "standard", "publicKey": OTHER_KEY}), "NO_TEE"),
        (json_answer({"mode": "nitro", "publicKey": OTHER_KEY}), "SERVER_ANSWER_INVALID"),
        (Answer(status=404), "SERVER_REFUSED"),
        (Answer(status=503), "SERVER_BUSY"),
        (Answer(status=302, headers={"Location": "http://127.0.0.1:1/attestation"}), "SERVER_ANSWER_INVALID"),
        (Answer(b" " * 100_000), "SERVER_ANSWER_INVALID"),
        (attestation(b""), "UNREADABLE"),
        (attestation(b"is not a constructor"), "UNREADABLE"),
        (attestation(NITRO.sign(NITRO.payload(), protected=ES384_HEADER[:-1] + b"\0")), "INVALID_COSE"),
        (attestation(NITRO.sign({"public_key": OTHER_KEY.encode()})), "INVALID_DOCUMENT"),
        (attestation(last_bit_changed(NITRO.document())), "SIGNATURE_FAILED"),
    ],
)
async def test_there_is_no_fallback(answer: Answer, code: str) -> None:
    server = ScriptedServer(nitro=NITRO)
    server.scripts["GET /attestation"] = answer
    assert await refused(server, attested(NITRO)) == code
    assert {request.path for request in server.requests} == {"/health", "/attestation"}


@pytest.mark.integration
async def test_a_key_beside_the_document_is_never_used() -> None:
    server = ScriptedServer(nitro=NITRO)
    server.attested = {"nonce": None}
    server.scripts["GET /attestation"] = attestation(server.attest(None), publicKey=OTHER_KEY)
    assert await refused(server, attested(NITRO, nonce_required=False)) == "KEY_MISMATCH"


@pytest.mark.integration
async def test_what_is_attested_must_be_a_key() -> None:
    server = ScriptedServer(nitro=NITRO)
    server.scripts["GET /attestation"] = attestation(
        NITRO.document(public_key=b"no key", user_data=encode_provers([PROVER])[0])
    )
    trust = attested(NITRO, nonce_required=False)
    assert await refused(server, trust, attestation_holds=True) == "INVALID_PUBLIC_KEY"


@pytest.mark.integration
async def test_a_server_that_ignores_nonces_is_accepted_only_when_asked_for() -> None:
    server = ScriptedServer(original=True, nitro=NITRO)
    server.attested = {"nonce": None}
    events: list[ProofEvent] = []
    await prove(server, attested(NITRO, nonce_required=False), events)
    body = json.loads(server.asked("POST /prove")[0].body)
    assert server.decrypted(base64.b64decode(body["data"])) == small_request().steps.to_bytes()
    server.requests.clear()
    assert await refused(server, attested(NITRO)) == "NONCE_MISMATCH"


@pytest.mark.integration
async def test_the_caller_sets_the_maximum_age() -> None:
    server = ScriptedServer(nitro=NITRO)
    server.attested = {"timestamp": NOW - 2 * MINUTE}
    await prove(server, attested(NITRO), [])
    server.requests.clear()
    assert await refused(server, replace(attested(NITRO), max_age=MINUTE)) == "EXPIRED"


@pytest.mark.integration
async def test_a_revoked_build_is_refused_though_it_is_approved() -> None:
    assert BUILD.pcr0 is not None
    revoked = Revocations()
    trust = replace(attested(NITRO), revocations=lambda: revoked)
    server = ScriptedServer(nitro=NITRO)
    await prove(server, trust, [])
    revoked = Revocations(1, enclave_builds=frozenset({BUILD.pcr0.hex()}))
    server.requests.clear()
    assert await refused(server, trust) == "BUILD_REVOKED"


@pytest.mark.integration
async def test_an_enclave_with_a_revoked_bb_is_refused_though_it_is_allowed() -> None:
    revoked = Revocations(1, frozenset({PROVER.sha256}))
    trust = replace(attested(NITRO), revocations=lambda: revoked)
    assert await refused(ScriptedServer(nitro=NITRO), trust) == "PROVER_NOT_ALLOWED"


@pytest.mark.parametrize("builds", [(), (ExpectedPcrs(pcr1=BUILD.pcr1, pcr2=BUILD.pcr2),)])
def test_tee_mode_requires_an_expected_pcr0(builds: tuple[ExpectedPcrs, ...]) -> None:
    with raises(POLICY_MISSING):
        AttestedKey(builds, AllowedProvers(frozenset({PROVER})), NITRO.root, now)


@pytest.mark.integration
async def test_a_bb_of_the_development_setup_proves_nothing_genuine() -> None:
    trust = AttestedKey((BUILD,), AllowedProvers(frozenset(), frozenset({PROVER})), NITRO.root, then)
    assert await refused(ScriptedServer(nitro=NITRO), trust) == "PROVER_NOT_ALLOWED"


@pytest.mark.integration
async def test_an_allowed_bb_of_other_circuits_proves_nothing() -> None:
    server = ScriptedServer(nitro=NITRO)
    server.provers = [OTHER_VERSION]
    trust = replace(attested(NITRO), provers=AllowedProvers(frozenset({PROVER, OTHER_VERSION})))
    assert await refused(server, trust) == "PROVER_NOT_ALLOWED"


@pytest.mark.integration
async def test_an_enclave_without_the_bb_of_the_setup_is_refused_before_anything_is_sent() -> None:
    request = replace(small_request(), setup=TrustedSetup.DEVELOPMENT)
    code = await refused(ScriptedServer(nitro=NITRO), attested(NITRO), request, attestation_holds=True)
    assert code == "PROVER_NOT_ALLOWED"


@pytest.mark.integration
async def test_of_several_bbs_the_one_of_the_setup_is_requested() -> None:
    server = ScriptedServer(nitro=NITRO)
    server.provers = [PROVER, OTHER_BB]
    allowed = AllowedProvers(frozenset({PROVER}), frozenset({OTHER_BB}))
    trust = AttestedKey((BUILD,), allowed, NITRO.root, then)
    result = await prove(server, trust, [], replace(small_request(), setup=TrustedSetup.DEVELOPMENT))
    payload = ProofPayload.from_bytes(server.decrypted(server.asked("POST /v1/proofs")[0].body))
    assert payload.bb_sha256 is not None
    assert result.bb is not None
    assert payload.bb_sha256.hex() == result.bb.sha256 == OTHER_BB.sha256


@pytest.mark.integration
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (json_answer({"publicKey": OTHER_KEY}), "SERVER_KEY_MISMATCH"),
        (json_answer({"publicKey": "no key"}), "INVALID_PUBLIC_KEY"),
        (json_answer({"publicKey": None}), "SERVER_ANSWER_INVALID"),
        (json_answer({"error": "is not a constructor", "requestId": "r"}, 500), "SERVER_FAILED"),
        (Answer(b" " * 100_000), "SERVER_ANSWER_INVALID"),
        (Answer(status=301, headers={"Location": "http://127.0.0.1:1/"}), "SERVER_ANSWER_INVALID"),
    ],
)
async def test_remote_mode_sends_nothing_without_the_pinned_key(answer: Answer, code: str) -> None:
    server = ScriptedServer()
    server.scripts["GET /encryption-public-key"] = answer
    assert await refused(server, pinned(server.key.public_key.fingerprint)) == code


@pytest.mark.parametrize("text", ["", "ab" * 19, "ab" * 21, "xy" * 20, "0x" + "ab" * 20])
def test_a_pin_is_a_whole_fingerprint(text: str) -> None:
    with raises_code(FINGERPRINT_INVALID):
        PinnedKey.parse(text, now)


def test_a_pin_may_contain_spaces_and_capitals() -> None:
    assert PinnedKey.parse("ABCD " * 10, now) == PinnedKey("abcd" * 10, now)
