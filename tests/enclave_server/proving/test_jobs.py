"""Jobs, on a clock that only the tests advance."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from support.patience import PATIENCE
from support.proving_server import LIMITS, SOME_BB, GatedBackend, settle, some_proof
from support.recorded_steps import development_deployment
from tee_rex.errors import message
from tee_rex.errors.catalogue.proving import BB_REFUSED
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.wire.protocol import JobBb, JobCircuit, JobEvent, JobState, JobStatus
from tee_rex_server.errors.serving import UnknownJobError
from tee_rex_server.http.monitoring import Metrics
from tee_rex_server.logs import json_logger
from tee_rex_server.proving import jobs as jobs_module
from tee_rex_server.proving.decoder import DecodedRequest
from tee_rex_server.proving.jobs import ABANDONED_SECONDS, RESULT_SECONDS, Jobs
from tee_rex_server.proving.service import ProvingService

STEPS = ExecutionSteps.from_bytes(development_deployment())
DECODED = DecodedRequest(ProofRequest.recognised(STEPS), size=1, decrypt_ms=1.5)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class Setup:
    """One slot, its service and its jobs."""

    def __init__(self, *, discreet: bool = False) -> None:
        self.backend = GatedBackend()
        self.clock = Clock()
        self.service = ProvingService([self.backend], LIMITS, Metrics())
        self.jobs = Jobs(self.service, self.clock, discreet=discreet)
        self.log = io.StringIO()

    def start(self) -> str:
        return self.jobs.start(self.service.admit(1), DECODED, json_logger(self.log)).id

    async def ended(self, job_id: str) -> JobStatus:
        async for change in self.jobs.watch(job_id):
            if change and change[1].state.ended:
                return change[1]
        raise AssertionError("the job did not end")


@pytest.fixture
async def setup() -> AsyncIterator[Setup]:
    created = Setup()
    yield created
    await created.jobs.close()


async def test_a_job_is_queued_proved_and_done(setup: Setup) -> None:
    first = setup.start()
    await settle()
    second = setup.start()
    await settle()
    assert setup.jobs.find(first).state is JobState.PROVING
    assert setup.jobs.find(first).circuit == JobCircuit(0, 1, STEPS.function_names[0])
    assert (setup.jobs.find(second).state, setup.jobs.find(second).position) == (JobState.QUEUED, 0)
    setup.clock.now += 2
    setup.backend.gate.set()
    done = await setup.ended(second)
    assert (done.state, done.circuit, done.error) == (JobState.DONE, None, None)
    assert done.proof == some_proof().to_wire()
    assert done.bb == JobBb("4.1.2", SOME_BB)
    assert done.timings is not None
    assert (done.timings.queue_ms, done.timings.decrypt_ms, done.timings.prove_ms) == (2000.0, 1.5, 6.0)
    assert setup.jobs.find(first).state is JobState.DONE
    await settle()
    setup.service.admit(LIMITS.request_memory).release()  # both released their memory


async def test_ids_are_128_random_bits(setup: Setup) -> None:
    ids = {setup.start() for _ in range(3)}
    assert len(ids) == 3
    assert all(len(bytes.fromhex(job_id)) == 16 for job_id in ids)


async def test_watchers_get_every_change(setup: Setup) -> None:
    other, job_id = setup.start(), setup.start()
    events: list[tuple[JobEvent, JobState]] = []

    async def watch() -> None:
        async for change in setup.jobs.watch(job_id):
            assert change is not None
            events.append((change[0], change[1].state))

    watching = asyncio.create_task(watch())
    await settle()
    await setup.jobs.cancel(other)
    await settle()
    setup.backend.gate.set()
    await watching
    assert (
        events
        == [
            (JobEvent.STATE, JobState.QUEUED),
            (JobEvent.STATE, JobState.PROVING),
            (JobEvent.DONE, JobState.DONE),
        ]
        or (JobEvent.CIRCUIT, JobState.PROVING) in events
    )


async def test_watchers_are_told_when_the_final_proof_begins(setup: Setup) -> None:
    job_id = setup.start()
    await settle()
    assert not setup.jobs.find(job_id).final_proof
    setup.backend.final_gate.clear()
    setup.backend.gate.set()
    await settle()
    status = setup.jobs.find(job_id)
    assert (status.state, status.final_proof) == (JobState.PROVING, True)
    setup.backend.final_gate.set()
    assert not (await setup.ended(job_id)).final_proof


async def test_a_failed_job_has_the_errors_code(setup: Setup) -> None:
    setup.backend.error = BB_REFUSED(activity=message("working on the circuit X:y"))
    setup.backend.gate.set()
    status = await setup.ended(setup.start())
    assert status.state is JobState.FAILED
    assert status.error is not None
    assert (status.error.code, "X:y" in status.error.message) == ("BB_REFUSED", True)


async def test_the_text_of_a_bug_is_neither_answered_nor_logged(setup: Setup) -> None:
    setup.backend.error = ValueError("the witness is 42")
    setup.backend.gate.set()
    status = await setup.ended(setup.start())
    assert status.error is not None
    assert status.error.code == "INTERNAL"
    assert "witness" not in status.error.message + setup.log.getvalue()
    bug, ended = map(json.loads, setup.log.getvalue().splitlines())
    assert bug["trace"][0] == "ValueError"
    assert ended["outcome"] == "INTERNAL"


async def test_in_a_tee_no_circuit_is_named() -> None:
    setup = Setup(discreet=True)
    job_id = setup.start()
    seen = []
    watching = setup.jobs.watch(job_id)
    async for change in watching:
        assert change is not None
        seen.append(repr(change[1]))
        setup.backend.gate.set()
    setup.backend.error = BB_REFUSED(activity=message("working on the circuit X:y"))
    failed = await setup.ended(setup.start())
    assert failed.error is not None
    assert failed.error.message == ""
    assert not any(name in text for name in STEPS.function_names for text in seen)


async def test_cancelling_ends_the_proof_and_ignores_unknown_jobs(setup: Setup) -> None:
    job_id = setup.start()
    await settle()
    watching = asyncio.create_task(setup.ended(job_id))
    await settle()
    await setup.jobs.cancel(job_id)
    assert (setup.backend.proving, setup.service.busy) == (0, 0)
    assert (await watching).state is JobState.CANCELLED
    await setup.jobs.cancel(job_id)
    with pytest.raises(UnknownJobError):
        setup.jobs.find(job_id)


async def test_an_abandoned_job_is_cancelled(setup: Setup) -> None:
    job_id = setup.start()
    await settle()
    setup.clock.now += ABANDONED_SECONDS - 1
    setup.jobs.find(job_id)
    setup.clock.now += ABANDONED_SECONDS - 1
    setup.jobs.sweep()
    await settle()
    assert setup.backend.proving == 1
    setup.clock.now += 1
    setup.jobs.sweep()
    await settle()
    assert setup.backend.proving == 0
    with pytest.raises(UnknownJobError):
        setup.jobs.find(job_id)


async def test_watching_keeps_a_job_alive(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "HEARTBEAT_SECONDS", 0.001)
    job_id = setup.start()
    watching = setup.jobs.watch(job_id)
    changes = [await anext(watching) for _ in range(4)]
    setup.clock.now += ABANDONED_SECONDS - 1
    while await anext(watching) is not None:
        pass
    setup.clock.now += 2
    setup.jobs.sweep()
    await settle()
    assert None in changes
    assert setup.backend.proving == 1
    await watching.aclose()


async def test_a_result_is_kept_for_ten_minutes(setup: Setup) -> None:
    setup.backend.gate.set()
    job_id = setup.start()
    await setup.ended(job_id)
    setup.clock.now += RESULT_SECONDS - 1
    setup.jobs.sweep()
    assert setup.jobs.find(job_id).state is JobState.DONE
    setup.clock.now += 1
    setup.jobs.sweep()
    with pytest.raises(UnknownJobError):
        setup.jobs.find(job_id)


async def test_the_number_of_kept_results_is_bounded(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "MAX_JOBS_KEPT", 2)
    setup.backend.gate.set()
    ids = []
    for _ in range(3):
        ids.append(setup.start())
        await setup.ended(ids[-1])
    with pytest.raises(UnknownJobError):
        setup.jobs.find(ids[0])
    assert [setup.jobs.find(job_id).state for job_id in ids[1:]] == [JobState.DONE] * 2


async def test_collected_waits_until_results_are_fetched(setup: Setup) -> None:
    setup.backend.gate.set()
    job_id = setup.start()
    collecting = asyncio.create_task(setup.jobs.collected())
    await settle()
    assert not collecting.done()
    setup.jobs.find(job_id)
    await asyncio.wait_for(collecting, PATIENCE)


async def test_no_job_id_is_logged(setup: Setup) -> None:
    setup.backend.gate.set()
    job_id = setup.start()
    await setup.ended(job_id)
    assert job_id not in setup.log.getvalue()
    assert json.loads(setup.log.getvalue())["outcome"] == "done"
