"""Signed enclave images: the signature section and PCR8.

The section is CBOR: an array of one map, ``signing_certificate`` (PEM) and ``signature`` (COSE_Sign1 without
a tag, ES384), both as arrays of numbers. The signature is over PCR0. Source: aws-nitro-enclaves-image-format.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from tee_rex.attestation.cbor import CborError, CborValue, read_any_cbor, write_cbor
from tee_rex.attestation.chain import positive_serial_numbers
from tee_rex.attestation.document import PROTECTED_HEADER, bytes_to_sign
from tee_rex.attestation.eif import EifError, signer_pcr
from tee_rex.errors import Message, message
from tee_rex.system.files import open_regular
from tee_rex_server.errors.image import SIGNER_CURVE, SIGNER_KEY_MISMATCH, SIGNER_UNREADABLE

_NUMBER_BYTES: Final = 48
_MAX_PEM_BYTES: Final = 64 * 1024
_NOT_PEM: Final = message("not the expected PEM, or encrypted")


@dataclass(frozen=True, slots=True)
class ImageSigner:
    """A certificate and its key, both on P-384."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def from_files(cls, certificate: Path, key: Path) -> ImageSigner:
        """Read both from PEM files, whose content is never quoted; raises IMAGE_SIGNER_UNUSABLE."""
        try:
            with positive_serial_numbers():
                read_certificate = x509.load_pem_x509_certificate(_small_file(certificate))
            read_key = serialization.load_pem_private_key(_small_file(key), None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm, UserWarning) as error:
            reason: str | Message = str(error.strerror) if isinstance(error, OSError) else _NOT_PEM
            raise SIGNER_UNREADABLE(certificate=str(certificate), key=str(key), reason=reason) from None
        if not (
            isinstance(read_key, ec.EllipticCurvePrivateKey) and isinstance(read_key.curve, ec.SECP384R1)
        ):
            raise SIGNER_CURVE(key=str(key))
        if read_certificate.public_key() != read_key.public_key():
            raise SIGNER_KEY_MISMATCH(certificate=str(certificate))
        return cls(read_certificate, read_key)

    @property
    def pcr8(self) -> bytes:
        """The register that identifies the signer, 48 bytes."""
        return signer_pcr(self.certificate.public_bytes(serialization.Encoding.DER))

    def section(self, pcr0: bytes) -> bytes:
        """The signature section of an image with this PCR0; deterministic (RFC 6979)."""
        payload = write_cbor({"register_index": 0, "register_value": [*pcr0]})
        signed = self.key.sign(bytes_to_sign(payload), ec.ECDSA(hashes.SHA384(), deterministic_signing=True))
        numbers = b"".join(n.to_bytes(_NUMBER_BYTES, "big") for n in decode_dss_signature(signed))
        cose = write_cbor([PROTECTED_HEADER, {}, payload, numbers])
        pem = self.certificate.public_bytes(serialization.Encoding.PEM)
        return write_cbor([{"signing_certificate": [*pem], "signature": [*cose]}])


def verified_pcr8(untrusted_section: bytes, pcr0: bytes) -> bytes:
    """PCR8 of an image with this section, after checking that the section signs exactly ``pcr0``.

    The certificate itself is not judged: compare PCR8 with the expected one. Raises EifError.
    """
    try:
        certificate, payload, signature = _parsed(untrusted_section)
        if read_any_cbor(payload) != {"register_index": 0, "register_value": [*pcr0]}:
            raise EifError("its signature is for another image")
        key = certificate.public_key()
        if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1)):
            raise EifError("its signing key is not on P-384")
        r, s = (
            int.from_bytes(half, "big") for half in (signature[:_NUMBER_BYTES], signature[_NUMBER_BYTES:])
        )
        key.verify(encode_dss_signature(r, s), bytes_to_sign(payload), ec.ECDSA(hashes.SHA384()))
    except (InvalidSignature, UnsupportedAlgorithm, CborError, ValueError, UserWarning):
        # The warning: see positive_serial_numbers.
        raise EifError("its signature is not valid") from None
    return signer_pcr(certificate.public_bytes(serialization.Encoding.DER))


def _parsed(section: bytes) -> tuple[x509.Certificate, bytes, bytes]:
    """Certificate, signed payload and signature (96 bytes); raises CborError, ValueError or UserWarning."""
    match read_any_cbor(section):
        case [{"signing_certificate": list(pem), "signature": list(cose), **nothing_else}] if (
            not nothing_else
        ):
            pass
        case _:
            raise CborError("not one certificate and one signature")
    match read_any_cbor(_joined(cose)):
        case [bytes(protected), {**unprotected}, bytes(payload), bytes(signature)]:
            if protected != PROTECTED_HEADER or unprotected or len(signature) != 2 * _NUMBER_BYTES:
                raise CborError("not an ES384 signature")
        case _:
            raise CborError("not a COSE_Sign1")
    with positive_serial_numbers():
        return x509.load_pem_x509_certificate(_joined(pem)), payload, signature


def _joined(numbers: list[CborValue]) -> bytes:
    if not all(isinstance(number, int) for number in numbers):
        raise CborError("not an array of bytes")
    return bytes(number for number in numbers if isinstance(number, int))


def _small_file(path: Path) -> bytes:
    with open_regular(path) as file:
        return file.read(_MAX_PEM_BYTES)
