"""The recent history: runs on one time scale, newest first; selecting one shows its breakdown."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QFrame, QListView

from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import RunRecord
from tee_rex_app.model.state import Page, State
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.delete_runs import DeleteRuns
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of, row_of
from tee_rex_app.ui.widgets.menus import Entry, offer_row_menu
from tee_rex_app.ui.widgets.parts import Look, label, link
from tee_rex_app.ui.widgets.run_list import RECORD_ROLE, RunDelegate, RunListModel
from tee_rex_app.ui.widgets.run_menu import run_entries


class RunsCard(QFrame):
    """The list of runs. Signals: breakdown_wanted, of the selected run."""

    breakdown_wanted = Signal()

    def __init__(self, theme: Theme, intents: Intents) -> None:
        super().__init__()
        self.setProperty("look", Look.CARD.value)
        self._intents = intents
        self._model = RunListModel()
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Earlier runs"))
        self._rows = RunDelegate(theme, self.list)
        self.list.setItemDelegate(self._rows)
        self.list.selectionModel().currentChanged.connect(self._chosen)
        offer_row_menu(self.list, self._entries)
        self.delete = DeleteRuns(self.list)
        self.delete.confirmed.connect(intents.delete_runs)
        self._count = label(Look.SECOND)
        self._empty = label(
            Look.SECOND, self.tr("Every run is kept here, so you can compare and share them."), wraps=True
        )
        head = row_of(label(Look.TITLE, self.tr("Runs")), self._count, STRETCH, spacing=12)
        self.compare = link(self.tr("Compare…"), clicked=lambda: intents.open_page(Page.HISTORY))
        head.addWidget(self.compare)
        head.addWidget(self.delete)
        self.delete.asked.connect(self.compare.setHidden)
        layout = column_of(
            head, self.delete.warning, self._empty, (self.list, 1), inside=self, around=(16, 14, 12, 12)
        )
        layout.addStretch(0)
        theme.changed.connect(self.list.viewport().update)

    def render_state(self, state: State) -> None:
        """Show the history."""
        runs = state.history or ()
        self.list.setVisible(bool(runs))
        self._empty.setVisible(not runs)
        if runs != self._model.runs:
            self.delete.withdraw()
        self.compare.setVisible(bool(runs) and self.delete.confirm.isHidden())
        self._count.setText(self.tr("same scale") if len(runs) > 1 else "")
        if runs != self._model.runs:
            self._rows.scale_ms = max((run.total_ms or 0.0 for run in runs[:20]), default=1.0)
            self._model.show_runs(runs)
        selected = next((row for row, run in enumerate(runs) if run == state.selected), None)
        row = -1 if selected is None else selected
        if self.list.currentIndex().row() != row:
            self.list.setCurrentIndex(self._model.index(row))

    def _entries(self, row: QModelIndex) -> list[Entry]:
        """What the context menu offers for a run, which a click has selected."""
        run = row.data(RECORD_ROLE)
        if not isinstance(run, RunRecord):
            return []
        ask_to_delete = partial(self.delete.ask, [run.id], 1)
        return run_entries(self, self._intents, run, partial(self._show_breakdown, run), ask_to_delete)

    def _show_breakdown(self, run: RunRecord) -> None:
        self._intents.select_run(run)
        self.breakdown_wanted.emit()

    def _chosen(self, current: QModelIndex) -> None:
        run = current.data(RECORD_ROLE)
        if isinstance(run, RunRecord):
            self._intents.select_run(run)
