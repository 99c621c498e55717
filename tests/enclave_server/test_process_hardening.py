from __future__ import annotations

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
_PROGRAM = """
import ctypes, os
from tee_rex_server.process_hardening import forbid_memory_access
if os.geteuid() == 0:
    os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
secret = ctypes.create_string_buffer(b"the private key")
if {forbidden}:
    forbid_memory_access()
if os.fork() == 0:
    with open(f"/proc/{{os.getppid()}}/mem", "rb", buffering=0) as memory:
        memory.seek(ctypes.addressof(secret))
        print(memory.read(15).decode(), flush=True)
    os._exit(0)
os.wait()
"""


def _output_of_the_child(*, forbidden: bool) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(forbidden=forbidden)],
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout + ended.stderr


def test_a_child_cannot_read_the_servers_memory() -> None:
    seen = _output_of_the_child(forbidden=True)
    assert "PermissionError" in seen
    assert "the private key" not in seen


_YAMA = Path("/proc/sys/kernel/yama/ptrace_scope")


@pytest.mark.skipif(
    _YAMA.exists() and _YAMA.read_text().strip() != "0", reason="this kernel forbids it to all processes"
)
def test_an_unprotected_process_can_be_read() -> None:
    assert _output_of_the_child(forbidden=False) == "the private key\n"
