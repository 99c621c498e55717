"""Where the focus goes when the widget that has it is hidden or locked."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollArea, QWidget


def nearest(lost: QWidget) -> QWidget | None:
    """The nearest widget of the same group that takes the focus, else of the group around it; last, the page.

    Qt takes the next one in the window, wherever that is.
    """
    around = lost.parentWidget()
    while around is not None and not around.isWindow():
        if around.isVisible():
            found = [one for one in around.findChildren(QWidget) if takes_focus(one)]
            if found:
                place = _middle(lost)
                return min(found, key=lambda one: (_middle(one) - place).manhattanLength())
            if isinstance(around, QScrollArea):
                return around
        around = around.parentWidget()
    return None


def takes_focus(widget: QWidget) -> bool:
    """Whether Tab reaches a widget now."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isVisible() and widget.isEnabled()


def _middle(widget: QWidget) -> QPoint:
    return widget.mapTo(widget.window(), widget.rect().center())
