"""Notifications that a long proof has ended, or a website asks, while the window is not in use."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QProcess
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCall, QDBusPendingCallWatcher
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from tee_rex_app.model.runs import FlowState, RunStage, RunState
from tee_rex_app.model.sites import SiteQuestion
from tee_rex_app.model.state import State, Store
from tee_rex_app.text.flow_labels import flow_title
from tee_rex_app.text.formats import seconds
from tee_rex_app.text.labels import mode_name, source_name
from tee_rex_app.text.translation import tr

LONG_SECONDS = 10.0
"""Seconds; shorter runs need no notification."""
_ID = "proof-ended"
_PORTAL = (
    "org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Notification",
)


class Notifier(Protocol):
    """Shows desktop notifications."""

    def show(self, title: str, text: str) -> None:
        """Show a notification, replacing the last one."""

    def withdraw(self) -> None:
        """Withdraw the last notification."""


class PortalNotifier:
    """The desktop portal over D-Bus (XDG Desktop Portal, interface Notification, version 1).

    Calls are not awaited. otherwise: shows what the portal cannot, since there is none, or it refused.
    """

    def __init__(self, connection: QDBusConnection, otherwise: Notifier) -> None:
        self._connection = connection
        self._otherwise = otherwise
        self._watcher: QDBusPendingCallWatcher | None = None

    def show(self, title: str, text: str) -> None:
        """``AddNotification(s id, a{sv} notification)``."""
        if not self._connection.isConnected():
            self._otherwise.show(title, text)
            return
        call = self._call("AddNotification", _ID, {"title": title, "body": text, "priority": "normal"})
        watcher = self._watcher = QDBusPendingCallWatcher(call)
        watcher.finished.connect(lambda: self._answered(watcher, title, text))

    def withdraw(self) -> None:
        """``RemoveNotification(s id)``."""
        if self._connection.isConnected():
            self._call("RemoveNotification", _ID)
        self._otherwise.withdraw()

    def _call(self, method: str, *arguments: object) -> QDBusPendingCall:
        message = QDBusMessage.createMethodCall(*_PORTAL, method)
        message.setArguments(list(arguments))
        return self._connection.asyncCall(message)

    def _answered(self, watcher: QDBusPendingCallWatcher, title: str, text: str) -> None:
        if watcher.isError():
            self._otherwise.show(title, text)


class ProgramNotifier:
    """``notify-send``, which reaches every notification server (org.freedesktop.Notifications).

    Qt cannot make that call itself: PySide sends no unsigned integers. otherwise: shows what it cannot.
    """

    def __init__(self, otherwise: Notifier, program: str = "notify-send") -> None:
        self._otherwise = otherwise
        self._program = program
        self._process: QProcess | None = None

    def show(self, title: str, text: str) -> None:
        """Start the program and leave it to itself; servers may read the text as markup."""
        process = self._process = QProcess()
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.errorOccurred.connect(lambda _error: self._otherwise.show(title, text))
        process.finished.connect(lambda code, _status: self._ended(code, title, text))
        options = ("--app-name=TEE-Rex", "--icon=tee-rex", "--")
        process.start(self._program, [*options, title, html.escape(text, quote=False)])

    def _ended(self, code: int, title: str, text: str) -> None:
        if code != 0:  # no server
            self._otherwise.show(title, text)

    def withdraw(self) -> None:
        """Servers remove it after some seconds."""
        self._otherwise.withdraw()


class TrayNotifier:
    """A message beside the tray's icon, while that is shown: the only way on Windows and macOS."""

    def __init__(self, icon: Callable[[], QSystemTrayIcon | None]) -> None:
        self._icon = icon

    def show(self, title: str, text: str) -> None:
        """Show it for Qt's usual ten seconds."""
        icon = self._icon()
        if icon is not None and icon.isVisible():
            icon.showMessage(title, text, icon.icon())

    def withdraw(self) -> None:
        """Qt cannot."""


def desktop_notifier(
    platform: str, connection: QDBusConnection, icon: Callable[[], QSystemTrayIcon | None]
) -> Notifier:
    """Every way that a platform, named as in ``sys.platform``, has, the best first."""
    tray = TrayNotifier(icon)
    return PortalNotifier(connection, ProgramNotifier(tray)) if platform == "linux" else tray


class StateNotifier(QObject):
    """Notifies when a proof or flow ends, or a website asks to prove, while no window is active."""

    def __init__(self, window: QWidget, store: Store, notifier: Notifier, clock: Callable[[], float]) -> None:
        super().__init__(window)
        self._window = window
        self._notifier = notifier
        self._clock = clock
        self._running: RunState | FlowState | None = None
        self._question: SiteQuestion | None = None
        self._shown = False
        store.changed.connect(self._see)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Withdraw the notification when the window is activated."""
        del watched
        if event.type() is QEvent.Type.WindowActivate:
            self._withdraw()
        return False

    def _see(self, state: State) -> None:
        self._see_question(state.sites.question)
        run, before = state.last_run, self._running
        self._running = run if run is not None and run.active else None
        if before is None or run is None or run.active or run.stage is RunStage.CANCELLED:
            return
        if run.started != before.started:  # the one before, because no run came of this one
            return
        lasted = (run.ended or self._clock()) - run.started
        if lasted >= LONG_SECONDS and not self._in_use():
            self._notify(*_words(run, lasted))

    def _see_question(self, question: SiteQuestion | None) -> None:
        before, self._question = self._question, question
        if question is before:
            return
        if question is None:
            self._withdraw()
        elif not self._in_use():
            self._notify(tr("A website asks to prove"), str(question.origin))

    def _notify(self, title: str, text: str) -> None:
        self._shown = True
        self._notifier.show(title, text)
        QApplication.alert(self._window)

    def _withdraw(self) -> None:
        if self._shown:
            self._shown = False
            self._notifier.withdraw()

    def _in_use(self) -> bool:
        return self._window.isVisible() and not self._window.isMinimized() and self._window.isActiveWindow()


def _words(run: RunState | FlowState, lasted: float) -> tuple[str, str]:
    time = seconds(lasted * 1000)
    if isinstance(run, FlowState):
        return flow_title(run), f"{mode_name(run.mode)} · {time}"
    report = run.report
    if run.stage is RunStage.FAILED or report is None:
        title = tr("The proof failed")
    elif report.verified:
        title = tr("Proof generated and verified")
    else:
        title = tr("Proof generated, not verified here")
    return title, f"{source_name(run.source)} · {mode_name(run.mode)} · {time}"
