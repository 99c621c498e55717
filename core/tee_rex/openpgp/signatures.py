"""Version 4 Ed25519 self-signatures of a key (RFC 9580, section 5.2), always with SHA-512."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tee_rex.openpgp.packets import MalformedError

ED25519_ALGORITHM = 27
_VERSION = 4
_SHA512 = 10
_SIGNATURE_OCTETS = 64
_CRITICAL = 0x80
_FIXED_OCTETS = 6  # version, type, two algorithms, length of the hashed subpackets
# Longer ones need a second octet of length; no subpacket that matters here comes near.
_MAX_SUBPACKET_OCTETS = 191


_FIELD: Final = 2**255 - 19
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_LOW_ORDER: Final = frozenset({1, _FIELD - 1, 0, _ORDER_8, _FIELD - _ORDER_8})
"""The y of every point whose order divides 8: of order 1, 2, 4, and 8."""


class SignatureType(IntEnum):
    """RFC 9580, section 5.2.1."""

    POSITIVE_CERTIFICATION = 0x13
    SUBKEY_BINDING = 0x18


class Subpacket(IntEnum):
    """The subpackets that are understood (RFC 9580, section 5.2.3.7)."""

    SIGNATURE_CREATION_TIME = 2
    SIGNATURE_EXPIRATION_TIME = 3
    KEY_EXPIRATION_TIME = 9
    PREFERRED_SYMMETRIC_CIPHERS = 11
    ISSUER_KEY_ID = 16
    PREFERRED_HASH_ALGORITHMS = 21
    PREFERRED_COMPRESSION_ALGORITHMS = 22
    PRIMARY_USER_ID = 25
    KEY_FLAGS = 27
    FEATURES = 30
    ISSUER_FINGERPRINT = 33
    PREFERRED_AEAD_CIPHERSUITES = 39


_UNDERSTOOD = frozenset(Subpacket)
# The RFC requires writers to mark these two critical.
_WRITTEN_CRITICAL = frozenset({Subpacket.SIGNATURE_CREATION_TIME, Subpacket.KEY_FLAGS})


def _digest(signed: bytes, hashed_fields: bytes) -> bytes:
    trailer = bytes([_VERSION, 0xFF]) + len(hashed_fields).to_bytes(4)
    return hashlib.sha512(signed + hashed_fields + trailer).digest()


def is_low_order(point: bytes) -> bool:
    """Whether an Ed25519 key (32 octets) has a low order or is not encoded as RFC 8032, section 5.1.3, says.

    Anybody can make signatures that hold for such a key, and OpenSSL accepts it.
    """
    y = int.from_bytes(point, "little") & (1 << 255) - 1  # without the sign of x
    return y >= _FIELD or y in _LOW_ORDER


def sign(
    secret: Ed25519PrivateKey,
    signature_type: SignatureType,
    signed: bytes,
    subpackets: Mapping[Subpacket, bytes],
) -> bytes:
    """The body of a signature packet over ``signed``, every subpacket hashed."""
    area = b"".join(
        bytes([1 + len(body), kind | (_CRITICAL if kind in _WRITTEN_CRITICAL else 0)]) + body
        for kind, body in subpackets.items()
    )
    hashed_fields = (
        bytes([_VERSION, signature_type, ED25519_ALGORITHM, _SHA512]) + len(area).to_bytes(2) + area
    )
    digest = _digest(signed, hashed_fields)
    return hashed_fields + bytes(2) + digest[:2] + secret.sign(digest)


def verify(
    body: bytes, signer: Ed25519PublicKey, signature_type: SignatureType, signed: bytes
) -> dict[int, bytes]:
    """The hashed subpackets of a signature over ``signed``, by type; raises MalformedError if invalid.

    Unhashed subpackets are refused: nobody vouches for them, and OpenPGP.js writes none in its keys.
    """
    expected = bytes([_VERSION, signature_type, ED25519_ALGORITHM, _SHA512])
    if not body.startswith(expected):
        raise MalformedError(f"a signature is not of type 0x{signature_type:02x} with Ed25519 and SHA-512")
    end = _FIXED_OCTETS + int.from_bytes(body[4:_FIXED_OCTETS])
    hashed_fields, unhashed_length, value = body[:end], body[end : end + 2], body[end + 4 :]
    if unhashed_length != bytes(2) or len(value) != _SIGNATURE_OCTETS:
        raise MalformedError("a signature is malformed or has unhashed subpackets")
    digest = _digest(signed, hashed_fields)
    try:
        signer.verify(value, digest)
    except InvalidSignature as error:
        raise MalformedError("a signature is wrong") from error
    if body[end + 2 : end + 4] != digest[:2]:
        raise MalformedError("a signature is malformed")
    return _read_subpackets(hashed_fields[_FIXED_OCTETS:])


def _read_subpackets(area: bytes) -> dict[int, bytes]:
    subpackets: dict[int, bytes] = {}
    offset = 0
    while offset < len(area):
        length = area[offset]
        body = area[offset + 1 : offset + 1 + length]
        if not 1 <= length <= _MAX_SUBPACKET_OCTETS or len(body) != length:
            raise MalformedError("a signature subpacket is malformed")
        kind = body[0] & ~_CRITICAL
        if kind in _UNDERSTOOD:
            if kind in subpackets:
                raise MalformedError(f"signature subpacket {kind} appears twice")
            subpackets[kind] = body[1:]
        elif body[0] & _CRITICAL:
            raise MalformedError(f"critical signature subpacket {kind} is not understood")
        offset += 1 + length
    return subpackets
