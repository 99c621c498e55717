"""The life of jobs, on a clock that stands until it is moved."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from support.patience import PATIENCE
from support.proving_server import LIMITS, GatedBackend, some_proof
from support.recorded_steps import development_deployment
from tee_rex.local.errors import BbRefusedError
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.wire.protocol import JobCircuit, JobEvent, JobState, JobStatus
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


class House:
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
        raise AssertionError("it did not end")


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    yield made
    await made.jobs.close()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_job_is_queued_proved_and_done(house: House) -> None:
    first = house.start()
    await settle()
    second = house.start()
    await settle()
    assert house.jobs.find(first).state is JobState.PROVING
    assert house.jobs.find(first).circuit == JobCircuit(0, 1, STEPS.function_names[0])
    assert (house.jobs.find(second).state, house.jobs.find(second).position) == (JobState.QUEUED, 0)
    house.clock.now += 2
    house.backend.gate.set()
    done = await house.ended(second)
    assert (done.state, done.circuit, done.error) == (JobState.DONE, None, None)
    assert done.proof == some_proof().to_wire()
    assert done.timings is not None
    assert (done.timings.queue_ms, done.timings.decrypt_ms, done.timings.prove_ms) == (2000.0, 1.5, 6.0)
    assert house.jobs.find(first).state is JobState.DONE
    await settle()
    house.service.admit(LIMITS.request_memory).release()  # both gave back what they had brought


async def test_ids_are_128_random_bits(house: House) -> None:
    ids = {house.start() for _ in range(3)}
    assert len(ids) == 3
    assert all(len(bytes.fromhex(job_id)) == 16 for job_id in ids)


async def test_who_watches_hears_every_change(house: House) -> None:
    other, job_id = house.start(), house.start()
    events: list[tuple[JobEvent, JobState]] = []

    async def watch() -> None:
        async for change in house.jobs.watch(job_id):
            assert change is not None
            events.append((change[0], change[1].state))

    watching = asyncio.create_task(watch())
    await settle()
    await house.jobs.cancel(other)
    await settle()
    house.backend.gate.set()
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


async def test_a_failure_is_told_with_its_code(house: House) -> None:
    house.backend.error = BbRefusedError("It answered with an error while working on the circuit X:y.")
    house.backend.gate.set()
    status = await house.ended(house.start())
    assert status.state is JobState.FAILED
    assert status.error is not None
    assert (status.error.code, "X:y" in status.error.message) == ("BB_REFUSED", True)


async def test_a_bug_is_told_without_its_text_and_logged_without_it(house: House) -> None:
    house.backend.error = ValueError("the witness is 42")
    house.backend.gate.set()
    status = await house.ended(house.start())
    assert status.error is not None
    assert status.error.code == "INTERNAL"
    assert "witness" not in status.error.message + house.log.getvalue()
    bug, ended = map(json.loads, house.log.getvalue().splitlines())
    assert bug["trace"][0] == "ValueError"
    assert ended["outcome"] == "INTERNAL"


async def test_in_a_tee_no_circuit_is_named() -> None:
    house = House(discreet=True)
    job_id = house.start()
    seen = []
    watching = house.jobs.watch(job_id)
    async for change in watching:
        assert change is not None
        seen.append(repr(change[1]))
        house.backend.gate.set()
    house.backend.error = BbRefusedError("It answered with an error while working on the circuit X:y.")
    failed = await house.ended(house.start())
    assert failed.error is not None
    assert failed.error.message == ""
    assert not any(name in text for name in STEPS.function_names for text in seen)


async def test_delete_ends_the_proof_and_is_the_same_for_unknown_jobs(house: House) -> None:
    job_id = house.start()
    await settle()
    watching = asyncio.create_task(house.ended(job_id))
    await settle()
    await house.jobs.cancel(job_id)
    assert (house.backend.proving, house.service.busy) == (0, 0)
    assert (await watching).state is JobState.CANCELLED
    await house.jobs.cancel(job_id)
    with pytest.raises(UnknownJobError):
        house.jobs.find(job_id)


async def test_a_job_that_nobody_asks_after_is_cancelled(house: House) -> None:
    job_id = house.start()
    await settle()
    house.clock.now += ABANDONED_SECONDS - 1
    house.jobs.find(job_id)
    house.clock.now += ABANDONED_SECONDS - 1
    house.jobs.sweep()
    await settle()
    assert house.backend.proving == 1
    house.clock.now += 1
    house.jobs.sweep()
    await settle()
    assert house.backend.proving == 0
    with pytest.raises(UnknownJobError):
        house.jobs.find(job_id)


async def test_listening_keeps_a_job_alive(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "HEARTBEAT_SECONDS", 0.001)
    job_id = house.start()
    watching = house.jobs.watch(job_id)
    changes = [await anext(watching) for _ in range(4)]
    house.clock.now += ABANDONED_SECONDS - 1
    while await anext(watching) is not None:
        pass
    house.clock.now += 2
    house.jobs.sweep()
    await settle()
    assert None in changes
    assert house.backend.proving == 1
    await watching.aclose()


async def test_a_result_is_kept_for_ten_minutes(house: House) -> None:
    house.backend.gate.set()
    job_id = house.start()
    await house.ended(job_id)
    house.clock.now += RESULT_SECONDS - 1
    house.jobs.sweep()
    assert house.jobs.find(job_id).state is JobState.DONE
    house.clock.now += 1
    house.jobs.sweep()
    with pytest.raises(UnknownJobError):
        house.jobs.find(job_id)


async def test_the_number_of_kept_results_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "MAX_JOBS_KEPT", 2)
    house.backend.gate.set()
    ids = []
    for _ in range(3):
        ids.append(house.start())
        await house.ended(ids[-1])
    with pytest.raises(UnknownJobError):
        house.jobs.find(ids[0])
    assert [house.jobs.find(job_id).state for job_id in ids[1:]] == [JobState.DONE] * 2


async def test_at_shutdown_results_wait_for_somebody_to_fetch_them(house: House) -> None:
    house.backend.gate.set()
    job_id = house.start()
    collecting = asyncio.create_task(house.jobs.collected())
    await settle()
    assert not collecting.done()
    house.jobs.find(job_id)
    await asyncio.wait_for(collecting, PATIENCE)


async def test_no_job_id_is_logged(house: House) -> None:
    house.backend.gate.set()
    job_id = house.start()
    await house.ended(job_id)
    assert job_id not in house.log.getvalue()
    assert json.loads(house.log.getvalue())["outcome"] == "done"
