"""The end of the application that the system asks for: its Quit menu, and the end of the user's session."""

from __future__ import annotations

import sys
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication

from tee_rex_app.ui.main_window import MainWindow


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

    def event(self, event: QEvent) -> bool:
        """Turn QEvent.Quit into the signal."""
        if event.type() is QEvent.Type.Quit:
            self.end_asked.emit()
            return True
        return super().event(event)


class SessionEnd(QObject):
    """Asks before a session ends, where the system lets an application ask, and ends with it.

    X11 with a session manager and Windows ask before they end anything; macOS quits applications one by one
    and keeps the session if one refuses. Wayland only sends SIGTERM.
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
