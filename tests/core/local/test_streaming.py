"""Proofs on the real bb of steps that arrive while it works, and every way in which that goes wrong."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from support.errors import raises, raises_code, some_error
from support.local_prover import deployment_request, is_valid, mock_request, real_installation
from support.processes import running_bbs
from support.proving_server import eventually
from support.recorded_steps import mock_transaction, mock_transaction_of_v4
from support.streamed_steps import announced, hand_over, hand_over_all
from tee_rex.bb.store import BbCommand
from tee_rex.errors import ErrorKind, FlowError, InputError
from tee_rex.errors.catalogue import transaction as errors
from tee_rex.local.backend import MAX_RESTARTS, LocalBackend, LocalOptions
from tee_rex.local.session import BbSession
from tee_rex.transaction import steps as steps_module
from tee_rex.transaction.events import (
    CircuitEnded,
    CircuitStarted,
    Phase,
    PhaseClock,
    PhaseStarted,
    ProofEvent,
    ProofRestarted,
)
from tee_rex.transaction.request import ProofRequest, ProofResult, StreamedRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup

pytestmark = [
    pytest.mark.integration,
    pytest.mark.usefixtures("nothing_left"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

MOCK = mock_request()
STEPS = MOCK.steps.steps
_V4_STEPS = ExecutionSteps.from_bytes(mock_transaction_of_v4()).steps


def backend() -> LocalBackend:
    return LocalBackend(real_installation(), LocalOptions(threads=2))


async def proved(
    stream: StreamedRequest, handing_over: asyncio.Task[None]
) -> tuple[ProofResult, list[ProofEvent]]:
    """The proof of a stream, to which another task adds steps, and its events."""
    events: list[ProofEvent] = []
    try:
        return await backend().prove(stream.request, events.append), events
    finally:
        handing_over.cancel()
        assert running_bbs() == []


def started(events: Sequence[ProofEvent]) -> list[int]:
    return [event.index for event in events if isinstance(event, CircuitStarted)]


@pytest.mark.parametrize("request_of", [deployment_request, mock_request], ids=["bb 4", "bb 5"])
async def test_a_proof_is_made_of_steps_that_come_one_by_one(request_of: Callable[[], ProofRequest]) -> None:
    whole = request_of()
    stream = announced(whole)
    handing_over = asyncio.create_task(hand_over_all(stream, whole.steps.steps, 0.3))
    result, events = await proved(stream, handing_over)
    assert await is_valid(result.proof, whole)
    assert started(events) == [*range(len(whole.steps.steps))]
    timings = result.timings
    assert timings.restarts == 0
    assert [one.name for one in timings.circuits] == [*whole.steps.function_names]
    assert timings.circuits[0].waited_ms > 0
    spent = sum(one.ms for one in timings.phases if one.phase in (Phase.ACCUMULATE, Phase.FINAL_PROOF))
    assert spent == pytest.approx(timings.bb_ms + timings.waited_ms, rel=0.05)
    assert timings.total_ms >= timings.prove_ms >= timings.bb_ms


async def test_bb_works_while_steps_are_still_to_come() -> None:
    stream = announced(MOCK)
    done: list[int] = []

    async def hand_over_when_it_has_worked() -> None:
        for index, step in enumerate(STEPS):
            stream.add(index, step)
            await eventually(partial(done.__contains__, index))
        stream.end()

    def listen(event: ProofEvent) -> None:
        if isinstance(event, CircuitEnded):
            done.append(event.index)

    handing_over = asyncio.create_task(hand_over_when_it_has_worked())
    result = await backend().prove(stream.request, listen)
    await handing_over
    assert await is_valid(result.proof, MOCK)


async def test_no_proof_is_made_before_the_end_was_said() -> None:
    stream = announced(MOCK)
    events: list[ProofEvent] = []
    await hand_over(stream, STEPS)
    proving = asyncio.create_task(backend().prove(stream.request, events.append))
    await eventually(lambda: any(isinstance(e, CircuitEnded) and e.index == len(STEPS) - 1 for e in events))
    await asyncio.sleep(0.3)
    assert PhaseStarted(Phase.FINAL_PROOF) not in events
    stream.end()
    assert await is_valid((await proving).proof, MOCK)


@pytest.mark.parametrize(("count", "at"), [(6, 0), (6, 1), (6, 4), (8, 3)])
async def test_a_wrong_count_starts_bb_again(count: int, at: int) -> None:
    """Whenever that turns out; the proof is the right one."""
    stream = announced(MOCK, count)
    accumulating, done = PhaseStarted(Phase.ACCUMULATE), set[int]()
    events: list[ProofEvent] = []

    def listen(event: ProofEvent) -> None:
        events.append(event)
        if isinstance(event, CircuitEnded):
            done.add(event.index)

    async def hand_over_with_a_correction() -> None:
        await hand_over(stream, STEPS[:at])
        await eventually(lambda: at - 1 in done if at else accumulating in events)
        stream.expect(MOCK.steps.kinds)
        await hand_over(stream, STEPS[at:], begin=at)
        stream.end()

    handing_over = asyncio.create_task(hand_over_with_a_correction())
    result = await backend().prove(stream.request, listen)
    await handing_over
    assert await is_valid(result.proof, MOCK)
    assert result.timings.restarts == sum(isinstance(event, ProofRestarted) for event in events) == 1
    assert len(result.timings.circuits) == 7
    assert started(events)[-7:] == [*range(7)]


async def test_bb_that_began_again_twice_has_all_steps() -> None:
    stream = announced(MOCK, 6)
    events: list[ProofEvent] = []

    def attempts() -> int:
        return events.count(PhaseStarted(Phase.ACCUMULATE))

    async def hand_over_with_corrections() -> None:
        stream.add(0, STEPS[0])
        await eventually(lambda: attempts() == 1)
        stream.expect_count(8)
        await eventually(lambda: attempts() == 2)
        stream.expect_count(9)
        stream.expect_count(10)
        await hand_over(stream, STEPS[1:6], begin=1)
        await asyncio.sleep(0.5)
        assert (attempts(), running_bbs()) == (MAX_RESTARTS, [])
        stream.expect_count(7)
        stream.add(6, STEPS[6])
        stream.end()

    handing_over = asyncio.create_task(hand_over_with_corrections())
    result = await backend().prove(stream.request, events.append)
    await handing_over
    assert await is_valid(result.proof, MOCK)
    assert result.timings.restarts == MAX_RESTARTS


async def test_a_circuit_that_needs_more_points_starts_bb_again() -> None:
    large = ProofRequest.recognised(ExecutionSteps.from_bytes(mock_transaction(reset="large-reset")))
    stream = announced(large)
    events: list[ProofEvent] = []
    first, *others = large.steps.steps

    async def hand_over_when_bb_works() -> None:
        stream.add(0, first)
        await eventually(lambda: any(isinstance(event, CircuitEnded) for event in events))
        await hand_over(stream, others, begin=1)
        stream.end()

    handing_over = asyncio.create_task(hand_over_when_bb_works())
    result = await backend().prove(stream.request, events.append)
    await handing_over
    assert await is_valid(result.proof, large)
    assert result.timings.restarts == sum(isinstance(event, ProofRestarted) for event in events) == 1


async def test_a_circuit_of_more_rows_that_comes_before_bb_is_ready_is_no_restart() -> None:
    large = ProofRequest.recognised(ExecutionSteps.from_bytes(mock_transaction(reset="large-reset")))
    stream = announced(large)

    class HandingOver(LocalBackend):
        started = 0

        async def _session(
            self, command: BbCommand, request: ProofRequest, points: int, phases: PhaseClock
        ) -> BbSession:
            session = await super()._session(command, request, points, phases)
            if not self.started:
                await hand_over_all(stream, large.steps.steps)
            self.started += 1
            return session

    backend = HandingOver(real_installation(), LocalOptions(threads=2))
    result = await backend.prove(stream.request, lambda _event: None)
    assert await is_valid(result.proof, large)
    assert (backend.started, result.timings.restarts) == (2, 0)
    assert running_bbs() == []


async def refused(kind: ErrorKind[InputError], handing_over: Callable[[StreamedRequest], object]) -> None:
    """The proof ends with this error, and nothing is left."""
    stream = announced(MOCK)

    async def hand_over_what_is_refused() -> None:
        await hand_over(stream, STEPS[:3], 0.2)
        await asyncio.sleep(0.5)
        with raises_code(kind):
            handing_over(stream)

    task = asyncio.create_task(hand_over_what_is_refused())
    with raises(kind):
        await proved(stream, task)
    await asyncio.wait([task])


def _beyond(stream: StreamedRequest) -> None:
    for index in range(3, 7):
        stream.add(index, STEPS[index])
    stream.add(7, STEPS[-1])


@pytest.mark.parametrize(
    ("kind", "handing_over"),
    [
        pytest.param(errors.STEPS_OUT_OF_ORDER, lambda stream: stream.add(2, STEPS[2]), id="twice"),
        pytest.param(errors.STEPS_OUT_OF_ORDER, lambda stream: stream.add(4, STEPS[4]), id="order"),
        pytest.param(errors.STEPS_MORE_THAN_ANNOUNCED, _beyond, id="beyond the count"),
        pytest.param(errors.STEPS_CUT_SHORT, lambda stream: stream.end(), id="cut short"),
        pytest.param(
            errors.STEPS_BAD_VK, lambda stream: stream.add(3, _V4_STEPS[3]), id="another generation midway"
        ),
    ],
)
async def test_bad_input_ends_bb(
    kind: ErrorKind[InputError], handing_over: Callable[[StreamedRequest], object]
) -> None:
    await refused(kind, handing_over)


@pytest.mark.parametrize("damaged", ["bytecode", "witness"])
async def test_a_part_that_does_not_inflate_ends_bb(damaged: str) -> None:
    stream = announced(MOCK)
    good = STEPS[2]
    bad = replace(good, bytecode=b"no") if damaged == "bytecode" else replace(good, witness=b"no")
    task = asyncio.create_task(hand_over_all(stream, [*STEPS[:2], bad, *STEPS[3:]], 0.1))
    with raises(errors.STEPS_BAD_GZIP):
        await proved(stream, task)


async def test_steps_that_stop_end_bb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps_module, "STEP_SECONDS", 5.0)
    stream = announced(MOCK)
    with raises(errors.STEPS_STOPPED, match="after 3 of 7"):
        await proved(stream, asyncio.create_task(hand_over(stream, STEPS[:3])))


@pytest.mark.parametrize("after", [0, 1, 3, 6, 7])
async def test_a_wallet_that_fails_ends_bb_at_every_step(after: int) -> None:
    stream = announced(MOCK)

    async def fail() -> None:
        await hand_over(stream, STEPS[:after], 0.1)
        await asyncio.sleep(0.3)
        stream.fail(some_error(FlowError))

    with pytest.raises(FlowError):
        await proved(stream, asyncio.create_task(fail()))


@pytest.mark.parametrize("after", [0, 1, 3, 6, 7])
async def test_cancelling_ends_bb_at_every_step(after: int) -> None:
    stream = announced(MOCK)
    await hand_over(stream, STEPS[:after])
    proving = asyncio.create_task(backend().prove(stream.request, lambda _event: None))
    await asyncio.sleep(0.5 + 0.5 * after)
    proving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await proving
    assert running_bbs() == []


async def test_a_setup_that_was_not_announced_ends_bb() -> None:
    stream = StreamedRequest(MOCK.steps.kinds, TrustedSetup.DEVELOPMENT, MOCK.version)
    key = STEPS[1].verification_key
    unknown = replace(STEPS[1], verification_key=key[:-1] + bytes([key[-1] ^ 1]))

    async def hand_over_unknown() -> None:
        with raises(errors.SETUP_MISMATCH):
            await hand_over(stream, [STEPS[0], unknown], 0.3)

    with raises(errors.SETUP_MISMATCH):
        await proved(stream, asyncio.create_task(hand_over_unknown()))
