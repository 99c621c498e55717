"""Keeps secrets in memory out of core dumps, from other processes, and from outliving their use."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_NO_CORE_DUMP: Final = 1
"""Bytes. 0 still lets Linux pipe a core to a crash reporter; 1 stops both (core(5), do_coredump)."""
_PR_SET_DUMPABLE: Final = 4
"""prctl(2); includes: no core dumps, no ptrace, no /proc/PID/mem, except for CAP_SYS_PTRACE."""
_M_MMAP_THRESHOLD: Final = -3
"""mallopt(3)."""
_LARGE_BYTES: Final = 1024 * 1024
_NO_ERROR_DIALOGS: Final = 0x0001 | 0x0002
"""SEM_FAILCRITICALERRORS and SEM_NOGPFAULTERRORBOX, which keeps Windows Error Reporting away too."""


def forbid_core_dumps() -> None:
    """From now on, no crash of this process, or of a program that it starts, writes its memory anywhere.

    A core that Linux pipes to a crash reporter all the same (an RLIMIT_CORE of 0 cannot be raised to 1) holds
    no memory: the filter of core(5) is inherited as well. On Windows: no crash report with a dump.
    """
    if sys.platform == "win32":
        ctypes.CDLL("kernel32").SetErrorMode(_NO_ERROR_DIALOGS)
        return
    import resource

    least = _NO_CORE_DUMP if sys.platform == "linux" else 0
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    limit = least if hard == resource.RLIM_INFINITY else min(hard, least)
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
    if sys.platform == "linux":
        with suppress(OSError):
            Path("/proc/self/coredump_filter").write_text("0")


def forbid_core_dump_of(pid: int) -> None:
    """As :func:`forbid_core_dumps`, for a child of a process that may not have called it (Linux only)."""
    if sys.platform == "linux":
        import resource

        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, resource.RLIMIT_CORE, (_NO_CORE_DUMP, _NO_CORE_DUMP))


def forbid_memory_access() -> None:
    """On Linux: let only root read this process's memory from now on, but not that of its programs.

    bb parses what clients send. One that a client took over runs as the same user as the server, and could
    otherwise read the key that decrypts all other clients' requests. Not for programs with windows: desktop
    portals (file dialogs, notifications) refuse a process whose /proc/PID/root they cannot open. Raises
    OSError.
    """
    _set_dumpable(0)


def allow_memory_access() -> None:
    """Undo :func:`forbid_memory_access`, in a process without secrets that others need to look at."""
    _set_dumpable(1)


def _set_dumpable(value: int) -> None:
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_DUMPABLE, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def return_large_buffers() -> None:
    """With glibc: return every freed buffer of a megabyte or more to the system at once.

    Otherwise glibc keeps them for reuse (it raises its threshold up to 32 MB): a server would stay as large
    as its largest requests, with decrypted transactions in unused memory.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
