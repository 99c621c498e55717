"""Examine attestations for people: of the configured server, and of saved documents."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from cryptography.x509 import Certificate

from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.cbor import is_well_formed
from tee_rex.attestation.checks import AttestationPolicy, Check
from tee_rex.attestation.document import MAX_DOCUMENT_BYTES, AttestationDocument, CoseSign1
from tee_rex.attestation.examination import Examination, examine, examine_saved, new_nonce
from tee_rex.attestation.verifier import GenuineDocument, verify_document
from tee_rex.errors import AttestationError, InputError
from tee_rex.errors.tree import ChainFailedError
from tee_rex.http_client.connection import ServerConnection
from tee_rex.remote.attestation import fetch_attestation
from tee_rex.settings.rules import pcr_problem, plain_fingerprint
from tee_rex.system.threads import read_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.request import ProofRequest
from tee_rex_app.errors import MEASUREMENTS_NOT_JSON, MEASUREMENTS_TOO_LARGE, MEASUREMENTS_UNREADABLE
from tee_rex_app.model.attestation import (
    MEASURED_PCRS,
    AttestationRules,
    ExaminedAttestation,
    ImageMeasurements,
)
from tee_rex_app.services.files import read_file

_MAX_MEASUREMENTS_BYTES = 256 * 1024
_COSE_SIGN1_TAG = b"\xd2"
_ARRAY_OF_FOUR = b"\x84"
"""In CBOR. In MessagePack it begins a map, and execution steps are an array."""


async def examine_service(
    connection: ServerConnection, request: ProofRequest, rules: AttestationRules
) -> ExaminedAttestation:
    """Request a server's attestation, and examine it as TEE mode would.

    Raises the errors of the request and of the rules; a refusal is in the examination.
    """
    revoked = rules.revocations()
    policy = AttestationPolicy(
        builds=tuple(ExpectedPcrs.of(build) for build in rules.builds),
        provers=rules.provers.under(request.setup, revoked.bb),
        aztec_version=request.version,
        nonce_required=rules.nonce_required,
        max_age=rules.max_age,
        revoked_builds=revoked.enclave_builds,
    )
    nonce, clock_ahead, asked_at = new_nonce(), None, rules.now()
    try:
        untrusted = await fetch_attestation(connection, nonce)
    except AttestationError as refusal:
        examination = Examination.refused(refusal, at=rules.now())
    else:
        at = rules.now()
        examination = await read_in_thread(examine, untrusted, policy, nonce=nonce, root=rules.root, at=at)
        clock_ahead = await read_in_thread(_clock_ahead, examination, nonce, rules.root, asked_at)
    return ExaminedAttestation(
        source=connection.server.base.host,
        live=True,
        examination=examination,
        builds=rules.builds,
        max_age=rules.max_age,
        nonce_required=rules.nonce_required,
        clock_ahead=clock_ahead,
    )


def _clock_ahead(
    examination: Examination, nonce: bytes, root: Certificate, asked_at: datetime
) -> timedelta | None:
    """How far this computer's clock is ahead, where only its time speaks against a document.

    Of a document that is genuine at its own time, two things show that the times differ, and hardly because
    of the clock in the data centre: it comes from the future, or it has the nonce of this request and claims
    to be older than the request.
    """
    document, untrusted = examination.document, examination.untrusted
    if document is None and untrusted is not None and isinstance(examination.refusal, ChainFailedError):
        document = _genuine_at_its_time(untrusted, root)
    elif not any(one.check is Check.AGE and one.refusal is not None for one in examination.findings):
        return None
    if document is None:
        return None
    made_at = document.content.made_at
    if made_at > examination.at:
        return examination.at - made_at
    fresh = document.content.nonce == nonce and made_at < asked_at
    return asked_at - made_at if fresh else None


def _genuine_at_its_time(untrusted: bytes, root: Certificate) -> GenuineDocument | None:
    claimed = _claimed_time(untrusted)
    try:
        return verify_document(untrusted, root, claimed) if claimed is not None else None
    except AttestationError:
        return None


def examine_file(path: Path, rules: AttestationRules) -> ExaminedAttestation:
    """Examine a saved document; debug mode and, if builds are approved, the code count. Blocking.

    Its certificates last for hours, so a document that fails now is examined again for the time it claims.
    Raises FILE_UNREADABLE.
    """
    untrusted = read_file(path, MAX_DOCUMENT_BYTES)
    builds = tuple(ExpectedPcrs.of(build) for build in rules.builds)
    revoked = rules.revocations().enclave_builds
    examination = examine_saved(untrusted, builds, root=rules.root, at=rules.now(), revoked_builds=revoked)
    as_of_its_time, clock_ahead = False, None
    if isinstance(examination.refusal, ChainFailedError) and (claimed := _claimed_time(untrusted)):
        then = examine_saved(untrusted, builds, root=rules.root, at=claimed, revoked_builds=revoked)
        if not isinstance(then.refusal, ChainFailedError):
            clock_ahead = examination.at - claimed if claimed > examination.at else None
            examination, as_of_its_time = then, True
    return ExaminedAttestation(
        source=path.name,
        live=False,
        examination=examination,
        builds=rules.builds,
        max_age=rules.max_age,
        nonce_required=rules.nonce_required,
        as_of_its_time=as_of_its_time,
        clock_ahead=clock_ahead,
    )


def is_document(path: Path) -> bool:
    """Whether a file can be read and looks like an attestation document, genuine or not. Blocking.

    It can be altered, or of an emulated enclave: the page shows what is wrong with it.
    """
    try:
        untrusted = read_file(path, MAX_DOCUMENT_BYTES)
    except InputError:
        return False
    begins = untrusted.startswith((_ARRAY_OF_FOUR, _COSE_SIGN1_TAG + _ARRAY_OF_FOUR))
    return begins and len(untrusted) <= MAX_DOCUMENT_BYTES and is_well_formed(untrusted)


def _claimed_time(untrusted: bytes) -> datetime | None:
    """The time that a document claims; not verified."""
    try:
        return AttestationDocument.read(CoseSign1.read(untrusted).payload).made_at
    except AttestationError:
        return None


def read_measurements(path: Path) -> ImageMeasurements:
    """The PCRs in a measurements.json of ``tee-rex-server image build`` or of nitro-cli.

    Raises FILE_UNREADABLE, MEASUREMENTS_UNREADABLE.
    """
    content = read_file(path, _MAX_MEASUREMENTS_BYTES, MEASUREMENTS_TOO_LARGE)
    try:
        read = decode_json(content, object)
    except UndecodableError:
        raise MEASUREMENTS_NOT_JSON() from None
    pcrs = _pcrs_in(read) or _pcrs_below(read)
    if 0 not in pcrs:
        raise MEASUREMENTS_UNREADABLE()
    return ImageMeasurements(path.name, pcrs)


def _pcrs_in(read: object) -> dict[int, str]:
    """Under any of the names that builders use; empty without PCR0."""
    if not isinstance(read, dict):
        return {}
    found = {}
    for index in MEASURED_PCRS:
        for name in (f"PCR{index}", f"pcr{index}", str(index)):
            value = read.get(name)
            if isinstance(value, str) and value and pcr_problem(value) is None:
                found[index] = plain_fingerprint(value)
    return found if 0 in found else {}


def _pcrs_below(read: object) -> dict[int, str]:
    """One level below the top, where nitro-cli writes them."""
    if not isinstance(read, dict):
        return {}
    below = (_pcrs_in(read.get(name)) for name in ("pcrs", "PCRs", "Measurements", "measurements"))
    return next((found for found in below if found), {})
