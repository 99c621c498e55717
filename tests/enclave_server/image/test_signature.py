from __future__ import annotations

import ssl
from hashlib import sha384
from pathlib import Path

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from support.errors import raises
from support.image_signer import certificate_of, signer_files
from tee_rex.attestation.eif import EifError
from tee_rex_server.errors.image import SIGNER_CURVE, SIGNER_KEY_MISMATCH, SIGNER_UNREADABLE
from tee_rex_server.image.signature import ImageSigner, verified_pcr8

PCR0 = bytes(range(48))


KEY = ec.generate_private_key(ec.SECP384R1())
SIGNER = ImageSigner(certificate_of(KEY), KEY)
SECTION = SIGNER.section(PCR0)


def test_the_section_is_as_aws_tools_write_it() -> None:
    [entry] = cbor2.loads(SECTION)
    assert list(entry) == ["signing_certificate", "signature"]
    pem = SIGNER.certificate.public_bytes(serialization.Encoding.PEM)
    assert bytes(entry["signing_certificate"]) == pem
    protected, unprotected, payload, signature = cbor2.loads(bytes(entry["signature"]))
    assert cbor2.loads(protected) == {1: -35}
    assert unprotected == {}
    assert cbor2.loads(payload) == {"register_index": 0, "register_value": [*PCR0]}
    r, s = int.from_bytes(signature[:48], "big"), int.from_bytes(signature[48:], "big")
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    KEY.public_key().verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA384()))


def test_signing_twice_gives_the_same() -> None:
    assert SIGNER.section(PCR0) == SECTION


def test_pcr8_names_the_signer() -> None:
    der = SIGNER.certificate.public_bytes(serialization.Encoding.DER)
    assert verified_pcr8(SECTION, PCR0) == SIGNER.pcr8
    assert SIGNER.pcr8 == sha384(bytes(48) + sha384(der).digest()).digest()


def test_a_signature_of_another_image_is_refused() -> None:
    with pytest.raises(EifError, match="another image"):
        verified_pcr8(SECTION, bytes(48))


def test_another_certificate_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    [entry] = cbor2.loads(SECTION)
    entry["signing_certificate"] = [*certificate_of(other).public_bytes(serialization.Encoding.PEM)]
    with pytest.raises(EifError, match="not valid"):
        verified_pcr8(cbor2.dumps([entry]), PCR0)


@given(position=st.integers(0, len(SECTION) - 1), change=st.integers(1, 255))
def test_a_changed_byte_is_refused_or_means_another_certificate_of_the_same_key(
    position: int, change: int
) -> None:
    changed = bytearray(SECTION)
    changed[position] ^= change
    try:
        verified_pcr8(bytes(changed), PCR0)
    except EifError:
        return
    # Nothing signs the certificate here, so PCR8 has to tell it apart; what is signed stays the same.
    [entry] = cbor2.loads(bytes(changed))
    assert entry["signature"] == cbor2.loads(SECTION)[0]["signature"]
    certificate = x509.load_pem_x509_certificate(bytes(entry["signing_certificate"]))
    assert certificate.public_key() == KEY.public_key()


@given(st.binary(max_size=300))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(EifError):
        verified_pcr8(noise, PCR0)


@pytest.mark.parametrize(
    "section",
    [
        [],
        [{"signing_certificate": [1], "signature": [1], "more": 1}],
        [{"signing_certificate": [256], "signature": [1]}],
        [{"signing_certificate": ["a"], "signature": ["b"]}],
        {"signing_certificate": [1], "signature": [1]},
    ],
)
def test_other_forms_are_refused(section: object) -> None:
    with pytest.raises(EifError):
        verified_pcr8(cbor2.dumps(section), PCR0)


def test_a_signer_is_read_from_files(tmp_path: Path) -> None:
    assert ImageSigner.from_files(*signer_files(tmp_path, SIGNER.certificate, KEY)).section(PCR0) == SECTION


def test_unusable_signers_are_refused(tmp_path: Path) -> None:
    small = ec.generate_private_key(ec.SECP256R1())
    for certificate, key, error in (
        (certificate_of(small), small, SIGNER_CURVE),
        (certificate_of(small), KEY, SIGNER_KEY_MISMATCH),
    ):
        with raises(error):
            ImageSigner.from_files(*signer_files(tmp_path, certificate, key))
    # A curve that cryptography does not know: secp112r1 in place of secp384r1.
    pem = (tmp_path / "key.pem").read_text()
    known = ssl.PEM_cert_to_DER_cert(pem.replace("PRIVATE KEY", "CERTIFICATE"))
    unknown = known.replace(bytes.fromhex("2b81040022"), bytes.fromhex("2b81040006"))
    pem = ssl.DER_cert_to_PEM_cert(unknown).replace("CERTIFICATE", "PRIVATE KEY")
    (tmp_path / "key.pem").write_text(pem)
    with raises(SIGNER_UNREADABLE, "not the expected PEM"):
        ImageSigner.from_files(tmp_path / "certificate.pem", tmp_path / "key.pem")
    (tmp_path / "key.pem").write_text("secret")
    with raises(SIGNER_UNREADABLE) as refused:
        ImageSigner.from_files(tmp_path / "certificate.pem", tmp_path / "key.pem")
    assert "secret" not in str(refused.value)
    with raises(SIGNER_UNREADABLE, "No such file"):
        ImageSigner.from_files(tmp_path / "absent.pem", tmp_path / "key.pem")
