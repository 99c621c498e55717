"""The end of the application that the system asks for: its Quit menu, and the end of the user's session."""

from __future__ import annotations

import os
import sys
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCallWatcher,
    QDBusUnixFileDescriptor,
)
from PySide6.QtWidgets import QApplication

from tee_rex_app.platform.progress import Progress
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.accessible import give_roles
from tee_rex_app.ui.main_window import MainWindow

_LOGIND = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")


class SessionManager(Protocol):
    """What is used of Qt's QSessionManager."""

    def allowsInteraction(self) -> bool:  # noqa: N802  # Qt's name
        """Ask to show a dialog now; other applications may have theirs first."""

    def cancel(self) -> None:
        """Keep the session."""

    def release(self) -> None:
        """End the permission to show a dialog."""


class DesktopApplication(QApplication):
    """Qt's application, which leaves the end to :class:`SessionEnd`: Qt would stop its loop at once.

    Signals: end_asked: macOS's Quit; elsewhere the session has ended.
    """

    end_asked = Signal()

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        give_roles()

    def event(self, event: QEvent) -> bool:
        """Turn QEvent.Quit into the signal."""
        if event.type() is QEvent.Type.Quit:
            self.end_asked.emit()
            return True
        return super().event(event)


class SessionEnd(QObject):
    """Asks before a session ends, where the system lets an application ask, and ends with it.

    Windows asks before it ends anything; macOS quits applications one by one, and keeps the session if one
    refuses. On Linux the session only sends SIGTERM: PySide's Qt is built without X11's session management,
    and Wayland has none. There :class:`ShutdownInhibitor` delays at least the end of the system.
    """

    def __init__(self, qt: DesktopApplication, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        qt.end_asked.connect(window.quit if sys.platform == "darwin" else window.end)
        qt.commitDataRequest.connect(self.ask)

    def ask(self, manager: SessionManager) -> None:
        """Let the user keep the session while something would be lost."""
        if not self._window.unfinished() or not manager.allowsInteraction():
            return
        if not self._window.asks_to_end():
            manager.cancel()
        manager.release()


class ShutdownInhibitor:
    """Lets Linux ask before it shuts down while something runs (systemd-logind, ``Inhibit``, mode block).

    The desktop's dialog then names the application and the reason, and offers to shut down all the same.
    Logging out is not delayed.
    """

    def __init__(self, connection: QDBusConnection) -> None:
        """connection: of the system's bus; nothing happens without it."""
        self._connection = connection
        self._running = False
        self._watcher: QDBusPendingCallWatcher | None = None
        self._lock: int | None = None

    def show(self, progress: Progress) -> None:
        """Inhibit from the start of a run to its end."""
        if progress.running is self._running or not self._connection.isConnected():
            return
        self._running = progress.running
        if self._running:
            message = QDBusMessage.createMethodCall(*_LOGIND, "Inhibit")
            message.setArguments(["shutdown", "TEE-Rex", tr("A proof is running"), "block"])
            self._watcher = QDBusPendingCallWatcher(self._connection.asyncCall(message))
            self._watcher.finished.connect(self._answered)
        elif self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _answered(self) -> None:
        """Keep the descriptor of the reply, which is the lock, unless the run has ended since."""
        watcher, self._watcher = self._watcher, None
        if watcher is None or watcher.isError():
            return
        descriptor = watcher.reply().arguments()[0]
        if self._running and isinstance(descriptor, QDBusUnixFileDescriptor):
            self._lock = os.dup(descriptor.fileDescriptor())
