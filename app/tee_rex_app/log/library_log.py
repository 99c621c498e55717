"""Warnings of libraries in the event log, without their values."""

from __future__ import annotations

import logging

from tee_rex_app.log.event_log import EventLog, Level


class LibraryLog(logging.Handler):
    """Logs warnings and errors of other packages' loggers.

    Only the first line of the message template is kept, never its arguments or later lines: asyncio quotes
    exceptions there, which could contain anything.
    """

    def __init__(self, log: EventLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record's template."""
        level = Level.ERROR if record.levelno >= logging.ERROR else Level.WARNING
        words = (
            str(record.msg).partition("\n")[0] if isinstance(record.msg, str) else type(record.msg).__name__
        )
        error = record.exc_info[1] if record.exc_info else None
        self._log.write(
            level,
            "library.message",
            library=record.name,
            message=words,
            **({"error": type(error).__qualname__} if error is not None else {}),
        )
