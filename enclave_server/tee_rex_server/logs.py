"""Structured logs: one JSON object a line, and never a word that a client sent encrypted."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

import structlog

from tee_rex.web.log import traced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from structlog.typing import FilteringBoundLogger


class _LossyStream:
    """A stream that swallows what cannot be written: without a log a server goes on, and can be stopped."""

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
            # The reader has gone. What is left in the buffer would fail once more when Python ends, with
            # exit code 120.
            with suppress(OSError, ValueError):
                _lead_nowhere(self._stream.fileno())
        except (OSError, ValueError):  # a full disk, or the stream was closed
            pass


def _lead_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, descriptor)
    finally:
        os.close(nowhere)


def json_logger(stream: TextIO, level: int = logging.INFO) -> FilteringBoundLogger:
    """A logger that writes to ``stream``, and never raises when it cannot."""
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
    """The log of a serving process: our lines, those of libraries, and what nobody catches.

    To be called once, at the start. Without it, exceptions in threads and finalizers, and warnings, are
    printed with their texts.
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
    """Brings what libraries log (uvicorn, asyncio) into ours, without texts of exceptions."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write the first line alone: asyncio quotes exceptions on those that follow."""
        details: dict[str, Any] = {"library": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            details["trace"] = traced(record.exc_info[1])
        first_line = record.getMessage().partition("\n")[0]
        self._log.log(record.levelno, "library message", text=first_line, **details)
