"""The filter of the history: words, mode, outcome and trusted setup."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.runs import HistoryFilter, Outcome
from tee_rex_app.text import labels
from tee_rex_app.ui.widgets.form import ArrowComboBox, ComboBox
from tee_rex_app.ui.widgets.layouts import column_of
from tee_rex_app.ui.widgets.parts import margins

_SEARCH_PAUSE_MS = 120
_BETWEEN = 8


class RunFilters(QWidget):
    """A search field above combo boxes; that of websites is there once one has asked for a proof.

    Signals: changed with a HistoryFilter, while typing only after a pause.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._told = HistoryFilter()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search (Ctrl+F)"))
        self.search.setAccessibleName(self.tr("Search the history"))
        self.search.setClearButtonEnabled(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_SEARCH_PAUSE_MS)
        self._pause.timeout.connect(self.tell)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.search.returnPressed.connect(self.tell)
        self.mode: ComboBox[ProvingMode | None] = ComboBox(
            self.tr("Mode"),
            [(None, self.tr("All modes")), *((mode, labels.mode_name(mode)) for mode in ProvingMode)],
        )
        self.outcome: ComboBox[Outcome | None] = ComboBox(
            self.tr("Outcome"),
            [(None, self.tr("All outcomes")), *((one, labels.outcome_name(one)) for one in Outcome)],
        )
        self.setup: ComboBox[TrustedSetup | None] = ComboBox(
            self.tr("Trusted setup"),
            [(None, self.tr("All setups")), *((one, labels.setup_name(one)) for one in TrustedSetup)],
        )
        self.website: ComboBox[str | None] = ComboBox(self.tr("Website"), [(None, self.tr("All sources"))])
        self.website.setVisible(False)
        self._boxes: tuple[ArrowComboBox, ...] = (self.mode, self.outcome, self.setup, self.website)
        for box in self._boxes:
            box.currentIndexChanged.connect(self.tell)
        layout = column_of(self.search, inside=self)
        self._grid = QGridLayout()
        margins(self._grid, 0, 0, 0, 0, _BETWEEN)
        layout.addLayout(self._grid)
        self._arrange()

    def show_websites(self, websites: tuple[str, ...]) -> None:
        """Offer others; the chosen one stays if it is among them."""
        if self.website.show_values([(None, self.tr("All sources")), *((one, one) for one in websites)]):
            self._arrange()
            self.website.setVisible(bool(websites))
            self.tell()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Arrange the combo boxes for this width."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Arrange them for other sizes of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._arrange()

    def _arrange(self) -> None:
        """Put the combo boxes beside each other as far as none is cut; the last one fills its line."""
        shown = self._boxes if self.website.count() > 1 else self._boxes[:-1]
        columns = next(count for count in range(len(shown), 0, -1) if count == 1 or self._fit(shown, count))
        for at, box in enumerate(shown):
            row, column = divmod(at, columns)
            self._grid.addWidget(box, row, column, 1, columns - column if box is shown[-1] else 1)

    def _fit(self, boxes: Sequence[ArrowComboBox], columns: int) -> bool:
        """Whether none is cut while it filters nothing."""
        room = (self.width() - _BETWEEN * (columns - 1)) // columns
        alone = boxes[-1] if len(boxes) % columns == 1 else None
        return all(box is alone or box.width_for(box.itemText(0)) <= room for box in boxes)

    def tell(self) -> None:
        """Emit the current filter, unless it is unchanged."""
        self._pause.stop()
        chosen = HistoryFilter(
            self.search.text(),
            self.mode.value(),
            self.outcome.value(),
            self.setup.value(),
            self.website.value(),
        )
        if chosen != self._told:
            self._told = chosen
            self.changed.emit(chosen)

    def clear(self) -> None:
        """Reset the filter."""
        for box in self._boxes:
            box.setCurrentIndex(0)
        self.search.clear()
        self.tell()
        self.focus()

    def focus(self) -> None:
        """Focus the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
