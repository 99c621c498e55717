"""What the listener for websites, in its own process, adds to a proof, and how soon it answers meanwhile."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

import httpx2

from support.browser_listener import HeldProver, approvals_in, listening
from support.listen_process import listen_process
from support.recorded_steps import development_deployment

_ROUNDS = 4
_ROUNDS_WITHOUT_BB = 50
_SITE = "https://dapp.example"
_PROOF_SECONDS = 300.0
_SECONDS_BETWEEN_LOOKS = 0.02


async def measure() -> dict[str, float]:
    """Milliseconds; the first proof, for which bb is started and gets its CRS, is not counted.

    added: from the request of a page to its answer, less bb's own time; median. without_bb: the same with a
    prover that answers at once, so that it is the listener's share alone. health: of a page that asks while
    it proves, over a connection that is kept.
    """
    added: list[float] = []
    health: list[float] = []
    steps = development_deployment()
    with listen_process(f"--allow={_SITE}") as listener:
        async with (
            httpx2.AsyncClient(base_url=listener.url, timeout=_PROOF_SECONDS) as page,
            httpx2.AsyncClient(base_url=listener.url, timeout=_PROOF_SECONDS) as looking,
        ):
            headers = {"Origin": _SITE, "x-aztec-version": "4.1.2"}
            for number in range(_ROUNDS + 1):
                proving = asyncio.create_task(_timed(page, steps, headers))
                while not proving.done():
                    begin = time.perf_counter()
                    (await looking.get("/health", headers={"Origin": _SITE})).raise_for_status()
                    health.append((time.perf_counter() - begin) * 1000)
                    await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
                if number:
                    added.append(await proving)
    return {
        "added_without_bb_ms": await _without_bb(steps),
        "added_to_a_proof_ms": statistics.median(added),
        "least_added_to_a_proof_ms": min(added),
        "health_while_proving_p50_ms": statistics.median(health),
        "health_while_proving_p99_ms": statistics.quantiles(health, n=100)[98],
        "load_of_the_machine": os.getloadavg()[0],
    }


async def _without_bb(steps: bytes) -> float:
    with tempfile.TemporaryDirectory() as folder:
        approvals = approvals_in(Path(folder), None, _SITE)
        async with (
            listening(HeldProver(at_once=True), approvals) as running,
            httpx2.AsyncClient(base_url=running.url, timeout=_PROOF_SECONDS) as page,
        ):
            taken = []
            for _ in range(_ROUNDS_WITHOUT_BB):
                begin = time.perf_counter()
                answer = await page.post("/prove", content=steps, headers={"Origin": _SITE})
                answer.raise_for_status()
                taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)


async def _timed(page: httpx2.AsyncClient, steps: bytes, headers: dict[str, str]) -> float:
    begin = time.perf_counter()
    answer = await page.post("/prove", content=steps, headers=headers)
    answer.raise_for_status()
    return (time.perf_counter() - begin) * 1000 - float(answer.headers["x-prove-duration-ms"])
