"""Turn the events of proofs and flows into the state of their run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tee_rex.aztec.flows.events import (
    FlowEvent,
    FlowPlanned,
    FlowStepEnded,
    FlowStepStarted,
    NetworkFound,
    PreparationEnded,
    PreparationStarted,
    ProofProgress,
    StepPhaseEnded,
    StepPhaseStarted,
    TransactionConfirmed,
    TransactionSent,
    WalletRetried,
)
from tee_rex.aztec.flows.report import FlowStep, StepPhase
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import (
    AttestationExamined,
    BytesSent,
    CircuitEnded,
    CircuitStarted,
    FinalProofStarted,
    Phase,
    PhaseEnded,
    PhaseStarted,
    ProofEvent,
    QueuePosition,
    RetryScheduled,
    ServerAnswered,
    ServerSilent,
)
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.expected_times import expected_blocks
from tee_rex_app.model.runs import FlowState, FlowStepState, RunState

_SERVER_PROVES = (Phase.TRANSMIT, Phase.QUEUE, Phase.PROVING)
"""What is installed meanwhile, to verify the proof here, delays nothing yet."""


@dataclass(slots=True)
class RunFollower:
    """Turns a proof's events into its state."""

    run: RunState
    clock: Callable[[], float]

    def on_event(self, event: ProofEvent) -> bool:
        """Apply one event; return whether the state changed."""
        run = self.run
        last = len(run.blocks) - 1
        match event:
            case PhaseStarted(phase):
                self.run = replace(run, phase=phase, task=None, news=None, silent_since=None)
                if phase is Phase.FINAL_PROOF and run.blocks:
                    self.run = self._at(self.run, last)
            case TaskProgress() if run.phase not in _SERVER_PROVES:
                self.run = replace(run, task=event)
            case CircuitStarted(index, _, name) if index < last:
                self.run = self._at(_named(run, index, name), index)
            case CircuitEnded(index, _, timing) if index < last:
                self.run = _spent(run, index, timing.load_ms + timing.accumulate_ms)
            case FinalProofStarted() if run.blocks:
                self.run = self._at(run, last)
            case PhaseEnded(Phase.FINAL_PROOF, ms) if run.blocks:
                self.run = _spent(run, last, ms)
            case PhaseEnded(Phase.PROVING):
                self.run = _all_done(run)
            case BytesSent() | QueuePosition() | RetryScheduled(busy=True):
                self.run = replace(run, news=event, silent_since=None)
            case RetryScheduled() if run.silent_since is None:
                self.run = replace(run, silent_since=self.clock())
            case ServerSilent(seconds):
                self.run = replace(run, silent_since=self.clock() - seconds)
            case ServerAnswered() | AttestationExamined():
                self.run = replace(run, silent_since=None)
            case _:
                return False
        return True

    def _at(self, run: RunState, index: int) -> RunState:
        """Begin a block. A server may skip circuits: all before the current one are done."""
        now = self.clock()
        blocks = tuple(
            replace(block, done=True) if at < index else replace(block, spent_ms=None, done=False)
            for at, block in enumerate(run.blocks)
        )
        run = replace(run, blocks=blocks, current=index, current_since=now, task=None, silent_since=None)
        first = run.paced_since is None or index <= run.paced_from
        return replace(run, paced_from=index, paced_since=now) if first else run


def with_measured_times(run: RunState, report: ProofReport | None) -> RunState:
    """The run with what its report tells of each block: a server tells it with the proof."""
    if report is None or report.total_ms is None or len(report.circuits) != len(run.blocks) - 1:
        return run
    spent = [circuit.load_ms + circuit.accumulate_ms for circuit in report.circuits]
    times = zip(run.blocks, (*spent, report.final_proof_ms), strict=True)
    return replace(run, blocks=tuple(replace(block, spent_ms=ms) for block, ms in times))


def _spent(run: RunState, index: int, ms: float) -> RunState:
    spent = replace(run.blocks[index], spent_ms=ms, done=True)
    return replace(run, blocks=(*run.blocks[:index], spent, *run.blocks[index + 1 :]))


