"""Enclave builds: those that TEE-Rex's releases ship, and what an approved build must measure to."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from tee_rex.attestation.document import PCR_BYTES
from tee_rex.errors.catalogue.attestation import PCR_INVALID
from tee_rex.revocations import Pcr
from tee_rex.settings.file import ApprovedBuild
from tee_rex.system.files import resource
from tee_rex.system.untrusted import Sha256


class ShippedBuild(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An image that was built, and rebuilt elsewhere with the same result; PCRs in 96 hex digits.

    recipe_sha256: digest of everything in the repository that determines the image; shows whether the image
    can be rebuilt from a checkout.
    """

    name: str
    version: str
    pcr0: Pcr
    pcr1: Pcr
    pcr2: Pcr
    recipe_sha256: Sha256

    def approved(self) -> ApprovedBuild:
        """The build as an approved one of the settings."""
        return ApprovedBuild(f"{self.name} {self.version}", self.pcr0, self.pcr1, self.pcr2)


def shipped_builds() -> tuple[ShippedBuild, ...]:
    """The builds in ``resources/pins/enclave-builds.json``; ``make enclave-pins`` renews this release's."""
    return parse_builds(resource("pins", "enclave-builds.json").read_bytes())


def parse_builds(content: bytes) -> tuple[ShippedBuild, ...]:
    """Read a pins file; it is shipped, so what a malformed one raises is a bug and not typed."""
    builds = msgspec.json.decode(content, type=tuple[ShippedBuild, ...])
    if len({build.version for build in builds}) != len(builds):
        raise ValueError("a version is listed twice")
    return builds


@dataclass(frozen=True, slots=True)
class ExpectedPcrs:
    """One approved build: the PCRs (48 bytes each) its image measures to; None is not compared.

    PCR0 measures the whole image, PCR1 the kernel and its first ramdisk, PCR2 the application.
    """

    pcr0: bytes | None = None
    pcr1: bytes | None = None
    pcr2: bytes | None = None

    def __post_init__(self) -> None:
        expected = self._expected()
        if not expected or any(len(digest) != PCR_BYTES for _index, digest in expected):
            raise ValueError(f"an approved build has at least one PCR, and PCRs have {PCR_BYTES} bytes")

    @classmethod
    def shipped(cls) -> tuple[ExpectedPcrs, ...]:
        """The builds that this release of TEE-Rex approves unless its user says otherwise."""
        return tuple(cls.of(build.approved()) for build in shipped_builds())

    @classmethod
    def from_hex(cls, pcr0: str | None, pcr1: str | None = None, pcr2: str | None = None) -> ExpectedPcrs:
        """The PCRs as people give them, in 96 hex digits each; at least one. Raises PCR_INVALID."""
        try:
            return cls(*(None if digest is None else bytes.fromhex(digest) for digest in (pcr0, pcr1, pcr2)))
        except ValueError as error:
            raise PCR_INVALID() from error

    @classmethod
    def of(cls, build: ApprovedBuild) -> ExpectedPcrs:
        """The PCRs of a build that the settings approve."""
        return cls.from_hex(build.pcr0, build.pcr1 or None, build.pcr2 or None)

    def differing(self, pcrs: Mapping[int, bytes]) -> list[int]:
        """Indices of the measured PCRs that are not as expected."""
        return [
            index
            for index, digest in self._expected()
            if not hmac.compare_digest(pcrs.get(index, b""), digest)
        ]

    def _expected(self) -> list[tuple[int, bytes]]:
        return [
            (index, digest)
            for index, digest in enumerate((self.pcr0, self.pcr1, self.pcr2))
            if digest is not None
        ]
