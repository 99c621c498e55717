"""The proof of one Noir circuit as a run."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from tee_rex.browser.proving import PROOF_SECONDS
from tee_rex.local.ultra_honk import UltraHonkRequest, UltraHonkResult
from tee_rex.provers import make_circuit_prover
from tee_rex.transaction.proof import FIELD_BYTES
from tee_rex.transaction.report import PhaseReport, ProofDigestReport, ProofReport, UsedBbReport
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.runs import ProofJob, RunEnd, RunsController
from tee_rex_app.model.expected_times import expected_block
from tee_rex_app.model.runs import Outcome, RunState
from tee_rex_app.text.translation import tr


class CircuitJob(ProofJob):
    """One proof, made on this machine. result: once it has been made."""

    def __init__(
        self, context: ControllerContext, runs: RunsController, begun: RunState, request: UltraHonkRequest
    ) -> None:
        super().__init__(context, runs, begun)
        self._circuit = request
        self.result: UltraHonkResult | None = None

    async def run(self) -> RunEnd:
        """Prove it; its only block should take as long as the last circuits of the same website did."""
        earlier = [
            run.report
            for run in self._context.store.state.history or ()
            if run.source == self.source and run.report is not None and run.outcome is Outcome.VERIFIED
        ]
        block = expected_block(earlier, tr("Noir circuit"))
        known = block.expected_ms is not None
        run = replace(self.begun, setup=self._circuit.setup, blocks=(block,), measured_here=known)
        listener = self.follow(run)
        config = replace(self._context.prover_config(), keep_warm=False)
        async with make_circuit_prover(config) as prover:
            result = await prover.prove(self._circuit, listener, time_limit=PROOF_SECONDS)
        self.result = result
        return RunEnd(Outcome.VERIFIED, _report(result), result.proof)


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
