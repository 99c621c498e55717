"""Structured logs: one JSON object per line, and nothing that a client sent encrypted."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

import structlog

from tee_rex.web.log import traced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request
    from structlog.typing import FilteringBoundLogger

REPEAT_SECONDS: Final = 60.0
_MAX_MESSAGES: Final = 100
"""Different ones that are remembered."""


class _LossyStream:
    """A stream that drops what cannot be written: a server must run, and stop, without its log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with self._lossy():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self._lossy():
            self._stream.flush()

    @contextmanager
    def _lossy(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            # The reader is gone. What is left in the buffer would fail again when Python exits, with exit
            # code 120.
            with suppress(OSError, ValueError):
                _redirect_to_null(self._stream.fileno())
        except (OSError, ValueError):  # a full disk, or the stream was closed
            pass


def _redirect_to_null(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, descriptor)
    finally:
        os.close(null)


def json_logger(stream: TextIO, level: int = logging.INFO) -> FilteringBoundLogger:
    """A logger to ``stream``, which never raises when it cannot write."""
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(cast("TextIO", _LossyStream(stream))),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    return logger


def request_log(request: Request, log: FilteringBoundLogger) -> FilteringBoundLogger:
    """A log whose lines carry the request's ID."""
    return log.bind(request_id=request.state.request_id)


def process_log(stream: TextIO, level: int) -> FilteringBoundLogger:
    """The log of a server process: our lines, those of libraries, and uncaught exceptions.

    Call it once, at the start. Without it, warnings and exceptions in threads and finalizers are printed with
    their texts.
    """
    log = json_logger(stream, level)
    logging.basicConfig(level=logging.WARNING, handlers=[LibraryLogs(log)])
    logging.captureWarnings(capture=True)

    def uncaught(error: BaseException | None) -> None:
        log.error("bug", trace=[] if error is None else traced(error))

    threading.excepthook = lambda details: uncaught(details.exc_value)
    sys.unraisablehook = lambda details: uncaught(details.exc_value)
    return log


class LibraryLogs(logging.Handler):
    """Passes the logs of libraries (uvicorn, asyncio) to ours, without texts of exceptions.

    The same message is written once in REPEAT_SECONDS, with how often it came before: what a client causes
    by every connection must not fill a disk.
    """

    def __init__(self, log: FilteringBoundLogger, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: seconds."""
        super().__init__()
        self._log = log
        self._clock = clock
        self._written: dict[tuple[str, str], _Written] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write only the first line: asyncio quotes exceptions on the following ones."""
        first_line = record.getMessage().partition("\n")[0]
        now = self._clock()
        before = self._written.get((record.name, first_line))
        if before is not None and now - before.at < REPEAT_SECONDS:
            before.dropped += 1
            return
        details: dict[str, Any] = {"library": record.name}
        if before is not None and before.dropped:
            details["dropped"] = before.dropped
        if record.exc_info and record.exc_info[1] is not None:
            details["trace"] = traced(record.exc_info[1])
        if len(self._written) >= _MAX_MESSAGES:
            self._written.clear()
        self._written[record.name, first_line] = _Written(now)
        self._log.log(record.levelno, "library message", text=first_line, **details)


@dataclass(slots=True)
class _Written:
    """When a message was written, and how many like it were dropped since."""

    at: float
    dropped: int = 0
