"""An event as a line: JSON for the file on disk, words in English for people who help."""

from __future__ import annotations

import msgspec

from tee_rex_app.log.event_log import Level, LogEntry


def json_line(entry: LogEntry) -> str:
    """One JSON object: at (ISO 8601), level, event, then the fields."""
    line: dict[str, str] = {
        "at": entry.at.isoformat(timespec="milliseconds"),
        "level": level_word(entry.level),
        "event": entry.event,
    }
    line.update({name: value for name, value in entry.fields if name not in line})
    if entry.link:
        line["link"] = entry.link
    return msgspec.json.encode(line).decode()


def plain_line(entry: LogEntry) -> str:
    """Time, level, event and its fields, on one line."""
    fields = " ".join(f"{name}={_quoted(value)}" for name, value in entry.fields)
    at = f"{entry.at:%Y-%m-%d %H:%M:%S}.{entry.at.microsecond // 1000:03}"
    words = (at, f"{level_word(entry.level):<7}", entry.event, fields, entry.link)
    return " ".join(word for word in words if word)


def level_word(level: Level) -> str:
    """The level as it is written in files."""
    return level.name.lower()


def _quoted(value: str) -> str:
    return (
        value if value and " " not in value and '"' not in value else '"{}"'.format(value.replace('"', "'"))
    )
