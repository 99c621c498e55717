from __future__ import annotations

from datetime import timedelta

import cbor2
import pytest

from support.errors import raises
from support.nitro_fake import DEBUG_PCRS, FakeNitro, indefinite_map
from tee_rex.attestation.verifier import GenuineDocument, verify_document
from tee_rex.errors import AttestationError
from tee_rex.errors.catalogue import attestation as errors


def _verify(nitro: FakeNitro, document: bytes) -> GenuineDocument:
    return verify_document(document, nitro.root, nitro.now)


def test_a_genuine_document_holds_what_the_enclave_put_there(nitro: FakeNitro) -> None:
    made = nitro.now - timedelta(seconds=2)
    document = _verify(nitro, nitro.document(user_data=b"u", nonce=b"n", public_key=b"k", timestamp=made))
    content = document.content
    assert (content.module_id, content.made_at) == (nitro.module_id, made)
    assert (content.user_data, content.nonce, content.public_key) == (b"u", b"n", b"k")
    assert (document.age, document.checked_at, document.debug) == (timedelta(seconds=2), nitro.now, False)
    assert len(document.chain) == 5


def test_a_payload_of_indefinite_length_is_verified_as_received(nitro: FakeNitro) -> None:
    assert _verify(nitro, nitro.sign(indefinite_map(nitro.payload()))).content.module_id == nitro.module_id


@pytest.mark.parametrize("high_s", [False, True])
def test_high_and_low_s_are_both_accepted_as_aws_makes_both(nitro: FakeNitro, high_s: bool) -> None:
    _verify(nitro, nitro.sign(nitro.payload(), high_s=high_s))


def test_debug_means_that_nothing_of_the_image_was_measured(nitro: FakeNitro) -> None:
    assert _verify(nitro, nitro.document(pcrs=DEBUG_PCRS)).debug
    assert _verify(nitro, nitro.document(pcrs={3: b"\x01" * 48})).debug
    for index in (0, 1, 2):
        assert not _verify(nitro, nitro.document(pcrs={**DEBUG_PCRS, index: b"\x01" * 48})).debug


def test_a_signature_over_other_bytes_is_refused(nitro: FakeNitro) -> None:
    payload = cbor2.dumps(nitro.payload())
    other = cbor2.dumps(nitro.payload(nonce=b"other"))
    for signature in (
        nitro.signature(other),
        nitro.signature(payload, protected=b""),
        FakeNitro(nitro.now).signature(payload),
        bytes(96),
        b"\xff" * 96,
    ):
        document = cbor2.dumps([bytes.fromhex("a1013822"), {}, payload, signature])
        with raises(errors.SIGNATURE_FAILED):
            _verify(nitro, document)


def test_a_document_of_another_enclave_is_refused(nitro: FakeNitro) -> None:
    for module_id in (
        "i-0",
        nitro.module_id[:-1],
        nitro.module_id.upper(),
        f"{nitro.module_id}.eu-west-1.aws",
    ):
        with raises(errors.CHAIN_OTHER_ENCLAVE):
            _verify(nitro, nitro.sign(nitro.payload(module_id=module_id)))


def test_the_certificates_must_have_been_valid_when_the_document_says_it_was_made(nitro: FakeNitro) -> None:
    with raises(errors.CHAIN_NOT_YET_VALID):
        _verify(nitro, nitro.document(timestamp=nitro.now - timedelta(hours=1, seconds=1)))
    with raises(errors.CHAIN_EXPIRED):
        _verify(nitro, nitro.document(timestamp=nitro.now + timedelta(hours=2, seconds=1)))


def test_only_the_verifier_makes_a_genuine_document(nitro: FakeNitro) -> None:
    document = _verify(nitro, nitro.document())
    with pytest.raises(TypeError, match="only verify_document"):
        GenuineDocument(document.content, document.chain, document.checked_at)


def test_every_truncation_is_refused(nitro: FakeNitro) -> None:
    document = nitro.document()
    for size in range(len(document)):
        with pytest.raises(AttestationError):
            _verify(nitro, document[:size])


def test_no_single_byte_can_be_changed(nitro: FakeNitro) -> None:
    document = nitro.document(user_data=b"u" * 20, nonce=b"n" * 20, public_key=b"k" * 20)
    genuine = _verify(nitro, document)
    # Every byte of the envelope's and payload's beginnings in every way; further on a sample.
    changes = [(position, change) for position in range(24) for change in range(1, 256)]
    changes += [(position, 1 + position % 255) for position in range(24, len(document), 13)]
    for position, change in changes:
        flipped = bytearray(document)
        flipped[position] ^= change
        try:
            accepted = _verify(nitro, bytes(flipped))
        except AttestationError:
            continue
        assert accepted.content == genuine.content, position
