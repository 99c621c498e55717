"""The history page: find runs, select some, compare and export them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QLocale, QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QBoxLayout, QFrame, QListView

from tee_rex_app.model.comparison import Comparison, default_choice
from tee_rex_app.model.runs import MAX_RUNS, ExportKind, FoundRuns, Outcome, RunRecord, StagedProof
from tee_rex_app.model.state import Page, State
from tee_rex_app.text import labels
from tee_rex_app.text.breakdown_labels import to_markdown
from tee_rex_app.ui.cards.comparison_view import MOST, ComparisonView
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_save
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.theme import scaled
from tee_rex_app.ui.widgets.copying import copy_text
from tee_rex_app.ui.widgets.delete_runs import DeleteRuns
from tee_rex_app.ui.widgets.layouts import STRETCH, UNLIMITED, add, column_of, row_of, set_beside
from tee_rex_app.ui.widgets.menus import ButtonMenu, Entry, offer_row_menu
from tee_rex_app.ui.widgets.page_area import PageArea
from tee_rex_app.ui.widgets.parts import Look, button, card, label, link
from tee_rex_app.ui.widgets.problem_buttons import ProblemButtons, problem_of_run
from tee_rex_app.ui.widgets.proof_row import ProofRow
from tee_rex_app.ui.widgets.run_filters import RunFilters
from tee_rex_app.ui.widgets.run_list import RECORD_ROLE, FoundRunsModel, RunDelegate
from tee_rex_app.ui.widgets.run_menu import run_entries

_TWO_COLUMNS_FROM = 960
_LIST_WIDTH = 340
_LIST_HEIGHT_BELOW = 300


class RunsList(QListView):
    """A list of thousands of rows of equal height, with multiple selection."""

    def __init__(self, model: FoundRunsModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802  # Qt's name
        """Do nothing: Qt's search would read every run; the search field does it."""


