"""Redaction: removes credentials in addresses and the home folder's name from texts."""

from __future__ import annotations

import re
from pathlib import Path

MAX_FIELD_LENGTH = 500

# Up to the next blank, quote or bracket. No nested repetition, so it is linear.
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,15})://([^\s\"'<>(){}|`]*)")
_END_OF_SENTENCE = ".,;:!?…"
_END_OF_HOST = re.compile(r"[/?#\\]")


def without_credentials(text: str) -> str:
    """Reduce every address in the text to its scheme and host.

    User, password, query and fragment are removed, and so is the path, where node providers put their keys;
    ``/…`` replaces it.
    """
    return _ADDRESS.sub(_host_alone, text)


def without_home(text: str, home: Path) -> str:
    """Replace the home folder, which contains the user's name, by ``~``."""
    return text.replace(str(home), "~") if len(home.parts) > 1 else text


def one_line(text: str, limit: int = MAX_FIELD_LENGTH) -> str:
    """Make the text printable, one line, and at most ``limit`` characters long."""
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return "".join(character if character.isprintable() else " " for character in cut)


def _host_alone(found: re.Match[str]) -> str:
    whole = found[2].rstrip(_END_OF_SENTENCE)
    behind = found[2][len(whole) :]
    end = _END_OF_HOST.search(whole)
    authority = whole[: end.start()] if end else whole
    more = "" if end is None else "/" if whole[end.start() :] == "/" else "/…"
    return f"{found[1]}://{authority.rpartition('@')[2]}{more}{behind}"
