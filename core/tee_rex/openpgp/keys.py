"""Keys: one Ed25519 primary key, one user id, one X25519 encryption subkey, all of version 4."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tee_rex.errors.catalogue.openpgp import INVALID_PUBLIC_KEY
from tee_rex.openpgp import signatures
from tee_rex.openpgp.armor import armor, unarmor
from tee_rex.openpgp.encrypted_data import AES_128_GCM, AES_256_GCM
from tee_rex.openpgp.packets import MalformedError, PacketType, encode_packet, read_packet
from tee_rex.openpgp.session_key import (
    POINT_OCTETS,
    X25519_ALGORITHM,
    EncryptionSubkey,
    decrypt_session_key,
    is_low_order,
)
from tee_rex.openpgp.signatures import ED25519_ALGORITHM, SignatureType, Subpacket, sign, verify

# Keeps the armored key far below the 1,024 octets that an attestation document allows.
MAX_USER_ID_OCTETS = 128
_KEY_VERSION = 4
_MAX_PACKET_OCTETS = 1024
_KEY_STRUCTURE: Final = (
    PacketType.PUBLIC_KEY,
    PacketType.USER_ID,
    PacketType.SIGNATURE,
    PacketType.PUBLIC_SUBKEY,
    PacketType.SIGNATURE,
)
_FLAG_CERTIFY = 0x01
_FLAGS_ENCRYPT = 0x0C  # communications, storage
_FEATURES_SEIPD_1_AND_2 = 0x09
_FEATURE_SEIPD_2 = 0x08
_UNCOMPRESSED = 0


@dataclass(frozen=True, slots=True)
class _KeyPacket:
    """A public key or subkey packet: its creation (seconds since 1970) and its 32 octets of key."""

    body: bytes
    created: int
    material: bytes

    @classmethod
    def parse(cls, body: bytes, algorithm: int) -> _KeyPacket:
        if len(body) != 6 + POINT_OCTETS or body[0] != _KEY_VERSION or body[5] != algorithm:
            raise MalformedError(f"a key packet is not of version 4 and algorithm {algorithm}")
        return cls(body, int.from_bytes(body[1:5]), body[6:])

    @classmethod
    def create(cls, created: int, algorithm: int, material: bytes) -> _KeyPacket:
        return cls.parse(bytes([_KEY_VERSION, *created.to_bytes(4), algorithm]) + material, algorithm)

    @property
    def signed(self) -> bytes:
        """The form in which signatures and fingerprints hash the packet."""
        return b"\x99" + len(self.body).to_bytes(2) + self.body

    @property
    def fingerprint(self) -> bytes:
        return hashlib.sha1(self.signed, usedforsecurity=False).digest()


def _unix_seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("the time lacks a time zone")
    return int(moment.timestamp())


def _certified(primary: _KeyPacket, user_id: bytes) -> bytes:
    return primary.signed + b"\xb4" + len(user_id).to_bytes(4) + user_id


def _seconds(subpackets: Mapping[int, bytes], kind: Subpacket) -> int:
    value = subpackets.get(kind, bytes(4))
    if len(value) != 4:
        raise MalformedError(f"signature subpacket {kind} is malformed")
    return int.from_bytes(value)


def _check_dates(key: _KeyPacket, subpackets: Mapping[int, bytes], at: int) -> None:
    """Raise MalformedError if a self-signature or its key has expired ``at`` (seconds since 1970).

    A date in the future passes: the key's maker chooses it, so refusing it would only lock out people whose
    clock is behind.
    """
    signed = _seconds(subpackets, Subpacket.SIGNATURE_CREATION_TIME)
    if signed < key.created:
        raise MalformedError("a signature is undated or older than its key")
    for since, kind in (
        (signed, Subpacket.SIGNATURE_EXPIRATION_TIME),
        (key.created, Subpacket.KEY_EXPIRATION_TIME),
    ):
        lifetime = _seconds(subpackets, kind)
        if lifetime and since + lifetime <= at:
            raise MalformedError("it has expired")


def _first_octet(subpackets: Mapping[int, bytes], kind: Subpacket) -> int:
    return (subpackets.get(kind) or b"\0")[0]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key with valid signatures; made only by ``parse_armored`` or ``PrivateKey.generate``.

    fingerprint: of the primary key, 40 lower-case hexadecimal digits. user_id: printable text of the
    key's maker, not verified. packets: the key in binary.
    """

    fingerprint: str
    user_id: str
    subkey: EncryptionSubkey = field(repr=False)
    packets: bytes = field(repr=False)

    @classmethod
    def parse_armored(cls, untrusted: str | bytes, *, at: datetime) -> PublicKey:
        """The key in an armored block of at most 4,096 octets, valid at the moment ``at``.

        Raises INVALID_PUBLIC_KEY unless it is exactly a version 4 Ed25519 primary key, a user id with a
        certification (0x13), an X25519 subkey with a binding (0x18); both signatures hold and nothing has
        expired; it announces version 2 encrypted data and AES-256-GCM. Keys with anything more, such as
        revocations or further subkeys, are refused.
        """
        try:
            return _parse_packets(unarmor(untrusted), _unix_seconds(at))
        except MalformedError as error:
            raise INVALID_PUBLIC_KEY(reason=str(error)) from error

    def armored(self) -> str:
        """The key in ASCII armor; at most 1,024 octets for a key that TEE-Rex generates."""
        return armor(self.packets)


