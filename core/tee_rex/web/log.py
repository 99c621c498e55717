"""The log interface of HTTP services, and traces of exceptions without their texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class EventLog(Protocol):
    """A structured log of named events with details; structlog's loggers implement it."""

    def debug(self, event: str, **details: object) -> object:
        """Details for troubleshooting."""

    def info(self, event: str, **details: object) -> object:
        """A normal event."""

    def error(self, event: str, **details: object) -> object:
        """A fault that the operator should investigate."""


def traced(error: BaseException) -> list[str]:
    """The types and code locations of an exception and its causes.

    Their texts are left out, because they may quote a client's data.
    """
    return [part for one in _causes(error) for part in (type(one).__qualname__, *_locations(one))]


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _locations(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{code.co_filename}:{trace.tb_lineno} {code.co_qualname}"
        trace = trace.tb_next
