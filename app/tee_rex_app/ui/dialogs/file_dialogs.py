"""File dialogs, and saving what a dialog or panel shows."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from tee_rex.system.files import replacing


def ask_to_open(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Return the chosen path, None when nothing was chosen. kinds: filters of Qt's file dialogs."""
    path, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return Path(path) if path else None


def ask_to_save(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Return the path chosen for a new file, None when nothing was chosen. name: the proposal."""
    path, _ = QFileDialog.getSaveFileName(parent, title, name, kinds)
    return Path(path) if path else None


def save_file(path: Path, content: bytes) -> bool:
    """Replace a file, completely or not at all; return whether it worked."""
    try:
        with replacing(path) as new:
            new.write_bytes(content)
    except OSError:
        return False
    return True
