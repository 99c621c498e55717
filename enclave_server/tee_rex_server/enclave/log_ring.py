"""The last lines of an enclave's log, and the sockets over which its host reads them."""

from __future__ import annotations

import json
import time
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import socket

MAX_RING_BYTES: Final = 256 * 1024
MAX_LINE_BYTES: Final = 8 * 1024
MAX_READERS: Final = 4


class LogRing:
    """A bounded number of whole lines; the oldest go first. What is not yet a whole line waits."""

    def __init__(self, max_bytes: int = MAX_RING_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lines: deque[bytes] = deque()
        self._size = 0
        self._rest = b""

    def write(self, data: bytes) -> bytes:
        """Take what a program wrote; returns the lines that are whole now. Longer lines are cut."""
        *lines, rest = (self._rest + data).split(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            lines, rest = [*lines, rest], b""
        self._rest = rest
        whole = [line[:MAX_LINE_BYTES] + b"\n" for line in lines]
        for line in whole:
            self._lines.append(line)
            self._size += len(line)
        while self._size > self._max_bytes:
            self._size -= len(self._lines.popleft())
        return b"".join(whole)

    def content(self) -> bytes:
        """All lines that are kept, oldest first; at most ``max_bytes``."""
        return b"".join(self._lines)


class LogReader:
    """One connection of the host: it gets the ring's content, then every new line, until it closes.

    A reader that is slower than the log loses its connection rather than hold memory.
    """

    def __init__(self, connection: socket.socket, content: bytes) -> None:
        connection.settimeout(0)
        self.connection = connection
        self._unsent = bytearray(content)

    @property
    def waiting(self) -> bool:
        """Whether there is something to send."""
        return bool(self._unsent)

    def add(self, lines: bytes) -> bool:
        """Queue new lines; False when the reader is too slow."""
        self._unsent += lines
        return len(self._unsent) <= 2 * MAX_RING_BYTES

    def send(self) -> bool:
        """Send what the socket takes; False when the reader has gone."""
        try:
            sent = self.connection.send(self._unsent)
        except BlockingIOError:
            return True
        except OSError:
            return False
        del self._unsent[:sent]
        return True


def log_line(event: str, **details: str | float | None) -> bytes:
    """A line of the first process, in the form of the server's."""
    timestamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return json.dumps({"process": "init", "event": event, **details, "timestamp": timestamp}).encode() + b"\n"
