"""A log file that does not grow without end."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

MAX_BYTES = 4 << 20
_TAIL_BYTES = 1 << 14


class BoundedLog:
    """Appends to a file; at ``max_bytes`` the file becomes ``<name>.1`` in place of an older one."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        """Start with an empty file."""
        self._path = path
        self._max_bytes = max_bytes
        self._file = path.open("wb", buffering=0)

    def write(self, content: bytes) -> None:
        """Append; the output of a program comes in pieces of any length.

        What a full disk does not take is lost: a program whose output nobody reads would stand still.
        """
        with suppress(OSError):
            if self._file.closed:  # it could not be exchanged then
                self._file = self._path.open("ab", buffering=0)
            elif self._file.tell() + len(content) > self._max_bytes:
                self._file.close()
                self._path.replace(previous(self._path))
                self._file = self._path.open("wb", buffering=0)
            self._file.write(content)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def previous(log: Path) -> Path:
    """Where the older half of a log is."""
    return log.with_name(f"{log.name}.1")


def last_lines(log: Path, count: int) -> list[str]:
    """The last lines of a log that is not empty and was not just exchanged; fewer when it has fewer."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-count:]
