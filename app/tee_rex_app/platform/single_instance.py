"""One instance per data folder: a second start passes its files to the first and raises its window."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

import msgspec
from PySide6.QtCore import QLockFile, QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from tee_rex.system.files import open_regular
from tee_rex.system.untrusted import UndecodableError, decode_json

LOCK_NAME = "app.lock"
SOCKET_NAME = "app.socket"
ANSWER = b"ok\n"
MAX_REQUEST_BYTES = 8_000_000
"""As many files as a command line of Linux, 2 MB, can name."""
ANSWER_MS = 5_000
ENDING_MS = 10_000
"""Ending takes some seconds while a local network runs or much history is deleted."""
_MAX_SOCKET_PATH = 100
"""Linux allows 107 bytes, macOS 103; longer paths move to the folder for temporary files."""


class OpenRequest(msgspec.Struct, frozen=True):
    """A second start's request to the first instance.

    files: absolute and percent-encoded, since a file name need not be text; none to only raise the window.
    activation_token: Wayland's permission to raise a window.
    """

    files: tuple[str, ...] = ()
    activation_token: str = ""

    @classmethod
    def of(cls, files: Iterable[Path], activation_token: str = "") -> OpenRequest:
        """Create a request for files, or only for the window."""
        return cls(tuple(quote_from_bytes(os.fsencode(file)) for file in files), activation_token)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, if any."""
        return tuple(Path(os.fsdecode(unquote_to_bytes(file))) for file in self.files)


class SingleInstance(QObject):
    """Owns a data folder's lock and receives the requests of later starts.

    Signals: asked with an OpenRequest.
    """

    asked = Signal(object)

    def __init__(self, lock: QLockFile, server: QLocalServer) -> None:
        """Use :meth:`claim`."""
        super().__init__()
        self._lock = lock
        self._server = server
        server.newConnection.connect(self._welcome)

    @classmethod
    def claim(cls, folder: Path, wait_ms: int = 0) -> SingleInstance | None:
        """Lock the folder; None if another process has it. Raises OSError if the lock cannot be written.

        The lock of a dead process is taken over. wait_ms: for a process that is ending; blocks meanwhile.
        """
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            open_regular(folder / LOCK_NAME).close()  # Qt would wait for a FIFO
        lock = QLockFile(str(folder / LOCK_NAME))
        lock.setStaleLockTime(0)  # its age means nothing: a proof may take long
        if not lock.tryLock(wait_ms):
            if lock.error() is QLockFile.LockError.LockFailedError:
                return None
            raise OSError(errno.EACCES, "Cannot be written", str(folder / LOCK_NAME))
        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        name = _socket_name(folder)
        QLocalServer.removeServer(name)  # left by a killed process
        server.listen(name)
        return cls(lock, server)

    @property
    def listening(self) -> bool:
        """Whether later starts are heard."""
        return self._server.isListening()

    def stop_listening(self) -> None:
        """Hear no later start any more, because this one is ending: it could not do what they ask."""
        self._server.close()

    def release(self) -> None:
        """Release the lock."""
        self.stop_listening()
        self._lock.unlock()

    def _welcome(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            _Visitor(connection, self)

    def hear(self, line: bytes) -> bool:
        """Handle a request and return whether it was valid."""
        try:
            request = decode_json(line, OpenRequest)
        except UndecodableError:
            return False
        self.asked.emit(request)
        return True


class _Visitor(QObject):
    """A connection, until its line has arrived or a timeout."""

    def __init__(self, connection: QLocalSocket, instance: SingleInstance) -> None:
        super().__init__(connection)
        self._connection = connection
        self._instance = instance
        self._heard = b""
        connection.readyRead.connect(self._read)
        connection.disconnected.connect(connection.deleteLater)
        QTimer.singleShot(ANSWER_MS, connection, connection.abort)
        self._read()

    def _read(self) -> None:
        self._heard += bytes(self._connection.read(MAX_REQUEST_BYTES + 1 - len(self._heard)).data())
        line, end, _ = self._heard.partition(b"\n")
        if end and self._instance.listening and self._instance.hear(line):
            self._connection.write(ANSWER)
            self._connection.disconnectFromServer()
        elif end or len(self._heard) > MAX_REQUEST_BYTES:
            self._connection.abort()


def hand_over(folder: Path, request: OpenRequest) -> bool:
    """Pass a request to the running instance; returns whether it answered. Blocks for some seconds."""
    socket = QLocalSocket()
    socket.connectToServer(_socket_name(folder))
    if not socket.waitForConnected(ANSWER_MS):
        return False
    socket.write(msgspec.json.encode(request) + b"\n")
    socket.flush()
    answer = b""
    while len(answer) < len(ANSWER):
        # The other side may have answered and disconnected already: then there is nothing to wait for.
        if not socket.bytesAvailable() and not socket.waitForReadyRead(ANSWER_MS):
            break
        answer += bytes(socket.read(len(ANSWER) - len(answer)).data())
    return answer == ANSWER


def _socket_name(folder: Path) -> str:
    path = str(folder / SOCKET_NAME)
    if sys.platform != "win32" and len(path.encode()) <= _MAX_SOCKET_PATH:
        return path
    return f"tee-rex-{hashlib.sha256(str(folder).encode()).hexdigest()[:32]}"
