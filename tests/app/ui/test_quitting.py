"""Every way to quit asks while something would be lost, and quits at once otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from support.app_window import App, in_app
from support.recorded_steps import development_deployment
from tee_rex.settings.rules import SettingField
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Page
from tee_rex_app.platform.session_end import DesktopApplication, SessionEnd
from tee_rex_app.ui.dialogs.quit_dialog import QuitDialog, Unfinished

WAYS: dict[str, Callable[[App], object]] = {
    "window": lambda app: app.window.close(),
    "keys": lambda app: QTest.keyClick(app.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier),
    "menu": lambda app: next(a for a in app.window.page_bar.menu.actions() if a.text() == "Quit").trigger(),
}


def question(app: App) -> QuitDialog:
    assert app.window.question is not None
    return app.window.question


@pytest.mark.parametrize("way", WAYS)
@in_app(stop_at=2)
async def test_a_running_proof_is_ended_only_after_a_confirmation(app: App, way: str) -> None:
    await app.begin_sample()
    WAYS[way](app)
    assert not app.window.ended
    assert app.window.isVisible()
    question(app).stay.click()
    assert app.backend.proving == 1
    WAYS[way](app)
    question(app).quit.click()
    assert not app.window.isVisible()
    await app.until(lambda: not app.backend.proving)


@pytest.mark.parametrize("way", WAYS)
@in_app()
async def test_it_quits_at_once_when_nothing_is_lost(app: App, way: str) -> None:
    WAYS[way](app)
    assert app.window.ended
    assert app.window.question is None


@in_app(stop_at=2)
async def test_escape_and_enter_keep_it_open(app: App) -> None:
    await app.begin_sample()
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        app.window.close()
        QTest.keyClick(question(app), key)
        assert app.window.question is None
        assert not app.window.ended
    assert app.backend.proving


@in_app(stop_at=2)
async def test_the_question_is_asked_once_at_a_time(app: App) -> None:
    await app.begin_sample()
    app.window.quit()
    first = question(app)
    app.window.quit()
    assert question(app) is first


def type_a_node(app: App, text: str) -> None:
    app.application.intents.open_page(Page.SETTINGS)
    edit = app.window.settings.fields[SettingField.NODE_URL].edit
    edit.setText(text)
    edit.textEdited.emit(text)


@in_app()
async def test_unsaved_settings_can_be_saved_while_quitting(app: App, tmp_path: Path) -> None:
    type_a_node(app, "http://localhost:8080")
    app.application.intents.open_page(Page.HISTORY)
    app.window.close()
    assert not app.window.ended
    question(app).save.click()
    await app.until(lambda: app.window.ended)
    assert 'node_url = "http://localhost:8080"' in (tmp_path / "config" / "settings.toml").read_text()


@in_app()
async def test_settings_that_cannot_be_saved_do_not_quit(app: App, tmp_path: Path) -> None:
    type_a_node(app, "http://localhost:8080")
    (tmp_path / "config").write_text("a file where the folder should be")
    app.window.close()
    question(app).save.click()
    await app.until(lambda: app.application.store.state.problem)
    assert not app.window.ended
    app.application.intents.dismiss_problem()
    app.window.close()
    question(app).quit.click()
    assert app.window.ended


@in_app()
async def test_invalid_settings_can_only_be_discarded(app: App) -> None:
    type_a_node(app, "ftp://node.example.org")
    app.window.close()
    assert not question(app).save.isVisible()
    assert question(app).quit.isVisible()


@in_app()
async def test_an_installation_is_not_ended_silently(app: App) -> None:
    await app.settled()
    store = app.application.store
    store.update(setup=replace(store.state.setup, fixing=(Fix.CRS_GENUINE,)))
    assert app.window.unfinished() == (Unfinished.INSTALLATION,)
    store.update(setup=replace(store.state.setup, fixing=()))


class Manager:
    """A session manager; what was asked of it."""

    def __init__(self, *, interaction: bool) -> None:
        self.interaction = interaction
        self.heard: list[str] = []

    def allowsInteraction(self) -> bool:  # noqa: N802  # Qt's name
        self.heard.append("asked")
        return self.interaction

    def cancel(self) -> None:
        self.heard.append("cancelled")

    def release(self) -> None:
        self.heard.append("released")


@pytest.mark.parametrize(
    ("interaction", "answer", "heard"),
    [
        (True, "stay", ["asked", "cancelled", "released"]),
        (True, "quit", ["asked", "released"]),
        (False, "", ["asked"]),
    ],
)
@in_app(stop_at=2)
async def test_the_end_of_a_session_asks_where_it_may(
    app: App, interaction: bool, answer: str, heard: list[str]
) -> None:
    qt = QApplication.instance()
    assert isinstance(qt, DesktopApplication)
    session, manager = SessionEnd(qt, app.window), Manager(interaction=interaction)
    await app.begin_sample()

    def click() -> None:
        pressed = question(app).stay if answer == "stay" else question(app).quit
        pressed.click()

    def ask() -> None:  # as Qt does, outside any task
        if answer:
            QTimer.singleShot(0, click)
        session.ask(manager)

    QTimer.singleShot(0, ask)
    await app.until(lambda: manager.heard == heard)
    assert app.window.isVisible()  # the system says when
    assert app.backend.proving
    QCoreApplication.sendEvent(qt, QEvent(QEvent.Type.Quit))
    assert app.window.ended


@in_app()
async def test_the_end_of_a_session_asks_nothing_when_nothing_runs(app: App) -> None:
    qt = QApplication.instance()
    assert isinstance(qt, DesktopApplication)
    session, manager = SessionEnd(qt, app.window), Manager(interaction=True)
    session.ask(manager)
    assert manager.heard == []


@in_app(environ={"PROVER_URL": "http://127.0.0.1:9"})
async def test_files_that_were_not_proved_are_mentioned(app: App, tmp_path: Path) -> None:
    steps = tmp_path / "given.msgpack"
    steps.write_bytes(development_deployment())
    app.application.intents.choose_mode(ProvingMode.REMOTE)
    app.application.intents.open_files([steps])
    await app.until(lambda: app.application.store.state.waiting_files)
    app.window.close()
    assert not app.window.ended
    told = [words.text() for words in question(app).findChildren(QLabel)]
    assert "Files under “Not proved yet” will not be proved. The files themselves are kept." in told
    question(app).quit.click()
    assert app.window.ended
