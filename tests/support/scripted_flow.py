"""A flow that reports events as a real one does, without a network, a wallet or a proof."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tee_rex.aztec.flows import events
from tee_rex.aztec.flows import report as reports
from tee_rex.aztec.flows.interface import FlowOptions
from tee_rex.errors import TeeRexError
from tee_rex.errors.report import ErrorReport
from tee_rex.local.installation import Installation
from tee_rex.provers import Prover
from tee_rex.transaction import events as proof_events
from tee_rex.transaction.report import CircuitReport, PhaseReport, ProofReport

CIRCUITS = ("SchnorrAccount:entrypoint", "private_kernel_init", "hiding_kernel")
NETWORK = reports.NetworkReport(
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
        self, kind: reports.FlowKind, options: FlowOptions, prover: Prover, installation: Installation
    ) -> None:
        del installation
        self.kind = kind
        self.options = options
        self.mode = prover.mode
        self.stop_at: reports.StepPhase | None = None
        self.error: TeeRexError | None = None
        self.gate = asyncio.Event()
        self.running = False
        self._steps: list[reports.StepReport] = []

    async def run(self, listener: events.FlowListener) -> reports.FlowReport:
        self.running = True
        try:
            for preparation in reports.Preparation:
                listener(events.PreparationStarted(preparation))
                if preparation is reports.Preparation.NODE:
                    listener(events.NetworkFound(NETWORK))
                listener(events.PreparationEnded(preparation, 5.0))
            steps = reports.FLOW_STEPS[self.kind]
            listener(events.FlowPlanned(steps))
            for index, step in enumerate(steps):
                listener(events.FlowStepStarted(step, index, len(steps)))
                await self._step(step, listener)
                listener(events.FlowStepEnded(self._steps[-1], index, len(steps)))
        finally:
            self.running = False
        return self.report()

    def report(self, error: TeeRexError | None = None, *, cancelled: bool = False) -> reports.FlowReport:
        spent = sum(step.total_ms or 0.0 for step in self._steps)
        return reports.FlowReport(
            flow=self.kind,
            mode=self.mode,
            aztec_version="4.1.2",
            network=NETWORK,
            preparation=tuple(reports.PreparationReport(one, 5.0) for one in reports.Preparation),
            accounts=(reports.AccountReport("first", "0x1c4e" + "5b" * 30, True),),
            steps=tuple(self._steps),
            steps_ms=spent,
            total_ms=spent + 20.0,
            cancelled=cancelled,
            error=None if error is None else ErrorReport.of(error),
        )

    async def _step(self, step: reports.FlowStep, listener: events.FlowListener) -> None:
        phases: Sequence[reports.StepPhase] = (
            list(reports.StepPhase)
            if step is not reports.FlowStep.CHECK_BALANCES
            else [reports.StepPhase.SIMULATE]
        )
        for phase in phases:
            listener(events.StepPhaseStarted(step, phase))
            if phase is reports.StepPhase.PROVE:
                await self._prove(step, listener)
            elif phase is self.stop_at:
                await self._stop()
            if phase is reports.StepPhase.SEND:
                listener(events.TransactionSent(step, "0x" + "5b" * 32, None))
            if phase is reports.StepPhase.CONFIRM:
                listener(events.TransactionConfirmed(step, "0x" + "5b" * 32, 7))
            listener(events.StepPhaseEnded(step, phase, 10.0))
        simulation = reports.SimulationReport(
            10.0, 2.0, tuple(reports.FunctionReport(name, 3.0) for name in CIRCUITS[:1]), 4.0
        )
        if step is reports.FlowStep.CHECK_BALANCES:
            self._steps.append(reports.StepReport(step=step, simulate=simulation, total_ms=10.0))
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
            reports.StepReport(
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

    async def _prove(self, step: reports.FlowStep, listener: events.FlowListener) -> None:
        listener(events.ProofProgress(step, proof_events.PhaseStarted(proof_events.Phase.ACCUMULATE)))
        for index, name in enumerate(CIRCUITS):
            listener(events.ProofProgress(step, proof_events.CircuitStarted(index, len(CIRCUITS), name)))
            if index == 1 and self.stop_at is reports.StepPhase.PROVE:
                await self._stop()
            timing = proof_events.CircuitTiming(name, 1.0, 9.0)
            listener(events.ProofProgress(step, proof_events.CircuitEnded(index, len(CIRCUITS), timing)))
        listener(events.ProofProgress(step, proof_events.PhaseStarted(proof_events.Phase.FINAL_PROOF)))
        listener(events.ProofProgress(step, proof_events.PhaseEnded(proof_events.Phase.FINAL_PROOF, 20.0)))

    async def _stop(self) -> None:
        await self.gate.wait()
        if self.error is not None:
            raise self.error
