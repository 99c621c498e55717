"""Rows, columns and grids of widgets."""

from __future__ import annotations

from typing import Final, TypeAlias, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QVBoxLayout,
    QWidget,
)

_FRAME = 40
"""The height that a window's title takes, at most."""

BoxT = TypeVar("BoxT", bound=QBoxLayout)

STRETCH: Final = -1
"""Takes the room that is left."""
UNLIMITED: Final = 16_777_215
"""No largest width or height: Qt's QWIDGETSIZE_MAX, which PySide does not have."""
TOP: Final = Qt.AlignmentFlag.AlignTop
MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter
RIGHT: Final = Qt.AlignmentFlag.AlignRight
Part: TypeAlias = QWidget | QLayout | int | tuple[QWidget, int | Qt.AlignmentFlag] | tuple[QLayout, int]
"""A widget or layout, alone or with its stretch or alignment; pixels of space; or ``STRETCH``."""
Around: TypeAlias = tuple[int, int, int, int]
"""Margins: left, top, right, bottom."""


def row_of(
    *parts: Part, inside: QWidget | None = None, around: Around = (0, 0, 0, 0), spacing: int = 8
) -> QHBoxLayout:
    """Parts beside each other. inside: the widget that they fill."""
    return _filled(QHBoxLayout(), inside, parts, around, spacing)


def column_of(
    *parts: Part, inside: QWidget | None = None, around: Around = (0, 0, 0, 0), spacing: int = 8
) -> QVBoxLayout:
    """Parts below each other. inside: the widget that they fill."""
    return _filled(QVBoxLayout(), inside, parts, around, spacing)


def grid_of(
    *, inside: QWidget | None = None, around: Around = (0, 0, 0, 0), across: int = 0, down: int = 0, wide: int
) -> QGridLayout:
    """An empty grid. inside: the widget that it fills. across, down: gaps. wide: the column that grows."""
    made = QGridLayout()
    if inside is not None:
        inside.setLayout(made)
    made.setContentsMargins(*around)
    made.setHorizontalSpacing(across)
    made.setVerticalSpacing(down)
    made.setColumnStretch(wide, 1)
    return made


def set_beside(box: QBoxLayout, beside: bool) -> None:  # noqa: FBT001  # as Qt's setters
    """Put its parts beside each other, or below each other."""
    box.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)


def add(layout: QBoxLayout, *parts: Part) -> None:
    """Append parts."""
    for part in parts:
        match part:
            case QWidget():
                layout.addWidget(part)
            case QLayout():
                layout.addLayout(part)
            case QWidget() as widget, Qt.AlignmentFlag() as alignment:
                layout.addWidget(widget, 0, alignment)
            case QWidget() as widget, int(stretch):
                layout.addWidget(widget, stretch)
            case QLayout() as inner, int(stretch):
                layout.addLayout(inner, stretch)
            case int() if part == STRETCH:
                layout.addStretch(1)
            case int():
                layout.addSpacing(part)


def empty(layout: QLayout) -> None:
    """Remove all widgets of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def _filled(
    layout: BoxT, inside: QWidget | None, parts: tuple[Part, ...], around: Around, spacing: int
) -> BoxT:
    if inside is not None:
        inside.setLayout(layout)
    layout.setContentsMargins(*around)
    layout.setSpacing(spacing)
    add(layout, *parts)
    return layout


class FlowLayout(QLayout):
    """Widgets in rows, as many in each as there is room for."""

    def __init__(self, inside: QWidget, *, spacing: int) -> None:
        super().__init__(inside)
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802  # Qt's name
        """Append an item."""
        self._items.append(item)

    def count(self) -> int:
        """The number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802  # Qt's name
        """An item; None behind the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802  # Qt's name
        """Remove an item."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802  # Qt's name
        """Take no more room than needed."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802  # Qt's name
        """Need more rows where it is narrow."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        """Return the height of all rows."""
        return self._place(QRect(0, 0, width, 0), moves=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802  # Qt's name
        """Place the widgets."""
        super().setGeometry(rect)
        self._place(rect, moves=True)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the size in one row."""
        sizes = [item.sizeHint() for item in self._shown]
        gaps = self.spacing() * max(0, len(sizes) - 1)
        return QSize(sum(size.width() for size in sizes) + gaps, max((s.height() for s in sizes), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the size of the widest widget."""
        sizes = [item.minimumSize() for item in self._shown]
        return QSize(max((s.width() for s in sizes), default=0), max((s.height() for s in sizes), default=0))

    @property
    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QRect, *, moves: bool) -> int:
        """Return the height of all rows. moves: whether to move the widgets there."""
        x, y, row = rect.x(), rect.y(), 0
        for item in self._shown:
            size = item.sizeHint()
            if x > rect.x() and x + size.width() > rect.right() + 1:
                x, y, row = rect.x(), y + row + self.spacing(), 0
            if moves:
                item.setGeometry(QRect(QPoint(x, y), size))
            x, row = x + size.width() + self.spacing(), max(row, size.height())
        return y + row - rect.y()


class WholeDialog(QDialog):
    """A dialog that opens with room for all of its texts; Qt stops at two thirds of the screen, and cuts."""

    def setVisible(self, visible: bool) -> None:  # noqa: FBT001, N802  # Qt's name
        """Take the height that the texts need, as far as the screen has it."""
        layout = self.layout()
        if visible and layout is not None:
            self.adjustSize()
            needed = layout.totalHeightForWidth(self.width())
            self.setMinimumHeight(min(needed, self.screen().availableSize().height() - _FRAME))
        super().setVisible(visible)
