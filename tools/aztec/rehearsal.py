"""Adding a pinned version again, in a clean clone without its file.

The same file has to come out, and the same verdict: the recorded registry is npm's alone, so a human is
needed for the second witness, and for nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aztec.combine import NEEDS_HUMAN
from aztec.digests import SECOND_WITNESS
from aztec.steps import Status
from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One rehearsal. code, output: of ``update``."""

    same_file: bool
    code: int
    output: str
    seconds: float

    @property
    def steps(self) -> Mapping[str, str]:
        """How each step ended, by its name, in order."""
        lines = (line for line in self.output.splitlines() if not line.startswith(" "))
        return dict(line.split(": ", 1) for line in lines)

    @property
    def needs_human(self) -> Sequence[str]:
        """The steps that a program could not do."""
        return [name for name, status in self.steps.items() if status == Status.NEEDS_HUMAN]

    @property
    def as_expected(self) -> bool:
        """Whether the file and the verdict are right."""
        return self.same_file and self.needs_human == [SECOND_WITNESS] and self.code == NEEDS_HUMAN


def rehearse(root: Path, version: AztecVersion, recorded: Path, folder: Path) -> Rehearsed:
    """Clone the repository at ``root`` into ``folder``, which is empty, and add a version there.

    recorded: the recorded registry. What is not committed is not in the clone.
    """
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-local", root, clone], check=True)  # whatever git is here
    file = Path("resources") / "versions" / f"{version}.json"
    (clone / file).unlink()
    begin = time.monotonic()
    finished = update_in(clone, version, recorded)
    seconds = time.monotonic() - begin
    made = (clone / file).read_bytes() if (clone / file).exists() else None
    return Rehearsed(made == (root / file).read_bytes(), finished.returncode, finished.stdout, seconds)


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
