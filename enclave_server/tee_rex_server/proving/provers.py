"""What this server proves, and with which bb."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.bb.errors import BbCorruptError, BbMissingError
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.crs.errors import CrsMissingError
from tee_rex.settings.bad_setting import BadSettingError
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex_server.errors.serving import NOT_SERVED, NOTHING_SERVED_YET, PROVER_NOT_ALLOWED

if TYPE_CHECKING:
    from tee_rex.bb.pins import BbPins
    from tee_rex.bb.platform import Platform
    from tee_rex.local.installation import Installation
    from tee_rex.transaction.request import ProofRequest
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class ServedProvers:
    """The SHA-256 (64 hex digits) of the bb that proves each version under each trusted setup.

    missing: those of ``digests`` that will be uploaded; until then they are neither served nor attested.
    """

    digests: Mapping[tuple[AztecVersion, TrustedSetup], str]
    missing: set[tuple[AztecVersion, TrustedSetup]] = field(default_factory=set)

    @classmethod
    def pinned(cls, pins: BbPins, setups: Collection[TrustedSetup], platform: Platform) -> ServedProvers:
        """Every pinned version under ``setups``; raises BadSettingError when this platform has none."""
        served = cls(
            {
                (version, setup): by_platform[platform]
                for version, by_setup in pins.digests.items()
                for setup, by_platform in by_setup.items()
                if setup in setups and platform in by_platform
            }
        )
        if {setup for _version, setup in served.digests} != set(setups):
            raise BadSettingError(
                f"There is no bb for {platform} under every setup in {', '.join(sorted(setups))}.",
                hint="Choose another trusted setup with --crs.",
            )
        return served

    @property
    def present(self) -> dict[tuple[AztecVersion, TrustedSetup], str]:
        """Those of ``digests`` that prove now."""
        return {place: digest for place, digest in self.digests.items() if place not in self.missing}

    @property
    def versions(self) -> list[str]:
        """The Aztec versions that are proved now, each once."""
        return list(dict.fromkeys(str(version) for version, _setup in self.present))

    def check(self, request: ProofRequest, allowed_bb: bytes | None) -> None:
        """That the request can be proved, with the bb whose SHA-256 (32 bytes) the client allows.

        Raises NOT_SERVED or PROVER_NOT_ALLOWED.
        """
        present = self.present
        digest = present.get((request.version, request.setup))
        if digest is None:
            if not present:
                raise NOTHING_SERVED_YET()
            raise NOT_SERVED(versions=", ".join(f"{version} ({setup} setup)" for version, setup in present))
        if allowed_bb is not None and allowed_bb.hex() != digest:
            raise PROVER_NOT_ALLOWED(version=str(request.version), sha256=digest)

    def attested(self) -> tuple[bytes, bytes | None]:
        """The user_data of an attestation document, and the manifest to send beside it if it needs one."""
        return encode_provers(self.listed())

    def listed(self) -> list[Prover]:
        """The bb's that prove now."""
        return [Prover(str(version), digest) for (version, _), digest in self.present.items()]

    async def prepare(self, installation: Installation, progress: ProgressListener) -> None:
        """Bring and check every bb and CRS before the first proof; raises an UnusableEnvironmentError."""
        for version, setup in self.digests:
            await installation.bb(version, setup, progress)
            await installation.crs(setup, MIN_POINTS, progress)

    def await_uploads(self) -> None:
        """Nothing is served until it was found here."""
        self.missing.update(self.digests)

    async def find_uploads(self, installation: Installation) -> None:
        """Check which bb's are there with their CRS by now; ``installation`` downloads nothing.

        Raises an UnusableEnvironmentError for all but what uploads can repair.
        """
        for version, setup in self.digests:
            try:
                await installation.bb(version, setup, ignore_progress)
                await installation.crs(setup, MIN_POINTS, ignore_progress)
            except (BbMissingError, BbCorruptError, CrsMissingError):
                self.missing.add((version, setup))
            else:
                self.missing.discard((version, setup))
