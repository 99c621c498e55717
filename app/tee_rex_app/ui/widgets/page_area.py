"""The scrolling area of a page, and columns that are beside each other where there is room."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from tee_rex_app.ui.theme import scaled
from tee_rex_app.ui.widgets.layouts import Part, column_of, set_beside
from tee_rex_app.ui.widgets.parts import Look, ScrollPage, margins

_MARGINS = (24, 12, 24, 20)
_BETWEEN = 16


class PageArea(ScrollPage):
    """A page's column, in its margins."""

    def fill(self, name: str, column: QLayout) -> None:
        """Show a layout, whose margins become those of every page. name: for screen readers."""
        self.setAccessibleName(name)
        page = QWidget()
        page.setProperty("look", Look.PAGE.value)
        page.setLayout(column)
        column.setSpacing(_BETWEEN)
        column.setContentsMargins(*_MARGINS)
        self.setWidget(page)

    def arrange(self) -> None:
        """Place things for the present width and text size; for pages that have to."""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Arrange."""
        super().resizeEvent(event)
        self.arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Arrange for other sizes of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.arrange()


class TwoColumns(QWidget):
    """Two columns of parts; the second is below the first where there is no room beside it."""

    def __init__(self, first: tuple[Part, ...], second: tuple[Part, ...], *, beside_from: int) -> None:
        """beside_from: the least width of both, in pixels for usual texts."""
        super().__init__()
        self._beside_from = beside_from
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        margins(self._box, 0, 0, 0, 0, _BETWEEN)
        for parts in (first, second):
            column = column_of(*parts, spacing=_BETWEEN)
            column.addStretch(1)
            self._box.addLayout(column)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Arrange the columns for this width."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Arrange the columns for other sizes of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= scaled(self._beside_from)
        set_beside(self._box, wide)
        for at in range(2):
            self._box.setStretch(at, 1 if wide else 0)
