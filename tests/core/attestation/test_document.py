from __future__ import annotations

from datetime import UTC, datetime

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.errors import raises
from support.nitro_fake import PRODUCTION_PCRS, FakeNitro, indefinite_map
from tee_rex.attestation.document import (
    MAX_DOCUMENT_BYTES,
    MAX_PAYLOAD_BYTES,
    PROTECTED_HEADER,
    AttestationDocument,
    CoseSign1,
)
from tee_rex.errors import AttestationError, ErrorKind
from tee_rex.errors.catalogue import attestation as errors

_SIGNATURE = bytes(range(96))


def _envelope(*parts: object) -> bytes:
    return cbor2.dumps(list(parts))


@pytest.mark.parametrize("tag", [b"", b"\xd2"])
def test_the_tag_of_the_envelope_is_optional(tag: bytes) -> None:
    envelope = CoseSign1.read(tag + _envelope(PROTECTED_HEADER, {}, b"payload", _SIGNATURE))
    assert (envelope.payload, envelope.signature) == (b"payload", _SIGNATURE)


@pytest.mark.parametrize("size", [1, 23, 24, 255, 256, MAX_PAYLOAD_BYTES])
def test_the_signed_bytes_are_those_of_rfc_9052(size: int) -> None:
    envelope = CoseSign1.read(_envelope(PROTECTED_HEADER, {}, bytes(size), _SIGNATURE))
    assert envelope.signed_bytes() == cbor2.dumps(["Signature1", PROTECTED_HEADER, b"", bytes(size)])


@pytest.mark.parametrize(
    ("untrusted", "error"),
    [
        (b"", errors.UNREADABLE),
        (b"<!DOCTYPE html>", errors.UNREADABLE),
        (bytes.fromhex("deadbeef"), errors.UNREADABLE),
        (_envelope(PROTECTED_HEADER, {}, b"p", _SIGNATURE)[:-1], errors.UNREADABLE),
        (_envelope(PROTECTED_HEADER, {}, b"p", _SIGNATURE) + b"\x00", errors.UNREADABLE),
        (b"\xd1" + _envelope(PROTECTED_HEADER, {}, b"p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {}, b"p"), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {}, b"p", _SIGNATURE, 0), errors.INVALID_COSE),
        (cbor2.dumps({0: PROTECTED_HEADER, 1: {}, 2: b"p", 3: _SIGNATURE}), errors.INVALID_COSE),
        (b"\x9f" + _envelope(PROTECTED_HEADER, {}, b"p", _SIGNATURE)[1:] + b"\xff", errors.INVALID_COSE),
        (_envelope(bytes.fromhex("a10126"), {}, b"p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope(bytes.fromhex("a201382204f6"), {}, b"p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope(bytes.fromhex("bf013822ff"), {}, b"p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope({1: -35}, {}, b"p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {4: b"kid"}, b"p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {1: -35}, b"p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, [], b"p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, None, b"p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {}, b"p", _SIGNATURE[1:]), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {}, b"p", _SIGNATURE + b"\x00"), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {}, b"p", None), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {}, None, _SIGNATURE), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {}, "p", _SIGNATURE), errors.INVALID_COSE),
        (_envelope(PROTECTED_HEADER, {}, b"", _SIGNATURE), errors.INVALID_DOCUMENT),
        (_envelope(PROTECTED_HEADER, {}, bytes(MAX_PAYLOAD_BYTES + 1), _SIGNATURE), errors.INVALID_DOCUMENT),
    ],
)
def test_another_envelope_is_refused(untrusted: bytes, error: ErrorKind[AttestationError]) -> None:
    with raises(error):
        CoseSign1.read(untrusted)


def test_an_oversized_document_is_not_parsed() -> None:
    with raises(errors.DOCUMENT_TOO_LARGE):
        CoseSign1.read(b"\xff" * (MAX_DOCUMENT_BYTES + 1))


