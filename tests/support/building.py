"""Starting what builds and what was built."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGED_VERSION = "0.0.9"
"""Of the packages that tests build: another one than the sources have, as tests of updates need."""


def uv() -> str:
    """The uv of this machine or of this checkout."""
    found = shutil.which("uv") or shutil.which("uv", path=ROOT / ".tools/uv/bin")
    assert found, "make test installs uv"
    return found


def run(*command: object, cwd: Path = ROOT) -> str:
    """What a program prints, started away from the checkout, so that nothing of it is found by chance."""
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
