"""UltraHonk proofs of Noir circuits against ``bb prove --verify``, alternating in one run."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

from support.bb_command_line import BbCommandLine
from support.local_prover import real_installation
from support.noir_circuits import V5, request_of
from tee_rex.local.backend import LocalOptions
from tee_rex.local.ultra_honk import UltraHonkProver, UltraHonkRequest, VerifierTarget
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.events import ignore_events

_CASES: Final = {
    "evm_32_rows": ("square", VerifierTarget.EVM, 11),
    "evm_2_16_rows": ("compressions", VerifierTarget.EVM, 5),
    "noir_rollup_2_16_rows": ("compressions", VerifierTarget.NOIR_ROLLUP, 3),
}
"""Circuit, target and rounds."""


async def measure() -> dict[str, float]:
    """Milliseconds and ratios, medians of alternating rounds.

    warm: with the bb of the proof before, as ``tee-rex listen`` proves.
    """
    installation, threads = real_installation(), usable_cores()
    cold = UltraHonkProver(installation, LocalOptions(threads))
    warm = UltraHonkProver(installation, LocalOptions(threads, keep_warm=True))
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        command_line = await BbCommandLine.of(V5, Path(folder), threads)
        async with warm:
            await warm.prove(request_of("square"), ignore_events)
            for name, (circuit, target, rounds) in _CASES.items():
                request = request_of(circuit, target)
                bb_prove, cold_ms, warm_ms = [], [], []
                for _ in range(rounds):
                    begin = time.perf_counter()
                    command_line.prove(request, verify=True)
                    bb_prove.append((time.perf_counter() - begin) * 1000)
                    cold_ms.append(await _proof_ms(cold, request))
                    warm_ms.append(await _proof_ms(warm, request))
                figures[f"{name}_bb_prove_ms"] = statistics.median(bb_prove)
                figures[f"{name}_over_bb_prove"] = _ratio(cold_ms, bb_prove)
                figures[f"{name}_warm_over_bb_prove"] = _ratio(warm_ms, bb_prove)
    return figures


async def _proof_ms(prover: UltraHonkProver, request: UltraHonkRequest) -> float:
    begin = time.perf_counter()
    await prover.prove(request, ignore_events)
    return (time.perf_counter() - begin) * 1000


def _ratio(ours: list[float], bb_prove: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(ours, bb_prove, strict=True))
