"""A plain archive of TEE-Rex, unpacked anywhere: several versions side by side, one of them current.

    tee-rex, tee-rex-app   installer/start-current.sh, which starts the current version
    current                link to the version that starts, versions/<version>
    previous               link to the one before; there until the current one has started healthily
    tried                  link to the number and start time of the process that has started the current one
                           and has not said that it is healthy
    failed-<version>       a version that did not start healthily
    versions/<version>/    a whole version
    versions/<version>.files   what the updater has written below it, and so may remove

A version is unpacked beside the others, tried out, renamed into place, and then made current by renaming a
link over ``current``. Killed at any moment, what starts is whole: the old version or the new one. What the
updater has not written, it never removes.
"""

from __future__ import annotations

import gzip
import lzma
import os
import shutil
import stat
import tarfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Final

from tee_rex.errors import message
from tee_rex.errors.catalogue import updates as errors
from tee_rex.system import files
from tee_rex.system.child_process import exit_reason, run_to_end
from tee_rex.system.text import os_reason, quoted
from tee_rex.system.threads import Checkpoint, finish_in_thread, in_thread
from tee_rex.updates.releases import ReleaseVersion

APP: Final = "tee-rex-app"
COMMAND: Final = "tee-rex"

_CURRENT: Final = "current"
_PREVIOUS: Final = "previous"
_TRIED: Final = "tried"
_FAILED: Final = "failed-"
_VERSIONS: Final = "versions"
_LISTED: Final = ".files"
_BEING_REMOVED: Final = ".removing"

_MAX_MEMBERS: Final = 50_000
"""The app of 0.1.0 has about 1,500."""
_MAX_NAME: Final = 1_000
_MAX_LIST_BYTES: Final = 16 << 20
_MOMENT_SECONDS: Final = 10.0
_TRIAL_SECONDS: Final = 120.0
"""For ``tee-rex --version``, which takes a second; a slow disk reads 100 MB first."""


