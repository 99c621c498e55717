"""The page to prove on: modes, actions, the run, its breakdown and the history, in the order of a proof."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tee_rex_app.state import State
from tee_rex_app.views.breakdown_card import BreakdownCard
from tee_rex_app.views.flow_card import FlowCard
from tee_rex_app.views.mode_cards import ModeCards
from tee_rex_app.views.parts import Look, button, margins
from tee_rex_app.views.places import ViewContext
from tee_rex_app.views.run_card import RunCard
from tee_rex_app.views.runs_card import RunsCard
from tee_rex_app.views.setup_card import SetupCard

_TWO_COLUMNS_FROM = 820
"""Width of the page; below it the history stands under the breakdown."""
_RUNS_WIDTH = 340
_RUNS_HEIGHT_BELOW = 300


class ProvePage(QScrollArea):
    """Shows the state of proving."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        theme, intents = context.theme, context.intents
        self._store = context.store
        self._intents = intents
        self.modes = ModeCards(theme, intents)
        self.setup_card = SetupCard(theme, intents)
        self.run_card = RunCard(theme, intents, context.clock)
        self.flow_card = FlowCard(theme, intents, context.clock)
        self.breakdown = BreakdownCard(theme)
        self.runs = RunsCard(theme, intents)
        self._cancel: QPushButton = self.run_card.cancel
        self._make_actions()
        self._lay_out()

    def render_state(self, state: State) -> None:
        """Show a state in every part."""
        ends = self._cancel.hasFocus() and not state.running
        started = next((one for one in self._actions if one.hasFocus()), None) if state.running else None
        for part in (
            self.modes,
            self.setup_card,
            self.run_card,
            self.flow_card,
            self.breakdown,
            self.runs,
        ):
            part.render_state(state)
        free = not state.running
        self.prove_sample.setEnabled(free and not state.setup.fixing)
        self.prove_file.setEnabled(free and not state.setup.fixing)
        self.deploy.setEnabled(free and not state.setup.fixing)
        self.tokens.setEnabled(free and not state.setup.fixing)
        # The keyboard stays where the next thing to do is, when its button goes.
        self._cancel = self.run_card.cancel if state.flow is None else self.flow_card.cancel
        if started is not None:
            self._started = started
            self._cancel.setFocus()
        elif ends:
            self._started.setFocus()
        self._arrange()

    def ask_before_cancelling(self) -> None:
        """Esc."""
        card = self.run_card if self._store.state.flow is None else self.flow_card
        card.ask_before_cancelling()

    def ask_for_file(self) -> None:
        """Let people choose a file of execution steps."""
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Prove execution steps"), "", self.tr("Execution steps (*.msgpack);;All files (*)")
        )
        if path:
            self._intents.prove_file.emit(path)

    def show_dropping(self, *, dropping: bool) -> None:
        """Show where a file would go."""
        self.run_card.setProperty("dropping", dropping)
        self.run_card.style().unpolish(self.run_card)
        self.run_card.style().polish(self.run_card)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Two columns where there is room for them."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Texts are laid out anew with another style."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._arrange()

    def _make_actions(self) -> None:
        self.prove_sample = button(self.tr("Prove sample"), Look.PRIMARY)
        self.prove_sample.setToolTip("Ctrl+Enter")
        self.prove_sample.clicked.connect(self._intents.prove_sample)
        self.prove_file = button(self.tr("Prove file…"))
        self.prove_file.clicked.connect(self.ask_for_file)
        self.deploy = button(self.tr("Deploy test account"))
        self.deploy.clicked.connect(self._intents.deploy_account)
        self.tokens = button(self.tr("Run token flow"))
        self.tokens.clicked.connect(self._intents.run_token_flow)
        self._actions = (self.prove_sample, self.prove_file, self.deploy, self.tokens)
        self._started = self.prove_sample

    def _lay_out(self) -> None:
        actions = QHBoxLayout()
        margins(actions, 0, 0, 0, 0, 10)
        for made in (self.prove_sample, self.prove_file, self.deploy, self.tokens):
            actions.addWidget(made)
        actions.addStretch(1)
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        margins(self._below, 0, 0, 0, 0, 16)
        self._below.addWidget(self.breakdown, 1)
        self._below.addWidget(self.runs)
        page = QWidget()
        page.setProperty("look", Look.PAGE.value)
        layout = QVBoxLayout(page)
        margins(layout, 24, 12, 24, 20, 16)
        layout.addWidget(self.modes)
        layout.addLayout(actions)
        layout.addWidget(self.setup_card)
        layout.addWidget(self.run_card)
        layout.addWidget(self.flow_card)
        layout.addLayout(self._below, 1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setAccessibleName(self.tr("Proving"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _arrange(self) -> None:
        wide = self.width() >= _TWO_COLUMNS_FROM
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._below.direction() != direction:
            self._below.setDirection(direction)
        self.runs.setMinimumWidth(_RUNS_WIDTH if wide else 0)
        self.runs.setMaximumWidth(_RUNS_WIDTH if wide else 16_777_215)
        few = self._store.state.history or ()
        self.runs.setMinimumHeight(0 if wide else min(_RUNS_HEIGHT_BELOW, 90 + 64 * len(few)))
