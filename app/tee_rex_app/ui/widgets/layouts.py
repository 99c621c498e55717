"""Rows and columns of widgets."""

from __future__ import annotations

from typing import Final, TypeAlias, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

BoxT = TypeVar("BoxT", bound=QBoxLayout)

STRETCH: Final = -1
"""Takes the room that is left."""
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