@dataclass(frozen=True, slots=True)
class InstallFolder:
    """One such folder.

    Whoever changes it holds ``lock``, but for ``confirm`` and ``forget_start``. ``downloading`` is held
    longer, and first.
    """

    top: Path

    @classmethod
    def of(cls, executable: Path) -> InstallFolder | None:
        """The folder that a running program (``sys.executable``) belongs to; None if it belongs to none."""
        version = executable.resolve().parent
        top = version.parent.parent
        is_one = version.parent.name == _VERSIONS and (top / _CURRENT).is_symlink()
        return cls(top) if is_one and ReleaseVersion.parse(version.name) else None

    @asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        """For one process at a time."""
        async with files.exclusive(self.top / ".update.lock"):
            yield

    @asynccontextmanager
    async def downloading(self) -> AsyncIterator[Path]:
        """A temporary folder, for one process at a time."""
        with files.disk_errors(self.top):
            async with (
                files.exclusive(self.top / ".download.lock"),
                files.temporary_folder(self.top, "download") as temporary,
            ):
                yield temporary

    def current(self) -> ReleaseVersion | None:
        """The version that starts next."""
        return self._linked(_CURRENT)

    def has_failed(self, version: ReleaseVersion) -> bool:
        """Whether this version was made current once, and did not start healthily."""
        return (self.top / f"{_FAILED}{version}").exists()

    def newest_failed(self) -> ReleaseVersion | None:
        """The newest version that was made current once, and did not start healthily. Blocking."""
        names = (path.name.removeprefix(_FAILED) for path in self.top.glob(f"{_FAILED}*"))
        return max(filter(None, map(ReleaseVersion.parse, names)), default=None)

    def has(self, version: ReleaseVersion) -> bool:
        """Whether the updater has unpacked all of this version."""
        return self._folder(version).is_dir() and self._list_of(version).is_file()

    def confirm(self, executable: Path) -> None:
        """The current version has started healthily, so there is no going back. Blocking; raises nothing.

        executable: of the program that says so; of a version with an app, only the app counts.
        """
        with suppress(OSError):
            running = executable.resolve()
            judges = APP if (running.parent / APP).exists() else COMMAND
            if running.name == judges and self._is_on_trial():
                with self._links():
                    if running.parent == (self.top / _CURRENT).resolve() and self._is_on_trial():
                        (self.top / _PREVIOUS).unlink()
                        (self.top / _TRIED).unlink(missing_ok=True)

    def forget_start(self) -> None:
        """This process has not really started, so it shows nothing of the current version's health.

        Blocking; raises nothing.
        """
        tried = self.top / _TRIED
        with suppress(OSError, ValueError):
            if int(tried.readlink().name.partition("-")[0]) == os.getpid():
                tried.unlink()

    async def add(
        self,
        archive: Path,
        version: ReleaseVersion,
        unpacked_bytes: int,
        report: Callable[[int], None] | None = None,
    ) -> None:
        """Unpack a version from a verified archive and try it out, unless that was done before.

        unpacked_bytes: at most. report: is given the bytes that are unpacked. Raises
        UPDATE_ARCHIVE_UNUSABLE, UPDATE_NOT_STARTABLE, UPDATE_FOLDER_TAKEN, DISK_FULL, DISK_NOT_WRITABLE; then
        nothing has changed.
        """
        versions = self.top / _VERSIONS
        with files.disk_errors(versions):
            async with files.temporary_folder(versions, str(version)) as temporary:
                self.require_vacant(version)
                new = temporary / "new"
                unpack = partial(_unpack, archive, new, version, unpacked_bytes)
                names = await in_thread(unpack, report)
                await self._try_out(new, version)
                await finish_in_thread(self._place, new, version, names)

    def require_vacant(self, version: ReleaseVersion) -> None:
        """Raises UPDATE_FOLDER_TAKEN where something is that the updater has not made."""
        folder = self._folder(version)
        if os.path.lexists(folder):
            raise errors.UPDATE_FOLDER_TAKEN(folder=str(folder))

    def make_current(self, version: ReleaseVersion) -> None:
        """Start this version, which must be there, from now on. Blocking; raises OSError."""
        with self._links():
            before = self.current()
            (self.top / _TRIED).unlink(missing_ok=True)
            (self.top / f"{_FAILED}{version}").unlink(missing_ok=True)
            if before is not None and before != version and not self._is_on_trial():
                self._point(_PREVIOUS, before)
            self._point(_CURRENT, version)

    def remove_unused(self, in_use: Iterable[Path], keep: ReleaseVersion | None = None) -> None:
        """Remove the versions that the updater wrote and nobody needs, but not ``keep``.

        A removal that was interrupted is finished, also of ``keep``, which is not whole any more.

        in_use: executables of running programs. Blocking; raises OSError.
        """
        needed = {self._linked(_CURRENT), self._linked(_PREVIOUS), keep}
        used = {program.parent for program in in_use}
        for listed in self._lists():
            version = ReleaseVersion.parse(listed.name.removesuffix(listed.suffix))
            if version is None or self._folder(version) in used:
                continue
            interrupted = listed.suffix == _BEING_REMOVED and not self.has(version)
            if interrupted or version not in needed:
                self._remove(listed, self._folder(version))

    def _lists(self) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            for path in sorted((self.top / _VERSIONS).iterdir()):
                if path.suffix in (_LISTED, _BEING_REMOVED) and path.is_file():
                    yield path

    def _remove(self, listed: Path, folder: Path) -> None:
        """The list of a version that is being removed has another name, so that nobody takes it for whole."""
        being_removed = listed.with_suffix(_BEING_REMOVED)
        listed.rename(being_removed)
        with files.open_regular(being_removed) as file:
            names = file.read(_MAX_LIST_BYTES).decode(errors="surrogateescape").split("\0")
        inside = {folder / name for name in names if _is_inside(name)}
        real = {parent for parent in {path.parent for path in inside} if _is_real(parent, folder)}
        for path in inside:
            with suppress(IsADirectoryError, NotADirectoryError):  # the user's, under the same name
                if path.parent in real:
                    path.unlink(missing_ok=True)
        parents = {parent for path in inside for parent in path.parents if parent.is_relative_to(folder)}
        for parent in sorted(parents, key=lambda one: len(one.parts), reverse=True):
            with suppress(OSError):  # not empty, or gone
                parent.rmdir()
        being_removed.unlink()

    def _place(self, new: Path, version: ReleaseVersion, names: list[str]) -> None:
        with files.replacing(self._list_of(version)) as listed:
            listed.write_bytes("\0".join(names).encode(errors="surrogateescape"))
        if hasattr(os, "sync"):
            os.sync()  # thousands of files at once
        new.rename(self._folder(version))
        files.flush_to_disk(self.top / _VERSIONS)

    async def _try_out(self, new: Path, version: ReleaseVersion) -> None:
        """Its command tells its version, so it starts on this system."""
        refused = partial(errors.UPDATE_NOT_STARTABLE, version=str(version))
        try:
            done = await run_to_end([new / COMMAND, "--version"], cwd=new, seconds=_TRIAL_SECONDS)
        except TimeoutError:
            raise refused(
                reason=message("it took longer than {seconds:g} s.", seconds=_TRIAL_SECONDS)
            ) from None
        except OSError as error:
            raise refused(reason=f"{os_reason(error)}.") from error
        if done.returncode != 0:
            raise refused(
                reason=exit_reason(done.returncode), diagnostics=done.stderr.decode(errors="replace")
            )
        told = done.stdout.partition(b"\n")[0].split()
        if len(told) < 2 or told[1] != str(version).encode():  # its name and version
            raise refused(reason=message("it says that it is {told}.", told=quoted(b" ".join(told))))

    @contextmanager
    def _links(self) -> Iterator[None]:
        """For one process at a time, for moments: ``current`` and ``previous`` change together.

        So the version that one process makes current is not confirmed by the one before. Raises OSError.
        """
        from filelock import FileLock  # slow to import

        with FileLock(self.top / ".links.lock", timeout=_MOMENT_SECONDS):
            yield

    def _point(self, link: str, version: ReleaseVersion) -> None:
        path = self.top / link
        files.remove_unfinished(path)
        new = path.with_name(f".{link}-{os.urandom(4).hex()}")
        new.symlink_to(f"{_VERSIONS}/{version}", target_is_directory=True)
        new.replace(path)
        files.flush_to_disk(self.top)

    def _is_on_trial(self) -> bool:
        """Whether the current version has not started healthily yet, and there is one to go back to."""
        return self._linked(_PREVIOUS) not in (None, self.current())

    def _linked(self, link: str) -> ReleaseVersion | None:
        try:
            target = PurePosixPath((self.top / link).readlink().as_posix())
        except OSError:
            return None
        return ReleaseVersion.parse(target.name) if target.parent == PurePosixPath(_VERSIONS) else None

    def _folder(self, version: ReleaseVersion) -> Path:
        return self.top / _VERSIONS / str(version)

    def _list_of(self, version: ReleaseVersion) -> Path:
        return self.top / _VERSIONS / f"{version}{_LISTED}"


