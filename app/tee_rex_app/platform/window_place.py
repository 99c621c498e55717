"""The window's geometry across restarts, crashes and changes of screens."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from tee_rex.system.files import open_regular
from tee_rex_app.ui.theme import Theme

FILE_NAME = "window.ini"
_PAUSE_MS = 500
_GEOMETRY = "geometry"
_TRAY_EXPLAINED = "tray-explained"
_ZOOM = "zoom"
_INTRODUCED = "introduced"


class WindowPlace(QObject):
    """Saves a window's size, position and whether it is maximised, half a second after each change.

    Other things that are remembered of a window are saved at once.
    """

    def __init__(self, window: QMainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._file = folder / FILE_NAME
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.save)
        window.installEventFilter(self)

    def restore(self) -> None:
        """Restore the geometry, on a screen that exists."""
        settings = self._settings()
        kept = None if settings is None else settings.value(_GEOMETRY)
        if isinstance(kept, QByteArray):
            self._window.restoreGeometry(kept)
        self._bring_in_sight()

    def save(self) -> None:
        """Save now; an unwritable folder is ignored."""
        self._timer.stop()
        self._write(_GEOMETRY, self._window.saveGeometry())

    def keep_zoom(self, theme: Theme) -> None:
        """Restore the zoom, and save every change."""
        settings = self._settings()
        kept = "" if settings is None else str(settings.value(_ZOOM))
        if kept.isdecimal():
            theme.zoom_to(int(kept[:4]))
        theme.zoomed.connect(lambda: self._write(_ZOOM, str(theme.zoom)))

    @property
    def tray_explained(self) -> bool:
        """Whether the user has been told what closing the window means while there is a tray."""
        settings = self._settings()
        return settings is not None and settings.value(_TRAY_EXPLAINED) == "true"

    def remember_tray_explained(self) -> None:
        """Keep it; an unwritable folder is ignored."""
        self._write(_TRAY_EXPLAINED, "true")

    @property
    def introduced(self) -> bool:
        """Whether the user has seen the introduction, or used a release that had none."""
        settings = self._settings()
        return settings is None or settings.value(_INTRODUCED) == "true" or settings.contains(_GEOMETRY)

    def remember_introduced(self) -> None:
        """Keep it; an unwritable folder is ignored."""
        self._write(_INTRODUCED, "true")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Schedule a save after a change."""
        del watched
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange):
            if self._window.isVisible():
                self._timer.start()
        elif event.type() is QEvent.Type.Close:
            self.save()
        return False

    def _write(self, name: str, value: QByteArray | str) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return
        if (settings := self._settings()) is not None:
            settings.setValue(name, value)
            settings.sync()

    def _settings(self) -> QSettings | None:
        """The file; None if it cannot be read: Qt would wait for a FIFO in its place, or for its lock."""
        for file in (self._file, self._file.with_name(f"{FILE_NAME}.lock")):
            try:
                open_regular(file).close()
            except FileNotFoundError:
                continue
            except OSError:
                return None
        return QSettings(str(self._file), QSettings.Format.IniFormat)

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
