"""FIFOs, sockets, devices and folders in place of the app's files: never waited for, never replaced, told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from support.app_window import App, RunApp
from support.patience import PATIENCE
from support.special_files import MAKERS
from tee_rex.errors import TeeRexError, UnusableEnvironmentError
from tee_rex.transaction.generations import generations
from tee_rex_app.crash.native import FILE_NAME as TRACES
from tee_rex_app.crash.native import KEPT_NAME, NativeCrashFile, kept_traces
from tee_rex_app.errors import HistoryUnusableError
from tee_rex_app.log.log_file import FILE_NAME as LOG
from tee_rex_app.log.log_file import LogFile
from tee_rex_app.platform.remembered import FILE_NAME as PLACE
from tee_rex_app.platform.remembered import Remembered
from tee_rex_app.platform.single_instance import LOCK_NAME, OpenRequest, SingleInstance, hand_over
from tee_rex_app.platform.window_place import WindowPlace
from tee_rex_app.services.files import read_file, write_file
from tee_rex_app.services.history import FILE_NAME as HISTORY
from tee_rex_app.services.history import History
from tee_rex_app.ui.dialogs.file_dialogs import save_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


WHY = "Not a regular file|Is a directory"

kinds = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: the name of a socket must be short."""
    monkeypatch.chdir(tmp_path)
    return Path()


@kinds
@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_the_history(folder: Path, make: Callable[[Path], None], suffix: str) -> None:
    make(folder / f"{HISTORY}{suffix}")
    with pytest.raises(HistoryUnusableError, match=WHY):
        History.open(folder)
    assert [path.name for path in folder.iterdir()] == [f"{HISTORY}{suffix}"]


@kinds
def test_the_lock(qapp: QApplication, folder: Path, make: Callable[[Path], None]) -> None:
    make(folder / LOCK_NAME)
    with pytest.raises(OSError, match=WHY):
        SingleInstance.claim(folder)


@kinds
@pytest.mark.parametrize("name", [PLACE, f"{PLACE}.lock"])
def test_the_windows_place(qtbot: QtBot, folder: Path, make: Callable[[Path], None], name: str) -> None:
    make(folder / name)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(400, 300)
    place = WindowPlace(window, Remembered(folder))
    place.restore()
    place.save()
    assert window.size() == QSize(400, 300)
    assert not (folder / name).is_file()


@kinds
def test_the_log_and_the_traces_of_crashes(folder: Path, make: Callable[[Path], None]) -> None:
    for name in (LOG, TRACES, KEPT_NAME):
        make(folder / name)
    with pytest.raises(OSError, match=WHY):
        LogFile(folder)
    with pytest.raises(OSError, match=WHY):
        NativeCrashFile(folder)
    assert kept_traces(folder) == ""


@kinds
def test_files_that_people_choose(folder: Path, make: Callable[[Path], None]) -> None:
    file = folder / "chosen"
    make(file)
    with pytest.raises(TeeRexError, match=WHY):
        read_file(file, 100)
    with pytest.raises(UnusableEnvironmentError, match=WHY):
        write_file(file, b"exported")
    assert not save_file(file, b"exported")
    assert [path.name for path in folder.iterdir()] == ["chosen"]
    assert not file.is_file()


@pytest.mark.parametrize("make", [MAKERS["fifo"], MAKERS["endless device"]])
def test_settings_and_known_servers(run_app: RunApp, tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "config").mkdir()
    for name in ("config/settings.toml", "known-servers.json"):
        make(tmp_path / name)

    async def act(app: App) -> None:
        assert app.problem.code == "BAD_SETTING"
        await app.settled()
        app.application.intents.forget_server("https://prover.example.org")
        await app.until(lambda: app.problem.code == "KNOWN_SERVERS_UNREADABLE")
        assert not app.application.store.state.key_remembered, "no server is configured"
        app.application.intents.use_profile(None)
        await app.until(lambda: app.problem.code == "BAD_SETTING")

    run_app(tmp_path, act)


@pytest.mark.integration
def test_the_app_starts_with_a_fifo_for_each_of_its_files(qapp: QApplication, tmp_path: Path) -> None:
    for name in (
        *("app.socket", HISTORY, "known-servers.json"),
        *{one.grumpkin.kept_as for one in generations()},
        *(f"config/{PLACE}", "config/settings.toml", f"logs/{LOG}", f"logs/{TRACES}"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        os.mkfifo(tmp_path / name)
    app = subprocess.Popen(
        [sys.executable, "-m", "tee_rex_app"],
        env={**os.environ, "TEE_REX_HOME": str(tmp_path)},
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not hand_over(tmp_path, OpenRequest()):  # its loop answers
            assert app.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        app.send_signal(signal.SIGINT)
        _, told = app.communicate(timeout=PATIENCE)
        assert app.returncode == 0, told.decode()
    finally:
        app.kill()
        app.communicate()
