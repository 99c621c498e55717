"""The Aztec versions and trusted setups that a server proves for, and the bb of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.crs.store import crs_store
from tee_rex.errors.tree import BbCorruptError, BbMissingError, CrsMissingError
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.transaction.generations import generations, same_circuits
from tee_rex_server.errors import serving as errors

if TYPE_CHECKING:
    from tee_rex.bb.pins import BbPins
    from tee_rex.local.installation import Installation
    from tee_rex.system.platform import Platform
    from tee_rex.transaction.request import ProofRequest
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class ServedProvers:
    """The SHA-256 (64 hexadecimal digits) of the bb that proves each version under each trusted setup.

    missing: those of ``digests`` that are still to be uploaded; until then they are neither served nor
    attested.
    """

    digests: Mapping[tuple[AztecVersion, TrustedSetup], str]
    missing: set[tuple[AztecVersion, TrustedSetup]] = field(default_factory=set)

    @classmethod
    def pinned(cls, pins: BbPins, setups: Collection[TrustedSetup], platform: Platform) -> ServedProvers:
        """The bb of each generation's default version for ``setups``.

        It also proves for the other versions with the same circuits. Raises NO_BB_FOR_PLATFORM when this
        platform lacks any for one of the setups.
        """
        defaults = {generation.default for generation in generations()}
        served = cls(
            {
                (version, setup): digest
                for setup in sorted(setups)
                for version, digest in pins.pinned(setup, platform).items()
                if version in defaults
            }
        )
        if {setup for _version, setup in served.digests} != set(setups):
            raise errors.NO_BB_FOR_PLATFORM(platform=str(platform), setups=", ".join(sorted(setups)))
        return served

    @property
    def present(self) -> dict[tuple[AztecVersion, TrustedSetup], str]:
        """Those of ``digests`` that are installed."""
        return {key: digest for key, digest in self.digests.items() if key not in self.missing}

    @property
    def versions(self) -> list[str]:
        """The Aztec versions that the server proves for now, without duplicates."""
        return list(dict.fromkeys(str(version) for version, _setup in self.present))

    def accept(self, request: ProofRequest, allowed_bb: bytes | None) -> ProofRequest:
        """The request for the served version that proves it, by the bb whose SHA-256 (32 bytes) is allowed.

        Raises NOT_SERVED or PROVER_NOT_ALLOWED.
        """
        present = self.present
        served = same_circuits(
            request.version, [version for version, setup in present if setup is request.setup]
        )
        if served is None:
            if not present:
                raise errors.NOTHING_SERVED_YET()
            raise errors.NOT_SERVED(
                versions=", ".join(f"{version} ({setup} setup)" for version, setup in present)
            )
        digest = present[served, request.setup]
        if allowed_bb is not None and allowed_bb.hex() != digest:
            raise errors.PROVER_NOT_ALLOWED(version=str(served), sha256=digest)
        return replace(request, version=served)

    def attested(self) -> tuple[bytes, bytes | None]:
        """The user_data of an attestation document, and the manifest to send with it if it needs one."""
        return encode_provers(self.listed())

    def listed(self) -> list[Prover]:
        """The installed bb's."""
        return [Prover(str(version), digest) for (version, _), digest in self.present.items()]

    async def prepare(self, installation: Installation, progress: ProgressListener) -> None:
        """Install and check every bb and CRS before the first proof; raises an UnusableEnvironmentError."""
        for version, setup in self.digests:
            await installation.bb(version, setup, progress)
            await installation.crs(setup, MIN_POINTS, progress)

    def expect_uploads(self) -> None:
        """Serve nothing until :meth:`find_uploads` finds it."""
        self.missing.update(self.digests)

    async def find_uploads(self, installation: Installation) -> None:
        """Update ``missing`` by which bb's are installed with their CRS; ``installation`` downloads nothing.

        Raises an UnusableEnvironmentError for anything that uploads cannot repair.
        """
        for version, setup in self.digests:
            try:
                await installation.bb(version, setup, ignore_progress)
                # Not by the installation, which may compute the points of the development setup.
                await crs_store(installation.paths, setup).load(MIN_POINTS)
            except (BbMissingError, BbCorruptError, CrsMissingError):
                self.missing.add((version, setup))
            else:
                self.missing.discard((version, setup))
