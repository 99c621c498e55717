"""No input of 10 MB takes more than a second or 200 MB."""

from __future__ import annotations

import secrets
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from support.openpgp_forge import ENCRYPTED_DATA, LITERAL, PKESK, Sealed, literal, packet, packet_in_pieces
from tee_rex.errors import TeeRexError
from tee_rex.openpgp import PrivateKey, PublicKey, decrypt

INPUT_OCTETS = 10_000_000
MAX_SECONDS = 1.0
MAX_OCTETS = 200_000_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SMALLEST_PIECES = [9] * (INPUT_OCTETS // 513)


def filled(unit: bytes) -> bytes:
    return unit * (INPUT_OCTETS // len(unit))


def sealed(key: PrivateKey, inner: bytes) -> bytes:
    return Sealed(key.public_key, inner).message()


def in_pieces_twice(key: PrivateKey) -> bytes:
    inner = packet_in_pieces(LITERAL, b"b" + bytes(INPUT_OCTETS), SMALLEST_PIECES)
    message = Sealed(key.public_key, inner)
    return message.head + packet_in_pieces(ENCRYPTED_DATA, message.body, SMALLEST_PIECES)


def wrong_key_for_us(key: PrivateKey) -> bytes:
    return filled(packet(PKESK, key.public_key.subkey.pkesk_prefix + secrets.token_bytes(73)))


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda key: bytes(INPUT_OCTETS), id="zeros"),
        pytest.param(lambda key: filled(b"\xff"), id="ones"),
        pytest.param(lambda key: b"\xd2\xff\xff\xff\xff\xff" + bytes(INPUT_OCTETS), id="4 GiB promised"),
        pytest.param(lambda key: filled(packet(PKESK, b"\6\0")), id="flood of session keys"),
        pytest.param(wrong_key_for_us, id="flood of session keys for us"),
        pytest.param(
            lambda key: packet_in_pieces(PKESK, b"\6" + bytes(INPUT_OCTETS), SMALLEST_PIECES),
            id="session key in the smallest pieces",
        ),
        pytest.param(in_pieces_twice, id="good message in the smallest pieces"),
        pytest.param(lambda key: sealed(key, literal(bytes(INPUT_OCTETS))), id="good message"),
        pytest.param(lambda key: sealed(key, filled(packet(10, b"PGP"))), id="flood of markers inside"),
        pytest.param(lambda key: sealed(key, filled(literal(b""))), id="flood of literals inside"),
        pytest.param(
            lambda key: sealed(key, literal(bytes(INPUT_OCTETS)))[:-1], id="good until the last octet"
        ),
    ],
)
def test_messages(key: PrivateKey, build: Callable[[PrivateKey], bytes]) -> None:
    message = build(key)
    assert len(message) >= INPUT_OCTETS - 200
    assert_bounded(lambda: decrypt(key, message, max_plaintext=INPUT_OCTETS))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(filled(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"), id="beginnings"),
        pytest.param(filled(b"\n"), id="empty lines"),
        pytest.param(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + filled(b"A"), id="one line"),
    ],
)
def test_keys(text: bytes) -> None:
    assert_bounded(lambda: PublicKey.parse_armored(text, at=NOW))


def assert_bounded(call: Callable[[], object]) -> None:
    """Processor time, as a busy machine must fail no test; untraced first, as tracing costs time."""
    start = time.thread_time()
    with suppress(TeeRexError):
        call()
    assert time.thread_time() - start < MAX_SECONDS
    tracemalloc.start()
    try:
        with suppress(TeeRexError):
            call()
        assert tracemalloc.get_traced_memory()[1] < MAX_OCTETS
    finally:
        tracemalloc.stop()
