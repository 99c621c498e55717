"""The programs of the local network: installed from npm and prepared once for each trusted setup."""

from __future__ import annotations

import hashlib
import os
import platform as system
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from tee_rex.bb.install import ensure_bb, place_bb, placed_bb
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbExecutable, bb_store
from tee_rex.crs.provision import ensure_development_bb
from tee_rex.errors.catalogue.devnet import DEVNET_UNAVAILABLE_HERE
from tee_rex.npm.development_keys import DevelopmentKeys, apply_development_keys
from tee_rex.npm.npm import LOCK_FILES, Npm, locked_bytes, locked_version
from tee_rex.runtime.store import Runtime, runtime_store
from tee_rex.settings.paths import Paths
from tee_rex.system import files
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.threads import Checkpoint, in_thread, read_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

LOCKED_PLATFORM = Platform.AMD64_LINUX
"""The lock file has the native programs, and their digests, for this platform only."""

# Measured with the lock file of v4.
INSTALLED_BYTES = 750_000_000
"""What stays on disk."""
MEMORY_USED = 1_100_000_000
"""Bytes of all its processes while it runs."""
_BYTES_NEEDED = 2_000_000_000
"""While installing: packed 0.42 GB, unpacked 1.1 GB, and room to spare."""

# Source maps, type declarations, documentation. Licences stay.
_UNREAD_ENDINGS = (".map", ".d.ts", ".d.mts", ".d.cts", ".ts", ".md", ".markdown", ".flow", ".tsbuildinfo")

_STAMP = "prepared.json"
_MAX_STAMP_BYTES = 1 << 16


def devnet_version() -> AztecVersion:
    """The Aztec version of the local network."""
    return locked_version(files.resource("devnet"), "aztec")


def runs_here() -> bool:
    """Whether the lock file has the native programs of this system."""
    return (system.system(), system.machine()) == ("Linux", "x86_64")


def devnet_download_bytes() -> int | None:
    """What npm downloads for it, packed; None where that is not known."""
    return locked_bytes(files.resource("devnet"))


@dataclass(frozen=True, slots=True)
class PreparedPackages:
    """Programs ready to start. tree: a ``node_modules`` folder. node: a Node that runs its programs."""

    setup: TrustedSetup
    version: AztecVersion
    tree: Path
    node: Path


class _Stamp(msgspec.Struct, frozen=True):
    """What a tree was made from, and the digest of its files' names and sizes."""

    made_from: str
    files: str


