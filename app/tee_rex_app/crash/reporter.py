"""From an unhandled exception in any thread to the one window that shows it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from tee_rex_app.crash.report import Failure, crash_report
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.ui.dialogs.crash_window import CrashWindow


class CrashReporter(QObject):
    """Logs failures and shows them, one window at a time.

    Signals: quit_asked when the user quits after a failure.
    """

    quit_asked = Signal()
    _failed = Signal(object)

    def __init__(
        self, log: EventLog, now: Callable[[], datetime], show_in_folder: Callable[[Path], object]
    ) -> None:
        super().__init__()
        self._show_in_folder = show_in_folder
        self._log = log
        self._now = now
        self.window: CrashWindow | None = None
        self._known: set[tuple[str, str]] = set()
        self._failed.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def report(self, error: BaseException) -> None:
        """Log a failure and show it soon. Thread-safe; never raises."""
        failure = self._noted(error)
        self._failed.emit(failure)

    def report_before_the_loop(self, error: BaseException) -> None:
        """Show a failure that keeps the application from starting; return when it is closed."""
        failure = self._noted(error)
        window = CrashWindow(self._text(failure), can_continue=False)
        window.file_asked.connect(self._show_in_folder)
        window.exec()

    def on_loop_error(self, context: dict[str, object]) -> None:
        """An asyncio exception handler."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report(error)
        else:
            self._log.write(
                Level.WARNING, "library.message", library="asyncio", message=context.get("message")
            )

    def _noted(self, error: BaseException) -> Failure:
        failure = Failure.of(error)
        self._log.write(Level.ERROR, "app.crash", error=failure.kind, place=failure.place)
        if sys.stderr is not None:  # None without a console
            with suppress(OSError, ValueError):  # the terminal may be gone
                sys.stderr.write("\n".join(("TEE-Rex failed:", *failure.steps, "")))
        return failure

    def _text(self, failure: Failure) -> str:
        return crash_report(failure, self._now(), self._log.entries())

    def _show(self, failure: Failure) -> None:
        if self.window is not None:
            self.window.count_another()
            return
        signature = (failure.kind, failure.place)
        if signature in self._known:  # the user continued after this failure
            return
        self._known.add(signature)
        self.window = CrashWindow(self._text(failure), can_continue=True)
        self.window.finished.connect(self._closed)
        self.window.quit_chosen.connect(self.quit_asked)
        self.window.file_asked.connect(self._show_in_folder)
        self.window.show()
        self.window.raise_()

    def _closed(self) -> None:
        if self.window is not None:
            self.window.deleteLater()
            self.window = None