def _parse_packets(untrusted: bytes, at: int) -> PublicKey:
    bodies: list[bytes] = []
    offset = 0
    for packet_type in _KEY_STRUCTURE:
        packet = read_packet(untrusted, offset)
        if packet.type_id != packet_type:
            raise MalformedError(
                "it does not consist of one primary key, one user id and one subkey, or it is revoked"
            )
        bodies.append(packet.short_body(_MAX_PACKET_OCTETS))
        offset = packet.end
    if offset != len(untrusted):
        raise MalformedError(
            "it has further packets after its subkey, such as a revocation or another subkey"
        )
    primary = _KeyPacket.parse(bodies[0], ED25519_ALGORITHM)
    subkey = _KeyPacket.parse(bodies[3], X25519_ALGORITHM)
    if signatures.is_low_order(primary.material):
        raise MalformedError("its primary key is a point of low order")
    signer = Ed25519PublicKey.from_public_bytes(primary.material)

    certification = verify(
        bodies[2], signer, SignatureType.POSITIVE_CERTIFICATION, _certified(primary, bodies[1])
    )
    _check_dates(primary, certification, at)
    if not _first_octet(certification, Subpacket.FEATURES) & _FEATURE_SEIPD_2:
        raise MalformedError("it does not announce version 2 encrypted data (aeadProtect of OpenPGP.js)")
    suites = certification.get(Subpacket.PREFERRED_AEAD_CIPHERSUITES, b"")
    if AES_256_GCM.preference not in {suites[i : i + 2] for i in range(0, len(suites), 2)}:
        raise MalformedError("it does not announce AES-256-GCM")

    binding = verify(bodies[4], signer, SignatureType.SUBKEY_BINDING, primary.signed + subkey.signed)
    _check_dates(subkey, binding, at)
    if not _first_octet(binding, Subpacket.KEY_FLAGS) & _FLAGS_ENCRYPT:
        raise MalformedError("its subkey is not for encryption")
    if is_low_order(subkey.material):
        raise MalformedError("its subkey is a point of low order")

    return PublicKey(
        fingerprint=primary.fingerprint.hex(),
        user_id=_decode_user_id(bodies[1]),
        subkey=EncryptionSubkey(subkey.fingerprint, subkey.material),
        packets=untrusted,
    )


def _decode_user_id(body: bytes) -> str:
    try:
        user_id = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("its user id is not UTF-8") from error
    if not user_id.isprintable():  # it is shown to people: no terminal escapes, no reversed text
        raise MalformedError("its user id has unprintable characters")
    return user_id


class PrivateKey:
    """The secret half of an encryption key; it lives in memory only and cannot be exported.

    The primary key's secret is gone after ``generate``: nobody can sign further subkeys. OpenSSL wipes the
    subkey's secret when the last reference to this object goes; copies made in between by the interpreter
    or the operating system are beyond reach.
    """

    __slots__ = ("_secret", "public_key")

    public_key: Final[PublicKey]

    def __init__(self, public_key: PublicKey, secret: X25519PrivateKey) -> None:
        if secret.public_key().public_bytes_raw() != public_key.subkey.point:
            raise ValueError("the secret belongs to another key")
        self.public_key = public_key
        self._secret = secret

    def __repr__(self) -> str:
        return f"PrivateKey({self.public_key.fingerprint})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key cannot be pickled or copied")

    @classmethod
    def generate(cls, user_id: str, created: datetime) -> PrivateKey:
        """A new key pair dated ``created`` (with time zone, cut to seconds), which never expires.

        user_id: printable, at most 128 octets in UTF-8, else ValueError. OpenPGP.js refuses keys dated
        after its own clock, so leave some minutes for clients whose clock is behind.
        """
        name = user_id.encode("utf-8")
        if not user_id or not user_id.isprintable() or len(name) > MAX_USER_ID_OCTETS:
            raise ValueError(f"a user id is 1 to {MAX_USER_ID_OCTETS} octets of printable text")
        seconds = _unix_seconds(created)
        certifier, secret = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
        primary = _KeyPacket.create(seconds, ED25519_ALGORITHM, certifier.public_key().public_bytes_raw())
        subkey = _KeyPacket.create(seconds, X25519_ALGORITHM, secret.public_key().public_bytes_raw())
        common = {
            Subpacket.SIGNATURE_CREATION_TIME: seconds.to_bytes(4),
            Subpacket.ISSUER_FINGERPRINT: bytes([_KEY_VERSION]) + primary.fingerprint,
        }
        certification = sign(
            certifier,
            SignatureType.POSITIVE_CERTIFICATION,
            _certified(primary, name),
            {
                **common,
                Subpacket.KEY_FLAGS: bytes([_FLAG_CERTIFY]),
                Subpacket.FEATURES: bytes([_FEATURES_SEIPD_1_AND_2]),
                Subpacket.PREFERRED_COMPRESSION_ALGORITHMS: bytes([_UNCOMPRESSED]),
                Subpacket.PREFERRED_AEAD_CIPHERSUITES: AES_256_GCM.preference + AES_128_GCM.preference,
            },
        )
        binding = sign(
            certifier,
            SignatureType.SUBKEY_BINDING,
            primary.signed + subkey.signed,
            {**common, Subpacket.KEY_FLAGS: bytes([_FLAGS_ENCRYPT])},
        )
        bodies = (primary.body, name, certification, subkey.body, binding)
        packets = b"".join(map(encode_packet, _KEY_STRUCTURE, bodies))
        return cls(_parse_packets(packets, seconds), secret)

    def decrypt_session_key(self, encrypted_session_keys: list[bytes]) -> bytes:
        """The session key in the one body for this key; raises MalformedError unless there is exactly one."""
        prefix = self.public_key.subkey.pkesk_prefix
        mine = [body for body in encrypted_session_keys if body.startswith(prefix)]
        if len(mine) != 1:
            raise MalformedError("the message is not for this key")
        return decrypt_session_key(self.public_key.subkey, self._secret, mine[0])
