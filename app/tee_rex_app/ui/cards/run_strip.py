"""The running proof or flow on the pages that are not its own: what it does, how far it is, a link to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QSizePolicy

from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import FlowState, RunState
from tee_rex_app.model.state import Page, State
from tee_rex_app.text import flow_labels, formats, run_labels
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.circuit_row import CircuitRow
from tee_rex_app.ui.widgets.layouts import add, column_of, row_of
from tee_rex_app.ui.widgets.parts import ElidedLabel, Look, Sign, SignMark, label, link

_LOOK_MS = 500
_ROW_HEIGHT = 6


class RunStrip(QFrame):
    """One line, and the row of circuits below it."""

    def __init__(self, theme: Theme, intents: Intents, clock: Callable[[], float]) -> None:
        super().__init__()
        self.setProperty("look", Look.CARD.value)
        self._clock = clock
        self._run: RunState | FlowState | None = None
        self.title = ElidedLabel(Look.STRONG, Qt.TextElideMode.ElideRight)
        self.source = ElidedLabel(Look.SECOND)
        # It is the first to be cut.
        self.source.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._elapsed = label()
        self._elapsed.setAccessibleDescription(self.tr("Elapsed time"))
        self.left = label(Look.SECOND)
        self.open = link(self.tr("Show"), lambda: intents.open_page(Page.PROVE))
        self.open.setAccessibleName(self.tr("Show what runs"))
        self.row = CircuitRow(theme, clock, _ROW_HEIGHT)
        self._sign = SignMark(theme, Sign.RUNNING)
        head = row_of(self._sign, self.title, (self.source, 1), spacing=12)
        add(head, self._elapsed, self.left, self.open)
        column_of(head, self.row, inside=self, around=(14, 8, 14, 10))
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._tick)

    def render_state(self, state: State) -> None:
        """Show what runs, unless its own page is open."""
        run = state.last_run if state.running and state.page is not Page.PROVE else None
        self.setVisible(run is not None)
        if run is None:
            self._timer.stop()
        elif run is not self._run:
            proof = run if isinstance(run, RunState) else run.proof
            self.row.render_run(proof)
            self.row.setVisible(proof is not None and bool(proof.blocks))
            silent = proof is not None and proof.silent_since is not None
            self._sign.show_sign(Sign.DIAMOND if silent else Sign.RUNNING)
            title, source = flow_labels.working_on(run)
            self.title.setText(title)
            self.source.setText(source)
            self.source.setToolTip(source)
            self.setAccessibleName(", ".join(filter(None, (title, source))))
        self._run = run
        if run is not None:
            if not self._timer.isActive():
                self._timer.start()
            self._tick()

    def _tick(self) -> None:
        if self._run is not None:
            now = self._clock()
            self._elapsed.setText(formats.whole_seconds((now - self._run.started) * 1000))
            self.left.setText(run_labels.left(self._run, now))
            self.row.tick()
