"""Keys and messages, both directions, with the library that the TypeScript server and clients use."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from subprocess import CalledProcessError
from typing import Any

import pytest

from support.errors import raises_code
from support.openpgpjs import OpenPgpJs
from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED, INVALID_PUBLIC_KEY
from tee_rex.openpgp import PrivateKey, PublicKey, decrypt, encrypt
from tee_rex.openpgp.recipients import read_recipients

pytestmark = pytest.mark.integration

KIB = 1024
MB = 1_000_000
SIZES = [0, 1, 255 * KIB, 256 * KIB, 256 * KIB + 1, 2 * MB, 50 * MB]
NOW = datetime.now(UTC)
AES_128, OCB, ZIP = 7, 2, 1


@pytest.fixture(scope="module")
def our_key() -> PrivateKey:
    return PrivateKey.generate("TEE-Rex", NOW - timedelta(minutes=5))


@pytest.fixture(scope="module")
def their_key(openpgpjs: OpenPgpJs) -> dict[str, str]:
    return openpgpjs.generate()


def encrypted_by_them(openpgpjs: OpenPgpJs, key: PrivateKey, plaintext: bytes, **given: object) -> bytes:
    return openpgpjs.call("encrypt", plaintext, publicKeys=[key.public_key.armored()], **given)


def test_their_messages_name_our_subkey_in_clear(openpgpjs: OpenPgpJs, our_key: PrivateKey) -> None:
    message = encrypted_by_them(openpgpjs, our_key, b"anything")
    assert read_recipients(message[:200]) == (our_key.public_key.subkey.fingerprint,)


@pytest.mark.parametrize("size", SIZES)
def test_they_decrypt_what_we_encrypt(openpgpjs: OpenPgpJs, their_key: dict[str, str], size: int) -> None:
    plaintext = secrets.token_bytes(size)
    message = encrypt(PublicKey.parse_armored(their_key["publicKey"], at=datetime.now(UTC)), plaintext)
    assert openpgpjs.call("decrypt", message, privateKey=their_key["privateKey"]) == plaintext


@pytest.mark.parametrize("size", SIZES)
def test_we_decrypt_what_they_encrypt(openpgpjs: OpenPgpJs, our_key: PrivateKey, size: int) -> None:
    plaintext = secrets.token_bytes(size)
    message = encrypted_by_them(openpgpjs, our_key, plaintext)
    assert decrypt(our_key, message, max_plaintext=size) == plaintext
    if size:
        with raises_code(DECRYPTION_FAILED):
            decrypt(our_key, message, max_plaintext=size - 1)


@pytest.mark.parametrize(
    ("size", "pieces"), [(0, 1), (1, 1), (5000, 7), (256 * KIB + 1, 1000), (2 * MB, 65536)]
)
def test_we_decrypt_what_they_stream(
    openpgpjs: OpenPgpJs, our_key: PrivateKey, size: int, pieces: int
) -> None:
    plaintext = secrets.token_bytes(size)
    message = encrypted_by_them(openpgpjs, our_key, plaintext, pieces=pieces)
    assert decrypt(our_key, message, max_plaintext=size) == plaintext


def test_openpgpjs_reads_our_key_as_intended(openpgpjs: OpenPgpJs, our_key: PrivateKey) -> None:
    seen = json.loads(openpgpjs.call("inspect", publicKey=our_key.public_key.armored()))
    assert seen["fingerprint"] == our_key.public_key.fingerprint
    assert seen["userIDs"] == ["TEE-Rex"]
    assert (seen["primaryAlgorithm"], seen["subkeyAlgorithm"]) == ("ed25519", "x25519")
    assert seen["suites"] == [[9, 3], [7, 3]]
    assert seen["features"] == [9]


def test_we_read_keys_of_openpgpjs_as_intended(their_key: dict[str, str]) -> None:
    key = PublicKey.parse_armored(their_key["publicKey"], at=datetime.now(UTC))
    assert key.fingerprint == their_key["fingerprint"]
    assert key.user_id == "TEE-Rex"


def test_a_message_to_several_recipients_is_decrypted(
    openpgpjs: OpenPgpJs, our_key: PrivateKey, their_key: dict[str, str]
) -> None:
    keys = [their_key["publicKey"], our_key.public_key.armored()]
    assert decrypt(our_key, openpgpjs.call("encrypt", b"steps", publicKeys=keys), max_plaintext=5) == b"steps"


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"preferredSymmetricAlgorithm": AES_128}, id="AES-128"),
        pytest.param({"preferredCompressionAlgorithm": ZIP}, id="compression"),
        pytest.param({"aeadProtect": False}, id="default settings"),
    ],
)
def test_our_key_announces_what_we_support(
    openpgpjs: OpenPgpJs, our_key: PrivateKey, config: dict[str, Any]
) -> None:
    message = encrypted_by_them(openpgpjs, our_key, b"steps", config=config)
    assert decrypt(our_key, message, max_plaintext=5) == b"steps"


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"aeadChunkSizeByte": 10}, id="other chunk size"),
        pytest.param({"preferredAEADAlgorithm": OCB}, id="OCB"),
    ],
)
def test_ciphers_that_our_key_does_not_announce_are_not_accepted(
    openpgpjs: OpenPgpJs, our_key: PrivateKey, config: dict[str, Any]
) -> None:
    message = encrypted_by_them(openpgpjs, our_key, b"steps", config=config)
    with raises_code(DECRYPTION_FAILED):
        decrypt(our_key, message, max_plaintext=5)


REFUSED_KEYS: list[Any] = [
    pytest.param({"config": {"aeadProtect": False}}, "version 2 encrypted data", id="without aeadProtect"),
    pytest.param({"type": "ecc"}, "algorithm 27", id="legacy curve25519, the default type"),
    pytest.param({"type": "rsa", "rsaBits": 2048}, "algorithm 27", id="RSA"),
    pytest.param({"config": {"v6Keys": True}}, "one user id", id="version 6"),
    pytest.param({"revoke": True}, "revoked", id="revoked"),
    pytest.param({"keyExpirationTime": 60}, "expired", id="expired"),
    pytest.param({"subkeys": [{}, {}]}, "another subkey", id="two subkeys"),
    pytest.param({"subkeys": [{"sign": True}]}, "algorithm 25", id="signing subkey"),
    pytest.param({"userIDs": [{"name": "A"}, {"name": "B"}]}, "one user id", id="two user ids"),
]


@pytest.mark.parametrize(("options", "reason"), REFUSED_KEYS)
def test_their_other_keys_are_refused(openpgpjs: OpenPgpJs, options: dict[str, Any], reason: str) -> None:
    key = openpgpjs.generate(**options)
    with raises_code(INVALID_PUBLIC_KEY, match=reason):
        PublicKey.parse_armored(key["publicKey"], at=NOW + timedelta(hours=1))


def test_a_key_that_expires_is_accepted_until_then(openpgpjs: OpenPgpJs) -> None:
    key = openpgpjs.generate(keyExpirationTime=3600)
    assert PublicKey.parse_armored(key["publicKey"], at=NOW).fingerprint == key["fingerprint"]


def test_they_refuse_a_changed_message_of_ours(openpgpjs: OpenPgpJs, their_key: dict[str, str]) -> None:
    message = encrypt(PublicKey.parse_armored(their_key["publicKey"], at=datetime.now(UTC)), b"steps")
    message[-1] ^= 1
    with pytest.raises(CalledProcessError):
        openpgpjs.call("decrypt", message, privateKey=their_key["privateKey"])
