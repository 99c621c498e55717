"""The history: find runs, choose some, see them side by side, pass the comparison on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tee_rex.backend import ProvingMode
from tee_rex.trusted_setup import TrustedSetup
from tee_rex_app import exports, wording
from tee_rex_app.comparison import Comparison
from tee_rex_app.history_filter import HistoryFilter, default_choice
from tee_rex_app.state import Outcome, Page, RunRecord, State
from tee_rex_app.translation import from_core
from tee_rex_app.views.comparison_view import MOST, ComparisonView
from tee_rex_app.views.files import ask_to_save
from tee_rex_app.views.form import ComboBox
from tee_rex_app.views.parts import Look, button, card, label, margins
from tee_rex_app.views.places import ViewContext
from tee_rex_app.views.run_list import RECORD_ROLE, RunDelegate, RunListModel

_TWO_COLUMNS_FROM = 820
_LIST_WIDTH = 340
_LIST_HEIGHT_BELOW = 300
_WIDEST = 16_777_215


class HistoryPage(QScrollArea):
    """Filter, list and comparison. Which runs are chosen is the page's own affair."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._intents = context.intents
        self._runs: tuple[RunRecord, ...] | None = None
        self._filter = HistoryFilter()
        self._chosen: list[int] | None = None
        self._showing = False
        self.model = RunListModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setMouseTracking(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Runs to compare"))
        self._rows = RunDelegate(context.theme, self.list)
        self.list.setItemDelegate(self._rows)
        self.list.selectionModel().selectionChanged.connect(self._selection_changed)
        context.theme.changed.connect(self.list.viewport().update)
        self.comparison = ComparisonView(context.theme)
        self._make_filters()
        self._make_actions()
        self._lay_out()
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)

    @property
    def chosen(self) -> list[RunRecord]:
        """The chosen runs, in the order in which they are listed, oldest first."""
        chosen = self._chosen or []
        return [run for run in reversed(self._runs or ()) if run.id in chosen]

    def render_state(self, state: State) -> None:
        """Show the history; the choice stays, as far as its runs do."""
        runs = state.history or ()
        if runs is self._runs:
            return
        self._runs = runs
        if self._chosen is None and runs:
            self._chosen = default_choice(runs)
        self._show()

    def _make_filters(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search (Ctrl+F)"))
        self.search.setAccessibleName(self.tr("Search the history"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._refilter)
        self.mode: ComboBox[ProvingMode | None] = ComboBox(
            self.tr("Mode"),
            [(None, self.tr("All modes")), *((mode, wording.mode_name(mode)) for mode in ProvingMode)],
        )
        self.outcome: ComboBox[Outcome | None] = ComboBox(
            self.tr("Outcome"),
            [(None, self.tr("All outcomes")), *((one, wording.outcome_name(one)) for one in Outcome)],
        )
        self.setup: ComboBox[TrustedSetup | None] = ComboBox(
            self.tr("Trusted setup"),
            [(None, self.tr("All setups")), *((one, wording.setup_name(one)) for one in TrustedSetup)],
        )
        for box in (self.mode, self.outcome, self.setup):
            box.currentIndexChanged.connect(self._refilter)
        self._count = label(Look.SECOND)

    def _make_actions(self) -> None:
        self.copy = button(self.tr("Copy as Markdown"), Look.SMALL_BUTTON)
        self.copy.clicked.connect(self._copy)
        self.export = button(self.tr("Export…"), Look.SMALL_BUTTON)
        menu = QMenu(self)
        for words, act in (
            (self.tr("Table for spreadsheets (CSV)…"), self.export_csv),
            (self.tr("Everything that is known (JSON)…"), self.export_json),
            (self.tr("Picture (PNG)…"), self.export_png),
        ):
            menu.addAction(words).triggered.connect(partial(_without_arguments, act))
        self.export.setMenu(menu)
        self.breakdown = button(self.tr("Show its breakdown"), Look.SMALL_BUTTON)
        self.breakdown.clicked.connect(self._show_breakdown)
        self.clear = button(self.tr("Choose none"), Look.SMALL_BUTTON)
        self.clear.clicked.connect(self.list.clearSelection)

    def _lay_out(self) -> None:
        self._left = card()
        left = QVBoxLayout(self._left)
        margins(left, 16, 14, 12, 12, 8)
        head = QHBoxLayout()
        margins(head, 0, 0, 0, 0, 12)
        head.addWidget(label(Look.TITLE, self.tr("History")))
        head.addWidget(self._count)
        head.addStretch(1)
        left.addLayout(head)
        left.addWidget(self.search)
        for boxes in ((self.mode, self.outcome), (self.setup,)):
            row = QHBoxLayout()
            margins(row, 0, 0, 0, 0, 6)
            for box in boxes:
                row.addWidget(box, 1)
            left.addLayout(row)
        self._none = label(Look.SECOND, wraps=True)
        left.addWidget(self._none)
        left.addWidget(self.list, 1)
        left.addStretch(0)
        right_card = card()
        right = QVBoxLayout(right_card)
        margins(right, 16, 14, 16, 14, 12)
        top = QHBoxLayout()
        margins(top, 0, 0, 0, 0, 8)
        top.addWidget(label(Look.TITLE, self.tr("Side by side")))
        top.addStretch(1)
        for made in (self.breakdown, self.clear, self.copy, self.export):
            top.addWidget(made)
        self._hint = label(Look.SECOND, wraps=True)
        right.addLayout(top)
        right.addWidget(self._hint)
        right.addWidget(self.comparison)
        right.addStretch(1)
        page = QWidget()
        page.setProperty("look", Look.PAGE.value)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, page)
        margins(self._beside, 24, 12, 24, 20, 16)
        self._beside.addWidget(self._left)
        self._beside.addWidget(right_card, 1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("History"))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Two columns where there is room for them."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= _TWO_COLUMNS_FROM
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._beside.direction() != direction:
            self._beside.setDirection(direction)
        self._left.setMinimumWidth(_LIST_WIDTH if wide else 0)
        self._left.setMaximumWidth(_LIST_WIDTH if wide else _WIDEST)
        self._left.setMinimumHeight(0 if wide else _LIST_HEIGHT_BELOW)

    def _refilter(self) -> None:
        self._filter = HistoryFilter(
            self.search.text(), self.mode.value(), self.outcome.value(), self.setup.value()
        )
        self._show()

    def _show(self) -> None:
        """Show what the filter lets through; chosen runs that it hides stay chosen."""
        runs = self._runs or ()
        shown = tuple(filter(self._filter.matches, runs))
        if not runs:
            self._none.setText(
                self.tr("Every run is kept here, with all of its times. Prove something, and it appears.")
            )
        elif not shown:
            self._none.setText(self.tr("No run fits the filter."))
        self._none.setVisible(not shown)
        self.list.setVisible(bool(shown))
        self._count.setText(
            self.tr("{shown} of {all}").format(shown=len(shown), all=len(runs)) if runs else ""
        )
        self._showing = True
        if shown != self.model.runs:
            self._rows.scale_ms = max((run.total_ms or 0.0 for run in shown[:50]), default=1.0)
            self.model.show_runs(shown)
        selection = QItemSelection()
        for row, run in enumerate(shown):
            if run.id in (self._chosen or []):
                index = self.model.index(row)
                selection.select(index, index)
        self.list.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._showing = False
        self._compare()

    def _selection_changed(self) -> None:
        if self._showing:
            return
        shown = {run.id for run in self.model.runs}
        selected = [index.data(RECORD_ROLE).id for index in self.list.selectionModel().selectedIndexes()]
        hidden = [number for number in self._chosen or [] if number not in shown]
        self._chosen = [*hidden, *selected]
        self._compare()

    def _compare(self) -> None:
        chosen = self.chosen
        comparison = Comparison.of(chosen[:MOST])
        some = bool(comparison.runs)
        self.comparison.setVisible(some)
        if some:
            self.comparison.show_comparison(comparison)
        if not chosen:
            hint = self.tr("Choose runs in the list: click them, or use the arrow keys and Space.")
        elif not some:
            error = chosen[0].error
            hint = (
                f"{from_core(error.title)}. {error.message}"
                if error
                else self.tr("It came to no proof: there are no times.")
            )
        elif len(chosen) > MOST:
            hint = self.tr("The oldest {most} of {count} chosen are shown; all are exported.").format(
                most=MOST, count=len(chosen)
            )
        else:
            hint = self.tr("Percentages compare with A.") if len(comparison.runs) > 1 else ""
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.copy.setText(self.tr("Copy as Markdown"))
        for made in (self.copy, self.export, self.clear):
            made.setEnabled(bool(chosen))
        self.copy.setEnabled(some)
        self.breakdown.setVisible(len(chosen) == 1)

    def _find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _show_breakdown(self) -> None:
        (run,) = self.chosen
        self._intents.select_run.emit(run)
        self._intents.open_page.emit(Page.PROVE)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(exports.to_markdown(Comparison.of(self.chosen)))
        self.copy.setText(self.tr("Copied"))

    def export_csv(self) -> None:
        """Ask where to, and save the chosen runs."""
        self._save("tee-rex-runs.csv", self.tr("Tables (*.csv)"), exports.to_csv(self.chosen))

    def export_json(self) -> None:
        """Ask where to, and save the chosen runs."""
        self._save("tee-rex-runs.json", self.tr("JSON (*.json)"), exports.to_json(self.chosen))

    def export_png(self) -> None:
        """Ask where to, and save a picture of the comparison."""
        self._save("tee-rex-comparison.png", self.tr("Pictures (*.png)"), self.comparison.picture())

    def _save(self, name: str, kinds: str, content: bytes) -> None:
        path = ask_to_save(self, self.tr("Export the chosen runs"), name, kinds)
        if path:
            self._intents.save_export.emit(path, content)


def _without_arguments(act: object, *_arguments: object) -> None:
    act()  # type: ignore[operator]  # the slot of a signal that tells more than is wanted
