"""Running programs that need a newer glibc or libstdc++ than the system has."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tee_rex.bb.apt_packages import AptMachine
from tee_rex.bb.errors import RuntimeMissingError, RuntimeUnavailableError
from tee_rex.bb.platform import Platform
from tee_rex.system.child_process import Finished, run_to_end
from tee_rex.system.files import (
    bytes_below,
    disk_errors,
    exclusive,
    flush_to_disk,
    move_into_place,
    require_free_space,
    sha256_of,
    temporary_folder,
)
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress, report_folder_size
from tee_rex.system.threads import Checkpoint, in_thread

# What bb 4.x and the native modules of Aztec's packages link to, with the loader that belongs to it.
_PACKAGES = ("libc6", "libgcc-s1", "libstdc++6")
SYSTEM_LOADERS: Mapping[Platform, Path] = {
    Platform.AMD64_LINUX: Path("/lib64/ld-linux-x86-64.so.2"),
    Platform.ARM64_LINUX: Path("/lib/ld-linux-aarch64.so.1"),
}
# A library under the name that programs ask for ("libc.so.6"), or the loader.
_LIBRARY_NAME = re.compile(r"(lib|ld-)[A-Za-z0-9_+-]+\.so\.[0-9]+")
_MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 1 << 16
# Listing takes 7 ms; the bound only guards against a hung file system.
_LOADER_SECONDS = 20.0
# Package lists, packages, what is in them and what is kept of it: 38 MB were seen with Debian's lists.
_BYTES_NEEDED = 64 << 20

_LIBRARY_NOT_FOUND = re.compile(r"^\s*(\S+) => not found$", re.MULTILINE)
_VERSION_NOT_FOUND = re.compile(r"version `(\S+)' not found")


@dataclass(frozen=True, slots=True)
class Runtime:
    """How to start a program. loader: a loader and its options; empty where the kernel's choice will do."""

    loader: tuple[str, ...] = ()

    def argv(self, program: Path, *arguments: str) -> tuple[str, ...]:
        """The command line that starts ``program``."""
        return (*self.loader, str(program), *arguments)


class _Manifest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What a private folder holds: package versions, and the SHA-256 of each file."""

    packages: dict[str, str]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class RuntimeStore:
    """Decides how programs are started here, and keeps the private loader and libraries some need.

    folder: for the private files. apt: where they come from. system_loader: the one that programs name,
    None on systems without glibc programs (macOS).
    """

    folder: Path
    platform: Platform
    apt: AptMachine
    system_loader: Path | None

    async def ensure(
        self,
        needed_by: Path,
        progress: ProgressListener = ignore_progress,
        *,
        allow_download: bool = True,
    ) -> Runtime:
        """A runtime that can load ``needed_by``, a program or a shared library.

        Raises RuntimeMissingError (nothing may be downloaded), RuntimeUnavailableError (it cannot be had
        on this system, or its loader hangs), RuntimeDownloadFailedError, DiskFullError, DiskNotWritableError.
        """
        if self.system_loader is None:
            return Runtime()
        unmet = await unmet_needs((str(self.system_loader),), needed_by)
        if not unmet:
            return Runtime()
        folder = self.folder / self.platform
        private = Runtime((str(folder / self.system_loader.name), "--library-path", str(folder)))
        if await self._serves(private, needed_by):
            return private
        if not allow_download:
            raise RuntimeMissingError(f"This system lacks {', '.join(unmet)}.")
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            async with exclusive(self.folder / f".{self.platform}.lock"):
                if not await self._serves(private, needed_by):
                    await self._assemble(progress)
        if not await self._serves(private, needed_by):
            raise RuntimeUnavailableError(
                f"The libraries of the newer release do not serve {needed_by.name}."
            )
        return private

    async def _serves(self, private: Runtime, needed_by: Path) -> bool:
        folder = self.folder / self.platform
        return await in_thread(lambda checkpoint: is_intact(folder, checkpoint)) and not await unmet_needs(
            private.loader, needed_by
        )

    async def _assemble(self, progress: ProgressListener) -> None:
        def report(done: int, total: int | None) -> None:
            label = "Fetching newer system libraries"
            progress(TaskProgress("runtime.download", label, done, total, "bytes"))

        target = self.folder / self.platform
        require_free_space(self.folder, _BYTES_NEEDED)  # apt itself names a full disk only in prose
        async with temporary_folder(self.folder, self.platform) as temporary:
            async with report_folder_size(temporary, report):
                versions = await self.apt.unpack(_PACKAGES, self.platform.processor, temporary)
            new = temporary / "new"

            def place(checkpoint: Checkpoint) -> None:
                flatten(temporary / "root", new, versions, checkpoint)
                move_into_place(new, target)

            await in_thread(place)
            size = bytes_below(target)
            report(size, size)


async def unmet_needs(loader: Sequence[str], program: Path) -> Sequence[str]:
    """What ``program`` needs and the loader does not find, e.g. ``("GLIBC_2.39",)``; empty when all is there.

    The loader itself is asked (``--list``, which loads and does not run), because only it knows which
    files it would take. Raises RuntimeUnavailableError when it does not come to an end.
    """
    try:
        listing = await run_to_end([*loader, "--list", str(program)], cwd=Path("/"), seconds=_LOADER_SECONDS)
    except TimeoutError as error:
        raise RuntimeUnavailableError(
            f"The loader was not done with {program.name} after {_LOADER_SECONDS:g} s.",
            hint="A disk or a network drive may be hung: try again.",
        ) from error
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


def is_intact(folder: Path, checkpoint: Checkpoint) -> bool:
    """Whether a private folder holds every file of its manifest, unchanged (about 8 MB are hashed)."""
    try:
        with (folder / _MANIFEST).open("rb") as file:
            manifest = msgspec.json.decode(file.read(_MAX_MANIFEST_BYTES), type=_Manifest)
        return all(
            _LIBRARY_NAME.fullmatch(name) and sha256_of(folder / name, checkpoint) == digest
            for name, digest in manifest.files.items()
        )
    except (OSError, msgspec.MsgspecError):
        return False


def flatten(root: Path, folder: Path, packages: Mapping[str, str], checkpoint: Checkpoint) -> None:
    """Copy the libraries of unpacked packages into one folder, with a manifest."""
    folder.mkdir()
    digests = {}
    for path in sorted([*root.glob("lib/*-linux-gnu/*"), *root.glob("usr/lib/*-linux-gnu/*")]):
        if _LIBRARY_NAME.fullmatch(path.name):
            target = folder / path.name
            shutil.copyfile(path, target)
            target.chmod(0o755)
            flush_to_disk(target)
            digests[path.name] = sha256_of(target, checkpoint)
    manifest = msgspec.json.encode(_Manifest(dict(packages), digests))
    (folder / _MANIFEST).write_bytes(manifest)
    flush_to_disk(folder / _MANIFEST)
