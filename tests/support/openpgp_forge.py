"""Messages and keys that the library itself would never write, for tests of what it refuses to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tee_rex.openpgp.encrypted_data import AES_256_GCM, CipherSuite, MessageCipher
from tee_rex.openpgp.keys import PublicKey
from tee_rex.openpgp.packets import OctetReader, encode_length
from tee_rex.openpgp.session_key import encrypt_session_key
from tee_rex.openpgp.signatures import SignatureType, sign

PKESK, SIGNATURE, PUBLIC_KEY, LITERAL, USER_ID, SUBKEY, ENCRYPTED_DATA = 1, 2, 6, 11, 13, 14, 18


def packet(type_id: int, body: bytes) -> bytes:
    return bytes([0xC0 | type_id]) + encode_length(len(body)) + body


def packet_in_pieces(type_id: int, body: bytes, powers: Sequence[int]) -> bytes:
    """A packet whose first pieces are of 2 to these powers octets, as far as the body goes."""
    out = bytearray([0xC0 | type_id])
    at = 0
    for power in powers:
        if len(body) - at < 1 << power:
            break
        out += bytes([0xE0 | power]) + body[at : at + (1 << power)]
        at += 1 << power
    return bytes(out + encode_length(len(body) - at) + body[at:])


def literal(content: bytes, *, file_name: bytes = b"", form: bytes = b"b") -> bytes:
    return packet(LITERAL, form + bytes([len(file_name)]) + file_name + bytes(4) + content)


@dataclass(slots=True)
class Sealed:
    """The parts of a message that holds ``inner``, a sequence of packets; change them, then ``message()``."""

    recipient: PublicKey
    inner: bytes
    suite: CipherSuite = AES_256_GCM
    session_key: bytes = b""
    salt: bytes = bytes(32)
    encrypted_session_keys: list[bytes] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    final_tag: bytes = b""

    def __post_init__(self) -> None:
        self.session_key = self.session_key or bytes(range(self.suite.key_octets))
        self.encrypted_session_keys = [encrypt_session_key(self.recipient.subkey, self.session_key)]
        sealed = bytearray(self.suite.sealed_octets(len(self.inner)))
        cipher = MessageCipher(self.suite, self.session_key, self.salt)
        cipher.seal(OctetReader([memoryview(self.inner)]), len(self.inner), memoryview(sealed))
        size = self.suite.chunk_octets + 16
        self.chunks = [bytes(sealed[at : at + size]) for at in range(0, len(sealed) - 16, size)]
        self.chunks[-1] = self.chunks[-1][: len(sealed) - 16 - (len(self.chunks) - 1) * size]
        self.final_tag = bytes(sealed[-16:])

    @property
    def head(self) -> bytes:
        return b"".join(packet(PKESK, body) for body in self.encrypted_session_keys)

    @property
    def body(self) -> bytes:
        return self.suite.header + self.salt + b"".join(self.chunks) + self.final_tag

    def message(self) -> bytes:
        return self.head + packet(ENCRYPTED_DATA, self.body)


CREATED = 1_700_000_000


@dataclass(slots=True)
class KeyParts:
    """A key of five packets that is good until one of its parts is changed."""

    certifier: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    primary_head: bytes = bytes([4, *CREATED.to_bytes(4), 27])
    user_id: bytes = b"TEE-Rex"
    subkey_head: bytes = bytes([4, *CREATED.to_bytes(4), 25])
    point: bytes = field(default_factory=lambda: X25519PrivateKey.generate().public_key().public_bytes_raw())
    certification_type: int = SignatureType.POSITIVE_CERTIFICATION
    certification: Mapping[int, bytes] = field(
        default_factory=lambda: {2: CREATED.to_bytes(4), 30: b"\x09", 39: b"\x09\x03"}
    )
    binding_type: int = SignatureType.SUBKEY_BINDING
    binding: Mapping[int, bytes] = field(default_factory=lambda: {2: CREATED.to_bytes(4), 27: b"\x0c"})

    def bodies(self) -> list[bytes]:
        primary = self.primary_head + self.certifier.public_key().public_bytes_raw()
        subkey = self.subkey_head + self.point
        signed = b"\x99" + len(primary).to_bytes(2) + primary
        certified = signed + b"\xb4" + len(self.user_id).to_bytes(4) + self.user_id
        bound = signed + b"\x99" + len(subkey).to_bytes(2) + subkey
        return [
            primary,
            self.user_id,
            self._sign(self.certification_type, certified, self.certification),
            subkey,
            self._sign(self.binding_type, bound, self.binding),
        ]

    def packets(self) -> bytes:
        types = (PUBLIC_KEY, USER_ID, SIGNATURE, SUBKEY, SIGNATURE)
        return b"".join(map(packet, types, self.bodies()))

    def _sign(self, signature_type: int, signed: bytes, subpackets: Mapping[int, bytes]) -> bytes:
        # The writer knows only what the library writes; here any number may stand for a type.
        return sign(self.certifier, signature_type, signed, subpackets)  # type: ignore[arg-type]
