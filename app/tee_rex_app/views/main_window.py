"""The window: services at the side; modes, actions, the run, its breakdown and the history beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tee_rex.backend import ProvingMode
from tee_rex_app.state import Intents, State, Store
from tee_rex_app.theme import Theme
from tee_rex_app.views.breakdown_card import BreakdownCard
from tee_rex_app.views.message_card import NoticeCard, ProblemCard
from tee_rex_app.views.mode_cards import ModeCards
from tee_rex_app.views.parts import Look, button, margins
from tee_rex_app.views.run_card import RunCard
from tee_rex_app.views.runs_card import RunsCard
from tee_rex_app.views.services_panel import SIDEBAR_WIDTH, ServicesPanel
from tee_rex_app.views.setup_card import SetupCard

SMALLEST = (900, 600)
_USUAL = (1280, 820)
_TWO_COLUMNS_FROM = 820
"""Width of the page; below it the history stands under the breakdown."""
_RUNS_WIDTH = 340
_RUNS_HEIGHT_BELOW = 300


class MainWindow(QMainWindow):
    """Shows the store's state, and passes on what people ask for."""

    closed = Signal()

    def __init__(self, theme: Theme, store: Store, intents: Intents, clock: Callable[[], float]) -> None:
        super().__init__()
        self._store = store
        self._intents = intents
        self.setWindowTitle("TEE-Rex")
        self.setMinimumSize(*SMALLEST)
        self.resize(*_USUAL)
        self.setAcceptDrops(True)
        self.services = ServicesPanel(theme, intents)
        self.modes = ModeCards(theme, intents)
        self.problem = ProblemCard(intents)
        self.notice = NoticeCard(intents)
        self.setup_card = SetupCard(theme, intents)
        self.run_card = RunCard(theme, intents, clock)
        self.breakdown = BreakdownCard(theme)
        self.runs = RunsCard(theme, intents)
        self._make_actions()
        self._lay_out()
        self._make_shortcuts()
        store.changed.connect(self.render_state)
        self.render_state(store.state)
        self.page.setFocus()

    def render_state(self, state: State) -> None:
        """Show a state in every part."""
        ends = self.run_card.cancel.hasFocus() and not state.running
        starts = self.prove_sample.hasFocus() and state.running
        for part in (
            self.services,
            self.modes,
            self.problem,
            self.notice,
            self.setup_card,
            self.run_card,
            self.breakdown,
            self.runs,
        ):
            part.render_state(state)
        free = not state.running
        self.prove_sample.setEnabled(free and not state.setup.fixing)
        self.prove_file.setEnabled(free and not state.setup.fixing)
        self.deploy.setEnabled(free)
        self.tokens.setEnabled(free)
        # The keyboard stays where the next thing to do is, when its button goes.
        if starts:
            self.run_card.cancel.setFocus()
        elif ends:
            self.prove_sample.setFocus()
        self._arrange()

    def ask_for_file(self) -> None:
        """Let people choose a file of execution steps."""
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Prove execution steps"), "", self.tr("Execution steps (*.msgpack);;All files (*)")
        )
        if path:
            self._intents.prove_file.emit(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        """One file of this machine may be dropped while nothing runs."""
        if self._dropped_path(event) is not None and not self._store.state.running:
            event.acceptProposedAction()
            self._show_dropping(dropping=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802  # Qt's name
        """The file went away again."""
        del event
        self._show_dropping(dropping=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        """Prove the file."""
        self._show_dropping(dropping=False)
        path = self._dropped_path(event)
        if path is not None:
            event.acceptProposedAction()
            self._intents.prove_file.emit(str(path))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """The application ends what runs, then itself."""
        self.closed.emit()
        super().closeEvent(event)

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
        margins(layout, 24, 20, 24, 20, 16)
        layout.addWidget(self.modes)
        layout.addLayout(actions)
        for part in (self.problem, self.notice, self.setup_card, self.run_card):
            layout.addWidget(part)
        layout.addLayout(self._below, 1)
        self.page = QScrollArea()
        self.page.setWidget(page)
        self.page.setWidgetResizable(True)
        self.page.setAccessibleName(self.tr("Proving"))
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QWidget()
        beside = QHBoxLayout(whole)
        margins(beside, 0, 0, 0, 0, 0)
        beside.addWidget(self.services)
        beside.addWidget(self.page, 1)
        self.setCentralWidget(whole)

    def _make_shortcuts(self) -> None:
        for number, mode in enumerate(ProvingMode, start=1):
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number}"), self)
            shortcut.activated.connect(lambda mode=mode: self._intents.choose_mode.emit(mode))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.prove_sample.click)
        QShortcut(QKeySequence("Ctrl+O"), self).activated.connect(self.prove_file.click)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self.run_card.ask_before_cancelling)
        QShortcut(QKeySequence.StandardKey.Quit, self).activated.connect(self.close)

    def _arrange(self) -> None:
        wide = self.width() - SIDEBAR_WIDTH >= _TWO_COLUMNS_FROM
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._below.direction() != direction:
            self._below.setDirection(direction)
        self.runs.setMinimumWidth(_RUNS_WIDTH if wide else 0)
        self.runs.setMaximumWidth(_RUNS_WIDTH if wide else 16_777_215)
        few = self._store.state.history or ()
        self.runs.setMinimumHeight(0 if wide else min(_RUNS_HEIGHT_BELOW, 90 + 64 * len(few)))

    def _dropped_path(self, event: QDropEvent) -> Path | None:
        urls = event.mimeData().urls()
        if len(urls) != 1 or not urls[0].isLocalFile():
            return None
        return Path(urls[0].toLocalFile())

    def _show_dropping(self, *, dropping: bool) -> None:
        self.run_card.setProperty("dropping", dropping)
        self.run_card.style().unpolish(self.run_card)
        self.run_card.style().polish(self.run_card)
