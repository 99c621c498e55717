"""From nothing to a CRS in memory, and to a bb that fits the development one: what the prover calls."""

from __future__ import annotations

import asyncio

from tee_rex.bb.install import downloading_store
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbExecutable
from tee_rex.crs.chunk_source import ChunkSource
from tee_rex.crs.crs import MIN_POINTS, Crs
from tee_rex.crs.development_bb import DEVELOPMENT_PLATFORM, DEVELOPMENT_VERSION, development_bb
from tee_rex.crs.development_points import ComputedPoints
from tee_rex.crs.download import HttpDownload
from tee_rex.crs.errors import DevelopmentUnavailableError
from tee_rex.crs.store import crs_store
from tee_rex.errors.tree import BbCorruptError, BbMissingError, BbUnavailableHereError
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup


async def ensure_crs(
    paths: Paths,
    setup: TrustedSetup,
    points: int = MIN_POINTS,
    progress: ProgressListener = ignore_progress,
    *,
    allow_download: bool = True,
) -> Crs:
    """The first ``points`` points (a power of two from MIN_POINTS on), fetching or computing what is missing.

    Raises CrsTooSmallError, CrsMissingError (genuine points, and ``allow_download`` is false), the download's
    errors, DiskFullError, DiskNotWritableError.
    """
    source: ChunkSource | None
    if setup is TrustedSetup.DEVELOPMENT:
        source = ComputedPoints()
    else:
        source = HttpDownload() if allow_download else None
    return await crs_store(paths, setup, source).load(points, progress)


async def ensure_development_bb(
    paths: Paths,
    pins: BbPins,
    progress: ProgressListener = ignore_progress,
    *,
    allow_download: bool = True,
) -> BbExecutable:
    """The development copy of bb, made from the genuine bb if it is missing or damaged.

    The genuine bb is installed if it is missing and ``allow_download`` is true. Raises
    DevelopmentUnavailableError on other systems than Linux on x86-64, and the errors of installing bb.
    """
    try:
        platform = Platform.current()
    except BbUnavailableHereError as error:
        raise DevelopmentUnavailableError(error.message) from error
    if platform is not DEVELOPMENT_PLATFORM:
        raise DevelopmentUnavailableError(f"This is {platform}.")
    store = downloading_store(paths, pins)
    try:
        return await store.find(DEVELOPMENT_VERSION, TrustedSetup.DEVELOPMENT)
    except (BbMissingError, BbCorruptError):
        pass
    try:
        genuine = await store.find(DEVELOPMENT_VERSION, TrustedSetup.GENUINE)
    except (BbMissingError, BbCorruptError):
        if not allow_download:
            raise
        genuine = await store.install(DEVELOPMENT_VERSION, progress)
    copy = await asyncio.to_thread(lambda: development_bb(genuine.path.read_bytes(), pins))
    return await store.adopt(DEVELOPMENT_VERSION, TrustedSetup.DEVELOPMENT, copy)


async def ensure_development(
    paths: Paths,
    pins: BbPins,
    progress: ProgressListener = ignore_progress,
    *,
    allow_download: bool = True,
) -> BbExecutable:
    """Make all of the INSECURE development setup that is missing: bb's copy, then the points (about 10 s).

    Raises what ``ensure_development_bb`` and ``ensure_crs`` raise.
    """
    executable = await ensure_development_bb(paths, pins, progress, allow_download=allow_download)
    await ensure_crs(paths, TrustedSetup.DEVELOPMENT, MIN_POINTS, progress)
    return executable
