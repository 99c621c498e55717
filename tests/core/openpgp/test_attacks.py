"""Each message here is an attack, or older than the subset; each must end in the one error."""

from __future__ import annotations

import bz2
import secrets
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import keywrap

from support.altered import last_bit_changed
from support.errors import raises_code
from support.openpgp_forge import ENCRYPTED_DATA, LITERAL, PKESK, Sealed, literal, packet, packet_in_pieces
from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED
from tee_rex.openpgp import PrivateKey, decrypt, encrypt
from tee_rex.openpgp.encrypted_data import AES_128_GCM, AES_256_GCM, Cipher, CipherSuite
from tee_rex.openpgp.session_key import key_encryption_key

LIMIT = 1_000_000
STEPS = literal(b"steps")
OTHER = PrivateKey.generate("Somebody else", datetime(2026, 1, 1, tzinfo=UTC)).public_key
COMPRESSED, SYMMETRIC, MARKER, MDC, SKESK, PADDING, OCB_DATA = 8, 9, 10, 19, 3, 21, 20


def refused(key: PrivateKey, message: bytes | bytearray) -> None:
    with raises_code(DECRYPTION_FAILED) as caught:
        decrypt(key, message, max_plaintext=LIMIT)
    assert caught.value.__context__ is None  # its frames would hold the session key


def test_the_forge_makes_good_messages(key: PrivateKey) -> None:
    assert decrypt(key, Sealed(key.public_key, STEPS).message(), max_plaintext=LIMIT) == b"steps"


def nested(depth: int) -> bytes:
    inner = STEPS
    for _ in range(depth):
        inner = packet(COMPRESSED, b"\0" + inner)
    return inner


def deflated(data: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(data) + deflate.flush()


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param(packet(COMPRESSED, b"\0" + STEPS), id="uncompressed compression packet"),
        pytest.param(packet(COMPRESSED, b"\1" + deflated(literal(bytes(50_000_000)))), id="ZIP bomb"),
        pytest.param(packet(COMPRESSED, b"\3" + bz2.compress(literal(bytes(50_000_000)))), id="bzip2 bomb"),
        pytest.param(nested(10_000), id="nested packets"),
        pytest.param(packet(MARKER, b"PGP") * 50_000, id="flood of markers"),
        pytest.param(packet(LITERAL, b"") * 50_000, id="flood of literals"),
        pytest.param(STEPS + STEPS, id="several literals"),
        pytest.param(packet(MARKER, b"PGP") + STEPS, id="marker before"),
        pytest.param(STEPS + packet(PADDING, bytes(10)), id="padding behind"),
        pytest.param(STEPS + b"\0", id="an octet behind"),
        pytest.param(STEPS[:-1], id="cut short inside"),
        pytest.param(b"", id="nothing inside"),
        pytest.param(b"\xcb", id="header alone"),
        pytest.param(packet(LITERAL, b""), id="empty literal"),
        pytest.param(packet(LITERAL, b"b\0\0\0\0"), id="no room for the date"),
        pytest.param(packet(LITERAL, b"b\xff" + bytes(258)), id="file name longer than the packet"),
        pytest.param(literal(b"steps", form=b"t"), id="text"),
        pytest.param(literal(b"steps", form=b"u"), id="UTF-8 text"),
        pytest.param(b"\xac" + STEPS[1:], id="legacy header"),
        pytest.param(packet_in_pieces(LITERAL, b"b" + bytes(1000), [8, 9]), id="short piece inside"),
        pytest.param(packet_in_pieces(LITERAL, b"b" + bytes(1000), [0]), id="one-octet piece inside"),
        pytest.param(packet(2, bytes(80)) + STEPS, id="signed"),
        pytest.param(packet(99, b"") + STEPS, id="unknown packet type"),
    ],
)
def test_encrypted_packets_other_than_one_binary_literal(key: PrivateKey, inner: bytes) -> None:
    if inner:
        refused(key, Sealed(key.public_key, inner).message())
    else:
        sealed = Sealed(key.public_key, b"x")
        sealed.chunks = [b""]
        refused(key, sealed.message())


def test_a_message_of_a_message(key: PrivateKey) -> None:
    refused(key, Sealed(key.public_key, Sealed(key.public_key, STEPS).message()).message())


