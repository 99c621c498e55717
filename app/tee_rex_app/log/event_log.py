"""The events of this session: a bounded list that any thread may write to; views read it in batches."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from itertools import islice

from tee_rex.errors import Message
from tee_rex.errors.message import Value
from tee_rex_app.log.redaction import one_line, without_credentials

CAPACITY = 5_000
"""A day of proofs; searching them takes a few milliseconds."""
MAX_FIELDS = 16


class Level(IntEnum):
    """The importance of an event. DONE: an expected success. Numbers as in ``logging``."""

    DEBUG = 10
    INFO = 20
    DONE = 25
    WARNING = 30
    ERROR = 40


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One event. number: counts from 1 and never repeats. at: in local time. event: a stable name.

    fields: printable, bounded, in English. messages: those of the fields that can be translated. link: an
    http or https address with more about it, else empty.
    """

    number: int
    at: datetime
    level: Level
    event: str
    fields: tuple[tuple[str, str], ...]
    link: str = ""
    messages: Mapping[str, Message] = field(default_factory=dict)

    def field(self, name: str) -> str:
        """The value of a field in English, or nothing."""
        return next((value for key, value in self.fields if key == name), "")

    def text(self, name: str) -> Message | str:
        """The value of a field, to be translated."""
        return self.messages.get(name) or self.field(name)


class EventLog:
    """Keeps the last events. Thread-safe."""

    def __init__(self, now: Callable[[], datetime], capacity: int = CAPACITY) -> None:
        self._now = now
        self._entries: deque[LogEntry] = deque(maxlen=capacity)
        self._last = 0
        self._lock = threading.Lock()
        self._listeners: list[Callable[[LogEntry], None]] = []

    def listen(self, listener: Callable[[LogEntry], None]) -> None:
        """Call a listener with every later entry, in the writing thread; it must be quick."""
        with self._lock:
            self._listeners = [*self._listeners, listener]

    def write(self, level: Level, event: str, *, link: str = "", **fields: object) -> LogEntry:
        """Log an event. Credentials in addresses are removed; pass no other secrets."""
        given = list(fields.items())[:MAX_FIELDS]
        kept = tuple((name, _redacted(str(value))) for name, value in given)
        messages = {name: _redacted_fields(value) for name, value in given if isinstance(value, Message)}
        with self._lock:
            self._last += 1
            at = self._now().astimezone()
            entry = LogEntry(self._last, at, level, event, kept, _safe_link(link), messages)
            self._entries.append(entry)
            listeners = self._listeners
        for listener in listeners:
            listener(entry)
        return entry

    def entries(self) -> tuple[LogEntry, ...]:
        """All kept entries, oldest first."""
        with self._lock:
            return tuple(self._entries)

    def since(self, number: int, limit: int) -> tuple[LogEntry, ...]:
        """The kept entries after ``number``, oldest first, at most ``limit``."""
        with self._lock:
            start = max(0, len(self._entries) - (self._last - number))
            return tuple(islice(self._entries, start, start + limit))


def _redacted(text: str) -> str:
    return one_line(without_credentials(text))


def _redacted_fields(text: Message) -> Message:
    redacted: dict[str, Value] = {}
    for name, value in text.fields.items():
        if isinstance(value, Message):
            redacted[name] = _redacted_fields(value)
        else:
            redacted[name] = _redacted(value) if isinstance(value, str) else value
    return Message(text.template, redacted)


def _safe_link(link: str) -> str:
    allowed = link.startswith(("https://", "http://")) and link.isprintable() and " " not in link
    return link if allowed and "@" not in link and len(link) <= 500 else ""
