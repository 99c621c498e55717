from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import ClassInfo, QEvent, QObject, Qt, Slot
from PySide6.QtDBus import QDBusConnection, QDBusServer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from support.app_runs import report
from support.app_states import running
from tee_rex_app.model.runs import RunStage
from tee_rex_app.model.state import State, Store
from tee_rex_app.platform.notifications import PortalNotifier, ProofEndNotifier


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
    ProofEndNotifier(window, store, heard, lambda: 0.0)
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
    server = QDBusServer(f"unix:tmpdir={tmp_path}")
    portal, connections = Portal(), []

    def serve(connection: QDBusConnection) -> None:
        connections.append(connection)
        everything = QDBusConnection.RegisterOption.ExportAllSlots
        assert connection.registerObject("/org/freedesktop/portal/desktop", portal, everything)

    server.newConnection.connect(serve)
    notifier = PortalNotifier(QDBusConnection.connectToPeer(server.address(), "portal"))
    qtbot.waitUntil(lambda: bool(connections))
    notifier.show("Proof generated and verified", "Sample · 16.9 s")
    notifier.withdraw()
    qtbot.waitUntil(lambda: bool(portal.removed))
    texts = {"title": "Proof generated and verified", "body": "Sample · 16.9 s", "priority": "normal"}
    assert portal.heard == [(portal.removed[0], texts)]
    QDBusConnection.disconnectFromPeer("portal")


def test_without_a_bus_nothing_happens(qapp: QApplication) -> None:
    notifier = PortalNotifier(QDBusConnection("no such connection"))
    notifier.show("title", "text")
    notifier.withdraw()
