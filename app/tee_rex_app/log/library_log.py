"""What libraries warn of, brought into the event log without a value of theirs."""

from __future__ import annotations

import logging

from tee_rex_app.log.event_log import EventLog, Level


class LibraryLog(logging.Handler):
    """Takes warnings and errors of other packages' loggers.

    The message's own words are kept, never what was put into them, nor later lines: asyncio quotes exceptions
    there, which may hold anything.
    """

    def __init__(self, log: EventLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Note the record's template."""
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
