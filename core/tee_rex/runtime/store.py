"""Private copies of a newer glibc and libstdc++, for programs that this system's own cannot load."""

from __future__ import annotations

import hashlib
import platform as system
import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from tee_rex.errors.catalogue.runtime import (
    LOADER_HANGS,
    PACKAGES_NOT_SIGNED,
    RUNTIME_MISSING,
    RUNTIME_UNAVAILABLE,
)
from tee_rex.runtime.apt import AptMachine
from tee_rex.runtime.signed import NotSignedError
from tee_rex.settings.paths import Paths
from tee_rex.system import files
from tee_rex.system.child_process import Finished, run_to_end
from tee_rex.system.files import PrivateFolder
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.threads import Checkpoint, finish_in_thread, in_thread
from tee_rex.system.untrusted import Sha256

# What bb 4.x and the native modules of Aztec's packages link to, with the loader that belongs to it.
PACKAGES = ("libc6", "libgcc-s1", "libstdc++6")
SYSTEM_LOADERS: Mapping[Platform, Path] = {
    Platform.AMD64_LINUX: Path("/lib64/ld-linux-x86-64.so.2"),
    Platform.ARM64_LINUX: Path("/lib/ld-linux-aarch64.so.1"),
}
# A library under the name that programs ask for ("libc.so.6"), or the loader.
_LIBRARY_NAME = re.compile(r"(lib|ld-)[A-Za-z0-9_+-]+\.so\.[0-9]+")
_SIGNED = "signed"
"""The packages that the libraries are from, and what shows that the archive signed them."""
_WORK_FOLDER_PREFIX = "tee-rex-libraries-"
# Listing takes 7 ms; the bound is for a hung file system.
_LOADER_SECONDS = 20.0
# Package lists, packages, their content and what is kept of it: 90 MB were seen with Debian's lists.
_BYTES_NEEDED = 160 << 20

_LIBRARY_NOT_FOUND = re.compile(r"^\s*(\S+) => not found$", re.MULTILINE)
_VERSION_NOT_FOUND = re.compile(r"version `(\S+)' not found")


@dataclass(frozen=True, slots=True)
class Runtime:
    """How programs are started. loader: a loader and its options; empty where the system's own works."""

    loader: tuple[str, ...] = ()

    def argv(self, program: Path, *arguments: str) -> tuple[str, ...]:
        """The command line that starts ``program``."""
        return (*self.loader, str(program), *arguments)


