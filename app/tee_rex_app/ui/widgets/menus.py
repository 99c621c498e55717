"""Menus that stay within the window: of buttons, and those of a right click and the Menu key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QPushButton, QWidget

Entry = tuple[str, Callable[[], object]]
"""Words, and what choosing them does."""


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
        _move_within(self, wanted, window)


class ContextMenu(QMenu):
    """The menu of what was clicked. It stays within the window too."""

    def __init__(self, clicked: QWidget) -> None:
        super().__init__(clicked)
        self._clicked = clicked
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """Move its right and bottom edge into the window."""
        super().showEvent(event)
        window = _on_screen(self._clicked.window())
        wanted = QRect(self.pos(), self.size())
        wanted.moveRight(min(wanted.right(), window.right()))
        wanted.moveBottom(min(wanted.bottom(), window.bottom()))
        _move_within(self, wanted, window)


def offer_menu(widget: QWidget, entries: Callable[[], Sequence[Entry]]) -> None:
    """Open a menu by right click and by the Menu key. entries: called then; without any, none opens."""
    _offer(widget, lambda _at: entries())


def offer_row_menu(view: QAbstractItemView, entries: Callable[[QModelIndex], Sequence[Entry]]) -> None:
    """As ``offer_menu``, of the row that was clicked, which the Menu key takes to be the current one."""

    def of_row(at: QPoint) -> Sequence[Entry]:
        row = view.indexAt(at)
        return entries(row) if row.isValid() else ()

    _offer(view, of_row)


def _offer(widget: QWidget, entries: Callable[[QPoint], Sequence[Entry]]) -> None:
    def show(at: QPoint) -> None:
        offered = entries(at)
        if not offered:
            return
        menu = ContextMenu(widget)
        for words, act in offered:
            menu.addAction(words).triggered.connect(lambda _checked=False, act=act: act())
        menu.popup(widget.mapToGlobal(at))

    widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    widget.customContextMenuRequested.connect(show)


def _move_within(menu: QMenu, wanted: QRect, window: QRect) -> None:
    if window.contains(wanted) and menu.screen().availableGeometry().contains(wanted):
        menu.move(wanted.topLeft())


def _on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint()), widget.size())
