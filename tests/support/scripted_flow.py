"""A flow that reports events as a real one does, without a network, a wallet or a proof."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tee_rex.aztec.flows.events import (
    FlowListener,
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
)
from tee_rex.aztec.flows.interface import FlowOptions
from tee_rex.aztec.flows.report import (
    FLOW_STEPS,
    AccountReport,
    FlowKind,
    FlowReport,
    FlowStep,
    FunctionReport,
    NetworkReport,
    Preparation,
    PreparationReport,
    SimulationReport,
    StepPhase,
    StepReport,
)
from tee_rex.errors import TeeRexError
from tee_rex.errors.report import ErrorReport
from tee_rex.local.installation import Installation
from tee_rex.provers import Prover
from tee_rex.transaction.events import (
    CircuitEnded,
    CircuitStarted,
    CircuitTiming,
    Phase,
    PhaseEnded,
    PhaseStarted,
)
from tee_rex.transaction.report import CircuitReport, PhaseReport, ProofReport

CIRCUITS = ("SchnorrAccount:entrypoint", "private_kernel_init", "hiding_kernel")
NETWORK = NetworkReport(
    url="http://localhost:8080",
    name="local network",
    chain_id=31337,
    rollup_version=1,
    node_version="4.1.2",
    crs="development",
    real_proofs=False,
    proofs_required=False,
)


class ScriptedFlow:
    """Waits before the phase ``stop_at`` of the first step until its gate opens; then may raise."""

    def __init__(
        self, kind: FlowKind, options: FlowOptions, prover: Prover, installation: Installation
    ) -> None:
        del installation
        self.kind = kind
        self.options = options
        self.mode = prover.mode
        self.stop_at: StepPhase | None = None
        self.error: TeeRexError | None = None
        self.gate = asyncio.Event()
        self.running = False
        self._steps: list[StepReport] = []

    async def run(self, listener: FlowListener) -> FlowReport:
        self.running = True
        try:
            for preparation in Preparation:
                listener(PreparationStarted(preparation))
                if preparation is Preparation.NODE:
                    listener(NetworkFound(NETWORK))
                listener(PreparationEnded(preparation, 5.0))
            steps = FLOW_STEPS[self.kind]
            listener(FlowPlanned(steps))
            for index, step in enumerate(steps):
                listener(FlowStepStarted(step, index, len(steps)))
                await self._step(step, listener)
                listener(FlowStepEnded(self._steps[-1], index, len(steps)))
        finally:
            self.running = False
        return self.report()

    def report(self, error: TeeRexError | None = None, *, cancelled: bool = False) -> FlowReport:
        spent = sum(step.total_ms or 0.0 for step in self._steps)
        return FlowReport(
            flow=self.kind,
            mode=self.mode,
            aztec_version="4.1.2",
            network=NETWORK,
            preparation=tuple(PreparationReport(one, 5.0) for one in Preparation),
            accounts=(AccountReport("first", "0x1c4e" + "5b" * 30, True),),
            steps=tuple(self._steps),
            steps_ms=spent,
            total_ms=spent + 20.0,
            cancelled=cancelled,
            error=None if error is None else ErrorReport.of(error),
        )

    async def _step(self, step: FlowStep, listener: FlowListener) -> None:
        phases: Sequence[StepPhase] = list(StepPhase) if step.sends_transaction else [StepPhase.SIMULATE]
        for phase in phases:
            listener(StepPhaseStarted(step, phase))
            if phase is StepPhase.PROVE:
                await self._prove(step, listener)
            elif phase is self.stop_at:
                await self._stop()
            if phase is StepPhase.SEND:
                listener(TransactionSent(step, "0x" + "5b" * 32, None))
            if phase is StepPhase.CONFIRM:
                listener(TransactionConfirmed(step, "0x" + "5b" * 32, 7))
            listener(StepPhaseEnded(step, phase, 10.0))
        simulation = SimulationReport(
            10.0, 2.0, tuple(FunctionReport(name, 3.0) for name in CIRCUITS[:1]), 4.0
        )
        if not step.sends_transaction:
            self._steps.append(StepReport(step=step, simulate=simulation, total_ms=10.0))
            return
        proof = ProofReport(
            mode=self.mode,
            crs="development",
            verified=True,
            circuits=tuple(CircuitReport(name, 1.0, 9.0) for name in CIRCUITS),
            final_proof_ms=20.0,
            total_ms=50.0,
            phases=(PhaseReport("accumulate", 30.0), PhaseReport("final-proof", 20.0)),
        )
        self._steps.append(
            StepReport(
                step=step,
                simulate=simulation,
                proof=proof,
                prove_ms=50.0,
                send_ms=10.0,
                confirm_ms=10.0,
                total_ms=85.0,
                transaction="0x" + "5b" * 32,
                block=7,
            )
        )

    async def _prove(self, step: FlowStep, listener: FlowListener) -> None:
        listener(ProofProgress(step, PhaseStarted(Phase.ACCUMULATE)))
        for index, name in enumerate(CIRCUITS):
            listener(ProofProgress(step, CircuitStarted(index, len(CIRCUITS), name)))
            if index == 1 and self.stop_at is StepPhase.PROVE:
                await self._stop()
            timing = CircuitTiming(name, 1.0, 9.0)
            listener(ProofProgress(step, CircuitEnded(index, len(CIRCUITS), timing)))
        listener(ProofProgress(step, PhaseStarted(Phase.FINAL_PROOF)))
        listener(ProofProgress(step, PhaseEnded(Phase.FINAL_PROOF, 20.0)))

    async def _stop(self) -> None:
        await self.gate.wait()
        if self.error is not None:
            raise self.error