class PinnedLibraries(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Libraries of known packages.

    packages: versions by name. sha256: see :func:`digest_of_libraries`. download_bytes: of these packages and
    the archive's lists, on the day when they were pinned.
    """

    platform: Platform
    packages: dict[str, str]
    sha256: Sha256
    download_bytes: int

    @classmethod
    def shipped(cls) -> list[PinnedLibraries]:
        """Those that this release knows (``resources/pins/runtime-libraries.json``)."""
        content = files.resource("pins", "runtime-libraries.json").read_bytes()
        return msgspec.json.decode(content, type=list[PinnedLibraries])


@dataclass(frozen=True, slots=True)
class RuntimeStore:
    """The private loader and libraries of this machine, downloaded when a program needs them.

    folder: for the private files. apt: where they come from. system_loader: the one that programs name;
    None on systems without glibc programs (macOS). pinned: digests of libraries that need no further check.
    bundled: a folder that a package brings along, with pinned libraries.
    """

    folder: Path
    platform: Platform
    apt: AptMachine
    system_loader: Path | None
    pinned: Collection[str] = ()
    bundled: Path | None = None

    @property
    def libraries(self) -> Path:
        """The private folder. Earlier releases, which did not keep what is signed, have another one."""
        return self.folder / f"{self.platform}-signed"

    async def ensure(
        self,
        needed_by: Path,
        progress: ProgressListener = ignore_progress,
        *,
        allow_download: bool = True,
    ) -> Runtime:
        """A runtime that can load ``needed_by``, a program or a shared library.

        Raises RUNTIME_MISSING (nothing may be downloaded), RUNTIME_UNAVAILABLE (this system offers none, or
        its loader hangs), RUNTIME_DOWNLOAD_FAILED, DISK_FULL, DISK_NOT_WRITABLE, CHANGEABLE_BY_OTHERS.
        """
        if self.system_loader is None:
            return Runtime()
        unmet = await unmet_needs((str(self.system_loader),), needed_by)
        if not unmet:
            return Runtime()
        folder = self.libraries
        files.require_own_tree(folder, self.folder.parent)
        private = Runtime((str(folder / self.system_loader.name), "--library-path", str(folder)))
        if await self._loads(private, needed_by):
            return private
        bundled = await self._pinned_bundle()
        if bundled is None and not allow_download:
            raise RUNTIME_MISSING(libraries=", ".join(unmet))
        with files.disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            async with files.exclusive(self.folder / f".{self.platform}.lock"):
                if not await self._loads(private, needed_by):
                    await (self._assemble(progress) if bundled is None else self._copy(bundled))
        if not await self._loads(private, needed_by):
            raise RUNTIME_UNAVAILABLE(program=needed_by.name)
        return private

    async def _loads(self, private: Runtime, needed_by: Path) -> bool:
        folder = self.libraries
        return await self._is_genuine(folder) and not await unmet_needs(private.loader, needed_by)

    async def _is_genuine(self, folder: Path) -> bool:
        """Whether a private folder holds exactly the libraries of packages that the archive signed.

        Pinned ones need 20 ms. Others need half a second: their packages are unpacked into a temporary folder
        and compared.
        """
        try:
            if await self._is_pinned(folder):
                return True
            if not (folder / _SIGNED).is_dir():
                return False
            with PrivateFolder(_WORK_FOLDER_PREFIX) as work:
                root = await self.apt.unpack(folder / _SIGNED, PACKAGES, self.platform.processor, work)
                return await in_thread(partial(holds_exactly, folder, libraries_below(root)))
        except (NotSignedError, OSError):
            return False

    async def _is_pinned(self, folder: Path) -> bool:
        return await in_thread(partial(digest_of_libraries, folder)) in self.pinned

    async def _pinned_bundle(self) -> Path | None:
        with suppress(OSError):
            if self.bundled is not None and await self._is_pinned(self.bundled):
                return self.bundled
        return None

    async def _copy(self, bundled: Path) -> None:
        """Copy them, because programs are made that name their place, and an update moves the package."""
        async with files.temporary_folder(self.folder, self.platform) as temporary:
            new = temporary / "new"
            await finish_in_thread(
                lambda: _copy_libraries({path.name: path for path in bundled.iterdir()}, new)
            )
            await finish_in_thread(files.move_into_place, new, self.libraries)

    async def _assemble(self, progress: ProgressListener) -> None:
        target = self.libraries
        files.require_free_space(self.folder, _BYTES_NEEDED)  # apt itself names a full disk only in prose
        async with files.temporary_folder(self.folder, self.platform) as temporary:
            signed = temporary / _SIGNED
            signed.mkdir()
            await self.apt.download(PACKAGES, self.platform.processor, signed, progress, with_lists=True)
            progress(TaskProgress.phase("runtime.check", "Checking newer system libraries"))
            root = await self._unpacked(signed, temporary)
            new = temporary / "new"

            def keep_signed() -> None:
                signed.rename(new / _SIGNED)
                for path in (*(new / _SIGNED).iterdir(), new / _SIGNED):
                    files.flush_to_disk(path)

            await finish_in_thread(flatten, root, new)
            if not await self._is_pinned(new):
                await finish_in_thread(keep_signed)
            await finish_in_thread(files.move_into_place, new, target)

    async def _unpacked(self, signed: Path, work: Path) -> Path:
        try:
            return await self.apt.unpack(signed, PACKAGES, self.platform.processor, work)
        except NotSignedError:
            raise PACKAGES_NOT_SIGNED() from None


def libraries_download_bytes() -> int | None:
    """About what newer libraries for this platform download; the lists change daily. None where not known.

    Raises BB_UNAVAILABLE_HERE.
    """
    platform = Platform.current()
    sizes = [one.download_bytes for one in PinnedLibraries.shipped() if one.platform is platform]
    return sizes[-1] if sizes else None


def runtime_store(paths: Paths) -> RuntimeStore:
    """The store of this machine. Raises BB_UNAVAILABLE_HERE."""
    try:
        os_release = system.freedesktop_os_release()
    except OSError:  # macOS, and systems without that file
        os_release = {}
    platform = Platform.current()
    pinned = {libraries.sha256 for libraries in PinnedLibraries.shipped()}
    bundled = None if paths.bundled is None else paths.bundled.runtime_dir / platform
    return RuntimeStore(
        paths.runtime_dir, platform, AptMachine(os_release), SYSTEM_LOADERS.get(platform), pinned, bundled
    )


async def unmet_needs(loader: Sequence[str], program: Path) -> Sequence[str]:
    """What ``program`` needs and the loader does not find, e.g. ``("GLIBC_2.39",)``; empty if nothing.

    The loader itself lists it (``--list``, which loads and does not run), because only it knows which
    files it would take. Raises RUNTIME_UNAVAILABLE when it hangs.
    """
    try:
        listing = await run_to_end([*loader, "--list", str(program)], cwd=Path("/"), seconds=_LOADER_SECONDS)
    except TimeoutError as error:
        raise LOADER_HANGS(program=program.name, seconds=_LOADER_SECONDS) from error
    except OSError:
        return ("glibc",)  # musl, or another system without this loader
    return unmet_in(listing)


def unmet_in(listing: Finished) -> Sequence[str]:
    """Read the loader's ``--list``: missing libraries and symbol versions; "glibc" if it is no listing."""
    output = (listing.stdout + listing.stderr).decode("utf-8", "replace")
    missing = [*_LIBRARY_NOT_FOUND.findall(output), *_VERSION_NOT_FOUND.findall(output)]
    if missing:
        return tuple(sorted(set(missing)))
    return () if listing.returncode == 0 and "libc.so.6 => " in output else ("glibc",)


def libraries_below(root: Path) -> dict[str, Path]:
    """The libraries of unpacked packages, by the names that programs ask for."""
    places = sorted([*root.glob("lib/*-linux-gnu/*"), *root.glob("usr/lib/*-linux-gnu/*")])
    return {path.name: path for path in places if _LIBRARY_NAME.fullmatch(path.name)}


def digest_of_libraries(folder: Path, checkpoint: Checkpoint) -> str:
    """One SHA-256 (64 hex digits) of the names and contents of all libraries in a private folder; OSError."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.name != _SIGNED:
            digest.update(f"{files.sha256_of(path, checkpoint)}  {path.name}\n".encode())
    return digest.hexdigest()


def holds_exactly(folder: Path, libraries: Mapping[str, Path], checkpoint: Checkpoint) -> bool:
    """Whether a private folder holds these libraries, unchanged, and no others (8 MB are hashed)."""
    present = {path.name: path for path in folder.iterdir() if path.name != _SIGNED}
    return present.keys() == libraries.keys() and all(
        files.sha256_of(present[name], checkpoint) == files.sha256_of(path, checkpoint)
        for name, path in libraries.items()
    )


def flatten(root: Path, folder: Path) -> None:
    """Copy the libraries of unpacked packages into one new folder."""
    _copy_libraries(libraries_below(root), folder)


def _copy_libraries(libraries: Mapping[str, Path], folder: Path) -> None:
    folder.mkdir()
    for name, path in libraries.items():
        target = folder / name
        shutil.copyfile(path, target)
        target.chmod(0o755)
        files.flush_to_disk(target)
