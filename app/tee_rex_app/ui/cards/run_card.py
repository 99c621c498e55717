"""The proof being made: its phase, progress and remaining time, who can read it; then its verdict."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QWidget

from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import PROGRAM, RunStage, RunState, is_website
from tee_rex_app.model.state import State
from tee_rex_app.text import formats, labels, run_labels
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.cards.cancel_question import CancelQuestion
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.circuit_row import CircuitRow
from tee_rex_app.ui.widgets.layouts import RIGHT, STRETCH, add, column_of, row_of
from tee_rex_app.ui.widgets.parts import ElidedLabel, Look, button, label, link, set_look
from tee_rex_app.ui.widgets.proof_row import ProofRow

_TICK_MS = 100
"""The running time shows one decimal."""


class RunCard(QFrame):
    """A run, from before its start until after its end."""

    def __init__(self, theme: Theme, intents: Intents, clock: Callable[[], float]) -> None:
        super().__init__()
        self.setProperty("look", Look.CARD.value)
        self._clock = clock
        self._intents = intents
        self._run: RunState | None = None
        self._idle = True
        self._usual_ms: float | None = None
        self._title = label(Look.TITLE, wraps=True)
        self._circuit = ElidedLabel(Look.MONO)
        self._source = ElidedLabel(Look.STRONG)
        self._tag = label(Look.TAG, self.tr("development setup"))
        self._tag.setToolTip(self._development_warning())
        self._elapsed = label(Look.NUMBER)
        self._elapsed.setAccessibleDescription(self.tr("Elapsed time"))
        self._left = label(Look.SECOND)
        self.cancel = button(self.tr("Cancel"), Look.DANGER)
        self.cancel.setAccessibleDescription(
            self.tr("Stops the proof immediately and leaves nothing running")
        )
        self.cancel.clicked.connect(intents.cancel)
        self.development = link(self.tr("Prove with the development setup"), intents.prove_development_sample)
        self.development.setToolTip(self._development_warning())
        self.row = CircuitRow(theme, clock)
        self._explains = label(Look.SMALL, wraps=True)
        self._facts = label(Look.SMALL)
        self._proof = label(Look.MONO)
        self._proof.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._warning = label(Look.AMBER, self._development_warning(), wraps=True)
        self.proof = ProofRow(theme, intents)
        self.question = CancelQuestion(
            intents,
            self.tr("Stop this proof?"),
            self.tr("Progress will be lost. Press Esc again to stop."),
            self.tr("Keep proving"),
            self.cancel,
        )
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def ask_before_cancelling(self) -> None:
        """Handle Esc: ask first; a second Esc, or the button, stops."""
        if self._run is None or self._run.stage is not RunStage.RUNNING:
            return
        self.question.ask_or_cancel()

    def render_state(self, state: State) -> None:
        """Show the run, or the sample that would run. Flows have their own card."""
        self.setVisible(state.flow is None)
        self.development.setVisible(state.run is None and state.setup.development)
        self.development.setEnabled(not state.busy)
        run = state.run or state.sample
        idle = state.run is None
        changed = run is not self._run or idle is not self._idle
        self._run, self._idle = run, idle
        if run is None:
            self._title.setText(self.tr("The sample transaction"))
            self.proof.show_proof(None, None)
            return
        self._usual_ms = next((one.usual_ms for one in state.modes if one.mode is run.mode), None)
        if changed:
            self._render_run(run, idle=idle)
        running = run.active and not idle
        if running and not self._timer.isActive():
            self._timer.start()
        elif not running:
            self._timer.stop()
        done = not idle and run.stage is RunStage.DONE
        self.proof.show_proof(run if done else None, state.staged)
        self._tick()

    def _render_run(self, run: RunState, *, idle: bool) -> None:
        running = run.active and not idle
        self._title.setText(self.tr("The sample transaction") if idle else self._title_of(run))
        look = {RunStage.DONE: Look.VERIFIED, RunStage.FAILED: Look.FAILED}.get(run.stage, Look.TITLE)
        if run.stage is RunStage.DONE and run.report is not None and run.report.verified is None:
            look = Look.TITLE
        if running and run.silent_since is not None:
            look = Look.ATTENTION
        set_look(self._title, Look.TITLE if idle else look)
        circuit = ""
        if running:
            circuit = run_labels.circuit(run)
        elif not idle:
            circuit = labels.source_name(run.source)
        self._circuit.setText(circuit)
        set_look(self._circuit, Look.MONO if running else Look.SMALL)
        self._circuit.setVisible(bool(circuit))
        source = labels.source_name(run.source)
        asked = is_website(run.source) or run.source == PROGRAM
        self._source.setText(self.tr("For {website}").format(website=source) if asked else source)
        self._source.setToolTip(source)
        self._source.setVisible(running)
        development = run.setup is TrustedSetup.DEVELOPMENT
        self._tag.setVisible(development)
        self._warning.setVisible(development and run.stage is RunStage.DONE and not idle)
        self._elapsed.setVisible(not idle)
        self._left.setVisible(idle or running)
        self.cancel.setVisible(running)
        if run.stage is not RunStage.RUNNING or idle:
            self.question.hide()
        self.row.render_run(run)
        self.row.setVisible(bool(run.blocks))
        self._explains.setText(self._explanation(run, idle=idle))
        facts, proof = _facts_of(run.report) if not idle and run.report else ("", "")
        self._facts.setText(facts)
        self._facts.setVisible(bool(facts))
        self._proof.setText(proof)
        self._proof.setVisible(bool(proof))
        self.setAccessibleName(self._title.text())

    def _title_of(self, run: RunState) -> str:
        match run.stage:
            case RunStage.CANCELLED:
                return self.tr("Cancelled")
            case RunStage.FAILED:
                return self.tr("! Proof failed")
            case RunStage.DONE:
                verified = run.report is not None and run.report.verified
                return (
                    self.tr("✓ Proof generated and verified")
                    if verified
                    else self.tr("! Proof generated, not verified")
                )
            case _:
                doing = run_labels.doing(run)
                return doing if run.silent_since is None else f"! {doing}"

    def _explanation(self, run: RunState, *, idle: bool) -> str:
        if idle:
            return self.tr(
                "A recorded account deployment: {count} circuits and a final proof. The wider a block,"
                " the longer it should take. You can also drop an execution-steps file anywhere in this"
                " window."
            ).format(count=max(0, len(run.blocks) - 1))
        match run.stage:
            case RunStage.RUNNING if run.silent_since is not None:
                return self.tr(
                    "If the server responds again, the proof continues. If it does not, the proof fails."
                )
            case RunStage.RUNNING if len(run.blocks) > 1:
                return self.tr(
                    "Each block is a circuit; the last is the final proof. The wider a block, the"
                    " longer it should take."
                )
            case RunStage.CANCELLED:
                return self.tr("Stopped. Nothing was saved.")
            case RunStage.DONE:
                return labels.who_could_read(run.mode)
            case RunStage.FAILED:
                return self.tr("See Runs for details.")
            case _:
                return ""

    def _development_warning(self) -> str:
        return self.tr("Development setup: anyone can forge its proofs. For tests and demos only.")

    def _tick(self) -> None:
        run = self._run
        if run is None:
            return
        now = self._clock()
        end = now if run.ended is None else run.ended
        self._elapsed.setText(formats.seconds(max(100.0, (end - run.started) * 1000)))
        if self._idle:
            self._left.setText(run_labels.expected(run, self._usual_ms))
        elif run.active:
            self._left.setText(run_labels.left(run, now))
        self.row.tick()

    def _lay_out(self) -> None:
        head = row_of((self._title, 1), self._elapsed, self._left, self.cancel, spacing=12)
        foot = row_of(spacing=16)
        choice = row_of(self.development, STRETCH)  # alone, it would make the column as narrow as it is
        left = column_of(self._source, self._circuit, self._explains, choice, STRETCH, spacing=4)
        foot.addLayout(left, 1)
        right = column_of((self._tag, RIGHT), (self._facts, RIGHT), (self._proof, RIGHT), STRETCH, spacing=4)
        foot.addLayout(right)
        layout = column_of(inside=self, around=(16, 12, 16, 14), spacing=10)
        head_row = QWidget()
        head_row.setLayout(head)
        head_row.setMinimumHeight(36)
        add(layout, head_row, self.row, self.question, foot, self.proof, self._warning)


def _facts_of(report: ProofReport) -> tuple[str, str]:
    facts = []
    if bb := labels.used_bb(report):
        facts.append(bb)
    if report.peak_memory_bytes:
        facts.append(tr("peak {memory}").format(memory=formats.megabytes(report.peak_memory_bytes)))
    if report.proof is not None:
        facts.append(tr("proof {size}").format(size=f"{report.proof.bytes / 1000:.0f} kB"))
    digest = report.proof.sha256 if report.proof else ""
    return " · ".join(facts), f"{digest[:16]}…{digest[-8:]}" if digest else ""
