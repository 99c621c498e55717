"""Showing people a text that somebody else wrote."""

from __future__ import annotations


def printable(untrusted: str, limit: int | None = None) -> str:
    """The text without what could move a terminal's cursor, and cut after ``limit`` characters."""
    return "".join(character if character.isprintable() else "�" for character in untrusted[:limit])
