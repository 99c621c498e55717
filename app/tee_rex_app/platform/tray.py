"""The tray: progress while the window is hidden, a menu, and what closing the window means."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtDBus import QDBusConnection
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from tee_rex.settings.file import ProverSpeed
from tee_rex_app.model.state import Page, State
from tee_rex_app.platform.progress import RunProgress
from tee_rex_app.platform.remembered import Remembered
from tee_rex_app.text import labels
from tee_rex_app.ui.dialogs.tray_dialog import TrayDialog
from tee_rex_app.ui.icon import FRAMES, tray_icon
from tee_rex_app.ui.main_window import MainWindow

_LOOK_MS = 1_000
_SECONDS_FOR_PANEL = 10
"""At login, a panel may start later than the applications."""
_WATCHER = "org.kde.StatusNotifierWatcher"


class Tray(QObject):
    """The icon, while *Keep TEE-Rex in the tray* is on and the desktop shows such icons.

    Closing the window then hides it; the first time, a dialog says so. Where a panel comes late, or goes
    away, a hidden window appears minimised after some seconds: the application can always be reached.
    """

    def __init__(
        self,
        window: MainWindow,
        progress: RunProgress,
        remembered: Remembered,
        available: Callable[[bool], bool],
    ) -> None:
        """available: whether the desktop shows tray icons, as :func:`tray_available`."""
        super().__init__(window)
        self._window = window
        self._remembered = remembered
        self._available = available
        self._progress = progress
        self._seconds_lost = 0
        self._drawn: tuple[int | None, bool] | None = None
        self.icon: QSystemTrayIcon | None = None
        self.dialog: TrayDialog | None = None
        self._make_menu()
        progress.changed.connect(lambda _progress: self._show())
        window.store.changed.connect(self._see)
        window.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self, *, hidden: bool) -> None:
        """Show the window, or only the icon. hidden: at login; without a tray, minimised."""
        if not hidden:
            self._window.show()
        self._look()
        self._timer.start()

    @property
    def visible(self) -> bool:
        """Whether the icon is shown."""
        return self.icon is not None and self.icon.isVisible()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Hide the window instead of closing it."""
        del watched
        if event.type() is not QEvent.Type.Close or self._window.ended or not self.visible:
            return False
        event.ignore()
        if self._remembered.tray_explained:
            self._window.hide()
        elif self.dialog is None:
            self._explain()
        return True

    def _explain(self) -> None:
        websites = self._window.store.state.settings.let_websites_prove.value
        self.dialog = TrayDialog(self._window, websites=websites)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.accepted.connect(self._explained)
        self.dialog.quit_chosen.connect(self._window.quit)
        self.dialog.finished.connect(self._answered)
        self.dialog.open()

    def _explained(self) -> None:
        self._remembered.remember_tray_explained()
        self._window.hide()

    def _answered(self) -> None:
        self.dialog = None

    def _make_menu(self) -> None:
        window, intents = self._window, self._window.intents
        self.menu = QMenu()
        self._status = QAction(self.menu)
        self._status.setEnabled(False)
        opens = self._action(self.tr("Open TEE-Rex"), self._present)
        self._pause = self._action(self.tr("Pause proving for sites"), intents.pause_sites)
        self._pause.setCheckable(True)
        speeds = QMenu(self.tr("Prover speed"), self.menu)
        group = QActionGroup(speeds)
        self._speeds: dict[ProverSpeed, QAction] = {}
        for speed in ProverSpeed:
            action = self._action(labels.speed_name(speed), partial(self._choose, speed))
            action.setCheckable(True)
            group.addAction(action)
            speeds.addAction(action)
            self._speeds[speed] = action
        sites = self._action(self.tr("Sites"), self._open_sites)
        end = self._action(self.tr("Quit"), window.quit)
        self.menu.addActions([self._status, opens])
        self.menu.addSeparator()
        self.menu.addAction(self._pause)
        self.menu.addMenu(speeds)
        self.menu.addAction(sites)
        self.menu.addSeparator()
        self.menu.addAction(end)

    def _action(self, title: str, act: Callable[..., object]) -> QAction:
        action = QAction(title, self.menu)
        action.triggered.connect(act)
        return action

    def _choose(self, speed: ProverSpeed, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
        self._window.intents.choose_speed(speed)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On macOS a click opens the menu, too.
        if reason is QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self._present()

    def _present(self) -> None:
        self._window.present()

    def _open_sites(self) -> None:
        self._window.intents.open_page(Page.SITES)
        self._present()

    def _look(self) -> None:
        """Follow the panel, which comes and goes."""
        store = self._window.store
        keeps = store.state.settings.keep_in_tray.value
        hidden = not self._window.isVisible() and not self._window.ended
        patient = hidden and keeps and self.icon is None and self._seconds_lost < _SECONDS_FOR_PANEL
        available = self._available(patient)
        if available is not store.state.tray:
            store.update(tray=available)
        self._see(store.state)
        lost = hidden and not self.visible
        self._seconds_lost = self._seconds_lost + 1 if lost else 0
        if lost and (self._seconds_lost > _SECONDS_FOR_PANEL or not keeps):
            self._window.showMinimized()

    def _see(self, state: State) -> None:
        shown = state.tray and state.settings.keep_in_tray.value
        if shown and self.icon is None:
            self.icon = QSystemTrayIcon(self)
            self.icon.setContextMenu(self.menu)
            self.icon.activated.connect(self._activated)
        self._pause.setVisible(state.settings.let_websites_prove.value)
        self._pause.setChecked(state.sites_paused)
        self._speeds[state.settings.prover_speed.value].setChecked(True)
        self._show()
        if self.icon is not None and self.icon.isVisible() is not shown:
            self.icon.setVisible(shown)

    def _show(self) -> None:
        state, progress = self._window.store.state, self._progress.shown
        paused = state.sites_paused and state.settings.let_websites_prove.value
        words = ""
        if progress.percent is not None:
            words = self.tr("Proving · about {percent} %").format(percent=progress.percent)
        elif progress.preparing:
            words = self.tr("Preparing a proof")
        elif progress.running:
            words = self.tr("Proving")
        elif paused:
            words = self.tr("Proving for sites is paused")
        self._status.setText(words)
        self._status.setVisible(bool(words))
        if self.icon is None:
            return
        frame = progress.percent * FRAMES // 100 if progress.percent is not None else None
        if self._drawn != (frame, paused):
            self._drawn = frame, paused
            self.icon.setIcon(tray_icon(frame, paused=paused))
        self.icon.setToolTip(f"TEE-Rex · {words}" if words else "TEE-Rex")


def tray_available(connection: QDBusConnection, patient: bool) -> bool:  # noqa: FBT001  # partial's
    """Whether the desktop shows tray icons.

    Qt decides between its two protocols when it is asked first. patient: it is not asked yet unless the
    watcher of the newer one is there, which may come later than an application that starts at login.
    """
    if patient and connection.isConnected():
        registered: object = connection.interface().isServiceRegistered(_WATCHER).value()
        if not registered:
            return False
    return QSystemTrayIcon.isSystemTrayAvailable()
