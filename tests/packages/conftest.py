"""The packages to test, and fresh Debian machines to install them on.

They are the files of the folder TEE_REX_PACKAGES, as of a release's draft, or else made from this checkout.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from debian_roots import SUITES, debian_root, dependencies, roots_cache
from support.debian_machine import DebianMachine, debian_machine
from support.released import Boot, Packages
from tee_rex.settings.paths import Paths

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def packages() -> Packages:
    given = os.environ.get("TEE_REX_PACKAGES")
    if given is not None:
        return Packages(Path(given))
    subprocess.run(["make", "package-server"], cwd=ROOT, check=True)
    return Packages(ROOT / "build" / "package")


@pytest.fixture(scope="session", params=SUITES)
def root(request: pytest.FixtureRequest, packages: Packages) -> Path:
    cache = roots_cache(Paths.from_environment(os.environ))
    return debian_root(cache, request.param, dependencies(packages.folder.glob("*.deb")))


@pytest.fixture
def boot(root: Path, packages: Packages, tmp_path: Path) -> Boot:
    needed = dependencies(packages.folder.glob("*.deb"))

    @contextmanager
    def booted() -> Iterator[DebianMachine]:
        folder = tmp_path / "machine"
        folder.mkdir(exist_ok=True)
        with debian_machine(root, folder) as machine:
            machine.apt("satisfy", needed)
            yield machine

    return booted
