"""The samples of RFC 9580, appendix A: what falls into the subset is reproduced, the rest is refused."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from support.errors import raises_code
from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED, INVALID_PUBLIC_KEY
from tee_rex.openpgp import PrivateKey, PublicKey, decrypt
from tee_rex.openpgp.encrypted_data import Cipher, CipherSuite, MessageCipher
from tee_rex.openpgp.packets import OctetReader, read_packet
from tee_rex.openpgp.session_key import EncryptionSubkey, decrypt_session_key, key_encryption_key

# A.3, A.4 and A.8: a version 6 key, so only the arithmetic of its subkey can be held against ours.
SUBKEY_SECRET = bytes.fromhex("4d600a4f794d44775c57a26e0feefed558e9afffd6ad0d582d57fb2ba2dcedb8")
SUBKEY_POINT = bytes.fromhex("8693248367f9e5015db922f8f48095dda784987f2d5985b12fbad16caf5e4435")
EPHEMERAL_SECRET = bytes.fromhex("af1e43c0d123efe893a7d4d390f3a761e3fac33dfc7f3edaa830c9011352c779")
EPHEMERAL = bytes.fromhex("87cf18d5f1b53f817cce5a004cf393cc8958bddc065f25f84af509b17dd36764")
SHARED = bytes.fromhex("67e30e69cdc7bab2a2680d78aca46a2f8b6e2ae44d398bdc6f92c5ad4a492514")
KEY_ENCRYPTION_KEY = bytes.fromhex("f66dadcff64592239b254539b64ff607")
WRAPPED = bytes.fromhex("dea355437956617901e06957fbca8a6a47a5b5153e8d3ab7")
SESSION_KEY = bytes.fromhex("dd708f6fa1ed65114d68d2343e7c2f1d")

# A.11: AES-128-GCM with chunks of 4 KiB; a literal packet and a padding packet inside.
GCM_SUITE = CipherSuite(Cipher.AES_128, chunk_size_octet=6)
GCM_SESSION_KEY = bytes.fromhex("1936fc8568980274bb900d8319360c77")
GCM_PACKET = bytes.fromhex(
    "d26902070306fcb94490bcb98bbdc9d106c6090266940f72e89edc21b5596b1576b101ed0f9ffc6fc6d65bbfd24dcd07"
    "90966e6d1e85a30053784cb1d8b6a0699ef12155a7b2ad6258531b57651fd7777912fa95e35d9b40216f69a4c248db28"
    "ff4331f1632907399e6ff9"
)
GCM_PLAINTEXT = bytes.fromhex("cb1362000000000048656c6c6f2c20776f726c6421d50e1ce2269a9eddef81032172b7ed7c")


def test_x25519_session_key_of_a_8() -> None:
    assert X25519PrivateKey.from_private_bytes(EPHEMERAL_SECRET).public_key().public_bytes_raw() == EPHEMERAL
    secret = X25519PrivateKey.from_private_bytes(SUBKEY_SECRET)
    assert secret.exchange(X25519PublicKey.from_public_bytes(EPHEMERAL)) == SHARED
    assert key_encryption_key(EPHEMERAL, SUBKEY_POINT, SHARED) == KEY_ENCRYPTION_KEY

    subkey = EncryptionSubkey(bytes(20), SUBKEY_POINT)
    body = subkey.pkesk_prefix + EPHEMERAL + bytes([len(WRAPPED)]) + WRAPPED
    assert decrypt_session_key(subkey, secret, body) == SESSION_KEY


def test_gcm_encrypted_data_of_a_11() -> None:
    packet = read_packet(GCM_PACKET, 0)
    body = packet.short_body(1024)
    assert body.startswith(GCM_SUITE.header)
    salt, sealed = body[4:36], body[36:]
    assert GCM_SUITE.plaintext_octets(len(sealed)) == len(GCM_PLAINTEXT)
    assert GCM_SUITE.sealed_octets(len(GCM_PLAINTEXT)) == len(sealed)
    cipher = MessageCipher(GCM_SUITE, GCM_SESSION_KEY, salt)

    opened = bytearray(len(GCM_PLAINTEXT))
    cipher.unseal(OctetReader([memoryview(sealed)]), memoryview(opened))
    assert opened == GCM_PLAINTEXT

    again = bytearray(len(sealed))
    cipher.seal(OctetReader([memoryview(GCM_PLAINTEXT)]), len(GCM_PLAINTEXT), memoryview(again))
    assert again == sealed


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(
            "xjMEU/NfCxYJKwYBBAHaRw8BAQdAPwmJlL3ZFu1AUxl5NOSofIBzOhKA1i+AEJkuQ+47JAY=",
            id="A.1 version 4 Ed25519Legacy",
        ),
        pytest.param(
            "xioGY4d/4xsAAAAg+U2nu0jWCmHlZ3BqZYfQMxmZu52JGggkLq2EVD34laPCsQYfGwoAAABCBYJjh3/jAwsJBwUVCg4IDAIW"
            "AAKbAwIeCSIhBssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce62azJBScJAgcCAAAAAK0oIBA+LX0ifsDm185Ecds2v8lw"
            "gyU2kCcUmKfvBXbAf6rhRYWzuQOwEn7E/aLwIwRaLsdry0+VcallHhSu4RN6HWaEQsiPlR4zxP/TP7mhfVEe7XWPxtnMUMtf"
            "15OyA51YBM4qBmOHf+MZAAAAIIaTJINn+eUBXbki+PSAld2nhJh/LVmFsS+60WyvXkQ1wpsGGBsKAAAALAWCY4d/4wKbDCIh"
            "BssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce62azJAAAAAAQBIKbpGG2dWTX8j+VjFM21J0hqWlEg+bdiojWnKfA5AQpW"
            "UWtnNwDEM0g12vYxoWM8Y81W+bHBw805I8kWVkXU6vFOi+HWvv/ira7ofJu16NnoUkhclkUrk0mXubZvyl4GBg==",
            id="A.3 version 6",
        ),
    ],
)
def test_keys_outside_of_the_subset_are_refused(block: str) -> None:
    armored = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n{block}\n-----END PGP PUBLIC KEY BLOCK-----\n"
    with raises_code(INVALID_PUBLIC_KEY):
        PublicKey.parse_armored(armored, at=datetime(2024, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(
            "xEYGAQobIHZJX1AhiJD39eLuPBgiUU9wUA9VHYblySHkBONKU/usyxhsTwYJppfk1S36bHIrDB8eJ8GKVnCPZSXsJ7rZrMkB"
            "y0p1AAAAAABXaGF0IHdlIG5lZWQgZnJvbSB0aGUgZ3JvY2VyeSBzdG9yZToKCi0gdG9mdQotIHZlZ2V0YWJsZXMKLSBub29k"
            "bGVzCsKYBgEbCgAAACkFgmOYo2MiIQbLGGxPBgmml+TVLfpscisMHx4nwYpWcI9lJewnutmsyQAAAABpNiB2SV9QIYiQ9/Xi"
            "7jwYIlFPcFAPVR2G5ckh5ATjSlP7rCfQb7gKqPxbyxbhljGygHQPnqau1eBzrQD5QVplPEDnemrnfmkrpx0GmhCfokxYz9jj"
            "FtCgazStmsuOXF9SFQE=",
            id="A.7 signed",
        ),
        pytest.param(
            "wV0GIQYSyD8ecG9jCP4VGkF3Q6HwM3kOk+mXhIjR2zeNqZMIhRmHzxjV8bU/gXzOWgBM85PMiVi93AZfJfhK9QmxfdNnZBje"
            "o1VDeVZheQHgaVf7yopqR6W1FT6NOrfSaQIHAgZhZBZTW+CwcW1g4FKlbExAf56zaw76/prQoN+bAzxpohup69LA7JW/Vp0l"
            "yZnuSj3hcFj0DfqLTGgr4/u717J+sPWbtQBfgMfG9AOIwwrUBqsFE9zW+f1zdlYobhF30A+IitsxxA==",
            id="A.8 OCB to a version 6 key",
        ),
        pytest.param(
            "w0AGHgcBCwMIpa5XnR/F2Cv/aSJPkZmTs1Bvo7WaanPP+MXvxfQcV/tU4cImgV14KPX5LEVOtl6+AKtZhsaObnxV0mkCBwEG"
            "n/kOOzIZZPOkKRPI3MZhkyUBUifvt+rqpJ8EwuZ0F11KPSJu1q/LnKmsEiwUcOEcY9TAqyQcapOK1Iv5mlqZuQu6gyXeYQR1"
            "QCWKt5Wala0FHdqW6xVDHf719eIlXKeCYVRuM5o=",
            id="A.9 password, EAX",
        ),
        pytest.param(
            "wzwGGgcDCwMI6dOXhbIHAAj/tC58SD70iERXyzcmubPbn/d25fTZpAlS4kRymIUav/91Jt8t1VRBdXmneZ/SaQIHAwb8uUSQ"
            "vLmLvcnRBsYJAmaUD3LontwhtVlrFXaxAe0Pn/xvxtZbv9JNzQeQlm5tHoWjAFN4TLHYtqBpnvEhVaeyrWJYUxtXZR/Xd3kS"
            "+pXjXZtAIW9ppMJI2yj/QzHxYykHOZ5v+Q==",
            id="A.11 password, GCM",
        ),
        pytest.param(
            "wycEBwScUvg8J/leUNU1RA7N/zE2AQQVnlL8rSLPP5VlQsunlO+ECxHSPgGYGKY+YJz4u6F+DDlDBOr5NRQXt/KJIf4m4mOl"
            "KyC/uqLbpnLJZMnTq3o79GxBTdIdOzhHXfA3pqV4mTzF",
            id="A.12 password, Argon2, version 1 data",
        ),
    ],
)
def test_messages_outside_of_the_subset_are_refused(key: PrivateKey, message: str) -> None:
    with raises_code(DECRYPTION_FAILED):
        decrypt(key, base64.b64decode(message), max_plaintext=1000)
