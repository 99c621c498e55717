"""Notifications that a long proof has ended while the window is not in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QObject
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtWidgets import QApplication, QWidget

from tee_rex_app.model.runs import FlowState, RunStage, RunState
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

    Calls are not awaited: without a portal, nothing happens.
    """

    def __init__(self, connection: QDBusConnection) -> None:
        self._connection = connection

    def show(self, title: str, text: str) -> None:
        """``AddNotification(s id, a{sv} notification)``."""
        self._call("AddNotification", _ID, {"title": title, "body": text, "priority": "normal"})

    def withdraw(self) -> None:
        """``RemoveNotification(s id)``."""
        self._call("RemoveNotification", _ID)

    def _call(self, method: str, *arguments: object) -> None:
        if not self._connection.isConnected():
            return
        message = QDBusMessage.createMethodCall(*_PORTAL, method)
        message.setArguments(list(arguments))
        self._connection.send(message)


class ProofEndNotifier(QObject):
    """Notifies when a proof or flow ends while the window is inactive."""

    def __init__(self, window: QWidget, store: Store, notifier: Notifier, clock: Callable[[], float]) -> None:
        super().__init__(window)
        self._window = window
        self._notifier = notifier
        self._clock = clock
        self._running: RunState | FlowState | None = None
        self._shown = False
        store.changed.connect(self._see)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Withdraw the notification when the window is activated."""
        del watched
        if event.type() is QEvent.Type.WindowActivate and self._shown:
            self._shown = False
            self._notifier.withdraw()
        return False

    def _see(self, state: State) -> None:
        run, before = state.last_run, self._running
        self._running = run if run is not None and run.active else None
        if before is None or run is None or run.active or run.stage is RunStage.CANCELLED:
            return
        lasted = (run.ended or self._clock()) - run.started
        if lasted >= LONG_SECONDS and not self._in_use():
            self._shown = True
            self._notifier.show(*_words(run, lasted))
            QApplication.alert(self._window)

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
