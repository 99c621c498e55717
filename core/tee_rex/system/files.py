"""Files and folders: replaced whole or not at all, locked, temporary, private, hashed."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import secrets
import shlex
import shutil
import stat
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib import resources
from importlib.resources.abc import Traversable
from io import BufferedReader
from pathlib import Path
from typing import Any

from tee_rex.errors import ErrorKind, InputError
from tee_rex.errors.catalogue.files import (
    BELONGS_TO_ANOTHER_USER,
    CHANGEABLE_BY_OTHERS,
    DISK_FULL,
    DISK_NOT_WRITABLE,
    FILE_UNREADABLE,
    NOT_ENOUGH_SPACE,
)
from tee_rex.system.text import os_reason, size_text
from tee_rex.system.threads import Checkpoint, finish_in_thread, read_in_thread

CHUNK_BYTES = 1 << 20
_MAX_HASHED_BYTES = 1 << 30
"""The largest file of ours is Node, 0.13 GB."""
_SECONDS_BETWEEN_LOCK_ATTEMPTS = 0.1
_ATTEMPTS_TO_REPLACE = 20 if sys.platform == "win32" else 1
_SECONDS_BETWEEN_ATTEMPTS = 0.05
_FOLDER_LOCK = ".lock"
_MAX_NAME_KEPT = 60
"""Characters of a file's name in that of its unfinished successor; file systems take 255 bytes."""

_WAIT_FOR_NOBODY = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""As opening a FIFO does; for regular files it makes no difference."""

_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_WRITABLE = frozenset(
    {
        *(errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.EIO),
        *(errno.EINVAL, errno.ENXIO),  # a FIFO, a device or a socket where a file should be
        *(errno.ENOENT, errno.ENAMETOOLONG, errno.ELOOP, errno.ENODEV),
    }
)
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF})
"""What flock(2) answers where a file system has none for folders, such as NFS."""


def resource(*parts: str) -> Traversable:
    """A bundled file or folder below ``resources/``, e.g. ``resource("pins", "bb.json")``."""
    return resources.files("tee_rex").joinpath("_resources", *parts)


@contextmanager
def disk_errors(
    folder: Path, *, full: ErrorKind[Any] = DISK_FULL, not_writable: ErrorKind[Any] = DISK_NOT_WRITABLE
) -> Iterator[None]:
    """Turn an OSError of a full or read-only disk into an error that names ``folder``.

    full, not_writable: the entries raised, with the fields ``folder`` and, for not_writable, ``reason``.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise full(folder=str(folder)) from error
        if error.errno in _NOT_WRITABLE:
            raise not_writable(folder=str(folder), reason=os_reason(error)) from error
        raise


