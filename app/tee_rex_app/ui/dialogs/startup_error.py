"""A message box for errors that keep the application from starting."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox


def show_and_wait(title: str, message: str, hint: str) -> None:
    """Show what happened and what to do; return when it is closed."""
    box = QMessageBox(QMessageBox.Icon.Warning, "TEE-Rex", title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(f"{message}\n{hint}")
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.exec()
