"""Version 2 of the encrypted data packet with AES-GCM (RFC 9580, sections 5.13.2 and 5.13.5)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tee_rex.openpgp.packets import MalformedError, OctetReader, PacketType

TAG_OCTETS = 16
SALT_OCTETS = 32
_VERSION = 2
_AEAD_GCM = 3
_IV_OCTETS = 4
_COUNTER_OCTETS = 8


class Cipher(IntEnum):
    """Symmetric key algorithm IDs (RFC 9580, section 9.3)."""

    AES_128 = 7
    AES_256 = 9


@dataclass(frozen=True, slots=True)
class CipherSuite:
    """AES-GCM with a key size and a chunk size."""

    cipher: Cipher
    chunk_size_octet: int

    @property
    def preference(self) -> bytes:
        """How a key announces it in its preferred AEAD ciphersuites."""
        return bytes([self.cipher, _AEAD_GCM])

    @property
    def header(self) -> bytes:
        """The first 4 octets of the packet's body."""
        return bytes([_VERSION, self.cipher, _AEAD_GCM, self.chunk_size_octet])

    @property
    def key_octets(self) -> int:
        """Length of the session key and of the message key."""
        return 32 if self.cipher is Cipher.AES_256 else 16

    @property
    def chunk_octets(self) -> int:
        """Plaintext in every chunk but the last."""
        return 1 << (self.chunk_size_octet + 6)

    def sealed_octets(self, plaintext_octets: int) -> int:
        """Length of the chunks and the final tag for this much plaintext (at least one octet)."""
        chunks = -(-plaintext_octets // self.chunk_octets)
        return plaintext_octets + (chunks + 1) * TAG_OCTETS

    def plaintext_octets(self, sealed_octets: int) -> int:
        """Length of the plaintext; raises MalformedError for a length that sealing never gives."""
        chunks = -(-(sealed_octets - TAG_OCTETS) // (self.chunk_octets + TAG_OCTETS))
        plaintext_octets = sealed_octets - (chunks + 1) * TAG_OCTETS
        if plaintext_octets <= 0 or self.sealed_octets(plaintext_octets) != sealed_octets:
            raise MalformedError("the encrypted data has an impossible length")
        return plaintext_octets


# What is written, and what a key announces as its first preference.
AES_256_GCM = CipherSuite(Cipher.AES_256, chunk_size_octet=12)
# Read as well, since OpenPGP.js chooses it when its user prefers AES-128.
AES_128_GCM = CipherSuite(Cipher.AES_128, chunk_size_octet=12)


class MessageCipher:
    """AES-GCM over the numbered chunks of one message, and the final tag over their total length."""

    def __init__(self, suite: CipherSuite, session_key: bytes, salt: bytes) -> None:
        self._suite = suite
        self._associated = bytes([0xC0 | PacketType.ENCRYPTED_DATA]) + suite.header
        hkdf = HKDF(hashes.SHA256(), suite.key_octets + _IV_OCTETS, salt=salt, info=self._associated)
        derived = hkdf.derive(session_key)
        self._aes = AESGCM(derived[: suite.key_octets])
        self._iv = derived[suite.key_octets :]

    def seal(self, plaintext: OctetReader, plaintext_octets: int, sealed: memoryview) -> None:
        """Fill ``sealed`` (``sealed_octets`` long) with the chunks and the final tag."""
        starts = range(0, plaintext_octets, self._suite.chunk_octets)
        written = 0
        for chunk, start in enumerate(starts):
            piece = plaintext.read(min(self._suite.chunk_octets, plaintext_octets - start))
            target = sealed[written : written + len(piece) + TAG_OCTETS]
            written += self._aes.encrypt_into(self._nonce(chunk), piece, self._associated, target)
        sealed[written:] = self._final_tag(len(starts), plaintext_octets)

    def unseal(self, sealed: OctetReader, plaintext: memoryview) -> None:
        """Fill ``plaintext`` (``plaintext_octets`` long); only when this returns is it authentic.

        Raises MalformedError when a chunk or the final tag is not authentic.
        """
        starts = range(0, len(plaintext), self._suite.chunk_octets)
        for chunk, start in enumerate(starts):
            target = plaintext[start : start + self._suite.chunk_octets]
            piece = sealed.read(len(target) + TAG_OCTETS)
            try:
                self._aes.decrypt_into(self._nonce(chunk), piece, self._associated, target)
            except InvalidTag as error:
                raise MalformedError("a chunk is not authentic") from error
        if not hmac.compare_digest(sealed.read(TAG_OCTETS), self._final_tag(len(starts), len(plaintext))):
            raise MalformedError("the final tag is not authentic")

    def _nonce(self, chunk: int) -> bytes:
        return self._iv + chunk.to_bytes(_COUNTER_OCTETS)

    def _final_tag(self, chunks: int, plaintext_octets: int) -> bytes:
        total = plaintext_octets.to_bytes(_COUNTER_OCTETS)
        return self._aes.encrypt(self._nonce(chunks), b"", self._associated + total)
