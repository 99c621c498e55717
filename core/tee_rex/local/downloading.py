"""An installation that downloads what is missing; it is in no enclave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tee_rex.bb.install import ensure_bb
from tee_rex.bb.store import how_to_repair
from tee_rex.bb.user_store import user_store
from tee_rex.crs.provision import ensure_crs, ensure_development_bb
from tee_rex.errors.catalogue.bb import BB_FILE_NOT_PINNED
from tee_rex.errors.tree import BbCorruptError, BbMissingError, BbUnavailableHereError
from tee_rex.local.installation import Installation
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.bb.store import BbCommand, ExpectedBb
    from tee_rex.crs.crs import Crs
    from tee_rex.system.progress import ProgressListener
    from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class DownloadingInstallation(Installation):
    """An installation that completes itself: bb, the system libraries that bb needs, and the CRS.

    It also uses what was recorded on this machine (``bb.user_store``), as no enclave does.

    allow_download: whether the network may be used; the development setup is computed without it.
    exact: whether no other bb with the same circuits may take the place of a version's own one: a server
    tells its clients the digest of each.
    """

    allow_download: bool = True
    exact: bool = False

    def expected_bb(self, version: AztecVersion, setup: TrustedSetup) -> ExpectedBb:
        """What that bb must be, by its pin or its record; raises as Installation's, and as UserBbStore's."""
        return user_store(self.paths, self.pins).expected(version, setup)

    async def bb(self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener) -> BbCommand:
        """A checked bb that proves this version's circuits, ready to start; raises as Installation's.

        An installed one with the same circuits takes the place of one that is missing and not downloaded.
        """
        store = user_store(self.paths, self.pins)
        wanted = store.version_that_proves(version, setup)
        if self.exact and wanted != version:
            store.expected(version, setup)  # raises why its own is not used, such as BB_REVOKED
        try:
            found = await self._completed_bb(wanted, setup, progress)
        except BbMissingError:
            other = None if self.exact else store.installed_instead(wanted, setup)
            if other is None or self.bb_binary_path is not None:
                raise
            return await self._ensured_bb(other, setup, progress)
        if self.exact and found.executable.version != wanted:
            hint = how_to_repair(wanted, setup, self.bb_binary_path)
            path = str(found.executable.path)
            raise BB_FILE_NOT_PINNED(path=path, version=str(wanted), setup=setup, hint=hint)
        return found

    def would_download(self, version: AztecVersion, setup: TrustedSetup) -> bool:
        """Whether :meth:`bb` would download, or make, the bb that proves this version's circuits.

        Raises AZTEC_GENERATION_UNKNOWN, BB_NOT_PINNED, BB_UNAVAILABLE_HERE.
        """
        store = user_store(self.paths, self.pins)
        wanted = store.version_that_proves(version, setup)
        return self.allow_download and self.bb_binary_path is None and wanted not in store.installed(setup)

    async def crs(self, setup: TrustedSetup, points: int, progress: ProgressListener) -> Crs:
        """A checked CRS of ``points`` points (a power of two); raises an UnusableEnvironmentError."""
        return await ensure_crs(self.paths, setup, points, progress, allow_download=self.allow_download)

    async def _completed_bb(
        self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener
    ) -> BbCommand:
        """That of this version alone; its development copy is made if it is missing."""
        try:
            return await self._ensured_bb(version, setup, progress)
        except (BbMissingError, BbCorruptError, BbUnavailableHereError):
            if setup is TrustedSetup.GENUINE or self.bb_binary_path is not None:
                raise
        await ensure_development_bb(
            self.paths, self.pins, version, progress, allow_download=self.allow_download
        )
        return await self._ensured_bb(version, setup, progress)

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
