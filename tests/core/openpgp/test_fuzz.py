"""Whatever comes in, nothing but the documented errors comes out, and never another content."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from support.errors import raises_code
from support.openpgp_forge import ENCRYPTED_DATA, LITERAL, KeyParts, Sealed, literal, packet, packet_in_pieces
from tee_rex.errors import InputError
from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED, INVALID_PUBLIC_KEY
from tee_rex.openpgp import PrivateKey, PublicKey, decrypt, encrypt
from tee_rex.openpgp.armor import armor
from tee_rex.openpgp.packets import MalformedError, read_packet
from tee_rex.openpgp.signatures import _read_subpackets

fuzz = settings(max_examples=200)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = PrivateKey.generate("TEE-Rex", NOW)
PUBLIC = KEY.public_key
PLAINTEXT = bytes(range(256)) * 6
LIMIT = 4096
SEALED = Sealed(PUBLIC, packet_in_pieces(LITERAL, b"b\x05steps" + bytes(4) + PLAINTEXT, [9, 9]))
MESSAGES = [
    bytes(encrypt(PUBLIC, PLAINTEXT)),
    SEALED.head + packet_in_pieces(ENCRYPTED_DATA, SEALED.body, [9, 9]),
    packet(1, b"\6\0") * 7 + SEALED.message(),
]
INNER = [literal(PLAINTEXT, file_name=b"steps"), SEALED.inner]

Mutation: TypeAlias = tuple[str, int, bytes]
mutations = st.lists(
    st.tuples(
        st.sampled_from(["overwrite", "insert", "delete", "repeat", "cut"]),
        # Mostly near the front, where headers and lengths stand.
        st.one_of(st.integers(0, 160), st.integers(0, 2000)),
        st.binary(min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=4,
)


def mutated(data: bytes, changes: list[Mutation]) -> bytes:
    for kind, position, octets in changes:
        at = position % (len(data) + 1)
        before, touched, behind = data[:at], data[at : at + len(octets)], data[at + len(octets) :]
        data = {
            "overwrite": before + octets[: len(touched)] + behind,
            "insert": before + octets + touched + behind,
            "delete": before + behind,
            "repeat": data[:at] + data[max(0, at - 100) :],
            "cut": before,
        }[kind]
    return data


@fuzz
@given(st.binary(max_size=1000))
def test_any_octets(untrusted: bytes) -> None:
    with raises_code(DECRYPTION_FAILED):
        decrypt(KEY, untrusted, max_plaintext=LIMIT)
    with suppress(MalformedError):
        assert read_packet(untrusted, 0).end <= len(untrusted)
    with suppress(MalformedError):
        _read_subpackets(untrusted)


@fuzz
@given(st.sampled_from(MESSAGES), mutations)
def test_mutated_messages(message: bytes, changes: list[Mutation]) -> None:
    with suppress(InputError):
        assert decrypt(KEY, mutated(message, changes), max_plaintext=LIMIT) == PLAINTEXT


@fuzz
@given(st.sampled_from(INNER), mutations)
def test_mutated_packets_inside(inner: bytes, changes: list[Mutation]) -> None:
    message = Sealed(PUBLIC, mutated(inner, changes) or b"\0").message()
    with suppress(InputError):
        assert len(decrypt(KEY, message, max_plaintext=LIMIT)) <= LIMIT


@fuzz
@given(
    st.lists(st.tuples(st.integers(0, 63), st.binary(max_size=300)), min_size=1, max_size=8), st.booleans()
)
def test_any_sequence_of_packets(packets: list[tuple[int, bytes]], sealed: bool) -> None:
    data = b"".join(packet(type_id, body) for type_id, body in packets)
    message = Sealed(PUBLIC, data).message() if sealed else data
    with suppress(InputError):
        content = decrypt(KEY, message, max_plaintext=LIMIT)
        assert packets == [(LITERAL, packets[0][1])]
        assert packets[0][1].endswith(content)


@fuzz
@given(st.one_of(st.text(max_size=600), st.binary(max_size=600), st.binary(max_size=600).map(armor)))
def test_any_text_for_a_key(untrusted: str | bytes) -> None:
    with raises_code(INVALID_PUBLIC_KEY):
        PublicKey.parse_armored(untrusted, at=NOW)


@fuzz
@given(mutations, st.booleans())
def test_mutated_keys(changes: list[Mutation], inside: bool) -> None:
    untrusted: str | bytes
    if inside:
        untrusted = armor(mutated(PUBLIC.packets, changes))
    else:
        untrusted = mutated(PUBLIC.armored().encode(), changes)
    with suppress(InputError):
        key = PublicKey.parse_armored(untrusted, at=NOW)
        assert (key.fingerprint, key.user_id, key.subkey) == (
            PUBLIC.fingerprint,
            PUBLIC.user_id,
            PUBLIC.subkey,
        )


subpackets = st.dictionaries(st.integers(0, 255), st.binary(max_size=40), max_size=12)


@fuzz
@given(st.binary(max_size=40), st.binary(min_size=32, max_size=32), subpackets, subpackets)
def test_any_signed_key(
    user_id: bytes, point: bytes, certification: dict[int, bytes], binding: dict[int, bytes]
) -> None:
    good = KeyParts(user_id=user_id, point=point)
    parts = KeyParts(
        user_id=user_id,
        point=point,
        certification={**good.certification, **certification},
        binding={**good.binding, **binding},
    )
    with suppress(InputError):
        key = PublicKey.parse_armored(armor(parts.packets()), at=NOW)
        assert key.user_id.encode() == user_id
        assert len(encrypt(key, b"")) == len(encrypt(PUBLIC, b""))
