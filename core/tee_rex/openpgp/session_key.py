"""The session key of a message, encrypted to an X25519 subkey (RFC 9580, sections 5.1.2 and 5.1.6)."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tee_rex.openpgp.packets import MalformedError

X25519_ALGORITHM = 25
POINT_OCTETS = 32
PKESK_VERSION = 6
# Those for other recipients may use any algorithm; the largest in use are RSA with 4,096 bits.
MAX_PKESK_OCTETS = 1024
_KEY_VERSION = 4
_KEY_ENCRYPTION_KEY_OCTETS = 16


@dataclass(frozen=True, slots=True)
class EncryptionSubkey:
    """A version 4 X25519 subkey: its fingerprint (20 octets) and its point (32 octets)."""

    fingerprint: bytes
    point: bytes

    @property
    def pkesk_prefix(self) -> bytes:
        """The beginning of every encrypted session key for this subkey."""
        return bytes(
            [PKESK_VERSION, 1 + len(self.fingerprint), _KEY_VERSION, *self.fingerprint, X25519_ALGORITHM]
        )


def is_low_order(point: bytes) -> bool:
    """Whether every X25519 exchange with ``point`` gives the all-zero secret that RFC 7748 warns of."""
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(point))
    except ValueError:
        return True
    return False


def key_encryption_key(ephemeral: bytes, recipient: bytes, shared: bytes) -> bytes:
    """The 16 octets that wrap the session key; from both public points and the shared secret (32 each)."""
    hkdf = HKDF(hashes.SHA256(), _KEY_ENCRYPTION_KEY_OCTETS, salt=None, info=b"OpenPGP X25519")
    return hkdf.derive(ephemeral + recipient + shared)


def encrypt_session_key(subkey: EncryptionSubkey, session_key: bytes) -> bytes:
    """The body of the encrypted session key packet for one recipient."""
    secret = X25519PrivateKey.generate()
    ephemeral = secret.public_key().public_bytes_raw()
    shared = secret.exchange(X25519PublicKey.from_public_bytes(subkey.point))
    wrapped = keywrap.aes_key_wrap(key_encryption_key(ephemeral, subkey.point, shared), session_key)
    return subkey.pkesk_prefix + ephemeral + bytes([len(wrapped)]) + wrapped


def decrypt_session_key(subkey: EncryptionSubkey, secret: X25519PrivateKey, body: bytes) -> bytes:
    """The session key in a packet with the subkey's prefix; raises MalformedError if that fails."""
    start = len(subkey.pkesk_prefix)
    end = start + POINT_OCTETS
    ephemeral, wrapped = body[start:end], body[end + 1 :]
    if len(body) <= end or body[end] != len(wrapped):
        raise MalformedError("the encrypted session key has another length than it says")
    try:
        shared = secret.exchange(X25519PublicKey.from_public_bytes(ephemeral))  # refuses low order points
        return keywrap.aes_key_unwrap(key_encryption_key(ephemeral, subkey.point, shared), wrapped)
    except (ValueError, keywrap.InvalidUnwrap) as error:
        raise MalformedError("the session key cannot be decrypted") from error
