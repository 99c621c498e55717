"""Installing bb and the system libraries that it needs: what downloads, and so is in no enclave."""

from __future__ import annotations

import platform as system
from pathlib import Path

from tee_rex.bb.apt_packages import AptMachine
from tee_rex.bb.command import BbCommand, bb_store
from tee_rex.bb.errors import BbCorruptError, BbMissingError
from tee_rex.bb.pins import BbPins
from tee_rex.bb.platform import Platform
from tee_rex.bb.runtime import SYSTEM_LOADERS, RuntimeStore
from tee_rex.bb.sources import NpmPackage, ReleaseArchive
from tee_rex.bb.store import BbSource, BbStore
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


def downloading_store(paths: Paths, pins: BbPins) -> BbStore:
    """The store of this machine; it downloads with npm, if installed, and then from the releases.

    Raises BbUnavailableHereError.
    """
    npm = NpmPackage.if_installed()
    sources: tuple[BbSource, ...] = (ReleaseArchive(),) if npm is None else (npm, ReleaseArchive())
    return bb_store(paths, pins, *sources)


def runtime_store(paths: Paths) -> RuntimeStore:
    """The runtimes of this machine. Raises BbUnavailableHereError."""
    try:
        os_release = system.freedesktop_os_release()
    except OSError:  # macOS, and systems that do not say what they are
        os_release = {}
    platform = Platform.current()
    return RuntimeStore(paths.runtime_dir, platform, AptMachine(os_release), SYSTEM_LOADERS.get(platform))


async def ensure_bb(
    paths: Paths,
    pins: BbPins,
    version: AztecVersion,
    setup: TrustedSetup,
    progress: ProgressListener = ignore_progress,
    *,
    explicit_path: Path | None = None,
    allow_download: bool = True,
) -> BbCommand:
    """A checked bb of this version and setup, ready to start on this system.

    A genuine bb, and newer system libraries where bb needs them, are downloaded if they are missing and
    ``allow_download`` is true; a development bb is only found, after it was made here. ``explicit_path``
    (the setting BB_BINARY_PATH) names a bb to use instead of the installed one.
    Raises UsageError and UnusableEnvironmentError leaves of ``tee_rex.bb.errors``.
    """
    store = downloading_store(paths, pins)
    try:
        executable = await store.find(version, setup, explicit_path)
    except (BbMissingError, BbCorruptError):
        if explicit_path is not None or setup is not TrustedSetup.GENUINE or not allow_download:
            raise
        executable = await store.install(version, progress)
    runtime = await runtime_store(paths).ensure(executable.path, progress, allow_download=allow_download)
    return BbCommand(executable, runtime.argv(executable.path))
