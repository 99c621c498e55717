"""Crashes of native code (Qt, a driver), which no exception tells of: Python's faulthandler into a file."""

from __future__ import annotations

import faulthandler
import os
from io import FileIO
from pathlib import Path

from tee_rex_app.log.log_file import private_folder

FILE_NAME = "native-crash.txt"
KEPT_NAME = "native-crash-last-time.txt"
MAX_READ = 64 * 1024


class NativeCrashFile:
    """The file that the traces of a native crash go to; names of functions and files, no values."""

    def __init__(self, folder: Path) -> None:
        """Look for what the last session left, then take new traces. Raises OSError."""
        private_folder(folder)
        self.kept = folder / KEPT_NAME
        path = folder / FILE_NAME
        self.happened_last_time = _has_content(path)
        if self.happened_last_time:
            path.replace(self.kept)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = FileIO(descriptor, "w")
        faulthandler.enable(self._file)

    def close(self) -> None:
        """Give the file back; crashes go to the standard error output again."""
        faulthandler.disable()
        self._file.close()


def kept_traces(folder: Path) -> str:
    """The traces that the last native crash left, or nothing."""
    try:
        with (folder / KEPT_NAME).open("rb") as stream:
            return stream.read(MAX_READ).decode(errors="replace")
    except OSError:
        return ""


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
