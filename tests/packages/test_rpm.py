"""The rpm, installed by rpm itself on a fresh Debian; release.yml has systems of its own kind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from packages.test_app_deb import parted, prove_and_verify, version_of
from support.debian_machine import DebianMachine
from support.released import Boot, Packages

pytestmark = [
    pytest.mark.integration,
    pytest.mark.packages,
    pytest.mark.soak,
    pytest.mark.timeout(900, func_only=True),
]


def rpm(machine: DebianMachine, root: Path, *arguments: object) -> str:
    """Call rpm from outside, because the system does not have it. Its database is gone after a boot.

    root: of the machine where its mounts are seen; SQLite cannot follow /proc/<pid>/root.
    """
    there = ("nsenter", f"--target={machine.pid}", "--mount", "--")
    command = (*there, "rpm", f"--root={root}", "--dbpath=/run/rpm", "--nodeps", *arguments)
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_proves_and_nothing_is_left_of_it(boot: Boot, packages: Packages, tmp_path: Path) -> None:
    root = tmp_path / "machine" / "root"
    with boot() as machine:
        before, _ = parted(machine.files())
        rpm(machine, root, "--install", "--force-debian", packages.rpm)
        assert version_of(machine) == packages.version
        prove_and_verify(machine)
        assert rpm(machine, root, "--verify", "tee-rex") == ""
        rpm(machine, root, "--erase", "tee-rex")
        after, _ = parted(machine.files())
        # Folders that several packages share belong to packages that Debian does not have.
        left = {path for path in after.keys() - before.keys() if not after[path].startswith("d")}
        assert (left, {path: after[path] for path in before}) == (set(), before)
