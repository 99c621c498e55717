"""Decoding request bodies, well formed and malformed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.proving_server import json_body, payload, prove_json
from support.recorded_steps import development_deployment, wire, wire_step
from tee_rex.errors import TeeRexError
from tee_rex.openpgp import encrypt
from tee_rex.transaction.steps import MAX_STEPS_BYTES, ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.bodies import BodyForm
from tee_rex_server.proving.decoder import RequestDecoder, ServerKey

KEY = ServerKey.generate(datetime.now(UTC))
PUBLIC = KEY.private.public_key
STEPS = development_deployment()


@pytest.fixture
def decoder() -> Iterator[RequestDecoder]:
    opened = RequestDecoder(KEY)
    yield opened
    opened.close()


async def test_steps_are_decoded(decoder: RequestDecoder) -> None:
    body = bytearray(prove_json(PUBLIC, STEPS))
    decoded = await decoder.decode_steps(body, BodyForm.JSON, AztecVersion(4, 1, 2))
    assert decoded.request.steps == ExecutionSteps.from_bytes(STEPS)
    assert (decoded.request.setup, decoded.size, decoded.allowed_bb) == (
        TrustedSetup.DEVELOPMENT,
        len(STEPS),
        None,
    )
    assert body == b""


@pytest.mark.parametrize("form", list(BodyForm))
async def test_a_payload_is_decoded_from_both_forms(decoder: RequestDecoder, form: BodyForm) -> None:
    message = encrypt(PUBLIC, payload(bb_sha256=bytes(32)))
    body = bytearray(json_body(bytes(message))) if form is BodyForm.JSON else message
    decoded = await decoder.decode_payload(body, form)
    assert decoded.request.steps == ExecutionSteps.from_bytes(STEPS)
    assert decoded.allowed_bb == bytes(32)
    assert body == b""


def _wire_payload(**changes: object) -> bytes:
    fields = msgspec.msgpack.decode(payload()) | changes
    return msgspec.msgpack.encode({name: value for name, value in fields.items() if value is not ...})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"", "BODY_MALFORMED", id="empty"),
        pytest.param(b"{", "BODY_MALFORMED", id="cut JSON"),
        pytest.param(b"[]", "BODY_MALFORMED", id="a list"),
        pytest.param(b"{}", "BODY_MALFORMED", id="no data"),
        pytest.param(b'{"data":5}', "BODY_MALFORMED", id="a number"),
        pytest.param(b'{"data":"\xff"}', "BODY_MALFORMED", id="not UTF-8"),
        pytest.param(b'{"data":"a b"}', "BODY_MALFORMED", id="not base64"),
        pytest.param(b"[" * 100_000, "BODY_MALFORMED", id="deep nesting"),
        pytest.param(b'{"a":' * 60_000, "BODY_MALFORMED", id="deep nesting in an unknown field"),
        pytest.param(b'{"data":""}', "DECRYPTION_FAILED", id="empty message"),
        pytest.param(json_body(STEPS[:999]), "DECRYPTION_FAILED", id="not encrypted"),
        pytest.param(prove_json(PUBLIC, b""), "STEPS_EMPTY", id="no steps"),
        pytest.param(prove_json(PUBLIC, b"nonsense"), "STEPS_MALFORMED", id="text as steps"),
        pytest.param(
            prove_json(PUBLIC, wire(wire_step(vk=b""))), "STEPS_MISSING_VK", id="no verification key"
        ),
        pytest.param(prove_json(PUBLIC, bytes(MAX_STEPS_BYTES + 1)), "DECRYPTION_FAILED", id="too large"),
    ],
)
async def test_malformed_steps_are_refused(decoder: RequestDecoder, body: bytes, code: str) -> None:
    with pytest.raises(TeeRexError) as refused:
        await decoder.decode_steps(bytearray(body), BodyForm.JSON, None)
    assert (refused.value.code, refused.value.http_status) == (code, 400)


async def test_an_asserted_version_must_match_the_steps(decoder: RequestDecoder) -> None:
    with pytest.raises(TeeRexError) as refused:
        await decoder.decode_steps(bytearray(prove_json(PUBLIC, STEPS)), BodyForm.JSON, AztecVersion(5, 0, 0))
    assert refused.value.code == "AZTEC_VERSION_MISMATCH"
    assert "circuits of Aztec v4, not those of 5.0.0" in refused.value.message


@pytest.mark.parametrize("version", ["4.1.2-rc.1", "4.4.0"])
async def test_a_version_with_the_same_circuits_matches(decoder: RequestDecoder, version: str) -> None:
    body = bytearray(prove_json(PUBLIC, STEPS))
    decoded = await decoder.decode_steps(body, BodyForm.JSON, AztecVersion.parse(version))
    assert str(decoded.request.version) == version


@pytest.mark.parametrize(
    ("plaintext", "code"),
    [
        pytest.param(STEPS, "PAYLOAD_MALFORMED", id="bare steps"),
        pytest.param(_wire_payload(v=2), "PAYLOAD_MALFORMED", id="unknown version"),
        pytest.param(_wire_payload(more=1), "PAYLOAD_MALFORMED", id="unknown field"),
        pytest.param(_wire_payload(crs=...), "PAYLOAD_MALFORMED", id="no setup"),
        pytest.param(_wire_payload(bb_sha256=b"short"), "PAYLOAD_MALFORMED", id="a short digest"),
        pytest.param(_wire_payload(aztec_version="../4.1.2"), "INVALID_VERSION", id="a path as version"),
        pytest.param(_wire_payload(aztec_version="5.0.0"), "AZTEC_VERSION_MISMATCH", id="another version"),
        pytest.param(_wire_payload(crs="genuine"), "SETUP_MISMATCH", id="another setup"),
        pytest.param(_wire_payload(steps=[]), "STEPS_EMPTY", id="no steps"),
        pytest.param(_wire_payload(steps=7), "STEPS_MALFORMED", id="a number for steps"),
        pytest.param(
            _wire_payload(steps=msgspec.Raw(b"\x91" * 1_000_000)), "PAYLOAD_MALFORMED", id="deep nesting"
        ),
    ],
)
async def test_malformed_payloads_are_refused(decoder: RequestDecoder, plaintext: bytes, code: str) -> None:
    with pytest.raises(TeeRexError) as refused:
        await decoder.decode_payload(encrypt(PUBLIC, plaintext), BodyForm.MESSAGE)
    assert (refused.value.code, refused.value.http_status) == (code, 400)


@given(st.binary(max_size=400), st.booleans())
async def test_any_plaintext_is_decoded_or_refused(plaintext: bytes, as_payload: bool) -> None:
    decoder = RequestDecoder(KEY)
    try:
        if as_payload:
            await decoder.decode_payload(encrypt(PUBLIC, plaintext), BodyForm.MESSAGE)
        else:
            await decoder.decode_steps(bytearray(prove_json(PUBLIC, plaintext)), BodyForm.JSON, None)
    except TeeRexError as error:
        assert error.http_status < 500  # noqa: PT017  # any other exception fails the test
    finally:
        decoder.close()


@given(st.binary(max_size=400))
async def test_any_unencrypted_body_is_refused(body: bytes) -> None:
    decoder = RequestDecoder(KEY)
    try:
        with pytest.raises(TeeRexError) as refused:
            await decoder.decode_steps(bytearray(body), BodyForm.JSON, None)
        assert refused.value.http_status == 400
    finally:
        decoder.close()
