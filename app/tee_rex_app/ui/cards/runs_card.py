"""The recent history: runs on one time scale, newest first; selecting one shows its breakdown."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QFrame, QListView

from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import RunProof, RunRecord
from tee_rex_app.model.state import Page, State
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of, row_of
from tee_rex_app.ui.widgets.menus import Entry, copy_text, offer_menu
from tee_rex_app.ui.widgets.parts import Look, label, link
from tee_rex_app.ui.widgets.run_list import RECORD_ROLE, RunDelegate, RunListModel


class RunsCard(QFrame):
    """The list of runs."""

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
        offer_menu(self.list, self._offered)
        self._count = label(Look.SECOND)
        self._empty = label(
            Look.SECOND, self.tr("Every run is kept here, so you can compare and share them."), wraps=True
        )
        head = row_of(label(Look.TITLE, self.tr("Runs")), self._count, STRETCH, spacing=12)
        self.compare = link(self.tr("Compare…"), clicked=lambda: intents.open_page(Page.HISTORY))
        head.addWidget(self.compare)
        layout = column_of(head, self._empty, (self.list, 1), inside=self, around=(16, 14, 12, 12))
        layout.addStretch(0)
        theme.changed.connect(self.list.viewport().update)

    def render_state(self, state: State) -> None:
        """Show the history."""
        runs = state.history or ()
        self.list.setVisible(bool(runs))
        self._empty.setVisible(not runs)
        self.compare.setVisible(bool(runs))
        self._count.setText(self.tr("same scale") if len(runs) > 1 else "")
        if runs != self._model.runs:
            self._rows.scale_ms = max((run.total_ms or 0.0 for run in runs[:20]), default=1.0)
            self._model.show_runs(runs)
        selected = next((row for row, run in enumerate(runs) if run == state.selected), None)
        row = -1 if selected is None else selected
        if self.list.currentIndex().row() != row:
            self.list.setCurrentIndex(self._model.index(row))

    def _offered(self) -> list[Entry]:
        """What the context menu offers for the current run."""
        run = self.list.currentIndex().data(RECORD_ROLE)
        proof = RunProof.of(run) if isinstance(run, RunRecord) else None
        return [] if proof is None else [(self.tr("Copy digest"), partial(copy_text, proof.sha256))]

    def _chosen(self, current: QModelIndex) -> None:
        run = current.data(RECORD_ROLE)
        if isinstance(run, RunRecord):
            self._intents.select_run(run)
