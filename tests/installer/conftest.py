"""One build of the frozen programs, and of their packages, for all tests of a session."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from support.building import PACKAGED_VERSION, ROOT, run


@pytest.fixture(scope="session")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with tee-rex and tee-rex-app."""
    folder = tmp_path_factory.mktemp("frozen")
    places = ("--distpath", folder / "dist", "--workpath", folder / "build")
    spec = ROOT / "installer" / "tee-rex.spec"
    run(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, spec)
    return folder / "dist"


@pytest.fixture(scope="session")
def packages(frozen: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the packages of the frozen app."""
    folder = tmp_path_factory.mktemp("packages")
    given = ("--frozen", frozen / "tee-rex-app", "--version", PACKAGED_VERSION, "--level", "0")
    run(
        "env",
        f"PYTHONPATH={ROOT / 'tools'}",
        sys.executable,
        ROOT / "installer" / "package.py",
        folder,
        *given,
    )
    return folder
