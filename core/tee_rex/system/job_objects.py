"""Windows' job objects: groups of processes that end together, at the latest with the process that made them.

Functions of kernel32.dll, from Microsoft's documentation of the Windows API. Handles are numbers.
"""

from __future__ import annotations

import ctypes
import errno
from typing import Any, Final

_KILL_ON_JOB_CLOSE: Final = 0x2000
_DIE_ON_UNHANDLED_EXCEPTION: Final = 0x400
"""Without a crash report, which could hold the witness, and without a dialog that waits for somebody."""
_EXTENDED_LIMIT_INFORMATION: Final = 9
_PROCESS_ACCESS: Final = 0x100 | 0x1 | 0x10_0000
"""PROCESS_SET_QUOTA and PROCESS_TERMINATE, which a job wants, and SYNCHRONIZE."""
_NOT_INHERITED: Final = 0
_ENDED: Final = 0
"""WAIT_OBJECT_0."""
KILLED: Final = 0xC000_013A
"""The exit code of what a job kills: STATUS_CONTROL_C_EXIT, which no program that fails by itself has."""


class _Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION, with JOBOBJECT_BASIC_LIMIT_INFORMATION and IO_COUNTERS in it."""

    _fields_ = (
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


def kernel32() -> Any:  # noqa: ANN401  # a library, whose functions have no types
    """The library, with functions that take and return handles. On Windows only."""
    library = ctypes.CDLL("kernel32")  # 64-bit Windows has one calling convention
    for name, arguments, result in (
        ("CreateJobObjectW", (ctypes.c_void_p, ctypes.c_wchar_p), ctypes.c_void_p),
        (
            "SetInformationJobObject",
            (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32),
            ctypes.c_int,
        ),
        ("OpenProcess", (ctypes.c_uint32, ctypes.c_int, ctypes.c_uint32), ctypes.c_void_p),
        ("AssignProcessToJobObject", (ctypes.c_void_p, ctypes.c_void_p), ctypes.c_int),
        ("WaitForSingleObject", (ctypes.c_void_p, ctypes.c_uint32), ctypes.c_uint32),
        ("TerminateJobObject", (ctypes.c_void_p, ctypes.c_uint32), ctypes.c_int),
        ("CloseHandle", (ctypes.c_void_p,), ctypes.c_int),
    ):
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, result
    return library


class Job:
    """A process and all that it will start.

    The system kills them when the last handle of the job is closed, and this process, which alone has one,
    closes it by ending, however that happens.
    """

    def __init__(self, pid: int, library: Any) -> None:  # noqa: ANN401
        """Put a process that was just started into a new job; raises OSError. library: ``kernel32()``.

        What it started before that stays outside. Starting it suspended would close that gap of less than a
        millisecond, and would leave it suspended for ever if this process were killed in between.
        """
        self._library = library
        self._handle: int | None = library.CreateJobObjectW(None, None)
        if not self._handle:
            raise OSError(errno.EPERM, "Windows refused a job object")
        limits = _Limits(flags=_KILL_ON_JOB_CLOSE | _DIE_ON_UNHANDLED_EXCEPTION)
        is_set = library.SetInformationJobObject(
            self._handle, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        )
        if not is_set or not self._add(pid):
            self.close()
            raise OSError(errno.EPERM, "Windows did not put the program into a job object")

    def _add(self, pid: int) -> bool:
        process = self._library.OpenProcess(_PROCESS_ACCESS, _NOT_INHERITED, pid)
        if not process:
            return False
        try:
            if self._library.AssignProcessToJobObject(self._handle, process):
                return True
            return bool(self._library.WaitForSingleObject(process, 0) == _ENDED)
        finally:
            self._library.CloseHandle(process)

    def kill(self) -> None:
        """Kill all processes in it."""
        if self._handle is not None:
            self._library.TerminateJobObject(self._handle, KILLED)

    def close(self) -> None:
        """Kill what is left in it, and give it up; safe to call twice."""
        handle, self._handle = self._handle, None
        if handle is not None:
            self._library.CloseHandle(handle)
