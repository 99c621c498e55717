from __future__ import annotations

import asyncio

import pytest

from support.remote_client import small_request
from support.scripted_server import SOME_PROOF
from tee_rex.provers import ModeNotConfiguredError, ProofTimedOutError, Prover
from tee_rex.transaction.events import ProofListener, ProofTimings
from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend, ProvingMode


class Backend(ProverBackend):
    """Proves at once, or never."""

    def __init__(self, mode: ProvingMode, *, stuck: bool = False) -> None:
        self.mode = mode
        self.stuck = stuck
        self.proving = self.closed = False

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        self.proving = True
        try:
            await asyncio.sleep(60 if self.stuck else 0)
        finally:
            self.proving = False
        timings = ProofTimings((), None, 0.0, 0.0, ())
        return ProofResult(SOME_PROOF, self.mode, request.setup, request.version, None, None, timings, None)

    async def close(self) -> None:
        self.closed = True


async def test_the_mode_is_switched_between_proofs() -> None:
    backends = {mode: Backend(mode) for mode in ProvingMode}
    prover = Prover(backends, ProvingMode.LOCAL)
    for mode in (ProvingMode.TEE, ProvingMode.REMOTE, ProvingMode.LOCAL):
        prover.mode = mode
        assert (await prover.prove(small_request())).mode is prover.mode is mode
    await prover.close()
    assert all(backend.closed for backend in backends.values())


async def test_a_switch_does_not_touch_the_proof_that_runs() -> None:
    prover = Prover({mode: Backend(mode) for mode in ProvingMode}, ProvingMode.TEE)
    running = asyncio.create_task(prover.prove(small_request()))
    await asyncio.sleep(0)
    prover.mode = ProvingMode.REMOTE
    assert (await running).mode is ProvingMode.TEE


def test_a_mode_without_a_backend_is_refused_and_nothing_is_put_in_its_place() -> None:
    prover = Prover({ProvingMode.REMOTE: Backend(ProvingMode.REMOTE)}, ProvingMode.REMOTE)
    with pytest.raises(ModeNotConfiguredError):
        prover.mode = ProvingMode.TEE
    assert prover.mode is ProvingMode.REMOTE
    with pytest.raises(ModeNotConfiguredError):
        Prover({}, ProvingMode.LOCAL)


async def test_the_time_limit_ends_the_proof() -> None:
    backend = Backend(ProvingMode.LOCAL, stuck=True)
    prover = Prover({ProvingMode.LOCAL: backend}, ProvingMode.LOCAL)
    with pytest.raises(ProofTimedOutError):
        await prover.prove(small_request(), time_limit=0.01)
    assert not backend.proving
