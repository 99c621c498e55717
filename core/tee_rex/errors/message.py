"""Sentences with named fields, kept apart until they are shown: in English, or in the user's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, Union

Value: TypeAlias = Union[str, int, float, "Message"]
"""What a field holds: a name, a number, or another sentence, such as the reason that a system call gave."""


_SPACES = frozenset("\u00a0\u2009\u202f\u3000")
"""Names of files on macOS contain such spaces, which Python does not count as printable."""


@dataclass(frozen=True, slots=True)
class Message:
    """An English template such as ``"The file has {count} bytes."``, and the values of its fields.

    Fields are written as for ``str.format``, by name only. ``str()`` gives the English sentence, in which
    every value is printable: values come from files, servers and programs too. Nothing secret (witness, keys,
    decrypted input) may be a template or a value.
    """

    template: str
    fields: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**{name: _shown(value) for name, value in self.fields.items()})


def _shown(value: Value) -> str | int | float:
    if isinstance(value, Message):
        return str(value)
    return printable(value) if isinstance(value, str) else value


def printable(untrusted: str, limit: int | None = None) -> str:
    """The text without what could move a terminal's cursor, and cut after ``limit`` characters."""
    shown = (one if one.isprintable() or one in _SPACES else "�" for one in untrusted[:limit])
    return "".join(shown)


def message(template: str, **fields: Value) -> Message:
    """A sentence for people, in their language: ``message("It has {count} bytes.", count=5)``."""
    return Message(template, fields)


@dataclass(frozen=True, slots=True)
class Hint:
    """What to do about an error; ``str()`` is all of it, in English.

    words: for everyone, and all that the app shows, beside its buttons: no command, option or environment
    variable is in it. terminal: what a terminal adds, a sentence with those; it is not translated.
    """

    words: Message = field(default_factory=lambda: Message(""))
    terminal: Message = field(default_factory=lambda: Message(""))

    def __str__(self) -> str:
        return " ".join(filter(None, (str(self.words), str(self.terminal))))