def require_free_space(folder: Path, needed_bytes: int) -> None:
    """Raise NOT_ENOUGH_SPACE unless the disk of ``folder`` has that many bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise NOT_ENOUGH_SPACE(folder=str(folder), free_mb=free / 1e6, needed_mb=needed_bytes / 1e6)


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """An empty new file, which takes the place of ``path`` when the block ends without an exception.

    It stands in the same folder, which must exist. private: only this user may read it (0600). A link is
    followed, so that it stays one. Killed at any moment, it leaves the old file whole, and at most a hidden
    unfinished one beside it. Blocking; raises OSError, also where a FIFO, a device or a folder is.
    """
    path = path.resolve()
    with suppress(FileNotFoundError):
        _require_regular(path, path.stat())
    new = path.with_name(f"{_unfinished_prefix(path)}{secrets.token_hex(4)}")
    os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666))
    try:
        yield new
        move_into_place(new, path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def remove_unfinished(path: Path) -> None:
    """Remove unfinished files that killed processes left beside ``path``; nobody may replace it meanwhile."""
    with suppress(OSError):
        for left in path.parent.iterdir():
            if left.name.startswith(_unfinished_prefix(path)):
                left.unlink()


def _unfinished_prefix(path: Path) -> str:
    return f".{path.name[:_MAX_NAME_KEPT]}-"


def move_into_place(new: Path, target: Path) -> None:
    """Rename ``new``, a finished file or folder, to ``target``, so that it survives a power cut. Blocking.

    Of a new folder, the content must have been flushed; a folder that it replaces is moved to ``old`` beside
    ``new``, for the caller to remove.
    """
    flush_to_disk(new)
    if new.is_dir() and target.is_dir():
        target.rename(new.with_name("old"))
    _replace(new, target)
    flush_to_disk(target.parent)


def _replace(new: Path, target: Path, attempts: int = _ATTEMPTS_TO_REPLACE) -> None:
    """Rename ``new`` to ``target``; on Windows, wait a second for what has the old file open to close it.

    Windows replaces no open file. Readers of ours, indexers and virus scanners have one for moments.
    """
    for _ in range(attempts - 1):
        with suppress(PermissionError):
            new.replace(target)
            return
        time.sleep(_SECONDS_BETWEEN_ATTEMPTS)
    new.replace(target)


def flush_to_disk(path: Path) -> None:
    """Make a file's content, or a folder's entries, survive a power cut."""
    windows = sys.platform == "win32"  # flushes only what is open for writing, and no folders
    if windows and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if windows else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@asynccontextmanager
async def exclusive(lock_file: Path) -> AsyncIterator[None]:
    """Hold a lock that excludes other processes and other tasks of this one; waiting can be cancelled.

    Raises OSError when the file cannot be made.
    """
    from filelock import FileLock, Timeout  # its import takes as long as that of the rest of this package

    lock = FileLock(lock_file, thread_local=False)
    missing_before = False
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            # Its last holder may just have removed it. Missing twice: the folder takes no files, as in /proc.
            missing = not await read_in_thread(lock_file.exists)
            if missing and missing_before:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(lock_file)) from None
            missing_before = missing
            await asyncio.sleep(_SECONDS_BETWEEN_LOCK_ATTEMPTS)
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def temporary_folder(parent: Path, name: str) -> AsyncIterator[Path]:
    """A folder on the file system of ``parent``, removed afterwards.

    What a killed process left under the same name is removed first, so the caller must hold the lock that
    belongs to the name.
    """
    prefix = f".{name}.tmp-"

    def remove_all() -> None:
        for folder in parent.glob(f"{prefix}*"):
            shutil.rmtree(folder, ignore_errors=True)

    # In a thread, because freeing 100 MB can take longer than a window may freeze; to its end even when
    # cancelled, because it would otherwise remove the folder of the next holder of the lock.
    await finish_in_thread(remove_all)
    try:
        yield Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    finally:
        await finish_in_thread(remove_all)


class PrivateFolder:
    """A new folder that only this user may enter (0700), locked by this process.

    The system releases the lock when the process ends, with SIGKILL too, and child processes do not inherit
    it. So :func:`remove_abandoned` knows which folders are in use and which a killed process left.
    """

    def __init__(self, prefix: str, parent: Path | None = None) -> None:
        """Make it in ``parent``, or in the system's temporary folder; raises OSError."""
        self._lock: int | None = None
        while self._lock is None:
            self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            try:
                self._lock = _lock_of(self.path)
            except FileNotFoundError:
                continue  # removed as abandoned before it was locked
            except OSError as error:
                if error.errno in _NO_LOCKS:
                    return  # no other process gets the lock either, so none removes it as abandoned
                self.remove()
                raise

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_exception: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove it with its content; safe to call twice. What cannot be removed is left."""
        lock, self._lock = self._lock, None
        _remove_locked(self.path, lock)


def remove_abandoned(prefix: str, parent: Path) -> None:
    """Remove this user's private folders with such names in ``parent`` whose processes have ended.

    Those that cannot be removed are left.
    """
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and _is_own_folder(entry):
                with suppress(OSError):
                    lock = _lock_of(Path(entry.path))
                    if lock is not None:
                        _remove_locked(Path(entry.path), lock)


def _remove_locked(folder: Path, lock: int | None) -> None:
    """Remove a folder whose lock this process has, and close that."""
    shutil.rmtree(folder, ignore_errors=True)
    if lock is not None:
        os.close(lock)
    with suppress(OSError):  # all that is left on Windows, which removes no open file
        (folder / _FOLDER_LOCK).unlink()
        folder.rmdir()


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):
        if entry.is_dir(follow_symlinks=False):  # on Windows, the folder for temporary files is the user's
            return sys.platform == "win32" or entry.stat(follow_symlinks=False).st_uid == os.geteuid()
    return False


def _lock_of(folder: Path) -> int | None:
    """A descriptor that holds the folder's lock until it is closed; None while another one holds it.

    Raises FileNotFoundError when the folder has been removed, perhaps just before the lock was given, and
    another OSError on file systems without locks. On Windows, which has no locks of folders, it is that of a
    file in it.
    """
    if sys.platform == "win32":
        import msvcrt

        descriptor = os.open(folder / _FOLDER_LOCK, os.O_RDWR | os.O_CREAT | os.O_NOINHERIT)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        still_there = os.path.samestat(os.fstat(descriptor), folder.lstat())
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    if not still_there:
        os.close(descriptor)
        raise FileNotFoundError(folder)
    return descriptor


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file to read it; links are followed.

    A FIFO, a device or a socket in its place would block the program, or have no end. Raises OSError, whose
    ``strerror`` is "Not a regular file" for them. The caller bounds what it reads.
    """
    _require_regular(path, path.stat())  # opening a device can have an effect
    descriptor = os.open(path, os.O_RDONLY | _WAIT_FOR_NOBODY | getattr(os, "O_BINARY", 0))
    try:
        _require_regular(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def read_named(
    path: Path, limit: int, too_large: ErrorKind[InputError] | None = None, *, shown: str = ""
) -> bytes:
    """The content of a regular file that a person named, at most ``limit`` + 1 bytes, which parsers refuse.

    too_large: raised with ``file``, ``size`` and ``limit`` for a larger file. shown: in place of the path in
    errors. Raises FILE_UNREADABLE. Pipes and devices are refused: opening one could block forever.
    """
    file = shown or str(path)
    try:
        with open_regular(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            if too_large is not None and size > limit:
                raise too_large(file=file, size=size_text(size), limit=size_text(limit))
            return stream.read(limit + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character
        reason = os_reason(error) if isinstance(error, OSError) else "Invalid name"
        raise FILE_UNREADABLE(file=file, reason=reason) from error


class OpenFile:
    """A regular file that is kept open, so that it stays the one that was checked, whatever its name becomes.

    It is closed when nothing refers to it any more.
    """

    def __init__(self, path: Path) -> None:
        """Open it as ``open_regular`` does; raises OSError."""
        with open_regular(path) as file:
            self.descriptor = os.dup(file.fileno())
        self._reading = threading.Lock()
        weakref.finalize(self, os.close, self.descriptor)

    def pieces(self) -> Iterator[bytes]:
        """Its content. Raises OSError, also for more than 1 GiB."""
        done = 0
        while piece := self._read_at(done):
            done += len(piece)
            if done > _MAX_HASHED_BYTES:
                raise OSError(errno.EINVAL, "The file is too large")
            yield piece

    def _read_at(self, offset: int) -> bytes:
        if sys.platform == "win32":  # has no pread
            with self._reading:  # other threads move the one position
                os.lseek(self.descriptor, offset, os.SEEK_SET)
                return os.read(self.descriptor, CHUNK_BYTES)
        return os.pread(self.descriptor, CHUNK_BYTES, offset)

    def sha256(self, checkpoint: Checkpoint) -> str:
        """Its SHA-256 (64 hex digits); ``checkpoint`` gets the bytes read. Raises OSError."""
        digest = hashlib.sha256()
        done = 0
        for piece in self.pieces():
            digest.update(piece)
            checkpoint(done := done + len(piece))
        return digest.hexdigest()

    def copy_to(self, target: Path) -> None:
        """Copy it to a new file, which only this user may use, and execute; raises OSError."""
        with target.open("xb") as copy:
            for piece in self.pieces():
                copy.write(piece)
        target.chmod(stat.S_IRWXU)


def _require_regular(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file", path)


def bytes_below(folder: Path) -> int:
    """The size of all files below a folder that others are writing to."""
    total = 0
    for parent, folders, files in os.walk(folder):  # passes over what was renamed or removed meanwhile
        for name in (*folders, *files):
            with suppress(OSError):
                total += Path(parent, name).lstat().st_size
    return total


def sha256_of(path: Path, checkpoint: Checkpoint) -> str:
    """The SHA-256 of a file (64 hex digits), read in pieces; ``checkpoint`` gets the bytes read.

    Raises OSError, also for what is not a regular file or has more than 1 GiB.
    """
    return OpenFile(path).sha256(checkpoint)


def require_own(path: Path, top: Path) -> None:
    """Refuse a file or folder that another user can change or replace.

    Looks at ``path`` and every folder that it is in, up to ``top``. What is missing or neither passes:
    whoever opens it is told. So do folders such as /tmp, where others may add but not replace, and what only
    the user's own group may write. Raises CHANGEABLE_BY_OTHERS. Windows' access lists are not looked at:
    there, a user's profile, with the data folder, is the user's, and what bb runs is a copy that was checked.
    """
    if sys.platform == "win32":
        return
    below = [folder for folder in path.parents if folder == top or folder.is_relative_to(top)]
    for place in (path, *below):
        try:
            status = place.stat()
        except OSError:
            continue
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            continue
        if status.st_uid not in (os.geteuid(), 0):
            raise BELONGS_TO_ANOTHER_USER(path=str(place))
        if _others_may_write(status):
            raise CHANGEABLE_BY_OTHERS(path=str(place), quoted=shlex.quote(str(place)))


def take_from_others(path: Path) -> None:
    """Take the permission to write to a file or folder away from everybody but its owner. Raises OSError."""
    path.chmod(stat.S_IMODE(path.stat().st_mode) & ~(stat.S_IWGRP | stat.S_IWOTH))


def require_own_tree(folder: Path, top: Path) -> None:
    """As ``require_own``, for a folder and everything below it."""
    require_own(folder, top)
    for path in folder.rglob("*"):
        require_own(path, path)


def _others_may_write(status: os.stat_result) -> bool:
    if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX:
        return False
    by_group = status.st_mode & stat.S_IWGRP and not _is_own_group(status.st_gid)
    return bool(status.st_mode & stat.S_IWOTH or by_group)


def _is_own_group(group: int) -> bool:
    """Whether only this user, or root, is in it: many distributions give every user such a group."""
    if sys.platform == "win32":
        return True
    import grp
    import pwd

    try:
        user, entry = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return group == 0
    own = group == user.pw_gid and entry.gr_name == user.pw_name
    return group == 0 or (own and set(entry.gr_mem) <= {user.pw_name})


async def write_hashed(path: Path, parts: AsyncIterable[bytes]) -> str:
    """Write a new file from ``parts`` and return its SHA-256 (64 hex digits), hashed as it was written."""
    digest = hashlib.sha256()
    with path.open("xb", buffering=0) as file:
        waiting = bytearray()

        def write() -> None:
            view = memoryview(waiting)
            while view:
                view = view[file.write(view) :]
            digest.update(waiting)

        async for part in parts:
            waiting += part
            if len(waiting) >= CHUNK_BYTES:
                await finish_in_thread(write)
                waiting = bytearray()
        await finish_in_thread(write)
    return digest.hexdigest()
