"""Menus of buttons."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget


class ButtonMenu(QMenu):
    """The menu of a button. It stays within the window, which Qt's own does with the screen alone."""

    def __init__(self, button: QPushButton) -> None:
        super().__init__(button)
        self._button = button
        button.setMenu(self)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """Align it with the button's right edge, or above the button, where it would leave the window."""
        super().showEvent(event)
        window, button = _on_screen(self._button.window()), _on_screen(self._button)
        wanted = QRect(self.pos(), self.size())
        if wanted.right() > window.right():
            wanted.moveRight(button.right())
        if wanted.bottom() > window.bottom():
            wanted.moveBottom(button.top() - 1)
        if window.contains(wanted) and self.screen().availableGeometry().contains(wanted):
            self.move(wanted.topLeft())


def _on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint()), widget.size())