Change = Callable[[Sealed], bytes]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda m: b"", id="nothing"),
        pytest.param(lambda m: STEPS, id="literal that was never encrypted"),
        pytest.param(lambda m: m.head + STEPS, id="literal behind a session key"),
        pytest.param(lambda m: m.head, id="session key alone"),
        pytest.param(lambda m: packet(ENCRYPTED_DATA, m.body), id="no session key"),
        pytest.param(lambda m: m.message() + STEPS, id="literal behind"),
        pytest.param(lambda m: STEPS + m.message(), id="literal before"),
        pytest.param(lambda m: m.message() + b"\0", id="an octet behind"),
        pytest.param(lambda m: m.message() + m.message(), id="two messages"),
        pytest.param(lambda m: m.message() + packet(MDC, bytes(20)), id="modification detection code behind"),
        pytest.param(lambda m: packet(MARKER, b"PGP") + m.message(), id="marker before"),
        pytest.param(
            lambda m: m.head + packet(PADDING, b"") + m.message()[len(m.head) :], id="padding between"
        ),
        pytest.param(lambda m: m.head + packet(SYMMETRIC, m.body), id="tag 9"),
        pytest.param(lambda m: m.head + packet(OCB_DATA, m.body), id="tag 20 of GnuPG"),
        pytest.param(lambda m: m.head + packet(ENCRYPTED_DATA, b"\1" + m.body[1:]), id="version 1 data"),
        pytest.param(lambda m: packet(SKESK, b"\4\x09\0\2") + m.message(), id="password"),
        pytest.param(lambda m: m.head * 2 + packet(ENCRYPTED_DATA, m.body), id="two session keys for us"),
        pytest.param(lambda m: packet(PKESK, b"\3" + bytes(96)) + m.message(), id="version 3 session key"),
        pytest.param(lambda m: packet(PKESK, b"") + m.message(), id="empty session key"),
        pytest.param(lambda m: packet(PKESK, b"\6" + bytes(1024)) + m.message(), id="long session key"),
        pytest.param(lambda m: packet(PKESK, b"\6\0") * 8 + m.message(), id="nine recipients"),
        pytest.param(lambda m: packet(PKESK, b"\6\0") * 100_000 + m.message(), id="flood of recipients"),
        pytest.param(
            lambda m: packet_in_pieces(PKESK, b"\6" + bytes(600), [9]) + m.message(), id="in pieces"
        ),
        pytest.param(lambda m: b"\x84" + m.message()[1:], id="legacy header"),
        pytest.param(lambda m: m.head + packet_in_pieces(ENCRYPTED_DATA, m.body, [6]), id="short piece"),
        pytest.param(lambda m: m.head + packet(ENCRYPTED_DATA, m.body[:35]), id="cut short in the salt"),
        pytest.param(lambda m: m.head + packet(ENCRYPTED_DATA, b""), id="empty data"),
    ],
)
def test_other_sequences_of_packets(key: PrivateKey, change: Change) -> None:
    refused(key, change(Sealed(key.public_key, STEPS)))


def test_eight_recipients_are_the_most(key: PrivateKey) -> None:
    sealed = Sealed(key.public_key, STEPS)
    sealed.encrypted_session_keys[:0] = [b"\6\0"] * 7
    assert decrypt(key, sealed.message(), max_plaintext=LIMIT) == b"steps"


# Messages of three chunks, the last one short.
THREE_CHUNKS = literal(secrets.token_bytes(600_000))


def reordered(chunks: list[bytes]) -> list[bytes]:
    return [chunks[1], chunks[0], *chunks[2:]]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda m: replace_chunks(m, reordered(m.chunks)), id="reordered"),
        pytest.param(lambda m: replace_chunks(m, m.chunks[1:]), id="first dropped"),
        pytest.param(lambda m: replace_chunks(m, [m.chunks[0], m.chunks[2]]), id="middle dropped"),
        pytest.param(lambda m: replace_chunks(m, m.chunks[:2]), id="last dropped"),
        pytest.param(lambda m: replace_chunks(m, [m.chunks[0], *m.chunks]), id="duplicated"),
        pytest.param(lambda m: replace_chunks(m, [*m.chunks[:2], m.chunks[2][:-1]]), id="last cut short"),
        pytest.param(lambda m: m.head + packet(ENCRYPTED_DATA, m.body[:-16]), id="no final tag"),
        pytest.param(lambda m: m.head + packet(ENCRYPTED_DATA, m.body[:-1]), id="final tag cut short"),
        pytest.param(
            lambda m: m.head + packet(ENCRYPTED_DATA, last_bit_changed(m.body)), id="final tag changed"
        ),
        pytest.param(lambda m: m.head + packet(ENCRYPTED_DATA, m.body + m.body[-16:]), id="two final tags"),
        pytest.param(
            lambda m: m.head + packet(ENCRYPTED_DATA, m.body[:36] + m.body[-16:]), id="final tag alone"
        ),
        pytest.param(lambda m: m.head + packet(ENCRYPTED_DATA, m.body[:36]), id="no chunk, no tag"),
        pytest.param(
            lambda m: replace(m, session_key=bytes(32)).head + m.message()[99:], id="other session key"
        ),
    ],
)
def test_changed_chunks(key: PrivateKey, change: Change) -> None:
    sealed = Sealed(key.public_key, THREE_CHUNKS)
    good = sealed.message()
    assert decrypt(key, good, max_plaintext=LIMIT) == THREE_CHUNKS[-600_000:]
    changed = change(sealed)
    assert changed != good
    refused(key, changed)


