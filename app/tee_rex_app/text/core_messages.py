"""Messages of the core library in the user's language, by the templates that they were made from.

Core tells what happened in English, with values in its sentences, and knows nothing of languages. The
templates are read from its code (``make translations``) and ship as a list beside the catalogues. A message
that no template gives stays as it is; nothing is ever decided by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

LIST_NAME = "messages.txt"
_FIELD = re.compile(r"\{(\w+)\}")
_MAX_LENGTH = 2_000
_MAX_DEPTH = 3
"""A value can be a message again: why a download failed, what a server said. A frame, such as ``{glibc};
{message}``, holds nothing but values."""


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with named fields. parts: what stands around them, one more than there are names."""

    text: str
    names: tuple[str, ...]
    parts: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Template:
        """Take a text with ``{names}`` apart."""
        pieces = _FIELD.split(text)
        return cls(text, tuple(pieces[1::2]), tuple(pieces[0::2]))

    def values_in(self, message: str) -> dict[str, str] | None:
        """What its fields hold in a message, none of them empty; None for a message of another template."""
        head, *middle = self.parts[:-1]
        tail = self.parts[-1]
        if not message.startswith(head) or not message.endswith(tail):
            return None
        end = len(message) - len(tail)
        at, values = len(head), list[str]()
        for part in middle:
            found = message.find(part, at + 1, end)
            if found < 0:
                return None
            values.append(message[at:found])
            at = found + len(part)
        if at >= end:
            return None
        return dict(zip(self.names, (*values, message[at:end]), strict=True))

    @property
    def known_letters(self) -> int:
        """How much of it is no field."""
        return sum(map(len, self.parts))

    @property
    def has_words(self) -> bool:
        """Whether there is anything to translate but what is in its fields."""
        return any(letter.isalpha() for part in self.parts for letter in part)


class MessageTemplates:
    """All templates; those that say more are tried first."""

    def __init__(self, texts: Sequence[str]) -> None:
        made = [Template.of(text) for text in texts if _FIELD.search(text)]
        by_shape = {template.parts: template for template in made}
        ordered = sorted(by_shape.values(), key=lambda one: -one.known_letters)
        self._templates = tuple(one for one in ordered if one.has_words)
        self._frames = tuple(one for one in ordered if not one.has_words)

    @classmethod
    @cache
    def shipped(cls) -> MessageTemplates:
        """Those of the core that came with this application."""
        listed = resources.files("tee_rex_app") / "resources" / "translations" / LIST_NAME
        return cls([line for line in listed.read_text("utf-8").split("\n") if line])

    def translated(self, message: str, translate: Callable[[str], str], depth: int = 0) -> str:
        """The message by ``translate``, which takes the English text of a template, its values likewise."""
        if (told := translate(message)) != message:
            return told
        if len(message) > _MAX_LENGTH or depth >= _MAX_DEPTH:
            return message
        title, colon, rest = message.partition(": ")
        if colon and (told := translate(title)) != title:  # an error as a text
            return f"{told}: {self.translated(rest, translate, depth + 1)}"
        for template in self._templates:
            values = template.values_in(message)
            if values is not None:
                return _filled(translate(template.text), self._each(values, translate, depth))
        for frame in self._frames if depth == 0 else ():
            values = frame.values_in(message)
            if values is not None:
                told = _filled(frame.text, self._each(values, translate, depth))
                if told != message:
                    return told
        return message

    def _each(self, values: Mapping[str, str], translate: Callable[[str], str], depth: int) -> dict[str, str]:
        return {name: self.translated(value, translate, depth + 1) for name, value in values.items()}


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda field: values.get(field[1], field[0]), text)
