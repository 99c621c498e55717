"""Job objects with a stand-in for kernel32.dll: there is no Windows where this was written."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any

import pytest

from tee_rex.system.job_objects import KILLED, Job

PID = 4242
_KILL_ON_JOB_CLOSE_AND_DIE_ON_EXCEPTION = 0x2400
_EXTENDED_LIMITS_BYTES = 144
"""Of JOBOBJECT_EXTENDED_LIMIT_INFORMATION on 64-bit Windows."""
_OFFSET_OF_FLAGS = 16


@dataclass
class SmallKernel:
    """Hands out handles, and notes what is called."""

    assigns: bool = True
    opens: bool = True
    makes: bool = True
    ended: bool = False
    handles: set[int] = field(default_factory=set)
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def _handle(self) -> int:
        handle = 8 + 4 * len(self.calls)
        self.handles.add(handle)
        return handle

    def CreateJobObjectW(self, security: object, name: object) -> int | None:  # noqa: N802  # Windows' name
        self.calls.append(("make", security, name))
        return self._handle() if self.makes else None

    def SetInformationJobObject(self, job: int, kind: int, limits: Any, size: int) -> int:  # noqa: ANN401, N802
        content = ctypes.string_at(ctypes.cast(limits, ctypes.c_void_p), size)
        self.calls.append(("limit", job in self.handles, kind, size, content))
        return 1

    def OpenProcess(self, _access: int, inherited: int, pid: int) -> int | None:  # noqa: N802
        self.calls.append(("open", inherited, pid))
        return self._handle() if self.opens else None

    def AssignProcessToJobObject(self, job: int, process: int) -> int:  # noqa: N802
        self.calls.append(("assign", {job, process} <= self.handles))
        return int(self.assigns)

    def WaitForSingleObject(self, _process: int, milliseconds: int) -> int:  # noqa: N802
        return 0 if self.ended and milliseconds == 0 else 258

    def TerminateJobObject(self, job: int, code: int) -> int:  # noqa: N802
        self.calls.append(("kill", job in self.handles, code))
        return 1

    def CloseHandle(self, handle: int) -> int:  # noqa: N802
        self.handles.remove(handle)  # closing twice would close somebody else's
        return 1


def test_a_program_is_put_into_a_job_that_ends_with_its_last_handle() -> None:
    kernel = SmallKernel()
    job = Job(PID, kernel)
    kinds = [call[0] for call in kernel.calls]
    assert kinds == ["make", "limit", "open", "assign"]
    _, known, kind, size, limits = kernel.calls[1]
    assert (known, kind, size) == (True, 9, _EXTENDED_LIMITS_BYTES)
    assert int.from_bytes(limits[_OFFSET_OF_FLAGS : _OFFSET_OF_FLAGS + 4], "little") == (
        _KILL_ON_JOB_CLOSE_AND_DIE_ON_EXCEPTION
    )
    assert kernel.calls[2:] == [("open", 0, PID), ("assign", True)]
    assert len(kernel.handles) == 1  # the job's, which is nobody else's
    job.kill()
    assert kernel.calls[-1] == ("kill", True, KILLED)
    job.close()
    assert kernel.handles == set()
    job.close()
    job.kill()
    assert kernel.calls[-1] == ("kill", True, KILLED)


def test_a_program_that_has_ended_meanwhile_is_no_failure() -> None:
    kernel = SmallKernel(assigns=False, ended=True)
    Job(PID, kernel).close()
    assert kernel.handles == set()


@pytest.mark.parametrize(
    "kernel", [SmallKernel(makes=False), SmallKernel(opens=False), SmallKernel(assigns=False)]
)
def test_without_a_job_no_program_is_left_and_no_handle(kernel: SmallKernel) -> None:
    with pytest.raises(OSError, match="job object"):
        Job(PID, kernel)
    assert kernel.handles == set()
