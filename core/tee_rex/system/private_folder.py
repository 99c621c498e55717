"""Folders in the system's temporary folder that are gone once their process is, however that ended."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF})
"""What flock(2) answers where a file system has none for folders, such as NFS."""


class PrivateFolder:
    """A new folder that this user alone may enter (0700), and that this process alone holds the lock of.

    The system gives the lock back when the process ends, with SIGKILL too, and programs that it starts do
    not inherit it. So :func:`remove_abandoned` can tell what is in use from what a killed process left.
    """

    def __init__(self, prefix: str, parent: Path | None = None) -> None:
        """Make it in ``parent``, or where temporary files belong; raises OSError."""
        self._lock: int | None = None
        while self._lock is None:
            self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            try:
                self._lock = _lock_of(self.path)
            except FileNotFoundError:
                continue  # taken for abandoned, and removed, before it was locked
            except OSError as error:
                if error.errno in _NO_LOCKS:
                    return  # nobody else gets the lock either, so nobody takes it for abandoned
                self.remove()
                raise

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_exception: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove it and all that is in it; may be done again. What cannot be removed is left."""
        shutil.rmtree(self.path, ignore_errors=True)
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def remove_abandoned(prefix: str, parent: Path) -> None:
    """Remove this user's private folders of such names in ``parent`` whose processes have ended.

    Those that cannot be removed are left.
    """
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and _is_own_folder(entry):
                with suppress(OSError):
                    lock = _lock_of(Path(entry.path))
                    if lock is not None:
                        shutil.rmtree(entry.path, ignore_errors=True)
                        os.close(lock)


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):
        return (
            entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
        )
    return False


def _lock_of(folder: Path) -> int | None:
    """A descriptor that holds the folder's lock until it is closed; None while another one holds it.

    Raises FileNotFoundError when the folder has been removed, perhaps just before the lock was given, and
    another OSError on file systems without locks.
    """
    import fcntl  # not on Windows, where bb does not run

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
