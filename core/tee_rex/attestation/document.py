"""The form of an attestation document: the COSE_Sign1 envelope and the payload AWS describes.

Sources: RFC 9052 (COSE); "Nitro Enclaves Attestation Process" in AWS's aws-nitro-enclaves-nsm-api
repository; genuine documents of 2021 to 2025. Form only: nothing read here is trusted yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from tee_rex.attestation.cbor import CborError, CborValue, is_well_formed, read_cbor, write_cbor
from tee_rex.errors import message
from tee_rex.errors.catalogue import attestation as errors

MAX_DOCUMENT_BYTES: Final = 20_480
"""Bounds all work on untrusted bytes; the largest payload and its envelope fit with room to spare."""
MAX_PAYLOAD_BYTES: Final = 16_384
"""AWS's limit."""
PROTECTED_HEADER: Final = bytes.fromhex("a1013822")
"""{1: -35}, the algorithm ES384 and nothing else; Nitro signs with no other."""
SIGNATURE_BYTES: Final = 96
"""r and s of ES384, 48 bytes each (RFC 9053, section 2.1; AWS's text errs here)."""
PCR_BYTES: Final = 48
"""SHA-384."""
MAX_PCR_INDEX: Final = 31
MAX_CERTIFICATE_BYTES: Final = 1024
MAX_CABUNDLE: Final = 8
"""Genuine bundles have four. AWS sets no limit; this one bounds the cost of verifying."""
MAX_PUBLIC_KEY_BYTES: Final = 1024
MAX_USER_DATA_BYTES: Final = 512
"""AWS's rules say 512, its grammar 1,024; the stricter one holds."""
MAX_NONCE_BYTES: Final = 512
_MAX_TIMESTAMP_MS: Final = 253_402_300_799_999
"""The last millisecond of year 9999, the last that a datetime holds."""

_COSE_SIGN1_TAG: Final = 18
_FIELDS: Final = frozenset(
    (
        "module_id",
        "digest",
        "timestamp",
        "pcrs",
        "certificate",
        "cabundle",
        "public_key",
        "user_data",
        "nonce",
    )
)
_UNIX_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CoseSign1:
    """The envelope: a payload (1 to 16,384 bytes) and a signature (96 bytes: r, s) over it."""

    payload: bytes
    signature: bytes

    @classmethod
    def read(cls, untrusted: bytes) -> CoseSign1:
        """Read the envelope of a document.

        Raises UNREADABLE for what is not CBOR, INVALID_COSE, and INVALID_DOCUMENT for exceeded limits.
        """
        if len(untrusted) > MAX_DOCUMENT_BYTES:
            raise errors.DOCUMENT_TOO_LARGE(limit=MAX_DOCUMENT_BYTES)
        try:
            envelope = read_cbor(untrusted, optional_tag=_COSE_SIGN1_TAG)
        except CborError as error:
            if is_well_formed(untrusted):
                raise errors.INVALID_COSE(reason=str(error)) from error
            raise errors.UNREADABLE(count=len(untrusted)) from error
        if not (isinstance(envelope, list) and len(envelope) == 4):
            raise errors.INVALID_COSE(reason=message("expected an array of four"))
        protected, unprotected, payload, signature = envelope
        if protected != PROTECTED_HEADER:
            raise errors.INVALID_COSE(reason=message("expected a protected header of ES384 and nothing else"))
        if unprotected != {}:
            raise errors.INVALID_COSE(reason=message("expected an empty unprotected header"))
        if not (isinstance(signature, bytes) and len(signature) == SIGNATURE_BYTES):
            raise errors.INVALID_COSE(
                reason=message("expected a signature of {count} bytes", count=SIGNATURE_BYTES)
            )
        if not isinstance(payload, bytes):
            raise errors.INVALID_COSE(reason=message("expected a payload of bytes"))
        if not 1 <= len(payload) <= MAX_PAYLOAD_BYTES:
            raise errors.INVALID_DOCUMENT(
                reason=message("expected 1 to {limit:,} bytes", limit=MAX_PAYLOAD_BYTES)
            )
        return cls(payload, signature)

    def signed_bytes(self) -> bytes:
        """See :func:`bytes_to_sign`."""
        return bytes_to_sign(self.payload)


def bytes_to_sign(payload: bytes) -> bytes:
    """What an ES384 signature covers: Sig_structure of RFC 9052, section 4.4, without external data."""
    return write_cbor(["Signature1", PROTECTED_HEADER, b"", payload])


