from __future__ import annotations

import secrets
import tracemalloc

import pytest

from support.errors import raises_code
from support.openpgp_forge import ENCRYPTED_DATA, LITERAL, Sealed, literal, packet_in_pieces
from tee_rex.errors import ExitCode, InputError
from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED
from tee_rex.openpgp import PrivateKey, decrypt, encrypt
from tee_rex.openpgp.encrypted_data import AES_128_GCM, AES_256_GCM
from tee_rex.openpgp.packets import MalformedError

CHUNK = AES_256_GCM.chunk_octets
LITERAL_HEAD = 12  # before the content, when it takes a length of five octets
ONE_CHUNK = CHUNK - LITERAL_HEAD  # the longest content in one chunk
MB = 1_000_000
KIB = 1024


@pytest.mark.parametrize(
    "size", [0, 1, 183, 184, 8375, 8376, 255 * KIB, ONE_CHUNK, ONE_CHUNK + 1, CHUNK, CHUNK + 1, 2 * MB]
)
def test_what_is_encrypted_is_decrypted(key: PrivateKey, size: int) -> None:
    plaintext = secrets.token_bytes(size)
    message = encrypt(key.public_key, plaintext)
    assert decrypt(key, message, max_plaintext=size) == plaintext
    assert len(plaintext) < 16 or plaintext[:16] not in message


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer_of_octets_will_do(key: PrivateKey, kind: type[bytes]) -> None:
    message = encrypt(key.public_key, kind(b"steps"))
    assert decrypt(key, kind(message), max_plaintext=5) == b"steps"


def test_equal_inputs_make_different_messages(key: PrivateKey) -> None:
    first, second = (encrypt(key.public_key, b"steps") for _ in range(2))
    assert len(first) == len(second)
    ephemeral, wrapped, salt, sealed = slice(26, 58), slice(59, 99), slice(105, 137), slice(137, None)
    for part in (ephemeral, wrapped, salt, sealed):
        assert first[part] != second[part]


def test_the_message_is_as_designed(key: PrivateKey) -> None:
    message = encrypt(key.public_key, b"")
    subkey = key.public_key.subkey.fingerprint
    assert message[:26] == b"\xc1\x61" + bytes([6, 21, 4]) + subkey + bytes([25])
    assert message[99:105] == b"\xd2\x4c" + bytes([2, 9, 3, 12])
    assert len(message) == 177


def test_the_content_takes_its_memory_once(key: PrivateKey) -> None:
    plaintext = bytes(8 * MB)
    tracemalloc.start()
    try:
        message = encrypt(key.public_key, plaintext)
        assert tracemalloc.get_traced_memory()[1] < len(plaintext) + MB
        tracemalloc.reset_peak()
        content = decrypt(key, message, max_plaintext=len(plaintext))
        assert tracemalloc.get_traced_memory()[1] < len(message) + len(plaintext) + MB
    finally:
        tracemalloc.stop()
    assert content == plaintext


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_the_length_of_the_content_follows_from_that_of_the_data(size: int) -> None:
    sealed = AES_256_GCM.sealed_octets(size)
    assert sealed == size + 16 * (-(-size // CHUNK) + 1)
    assert AES_256_GCM.plaintext_octets(sealed) == size


@pytest.mark.parametrize("sealed", [0, 15, 16, 17, 32, CHUNK + 33, CHUNK + 48])
def test_data_of_an_impossible_length_is_refused(sealed: int) -> None:
    with pytest.raises(MalformedError):
        AES_256_GCM.plaintext_octets(sealed)


@pytest.mark.parametrize("powers", [[], [9], [9, 9, 9], [18], [19], [16, 17, 9]])
def test_pieces_outside_and_inside_are_put_together(key: PrivateKey, powers: list[int]) -> None:
    content = secrets.token_bytes(600_000)
    for suite in (AES_256_GCM, AES_128_GCM):
        inner = packet_in_pieces(LITERAL, b"b\x05steps" + bytes(4) + content, powers)
        sealed = Sealed(key.public_key, inner, suite)
        message = sealed.head + packet_in_pieces(ENCRYPTED_DATA, sealed.body, powers)
        assert decrypt(key, message, max_plaintext=len(content)) == content


@pytest.mark.parametrize("file_name", [b"", b"steps.msgpack", b"\xff" * 255])
def test_the_file_name_does_not_matter(key: PrivateKey, file_name: bytes) -> None:
    sealed = Sealed(key.public_key, literal(b"steps", file_name=file_name))
    assert decrypt(key, sealed.message(), max_plaintext=5) == b"steps"


@pytest.mark.parametrize("size", [0, 1, CHUNK, 600_000])
@pytest.mark.parametrize("powers", [[], [9, 9, 9], [18]])
def test_the_limit_is_exact_whatever_the_framing(key: PrivateKey, size: int, powers: list[int]) -> None:
    inner = packet_in_pieces(LITERAL, b"b\xff" + bytes(255 + 4 + size), powers)
    message = Sealed(key.public_key, inner).message()
    assert len(decrypt(key, message, max_plaintext=size)) == size
    if size:
        with raises_code(DECRYPTION_FAILED):
            decrypt(key, message, max_plaintext=size - 1)


def test_the_error_is_one_and_says_what_to_do(key: PrivateKey) -> None:
    errors: list[InputError] = []
    message = encrypt(key.public_key, b"steps")
    for untrusted, limit in ((b"", 5), (message[:-1], 5), (message, 4)):
        with raises_code(DECRYPTION_FAILED) as caught:
            decrypt(key, untrusted, max_plaintext=limit)
        errors.append(caught.value)
    assert {error.code for error in errors} == {"DECRYPTION_FAILED"}
    assert {error.exit_code for error in errors} == {ExitCode.BAD_INPUT}
    assert len({(error.message, error.hint) for error in errors}) == 1
    assert errors[0].hint
