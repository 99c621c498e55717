"""The version of a frozen program whose package was given another one than its sources have."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

VERSION_FILE = "version"
"""Beside the executable."""


def packaged_version(own: str) -> str:
    """What the package says, else the sources' own."""
    with suppress(OSError):
        return (Path(sys.executable).resolve().parent / VERSION_FILE).read_text("ascii").strip()
    return own
