"""Memory of another process, and keeping it off the disk."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

_NO_CORE_DUMP = 1
"""Bytes. 0 still lets the kernel pipe a core to a crash reporter; 1 stops both (core(5), do_coredump)."""


def resident_bytes(pid: int) -> int:
    """Resident memory of a process now; 0 when it has ended."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def peak_resident_bytes(pid: int) -> int | None:
    """The most resident memory a process has had, 0 when it has ended; None where no system call tells."""
    if sys.platform != "linux":
        return None
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def forbid_core_dump(pid: int) -> None:
    """Make sure that a crash of ``pid`` never writes its memory, which holds the witness, anywhere."""
    if sys.platform == "linux":
        import resource

        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, resource.RLIMIT_CORE, (_NO_CORE_DUMP, _NO_CORE_DUMP))
