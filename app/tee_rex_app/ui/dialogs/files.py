"""Asking for a file, in one place."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_to_open(parent: QWidget, title: str, kinds: str) -> str:
    """The path chosen, empty when nothing was. kinds: as Qt's file dialogs filter."""
    path, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return path


def ask_to_save(parent: QWidget, title: str, name: str, kinds: str) -> str:
    """The path chosen for a file to be made, empty when nothing was. name: what is proposed."""
    path, _ = QFileDialog.getSaveFileName(parent, title, name, kinds)
    return path
