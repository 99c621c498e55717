"""Quoting what somebody else said, and why the system refused something."""

from __future__ import annotations

from tee_rex.errors.message import printable

MAX_QUOTED = 300
"""Characters: two or three sentences."""


def quoted(untrusted: str | bytes) -> str:
    """What a program, a server or a file said, to stand in a sentence: one printable line, cut at MAX_QUOTED.

    Its last full stop is removed, because the sentence has its own. bytes: UTF-8; others are replaced.
    """
    text = untrusted if isinstance(untrusted, str) else untrusted.decode(errors="replace")
    return printable(" ".join(text[: 4 * MAX_QUOTED].split()), MAX_QUOTED).rstrip(" .")


def os_reason(error: OSError) -> str:
    """Why a system call failed ("Permission denied"), to be followed by a full stop; never empty."""
    return error.strerror or "I/O error"