@dataclass(frozen=True, slots=True)
class _Ingredients:
    bb: BbExecutable
    runtime: Runtime
    platform: Platform

    @property
    def digest(self) -> str:
        """Changes with everything that a prepared tree depends on."""
        digest = hashlib.sha256()
        for name in LOCK_FILES:
            digest.update(files.resource("devnet", name).read_bytes())
        if self.bb.setup is TrustedSetup.DEVELOPMENT:
            digest.update(DevelopmentKeys.shipped(self.bb.version).packed())
        digest.update("\0".join((self.platform, self.bb.sha256, *self.runtime.loader)).encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class DevnetPackages:
    """The packages of one trusted setup in the user's data folder."""

    paths: Paths
    pins: BbPins
    setup: TrustedSetup

    @property
    def folder(self) -> Path:
        """Where the prepared tree is or would be."""
        return self.paths.devnet_dir(self.setup) / str(devnet_version()) / "packages"

    @property
    def downloaded(self) -> bool:
        """Whether they were installed before; :meth:`ensure` checks what is there and mends it."""
        return (self.folder / _STAMP).is_file()

    async def ensure(
        self, progress: ProgressListener = ignore_progress, *, reinstall: bool = False
    ) -> PreparedPackages:
        """The programs of the network, downloaded and prepared if they are missing.

        Takes about two minutes the first time (``devnet_download_bytes``), later half a second. Several
        processes may do so at once; cancelled, it leaves nothing. Raises DEVNET_UNAVAILABLE_HERE,
        NPM_INSTALL_FAILED, the errors of installing bb and its libraries, DISK_FULL, DISK_NOT_WRITABLE,
        CHANGEABLE_BY_OTHERS.
        """
        ingredients = await self._ingredients(progress)
        node = await Npm.bundled().standalone_node(self.paths, ingredients.runtime)
        digest = await read_in_thread(lambda: ingredients.digest)
        files.require_own(placed_bb(self.folder / "node_modules", ingredients.platform), self.paths.data)
        if reinstall or not await in_thread(partial(_is_prepared, self.folder, digest)):
            place = self.folder.parent
            with files.disk_errors(place):
                place.mkdir(parents=True, exist_ok=True)
                async with files.exclusive(place / ".packages.lock"):
                    # Another process may have done it while this one waited.
                    if reinstall or not await in_thread(partial(_is_prepared, self.folder, digest)):
                        await self._prepare(ingredients, node, digest, progress)
        return PreparedPackages(self.setup, devnet_version(), self.folder / "node_modules", node)

    async def _ingredients(self, progress: ProgressListener) -> _Ingredients:
        if not runs_here():
            raise DEVNET_UNAVAILABLE_HERE(system=system.system(), machine=system.machine())
        version = devnet_version()
        if self.setup is TrustedSetup.DEVELOPMENT:
            bb = await ensure_development_bb(self.paths, self.pins, version, progress)
        else:
            await ensure_bb(self.paths, self.pins, version, self.setup, progress)
            bb = await bb_store(self.paths, self.pins).find(version, self.setup)
        return _Ingredients(bb, await runtime_store(self.paths).ensure(bb.path, progress), LOCKED_PLATFORM)

    async def _prepare(
        self, ingredients: _Ingredients, node: Path, digest: str, progress: ProgressListener
    ) -> None:
        place = self.folder.parent
        files.require_free_space(place, _BYTES_NEEDED)

        def report(done: int, total: int | None) -> None:
            label = "Downloading Aztec's local network (once)"
            progress(TaskProgress("devnet.download", label, done, total, "bytes"))
            if done == total:
                progress(TaskProgress.phase("devnet.unpack", "Unpacking Aztec's local network"))

        async with files.temporary_folder(place, self.folder.name) as temporary:
            project = files.resource("devnet")
            tree = await Npm.bundled().install_locked(project, temporary, report)
            progress(TaskProgress.phase("devnet.prepare", "Preparing Aztec's local network"))
            await in_thread(partial(prune, tree, ingredients.platform))
            await place_bb(tree, ingredients.bb, ingredients.platform, ingredients.runtime)
            if self.setup is TrustedSetup.DEVELOPMENT:
                await apply_development_keys(tree, ingredients.bb.version, node)
            await in_thread(partial(_place, tree, self.folder, temporary, digest))


def prune(tree: Path, platform: Platform, checkpoint: Checkpoint) -> None:
    """Remove from ``tree``, a ``node_modules`` folder, what no program on this platform reads.

    That is half of the files and a third of the bytes (0.5 s). Aztec's generators write TypeScript and read
    none.
    """
    removed = 0
    for folder, _, names in os.walk(tree):
        for name in names:
            if name.endswith(_UNREAD_ENDINGS):
                Path(folder, name).unlink()
                removed += 1
        checkpoint(removed)
    for other in (tree / "@aztec" / "bb.js" / "build").glob("*"):
        if other.name != platform:
            shutil.rmtree(other)
    checkpoint(removed)


def _place(tree: Path, folder: Path, temporary: Path, digest: str, checkpoint: Checkpoint) -> None:
    """Stamp a finished tree and let it replace the present one, which is removed with ``temporary``."""
    new = temporary / "new"
    new.mkdir()
    tree.rename(new / tree.name)
    stamp = _Stamp(digest, _digest_of_names_and_sizes(new / tree.name, checkpoint))
    (new / _STAMP).write_bytes(msgspec.json.encode(stamp))
    files.flush_to_disk(new / _STAMP)
    files.move_into_place(new, folder)


def _is_prepared(folder: Path, digest: str, checkpoint: Checkpoint) -> bool:
    try:
        with files.open_regular(folder / _STAMP) as file:
            stamp = decode_json(file.read(_MAX_STAMP_BYTES), _Stamp)
        tree = folder / "node_modules"
        return stamp.made_from == digest and stamp.files == _digest_of_names_and_sizes(tree, checkpoint)
    except (OSError, UndecodableError):
        return False


def _digest_of_names_and_sizes(tree: Path, checkpoint: Checkpoint) -> str:
    """Of all files below ``tree``; hashing their content would take seconds at each start."""
    digest = hashlib.sha256()
    folders = [str(tree)]
    count = 0
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                size = entry.stat(follow_symlinks=False).st_size
                digest.update(f"{entry.path.removeprefix(str(tree))}\0{size}\0".encode())
                count += 1
        checkpoint(count)
    return digest.hexdigest()
