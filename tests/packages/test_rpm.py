"""The rpm, installed by rpm itself on a fresh Debian; release.yml has systems of its own kind."""

from __future__ import annotations

import subprocess

import pytest

from packages.test_app_deb import parted, prove_and_verify, version_of
from support.debian_machine import DebianMachine
from support.released import Boot, Packages

pytestmark = [pytest.mark.integration, pytest.mark.packages, pytest.mark.soak, pytest.mark.timeout(900)]


def rpm(machine: DebianMachine, *arguments: object) -> str:
    """Call rpm from outside: the system does not have it."""
    command = ("rpm", f"--root={machine.root}", "--nodeps", *arguments)
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_proves_and_nothing_is_left_of_it(boot: Boot, packages: Packages) -> None:
    with boot() as machine:
        before, _ = parted(machine.files())
        rpm(machine, "--install", packages.rpm)
        assert version_of(machine) == packages.version
        prove_and_verify(machine)
        assert rpm(machine, "--verify", "tee-rex") == ""
        rpm(machine, "--erase", "tee-rex")
        after, _ = parted(machine.files())
        own = ("var/lib/rpm", "usr/lib/sysimage")
        assert {path: what for path, what in after.items() if not path.startswith(own)} == before
