"""What went wrong, as views show it."""

from __future__ import annotations

from dataclasses import dataclass

from tee_rex.errors import Message, TeeRexError


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong and what to do about it, not yet translated.

    ``str()`` of :attr:`message` and :attr:`hint` is English.
    """

    code: str
    title: str
    message: Message
    hint: Message

    @classmethod
    def of(cls, error: TeeRexError) -> Problem:
        """The problem that an error is shown as."""
        return cls(error.code, error.title, error.message_parts, error.hint_parts.words)
