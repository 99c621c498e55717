"""The Prove page: modes, actions, the run, its breakdown and the history, in the order of a proof."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QWidget

from tee_rex.aztec.flows.report import FlowKind
from tee_rex.errors.message import printable
from tee_rex_app.model.state import State
from tee_rex_app.text.formats import breakable
from tee_rex_app.text.labels import source_name
from tee_rex_app.ui.cards.breakdown_card import BreakdownCard
from tee_rex_app.ui.cards.flow_card import FlowCard
from tee_rex_app.ui.cards.mode_cards import ModeCards
from tee_rex_app.ui.cards.run_card import RunCard
from tee_rex_app.ui.cards.runs_card import RunsCard
from tee_rex_app.ui.cards.setup_card import SetupCard
from tee_rex_app.ui.cards.waiting_files_card import WaitingFilesCard
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_open
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.theme import scaled
from tee_rex_app.ui.widgets.layouts import UNLIMITED, column_of, row_of, set_beside
from tee_rex_app.ui.widgets.menus import ButtonMenu
from tee_rex_app.ui.widgets.page_area import PageArea
from tee_rex_app.ui.widgets.parts import Look, button, label, margins
from tee_rex_app.ui.widgets.run_list import RUN_HEIGHT

_TWO_COLUMNS_FROM = 820
"""Width of the page; if it is narrower, the history is below the breakdown."""
_RUNS_WIDTH = 340
_RUNS_HEAD_HEIGHT = 64
_RUNS_BESIDE = 4
"""More rows scroll, unless the breakdown next to them is higher."""
_RUNS_BELOW = 8
_NAME_SHOWN = 60
_PATH_SHOWN = 400
_ABOVE = 16
"""The room above what the page scrolls to."""


class ProvePage(PageArea):
    """The page's cards."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        theme, intents = context.theme, context.intents
        self._store = context.store
        self._intents = intents
        self.modes = ModeCards(theme, intents)
        self.setup_card = SetupCard(theme, intents, context.clock)
        self.run_card = RunCard(theme, intents, context.clock)
        self.flow_card = FlowCard(theme, intents, context.clock)
        self.waiting = label(Look.SECOND, wraps=True)
        self.files = WaitingFilesCard(intents)
        self.breakdown = BreakdownCard(theme, intents, context.show_diagnostics)
        self.runs = RunsCard(theme, intents)
        self.runs.breakdown_wanted.connect(self._show_breakdown)
        self._running = False
        self._in_sight: QWidget | None = None
        self.verticalScrollBar().rangeChanged.connect(self._keep_in_sight)
        self.verticalScrollBar().actionTriggered.connect(self._let_scroll)
        self._recent_files: tuple[Path, ...] = ()
        self._make_actions()
        self._lay_out()

    def render_state(self, state: State) -> None:
        """Show a state in every part."""
        began = state.running and not self._running
        stopped = self._running and not state.running
        self._running = state.running
        before = self._focused()
        at_the_run = self._is_of_the_run(before)
        for part in (self.modes, self.setup_card, self.run_card, self.flow_card, self.breakdown, self.runs):
            part.render_state(state)
        self.files.render_state(state)
        self._render_recent(state)
        waiting = ", ".join(map(source_name, state.sites.waiting))
        self.waiting.setText(self.tr("Waiting for a proof: {sites}").format(sites=breakable(waiting)))
        self.waiting.setVisible(bool(waiting))
        for action in self._actions:
            action.setEnabled(not state.busy)
        # When the focused widget disappears, the focus moves to the next action.
        if began and before is not None:
            self._started = next((one for one in self._actions if one is before), self.prove_sample)
            self._shown_card().cancel.setFocus()
        elif at_the_run and stopped:
            self._started.setFocus()
            self._in_sight = self._started
        elif at_the_run and state.running and not self._is_of_the_run(self._focused()):
            self._shown_card().cancel.setFocus()
        if began:
            self._in_sight = self._shown_card().cancel
        self.arrange()
        if began or stopped:
            QTimer.singleShot(0, self, self._keep_in_sight)  # when everything is in its place

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Arrange, and keep what belongs to the run in sight."""
        super().resizeEvent(event)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        """Scroll to the run as long as it is active, unless somebody scrolls; then to what has the focus."""
        if self._in_sight is not None and self._in_sight.isVisible():
            if self._running:
                self.ensureWidgetVisible(self._shown_card())
            self.ensureWidgetVisible(self._in_sight)

    def _let_scroll(self) -> None:
        self._in_sight = None

    def ask_before_cancelling(self) -> None:
        """Esc."""
        self._shown_card().ask_before_cancelling()

    def ask_for_file(self) -> None:
        """Open a file dialog for execution steps."""
        kinds = self.tr("Execution steps (*.msgpack);;All files (*)")
        path = ask_to_open(self, self.tr("Prove execution steps"), kinds)
        if path:
            self._intents.prove_files([path])

    def _render_recent(self, state: State) -> None:
        self.recent.setVisible(bool(state.recent_files))
        if state.recent_files == self._recent_files:
            return
        self._recent_files = state.recent_files
        menu = self.recent.menu()
        menu.clear()
        for path in state.recent_files:
            action = menu.addAction(printable(path.name, _NAME_SHOWN).replace("&", "&&"))
            action.setToolTip(printable(str(path), _PATH_SHOWN))
            action.triggered.connect(partial(self._prove_again, path))
        menu.addSeparator()
        menu.addAction(self.tr("Clear list")).triggered.connect(self._intents.clear_recent)

    def _prove_again(self, path: Path, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
        self._intents.prove_files([path])

    def _show_breakdown(self) -> None:
        """Scroll up to it, where the list is below it, and let the keyboard go on there."""
        top, bar = self.breakdown.y() - _ABOVE, self.verticalScrollBar()
        bar.setValue(min(bar.value(), top))
        self.breakdown.tree.setFocus()

    def _shown_card(self) -> RunCard | FlowCard:
        return self.run_card if self._store.state.flow is None else self.flow_card

    def _focused(self) -> QWidget | None:
        """The page's widget with the focus, also while the window is inactive."""
        focused = cast("QWidget | None", self.window().focusWidget())  # the stubs leave out the None
        here = focused is not None and (focused is self or self.isAncestorOf(focused))
        return focused if here else None

    def _is_of_the_run(self, widget: QWidget | None) -> bool:
        cards = (self.run_card, self.flow_card)
        return widget is not None and widget.isVisible() and any(card.isAncestorOf(widget) for card in cards)

    def _make_actions(self) -> None:
        self.prove_sample = button(self.tr("Prove sample"), Look.PRIMARY)
        self.prove_sample.setToolTip("Ctrl+Enter")
        self.prove_sample.clicked.connect(self._intents.prove_sample)
        self.prove_file = button(self.tr("Prove file…"), clicked=self.ask_for_file)
        self.recent = button(self.tr("Recent"))
        self.recent.setAccessibleName(self.tr("Prove a recent file"))
        ButtonMenu(self.recent).setToolTipsVisible(True)
        self.deploy = button(
            self.tr("Deploy test account"), clicked=lambda: self._intents.run_flow(FlowKind.ACCOUNT)
        )
        self.tokens = button(
            self.tr("Run token flow"), clicked=lambda: self._intents.run_flow(FlowKind.TOKEN)
        )
        self._actions: tuple[QPushButton, ...] = (
            self.prove_sample,
            self.prove_file,
            self.recent,
            self.deploy,
            self.tokens,
        )
        self._started = self.prove_sample

    def _lay_out(self) -> None:
        self._actions_box = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        margins(self._actions_box, 0, 0, 0, 0, 10)
        for pair in ((self.prove_sample, self.prove_file, self.recent), (self.deploy, self.tokens)):
            row = row_of(spacing=10)
            for action in pair:
                row.addWidget(action)
            row.addStretch(1)
            self._actions_box.addLayout(row)
        self._actions_box.setStretch(1, 1)
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        margins(self._below, 0, 0, 0, 0, 16)
        self._below.addWidget(self.breakdown, 1)
        self._below.addWidget(self.runs)
        column = column_of(
            self.modes,
            self._actions_box,
            self.files,
            self.setup_card,
            self.run_card,
            self.flow_card,
            self.waiting,
            self._below,
        )
        column.addStretch(0)
        self._cards = column
        self.fill(self.tr("Proving"), column)

    def arrange(self) -> None:
        """Use two columns if there is room."""
        wide = self.width() >= scaled(_TWO_COLUMNS_FROM)
        set_beside(self._below, wide)
        self.runs.setMinimumWidth(scaled(_RUNS_WIDTH) if wide else 0)
        self.runs.setMaximumWidth(scaled(_RUNS_WIDTH) if wide else UNLIMITED)
        shown = (action for action in self._actions if not action.isHidden())
        in_a_row = sum(action.sizeHint().width() + 10 for action in shown) + 58  # the page's margins
        set_beside(self._actions_box, self.width() >= in_a_row)
        few = self._store.state.history or ()
        self._cards.setStretchFactor(self._below, 1 if few else 0)
        self._cards.setStretch(self._cards.count() - 1, 0 if few else 1)  # the space below
        rows = min(len(few), _RUNS_BESIDE if wide else _RUNS_BELOW)
        self.runs.setMinimumHeight(scaled(_RUNS_HEAD_HEIGHT + RUN_HEIGHT * rows) if few else 0)
