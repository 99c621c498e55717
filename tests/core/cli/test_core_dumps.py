"""Programs of ours that crash, where cores are allowed: none holds the witness."""

from __future__ import annotations

import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.patience import SOON
from support.processes import default_signal, running_bbs
from support.recorded_steps import development_deployment
from tee_rex.transaction.steps import ExecutionSteps

_PATTERN = Path("/proc/sys/kernel/core_pattern")
pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="cores of other systems are elsewhere"),
    pytest.mark.skipif(
        _PATTERN.exists() and not _PATTERN.read_text().startswith("core"),
        reason="this system hands cores to a program, or writes them into another folder",
    ),
]

STEPS = development_deployment()
SECRETS = [
    secret
    for step in ExecutionSteps.from_bytes(STEPS).steps
    for secret in (step.witness[100:164], step.inflate_witness()[1000:1064])
]
CRASHES = [signal.SIGQUIT, signal.SIGABRT, signal.SIGSEGV]
BIN = Path(sys.executable).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the program works, and so where its core would be; cores are allowed in it."""
    working = tmp_path / "working"
    working.mkdir()
    return working


@contextmanager
def program(folder: Path, *command: object) -> Iterator[subprocess.Popen[bytes]]:
    allowing_cores = ("sh", "-c", 'ulimit -c "$(ulimit -Hc)"; exec "$@"', "sh")
    with (
        default_signal(signal.SIGQUIT),
        subprocess.Popen(
            [*allowing_cores, *map(str, command)], cwd=folder, stderr=subprocess.PIPE
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def crashed(process: subprocess.Popen[bytes], number: signal.Signals, folder: Path) -> list[bytes]:
    """The cores that a crash left."""
    process.send_signal(number)
    assert process.wait(SOON) == -number
    return [core.read_bytes() for core in folder.iterdir()]


_READS_STEPS = """
import sys, time
from tee_rex.transaction.steps import ExecutionSteps
steps = ExecutionSteps.from_bytes(open(sys.argv[1], "rb").read())
kept = [(step.inflate_witness(), step.witness) for step in steps.steps]
print("ready", file=sys.stderr, flush=True)
time.sleep(600)
"""


def test_a_core_without_protection_holds_the_witness(folder: Path) -> None:
    (folder.parent / "steps").write_bytes(STEPS)
    with program(folder, sys.executable, "-c", _READS_STEPS, folder.parent / "steps") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        cores = crashed(process, signal.SIGABRT, folder)
    if not cores and resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
        pytest.skip("this user may not dump cores")
    assert all(any(secret in core for core in cores) for secret in SECRETS)


@pytest.mark.parametrize("number", CRASHES)
def test_a_proof_that_crashes(number: signal.Signals, folder: Path) -> None:
    (folder.parent / "steps").write_bytes(STEPS)
    with program(folder, BIN / "tee-rex", "prove", folder.parent / "steps") as process:
        assert process.stderr is not None
        assert any(b"1/11" in line for line in process.stderr)
        (bb,) = running_bbs(process.pid)
        limits = Path(f"/proc/{bb}/limits").read_text()
        assert crashed(process, number, folder) == []
    assert next(line for line in limits.splitlines() if "core file" in line).split()[4:6] == ["1", "1"]


def test_a_flow_that_crashes(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        node = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = (BIN / "tee-rex", "flow", "account", "--node", node)
        with program(folder, *command) as process, silent.accept()[0]:
            assert crashed(process, signal.SIGQUIT, folder) == []


def test_a_server_that_crashes(folder: Path) -> None:
    serve = (BIN / "tee-rex-server", "serve", "--port=0", "--crs=development")
    with program(folder, *serve) as process:
        assert process.stderr is not None
        assert any(b'"listening"' in line for line in process.stderr)
        assert crashed(process, signal.SIGQUIT, folder) == []
