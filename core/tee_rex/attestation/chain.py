"""The certificate chain from the pinned root to the enclave (RFC 5280, section 6, for this one shape).

Nitro's chains are root, region, zone, instance, enclave: the order is given, so it is walked and never
searched for. Nothing in a certificate is checked before its issuer's signature on it is.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from tee_rex.errors import message
from tee_rex.errors.catalogue import attestation as errors

_UNDERSTOOD_EXTENSIONS: Final = (x509.BasicConstraints.oid, x509.KeyUsage.oid)
"""The critical extensions that are checked here; any other means a rule that is not known."""
_UNPARSABLE: Final = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    CryptographyDeprecationWarning,
)
"""What cryptography raises on malformed DER; the warning: see :func:`positive_serial_numbers`."""
_WARNING_FILTERS: Final = threading.Lock()
"""Python has one list of them for all threads."""

_ExtensionT = TypeVar("_ExtensionT", x509.BasicConstraints, x509.KeyUsage)


def verify_chain(
    untrusted_chain: Sequence[bytes], *, root: x509.Certificate, at: datetime, made_at: datetime
) -> tuple[x509.Certificate, ...]:
    """The parsed certificates, root first, the enclave's last.

    untrusted_chain: DER, in that order, at least two. at, made_at: now and the document's time, both aware;
    every certificate must be valid at both. Raises ChainFailedError.
    """
    if untrusted_chain[0] != root.public_bytes(Encoding.DER):
        raise errors.CHAIN_OTHER_ROOT()
    chain = (root, *(_parse(position, der) for position, der in enumerate(untrusted_chain[1:], 2)))
    for position, (issuer, subject) in enumerate(pairwise(chain), 2):
        _check_issued_by(position, subject, issuer)
    for position, certificate in enumerate(chain, 1):
        _check_key(position, certificate)
        _check_extensions(position, certificate, authorities_below=len(chain) - 1 - position)
        _check_window(position, certificate, at)
        _check_window(position, certificate, made_at)
    confirm_with_path_builder(chain, at)
    return chain


def common_name(certificate: x509.Certificate) -> str:
    """The subject's one common name. Raises ChainFailedError if there are more or none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1:
        raise errors.CHAIN_COMMON_NAME()
    return str(names[0].value)


@contextmanager
def positive_serial_numbers() -> Iterator[None]:
    """Loading a certificate whose serial number is not positive raises CryptographyDeprecationWarning.

    RFC 5280, section 4.1.2.2, forbids such numbers; cryptography (50) loads the certificate all the same, and
    prints that it will refuse it one day.
    """
    with _WARNING_FILTERS, warnings.catch_warnings():
        warnings.filterwarnings("error", "Parsed a serial number", CryptographyDeprecationWarning)
        yield


def _parse(position: int, der: bytes) -> x509.Certificate:
    try:
        with positive_serial_numbers():
            return x509.load_der_x509_certificate(der)  # refuses trailing bytes
    except _UNPARSABLE as error:
        raise errors.CHAIN_CERTIFICATE(position=position, problem=message("is malformed")) from error


def _check_issued_by(position: int, subject: x509.Certificate, issuer: x509.Certificate) -> None:
    """Version, algorithm, names and signature; the issuer's key must be P-384."""
    if subject.version is not x509.Version.v3:
        raise errors.CHAIN_CERTIFICATE(position=position, problem=message("is not X.509 version 3"))
    if subject.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA384:
        raise errors.CHAIN_CERTIFICATE(
            position=position, problem=message("is not signed with ECDSA and SHA-384")
        )
    try:
        subject.verify_directly_issued_by(issuer)
    except InvalidSignature as error:
        raise errors.CHAIN_CERTIFICATE(
            position=position, problem=message("was not signed by the one before it")
        ) from error
    except (TypeError, *_UNPARSABLE) as error:
        raise errors.CHAIN_CERTIFICATE(
            position=position, problem=message("was not issued by the one before it")
        ) from error


