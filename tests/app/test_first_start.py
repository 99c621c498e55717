"""Starts of the real program: the first one shows the introduction, and no later one does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from support.patience import PATIENCE
from support.started_app import WATCHED, started_app
from tee_rex_app.platform.single_instance import SingleInstance

TOLD = """
from tee_rex_app import main

def told(folder, request, hand_over=main.hand_over):
    answered = hand_over(folder, request)
    print("asked", flush=True)
    return answered

main.hand_over = told
"""


@pytest.mark.integration
def test_a_start_waits_for_one_that_is_ending(qapp: QApplication, tmp_path: Path) -> None:
    ending = SingleInstance.claim(tmp_path)
    assert ending is not None
    ending.stop_listening()
    with subprocess.Popen(
        [sys.executable, "-c", TOLD + WATCHED],
        env={**os.environ, "TEE_REX_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "asked\n"
        ending.release()
        assert started.communicate(timeout=PATIENCE)[0] == "MainWindow Introduction\n"
    assert started.returncode == 0


@pytest.mark.integration
def test_the_introduction_is_shown_once(tmp_path: Path) -> None:
    assert started_app(str(tmp_path)).shown == "MainWindow Introduction"
    assert started_app(str(tmp_path)).shown == "MainWindow"


@pytest.mark.integration
def test_it_is_not_shown_to_those_who_know_the_window(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "window.ini").write_text("[General]\ngeometry=@ByteArray()\n")
    assert started_app(str(tmp_path)).shown == "MainWindow"


@pytest.mark.integration
def test_a_file_to_prove_comes_first(tmp_path: Path) -> None:
    steps = tmp_path / "steps.msgpack"
    steps.write_bytes(b"")
    assert started_app(str(tmp_path / "home"), str(steps)).shown == "MainWindow"


@pytest.fixture
def updated(tmp_path: Path) -> Path:
    """The app in a folder whose current version has started for the first time."""
    top = tmp_path / "tee-rex"
    for version in ("0.1.0", "0.2.0"):
        (top / "versions" / version).mkdir(parents=True)
    program = top / "versions" / "0.2.0" / "tee-rex-app"
    program.touch()
    (top / "current").symlink_to("versions/0.2.0")
    (top / "previous").symlink_to("versions/0.1.0")
    return program


def as_started_by_its_script(program: Path, app: str = WATCHED) -> str:
    """What installer/start-current.sh and a frozen program change."""
    tried = program.parents[2] / "tried"
    return (
        f"import os, sys; os.symlink(str(os.getpid()), {str(tried)!r})\n"
        f"sys.frozen, sys.executable = True, {str(program)!r}\n{app}"
    )


@pytest.mark.integration
def test_an_update_that_shows_its_window_stays(updated: Path, tmp_path: Path) -> None:
    started_app(str(tmp_path / "home"), program=as_started_by_its_script(updated))
    assert {path.name for path in updated.parents[2].iterdir()} == {".links.lock", "current", "versions"}


@pytest.mark.integration
def test_an_update_is_not_judged_by_a_start_beside_the_app_that_runs(
    qapp: QApplication, updated: Path, tmp_path: Path
) -> None:
    running = SingleInstance.claim(tmp_path / "home")
    assert running is not None
    started_app(str(tmp_path / "home"), "--hidden", program=as_started_by_its_script(updated))
    running.release()
    assert {path.name for path in updated.parents[2].iterdir()} == {"current", "previous", "versions"}


@pytest.mark.integration
@pytest.mark.parametrize("argument", ["--version", "--nonsense"])
def test_an_update_is_not_judged_by_a_start_that_shows_no_window(updated: Path, argument: str) -> None:
    program = as_started_by_its_script(updated, "from tee_rex_app.main import main\nmain()\n")
    subprocess.run([sys.executable, "-c", program, argument], capture_output=True, check=False)
    assert {path.name for path in updated.parents[2].iterdir()} == {"current", "previous", "versions"}