class HistoryPage(PageArea):
    """Filter, list and comparison. The selection is the page's own state."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._intents = context.intents
        self._store = context.store
        self._failed: RunRecord | None = None
        self.remedies = ProblemButtons(context.intents, context.show_diagnostics)
        self._runs: tuple[RunRecord, ...] | None = None
        self._found: FoundRuns | None = None
        self._ids: frozenset[int] = frozenset()
        self._chosen: set[int] | None = None
        self._known: dict[int, RunRecord] = {}
        self._showing = False
        self.model = FoundRunsModel()
        self.model.wanted.connect(self._intents.read_runs)
        self.list = RunsList(self.model)
        self.list.setAccessibleName(self.tr("Runs to compare"))
        self._rows = RunDelegate(context.theme, self.list)
        self.list.setItemDelegate(self._rows)
        self.list.selectionModel().selectionChanged.connect(self._selection_changed)
        offer_row_menu(self.list, self._entries)
        context.theme.changed.connect(self.list.viewport().update)
        self.comparison = ComparisonView(context.theme)
        self.proof = ProofRow(context.theme, context.intents)
        self._staged: StagedProof | None = None
        self.delete = DeleteRuns()
        self.delete.menu.aboutToShow.connect(self._offer_to_delete)
        self.delete.confirmed.connect(self._intents.delete_runs)
        self.filters = RunFilters()
        self.filters.changed.connect(self._intents.find_runs)
        self._make_actions()
        self._lay_out()
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.filters.focus)

    @property
    def chosen_ids(self) -> tuple[int, ...]:
        """The chosen runs, oldest first, shown by the filter or not."""
        return tuple(sorted(self._chosen or ()))

    @property
    def chosen(self) -> list[RunRecord]:
        """Those of the chosen runs that are compared: the oldest ones, as far as they have been read."""
        return [self._known[number] for number in self.chosen_ids[:MOST] if number in self._known]

    def render_state(self, state: State) -> None:
        """Show the history; the choice stays."""
        runs, found = state.history or (), state.found
        self.prove.setEnabled(not state.busy)
        self._show_remedies()
        if state.staged is not self._staged:
            self._staged = state.staged
            self._show_proof()
        if runs is self._runs and found is self._found:
            return
        other_ids = found is not None and (self._found is None or found.ids != self._found.ids)
        self._runs, self._found = runs, found
        if self._chosen is None and runs:
            self._chosen = set(default_choice(runs))
            other_ids = True
        if found is not None:
            if self._chosen is not None:
                self._chosen -= found.deleted
            self._rows.scale_ms = max(1.0, found.longest_ms)
            self._showing = True
            self.filters.show_websites(found.websites)
            self.model.show_found(found)
            if other_ids:
                self.delete.withdraw()
                self._ids = frozenset(found.ids)
                self._select()
            self._showing = False
        self._show()

    def _make_actions(self) -> None:
        self._count = label(Look.SECOND)
        self.unfilter = link(self.tr("Show all runs"), clicked=self.filters.clear)
        self.prove = button(self.tr("Prove sample"), Look.PRIMARY, clicked=self._prove_sample)
        self.copy = button(self.tr("Copy as Markdown"), Look.SMALL_BUTTON, clicked=self._copy)
        self.export = button(self.tr("Export…"), Look.SMALL_BUTTON)
        menu = ButtonMenu(self.export)
        for words, act in (
            (self.tr("Table for spreadsheets (CSV)…"), self.export_csv),
            (self.tr("Full details (JSON)…"), self.export_json),
        ):
            menu.addAction(words).triggered.connect(partial(_without_arguments, act))
        self.export_picture = menu.addAction(self.tr("Picture (PNG)…"))
        self.export_picture.triggered.connect(partial(_without_arguments, self.export_png))
        self.breakdown = button(self.tr("Show breakdown"), Look.SMALL_BUTTON, clicked=self._show_breakdown)
        self.clear = button(self.tr("Clear selection"), Look.SMALL_BUTTON, clicked=self._choose_none)
        pressed = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list)
        pressed.setContext(Qt.ShortcutContext.WidgetShortcut)
        pressed.activated.connect(self._ask_to_delete)

    def _lay_out(self) -> None:
        self._left = card()
        left = column_of(inside=self._left, around=(16, 14, 16, 14))
        head = row_of(label(Look.TITLE, self.tr("History")), self._count, STRETCH, self.delete, spacing=12)
        add(left, head, self.delete.warning, self.filters)
        self._none = label(Look.SECOND, wraps=True)
        left.addWidget(self._none)
        for made in (self.unfilter, self.prove):
            left.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.list, 1)
        left.addStretch(0)
        self._right = card()
        right = column_of(inside=self._right, around=(16, 14, 16, 14), spacing=12)
        self._title = label(Look.TITLE, self.tr("Side by side"))
        self._actions = (self.breakdown, self.clear, self.copy, self.export)
        self._top = row_of(self._title, STRETCH)
        self._top.addLayout(row_of(*self._actions, STRETCH))
        self._hint = label(Look.SECOND, wraps=True)
        add(right, self._top, self._hint, self.remedies, self.proof, self.comparison, STRETCH)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.addWidget(self._left)
        self._beside.addWidget(self._right, 1)
        self._beside.addStretch(0)
        self.fill(self.tr("History"), self._beside)
        self.arrange()

    def arrange(self) -> None:
        """Use two columns if there is room."""
        wide = self.width() >= scaled(_TWO_COLUMNS_FROM) and not self._right.isHidden()
        set_beside(self._beside, wide)
        self._beside.setStretch(2, int(self._right.isHidden()))
        self._arrange_actions()
        self._left.setMinimumWidth(scaled(_LIST_WIDTH) if wide else 0)
        self._left.setMaximumWidth(scaled(_LIST_WIDTH) if wide else UNLIMITED)
        self._left.setMinimumHeight(0 if wide or self.list.isHidden() else scaled(_LIST_HEIGHT_BELOW))

    def _arrange_actions(self) -> None:
        """Beside the title where they fit, else below it."""
        actions = [made for made in self._actions if not made.isHidden()]
        needed = self._title.sizeHint().width() + sum(made.sizeHint().width() + 8 for made in actions)
        beside = (
            scaled(_LIST_WIDTH) + 16 if self._beside.direction() == QBoxLayout.Direction.LeftToRight else 0
        )
        room = self.width() - beside - 58 - 32  # the margins of the page and of the card
        set_beside(self._top, needed <= room)

    def _prove_sample(self) -> None:
        self._intents.open_page(Page.PROVE)
        self._intents.prove_sample()

    def _show(self) -> None:
        """Show how much was found, and the comparison."""
        found = self._found
        shown, total = (len(found.ids), found.total) if found is not None else (0, 0)
        if not total:
            self._none.setText(
                self.tr("Every run is kept here with its timings. Your first proof will appear here.")
            )
        elif not shown:
            self._none.setText(self.tr("No matching runs."))
        self._none.setVisible(not shown)
        self.unfilter.setVisible(bool(total) and not shown)
        self.prove.setVisible(not total)
        self.filters.setVisible(bool(total))
        self.list.setVisible(bool(shown))
        words = self.tr("{shown} of {all}").format(shown=shown, all=total)
        if shown == total:
            words = self.tr("%Ln run(s)", "", total)
        self._count.setText(words if total else "")
        self._count.setToolTip(
            self.tr("The newest {most} runs are kept.").format(most=QLocale().toString(MAX_RUNS))
        )
        self.delete.setVisible(bool(total))
        self._right.setVisible(bool(total))
        self.arrange()
        self._compare()

    def _select(self) -> None:
        """Mark the chosen runs among those that are shown, by ranges of rows."""
        chosen, selection = self._chosen or set(), QItemSelection()
        rows = [row for row, number in enumerate(self.model.ids) if number in chosen]
        start = 0
        for at, row in enumerate(rows):
            if at + 1 == len(rows) or rows[at + 1] != row + 1:
                selection.select(self.model.index(rows[start]), self.model.index(row))
                start = at + 1
        self.list.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _selection_changed(self) -> None:
        if self._showing:
            return
        selected = self.model.ids_within(self.list.selectionModel().selection())
        self._chosen = {*((self._chosen or set()) - self._ids), *selected}
        self._compare()

    def _record(self, number: int) -> RunRecord | None:
        """A run, if it has been read."""
        known = self._found.records.get(number) if self._found is not None else None
        if known is None:
            known = next((run for run in self._runs or () if run.id == number), None)
        return known or self._known.get(number)

    def _compare(self) -> None:
        """Show the oldest of the chosen runs beside each other, once they have been read."""
        ids = self.chosen_ids
        read = {number: self._record(number) for number in ids[:MOST]}
        self._known = {number: run for number, run in read.items() if run is not None}
        unreadable = {n for n, run in (self._found.records if self._found else {}).items() if run is None}
        if missing := tuple(number for number in read.keys() - self._known.keys() - unreadable):
            self._intents.read_runs(missing)
        self._show_comparison(self.chosen, len(ids))

    def _show_comparison(self, chosen: list[RunRecord], count: int) -> None:
        comparison = Comparison.of(chosen)
        some = bool(comparison.runs)
        self.comparison.setVisible(some)
        if some:
            self.comparison.show_comparison(comparison)
        self._title.setText(self.tr("Timings") if len(comparison.runs) == 1 else self.tr("Side by side"))
        hint = ""
        self._failed = chosen[0] if len(chosen) == 1 and not some else None
        if self._found is None or not self._found.total:
            hint = self.tr("Select two or more runs to compare where their time went.")
        elif not count:
            hint = self.tr("Click runs in the list, or use the arrow keys and Space.")
        elif not some:
            error = chosen[0].error if chosen else None
            hint = labels.failure(error) if error else self.tr("No proof was made, so there are no timings.")
        elif count > MOST:
            hint = self.tr("Showing the oldest {most} of {count} selected runs; exports include all.").format(
                most=MOST, count=count
            )
        elif len(comparison.runs) > 1:
            hint = self.tr("Percentages are relative to A.")
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._show_remedies()
        self.copy.setText(self.tr("Copy as Markdown"))
        for made in (self.copy, self.export, self.clear):
            made.setVisible(self._found is not None and self._found.total > 0)
            made.setEnabled(bool(count))
        self.copy.setEnabled(some)
        self.export_picture.setEnabled(some)
        self.breakdown.setVisible(count == 1 and bool(chosen))
        self._arrange_actions()
        self._show_proof()

    def _show_proof(self) -> None:
        """Of the chosen run, if it is the only one."""
        only = self.chosen if len(self.chosen_ids) == 1 else []
        self.proof.show_proof(only[0] if only else None, self._staged)

    def _offer_to_delete(self) -> None:
        found = self._found
        if found is None:
            return
        matching = self._ended(found.ids) if len(found.ids) < found.total else None
        total = found.total - len(self._running())
        self.delete.offer(self._ended(self.chosen_ids), matching, total, put_aside=bool(found.put_aside))

    def _ask_to_delete(self) -> None:
        chosen = self._ended(self.chosen_ids)
        self.delete.ask(chosen, len(chosen))

    def _ended(self, ids: Sequence[int]) -> list[int]:
        """Those that can be deleted: nothing that is running."""
        running = self._running()
        return [number for number in ids if number not in running]

    def _running(self) -> set[int]:
        """Among the runs that were read, as the newest ones are."""
        read = self._found.records.values() if self._found is not None else ()
        return {run.id for run in read if run is not None and run.outcome is Outcome.RUNNING}

    def _show_remedies(self) -> None:
        """What can be done about the chosen run, if it failed."""
        failed = None if self._failed is None else problem_of_run(self._failed, self._intents)
        self.remedies.show_problem(failed, self._store.state)

    def _entries(self, row: QModelIndex) -> list[Entry]:
        """What the context menu offers for one run, chosen or not."""
        run = row.data(RECORD_ROLE)
        if not isinstance(run, RunRecord):
            return []
        show_breakdown = partial(self._show_breakdown_of, run)
        ask_to_delete = partial(self.delete.ask, [run.id], 1)
        return run_entries(self, self._intents, run, show_breakdown, ask_to_delete)

    def _choose_none(self) -> None:
        """Those that the filter hides too."""
        self._chosen = set()
        self._select()
        self._compare()

    def _show_breakdown(self) -> None:
        (run,) = self.chosen
        self._show_breakdown_of(run)

    def _show_breakdown_of(self, run: RunRecord) -> None:
        self._intents.select_run(run)
        self._intents.open_page(Page.PROVE)

    def _copy(self) -> None:
        copy_text(to_markdown(Comparison.of(self.chosen)))
        self.copy.setText(self.tr("Copied"))

    def export_csv(self) -> None:
        """Ask where to, and save the chosen runs."""
        self._export("tee-rex-runs.csv", self.tr("Tables (*.csv)"), ExportKind.CSV)

    def export_json(self) -> None:
        """Ask where to, and save the chosen runs."""
        self._export("tee-rex-runs.json", self.tr("JSON (*.json)"), ExportKind.JSON)

    def export_png(self) -> None:
        """Ask where to, and save a picture of the comparison."""
        if path := self._ask_where_to("tee-rex-comparison.png", self.tr("Pictures (*.png)")):
            self._intents.save_picture(path, self.comparison.picture())

    def _export(self, name: str, kinds: str, kind: ExportKind) -> None:
        if path := self._ask_where_to(name, kinds):
            self._intents.export_runs(path, kind, self.chosen_ids)

    def _ask_where_to(self, name: str, kinds: str) -> Path | None:
        return ask_to_save(self, self.tr("Export selected runs"), name, kinds)


def _without_arguments(act: object, *_arguments: object) -> None:
    act()  # type: ignore[operator]  # the slot of a signal that tells more than is wanted
