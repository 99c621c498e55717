"""The window's geometry across restarts, crashes and changes of screens."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from tee_rex_app.platform.remembered import Remembered
from tee_rex_app.ui.theme import Theme

_PAUSE_MS = 500


class WindowPlace(QObject):
    """Saves a window's size, position and whether it is maximised, half a second after each change.

    Other things that are remembered of a window are saved at once.
    """

    def __init__(self, window: QMainWindow, remembered: Remembered) -> None:
        super().__init__(window)
        self._window = window
        self._remembered = remembered
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.save)
        window.installEventFilter(self)

    def restore(self) -> None:
        """Restore the geometry, on a screen that exists."""
        if (kept := self._remembered.geometry) is not None:
            self._window.restoreGeometry(kept)
        self._bring_in_sight()

    def save(self) -> None:
        """Save now."""
        self._timer.stop()
        self._remembered.geometry = self._window.saveGeometry()

    def keep_zoom(self, theme: Theme) -> None:
        """Restore the zoom, and save every change."""
        if (kept := self._remembered.zoom) is not None:
            theme.zoom_to(kept)
        theme.zoomed.connect(partial(self._save_zoom, theme))

    def _save_zoom(self, theme: Theme) -> None:
        self._remembered.zoom = theme.zoom

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Schedule a save after a change."""
        del watched
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange):
            if self._window.isVisible():
                self._timer.start()
        elif event.type() is QEvent.Type.Close:
            self.save()
        return False

    def _bring_in_sight(self) -> None:
        """Keep the middle of its title bar reachable, and the window no larger than its screen."""
        frame = self._window.frameGeometry()
        grip = frame.topLeft() + (frame.topRight() - frame.topLeft()) / 2
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        if any(screen.contains(grip) for screen in screens) or not screens:
            return
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self._window.resize(frame.size().boundedTo(screen.size()).expandedTo(self._window.minimumSize()))
        self._window.move(screen.center() - self._window.rect().center())