def _unpack(
    archive: Path, new: Path, version: ReleaseVersion, most_bytes: int, checkpoint: Checkpoint
) -> list[str]:
    """Unpack what an archive has below ``<any folder>/versions/<version>/``; the names of its files.

    Raises UPDATE_ARCHIVE_UNUSABLE, or OSError from the disk.
    """
    new.mkdir()
    names: list[str] = []
    done = 0
    try:
        with tarfile.open(archive, "r|*") as members:
            for count, member in enumerate(members):
                if count >= _MAX_MEMBERS:
                    raise errors.UPDATE_ARCHIVE_UNUSABLE(reason=message("it has too many files"))
                name = _name_below(member.name, version)
                if name is None or member.isdir():  # an empty folder would not be removed with its version
                    continue
                done += member.size
                if done > most_bytes:
                    raise errors.UPDATE_ARCHIVE_UNUSABLE(reason=message("it is larger than its signed size"))
                path = new / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if not _is_real(path.parent, new):
                    raise errors.UPDATE_ARCHIVE_UNUSABLE(reason=message("a file is behind a link"))
                content = members.extractfile(member) if member.isreg() else None
                _make(member, content, path, name)
                names.append(name)
                checkpoint(done)
    except (tarfile.TarError, lzma.LZMAError, zlib.error, gzip.BadGzipFile, EOFError) as error:
        reason = quoted(str(error)) or message("it is damaged")
        raise errors.UPDATE_ARCHIVE_UNUSABLE(reason=reason) from error
    return names


def _make(member: tarfile.TarInfo, content: IO[bytes] | None, path: Path, name: str) -> None:
    if member.issym() and _is_inside(os.path.normpath(PurePosixPath(name).parent / member.linkname)):
        path.symlink_to(member.linkname)
    elif member.isreg() and content is not None:
        with path.open("xb") as file:
            shutil.copyfileobj(content, file, files.CHUNK_BYTES)
        executable = member.mode & stat.S_IXUSR
        path.chmod(0o755 if executable else 0o644)
    else:
        raise errors.UPDATE_ARCHIVE_UNUSABLE(reason=message("it contains something other than files"))


def _name_below(name: str, version: ReleaseVersion) -> str | None:
    """The part of a member's name below its version's folder; None for what is elsewhere."""
    _top, *parts = PurePosixPath(name.removeprefix("./")).parts or ("",)
    inside = "/".join(parts[2:])
    return inside if parts[:2] == [_VERSIONS, str(version)] and _is_inside(inside) else None


def _is_inside(name: str) -> bool:
    """Whether it is a relative path that leads nowhere else."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and len(name) <= _MAX_NAME


def _is_real(folder: Path, top: Path) -> bool:
    """Whether no link is between ``top`` and a folder in it."""
    return folder.resolve() == top.resolve() / folder.relative_to(top)
