"""The running flow: its step and phase, the proof being made; then its result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from tee_rex.aztec.networks import LOCAL_CHAIN
from tee_rex.errors.message import printable
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import FlowState, FlowStepState, RunStage
from tee_rex_app.model.state import State
from tee_rex_app.text import flow_labels, formats, run_labels
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.cards.cancel_question import CancelQuestion
from tee_rex_app.ui.cards.flow_result import FlowResult
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.circuit_row import CircuitRow
from tee_rex_app.ui.widgets.copying import CopyableValue
from tee_rex_app.ui.widgets.layouts import TOP, column_of, empty, grid_of, row_of
from tee_rex_app.ui.widgets.parts import (
    Look,
    Sign,
    SignMark,
    button,
    label,
    link,
    set_look,
)

_TICK_MS = 100


class FlowCard(QFrame):
    """A flow, from its start until something else starts."""

    def __init__(self, theme: Theme, intents: Intents, clock: Callable[[], float]) -> None:
        super().__init__()
        self.setProperty("look", Look.CARD.value)
        self._theme = theme
        self._clock = clock
        self._flow: FlowState | None = None
        self._rows_shown: tuple[object, ...] = ()
        self.title = label(Look.TITLE, wraps=True)
        self._elapsed = label(Look.NUMBER)
        self._elapsed.setAccessibleDescription(self.tr("Elapsed time"))
        self._left = label(Look.SECOND)
        self.cancel = button(self.tr("Cancel"), Look.DANGER)
        self.cancel.setAccessibleDescription(
            self.tr("Stops the flow immediately; transactions already sent stay sent")
        )
        self.cancel.clicked.connect(intents.cancel)
        self._doing = label(Look.SECOND, wraps=True)
        self._network = label(Look.SMALL, wraps=True)
        self._tag = label(Look.TAG, self.tr("development setup"))
        self.row = CircuitRow(theme, clock)
        self.question = CancelQuestion(
            intents,
            self.tr("Stop this flow?"),
            self.tr("Transactions already sent stay sent. Press Esc again to stop."),
            self.tr("Keep going"),
            self.cancel,
        )
        self.result = FlowResult(theme)
        self._steps = QWidget()
        self._grid = grid_of(inside=self._steps, across=14, down=4, wide=2)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def ask_before_cancelling(self) -> None:
        """Handle Esc: ask first; a second Esc, or the button, stops."""
        if self._flow is not None and self._flow.stage is RunStage.RUNNING:
            self.question.ask_or_cancel()

    def render_state(self, state: State) -> None:
        """Show the flow, if any."""
        flow = state.flow
        self.setVisible(flow is not None)
        if flow is None or flow is self._flow:
            self._flow = flow
            if flow is None:
                self._timer.stop()
            return
        self._flow = flow
        self.title.setText(flow_labels.flow_title(flow))
        look = {RunStage.DONE: Look.VERIFIED, RunStage.FAILED: Look.FAILED}.get(flow.stage, Look.TITLE)
        set_look(self.title, look)
        running = flow.active
        doing = flow_labels.flow_doing(flow) if running else flow_labels.flow_ended(flow)
        self._doing.setText(doing or " ")
        self.cancel.setVisible(running)
        self._left.setVisible(running)
        if flow.stage is not RunStage.RUNNING:
            self.question.hide()
        proof = flow.proof if running else None
        self.row.render_run(proof)
        self.row.setVisible(proof is not None and bool(proof.blocks))
        self._tag.setVisible(flow.setup is TrustedSetup.DEVELOPMENT)
        self._network.setText(_network(flow))
        self._network.setVisible(bool(self._network.text()))
        self._show_steps(flow)
        self.result.show_report(flow.report if flow.stage is RunStage.DONE else None)
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(doing)
        if running and not self._timer.isActive():
            self._timer.start()
        elif not running:
            self._timer.stop()
        self._tick()

    def _show_steps(self, flow: FlowState) -> None:
        """Show a line for each step; rebuilt only when one changes."""
        shown = (flow.steps, flow.current, flow.stage)
        if shown == self._rows_shown:
            return
        self._rows_shown = shown
        empty(self._grid)
        self._steps.setVisible(bool(flow.steps))
        before: QWidget = self.question.stop
        for row, step in enumerate(flow.steps):
            for made in self._add_step(row, step, flow):
                self.setTabOrder(before, made)
                before = made

    def _add_step(self, row: int, step: FlowStepState, flow: FlowState) -> list[QPushButton]:
        """Add one step and return the buttons of its transaction, if there is one."""
        current = step.step is flow.current
        done = step.spent_ms is not None
        middle = Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(SignMark(self._theme, _sign(step, flow)), row, 0, middle)
        name = label(
            Look.STRONG if current else None if done else Look.SECOND, flow_labels.step_name(step.step)
        )
        self._grid.addWidget(name, row, 1, middle)
        buttons: list[QPushButton] = []
        if step.transaction is not None:
            copying = self.tr("Copy the transaction of {step}").format(step=flow_labels.step_name(step.step))
            transaction = CopyableValue(self._theme, copying)
            self._grid.addWidget(transaction, row, 2, middle)
            transaction.show_value(printable(step.transaction, 80), _transaction(step, step.transaction))
            buttons.append(transaction.button)
        time = formats.seconds(step.spent_ms) if step.spent_ms is not None else ""
        if current and flow.active:
            time = self.tr("now")
        spent = label(Look.STRONG if current else Look.SECOND, time)
        self._grid.addWidget(spent, row, 4, middle | Qt.AlignmentFlag.AlignRight)
        if step.explorer_url is None or not step.explorer_url.startswith("https://"):
            return buttons
        explorer = link(self.tr("Explorer"))
        explorer.setAccessibleName(
            self.tr("Open {step} in the explorer").format(step=flow_labels.step_name(step.step))
        )
        explorer.clicked.connect(partial(open_in_browser, step.explorer_url))
        self._grid.addWidget(explorer, row, 3, middle)
        return [*buttons, explorer]

    def _tick(self) -> None:
        flow = self._flow
        if flow is None:
            return
        now = self._clock() if flow.ended is None else flow.ended
        elapsed_ms = max(100.0, (now - flow.started) * 1000)
        self._elapsed.setText(formats.seconds(elapsed_ms))
        self._left.setText(run_labels.left(flow, now))
        self.row.tick()

    def _lay_out(self) -> None:
        head = row_of((self.title, 1), spacing=12)
        for part in (self._elapsed, self._left, self.cancel):
            head.addWidget(part)
        head_row = QWidget()
        head_row.setLayout(head)
        head_row.setMinimumHeight(36)
        foot = row_of((self._network, 1), (self._tag, TOP), spacing=12)
        column_of(
            head_row,
            self._doing,
            self.row,
            self.question,
            self._steps,
            self.result,
            foot,
            inside=self,
            around=(16, 12, 16, 14),
        )


def open_in_browser(url: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # the slot of a signal
    """Open a block explorer's page."""
    QDesktopServices.openUrl(QUrl(url))


def _sign(step: FlowStepState, flow: FlowState) -> Sign:
    if step.spent_ms is not None:
        return Sign.DOT
    if step.step is not flow.current:
        return Sign.HOLLOW
    if flow.active:
        return Sign.RUNNING
    return Sign.CROSS if flow.stage is RunStage.FAILED else Sign.DIAMOND


def _transaction(step: FlowStepState, sent: str) -> str:
    """A step's transaction and block, abbreviated."""
    words = f"{sent[:10]}…{sent[-4:]}"
    if step.block is not None:
        words = tr("{transaction} · block {block}").format(transaction=words, block=step.block)
    return printable(words, 80)


def _network(flow: FlowState) -> str:
    network = flow.network
    if network is None:
        return ""
    proofs = tr("proofs required") if network.proofs_required else tr("proofs optional")
    local = network.chain_id == LOCAL_CHAIN
    return tr("{name} · chain {chain} · Aztec {version} · {proofs}").format(
        name=tr("local network") if local else printable(network.name, 40),
        chain=network.chain_id,
        version=printable(network.node_version, 40),
        proofs=proofs,
    )
