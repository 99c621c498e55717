from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from tee_rex_app.platform.remembered import FILE_NAME, Remembered
from tee_rex_app.platform.window_place import WindowPlace


def shown(qtbot: QtBot, folder: Path) -> tuple[QMainWindow, WindowPlace]:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(400, 300)
    place = WindowPlace(window, Remembered(folder))
    place.restore()
    window.show()
    return window, place


def test_the_geometry_is_restored(qtbot: QtBot, tmp_path: Path) -> None:
    first, _ = shown(qtbot, tmp_path)
    first.setGeometry(60, 70, 500, 333)
    qtbot.waitUntil((tmp_path / FILE_NAME).exists)  # without closing: it survives a kill
    second, _ = shown(qtbot, tmp_path)
    assert second.geometry() == QRect(60, 70, 500, 333)


def test_maximised_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    first, _ = shown(qtbot, tmp_path)
    first.showMaximized()
    first.close()
    second, _ = shown(qtbot, tmp_path)
    assert second.isMaximized()


def test_a_window_on_a_missing_screen_moves_into_view(qtbot: QtBot, tmp_path: Path) -> None:
    first, place = shown(qtbot, tmp_path)
    first.move(50_000, 40_000)
    place.save()
    second, _ = shown(qtbot, tmp_path)
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert screen.intersects(second.frameGeometry())
    assert second.frameGeometry().top() >= screen.top()


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff" * 500, b"[General]\ngeometry=@ByteArray(junk)\n", b"geometry=7"]
)
def test_a_broken_file_is_ignored(qtbot: QtBot, tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    window, _ = shown(qtbot, tmp_path)
    assert window.size() == QSize(400, 300)


def test_an_unwritable_folder_is_ignored(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    window, place = shown(qtbot, tmp_path / "file" / "below")
    window.resize(410, 310)
    place.save()
    assert window.isVisible()
