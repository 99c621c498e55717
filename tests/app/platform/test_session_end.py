"""The lock that delays the end of the system; the question before it is in tests/app/ui/test_quitting.py."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from PySide6.QtCore import ClassInfo, QObject, Slot
from PySide6.QtDBus import QDBusConnection, QDBusUnixFileDescriptor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from support.bus_peer import bus_peer
from tee_rex_app.platform.progress import Progress
from tee_rex_app.platform.session_end import ShutdownInhibitor

RUNNING, IDLE = Progress(running=True), Progress()


@ClassInfo({"D-Bus Interface": "org.freedesktop.login1.Manager"})  # type: ignore[call-arg]
class Logind(QObject):  # type: ignore[operator]
    """The manager's interface, with the documented types; a lock lasts until its descriptor is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, ...]] = []
        self.locks: list[int] = []

    @Slot(str, str, str, str, result="QDBusUnixFileDescriptor")
    def Inhibit(  # noqa: N802  # D-Bus's name
        self, what: str, who: str, why: str, mode: str
    ) -> QDBusUnixFileDescriptor:
        self.asked.append((what, who, why, mode))
        read, write = os.pipe()
        os.set_blocking(read, False)
        self.locks.append(read)
        descriptor = QDBusUnixFileDescriptor(write)  # a copy
        os.close(write)
        return descriptor

    def held(self, index: int) -> bool:
        try:
            return os.read(self.locks[index], 1) != b""
        except BlockingIOError:
            return True


Inhibiting: TypeAlias = tuple[ShutdownInhibitor, Logind]


@pytest.fixture
def inhibiting(qtbot: QtBot, tmp_path: Path) -> Iterator[Inhibiting]:
    logind = Logind()
    with bus_peer(qtbot, tmp_path, "/org/freedesktop/login1", logind) as bus:
        yield ShutdownInhibitor(bus), logind
    for lock in logind.locks:
        os.close(lock)


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="logind is Linux's")
def test_shutting_down_is_delayed_exactly_while_something_runs(qtbot: QtBot, inhibiting: Inhibiting) -> None:
    inhibitor, logind = inhibiting
    inhibitor.show(RUNNING)
    inhibitor.show(Progress(running=True, percent=5))
    qtbot.waitUntil(lambda: bool(inhibitor._lock))
    assert logind.asked == [("shutdown", "TEE-Rex", "A proof is running", "block")]
    assert logind.held(0)
    inhibitor.show(IDLE)
    qtbot.waitUntil(lambda: not logind.held(0))
    inhibitor.show(RUNNING)
    qtbot.waitUntil(lambda: bool(inhibitor._lock))
    assert logind.held(1)
    inhibitor.show(IDLE)
    qtbot.waitUntil(lambda: not logind.held(1))


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="logind is Linux's")
def test_a_run_that_ends_before_the_answer_leaves_no_lock(qtbot: QtBot, inhibiting: Inhibiting) -> None:
    inhibitor, logind = inhibiting
    inhibitor.show(RUNNING)
    inhibitor.show(IDLE)
    qtbot.waitUntil(lambda: bool(logind.asked))
    qtbot.waitUntil(lambda: not logind.held(0))
    assert inhibitor._lock is None


def test_without_logind_nothing_happens(qapp: QApplication) -> None:
    inhibitor = ShutdownInhibitor(QDBusConnection("no such connection"))
    for progress in (RUNNING, IDLE):
        inhibitor.show(progress)
