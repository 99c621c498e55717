"""Commands on a machine that gives them too little."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.patience import PATIENCE
from support.recorded_steps import development_deployment
from tee_rex.errors import ExitCode

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform != "linux", reason="limits of other systems differ"),
]

_WITH_LITTLE = """
import resource, sys
from pathlib import Path
from tee_rex.cli.commands import app
from tee_rex.cli.main import main
memory = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + (20 << 20)
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
main()
"""


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    path = tmp_path / "steps"
    path.write_bytes(development_deployment())
    return path


@pytest.mark.parametrize("count", [6, 8, 10, 12])
def test_a_proof_without_descriptors(count: int, steps: Path) -> None:
    done = subprocess.run(
        [
            "sh",
            "-c",
            f'ulimit -n {count}; exec "$0" "$@"',
            Path(sys.executable).with_name("tee-rex"),
            "prove",
            steps,
            "--json",
        ],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == ExitCode.ENVIRONMENT
    assert json.loads(done.stdout)["error"]["code"] == "TOO_MANY_OPEN_FILES"
    assert b"Traceback" not in done.stderr


def test_a_proof_without_memory(steps: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITH_LITTLE, "prove", steps, "--json"],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == ExitCode.ENVIRONMENT, done.stderr
    assert json.loads(done.stdout)["error"]["code"] == "OUT_OF_MEMORY"
    assert b"Traceback" not in done.stderr