def _named(run: RunState, index: int, name: str) -> RunState:
    """The run with the name of a block: steps that are still to come have none."""
    named = replace(run.blocks[index], name=name or run.blocks[index].name)
    return replace(run, blocks=(*run.blocks[:index], named, *run.blocks[index + 1 :]))


def _all_done(run: RunState) -> RunState:
    return replace(run, blocks=tuple(replace(block, done=True) for block in run.blocks))


@dataclass(slots=True)
class FlowFollower:
    """Turns a flow's events into its state.

    earlier: reports of a step's proofs in the same mode, newest first. final_name: of the last block.
    """

    flow: FlowState
    clock: Callable[[], float]
    earlier: Callable[[FlowStep], list[ProofReport]]
    final_name: str
    _proof: RunFollower | None = field(default=None, init=False)

    def on_event(self, event: FlowEvent) -> None:
        """Apply one event."""
        flow = self.flow
        match event:
            case PreparationStarted(preparation):
                self.flow = replace(flow, preparation=preparation, task=None)
            case PreparationEnded() | StepPhaseEnded():
                self.flow = replace(flow, preparation=None, task=None)
            case TaskProgress():
                self.flow = replace(flow, task=event)
            case NetworkFound(network):
                self.flow = replace(flow, network=network, setup=TrustedSetup(network.crs))
            case WalletRetried(attempt, _, _):
                self.flow = replace(flow, wallet_attempt=attempt + 1, task=None)
            case FlowPlanned(steps):
                self.flow = replace(flow, steps=tuple(map(FlowStepState, steps)), preparation=None)
            case FlowStepStarted(step, _, _):
                self._proof = None
                self.flow = self._changed(step, lambda one: replace(one, started=self.clock()))
                self.flow = replace(self.flow, current=step, phase=None, proof=None, task=None)
            case StepPhaseStarted(_, phase):
                self.flow = replace(flow, phase=phase, task=None)
            case ProofProgress(step, proof_event):
                self._on_proof_event(step, proof_event)
            case TransactionSent(step, transaction, explorer_url):
                self.flow = self._changed(
                    step, lambda one: replace(one, transaction=transaction, explorer_url=explorer_url)
                )
            case TransactionConfirmed(step, _, block):
                self.flow = self._changed(step, lambda one: replace(one, block=block))
            case FlowStepEnded(report, _, _):
                self.flow = self._changed(
                    report.step, lambda one: replace(one, spent_ms=report.total_ms or 0.0)
                )
                self.flow = replace(self.flow, current=None, phase=None, proof=None, task=None)
            case _:
                pass

    def _changed(self, step: FlowStep, change: Callable[[FlowStepState], FlowStepState]) -> FlowState:
        steps = tuple(change(one) if one.step is step else one for one in self.flow.steps)
        return replace(self.flow, steps=steps)

    def _on_proof_event(self, step: FlowStep, event: ProofEvent) -> None:
        if self._proof is None:
            run = RunState(
                source=step.value, mode=self.flow.mode, setup=self.flow.setup, started=self.clock()
            )
            self._proof = RunFollower(run, self.clock)
        run = self._proof.run
        if isinstance(event, CircuitStarted):
            self._proof.run = self._with_blocks(run, step, event)
        if self._proof.on_event(event):
            self.flow = replace(self.flow, proof=self._proof.run, phase=StepPhase.PROVE)

    def _with_blocks(self, run: RunState, step: FlowStep, event: CircuitStarted) -> RunState:
        """A flow announces circuits one by one; an earlier run supplies the names of the rest."""
        if len(run.blocks) != event.count + 1:
            earlier = [one for one in self.earlier(step) if len(one.circuits) == event.count]
            names = [circuit.name for circuit in earlier[0].circuits] if earlier else [""] * event.count
            blocks, measured = expected_blocks(names, earlier, self.final_name)
            run = replace(run, blocks=blocks, measured_here=measured)
        return run
