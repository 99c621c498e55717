"""Quoting what somebody else said, and why the system refused something."""

from __future__ import annotations

from tee_rex.errors.message import printable

MAX_QUOTED = 300
"""Characters: two or three sentences."""
_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def quoted(untrusted: str | bytes) -> str:
    """What a program, a server or a file said, to stand in a sentence: one printable line, cut at MAX_QUOTED.

    Its last full stop is removed, because the sentence has its own. bytes: UTF-8; others are replaced.
    """
    text = untrusted if isinstance(untrusted, str) else untrusted.decode(errors="replace")
    return printable(" ".join(text[: 4 * MAX_QUOTED].split()), MAX_QUOTED).rstrip(" .")


def size_text(count: int) -> str:
    """A number of bytes as people say it: 640 bytes, 8.4 MB, 50 MB, 3.2 GB."""
    for unit, name in _UNITS:
        if count >= unit:
            return f"{count / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{count} bytes"


def os_reason(error: OSError) -> str:
    """Why a system call failed ("Permission denied"), to be followed by a full stop; never empty."""
    return error.strerror or "I/O error"
