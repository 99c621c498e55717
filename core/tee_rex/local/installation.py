"""What the embedded prover needs on this machine: bb, its libraries and the CRS of a trusted setup."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tee_rex.bb.command import BbCommand, ensure_bb
from tee_rex.bb.errors import BbCorruptError, BbMissingError, BbUnavailableHereError
from tee_rex.bb.pins import BbPins
from tee_rex.system.paths import Paths
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.crs.crs import Crs
    from tee_rex.system.progress import ProgressListener
    from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class Installation:
    """Finds what is installed and, unless ``allow_download`` is false, brings what is missing.

    bb_binary_path: a bb to use instead of the installed one; its digest must be a pinned one all the same.
    """

    paths: Paths
    pins: BbPins
    bb_binary_path: Path | None = None
    allow_download: bool = True

    async def bb(self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener) -> BbCommand:
        """A checked bb, ready to start; raises an UnusableEnvironmentError or a UsageError."""
        try:
            return await self._ensured_bb(version, setup, progress)
        except (BbMissingError, BbCorruptError, BbUnavailableHereError):
            if setup is TrustedSetup.GENUINE or self.bb_binary_path is not None:
                raise
        from tee_rex.crs.provision import ensure_development_bb

        await ensure_development_bb(self.paths, self.pins, progress, allow_download=self.allow_download)
        return await self._ensured_bb(version, setup, progress)

    async def crs(self, setup: TrustedSetup, points: int, progress: ProgressListener) -> Crs:
        """A checked CRS of ``points`` points (a power of two); raises an UnusableEnvironmentError."""
        from tee_rex.crs.provision import ensure_crs

        return await ensure_crs(self.paths, setup, points, progress, allow_download=self.allow_download)

    async def _ensured_bb(
        self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener
    ) -> BbCommand:
        return await ensure_bb(
            self.paths,
            self.pins,
            version,
            setup,
            progress,
            explicit_path=self.bb_binary_path,
            allow_download=self.allow_download,
        )
