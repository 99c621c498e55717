"""The filter of the history: words, mode, outcome and trusted setup."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.runs import HistoryFilter, Outcome
from tee_rex_app.text import labels
from tee_rex_app.ui.widgets.form import ArrowComboBox, ComboBox
from tee_rex_app.ui.widgets.layouts import column_of
from tee_rex_app.ui.widgets.parts import margins

_SEARCH_PAUSE_MS = 120


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
        margins(self._grid, 0, 0, 0, 0, 8)
        layout.addLayout(self._grid)
        self._narrow = True
        self.arrange(narrow=True)

    def show_websites(self, websites: tuple[str, ...]) -> None:
        """Offer others; the chosen one stays if it is among them."""
        if self.website.show_values([(None, self.tr("All sources")), *((one, one) for one in websites)]):
            self.arrange(narrow=self._narrow)
            self.website.setVisible(bool(websites))
            self.tell()

    def arrange(self, *, narrow: bool) -> None:
        """Put the combo boxes on two lines if narrow, else on one."""
        self._narrow = narrow
        for at, box in enumerate(self._boxes):
            row, column = (at // 2, at % 2) if narrow else (0, at)
            alone = narrow and box is self.setup and self.website.count() == 1
            self._grid.addWidget(box, row, column, 1, 2 if alone else 1)

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
