"""Installing what is missing: the CRS of either setup, and the development copy of bb."""

from __future__ import annotations

from pathlib import Path

from tee_rex.bb.install import downloading_store
from tee_rex.bb.pins import DEVELOPMENT_PLATFORM, BbPins
from tee_rex.bb.store import BbExecutable
from tee_rex.crs.crs import MIN_POINTS, Crs, CrsPins
from tee_rex.crs.development import ComputedPoints, development_bb
from tee_rex.crs.sources import HttpDownload, LocalFile
from tee_rex.crs.store import ChunkSource, crs_store
from tee_rex.errors.catalogue.crs import DEVELOPMENT_UNAVAILABLE, DEVELOPMENT_UNAVAILABLE_HERE
from tee_rex.errors.tree import BbCorruptError, BbMissingError, BbUnavailableHereError
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.threads import read_in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


async def ensure_crs(
    paths: Paths,
    setup: TrustedSetup,
    points: int = MIN_POINTS,
    progress: ProgressListener = ignore_progress,
    *,
    allow_download: bool = True,
) -> Crs:
    """The first ``points`` points (a power of two from MIN_POINTS on), after fetching the missing.

    Missing genuine points are downloaded, development ones computed. Raises CRS_TOO_SMALL, CRS_MISSING
    (genuine points, and ``allow_download`` is false), the download's errors, DISK_FULL, DISK_NOT_WRITABLE.
    """
    source: ChunkSource | None
    if setup is TrustedSetup.DEVELOPMENT:
        source = ComputedPoints()
    else:
        source = HttpDownload() if allow_download else None
    return await crs_store(paths, setup, source).load(points, progress)


def crs_download_bytes(points: int = MIN_POINTS) -> int:
    """The size of the first ``points`` genuine points."""
    return sum(chunk.length for chunk in CrsPins.shipped(TrustedSetup.GENUINE).chunks(points))


async def import_crs(
    paths: Paths, file: Path, points: int | None = None, progress: ProgressListener = ignore_progress
) -> Crs:
    """The first ``points`` genuine points (all that the file has), of which missing ones come from the file.

    file: Aztec's g1.dat, or a prefix of it. Raises CRS_FILE_REFUSED, DISK_FULL, DISK_NOT_WRITABLE.
    """
    source = LocalFile(file)
    wanted = points or source.points(CrsPins.shipped(TrustedSetup.GENUINE))
    return await crs_store(paths, TrustedSetup.GENUINE, source).load(wanted, progress)


async def ensure_development_bb(
    paths: Paths,
    pins: BbPins,
    version: AztecVersion,
    progress: ProgressListener = ignore_progress,
    *,
    allow_download: bool = True,
) -> BbExecutable:
    """The development copy of a version's bb, made from the genuine bb if it is missing or damaged.

    The genuine bb is installed if it is missing and ``allow_download`` is true. Raises
    DEVELOPMENT_UNAVAILABLE_HERE on systems other than Linux on x86-64, and the errors of installing bb.
    """
    try:
        platform = Platform.current()
    except BbUnavailableHereError as error:
        raise DEVELOPMENT_UNAVAILABLE(reason=error.message_parts) from error
    if platform is not DEVELOPMENT_PLATFORM:
        raise DEVELOPMENT_UNAVAILABLE_HERE(platform=platform.value)
    store = downloading_store(paths, pins)
    try:
        return await store.find(version, TrustedSetup.DEVELOPMENT)
    except (BbMissingError, BbCorruptError):
        pass
    try:
        genuine = await store.find(version, TrustedSetup.GENUINE)
    except (BbMissingError, BbCorruptError):
        if not allow_download:
            raise
        genuine = await store.install(version, progress)
    progress(TaskProgress.phase("bb.development", "Creating the development copy of bb"))
    copy = await read_in_thread(lambda: development_bb(b"".join(genuine.file.pieces()), pins, version))
    return await store.adopt(version, TrustedSetup.DEVELOPMENT, copy)


async def ensure_development(
    paths: Paths,
    pins: BbPins,
    progress: ProgressListener = ignore_progress,
    *,
    allow_download: bool = True,
) -> BbExecutable:
    """Install what is missing of the INSECURE development setup: bb's copy, then the points (about 10 s).

    Raises what ``ensure_development_bb`` and ``ensure_crs`` raise.
    """
    executable = await ensure_development_bb(
        paths, pins, pins.default_version, progress, allow_download=allow_download
    )
    await ensure_crs(paths, TrustedSetup.DEVELOPMENT, MIN_POINTS, progress)
    return executable
