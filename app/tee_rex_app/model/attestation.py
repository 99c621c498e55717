"""An examined attestation and the measurements of an image, as the attestation page shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.x509 import Certificate

from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.examination import Examination
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.revocations import Revocations
from tee_rex.settings.file import ApprovedBuild

MEASURED_PCRS = (0, 1, 2)
"""The registers of an image: the whole image, kernel and first ramdisk, application."""


@dataclass(frozen=True, slots=True)
class AttestationRules:
    """What TEE mode accepts.

    builds: the approved ones, possibly none. root: the only trust anchor. revocations: what neither builds
    nor provers may be, asked anew for every document; raises PINS_DAMAGED, CHANGEABLE_BY_OTHERS.
    """

    builds: tuple[ApprovedBuild, ...]
    provers: AllowedProvers
    root: Certificate
    now: Callable[[], datetime]
    nonce_required: bool
    max_age: timedelta
    revocations: Callable[[], Revocations] = Revocations


@dataclass(frozen=True, slots=True)
class ImageMeasurements:
    """The measurements of a built image: PCR index to lower-case hex. source: the file's name."""

    source: str
    pcrs: dict[int, str]


@dataclass(frozen=True, slots=True)
class ExaminedAttestation:
    """A document and its examination. It authorises nothing: each proof requests its own document.

    source: the server's host, or a file's name. live: asked of a server just now.
    as_of_its_time: examined for the time it claims.
    builds, max_age, nonce_required: the policy. clock_ahead: how far this computer's clock is ahead of the
    enclave's (negative: behind), where nothing else explains the document's time; else None.
    """

    source: str
    live: bool
    examination: Examination
    builds: tuple[ApprovedBuild, ...]
    max_age: timedelta
    nonce_required: bool
    as_of_its_time: bool = False
    clock_ahead: timedelta | None = None

    def pcr(self, index: int) -> str:
        """A measurement in lower-case hex; empty if the document is not genuine or lacks it."""
        genuine = self.examination.document
        return genuine.content.pcrs.get(index, b"").hex() if genuine else ""

    def matches(self, image: ImageMeasurements) -> bool:
        """Whether it has all measurements of an image."""
        return all(self.pcr(index) == digest for index, digest in image.pcrs.items())

    @property
    def approved(self) -> ApprovedBuild | None:
        """The approved build whose measurements it has."""
        genuine = self.examination.document
        if genuine is None:
            return None
        pcrs = genuine.content.pcrs
        return next((build for build in self.builds if not ExpectedPcrs.of(build).differing(pcrs)), None)