def replace_chunks(sealed: Sealed, chunks: list[bytes]) -> bytes:
    sealed.chunks = chunks
    return sealed.message()


def test_chunks_of_another_message_under_the_same_session_key(key: PrivateKey) -> None:
    first, second = (
        Sealed(key.public_key, THREE_CHUNKS),
        Sealed(key.public_key, THREE_CHUNKS, salt=bytes(31) + b"\1"),
    )
    first.chunks[1] = second.chunks[1]
    refused(key, first.message())


@pytest.mark.parametrize(
    "suite",
    [
        CipherSuite(Cipher.AES_256, chunk_size_octet=0),
        CipherSuite(Cipher.AES_256, chunk_size_octet=6),
        CipherSuite(Cipher.AES_256, chunk_size_octet=13),
        CipherSuite(Cipher.AES_128, chunk_size_octet=11),
    ],
)
def test_other_chunk_sizes(key: PrivateKey, suite: CipherSuite) -> None:
    refused(key, Sealed(key.public_key, STEPS, suite).message())


@pytest.mark.parametrize(("suite", "octets"), [(AES_256_GCM, 16), (AES_128_GCM, 32)])
def test_a_session_key_of_another_length(key: PrivateKey, suite: CipherSuite, octets: int) -> None:
    refused(key, Sealed(key.public_key, STEPS, suite, session_key=bytes(octets)).message())


def test_a_message_for_somebody_else(key: PrivateKey) -> None:
    refused(key, encrypt(OTHER, b"steps"))


def test_a_session_key_for_somebody_else_under_our_name(key: PrivateKey) -> None:
    sealed = Sealed(OTHER, STEPS)
    mine, others = key.public_key.subkey.pkesk_prefix, OTHER.subkey.pkesk_prefix
    sealed.encrypted_session_keys = [mine + sealed.encrypted_session_keys[0][len(others) :]]
    refused(key, sealed.message())


@pytest.mark.parametrize(
    "ephemeral",
    [bytes(32), b"\1" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f", b"\xed" + b"\xff" * 30 + b"\x7f"],
)
def test_an_ephemeral_point_of_low_order(key: PrivateKey, ephemeral: bytes) -> None:
    """Its shared secret is all zero, so anybody could have wrapped this session key."""
    sealed = Sealed(key.public_key, STEPS)
    wrapping_key = key_encryption_key(ephemeral, key.public_key.subkey.point, bytes(32))
    wrapped = keywrap.aes_key_wrap(wrapping_key, sealed.session_key)
    prefix = key.public_key.subkey.pkesk_prefix
    sealed.encrypted_session_keys = [prefix + ephemeral + bytes([len(wrapped)]) + wrapped]
    refused(key, sealed.message())


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda body: body[:40], id="point cut short"),
        pytest.param(lambda body: body[:24], id="prefix alone"),
        pytest.param(lambda body: body[:56], id="no wrapped key"),
        pytest.param(lambda body: body[:56] + b"\0", id="empty wrapped key"),
        pytest.param(lambda body: body[:56] + b"\x08" + body[57:65], id="wrapped key of 8 octets"),
        pytest.param(lambda body: body[:56] + b"\x27" + body[57:], id="length is wrong"),
        pytest.param(lambda body: body + b"\0", id="an octet behind"),
        pytest.param(last_bit_changed, id="wrapped key changed"),
        pytest.param(lambda body: b"\6\0" + body[23:], id="anonymous recipient"),
        pytest.param(lambda body: body[:2] + b"\6" + body[3:], id="key of version 6"),
        pytest.param(lambda body: body[:23] + b"\x12" + body[24:], id="ECDH"),
    ],
)
def test_changed_session_keys(key: PrivateKey, change: Callable[[bytes], bytes]) -> None:
    sealed = Sealed(key.public_key, STEPS)
    sealed.encrypted_session_keys = [change(sealed.encrypted_session_keys[0])]
    refused(key, sealed.message())


def test_a_message_cut_short_anywhere(key: PrivateKey) -> None:
    message = encrypt(key.public_key, b"steps")
    for length in range(len(message)):
        refused(key, message[:length])


def test_a_message_with_any_bit_of_any_octet_changed(key: PrivateKey) -> None:
    message = encrypt(key.public_key, b"steps")
    for at in range(len(message)):
        message[at] ^= 1 << (at % 8)
        refused(key, message)
        message[at] ^= 1 << (at % 8)


def test_nothing_is_allocated_for_what_is_over_the_limit(key: PrivateKey) -> None:
    message = encrypt(key.public_key, bytes(8_000_000))
    tracemalloc.start()
    try:
        refused(key, message)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
