"""Taking out of a text what nobody else should read: credentials in addresses, names of home folders."""

from __future__ import annotations

import re
from pathlib import Path

MAX_FIELD_LENGTH = 500

# Up to the next blank, quote or bracket; no repetition within another, so it is linear.
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,15})://([^\s\"'<>(){}|`]*)")
_END_OF_SENTENCE = ".,;:!?…"
_END_OF_HOST = re.compile(r"[/?#\\]")


def without_credentials(text: str) -> str:
    """Every address in the text as scheme and host alone.

    User, password, query and fragment go, and so does the path, where providers of nodes put their keys;
    ``/…`` stands where there was one.
    """
    return _ADDRESS.sub(_host_alone, text)


def without_home(text: str, home: Path) -> str:
    """The home folder, which holds the user's name, written as ``~``."""
    return text.replace(str(home), "~") if len(home.parts) > 1 else text


def one_line(text: str, limit: int = MAX_FIELD_LENGTH) -> str:
    """Printable, on one line, and cut after ``limit`` characters."""
    cut = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return "".join(character if character.isprintable() else " " for character in cut)


def _host_alone(found: re.Match[str]) -> str:
    whole = found[2].rstrip(_END_OF_SENTENCE)
    behind = found[2][len(whole) :]
    end = _END_OF_HOST.search(whole)
    authority = whole[: end.start()] if end else whole
    more = "" if end is None else "/" if whole[end.start() :] == "/" else "/…"
    return f"{found[1]}://{authority.rpartition('@')[2]}{more}{behind}"
