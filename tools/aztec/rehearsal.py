"""Adding a pinned version again, in a clean clone without its file: the same file has to come out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One rehearsal. output: of ``update``."""

    same_file: bool
    output: str
    seconds: float


def rehearse(root: Path, version: AztecVersion, recorded: Path, folder: Path) -> Rehearsed:
    """Clone the repository at ``root`` into ``folder``, which is empty, and add a version there.

    recorded: the recorded registry. What is not committed is not in the clone.
    """
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-local", root, clone], check=True)  # noqa: S607  # whatever git is here
    file = Path("resources") / "versions" / f"{version}.json"
    (clone / file).unlink()
    begin = time.monotonic()
    finished = update_in(clone, version, recorded)
    seconds = time.monotonic() - begin
    made = (clone / file).read_bytes() if (clone / file).exists() else None
    same = finished.returncode == 0 and made == (root / file).read_bytes()
    return Rehearsed(same, finished.stdout, seconds)


def update_in(clone: Path, version: AztecVersion, recorded: Path) -> subprocess.CompletedProcess[str]:
    """Run ``update`` with the code of a clone."""
    return subprocess.run(
        [sys.executable, "-m", "aztec", "update", str(version), "--offline-registry", str(recorded)],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(clone / "tools"), str(clone / "core")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
