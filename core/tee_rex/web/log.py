"""What an HTTP service needs of a log, and traces that quote nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class EventLog(Protocol):
    """A structured log: the name of an event and its details, as structlog's loggers take them."""

    def debug(self, event: str, **details: object) -> object:
        """Only for those who look for a fault."""

    def info(self, event: str, **details: object) -> object:
        """What happened."""

    def error(self, event: str, **details: object) -> object:
        """What the operator must look at."""


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
