"""Attestations examined for people: of the server that is set up, and of documents that were kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tee_rex.attestation.checks import (
    AttestationPolicy,
    Check,
    NonceRule,
    check_code,
    check_not_debug,
    new_nonce,
    server_checks,
)
from tee_rex.attestation.document import MAX_DOCUMENT_BYTES, AttestationDocument, CoseSign1
from tee_rex.attestation.errors import AttestationError, ChainFailedError
from tee_rex.attestation.report import AttestationReport, examine
from tee_rex.errors import InputError
from tee_rex.remote.attestation_source import fetch_attestation
from tee_rex.settings.resolve import ApprovedBuild
from tee_rex.settings.rules import pcr_problem, plain_fingerprint

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from tee_rex.attestation.provers import AllowedProvers
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
    """A document and what was found. It opens nothing; proving verifies again, by the gate of core.

    source: the server's host, or a file's name. live: asked of a server just now. document: None when the
    server sent none. at: the moment it was judged for, as_of_its_time: which is when it says it was made.
    builds, max_age, nonce_required: what it was judged by.
    """

    source: str
    live: bool
    report: AttestationReport
    document: bytes | None
    at: datetime
    builds: tuple[ApprovedBuild, ...]
    max_age: timedelta
    nonce_required: bool
    as_of_its_time: bool = False

    def pcr(self, index: int) -> str:
        """A measurement in lower-case hex; empty when the document is not genuine or lacks it."""
        genuine = self.report.document
        return genuine.content.pcrs.get(index, b"").hex() if genuine else ""

    @property
    def approved(self) -> ApprovedBuild | None:
        """The approved build that it is."""
        genuine = self.report.document
        if genuine is None:
            return None
        return next((build for build in self.builds if not build.expected().differing(genuine)), None)


async def examine_server(
    connection: ServerConnection, request: ProofRequest, rules: AttestationRules
) -> ExaminedAttestation:
    """Ask a server to attest itself, and judge the answer as TEE mode would.

    Raises what asking can raise; a refusal is in the report.
    """
    nonce = new_nonce()
    policy = AttestationPolicy(
        builds=tuple(build.expected() for build in rules.builds),
        nonce=nonce if rules.nonce_required else NonceRule.NOT_REQUIRED,
        provers=rules.provers,
        setup=request.setup,
        aztec_version=request.version,
        max_age=rules.max_age,
    )
    document = None
    try:
        untrusted = await fetch_attestation(connection.client, connection.server, nonce)
    except AttestationError as refusal:
        report, at = AttestationReport.of_refusal(refusal), rules.now()
    else:
        document, at = untrusted.document, rules.now()
        checks = server_checks(policy, untrusted_key=untrusted.key, untrusted_manifest=untrusted.manifest)
        report = await asyncio.to_thread(
            lambda: examine(
                untrusted.document,
                root=rules.root,
                at=at,
                checks=checks,
                untrusted_manifest=untrusted.manifest,
            )
        )
    return ExaminedAttestation(
        source=connection.server.base.host,
        live=True,
        report=report,
        document=document,
        at=at,
        builds=rules.builds,
        max_age=rules.max_age,
        nonce_required=rules.nonce_required,
    )


def examine_file(path: Path, rules: AttestationRules) -> ExaminedAttestation:
    """Judge a kept document; debug mode and the code count. Blocking.

    Its certificates last for hours, so that one that fails now is judged again as of the time that it tells.
    Raises UnreadableDocumentError.
    """
    try:
        with path.open("rb") as stream:
            untrusted = stream.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise UnreadableDocumentError(f"{path.name}: {error.strerror}.") from error
    builds = tuple(build.expected() for build in rules.builds)
    checks = (
        (Check.DEBUG, check_not_debug),
        (Check.CODE, lambda document: check_code(document, builds)),
    )
    at = rules.now()
    report = examine(untrusted, root=rules.root, at=at, checks=checks)
    earlier = False
    if isinstance(report.refusal, ChainFailedError):
        told = _told_time(untrusted)
        then = examine(untrusted, root=rules.root, at=told, checks=checks) if told else report
        if told and not isinstance(then.refusal, ChainFailedError):
            report, at, earlier = then, told, True
    return ExaminedAttestation(
        source=path.name,
        live=False,
        report=report,
        document=untrusted,
        at=at,
        builds=rules.builds,
        max_age=rules.max_age,
        nonce_required=rules.nonce_required,
        as_of_its_time=earlier,
    )


def _told_time(untrusted: bytes) -> datetime | None:
    """When a document says that it was made; nothing vouches for it."""
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
