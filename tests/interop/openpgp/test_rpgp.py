"""rPGP as a second opinion on our keys and messages, and as a maker of what we refuse."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from openpgp.composed import (
    EncryptionCaps,
    KeyType,
    Message,
    MessageBuilder,
    SecretKeyParamsBuilder,
    SignedPublicKey,
    SignedPublicSubKey,
    SubkeyParamsBuilder,
)
from openpgp.types import StringToKey, X25519PublicParams

from support.errors import raises_code
from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED
from tee_rex.openpgp import PrivateKey, PublicKey, decrypt, encrypt
from tee_rex.openpgp.session_key import EncryptionSubkey

Build = Callable[[MessageBuilder], MessageBuilder]


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.generate("TEE-Rex", datetime(2026, 1, 1, tzinfo=UTC))


def our_subkey(key: PrivateKey) -> SignedPublicSubKey:
    return SignedPublicKey.from_armor(key.public_key.armored())[0].public_subkeys[0]


def test_they_verify_our_key(key: PrivateKey) -> None:
    theirs, _ = SignedPublicKey.from_armor(key.public_key.armored())
    theirs.verify_bindings()
    assert theirs.fingerprint == key.public_key.fingerprint
    assert theirs.user_ids == ["TEE-Rex"]
    certification = theirs.details.users[0].signatures[0]
    assert certification.preferred_aead_algs() == [("aes256", "gcm"), ("aes128", "gcm")]


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 600_000])
def test_they_decrypt_what_we_encrypt(key: PrivateKey, size: int) -> None:
    subkey = SubkeyParamsBuilder().version(4).key_type(KeyType.x25519()).can_encrypt(EncryptionCaps.all())
    parameters = SecretKeyParamsBuilder().version(4).key_type(KeyType.ed25519()).can_certify(True)
    theirs = parameters.primary_user_id("rPGP").subkey(subkey.build()).generate()
    packet = theirs.to_public_key().public_subkeys[0].key
    assert isinstance(packet.public_params, X25519PublicParams)
    # Its signatures use SHA-256, so it is no key that we would parse.
    recipient = PublicKey(
        fingerprint=theirs.fingerprint,
        user_id="rPGP",
        subkey=EncryptionSubkey(bytes.fromhex(packet.fingerprint), packet.public_params.key),
        packets=b"",
    )
    plaintext = secrets.token_bytes(size)
    message = Message.from_bytes(bytes(encrypt(recipient, plaintext)))
    assert message.decrypt(None, theirs).as_data_vec() == plaintext


@pytest.mark.parametrize(
    ("accepted", "build"),
    [
        pytest.param(True, lambda b: b.seipd_v2("aes256", "gcm", 12), id="AES-256-GCM"),
        pytest.param(True, lambda b: b.seipd_v2("aes128", "gcm", 12), id="AES-128-GCM"),
        pytest.param(True, lambda b: b.partial_chunk_size(512).seipd_v2("aes256", "gcm", 12), id="pieces"),
        pytest.param(False, lambda b: b.seipd_v2("aes192", "gcm", 12), id="AES-192-GCM"),
        pytest.param(False, lambda b: b.seipd_v2("aes256", "ocb", 12), id="OCB"),
        pytest.param(False, lambda b: b.seipd_v2("aes256", "eax", 12), id="EAX"),
        pytest.param(False, lambda b: b.seipd_v2("aes256", "gcm", 6), id="other chunk size"),
        pytest.param(False, lambda b: b.seipd_v1("aes256"), id="version 1 data"),
        pytest.param(False, lambda b: b.compression("zip").seipd_v2("aes256", "gcm", 12), id="compressed"),
        pytest.param(False, lambda b: b.data_mode("utf8").seipd_v2("aes256", "gcm", 12), id="text"),
    ],
)
def test_messages_of_rpgp(key: PrivateKey, build: Build, *, accepted: bool) -> None:
    subkey = our_subkey(key)
    message = build(MessageBuilder.from_bytes("steps", b"steps")).encrypt_to_key(subkey).to_vec()
    if accepted:
        assert decrypt(key, message, max_plaintext=5) == b"steps"
    else:
        with raises_code(DECRYPTION_FAILED):
            decrypt(key, message, max_plaintext=5)


def test_their_messages_with_a_password_or_without_a_name_are_refused(key: PrivateKey) -> None:
    subkey = our_subkey(key)
    password = StringToKey.argon2(1, 1, 10)

    def builder() -> MessageBuilder:
        return MessageBuilder.from_bytes("steps", b"steps").seipd_v2("aes256", "gcm", 12)

    for message in (
        builder().encrypt_to_key_anonymous(subkey),
        builder().encrypt_to_key(subkey).encrypt_with_password(password, "password"),
    ):
        with raises_code(DECRYPTION_FAILED):
            decrypt(key, message.to_vec(), max_plaintext=5)