def _check_key(position: int, certificate: x509.Certificate) -> None:
    try:
        key = certificate.public_key()
    except _UNPARSABLE as error:
        raise errors.CHAIN_CERTIFICATE(position=position, problem=message("has a malformed key")) from error
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP384R1)):
        raise errors.CHAIN_CERTIFICATE(
            position=position, problem=message("has a key that is not on the curve P-384")
        )


def _check_extensions(position: int, certificate: x509.Certificate, *, authorities_below: int) -> None:
    """authorities_below: how many more issuing certificates follow; -1 for the enclave's own."""
    try:
        extensions = certificate.extensions
    except _UNPARSABLE as error:
        raise errors.CHAIN_CERTIFICATE(
            position=position, problem=message("has malformed extensions")
        ) from error
    if any(entry.critical and entry.oid not in _UNDERSTOOD_EXTENSIONS for entry in extensions):
        raise errors.CHAIN_CERTIFICATE(
            position=position, problem=message("has an unknown critical extension")
        )
    constraints = _extension(position, extensions, x509.BasicConstraints)
    usage = _extension(position, extensions, x509.KeyUsage)
    if not constraints.critical:
        raise errors.CHAIN_CERTIFICATE(
            position=position, problem=message("has basic constraints that are not critical")
        )
    if authorities_below < 0:
        if constraints.value.ca or usage.value.key_cert_sign:
            raise errors.CHAIN_CERTIFICATE(
                position=position, problem=message("may issue others, though it is the enclave's")
            )
        if not usage.value.digital_signature:
            raise errors.CHAIN_CERTIFICATE(
                position=position, problem=message("may not sign, though it is the enclave's")
            )
        return
    if not (constraints.value.ca and usage.value.key_cert_sign and usage.critical):
        raise errors.CHAIN_CERTIFICATE(position=position, problem=message("may not issue others"))
    path_length = constraints.value.path_length
    if path_length is not None and path_length < authorities_below:
        raise errors.CHAIN_CERTIFICATE(
            position=position,
            problem=message("allows no more than {count} issuers below it", count=path_length),
        )


def _extension(
    position: int, extensions: x509.Extensions, kind: type[_ExtensionT]
) -> x509.Extension[_ExtensionT]:
    try:
        return extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound as error:
        raise errors.CHAIN_CERTIFICATE(
            position=position, problem=message("lacks {name}", name=kind.__name__)
        ) from error


def _check_window(position: int, certificate: x509.Certificate, moment: datetime) -> None:
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if moment < start:
        raise errors.CHAIN_NOT_YET_VALID(
            position=position, start=_to_seconds(start), moment=_to_seconds(moment)
        )
    if moment > end:
        raise errors.CHAIN_EXPIRED(position=position, end=_to_seconds(end), moment=_to_seconds(moment))


def _to_seconds(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def confirm_with_path_builder(chain: Sequence[x509.Certificate], moment: datetime) -> None:
    """A second opinion by cryptography's own path validation, which must find this very chain.

    It stands behind the walk above, not in its place: it pins no algorithm and takes certificates in any
    order. Raises ChainFailedError.
    """
    authority = ExtensionPolicy.permit_all()
    enclave = ExtensionPolicy.permit_all()
    for kind in (x509.BasicConstraints, x509.KeyUsage):
        authority = authority.require_present(kind, Criticality.CRITICAL, None)
        enclave = enclave.require_present(kind, Criticality.AGNOSTIC, None)
    root, *intermediates, leaf = chain
    verifier = (
        PolicyBuilder()
        .store(Store([root]))
        .time(moment)
        .max_chain_depth(len(intermediates))
        .extension_policies(ca_policy=authority, ee_policy=enclave)
        .build_client_verifier()
    )
    try:
        found = verifier.verify(leaf, intermediates).chain
    except VerificationError as error:
        raise errors.CHAIN_FAILED() from error
    if found != [*reversed(chain)]:
        raise errors.CHAIN_OTHER_PATH()
