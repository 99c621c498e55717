"""The same circuits proved by each version's bb, and what changing the version between two proofs costs.

The account deployment has v4's circuits, which two versions prove. The mock transaction is one source,
compiled for both generations. All is compared within one run, in turns, because the machine's speed drifts.
"""

from __future__ import annotations

import resource
import statistics
from collections.abc import Mapping, Sequence

from support.local_prover import real_backend, real_installation
from support.recorded_steps import development_deployment, mock_transaction, mock_transaction_of_v4
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.events import Phase, ignore_events
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_ROUNDS = 3
_ROUNDS_OF_SWITCHING = 2
_OLDEST = "4.1.2"
_TRANSACTIONS: Mapping[str, Mapping[str, bytes]] = {
    "deployment": {"4.1.2": development_deployment(), "4.4.0": development_deployment()},
    "mock": {
        "4.1.2": mock_transaction_of_v4(),
        "4.4.0": mock_transaction_of_v4(),
        "5.0.0": mock_transaction(),
    },
}


async def measure() -> dict[str, float]:
    """Seconds, megabytes and ratios; medians of three rounds in turns, the peak of all."""
    figures: dict[str, float] = {}
    for name, versions in _TRANSACTIONS.items():
        results: dict[str, list[ProofResult]] = {version: [] for version in versions}
        processor: dict[str, list[float]] = {version: [] for version in versions}
        for _ in range(_ROUNDS):
            for version, steps in versions.items():
                before = _processor_ms()
                results[version].append(await real_backend().prove(_request(version, steps), ignore_events))
                processor[version].append(_processor_ms() - before)
        for version, proofs in results.items():
            accumulate = _median_s([_phase_ms(proof, Phase.ACCUMULATE) for proof in proofs])
            final = _median_s([_phase_ms(proof, Phase.FINAL_PROOF) for proof in proofs])
            total = _median_s([_prove_ms(proof) for proof in proofs])
            figures |= {
                f"{name}_{version}_accumulate_s": accumulate,
                f"{name}_{version}_final_s": final,
                f"{name}_{version}_total_s": total,
                f"{name}_{version}_processor_s": _median_s(processor[version]),
                f"{name}_{version}_peak_mb": max(proof.peak_memory_bytes or 0 for proof in proofs) / 1e6,
                f"{name}_{version}_over_{_OLDEST}": statistics.median(
                    _prove_ms(proof) / _prove_ms(oldest)
                    for proof, oldest in zip(proofs, results[_OLDEST], strict=True)
                ),
            }
    return figures | await _switching()


async def _switching() -> dict[str, float]:
    """Milliseconds until the first circuit; a version's first proof starts its bb."""
    versions = _TRANSACTIONS["mock"]
    ready: dict[str, list[float]] = {}
    for _ in range(_ROUNDS_OF_SWITCHING):
        backend = LocalBackend(real_installation(), LocalOptions(threads=usable_cores(), keep_warm=True))
        try:
            for when, version in (
                ("first_4.1.2", "4.1.2"),
                ("again_4.1.2", "4.1.2"),
                ("changing_to_5.0.0", "5.0.0"),
                ("again_5.0.0", "5.0.0"),
                ("back_to_4.1.2", "4.1.2"),
            ):
                proof = await backend.prove(_request(version, versions[version]), ignore_events)
                before = proof.timings.total_ms - _prove_ms(proof)
                ready.setdefault(when, []).append(before)
        finally:
            await backend.close()
    return {f"{when}_ms_before_the_first_circuit": statistics.median(ms) for when, ms in ready.items()}


def _request(version: str, steps: bytes) -> ProofRequest:
    return ProofRequest(
        ExecutionSteps.from_bytes(steps), TrustedSetup.DEVELOPMENT, AztecVersion.parse(version)
    )


def _processor_ms() -> float:
    """What every bb so far has used of all cores."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def _prove_ms(proof: ProofResult) -> float:
    assert proof.timings.prove_ms is not None  # a local proof
    return proof.timings.prove_ms


def _phase_ms(proof: ProofResult, phase: Phase) -> float:
    return next(timing.ms or 0 for timing in proof.timings.phases if timing.phase is phase)


def _median_s(milliseconds: Sequence[float]) -> float:
    return statistics.median(milliseconds) / 1000