@dataclass(frozen=True, slots=True)
class AttestationDocument:
    """The payload's fields as AWS names them.

    pcrs: index 0 to 31 to 48 bytes (SHA-384). certificate, cabundle: DER, the bundle root first.
    public_key, user_data, nonce: as the enclave set them, None where it set nothing.
    """

    module_id: str
    timestamp_ms: int
    pcrs: Mapping[int, bytes]
    certificate: bytes
    cabundle: tuple[bytes, ...]
    public_key: bytes | None
    user_data: bytes | None
    nonce: bytes | None

    @property
    def made_at(self) -> datetime:
        """The document's own time, UTC."""
        return _UNIX_EPOCH + timedelta(milliseconds=self.timestamp_ms)

    @classmethod
    def read(cls, untrusted_payload: bytes) -> AttestationDocument:
        """Read the payload of an envelope; raises INVALID_DOCUMENT."""
        try:
            fields = read_cbor(untrusted_payload, indefinite_outer_map=True)
        except CborError as error:
            raise errors.INVALID_DOCUMENT(reason=str(error)) from error
        if not (isinstance(fields, dict) and fields.keys() == _FIELDS):
            raise errors.INVALID_DOCUMENT(reason=message("expected a map of exactly the nine fields"))
        if fields["digest"] != "SHA384":
            raise errors.INVALID_DOCUMENT(reason=message("expected SHA384 in the field digest"))
        return cls(
            module_id=_module_id(fields["module_id"]),
            timestamp_ms=_timestamp(fields["timestamp"]),
            pcrs=_pcrs(fields["pcrs"]),
            certificate=_bounded_bytes("certificate", fields["certificate"], 1, MAX_CERTIFICATE_BYTES),
            cabundle=_cabundle(fields["cabundle"]),
            # An empty key is out of AWS's rules, empty user_data and nonce are not.
            public_key=_optional_bytes("public_key", fields["public_key"], 1, MAX_PUBLIC_KEY_BYTES),
            user_data=_optional_bytes("user_data", fields["user_data"], 0, MAX_USER_DATA_BYTES),
            nonce=_optional_bytes("nonce", fields["nonce"], 0, MAX_NONCE_BYTES),
        )


def _module_id(value: CborValue) -> str:
    if not (isinstance(value, str) and value):
        raise errors.INVALID_DOCUMENT(reason=message("expected text in the field module_id"))
    return value


def _timestamp(value: CborValue) -> int:
    if not (isinstance(value, int) and 0 < value <= _MAX_TIMESTAMP_MS):
        raise errors.INVALID_DOCUMENT(reason=message("expected milliseconds in the field timestamp"))
    return value


def _pcrs(value: CborValue) -> Mapping[int, bytes]:
    if not (isinstance(value, dict) and value):
        raise errors.INVALID_DOCUMENT(reason=message("expected a map with entries in the field pcrs"))
    pcrs: dict[int, bytes] = {}
    for index, digest in value.items():
        if not (isinstance(index, int) and index <= MAX_PCR_INDEX):
            raise errors.INVALID_DOCUMENT(
                reason=message("expected PCRs with an index of 0 to {last}", last=MAX_PCR_INDEX)
            )
        pcrs[index] = _bounded_bytes("pcrs", digest, PCR_BYTES, PCR_BYTES)
    return MappingProxyType(pcrs)


def _cabundle(value: CborValue) -> tuple[bytes, ...]:
    if not (isinstance(value, list) and 1 <= len(value) <= MAX_CABUNDLE):
        raise errors.INVALID_DOCUMENT(
            reason=message("expected 1 to {limit} certificates in the field cabundle", limit=MAX_CABUNDLE)
        )
    return tuple(_bounded_bytes("cabundle", entry, 1, MAX_CERTIFICATE_BYTES) for entry in value)


def _optional_bytes(field: str, value: CborValue, smallest: int, largest: int) -> bytes | None:
    return None if value is None else _bounded_bytes(field, value, smallest, largest)


def _bounded_bytes(field: str, value: CborValue, smallest: int, largest: int) -> bytes:
    if not (isinstance(value, bytes) and smallest <= len(value) <= largest):
        size = f"{smallest}" if smallest == largest else f"{smallest} to {largest:,}"
        raise errors.INVALID_DOCUMENT(
            reason=message("expected {size} bytes in the field {field}", size=size, field=field)
        )
    return value
