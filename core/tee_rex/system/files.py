"""Files that are whole or absent: locks, temporary folders, digests, and what a disk can refuse."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from tee_rex.bb.errors import DiskFullError, DiskNotWritableError
from tee_rex.system.threads import Checkpoint, in_thread

CHUNK_BYTES = 1 << 20
_SECONDS_BETWEEN_LOCK_ATTEMPTS = 0.1

_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_WRITABLE = frozenset(
    {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.EIO}
)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn what a disk answers below ``folder`` into DiskFullError and DiskNotWritableError."""
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise DiskFullError(f"Nothing more can be stored in {folder}.") from error
        if error.errno in _NOT_WRITABLE:
            raise DiskNotWritableError(f"{folder}: {error.strerror}.") from error
        raise


@asynccontextmanager
async def exclusive(lock_file: Path) -> AsyncIterator[None]:
    """Hold a lock that excludes other processes and other tasks of this one; waiting can be cancelled."""
    from filelock import FileLock, Timeout  # its import takes as long as that of the rest of this package

    lock = FileLock(lock_file, thread_local=False)
    while True:
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            await asyncio.sleep(_SECONDS_BETWEEN_LOCK_ATTEMPTS)
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def temporary_folder(parent: Path, name: str) -> AsyncIterator[Path]:
    """A folder on the file system of ``parent`` that is gone afterwards.

    What a killed process left behind under the same name is removed first, so the caller must hold
    the lock that belongs to the name.
    """
    prefix = f".{name}.tmp-"

    def remove_all(_checkpoint: Checkpoint) -> None:
        for folder in parent.glob(f"{prefix}*"):
            shutil.rmtree(folder, ignore_errors=True)

    # In a thread, because freeing 100 MB can take longer than a window may stand still; to its end even when
    # cancelled, because it would remove the folder of whoever gets the lock next.
    await in_thread(remove_all)
    try:
        yield Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    finally:
        await in_thread(remove_all)


def sha256_of(path: Path, checkpoint: Checkpoint) -> str:
    """The SHA-256 of a file (64 hex digits), read in pieces; ``checkpoint`` gets the bytes read."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            checkpoint(file.tell())
    return digest.hexdigest()


async def write_hashed(path: Path, parts: AsyncIterable[bytes]) -> str:
    """Write a new file from ``parts`` and return its SHA-256 (64 hex digits), hashed as it was written."""
    digest = hashlib.sha256()
    with path.open("xb", buffering=0) as file:
        waiting = bytearray()

        def write(_checkpoint: Checkpoint) -> None:
            view = memoryview(waiting)
            while view:
                view = view[file.write(view) :]
            digest.update(waiting)

        async for part in parts:
            waiting += part
            if len(waiting) >= CHUNK_BYTES:
                await in_thread(write)
                waiting = bytearray()
        await in_thread(write)
    return digest.hexdigest()


def flush_to_disk(path: Path) -> None:
    """Make a file's content, or a folder's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
