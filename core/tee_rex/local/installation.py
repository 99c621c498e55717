"""What the embedded prover needs on this machine: bb and the CRS of a trusted setup."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand, bb_store
from tee_rex.crs.store import crs_store
from tee_rex.settings.paths import Paths

if TYPE_CHECKING:
    from tee_rex.bb.store import ExpectedBb
    from tee_rex.crs.crs import Crs
    from tee_rex.system.progress import ProgressListener
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class Installation:
    """bb and the CRS as installed: found and checked, never downloaded.

    An enclave uses it as it is; ``DownloadingInstallation`` downloads what is missing.

    bb_binary_path: a bb to use instead of the installed one; its digest must be that of a pinned
    one with the same circuits all the same.
    """

    paths: Paths
    pins: BbPins
    bb_binary_path: Path | None = None

    def expected_bb(self, version: AztecVersion, setup: TrustedSetup) -> ExpectedBb:
        """What the bb of exactly this version must be.

        Raises BB_NOT_PINNED, BB_UNAVAILABLE_HERE, AZTEC_GENERATION_UNKNOWN.
        """
        return bb_store(self.paths, self.pins).expected(version, setup)

    async def bb(self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener) -> BbCommand:
        """A checked bb that proves this version's circuits, ready to start.

        It is that version's own where this release knows it. Raises an UnusableEnvironmentError or a
        UsageError.
        """
        del progress
        store = bb_store(self.paths, self.pins)
        return BbCommand(
            await store.find(store.version_that_proves(version, setup), setup, self.bb_binary_path)
        )

    async def crs(self, setup: TrustedSetup, points: int, progress: ProgressListener) -> Crs:
        """A checked CRS of ``points`` points (a power of two); raises an UnusableEnvironmentError."""
        return await crs_store(self.paths, setup).load(points, progress)
