"""Showing a saved file in the desktop's file manager."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QProcess, QProcessEnvironment
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

from tee_rex.system.child_process import environment_for_programs

_FILE_MANAGER = (
    "org.freedesktop.FileManager1",
    "/org/freedesktop/FileManager1",
    "org.freedesktop.FileManager1",
)

Start: TypeAlias = Callable[[str, Sequence[str]], object]
"""Starts a program with arguments, and leaves it to itself."""


class FolderView:
    """The folder of a file, with the file selected where the desktop can.

    Linux: the desktop's file manager over D-Bus (freedesktop.org's file manager interface); where none
    answers, ``xdg-open`` shows the folder alone. macOS: Finder. Windows: Explorer.
    """

    def __init__(self, platform: str, bus: Callable[[], QDBusConnection], start: Start) -> None:
        """platform: as ``sys.platform``. bus: the session's, asked for when it is needed."""
        self._platform = platform
        self._bus = bus
        self._start = start
        self._watcher: QDBusPendingCallWatcher | None = None

    def show(self, file: Path) -> None:
        """Show it; returns at once."""
        match self._platform:
            case "darwin":
                self._start("open", ["-R", str(file)])
            case "win32":
                self._start("explorer.exe", ["/select,", str(file)])
            case _:
                self._ask_file_manager(file)

    def _ask_file_manager(self, file: Path) -> None:
        """``ShowItems(as uris, s startup_id)``."""
        connection = self._bus()
        if not connection.isConnected():
            self._open_folder(file)
            return
        message = QDBusMessage.createMethodCall(*_FILE_MANAGER, "ShowItems")
        message.setArguments([[file.absolute().as_uri()], ""])
        watcher = self._watcher = QDBusPendingCallWatcher(connection.asyncCall(message))
        watcher.finished.connect(lambda: self._answered(watcher, file))

    def _answered(self, watcher: QDBusPendingCallWatcher, file: Path) -> None:
        if watcher.isError():
            self._open_folder(file)

    def _open_folder(self, file: Path) -> None:
        self._start("xdg-open", [str(file.parent)])


def start_program(program: str, arguments: Sequence[str]) -> bool:
    """Start a program of the system and leave it to itself; return whether it exists."""
    process = QProcess()
    process.setProgram(program)
    process.setArguments(list(arguments))
    environment = QProcessEnvironment()
    for name, value in environment_for_programs(os.environ).items():
        environment.insert(name, value)
    process.setProcessEnvironment(environment)
    process.setStandardOutputFile(QProcess.nullDevice())
    process.setStandardErrorFile(QProcess.nullDevice())
    return bool(process.startDetached())  # the stubs say that it is a tuple, which it is where it is static
