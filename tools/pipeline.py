"""``make pipeline-rehearsal``: from a new Aztec version to running enclaves, as far as it runs here.

    python -m pipeline            run every stage; exit code 1 if one fails
    python -m pipeline NAME …     only these
    python -m pipeline --list     only print them

What GitHub's jobs run are scripts of ours. A stage runs them, or the command that they start, with git, S3,
Systems Manager, feeds and networks of this machine. Which steps need people is in docs/deploying.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Stage:
    """arguments: of Python; FOLDER stands for an empty folder. not_here: what only GitHub or AWS can show."""

    name: str
    what: str
    arguments: Sequence[str]
    not_here: str


def _tests(*selected: str, marked: str = "not soak") -> Sequence[str]:
    return ("-m", "pytest", "-q", "-m", marked, *selected)


STAGES: Final = (
    Stage(
        "detect",
        "a pinned version is found out anew: digests, keys, a proof by its bb; the same file comes out",
        ("-m", "aztec", "rehearse", "5.0.0"),
        "the second witness: GitHub's archives",
    ),
    Stage(
        "propose",
        "the scripts of *aztec versions*, up to a pushed branch, and a pull request with its label",
        _tests("tests/tools/aztec/test_workflow.py"),
        "GitHub's answers",
    ),
    Stage(
        "gates",
        "format, lint, types, architecture; `make test` and `make emulation` are the rest of them",
        ("-c", "import os; os.execvp('make', ['make', 'check'])"),
        "other systems",
    ),
    Stage(
        "image",
        "the image that the test environment gets, of this checkout",
        ("-m", "tee_rex_server", "image", "build", "--development", "--output", "FOLDER"),
        "",
    ),
    Stage(
        "deploy",
        "deploy.sh by a token of a job: two enclaves replaced, attested, proved on, and taken back; failures",
        _tests("tests/enclave_server/deploy/test_deployer.py"),
        "EC2, Systems Manager; `make soak` deploys to enclaves in the emulator",
    ),
    Stage(
        "validate",
        "the scripts that bring an image, and that attest and prove from outside",
        _tests("tests/tools/test_deploy_scripts.py"),
        "AWS's root under the documents",
    ),
    Stage(
        "live",
        "transactions of a real Aztec network on this machine",
        _tests("tests/e2e/aztec/test_flows_on_local_network.py", marked="devnet and not soak"),
        "a public network",
    ),
    Stage(
        "publish",
        "draft, its digests, publication, signatures, promotion, and taking it back, in a feed",
        _tests("tests/tools/test_workflow_scripts.py"),
        "GitHub's page of releases, PyPI; `make release-rehearsal` builds and updates for real",
    ),
)


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    if arguments == ["--list"]:
        for stage in STAGES:
            print(f"{stage.name:9} {stage.what}")
        return 0
    unknown = {*arguments} - {stage.name for stage in STAGES}
    if unknown:
        print(f"no such stage: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    failed = []
    for stage in STAGES:
        if arguments and stage.name not in arguments:
            continue
        print(f"== {stage.name}: {stage.what}", flush=True)
        began = time.monotonic()
        code = _run(stage)
        print(
            f"== {stage.name}: {'done' if code == 0 else 'FAILED'}, {time.monotonic() - began:.0f} s",
            flush=True,
        )
        if stage.not_here:
            print(f"== not here: {stage.not_here}", flush=True)
        if code != 0:
            failed.append(stage.name)
    print(f"== {'failed: ' + ', '.join(failed) if failed else 'every stage is done'}", flush=True)
    return 1 if failed else 0


def _run(stage: Stage) -> int:
    """The exit code of its command."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT / 'tools'}"}
    with tempfile.TemporaryDirectory(prefix="pipeline-") as folder:
        command = [sys.executable, *(folder if one == "FOLDER" else one for one in stage.arguments)]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
