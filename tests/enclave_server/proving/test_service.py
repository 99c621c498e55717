"""Admission, slots, queue and shutdown of the proving service, on a backend with a gate."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from support.errors import raises
from support.proving_server import LIMITS, GatedBackend, settle
from support.recorded_steps import development_deployment
from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.http import QUEUE_FULL
from tee_rex.errors.catalogue.proving import BB_KILLED
from tee_rex.system.child_process import exit_reason
from tee_rex.transaction.events import ProofEvent, QueuePosition
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex_server.errors.serving import PROOF_LIMIT_PASSED, ShuttingDownError
from tee_rex_server.http.monitoring import Metrics
from tee_rex_server.proving.service import ProvingService, ServiceLimits

REQUEST = ProofRequest.recognised(ExecutionSteps.from_bytes(development_deployment()))


def service_of(*backends: GatedBackend, limits: ServiceLimits = LIMITS) -> ProvingService:
    return ProvingService(backends, limits, Metrics())


def proving(service: ProvingService, events: list[ProofEvent] | None = None) -> asyncio.Task[ProofResult]:
    received = [] if events is None else events
    return asyncio.create_task(service.prove(REQUEST, received.append))


async def test_each_slot_proves_one_and_others_wait_in_order() -> None:
    first, second = GatedBackend(), GatedBackend()
    service = service_of(first, second)
    running = [proving(service), proving(service)]
    await settle()
    events: list[list[ProofEvent]] = [[], []]
    waiting = []
    for heard in events:
        waiting.append(proving(service, heard))
        await settle()
    assert (service.busy, service.queued, first.proving, second.proving) == (2, 2, 1, 1)
    assert events == [[QueuePosition(0)], [QueuePosition(1)]]

    first.gate.set()
    await running[0]
    await waiting[0]
    await settle()
    assert events[1][:2] == [QueuePosition(1), QueuePosition(0)]
    second.gate.set()
    await asyncio.gather(running[1], waiting[1])
    assert (service.busy, service.queued) == (0, 0)


async def test_reservations_are_bounded_by_count_and_by_bytes() -> None:
    service = service_of(GatedBackend(), limits=replace(LIMITS, queue=1, request_memory=100))
    with service.admit(60) as reservation:
        with raises(QUEUE_FULL) as refused:
            service.admit(41)
        assert (refused.value.retry_after or 0) > 0
        reservation.resize(10)
        with service.admit(90), raises(QUEUE_FULL):
            service.admit(0)
    reservation.release()
    with service.admit(100):
        pass


@pytest.mark.parametrize("when", ["in the queue", "in its slot"])
async def test_a_cancelled_proof_frees_its_slot_or_its_position(when: str) -> None:
    backend = GatedBackend()
    service = service_of(backend)
    running, waiting = proving(service), proving(service)
    await settle()
    cancelled, other = (waiting, running) if when == "in the queue" else (running, waiting)
    cancelled.cancel()
    await settle()
    assert (backend.proving, service.queued) == (1, 0)
    backend.gate.set()
    await other
    assert service.busy == 0


async def test_a_slot_assigned_to_a_request_just_cancelled_is_not_lost() -> None:
    backend = GatedBackend()
    service = service_of(backend)
    running, waiting = proving(service), proving(service)
    await settle()
    running.cancel()
    running.add_done_callback(lambda _: waiting.cancel())
    await asyncio.wait([running, waiting])
    assert service.busy == 0
    backend.gate.set()
    await proving(service)


async def test_after_a_failed_proof_the_next_one_works() -> None:
    backend = GatedBackend(BB_KILLED(reason=exit_reason(-9)), is_open=True)
    service = service_of(backend)
    with raises(BB_KILLED):
        await proving(service)
    backend.error = None
    assert (await proving(service)).verified


async def test_a_proof_over_the_time_limit_is_ended() -> None:
    backend = GatedBackend()
    service = service_of(backend, limits=replace(LIMITS, proof_seconds=0.01))
    with raises(PROOF_LIMIT_PASSED, match="0.01 s") as caught:
        await proving(service)
    assert "threads" not in caught.value.hint  # who asked cannot choose them
    assert (backend.proving, service.busy) == (0, 0)


async def test_a_timeout_inside_the_backend_is_a_bug() -> None:
    with pytest.raises(TimeoutError, match="of its own"):
        await proving(service_of(GatedBackend(TimeoutError("of its own"), is_open=True)))


async def test_shutdown_refuses_waiting_requests_and_finishes_running_ones() -> None:
    backend = GatedBackend()
    service = service_of(backend)
    reservation = service.admit(0)
    running, waiting = proving(service), proving(service)
    await settle()
    service.stop_admitting()
    with pytest.raises(ShuttingDownError) as refused:
        service.admit(0)
    assert refused.value.retry_after
    with pytest.raises(ShuttingDownError):
        await waiting
    with pytest.raises(ShuttingDownError):
        await proving(service)
    backend.gate.set()
    assert (await running).verified
    reservation.release()
    await service.drained()
    await service.close()
    assert backend.closed


async def test_abort_ends_running_proofs() -> None:
    backend = GatedBackend()
    service = service_of(backend)
    running = proving(service)
    await settle()
    service.stop_admitting()
    service.abort()
    service.abort()
    with pytest.raises(ShuttingDownError):
        await running
    assert backend.proving == 0


async def test_metrics_count_every_outcome() -> None:
    metrics = Metrics()
    backend = GatedBackend(is_open=True)
    service = ProvingService([backend], LIMITS, metrics)
    await proving(service)
    backend.error = BB_KILLED(reason=exit_reason(-9))
    with pytest.raises(TeeRexError):
        await proving(service)
    text = bytes(metrics.response().body).decode()
    for line in (
        'tee_rex_proofs_total{outcome="done"} 1.0',
        'tee_rex_proofs_total{outcome="BB_KILLED"} 1.0',
        "tee_rex_proof_seconds_count 1.0",
        "tee_rex_slots 1.0",
        "tee_rex_slots_busy 0.0",
    ):
        assert line in text
