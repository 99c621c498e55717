"""Protects secrets in the server's memory from other processes, and from outliving their use."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4
"""prctl(2); includes: no core dumps, no ptrace, no /proc/PID/mem, except for CAP_SYS_PTRACE."""
_M_MMAP_THRESHOLD: Final = -3
"""mallopt(3)."""
_LARGE_BYTES: Final = 1024 * 1024


def forbid_memory_access() -> None:
    """On Linux: let only root read this process's memory from now on. Its child processes are not affected.

    bb parses what clients send. One that a client took over runs as the same user as the server, and could
    otherwise read the key that decrypts all other clients' requests. Raises OSError.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def return_large_buffers() -> None:
    """With glibc: return every freed buffer of a megabyte or more to the system at once.

    Otherwise glibc keeps them for reuse (it raises its threshold up to 32 MB): the server would stay as
    large as its largest requests, with decrypted transactions in unused memory.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
