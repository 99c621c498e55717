"""Attestations examined for people: of the server that is set up, and of documents that were kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tee_rex.attestation.checks import AttestationPolicy
from tee_rex.attestation.document import MAX_DOCUMENT_BYTES, AttestationDocument, CoseSign1
from tee_rex.attestation.examination import Examination, examine_saved
from tee_rex.errors import AttestationError, InputError
from tee_rex.errors.tree import ChainFailedError
from tee_rex.remote.attestation import AllowedProvers, examine_server
from tee_rex.settings.resolve import ApprovedBuild
from tee_rex.settings.rules import pcr_problem, plain_fingerprint

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from tee_rex.http_client.connection import ServerConnection
    from tee_rex.transaction.request import ProofRequest

MEASURED_PCRS = (0, 1, 2)
"""What an image is measured into: all of it, kernel and first ramdisk, application."""
_MAX_MEASUREMENTS_BYTES = 256 * 1024


class UnreadableDocumentError(InputError):
    """The file given cannot be read."""

    code = "FILE_UNREADABLE"
    title = "The file cannot be read"
    default_hint = "Check that it is still there, and that you may read it."


class NoMeasurementsError(InputError):
    """The file given holds no PCRs of an image."""

    code = "MEASUREMENTS_UNREADABLE"
    title = "This file holds no measurements of an image"
    default_hint = "Choose the measurements.json that `tee-rex-server image build` wrote."


@dataclass(frozen=True, slots=True)
class AttestationRules:
    """What TEE mode accepts. builds: the approved ones, perhaps none. root: the only trust anchor."""

    builds: tuple[ApprovedBuild, ...]
    provers: AllowedProvers
    root: Certificate
    now: Callable[[], datetime]
    nonce_required: bool
    max_age: timedelta


@dataclass(frozen=True, slots=True)
class ExaminedAttestation:
    """A document and what was found. It opens nothing; proving asks for one of its own.

    source: the server's host, or a file's name. live: asked of a server just now.
    as_of_its_time: examined for the moment when it says it was made.
    builds, max_age, nonce_required: the policy.
    """

    source: str
    live: bool
    examination: Examination
    builds: tuple[ApprovedBuild, ...]
    max_age: timedelta
    nonce_required: bool
    as_of_its_time: bool = False

    def pcr(self, index: int) -> str:
        """A measurement in lower-case hex; empty when the document is not genuine or lacks it."""
        genuine = self.examination.document
        return genuine.content.pcrs.get(index, b"").hex() if genuine else ""

    @property
    def approved(self) -> ApprovedBuild | None:
        """The approved build that it is."""
        genuine = self.examination.document
        if genuine is None:
            return None
        pcrs = genuine.content.pcrs
        return next((build for build in self.builds if not build.expected().differing(pcrs)), None)


async def examine_service(
    connection: ServerConnection, request: ProofRequest, rules: AttestationRules
) -> ExaminedAttestation:
    """Ask a server to attest itself, and examine the answer as TEE mode would.

    Raises what asking can raise; a refusal is in the examination.
    """
    policy = AttestationPolicy(
        builds=tuple(build.expected() for build in rules.builds),
        provers=rules.provers.under(request.setup),
        aztec_version=str(request.version),
        nonce_required=rules.nonce_required,
        max_age=rules.max_age,
    )
    return ExaminedAttestation(
        source=connection.server.base.host,
        live=True,
        examination=await examine_server(connection, policy, root=rules.root, now=rules.now),
        builds=rules.builds,
        max_age=rules.max_age,
        nonce_required=rules.nonce_required,
    )


def examine_file(path: Path, rules: AttestationRules) -> ExaminedAttestation:
    """Examine a saved document; debug mode and, if builds are approved, the code count. Blocking.

    Its certificates last for hours, so a document that fails now is examined again for the time it claims.
    Raises UnreadableDocumentError.
    """
    try:
        with path.open("rb") as stream:
            untrusted = stream.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name}: {error.strerror}.") from error
    builds = tuple(build.expected() for build in rules.builds)
    examination = examine_saved(untrusted, builds, root=rules.root, at=rules.now())
    as_of_its_time = False
    if isinstance(examination.refusal, ChainFailedError) and (claimed := _claimed_time(untrusted)):
        then = examine_saved(untrusted, builds, root=rules.root, at=claimed)
        if not isinstance(then.refusal, ChainFailedError):
            examination, as_of_its_time = then, True
    return ExaminedAttestation(
        source=path.name,
        live=False,
        examination=examination,
        builds=rules.builds,
        max_age=rules.max_age,
        nonce_required=rules.nonce_required,
        as_of_its_time=as_of_its_time,
    )


def _claimed_time(untrusted: bytes) -> datetime | None:
    """When a document says that it was made; not verified."""
    try:
        return AttestationDocument.read(CoseSign1.read(untrusted).payload).made_at
    except AttestationError:
        return None


@dataclass(frozen=True, slots=True)
class ImageMeasurements:
    """What a built image measures to: PCR index to lower-case hex. source: the file's name."""

    source: str
    pcrs: dict[int, str]


def read_measurements(path: Path) -> ImageMeasurements:
    """The PCRs in a measurements.json of ``tee-rex-server image build`` or of nitro-cli.

    Raises UnreadableDocumentError, NoMeasurementsError.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_MEASUREMENTS_BYTES + 1)
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name}: {error.strerror}.") from error
    if len(content) > _MAX_MEASUREMENTS_BYTES:
        raise NoMeasurementsError("It is too large for one.")
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        raise NoMeasurementsError("It is not JSON.") from None
    pcrs = _pcrs_in(read) or _pcrs_below(read)
    if 0 not in pcrs:
        raise NoMeasurementsError("It names no PCR0 of 96 hexadecimal digits.")
    return ImageMeasurements(path.name, pcrs)


def _pcrs_in(read: object) -> dict[int, str]:
    """By any of the names that builders give them; nothing where there is no PCR0."""
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
    """One level below the top, where nitro-cli has them."""
    if not isinstance(read, dict):
        return {}
    below = (_pcrs_in(read.get(name)) for name in ("pcrs", "PCRs", "Measurements", "measurements"))
    return next((found for found in below if found), {})
