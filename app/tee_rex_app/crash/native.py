"""Crashes of native code (Qt, a driver), which raise no exception: Python's faulthandler writes a file."""

from __future__ import annotations

import faulthandler
import os
from io import FileIO
from pathlib import Path

from tee_rex.system.files import open_regular
from tee_rex_app.log.log_file import open_private, private_folder

FILE_NAME = "native-crash.txt"
KEPT_NAME = "native-crash-last-time.txt"
MAX_READ = 64 * 1024


class NativeCrashFile:
    """The file for stack traces of a native crash; it contains names of functions and files, no values."""

    def __init__(self, folder: Path) -> None:
        """Keep the traces of the last session, then enable new ones. Raises OSError."""
        private_folder(folder)
        self.kept = folder / KEPT_NAME
        path = folder / FILE_NAME
        self.happened_last_time = _has_content(path)
        if self.happened_last_time:
            path.replace(self.kept)
        self._file = FileIO(open_private(path, os.O_TRUNC), "w")
        faulthandler.enable(self._file)

    def close(self) -> None:
        """Close the file; crashes go to standard error again."""
        faulthandler.disable()
        self._file.close()


def kept_traces(folder: Path) -> str:
    """The stack traces of the last native crash, or empty."""
    try:
        with open_regular(folder / KEPT_NAME) as stream:
            return stream.read(MAX_READ).decode(errors="replace")
    except OSError:
        return ""


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
