"""The report of an internal error: where it happened, never with which values."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from PySide6.QtCore import qVersion

from tee_rex import __version__
from tee_rex.errors import TeeRexError
from tee_rex_app.log.event_log import Level, LogEntry
from tee_rex_app.log.line import handed_on, plain_line

_MAX_CAUSES = 8
_MAX_FRAMES = 60
_LOG_LINES = 40
_PARTS_OF_A_PATH = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception as code locations. steps: types and locations, outermost call first."""

    kind: str
    place: str
    steps: tuple[str, ...]

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """Keep types and locations only: an exception's text could quote anything."""
        steps: list[str] = []
        place = ""
        for number, one in enumerate(_causes(error)):
            places = list(_places(one))[-_MAX_FRAMES:]
            if number == 0 and places:
                place = places[-1]
            head = _kind(one) if number == 0 else f"caused by {_kind(one)}"
            steps.append(head)
            steps.extend(f"  {step}" for step in places)
        return cls(_kind(error), place, tuple(steps))


def crash_report(failure: Failure, at: datetime, entries: Sequence[LogEntry]) -> str:
    """Format the report, in English."""
    told = [entry for entry in entries if entry.level > Level.DEBUG][-_LOG_LINES:]
    system = platform.platform(terse=True)
    lines = [
        f"TEE-Rex {__version__} failed at {at.astimezone():%Y-%m-%d %H:%M:%S %z}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {system}, {platform.machine()}",
        "",
        *failure.steps,
        "",
        "Last events:",
        *(plain_line(handed_on(entry)) for entry in told),
    ]
    return "\n".join(lines) + "\n"


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{name} ({error.code})" if isinstance(error, TeeRexError) else name


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < _MAX_CAUSES:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _places(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        file = "/".join(PurePath(code.co_filename).parts[-_PARTS_OF_A_PATH:])
        yield f"{file}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
