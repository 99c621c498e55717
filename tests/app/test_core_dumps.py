"""A crash of the app while it has a witness leaves its own report of the crash, and no core dump."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.app_window import installed_home
from support.patience import PATIENCE
from support.processes import default_signal
from support.recorded_steps import development_deployment
from tee_rex_app.crash.native import FILE_NAME

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="core dumps are told about in /proc"),
    pytest.mark.timeout(180),
]


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGSEGV])
def test_the_memory_of_a_proving_app_is_dumped_nowhere(tmp_path: Path, number: signal.Signals) -> None:
    home, working = installed_home(tmp_path / "home"), tmp_path / "working"
    working.mkdir()
    steps = tmp_path / "steps.msgpack"
    steps.write_bytes(development_deployment())
    with default_signal(signal.SIGQUIT):
        app = subprocess.Popen(
            [
                "sh",
                "-c",
                'ulimit -c "$(ulimit -H -c)"; exec "$@"',
                "sh",
                sys.executable,
                "-m",
                "tee_rex_app",
                steps,
            ],
            cwd=working,  # where many systems put a core dump
            env={
                **os.environ,
                "TEE_REX_HOME": str(home),
                "QT_QPA_PLATFORM": "offscreen",
                "TMPDIR": str(tmp_path),
            },
            stderr=subprocess.DEVNULL,
        )
    try:
        log = home / "logs" / "app.log"
        deadline = time.monotonic() + PATIENCE
        while not log.exists() or "proof.circuit" not in log.read_text():  # it has the witness
            assert app.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        limits = Path(f"/proc/{app.pid}/limits").read_text()
        (limit,) = (line.split()[4] for line in limits.splitlines() if line.startswith("Max core file size"))
        # 1 stops a crash reporter too; a system that had set 0 before keeps it.
        assert limit in ("0", "1")
        assert int(Path(f"/proc/{app.pid}/coredump_filter").read_text(), 16) == 0
        app.send_signal(number)
        assert app.wait(PATIENCE) == -number
    finally:
        app.kill()
        app.wait()
    assert list(working.iterdir()) == []
    traces = (home / "logs" / FILE_NAME).read_text()
    assert ("Segmentation fault" in traces) is (number is signal.SIGSEGV)