@pytest.mark.parametrize("encode", [cbor2.dumps, indefinite_map])
def test_the_payload_is_read_in_both_forms_that_nitro_has_written(nitro: FakeNitro, encode: object) -> None:
    fields = nitro.payload(nonce=b"n", user_data=b"", public_key=b"k", timestamp=1_752_859_822_625)
    assert callable(encode)
    document = AttestationDocument.read(encode(fields))
    assert document.module_id == nitro.module_id
    assert document.made_at == datetime(2025, 7, 18, 17, 30, 22, 625_000, tzinfo=UTC)
    assert document.pcrs == PRODUCTION_PCRS
    assert [*document.cabundle, document.certificate] == nitro.chain
    assert (document.public_key, document.user_data, document.nonce) == (b"k", b"", b"n")


_ZERO = bytes(48)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("module_id", ["", b"i-0", None, 0]),
        ("digest", ["SHA256", b"SHA384", None, ""]),
        ("timestamp", [0, None, "1", b"1", 253_402_300_800_000, 2**64 - 1]),
        ("pcrs", [{}, [], [_ZERO], "pcrs", None]),
        ("pcrs", [{32: _ZERO}, {"0": _ZERO}, {0: _ZERO[1:]}, {0: _ZERO + b"\0"}, {0: None}, {0: "0" * 48}]),
        ("certificate", [b"", bytes(1025), None, "c"]),
        ("cabundle", [[], [b"c"] * 9, [b""], [bytes(1025)], [None], ["c"], {}, b"c", None]),
        ("public_key", [b"", bytes(1025), "k", 0, []]),
        ("user_data", [bytes(513), "", 0, {}]),
        ("nonce", [bytes(513), "", 0, []]),
    ],
)
def test_every_field_has_its_type_and_limits(nitro: FakeNitro, field: str, values: list[object]) -> None:
    for value in values:
        with raises(errors.INVALID_DOCUMENT, match=field if field != "pcrs" else "(?i)pcr"):
            AttestationDocument.read(cbor2.dumps(nitro.payload(**{field: value})))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timestamp", 1),
        ("timestamp", 253_402_300_799_999),
        ("pcrs", {31: _ZERO}),
        ("pcrs", dict.fromkeys(range(32), _ZERO)),
        ("certificate", bytes(1024)),
        ("cabundle", [bytes(1024)] * 8),
        ("public_key", bytes(1024)),
        ("user_data", bytes(512)),
        ("nonce", bytes(512)),
        ("nonce", b""),
    ],
)
def test_the_limits_themselves_are_accepted(nitro: FakeNitro, field: str, value: object) -> None:
    AttestationDocument.read(cbor2.dumps(nitro.payload(**{field: value})))


def test_exactly_the_nine_fields_are_accepted(nitro: FakeNitro) -> None:
    for name in nitro.payload():
        fields = nitro.payload()
        del fields[name]
        with raises(errors.INVALID_DOCUMENT, match="nine"):
            AttestationDocument.read(cbor2.dumps(fields))
    with raises(errors.INVALID_DOCUMENT, match="nine"):
        AttestationDocument.read(cbor2.dumps(nitro.payload(extra=0)))
    with raises(errors.INVALID_DOCUMENT, match="nine"):
        AttestationDocument.read(cbor2.dumps([*nitro.payload()]))


def test_a_payload_in_another_encoding_is_a_malformed_document(nitro: FakeNitro) -> None:
    fields = nitro.payload()
    twice = indefinite_map(fields)[:-1] + cbor2.dumps("nonce") + cbor2.dumps(b"") + b"\xff"
    for payload in (twice, cbor2.dumps(fields) + b"\x00", b"\xff", cbor2.dumps(nitro.payload(timestamp=1.0))):
        with raises(errors.INVALID_DOCUMENT, match="Invalid payload"):
            AttestationDocument.read(payload)


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_random_bytes_are_refused_with_a_code(untrusted: bytes) -> None:
    with pytest.raises(AttestationError):
        CoseSign1.read(untrusted)
    with raises(errors.INVALID_DOCUMENT):
        AttestationDocument.read(untrusted)
