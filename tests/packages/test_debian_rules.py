"""Every deb by Debian's own checker; half a minute each."""

from __future__ import annotations

import subprocess

import pytest

from support.released import Packages

pytestmark = [pytest.mark.integration, pytest.mark.packages, pytest.mark.timeout(900, func_only=True)]


def test_lintian_finds_nothing_but_what_has_a_reason(packages: Packages) -> None:
    """No error and no warning; the overrides in ``installer`` say why something is as it is."""
    debs = sorted(map(str, packages.folder.glob("*.deb")))
    assert debs
    command = ["lintian", "--allow-root", "--fail-on", "error,warning", *debs]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
