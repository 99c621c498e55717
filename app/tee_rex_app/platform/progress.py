"""The progress of a run where it is seen without the window: its title, the task bar, the tray."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtWidgets import QWidget

from tee_rex_app.model.expected_times import share_done
from tee_rex_app.model.state import State, Store
from tee_rex_app.text.translation import tr

_LOOK_MS = 500
_MOST = 99
"""Percent, while it still runs."""
_ENTRY = "application://tee-rex.desktop"
_LAUNCHER = ("/org/tee_rex/launcher", "com.canonical.Unity.LauncherEntry", "Update")


@dataclass(frozen=True, slots=True)
class Progress:
    """Whether something runs, and its estimated percentage; None while that is unknown.

    preparing: what runs has not begun to prove.
    """

    running: bool = False
    percent: int | None = None
    preparing: bool = False


class RunProgress(QObject):
    """Follows the run; a percentage never goes back within one.

    Signals: changed with a Progress.
    """

    changed = Signal(object)

    def __init__(self, window: QWidget, store: Store, clock: Callable[[], float]) -> None:
        super().__init__(window)
        self._window = window
        self._store = store
        self._clock = clock
        self._started: float | None = None
        self.shown = Progress()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(lambda: self._see(store.state))
        store.changed.connect(self._see)
        self._see(store.state)

    def _see(self, state: State) -> None:
        run = state.last_run
        now = Progress()
        if run is not None and run.active:
            share = share_done(run, self._clock())
            preparing = not share and (run.task is not None or run.current is None)
            percent = None if share is None or preparing else min(_MOST, int(100 * share))
            now = Progress(running=True, percent=percent, preparing=preparing)
            before = self.shown.percent if run.started == self._started else None
            if now.percent is not None and before is not None:
                now = replace(now, percent=max(before, now.percent))
            self._started = run.started
        if now.running is not self._timer.isActive():
            (self._timer.start if now.running else self._timer.stop)()
        if now != self.shown:
            self.shown = now
            self._window.setWindowTitle(_title(now))
            self.changed.emit(now)


class LauncherEntry:
    """Progress on the application's icon in the docks that know Unity's launcher interface.

    They are Ubuntu's, KDE's, Dash to Dock, Plank; others ignore the signal. Windows and macOS show the
    window's title alone: Qt 6 has no progress in the task bar or dock.
    """

    def __init__(self, connection: QDBusConnection) -> None:
        self._connection = connection

    def show(self, progress: Progress) -> None:
        """``Update(s application, a{sv} properties)``."""
        if not self._connection.isConnected():
            return
        message = QDBusMessage.createSignal(*_LAUNCHER)
        share = (progress.percent or 0) / 100
        message.setArguments([_ENTRY, {"progress": share, "progress-visible": progress.percent is not None}])
        self._connection.send(message)


def _title(progress: Progress) -> str:
    if not progress.running:
        return "TEE-Rex"
    if progress.preparing:
        return tr("Preparing · TEE-Rex")
    if progress.percent is None:
        return tr("Proving · TEE-Rex")
    return tr("about {percent} % · TEE-Rex").format(percent=progress.percent)
