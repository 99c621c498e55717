from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import ClassInfo, QEvent, QObject, Qt, Slot
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from support.app_runs import report
from support.app_states import running, site_question
from support.bus_peer import bus_peer
from tee_rex_app.model.runs import RunStage
from tee_rex_app.model.sites import SitesState
from tee_rex_app.model.state import Page, State, Store
from tee_rex_app.platform.notifications import PortalNotifier, ProgramNotifier, StateNotifier, TrayNotifier


class Heard:
    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []
        self.withdrawn = 0

    def show(self, title: str, text: str) -> None:
        self.shown.append((title, text))

    def withdraw(self) -> None:
        self.withdrawn += 1


def ended(qtbot: QtBot, *, seconds: float, minimised: bool, stage: RunStage) -> tuple[Heard, QWidget]:
    window, store, heard = QWidget(), Store(State(modes=())), Heard()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    if minimised:
        window.setWindowState(Qt.WindowState.WindowMinimized)
    StateNotifier(window, store, heard, lambda: 0.0)
    run = replace(running(), started=100.0)
    store.update(run=run)
    made = report(1.0) if stage is RunStage.DONE else None
    store.update(run=replace(run, stage=stage, ended=100.0 + seconds, report=made))
    return heard, window


def test_a_long_proof_behind_a_minimised_window_notifies(qtbot: QtBot) -> None:
    heard, window = ended(qtbot, seconds=16.9, minimised=True, stage=RunStage.DONE)
    assert heard.shown == [("Proof generated and verified", "Sample: deploy account · Local · 16.9 s")]
    QApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))
    assert heard.withdrawn == 1


def test_a_failure_is_logged_as_one(qtbot: QtBot) -> None:
    heard, _ = ended(qtbot, seconds=16.9, minimised=True, stage=RunStage.FAILED)
    assert heard.shown[0][0] == "The proof failed"


@pytest.mark.parametrize(
    ("seconds", "minimised", "stage"),
    [(16.9, False, RunStage.DONE), (3.0, True, RunStage.DONE), (16.9, True, RunStage.CANCELLED)],
)
def test_no_notification_without_need(qtbot: QtBot, seconds: float, minimised: bool, stage: RunStage) -> None:
    heard, _ = ended(qtbot, seconds=seconds, minimised=minimised, stage=stage)
    assert heard.shown == []


@pytest.mark.parametrize("minimised", [True, False])
def test_a_website_that_asks_behind_a_minimised_window_notifies(qtbot: QtBot, *, minimised: bool) -> None:
    window, store, heard = QWidget(), Store(State(modes=())), Heard()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    if minimised:
        window.setWindowState(Qt.WindowState.WindowMinimized)
    StateNotifier(window, store, heard, lambda: 0.0)
    store.update(sites=SitesState(question=site_question()))
    store.update(page=Page.HISTORY)
    shown = [("A website asks to prove", "https://app.aztec.example")] if minimised else []
    assert (heard.shown, heard.withdrawn) == (shown, 0)
    store.update(sites=SitesState())
    assert heard.withdrawn == len(shown)


@ClassInfo({"D-Bus Interface": "org.freedesktop.portal.Notification"})  # type: ignore[call-arg]
class Portal(QObject):  # type: ignore[operator]
    """The portal's interface, with the documented types."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, dict[str, str]]] = []
        self.removed: list[str] = []

    @Slot(str, "QVariantMap")
    def AddNotification(self, number: str, notification: dict[str, str]) -> None:  # noqa: N802  # D-Bus's name
        self.heard.append((number, notification))

    @Slot(str)
    def RemoveNotification(self, number: str) -> None:  # noqa: N802  # D-Bus's name
        self.removed.append(number)


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="the desktop portal is Linux's")
def test_the_portal_receives_the_documented_types(qtbot: QtBot, tmp_path: Path) -> None:
    portal = Portal()
    with bus_peer(qtbot, tmp_path, "/org/freedesktop/portal/desktop", portal) as bus:
        notifier = PortalNotifier(bus, Heard())
        notifier.show("Proof generated and verified", "Sample · 16.9 s")
        notifier.withdraw()
        qtbot.waitUntil(lambda: bool(portal.removed))
    texts = {"title": "Proof generated and verified", "body": "Sample · 16.9 s", "priority": "normal"}
    assert portal.heard == [(portal.removed[0], texts)]


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="the desktop portal is Linux's")
def test_what_the_portal_refuses_is_shown_otherwise(qtbot: QtBot, tmp_path: Path) -> None:
    heard = Heard()
    with bus_peer(qtbot, tmp_path) as bus:  # nobody has the portal's object
        PortalNotifier(bus, heard).show("title", "text")
        qtbot.waitUntil(lambda: heard.shown == [("title", "text")])


def test_without_a_bus_it_is_shown_otherwise(qapp: QApplication) -> None:
    heard = Heard()
    notifier = PortalNotifier(QDBusConnection("no such connection"), heard)
    notifier.show("title", "text")
    notifier.withdraw()
    assert heard.shown == [("title", "text")]
    assert heard.withdrawn == 1


@pytest.mark.integration
@pytest.mark.skipif(sys.platform == "win32", reason="a script is the program")
def test_the_program_gets_texts_that_are_no_markup_and_no_options(qtbot: QtBot, tmp_path: Path) -> None:
    program = tmp_path / "notify"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{tmp_path}/heard"\n')
    program.chmod(0o700)
    heard = Heard()
    ProgramNotifier(heard, str(program)).show("--title", "<b>a&b</b>")
    expected = ["--app-name=TEE-Rex", "--icon=tee-rex", "--", "--title", "&lt;b&gt;a&amp;b&lt;/b&gt;"]
    qtbot.waitUntil(lambda: (tmp_path / "heard").exists() and (tmp_path / "heard").read_text() != "")
    assert (tmp_path / "heard").read_text().splitlines() == expected
    assert heard.shown == []


@pytest.mark.parametrize("program", ["/no/such/program", "false"])
def test_what_the_program_cannot_show_is_shown_otherwise(qtbot: QtBot, program: str) -> None:
    heard = Heard()
    notifier = ProgramNotifier(heard, program)
    notifier.show("title", "text")
    qtbot.waitUntil(lambda: heard.shown == [("title", "text")])


def test_without_an_icon_there_is_no_message(qapp: QApplication) -> None:
    TrayNotifier(lambda: None).show("title", "text")
    hidden = QSystemTrayIcon()
    TrayNotifier(lambda: hidden).show("title", "text")
