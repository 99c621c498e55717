"""File dialogs, which begin where one of the same kind ended, and saving what a dialog or panel shows."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from PySide6.QtWidgets import QFileDialog, QWidget

from tee_rex.system.files import replacing


class Folders(Protocol):
    """The last folder of each kind of files, also of earlier sessions."""

    def folder(self, kind: str) -> Path | None:
        """The last one of this kind, if any."""

    def remember_folder(self, kind: str, folder: Path) -> None:
        """Begin there the next time."""


@runtime_checkable
class KeepsFolders(Protocol):
    """A window whose dialogs remember their folders."""

    folders: Folders | None


def ask_to_open(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Return the chosen path, None when nothing was chosen. kinds: filters of Qt's file dialogs."""
    folders, kind = _folders(parent), _kind(kinds)
    begin = folders.folder(kind) if folders is not None else None
    path, _ = QFileDialog.getOpenFileName(parent, title, str(begin or ""), kinds)
    return _chosen(path, folders, kind)


def ask_to_save(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Return the path chosen for a new file, None when nothing was chosen. name: the proposal."""
    folders, kind = _folders(parent), _kind(kinds)
    begin = folders.folder(kind) if folders is not None else None
    path, _ = QFileDialog.getSaveFileName(parent, title, str(begin / name if begin else name), kinds)
    return _chosen(path, folders, kind)


def save_file(path: Path, content: bytes) -> bool:
    """Replace a file, completely or not at all; return whether it worked."""
    try:
        with replacing(path) as new:
            new.write_bytes(content)
    except OSError:
        return False
    return True


def _chosen(path: str, folders: Folders | None, kind: str) -> Path | None:
    if not path:
        return None
    if folders is not None:
        folders.remember_folder(kind, Path(path).parent)
    return Path(path)


def _kind(kinds: str) -> str:
    """The patterns of the first filter, which are the same in every language."""
    return kinds.partition("(")[2].partition(")")[0]


def _folders(widget: QWidget) -> Folders | None:
    """Those of the window that the widget, or the dialog that it is in, belongs to."""
    window = cast("QWidget | None", widget.window())  # the stubs leave out the None
    while window is not None and not isinstance(window, KeepsFolders):
        parent = window.parentWidget()
        window = parent.window() if parent is not None else None
    return window.folders if window is not None else None
