"""No secret leaves a process's memory, neither through a crash nor by being read."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="there is no prctl elsewhere"),
]

# A child of the process tries to read its parent's memory, as a compromised bb would. Root may read
# everything, so under root the tests become another user, whose memory is made readable again after that.
_READ_BY_A_CHILD = """
import ctypes, os
from tee_rex.system import memory
if os.geteuid() == 0:
    os.setuid(65534)
memory.allow_memory_access()
secret = ctypes.create_string_buffer(b"the private key")
if {forbidden}:
    memory.forbid_memory_access()
if os.fork() == 0:
    with open(f"/proc/{{os.getppid()}}/mem", "rb", buffering=0) as memory:
        memory.seek(ctypes.addressof(secret))
        print(memory.read(15).decode(), flush=True)
    os._exit(0)
os.wait()
"""


def _output_of_the_child(*, forbidden: bool) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", _READ_BY_A_CHILD.format(forbidden=forbidden)],
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout + ended.stderr


def test_a_child_cannot_read_the_memory() -> None:
    seen = _output_of_the_child(forbidden=True)
    assert "PermissionError" in seen
    assert "the private key" not in seen


_YAMA = Path("/proc/sys/kernel/yama/ptrace_scope")


@pytest.mark.skipif(
    _YAMA.exists() and _YAMA.read_text().strip() != "0", reason="this kernel forbids it to all processes"
)
def test_an_unprotected_process_can_be_read() -> None:
    assert _output_of_the_child(forbidden=False) == "the private key\n"


_DUMPED = """
import os, signal, sys
from tee_rex.system import memory
if sys.argv[1] != "unprotected":
    memory.forbid_core_dumps()
if sys.argv[1] == "child":
    os.execvp("sh", ["sh", "-c", "kill -ABRT $$"])
os.kill(os.getpid(), signal.SIGABRT)
"""


@pytest.mark.skipif(
    not Path("/proc/sys/kernel/core_pattern").read_text().startswith("core"),
    reason="this system hands cores to a program or to another folder",
)
@pytest.mark.parametrize(("who", "cores"), [("unprotected", 1), ("itself", 0), ("child", 0)])
def test_a_crash_leaves_no_core(who: str, cores: int, tmp_path: Path) -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    if hard == 0:
        pytest.skip("this user may not dump cores")
    ended = subprocess.run(
        [sys.executable, "-c", _DUMPED, who],
        cwd=tmp_path,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)),
    )
    assert ended.returncode == -signal.SIGABRT
    assert len(list(tmp_path.iterdir())) == cores


def test_a_core_that_a_crash_reporter_takes_holds_no_memory() -> None:
    program = "from tee_rex.system import memory; memory.forbid_core_dumps(); import os; os.system({!r})"
    shown = subprocess.run(
        [sys.executable, "-c", program.format("cat /proc/self/coredump_filter; ulimit -Hc")],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    ).stdout
    assert shown.split() == ["00000000", "0"]
