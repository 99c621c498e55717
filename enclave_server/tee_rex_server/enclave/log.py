"""An enclave's log: its last lines, and the sockets over which the host reads them."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections import deque
from typing import Final

MAX_RING_BYTES: Final = 256 * 1024
MAX_LINE_BYTES: Final = 8 * 1024
MAX_READERS: Final = 4
_READ_BYTES: Final = 1 << 16


def log_line(event: str, **details: str | float | None) -> bytes:
    """A log line of the init process, in the format of the server's lines."""
    timestamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return json.dumps({"process": "init", "event": event, **details, "timestamp": timestamp}).encode() + b"\n"


class LogRing:
    """A bounded number of complete lines; the oldest are dropped first."""

    def __init__(self, max_bytes: int = MAX_RING_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lines: deque[bytes] = deque()
        self._size = 0
        self._incomplete = b""

    def write(self, data: bytes) -> bytes:
        """Add a program's output; returns the lines that it completes, cut to MAX_LINE_BYTES."""
        *lines, rest = (self._incomplete + data).split(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            lines, rest = [*lines, rest], b""
        self._incomplete = rest
        complete = [line[:MAX_LINE_BYTES] + b"\n" for line in lines]
        for line in complete:
            self._lines.append(line)
            self._size += len(line)
        while self._size > self._max_bytes:
            self._size -= len(self._lines.popleft())
        return b"".join(complete)

    def content(self) -> bytes:
        """All lines, oldest first; at most ``max_bytes``."""
        return b"".join(self._lines)


class LogReader:
    """A connection of the host, which gets the ring's content and then every new line until it closes.

    A reader that is slower than the log is disconnected, so that it does not use memory.
    """

    def __init__(self, connection: socket.socket, content: bytes) -> None:
        connection.settimeout(0)
        self.connection = connection
        self._unsent = bytearray(content)

    @property
    def pending(self) -> bool:
        """Whether there is data to send."""
        return bool(self._unsent)

    def add(self, lines: bytes) -> bool:
        """Queue new lines; false when the reader is too slow."""
        self._unsent += lines
        return len(self._unsent) <= 2 * MAX_RING_BYTES

    def send(self) -> bool:
        """Send what the socket accepts; false when the reader has disconnected."""
        try:
            sent = self.connection.send(self._unsent)
        except BlockingIOError:
            return True
        except OSError:
            return False
        del self._unsent[:sent]
        return True


class LogServer:
    """Fills the ring from a socket and serves its readers; one loop without threads."""

    def __init__(self, ring: LogRing, source: socket.socket, listener: socket.socket) -> None:
        source.settimeout(0)
        listener.settimeout(0)
        self._ring = ring
        self._source = source
        self._listener = listener
        self._readers: dict[socket.socket, LogReader] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(source, selectors.EVENT_READ)
        self._selector.register(listener, selectors.EVENT_READ)

    def watch(self, wakeup: socket.socket) -> None:
        """Let ``serve_once`` return when ``wakeup`` is readable, and discard its bytes."""
        wakeup.settimeout(0)
        self._selector.register(wakeup, selectors.EVENT_READ)

    def write(self, data: bytes) -> None:
        """Add output to the ring and send its lines to all readers."""
        lines = self._ring.write(data)
        for reader in tuple(self._readers.values()):
            if lines and not (reader.add(lines) and reader.send()):
                self._drop(reader)
            else:
                self._update_events(reader)

    def serve_once(self, seconds: float | None) -> None:
        """Wait until a socket is ready, at most ``seconds``, and serve it."""
        for key, events in self._selector.select(seconds):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._source:
                self._read_source()
            elif isinstance(key.data, LogReader):
                # A reader may just have been dropped, when a line was written.
                if key.data.connection in self._readers:
                    self._serve(key.data, events)
            elif isinstance(key.fileobj, socket.socket):
                key.fileobj.recv(_READ_BYTES)

    def drain(self, seconds: float) -> None:
        """Serve readers for ``seconds`` more, so that they get the last lines."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.serve_once(left)

    def close(self) -> None:
        """Disconnect every reader."""
        for reader in tuple(self._readers.values()):
            self._drop(reader)
        self._selector.close()

    def _accept(self) -> None:
        try:
            connection, _peer = self._listener.accept()
        except OSError:
            return
        if len(self._readers) >= MAX_READERS:
            connection.close()
            return
        reader = LogReader(connection, self._ring.content())
        self._readers[connection] = reader
        self._selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE, reader)

    def _read_source(self) -> None:
        try:
            data = self._source.recv(_READ_BYTES)
        except BlockingIOError:
            return
        if data:
            self.write(data)
        else:  # the server and everything it started have ended
            self._selector.unregister(self._source)

    def _serve(self, reader: LogReader, events: int) -> None:
        if (events & selectors.EVENT_READ and not _is_connected(reader.connection)) or not reader.send():
            self._drop(reader)
        else:
            self._update_events(reader)

    def _update_events(self, reader: LogReader) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if reader.pending else 0)
        self._selector.modify(reader.connection, events, reader)

    def _drop(self, reader: LogReader) -> None:
        self._selector.unregister(reader.connection)
        del self._readers[reader.connection]
        reader.connection.close()


def _is_connected(connection: socket.socket) -> bool:
    """Whether the reader has not disconnected; discards what it sends."""
    try:
        return bool(connection.recv(_READ_BYTES))
    except BlockingIOError:
        return True
    except OSError:
        return False
