"""Keys of the feed's roles: Ed25519, each in a file that only a passphrase opens.

The file holds the 32 bytes of the private key, encrypted by AES-256-GCM under a key that scrypt (RFC 7914)
makes of the passphrase: PKCS #8 and #12 as ``cryptography`` writes them allow a thousand times as many tries.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

LEAST_PASSPHRASE: Final = 16
"""Characters; whoever steals the file can try as many passphrases as they like."""
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_SCRYPT_N: Final = 1 << 17
"""With r = 8: 128 MiB and half a second for each passphrase."""

_FileT = TypeVar("_FileT", bound=msgspec.Struct)
_Hex: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{2})*\Z")]


class KeyFileError(Exception):
    """A file is not a key, or the passphrase is wrong; the text says which."""


class PublicKeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``<name>.pub.json``, which the holder of a key hands out; the fields are those of TUF's keys."""

    keyid: str
    keytype: Literal["ed25519"]
    scheme: Literal["ed25519"]
    keyval: dict[str, str]


class PrivateKeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``<name>.key.json``. keyid: of the key, which the encryption authenticates."""

    format: Literal[1]
    keyid: str
    salt: _Hex
    nonce: _Hex
    encrypted: _Hex


def new_key(folder: Path, name: str, passphrase: str) -> Key:
    """Make ``<name>.key.json``, for this user alone, and ``<name>.pub.json``.

    Raises KeyFileError for a short passphrase, FileExistsError.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise KeyFileError(f"the passphrase has fewer than {LEAST_PASSPHRASE} characters")
    private = Ed25519PrivateKey.generate()
    key = CryptoSigner(private).public_key
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    encrypted = AESGCM(_derived(passphrase, salt)).encrypt(
        nonce, private.private_bytes_raw(), key.keyid.encode()
    )
    secret = PrivateKeyFile(1, key.keyid, salt.hex(), nonce.hex(), encrypted.hex())
    public = PublicKeyFile(key.keyid, "ed25519", "ed25519", key.keyval)
    _write_new(folder / f"{name}.key.json", secret, 0o600)
    _write_new(folder / f"{name}.pub.json", public, 0o644)
    return key


def read_public_key(file: Path) -> Key:
    """The public key in a file; raises KeyFileError."""
    given = _read(file, PublicKeyFile)
    key = SSlibKey(given.keyid, given.keytype, given.scheme, given.keyval)
    if not has_own_id(key):
        raise KeyFileError(f"{file} has another key than its id says")
    return key


def has_own_id(key: Key) -> bool:
    """Whether its id is the digest of this Ed25519 key, so that people who compare ids compare keys.

    TUF does not ask for that: to a client, an id is only a name.
    """
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.keyval["public"]))
    except (KeyError, TypeError, ValueError):
        return False
    return key == SSlibKey.from_crypto(public)


def key_id(file: Path) -> str:
    """The id of a private key, which needs no passphrase; raises KeyFileError."""
    return _read(file, PrivateKeyFile).keyid


def read_signer(file: Path, passphrase: str) -> CryptoSigner:
    """The private key in a file; raises KeyFileError."""
    given = _read(file, PrivateKeyFile)
    salt, nonce, encrypted = map(bytes.fromhex, (given.salt, given.nonce, given.encrypted))
    try:
        raw = AESGCM(_derived(passphrase, salt)).decrypt(nonce, encrypted, given.keyid.encode())
    except (InvalidTag, ValueError):
        raise KeyFileError(f"the passphrase of {file} is wrong, or the file is damaged") from None
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(raw))


def _derived(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt, _KEY_BYTES, _SCRYPT_N, 8, 1).derive(passphrase.encode())


def _read(file: Path, form: type[_FileT]) -> _FileT:
    try:
        return msgspec.json.decode(file.read_bytes(), type=form)
    except msgspec.MsgspecError as error:
        kind = "public" if form is PublicKeyFile else "private"
        raise KeyFileError(f"{file} is not a file with a {kind} key") from error


def _write_new(file: Path, content: msgspec.Struct, mode: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
