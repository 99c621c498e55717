"""Tells screen readers what changes while the focus is elsewhere: phases of a run, results, messages."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from tee_rex.errors.message import printable
from tee_rex.transaction.events import Phase
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.runs import FlowState, RunStage, RunState
from tee_rex_app.model.setup import SetupState
from tee_rex_app.model.state import State, Store
from tee_rex_app.text import flow_labels, formats, labels, run_labels
from tee_rex_app.text.translation import tr, translated
from tee_rex_app.ui.widgets.parts import announce

_SETTLE_MS = 400
"""A phase that is over sooner is not said, or the voice would lag behind the proof."""


class Announcer(QObject):
    """Says a phase once it has lasted, results and errors at once; notices say themselves."""

    def __init__(self, window: QWidget, store: Store) -> None:
        super().__init__(window)
        self._window = window
        self._doing = ""
        self._was_active = False
        self._installing = ""
        self._problem: Problem | None = store.state.problem
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLE_MS)
        self._settled.timeout.connect(lambda: announce(self._window, self._doing))
        store.changed.connect(self._see)

    def _see(self, state: State) -> None:
        self._see_run(state.last_run)
        self._see_setup(state.setup)
        if state.problem is not self._problem:
            self._problem = state.problem
            if state.problem is not None:
                announce(self._window, problem_in_words(state.problem), urgent=True)

    def _see_run(self, run: RunState | FlowState | None) -> None:
        active = run is not None and run.active
        doing = doing_in_words(run) if run is not None and active else ""
        if doing != self._doing:
            self._doing = doing
            if doing:
                self._settled.start()
            else:
                self._settled.stop()
        if run is not None and self._was_active and not active:
            announce(self._window, end_in_words(run))
        self._was_active = active

    def _see_setup(self, setup: SetupState) -> None:
        installing = labels.fix_name(setup.fixing[0]) if setup.fixing else ""
        if installing != self._installing:
            ended = self._installing and not installing
            self._installing = installing
            if ended and setup.items is not None and not setup.missing:
                announce(self._window, tr("This computer is ready"))
            announce(self._window, installing)


def doing_in_words(run: RunState | FlowState) -> str:
    """What a run is doing, without what changes every second."""
    if run.stage is RunStage.CANCELLING:
        return tr("Cancelling…")
    proof = run if isinstance(run, RunState) else run.proof
    if proof is not None and proof.silent_since is not None:
        return tr("The server does not respond")
    task = run.task or (proof.task if proof is not None else None)
    if task is not None:
        return formats.task_name(task.task) or task.label
    if isinstance(run, FlowState):
        phase = flow_labels.step_phase_name(run.phase) if run.phase is not None else ""
        return ", ".join(filter(None, (flow_labels.flow_title(run), phase)))
    if run.phase is None:
        return tr("Reading the steps")
    if run.phase is Phase.ACCUMULATE:
        return tr("Proving %n circuit(s)", "", max(0, len(run.blocks) - 1))
    if run.current == len(run.blocks) - 1:
        return run_labels.doing(run)
    return labels.phase_doing(run.phase)


def end_in_words(run: RunState | FlowState) -> str:
    """How a run ended, its time, and who could read the witness."""
    if isinstance(run, FlowState):
        words = [_without_sign(flow_labels.flow_title(run)), flow_labels.flow_ended(run)]
    elif run.stage is RunStage.DONE:
        verified = run.report is not None and run.report.verified
        result = tr("Proof generated and verified") if verified else tr("Proof generated, not verified here")
        words = [result, formats.seconds(run.total_ms), labels.who_could_read(run.mode)]
    elif run.stage is RunStage.CANCELLED:
        words = [tr("Cancelled"), tr("Nothing was saved")]
    else:
        words = [tr("The proof failed")]
    return ". ".join(words)


def problem_in_words(problem: Problem) -> str:
    """An error as it is shown."""
    message, hint = translated(problem.message), translated(problem.hint)
    return printable(f"{translated(problem.title)}. {message} {hint}".strip(), 1_000)


def _without_sign(text: str) -> str:
    """Readers say "check mark" for the signs before results."""
    return text.removeprefix("✓ ").removeprefix("! ")
