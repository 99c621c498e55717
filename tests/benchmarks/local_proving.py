"""The embedded prover against ``bb prove``, cold against warm, few threads against many, one against two.

Everything is compared within one run, alternating, because the machine's speed drifts.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from support.local_prover import deployment_request, development_crs, real_backend, real_installation
from support.recorded_steps import development_deployment
from tee_rex.bb.store import BbCommand
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.system.child_process import peak_resident_bytes
from tee_rex.system.progress import ignore_progress
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.request import ProofResult
from tee_rex.transaction.trusted_setup import TrustedSetup

TEE_REX = Path(sys.executable).with_name("tee-rex")
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class CliRun:
    """One run of ``tee-rex prove --json``: seconds, and the memory of its Python side."""

    wall: float
    bb_own: float
    first_event: float
    python_peak_bytes: int


async def measure() -> dict[str, float]:
    """Seconds, megabytes and ratios; medians of three alternating rounds."""
    installation = real_installation()
    version = installation.pins.default_version
    command = await installation.bb(version, TrustedSetup.DEVELOPMENT, ignore_progress)
    with tempfile.TemporaryDirectory() as folder:
        steps = Path(folder, "steps.msgpack")
        steps.write_bytes(development_deployment())
        Path(folder, "bn254_g1.dat").write_bytes((await development_crs()).g1)
        cli, bb_prove = [], []
        for _ in range(_ROUNDS):
            bb_prove.append(_bb_prove(command, steps))
            cli.append(_tee_rex_prove(steps))
    warm_backend = LocalBackend(installation, LocalOptions(threads=usable_cores(), keep_warm=True))
    try:
        cold = (await warm_backend.prove(deployment_request(), ignore_events)).timings.total_ms
        warm = (await warm_backend.prove(deployment_request(), ignore_events)).timings.total_ms
    finally:
        await warm_backend.close()
    by_threads = {count: await _proofs(1, threads=count) for count in range(1, usable_cores() + 1)}
    two_at_once = await _proofs(2, threads=max(1, usable_cores() // 2))
    wall = statistics.median(run.wall for run in cli)
    return {
        "tee_rex_prove_s": wall,
        "bb_prove_s": statistics.median(bb_prove),
        "tee_rex_over_bb_prove": statistics.median(
            run.wall / reference for run, reference in zip(cli, bb_prove, strict=True)
        ),
        "wall_over_bb_own_computing": statistics.median(run.wall / run.bb_own for run in cli),
        "first_event_ms": statistics.median(run.first_event for run in cli) * 1000,
        "python_peak_mb_above_input": (
            max(run.python_peak_bytes for run in cli) - len(development_deployment())
        )
        / 1e6,
        "cold_s": cold / 1000,
        "warm_s": warm / 1000,
        **{f"threads_{count}_s": seconds for count, seconds in by_threads.items()},
        "two_at_once_half_the_threads_each_s": two_at_once,
        "throughput_of_two_at_once_over_one": 2 * by_threads[usable_cores()] / two_at_once,
    }


def _bb_prove(command: BbCommand, steps: Path) -> float:
    with tempfile.TemporaryDirectory() as out:
        argv = (*command.argv, "prove", "--scheme", "chonk", "--ivc_inputs_path", str(steps), "-o", out)
        environ = {
            "HOME": out,
            "CRS_PATH": str(steps.parent),
            "HARDWARE_CONCURRENCY": str(usable_cores()),
        }
        begin = time.perf_counter()
        subprocess.run(argv, env=environ, check=True, capture_output=True)
        return time.perf_counter() - begin


def _tee_rex_prove(steps: Path) -> CliRun:
    begin = time.perf_counter()
    process = subprocess.Popen(
        [TEE_REX, "prove", steps, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ
    )
    assert process.stderr is not None
    assert process.stdout is not None
    first_event = peak = 0.0
    while line := process.stderr.readline():
        if not first_event and b"Checking the steps" in line:
            first_event = time.perf_counter() - begin
        peak = max(peak, peak_resident_bytes(process.pid) or 0)
    assert first_event, "the first line of a proof has changed"
    report = json.loads(process.stdout.read())
    assert process.wait() == 0
    wall = time.perf_counter() - begin
    own = report["final_proof_ms"] + sum(c["load_ms"] + c["accumulate_ms"] for c in report["circuits"])
    return CliRun(wall, own / 1000, first_event, int(peak))


async def _proofs(count: int, *, threads: int) -> float:
    """Seconds for ``count`` proofs at once, each with its own bb."""
    backends = [real_backend(threads) for _ in range(count)]
    begin = time.perf_counter()
    results: list[ProofResult] = await asyncio.gather(
        *(backend.prove(deployment_request(), ignore_events) for backend in backends)
    )
    assert all(result.verified for result in results)
    return time.perf_counter() - begin
