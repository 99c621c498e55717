"""Keeps what the server writes, and gives it to whoever connects; one loop without threads."""

from __future__ import annotations

import selectors
import socket
import time
from typing import TYPE_CHECKING, Final

from tee_rex_server.enclave.log_ring import MAX_READERS, LogReader

if TYPE_CHECKING:
    from tee_rex_server.enclave.log_ring import LogRing

_READ_BYTES: Final = 1 << 16


class LogServer:
    """The ring, where its lines come from, and who reads them."""

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
        """Let ``serve_once`` return when ``wakeup`` is readable; its bytes are discarded."""
        wakeup.settimeout(0)
        self._selector.register(wakeup, selectors.EVENT_READ)

    def write(self, data: bytes) -> None:
        """Keep lines, and pass them to all readers."""
        lines = self._ring.write(data)
        for reader in tuple(self._readers.values()):
            if lines and not (reader.add(lines) and reader.send()):
                self._drop(reader)
            else:
                self._mark(reader)

    def serve_once(self, seconds: float | None) -> None:
        """Wait for something to do, and do it."""
        for key, events in self._selector.select(seconds):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._source:
                self._read_source()
            elif isinstance(key.data, LogReader):
                # One that was dropped a moment ago, while a line was written, is closed.
                if key.data.connection in self._readers:
                    self._attend(key.data, events)
            elif isinstance(key.fileobj, socket.socket):
                key.fileobj.recv(_READ_BYTES)

    def drain(self, seconds: float) -> None:
        """Let readers take what they have not got."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.serve_once(left)

    def close(self) -> None:
        """Let every reader go."""
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
        else:  # the server has ended, and all that it started
            self._selector.unregister(self._source)

    def _attend(self, reader: LogReader, events: int) -> None:
        if (events & selectors.EVENT_READ and not _still_there(reader.connection)) or not reader.send():
            self._drop(reader)
        else:
            self._mark(reader)

    def _mark(self, reader: LogReader) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if reader.waiting else 0)
        self._selector.modify(reader.connection, events, reader)

    def _drop(self, reader: LogReader) -> None:
        self._selector.unregister(reader.connection)
        del self._readers[reader.connection]
        reader.connection.close()


def _still_there(connection: socket.socket) -> bool:
    """Whether the reader has not closed; what it sends is discarded."""
    try:
        return bool(connection.recv(_READ_BYTES))
    except BlockingIOError:
        return True
    except OSError:
        return False
