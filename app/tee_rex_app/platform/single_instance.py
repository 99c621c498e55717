"""One application for each data folder: a second start hands its file over and raises the first window."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

import msgspec
from PySide6.QtCore import QLockFile, QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

LOCK_NAME = "app.lock"
SOCKET_NAME = "app.socket"
ANSWER = b"ok\n"
MAX_REQUEST_BYTES = 16 * 1024
ANSWER_MS = 5_000
_MAX_SOCKET_PATH = 100
"""Linux allows 107 bytes, macOS 103; what is longer lives in the folder for temporary files."""


class OpenRequest(msgspec.Struct, frozen=True):
    """What a second start asks of the first.

    file: absolute, as URLs write it, since a file's name need not be text; None for just the window.
    activation_token: with which Wayland lets a window come to the front.
    """

    file: str | None = None
    activation_token: str = ""

    @classmethod
    def of(cls, file: Path | None, activation_token: str = "") -> OpenRequest:
        """A request for a file, or for the window alone."""
        return cls(None if file is None else quote_from_bytes(os.fsencode(file)), activation_token)

    @property
    def path(self) -> Path | None:
        """The file, if one is meant."""
        return None if self.file is None else Path(os.fsdecode(unquote_to_bytes(self.file)))


class SingleInstance(QObject):
    """Holds the claim on a data folder, and hears later starts.

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
    def claim(cls, folder: Path) -> SingleInstance | None:
        """Become the one; None when another process is. Raises OSError where the folder cannot be written.

        A lock whose process is gone, killed or not, is taken over.
        """
        folder.mkdir(parents=True, exist_ok=True)
        lock = QLockFile(str(folder / LOCK_NAME))
        lock.setStaleLockTime(0)  # its age says nothing: a proof may take long
        if not lock.tryLock(0):
            if lock.error() is QLockFile.LockError.LockFailedError:
                return None
            raise OSError(f"{folder / LOCK_NAME} cannot be written.")
        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        name = _socket_name(folder)
        QLocalServer.removeServer(name)  # of a process that was killed
        server.listen(name)
        return cls(lock, server)

    def release(self) -> None:
        """Let another be the one."""
        self._server.close()
        self._lock.unlock()

    def _welcome(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            _Visitor(connection, self)

    def hear(self, line: bytes) -> bool:
        """Take a request; whether it is one."""
        try:
            request = msgspec.json.decode(line, type=OpenRequest)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        self.asked.emit(request)
        return True


class _Visitor(QObject):
    """One connection, until it has said its line or taken too long."""

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
        if end and self._instance.hear(line):
            self._connection.write(ANSWER)
            self._connection.disconnectFromServer()
        elif end or len(self._heard) > MAX_REQUEST_BYTES:
            self._connection.abort()


def hand_over(folder: Path, request: OpenRequest) -> bool:
    """Ask the running application; whether it has answered. Blocks for some seconds at the most."""
    socket = QLocalSocket()
    socket.connectToServer(_socket_name(folder))
    if not socket.waitForConnected(ANSWER_MS):
        return False
    socket.write(msgspec.json.encode(request) + b"\n")
    socket.flush()
    answer = b""
    while len(answer) < len(ANSWER):
        # The other side may have answered and gone already: then there is something, and nothing to wait for.
        if not socket.bytesAvailable() and not socket.waitForReadyRead(ANSWER_MS):
            break
        answer += bytes(socket.read(len(ANSWER) - len(answer)).data())
    return answer == ANSWER


def _socket_name(folder: Path) -> str:
    path = str(folder / SOCKET_NAME)
    if sys.platform != "win32" and len(path.encode()) <= _MAX_SOCKET_PATH:
        return path
    return f"tee-rex-{hashlib.sha256(str(folder).encode()).hexdigest()[:32]}"
