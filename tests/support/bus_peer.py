"""A D-Bus peer that serves one object: the real messages, without a session's bus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection, QDBusServer
from pytestqt.qtbot import QtBot

_NAME = "peer"


@contextmanager
def bus_peer(
    qtbot: QtBot, folder: Path, path: str = "", served: QObject | None = None
) -> Iterator[QDBusConnection]:
    """A connection to the peer. folder: for its socket. path: of the object; without one, none is served."""
    # The constructor waits for Qt's D-Bus thread without letting it into Python, where that thread may have
    # to go for what an earlier test left: both would wait for ever.
    qtbot.wait(100)
    server = QDBusServer(f"unix:tmpdir={folder}")
    connections: list[QDBusConnection] = []  # ended with the last reference

    def serve(connection: QDBusConnection) -> None:
        connections.append(connection)
        if served is not None:
            everything = QDBusConnection.RegisterOption.ExportAllSlots
            assert connection.registerObject(path, served, everything)

    server.newConnection.connect(serve)
    made = QDBusConnection.connectToPeer(server.address(), _NAME)
    qtbot.waitUntil(lambda: bool(connections))
    yield made
    if served is not None:
        shiboken6.delete(served)  # else Qt's D-Bus thread lets go of it later, maybe while Python deletes it
    QDBusConnection.disconnectFromPeer(_NAME)
