"""The packages to test, and fresh Debian machines to install them on.

They are the files of the folder TEE_REX_PACKAGES, as of a release's draft, or else made from this checkout;
so is the release before them, in TEE_REX_OLDER_PACKAGES.
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
BUILT = ROOT / "build" / "package"
OLDER = ROOT / "build" / "older"


@pytest.fixture(scope="session")
def packages() -> Packages:
    return _given("TEE_REX_PACKAGES") or _made("package", "package-server", f"OUTPUT={BUILT}")


@pytest.fixture(scope="session")
def older(packages: Packages) -> Packages:
    """The app's release before; of this checkout, it is what was frozen for the newer one."""
    frozen = ("FREEZE=",) if packages.folder == BUILT else ()
    return _given("TEE_REX_OLDER_PACKAGES") or _made("package", f"OUTPUT={OLDER}", *frozen, "VERSION=0.0.9")


def _given(variable: str) -> Packages | None:
    folder = os.environ.get(variable)
    return None if folder is None else Packages(Path(folder))


def _made(*arguments: str) -> Packages:
    """Packed quickly: they are larger than a release's."""
    subprocess.run(["make", "PACKAGE=--level 1", *arguments], cwd=ROOT, check=True)
    (output,) = (one.removeprefix("OUTPUT=") for one in arguments if one.startswith("OUTPUT="))
    return Packages(Path(output))


@pytest.fixture(scope="session")
def needed(packages: Packages) -> str:
    """What the packages depend on."""
    return dependencies(packages.debs)


@pytest.fixture(
    scope="session",
    params=[name if name == "debian-12" else pytest.param(name, marks=pytest.mark.soak) for name in SUITES],
)
def root(request: pytest.FixtureRequest, needed: str) -> Path:
    """The older one is tested in CI too: there bb needs the libraries that the packages bring along."""
    return debian_root(roots_cache(Paths.from_environment(os.environ)), request.param, needed)


@pytest.fixture
def boot(root: Path, needed: str, tmp_path: Path) -> Boot:
    @contextmanager
    def booted() -> Iterator[DebianMachine]:
        folder = tmp_path / "machine"
        folder.mkdir(exist_ok=True)
        with debian_machine(root, folder) as machine:
            machine.apt("satisfy", needed)
            machine.add_user("ana")
            yield machine

    return booted
