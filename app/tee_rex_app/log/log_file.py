"""The log file: bounded, rotated, readable by its owner only, for the time after a crash."""

from __future__ import annotations

import logging
import os
import queue
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import QueueListener, RotatingFileHandler
from pathlib import Path

import platformdirs

from tee_rex.settings.paths import Paths
from tee_rex.system.files import open_regular
from tee_rex_app.log.event_log import LogEntry
from tee_rex_app.log.line import json_line

FILE_NAME = "app.log"
MAX_BYTES = 1_000_000
MAX_WAITING = 10_000
"""Entries waiting for the disk: about 3 MB of memory."""
KEPT_FILES = 3
"""Older files besides the current one: 4 MB in all, about 20,000 events."""


def log_folder(environ: Mapping[str, str]) -> Path:
    """``logs`` in ``TEE_REX_HOME``, else the platform's folder for logs."""
    if environ.get("TEE_REX_HOME"):
        return Paths.from_environment(environ).data / "logs"
    return platformdirs.user_log_path("tee-rex", appauthor=False)


def private_folder(folder: Path) -> Path:
    """Create a folder that only its owner can read. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def open_private(path: Path, flags: int) -> int:
    """Open a file to write to it, readable by its owner only, and return its descriptor.

    flags: of open(2). Raises OSError, also for a FIFO or a device in its place, which could block us.
    """
    with suppress(FileNotFoundError):
        open_regular(path).close()
    return os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)


class LogFile:
    """Writes entries in a separate thread, so that logging never waits for the disk."""

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES, kept_files: int = KEPT_FILES) -> None:
        """Open the file for appending. Raises OSError if it cannot be written."""
        self.path = private_folder(folder) / FILE_NAME
        self._handler = _PrivateFile(self.path, max_bytes, kept_files)
        self._queue: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        self._listener = QueueListener(self._queue, self._handler)
        self._listener.start()

    def write(self, entry: LogEntry) -> None:
        """Queue an entry for writing; dropped if too many are waiting."""
        if self._queue.qsize() < MAX_WAITING:
            self._queue.put(logging.makeLogRecord({"msg": json_line(entry)}))

    def close(self) -> None:
        """Write the remaining entries, as far as the disk takes them, and close the file."""
        self._listener.stop()
        with suppress(OSError):
            self._handler.close()


class _PrivateFile(RotatingFileHandler):
    def __init__(self, path: Path, max_bytes: int, kept_files: int) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=kept_files, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        descriptor = open_private(Path(self.baseFilename), os.O_APPEND)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        """Ignore write errors: a full disk must not stop anything, and the list in memory goes on."""
