"""What is remembered between starts: the mode, folders, recent files; damaged content is harmless."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel

from support.app_window import App, RunApp, serving
from support.nitro_fake import PRODUCTION_PCRS
from support.scripted_server import ScriptedServer
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.platform.remembered import FILE_NAME, RECENT_FILES, Remembered
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_open, ask_to_save

AWAY = {"PROVER_URL": "http://127.0.0.1:9"}


def chosen(app: App) -> ProvingMode:
    return app.application.store.state.mode


def test_nothing_is_remembered_at_first(tmp_path: Path) -> None:
    fresh = Remembered(tmp_path / "config")
    assert (fresh.geometry, fresh.zoom, fresh.mode, fresh.recent_files) == (None, None, None, ())
    assert not fresh.tray_explained
    assert fresh.folder("*.csv") is None
    assert not (tmp_path / "config").exists()


def test_paths_of_any_name_come_back(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path)
    names = (b"/tmp/a b%20.msgpack", "/tmp/año\n100%,;=.msgpack".encode(), b"/tmp/latin-\xff.msgpack")
    paths = tuple(Path(os.fsdecode(name)) for name in names)
    remembered.recent_files = (*paths, *(Path(f"/{number}") for number in range(20)))
    assert Remembered(tmp_path).recent_files[:3] == paths
    assert len(Remembered(tmp_path).recent_files) == RECENT_FILES
    for kind in ("*.msgpack", "bb *.tar.gz *.tgz", ""):
        remembered.remember_folder(kind, paths[1].parent / kind)
        assert Remembered(tmp_path).folder(kind) == paths[1].parent / kind


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"[General]\nmode=everywhere\nzoom=\xff\nrecent-files=%ff%00, relative, /a\ngeometry=x",
        b"[General]\nrecent-files=@Invalid()\nmode=@ByteArray(local)",
        b"[folders]\n%2A.csv=@Size(1 2)",
    ],
)
def test_damaged_content_is_harmless(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    remembered = Remembered(tmp_path)
    assert (remembered.mode, remembered.geometry, remembered.zoom) == (None, None, None)
    assert remembered.recent_files == ()
    assert remembered.folder("*.csv") is None


def test_the_chosen_mode_is_that_of_the_next_start(run_app: RunApp, tmp_path: Path) -> None:
    async def choose(app: App) -> None:
        app.application.intents.choose_mode(ProvingMode.REMOTE)

    async def again(app: App) -> None:
        assert chosen(app) is ProvingMode.REMOTE
        assert app.window.prove.modes.cards[ProvingMode.REMOTE].isChecked()

    async def locked(app: App) -> None:
        assert chosen(app) is ProvingMode.LOCAL
        assert app.application.store.state.notice is None

    run_app(tmp_path, choose, environ=AWAY)
    run_app(tmp_path, again, environ=AWAY)
    run_app(tmp_path, locked)
    run_app(tmp_path, again, environ=AWAY)  # that it was locked changes nothing


@pytest.mark.integration
def test_a_tee_is_chosen_again_once_it_is_attested(
    run_app: RunApp, tmp_path: Path, enclave: ScriptedServer
) -> None:
    async def choose(app: App) -> None:
        await app.until(lambda: app.lock(ProvingMode.TEE) is None)
        app.application.intents.choose_mode(ProvingMode.TEE)

    async def again(app: App) -> None:
        assert chosen(app) is ProvingMode.LOCAL
        await app.until(lambda: app.lock(ProvingMode.TEE) is None)
        assert chosen(app) is ProvingMode.TEE

    async def meanwhile(app: App) -> None:
        app.application.intents.choose_mode(ProvingMode.LOCAL)
        await app.until(lambda: app.lock(ProvingMode.TEE) is None)
        assert chosen(app) is ProvingMode.LOCAL
        app.application.intents.choose_mode(ProvingMode.TEE)

    async def late(app: App) -> None:
        await app.until(lambda: app.status(ServiceName.TEE) is ServiceStatus.REFUSED)
        enclave.attested.clear()
        app.application.intents.check_service(ServiceName.TEE)
        await app.until(lambda: app.lock(ProvingMode.TEE) is None)
        assert chosen(app) is ProvingMode.LOCAL  # nothing changes by itself later

    for act in (choose, again, meanwhile, again):
        run_app(tmp_path, act, serving=serving(enclave, "TEE_URL"), nitro=enclave.nitro)
    enclave.attested["pcrs"] = {**PRODUCTION_PCRS, 0: bytes([7]) * 48}
    run_app(tmp_path, late, serving=serving(enclave, "TEE_URL"), nitro=enclave.nitro)


class Dialogs:
    """In place of Qt's file dialogs: where each began; each answers with ``answer``."""

    def __init__(self) -> None:
        self.answer = ""
        self.begun: list[str] = []

    def ask(self, _parent: object, _title: str, begin: str, _kinds: str) -> tuple[str, str]:
        self.begun.append(begin)
        return self.answer, ""


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> Dialogs:
    made = Dialogs()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", made.ask)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", made.ask)
    return made


def test_each_kind_of_dialog_begins_where_it_ended(run_app: RunApp, tmp_path: Path, dialogs: Dialogs) -> None:
    steps, exports = "Execution steps (*.msgpack);;All files (*)", "Table (*.csv)"

    async def first(app: App) -> None:
        dialogs.answer = "/data/steps/a.msgpack"
        assert ask_to_open(app.window.prove, "", steps) == Path(dialogs.answer)
        dialogs.answer = "/data/exports/runs.csv"
        dialog = QDialog(app.window)
        inner = QLabel(dialog)
        assert ask_to_save(inner, "", "runs.csv", exports) == Path(dialogs.answer)
        dialogs.answer = ""
        assert ask_to_open(inner, "", steps) is None

    async def second(app: App) -> None:
        ask_to_open(app.window, "", steps)
        ask_to_save(app.window, "", "other.csv", exports)
        ask_to_save(app.window, "", "report.zip", "Archive (*.zip)")

    run_app(tmp_path, first)
    assert dialogs.begun == ["", "runs.csv", "/data/steps"]
    dialogs.begun.clear()
    run_app(tmp_path, second)
    assert dialogs.begun == ["/data/steps", "/data/exports/other.csv", "report.zip"]


def test_a_dialog_without_a_window_remembers_nothing(qtbot: object, dialogs: Dialogs) -> None:
    del qtbot
    dialogs.answer = "/data/report.txt"
    alone = QDialog()
    assert ask_to_save(alone, "", "report.txt", "Text (*.txt)") == Path("/data/report.txt")
    assert dialogs.begun == ["report.txt"]
    alone.deleteLater()
    QTest.qWait(0)
