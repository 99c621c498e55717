"""An event as a line: JSON for the log file, plain text for reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex_app.log.event_log import Level, LogEntry
from tee_rex_app.model.runs import PROGRAM, SAMPLE, is_website


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
    """Time, level, event and fields in one line."""
    fields = " ".join(f"{name}={_quoted(value)}" for name, value in entry.fields)
    at = f"{entry.at:%Y-%m-%d %H:%M:%S}.{entry.at.microsecond // 1000:03}"
    words = (at, f"{level_word(entry.level):<7}", entry.event, fields, entry.link)
    return " ".join(word for word in words if word)


def handed_on(entry: LogEntry) -> LogEntry:
    """An event for people elsewhere.

    Without names of files and websites, and without what finds a transaction on its chain.
    """
    return replace(entry, fields=tuple(_for_others(entry.fields).items()), link="")


def json_line_handed_on(line: str) -> str:
    """The same of a line that :func:`json_line` made; others stay as they are."""
    try:
        read = decode_json(line, dict[str, str])
    except UndecodableError:
        return line
    read.pop("link", None)
    return msgspec.json.encode(_for_others(read.items())).decode()


def _for_others(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    kept = dict(fields)
    websites = [kept[name] for name in ("origin", "source") if is_website(kept.get(name, ""))]
    for website in websites:  # reasons name it, too
        kept = {name: value.replace(website, "(a website)") for name, value in kept.items()}
    if kept.get("source", SAMPLE) not in (SAMPLE, PROGRAM, "(a website)"):
        kept["source"] = "(a file)"
    if transaction := kept.get("transaction"):
        kept["transaction"] = f"{transaction[:6]}…"
    return kept


def level_word(level: Level) -> str:
    """The level as it is written in files."""
    return level.name.lower()


def _quoted(value: str) -> str:
    return (
        value if value and " " not in value and '"' not in value else '"{}"'.format(value.replace('"', "'"))
    )
