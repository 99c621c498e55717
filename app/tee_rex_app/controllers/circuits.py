"""The proof of one Noir circuit as a run."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from tee_rex.browser.proving import PROOF_SECONDS
from tee_rex.errors import TeeRexError
from tee_rex.local.ultra_honk import UltraHonkRequest, UltraHonkResult
from tee_rex.provers import make_circuit_prover
from tee_rex.transaction.events import ProofEvent
from tee_rex.transaction.proof import FIELD_BYTES
from tee_rex.transaction.report import PhaseReport, ProofDigestReport, ProofReport, UsedBbReport
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.runs import RunEnd, RunJob, RunsController
from tee_rex_app.model.expected_times import expected_blocks
from tee_rex_app.model.runs import Outcome, RunKind, RunState
from tee_rex_app.services.followers import RunFollower
from tee_rex_app.text.translation import tr


class CircuitJob(RunJob):
    """One proof, made on this machine. result, error: once it has ended."""

    kind = RunKind.PROOF

    def __init__(
        self, context: ControllerContext, runs: RunsController, begun: RunState, request: UltraHonkRequest
    ) -> None:
        self.source = begun.source
        self.begun = begun
        self._context = context
        self._runs = runs
        self._request = request
        self.result: UltraHonkResult | None = None
        self.error: TeeRexError | None = None

    async def run(self) -> RunEnd:
        """Prove it; its only block takes as long as the last circuits of the same website did."""
        earlier = [
            run.report
            for run in self._context.store.state.history or ()
            if run.source == self.source and run.report is not None and run.outcome is Outcome.VERIFIED
        ]
        blocks, measured = expected_blocks((), earlier, tr("Noir circuit"))
        shown = replace(self.begun, setup=self._request.setup, blocks=blocks, measured_here=measured)
        self._runs.show(shown)
        follower = RunFollower(shown, self._context.dependencies.clock)

        def on_event(event: ProofEvent) -> None:
            if follower.on_event(event):
                self._runs.show(follower.run)

        config = replace(self._context.prover_config(), keep_warm=False)
        async with make_circuit_prover(config) as prover:
            result = await prover.prove(self._request, on_event, time_limit=PROOF_SECONDS)
        self.result = result
        return RunEnd(Outcome.VERIFIED, _report(result), result.proof)

    def failed(self, error: TeeRexError) -> ProofReport:
        """Report the failure."""
        self.error = error
        return ProofReport.of_failure(self.begun.mode, None, error)

    def cancelled(self) -> None:
        """Report nothing: an incomplete proof is useless."""


def _report(result: UltraHonkResult) -> ProofReport:
    proof = result.proof
    return ProofReport(
        mode="local",
        crs=result.setup,
        verified=True,
        bb=UsedBbReport.of(result.bb),
        aztec_version=str(result.bb.version),
        final_proof_ms=result.prove_ms,
        prove_ms=result.prove_ms,
        total_ms=result.total_ms,
        phases=tuple(PhaseReport(phase.phase, phase.ms) for phase in result.phases),
        peak_memory_bytes=result.peak_memory_bytes,
        proof=ProofDigestReport(len(proof) // FIELD_BYTES, len(proof), hashlib.sha256(proof).hexdigest()),
    )
