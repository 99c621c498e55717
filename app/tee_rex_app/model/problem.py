"""What went wrong, as views show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tee_rex.errors import Message, TeeRexError
from tee_rex.errors.report import ErrorReport


@dataclass(frozen=True, slots=True)
class Repeat:
    """What failed, so that it can be done again, in the mode and with the settings of that moment.

    again: exactly it; None if it is not known any more. with_file: it with another file, which is read, or
    ``saved``; None if it has none.
    """

    again: Callable[[], object] | None = None
    with_file: Callable[[Path], object] | None = None
    saved: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong and what to do about it, not yet translated.

    ``str()`` of :attr:`message` and :attr:`hint` is English. asked_by: the website or program that asked for
    what failed; empty for the user of the window.
    """

    code: str
    title: str
    message: Message
    hint: Message
    repeat: Repeat = field(default_factory=Repeat, compare=False, repr=False)
    asked_by: str = ""

    @classmethod
    def of(cls, error: TeeRexError, repeat: Repeat | None = None, asked_by: str = "") -> Problem:
        """The problem that an error is shown as."""
        words = error.hint_parts.words
        return cls(error.code, error.title, error.message_parts, words, repeat or Repeat(), asked_by)

    @classmethod
    def of_report(cls, report: ErrorReport, repeat: Repeat) -> Problem:
        """The problem that a recorded error is shown as, without what was to be done about it then."""
        told = report.message_parts or Message("{text}", {"text": report.message})
        return cls(report.code, report.title, told, Message(""), repeat)
