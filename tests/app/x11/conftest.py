from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.app_window import installed_home
from support.recorded_steps import development_deployment
from support.x11_desktop import Desktop, desktop


@pytest.fixture
def plain_desktop(tmp_path: Path) -> Iterator[Desktop]:
    """A window manager alone, as on GNOME: no tray, no session bus."""
    with desktop(tmp_path) as made:
        yield made


@pytest.fixture
def tray_desktop(tmp_path: Path) -> Iterator[Desktop]:
    """With a tray and a session bus."""
    with desktop(tmp_path, tray=True, bus=True) as made:
        yield made


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with what a proof needs."""
    return installed_home(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def home(installed: Path, tmp_path: Path) -> Path:
    """A data folder of its own, whose path is short enough for sockets."""
    made = tmp_path / "h"
    shutil.copytree(installed, made, copy_function=_linked, symlinks=True)
    (made / "config").mkdir()
    return made


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """Execution steps whose proof takes some seconds."""
    file = tmp_path / "steps.msgpack"
    file.write_bytes(development_deployment())
    return file


def _linked(source: str, target: str) -> None:
    Path(target).hardlink_to(source)
