"""Reading for whom a message is, from as little of it as has come."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rex.openpgp import PrivateKey, encrypt
from tee_rex.openpgp.messages import MAX_RECIPIENTS
from tee_rex.openpgp.packets import PacketType, encode_packet
from tee_rex.openpgp.recipients import MAX_HEAD_OCTETS, read_recipients

KEY = PrivateKey.generate("first", datetime.now(UTC)).public_key
OTHER = PrivateKey.generate("second", datetime.now(UTC)).public_key
MESSAGE = bytes(encrypt(KEY, b"some text"))
PKESK = MESSAGE[: MESSAGE.index(bytes([0xC0 | PacketType.ENCRYPTED_DATA]), 90)]
OTHER_PKESK = bytes(encrypt(OTHER, b""))[: len(PKESK)]


def pkesk(body: bytes) -> bytes:
    return encode_packet(PacketType.PUBLIC_KEY_ENCRYPTED_SESSION_KEY, body)


def test_the_fingerprint_of_the_subkey_stands_in_clear() -> None:
    assert read_recipients(MESSAGE) == (KEY.subkey.fingerprint,)
    assert read_recipients(bytes(encrypt(KEY, bytes(2_000_000)))) == (KEY.subkey.fingerprint,)


def test_every_cut_is_either_too_short_or_gives_the_same_recipients() -> None:
    found = [read_recipients(MESSAGE[:length]) for length in range(len(MESSAGE) + 1)]
    enough = len(PKESK) + 1
    assert set(found[:enough]) == {None}
    assert set(found[enough:]) == {(KEY.subkey.fingerprint,)}


def test_several_recipients_in_their_order() -> None:
    both = (KEY.subkey.fingerprint, OTHER.subkey.fingerprint)
    assert read_recipients(PKESK + OTHER_PKESK + MESSAGE[len(PKESK) :]) == both


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pkesk(b"\x06\x00\x19" + bytes(73)), id="anonymous"),
        pytest.param(pkesk(b"\x06\x21\x06" + bytes(32) + b"\x19" + bytes(73)), id="version 6 key"),
        pytest.param(pkesk(b"\x06\x15\x04" + bytes(20)), id="no algorithm behind it"),
    ],
)
def test_recipients_without_a_fingerprint_are_skipped(other: bytes) -> None:
    assert read_recipients(other + MESSAGE) == (KEY.subkey.fingerprint,)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(pkesk(b"\x03" + bytes(90)) + MESSAGE, id="a session key of version 3"),
        pytest.param(MESSAGE[len(PKESK) :], id="no recipient"),
        pytest.param(b"-----BEGIN PGP MESSAGE-----", id="armored"),
        pytest.param(b"\xc1" + b"\xff" * MAX_HEAD_OCTETS, id="an endless packet"),
    ],
)
def test_other_messages_have_no_recipients(head: bytes) -> None:
    assert read_recipients(head) == ()


def test_no_more_recipients_are_read_than_a_message_may_have() -> None:
    assert len(read_recipients(PKESK * (MAX_RECIPIENTS + 5)) or ()) == MAX_RECIPIENTS


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda rest: PKESK + rest))
def test_it_reads_anything_and_never_more_than_it_may(head: bytes) -> None:
    found = read_recipients(head)
    assert found is None or len(found) <= MAX_RECIPIENTS
    assert read_recipients(bytearray(head)) == found
    if head.startswith(PKESK) and found:
        assert found[0] == KEY.subkey.fingerprint
