"""The JSON of an error."""

from __future__ import annotations

import msgspec

from tee_rex.errors import Message, TeeRexError


class ErrorReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went wrong: the four texts that every ``--json`` has.

    message_parts, hint_parts: message and the hint's words as templates and fields, so that the app's history
    can show an old error in the user's language. Only :meth:`translatable` fills them in; elsewhere they are
    absent.
    """

    code: str
    title: str
    message: str
    hint: str
    message_parts: Message | None = None
    hint_parts: Message | None = None

    @classmethod
    def of(cls, error: TeeRexError) -> ErrorReport:
        """The four texts of an error."""
        return cls(error.code, error.title, error.message, error.hint)

    @classmethod
    def translatable(cls, error: TeeRexError) -> ErrorReport:
        """The four texts, and the parts of message and hint."""
        parts = error.message_parts, error.hint_parts.words
        return cls(error.code, error.title, error.message, error.hint, *parts)
