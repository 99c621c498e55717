"""Showing a file in its folder: the exact calls on every system."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import ClassInfo, QObject, Slot
from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from support.bus_peer import bus_peer
from tee_rex_app.platform.folder_view import FolderView, start_program

NOT_CONNECTED = "no such connection"


class Started:
    """The programs that were started."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []

    def __call__(self, program: str, arguments: Sequence[str]) -> None:
        self.commands.append([program, *arguments])


@pytest.mark.parametrize(
    ("platform", "file", "command"),
    [
        ("darwin", "/Users/ada/my proofs/-r.proof", ["open", "-R", "/Users/ada/my proofs/-r.proof"]),
        ("win32", "C:\\My proofs\\a.proof", ["explorer.exe", "/select,", "C:\\My proofs\\a.proof"]),
        ("linux", "/home/ada/my proofs/a.proof", ["xdg-open", "/home/ada/my proofs"]),
    ],
)
def test_programs_of_systems_without_a_file_manager_on_the_bus(
    qapp: QApplication, platform: str, file: str, command: list[str]
) -> None:
    started = Started()
    FolderView(platform, lambda: QDBusConnection(NOT_CONNECTED), started).show(Path(file))
    assert started.commands == [command]


@ClassInfo({"D-Bus Interface": "org.freedesktop.FileManager1"})  # type: ignore[call-arg]
class FileManager(QObject):  # type: ignore[operator]
    """The interface of file managers, with the documented types."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[list[str], str]] = []

    @Slot("QStringList", str)
    def ShowItems(self, uris: list[str], startup_id: str) -> None:  # noqa: N802  # D-Bus's name
        self.heard.append((uris, startup_id))


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="file managers are on the bus on Linux")
def test_the_file_manager_receives_the_documented_types(qtbot: QtBot, tmp_path: Path) -> None:
    manager, started = FileManager(), Started()
    with bus_peer(qtbot, tmp_path, "/org/freedesktop/FileManager1", manager) as bus:
        view = FolderView("linux", lambda: bus, started)
        view.show(Path("/home/ada/my proofs/50 % ñ#1.proof"))
        qtbot.waitUntil(lambda: bool(manager.heard))
        assert manager.heard == [(["file:///home/ada/my%20proofs/50%20%25%20%C3%B1%231.proof"], "")]
        view.show(Path(os.fsdecode(b"/home/ada/latin-\xff.proof")))
        qtbot.waitUntil(lambda: len(manager.heard) == 2)
    assert manager.heard[1] == (["file:///home/ada/latin-%FF.proof"], "")
    assert started.commands == []


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="file managers are on the bus on Linux")
def test_where_no_file_manager_answers_the_folder_is_opened(qtbot: QtBot, tmp_path: Path) -> None:
    started = Started()
    with bus_peer(qtbot, tmp_path) as bus:  # nobody has the file manager's object
        FolderView("linux", lambda: bus, started).show(Path("/home/ada/a.proof"))
        qtbot.waitUntil(lambda: started.commands == [["xdg-open", "/home/ada"]])


@pytest.mark.integration
@pytest.mark.skipif(sys.platform == "win32", reason="a script is the program")
def test_programs_are_started_without_the_libraries_of_a_frozen_build(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They would load this program's Qt."""
    program, heard = tmp_path / "open", tmp_path / "heard"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" "$LD_LIBRARY_PATH" >"{heard}.new"\nmv "{heard}.new" "{heard}"\n'
    )
    program.chmod(0o700)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/tee-rex/_internal")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/usr/local/lib")
    assert start_program(str(program), ["/home/ada/my proofs"])
    qtbot.waitUntil(heard.exists)
    assert heard.read_text().splitlines() == ["/home/ada/my proofs", "/usr/local/lib"]
    assert not start_program("/no/such/program", [])
