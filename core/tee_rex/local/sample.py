"""Which setup the bundled sample is proved under: the genuine one wherever its CRS can be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tee_rex.bb.pins import DEVELOPMENT_PLATFORM
from tee_rex.crs.crs import MIN_POINTS, CrsPins
from tee_rex.crs.sources import HttpDownload
from tee_rex.crs.store import crs_store
from tee_rex.errors.tree import BbUnavailableHereError, CrsDownloadError, CrsMissingError
from tee_rex.system.platform import Platform
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.errors import TeeRexError
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.system.progress import ProgressListener

_STALL_SECONDS = 5.0
"""A host that is silent for longer does not keep a newcomer waiting; the next attempt goes on from there."""


@dataclass(frozen=True, slots=True)
class SampleChoice:
    """setup: of the sample to prove. alternative: what to prove where a server refuses that; None: nothing.

    obstacle: why it is not the genuine setup; None if it is.
    """

    setup: TrustedSetup
    alternative: TrustedSetup | None = None
    obstacle: TeeRexError | None = None


_GENUINE: Final = SampleChoice(TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT)


def _development_for(obstacle: TeeRexError) -> SampleChoice:
    return SampleChoice(TrustedSetup.DEVELOPMENT, TrustedSetup.GENUINE, obstacle)


def development_setup_exists(installation: DownloadingInstallation) -> bool:
    """Whether this installation can prove under the development setup."""
    try:
        here = Platform.current() is DEVELOPMENT_PLATFORM
    except BbUnavailableHereError:
        here = False
    return here and installation.bb_binary_path is None


async def choose_sample(installation: DownloadingInstallation, progress: ProgressListener) -> SampleChoice:
    """The genuine setup if its CRS is on this machine or can be downloaded now (8 MiB), else the other one.

    Whether it can be is decided within 2 s, and at once without a network. A download that fails later ends
    in the development setup as well; what has arrived is kept for the next attempt. Where there is no
    development setup, nothing is tried. Raises DISK_FULL, DISK_NOT_WRITABLE, CHANGEABLE_BY_OTHERS.
    """
    if not development_setup_exists(installation):
        return SampleChoice(TrustedSetup.GENUINE)
    paths = installation.paths
    try:
        await crs_store(paths, TrustedSetup.GENUINE).load(MIN_POINTS)
    except CrsMissingError as missing:
        if not installation.allow_download:
            return _development_for(missing)
    else:
        return _GENUINE
    (chunk,) = CrsPins.shipped(TrustedSetup.GENUINE).chunks(MIN_POINTS)
    download = HttpDownload(stall_seconds=_STALL_SECONDS)
    work = download.work_unit
    try:
        await download.probe()
        progress(TaskProgress(work.task, work.label, 0, chunk.length, work.unit))
        await crs_store(paths, TrustedSetup.GENUINE, download).load(MIN_POINTS, progress)
    except CrsDownloadError as obstacle:
        return _development_for(obstacle)
    return _GENUINE
