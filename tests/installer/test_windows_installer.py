"""The installer for Windows, as far as it can be tried without Windows: it is made, and what it removes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from windows.uninstall_list import commands

ROOT = Path(__file__).parents[2]


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    folder = tmp_path / "tee-rex-app"
    (folder / "_internal" / "deep").mkdir(parents=True)
    for name in ("tee-rex.exe", "tee-rex-app.exe", "_internal/library.dll", "_internal/deep/$text.txt"):
        (folder / name).write_text(name)
    return folder


def test_every_file_is_removed_by_its_name_and_only_empty_folders(frozen: Path) -> None:
    assert commands(frozen) == [
        'Delete "$INSTDIR\\_internal\\deep\\$$text.txt"',
        'Delete "$INSTDIR\\_internal\\library.dll"',
        'Delete "$INSTDIR\\tee-rex-app.exe"',
        'Delete "$INSTDIR\\tee-rex.exe"',
        'RMDir "$INSTDIR\\_internal\\deep"',
        'RMDir "$INSTDIR\\_internal"',
    ]
    assert not any("/r" in line for line in commands(frozen))


@pytest.mark.integration
def test_the_installer_is_made(frozen: Path, tmp_path: Path) -> None:
    subprocess.run(
        [ROOT / "installer" / "windows" / "installer.sh", frozen, tmp_path / "out"],
        env={**os.environ, "VERSION": "0.2.0"},
        check=True,
        capture_output=True,
    )
    made = (tmp_path / "out" / "tee-rex-0.2.0-amd64-windows.exe").read_bytes()
    assert made.startswith(b"MZ")
    assert b"NullsoftInst" in made
