"""Steps that arrive one by one: what may be announced, added and corrected, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from support.errors import raises, raises_code, some_error
from support.local_prover import deployment_request, mock_request
from support.recorded_steps import V4, V5, V6, genuine_deployment, wire_of
from support.streamed_steps import announced, hand_over, hand_over_all
from tee_rex.errors import ErrorKind, InputError, UsageError
from tee_rex.errors.catalogue import transaction as errors
from tee_rex.transaction import steps as steps_module
from tee_rex.transaction.generations import Generation, StepKind, generations
from tee_rex.transaction.request import ProofRequest, StreamedRequest
from tee_rex.transaction.steps import (
    MAX_CIRCUITS,
    MAX_CORRECTIONS,
    MAX_STEPS_BYTES,
    ExecutionStep,
    ExecutionSteps,
    unnamed_kinds,
)
from tee_rex.transaction.trusted_setup import TrustedSetup

DEPLOYMENT = deployment_request()
STEPS = DEPLOYMENT.steps.steps
MOCK = mock_request()
GENUINE = ProofRequest.recognised(ExecutionSteps.from_bytes(genuine_deployment()))


@pytest.mark.parametrize("request_of", [DEPLOYMENT, MOCK, GENUINE], ids=["v4", "v5", "genuine"])
async def test_steps_that_have_all_arrived_are_the_whole(request_of: ProofRequest) -> None:
    stream = announced(request_of)
    await hand_over_all(stream, [ExecutionStep.from_bytes(one.to_bytes()) for one in request_of.steps.steps])
    assert stream.request == request_of
    assert stream.request.steps.kinds == request_of.steps.kinds
    await stream.request.steps.ended()


@pytest.mark.parametrize("generation", generations(), ids=str)
async def test_whole_steps_are_a_stream_that_is_complete(generation: Generation) -> None:
    steps = ExecutionSteps.from_bytes(wire_of(generation))
    assert steps.complete
    assert [await steps.step(index) for index in range(len(steps.kinds))] == [*steps.steps]
    await steps.ended()


async def test_whoever_proves_waits_for_each_step() -> None:
    stream = announced(DEPLOYMENT)
    steps = stream.request.steps
    third = asyncio.create_task(steps.step(2))
    await hand_over(stream, STEPS[:2])
    await asyncio.sleep(0)
    assert not third.done()
    stream.add(2, STEPS[2])
    assert await third is STEPS[2]
    ended = asyncio.create_task(steps.ended())
    await hand_over(stream, STEPS[3:], begin=3)
    await asyncio.sleep(0)
    assert not ended.done()
    stream.end()
    await ended


@pytest.mark.parametrize(
    ("kinds", "generation", "kind"),
    [
        ((), V4, errors.STEPS_TOO_FEW_CIRCUITS),
        (unnamed_kinds(3), V5, errors.STEPS_TOO_FEW_CIRCUITS),
        ((StepKind.KERNEL,) * 4, V5, errors.STEPS_BAD_KINDS),
        (unnamed_kinds(4), V6, errors.STEPS_BAD_KINDS),
        ((StepKind.KERNEL,) * (MAX_CIRCUITS + 1), V4, errors.STEPS_TOO_MANY_CIRCUITS),
    ],
    ids=["none", "too few", "no end", "a v6 without an app", "too many"],
)
def test_what_bb_would_not_prove_cannot_be_announced(
    kinds: Sequence[StepKind], generation: Generation, kind: ErrorKind[InputError]
) -> None:
    with raises(kind):
        ExecutionSteps.announced(kinds, generation)


def test_a_count_beyond_the_limit_cannot_be_announced() -> None:
    with raises(errors.STEPS_TOO_MANY_CIRCUITS):
        unnamed_kinds(10**12)


async def refused(
    stream: StreamedRequest, kind: ErrorKind[InputError], index: int, step: ExecutionStep
) -> None:
    """The step is refused, and the error is what whoever proves gets."""
    with raises(kind):
        stream.add(index, step)
    with raises(kind):
        await stream.request.steps.step(0)
    with raises(kind):
        await stream.request.steps.ended()


async def test_a_step_that_comes_twice_is_refused() -> None:
    stream = announced(DEPLOYMENT)
    await hand_over(stream, STEPS[:2])
    await refused(stream, errors.STEPS_OUT_OF_ORDER, 1, STEPS[1])


async def test_a_step_that_comes_too_early_is_refused() -> None:
    stream = announced(DEPLOYMENT)
    await hand_over(stream, STEPS[:2])
    await refused(stream, errors.STEPS_OUT_OF_ORDER, 3, STEPS[3])


async def test_a_step_after_the_end_is_refused() -> None:
    stream = announced(DEPLOYMENT)
    await hand_over_all(stream, STEPS)
    await refused(stream, errors.STEPS_OUT_OF_ORDER, len(STEPS), STEPS[0])


async def test_more_steps_than_announced_are_refused() -> None:
    stream = announced(DEPLOYMENT, 5)
    await hand_over(stream, STEPS[:5])
    await refused(stream, errors.STEPS_MORE_THAN_ANNOUNCED, 5, STEPS[5])


async def test_an_end_before_all_have_arrived_is_refused() -> None:
    stream = announced(DEPLOYMENT)
    await hand_over(stream, STEPS[:-1])
    with raises(errors.STEPS_CUT_SHORT):
        stream.end()
    with raises(errors.STEPS_CUT_SHORT):
        await stream.request.steps.step(0)


async def test_an_end_without_a_hiding_kernel_is_refused() -> None:
    stream = announced(DEPLOYMENT, 6)
    await hand_over(stream, STEPS[:6])
    with raises(errors.STEPS_INCOMPLETE):
        stream.end()


async def test_a_v5_step_among_v4_ones_is_refused() -> None:
    stream = announced(DEPLOYMENT)
    await hand_over(stream, STEPS[:4])
    await refused(stream, errors.AZTEC_VERSION_MISMATCH, 4, MOCK.steps.steps[4])


async def test_an_unknown_key_of_another_generation_is_refused() -> None:
    stream = announced(DEPLOYMENT)
    await hand_over(stream, STEPS[:4])
    key = MOCK.steps.steps[4].verification_key[:-1] + b"\1"
    await refused(stream, errors.STEPS_BAD_VK, 4, replace(STEPS[4], verification_key=key))


@pytest.mark.parametrize("index", [1, 3, 9, 10])
async def test_a_known_circuit_of_the_other_setup_is_refused(index: int) -> None:
    stream = announced(DEPLOYMENT)
    await hand_over(stream, STEPS[:index])
    await refused(stream, errors.SETUP_MISMATCH, index, GENUINE.steps.steps[index])


async def test_under_the_development_setup_the_first_kernel_must_be_known() -> None:
    stream = announced(DEPLOYMENT)
    await hand_over(stream, STEPS[:1])
    key = STEPS[1].verification_key[:-1] + b"\1"
    await refused(stream, errors.SETUP_MISMATCH, 1, replace(STEPS[1], verification_key=key))


async def test_a_stream_is_no_larger_than_a_whole() -> None:
    stream = announced(DEPLOYMENT)
    half = replace(STEPS[0], witness=bytes(MAX_STEPS_BYTES // 2))
    stream.add(0, half)
    await refused(stream, errors.STEPS_TOO_LARGE, 1, replace(STEPS[1], witness=half.witness))


async def test_a_v6_step_is_of_the_kind_announced() -> None:
    whole = ExecutionSteps.from_bytes(wire_of(V6))
    stream = StreamedRequest(whole.kinds, TrustedSetup.GENUINE, V6.default)
    stream.add(0, whole.steps[0])
    await refused(stream, errors.STEPS_NOT_AS_ANNOUNCED, 1, replace(whole.steps[1], kind=StepKind.APP))


async def test_a_correction_ends_the_wait_for_one() -> None:
    stream = announced(DEPLOYMENT, 10)
    await hand_over(stream, STEPS[:3])
    steps = stream.request.steps
    corrected = asyncio.create_task(steps.corrected(steps.kinds, 17))
    await asyncio.sleep(0)
    stream.expect(unnamed_kinds(11))
    await corrected
    await hand_over(stream, STEPS[3:], begin=3)
    stream.end()
    assert steps == DEPLOYMENT.steps


async def test_a_circuit_of_more_rows_ends_the_wait_for_a_correction() -> None:
    stream = announced(DEPLOYMENT)
    steps = stream.request.steps
    corrected = asyncio.create_task(steps.corrected(steps.kinds, 17))
    key = STEPS[0].verification_key
    stream.add(0, replace(STEPS[0], verification_key=(18).to_bytes(32) + key[32:]))
    await corrected


async def test_a_correction_below_what_has_arrived_is_refused() -> None:
    stream = announced(DEPLOYMENT)
    await hand_over(stream, STEPS[:7])
    with raises(errors.STEPS_NOT_AS_ANNOUNCED):
        stream.expect(unnamed_kinds(6))
    with raises(errors.STEPS_NOT_AS_ANNOUNCED):
        await stream.request.steps.step(0)


async def test_a_correction_makes_no_kernel_of_the_last_circuit() -> None:
    """Where their keys differ in length, as bb checks only after the other circuits."""
    whole = ExecutionSteps.from_bytes(wire_of(V5))
    count = len(whole.steps)
    steps = ExecutionSteps.announced(unnamed_kinds(count), V5)
    for index, step in enumerate(whole.steps):
        steps.add(index, step)
    with raises(errors.STEPS_BAD_VK):
        steps.expect(unnamed_kinds(count + 1))
    assert len(steps.kinds) == count


def test_corrections_are_counted() -> None:
    stream = announced(DEPLOYMENT)
    for count in range(MAX_CORRECTIONS):
        stream.expect(unnamed_kinds(12 + count))
    with raises(errors.STEPS_TOO_MANY_CORRECTIONS):
        stream.expect(unnamed_kinds(11))


async def test_steps_that_stop_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps_module, "STEP_SECONDS", 0.05)
    stream = announced(DEPLOYMENT)
    await hand_over(stream, STEPS[:3])
    with raises(errors.STEPS_STOPPED, match="after 3 of 11"):
        await stream.request.steps.step(3)


async def test_corrections_do_not_prolong_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps_module, "STEP_SECONDS", 0.3)
    stream = announced(DEPLOYMENT)

    async def correct() -> None:
        for count in range(MAX_CORRECTIONS):
            await asyncio.sleep(0.1)
            stream.expect(unnamed_kinds(12 + count))

    correcting = asyncio.create_task(correct())
    with raises(errors.STEPS_STOPPED, match="For 0 seconds no step has arrived, after 0 of 1[345]"):
        await stream.request.steps.step(0)
    correcting.cancel()


async def test_waits_of_a_prover_that_is_idle_are_limited_in_all() -> None:
    stream = announced(DEPLOYMENT)
    steps = stream.request.steps
    steps.patience = 0.3
    handing_over = asyncio.create_task(hand_over(stream, STEPS, 0.1))
    with raises(errors.STEPS_TOO_SLOW, match="of 11 have arrived"):
        for index in range(len(STEPS)):
            await steps.step(index, idle=True)
    assert len(steps.steps) < 5
    await steps.step(6)
    assert await steps.step(6, idle=True) is STEPS[6], "what has arrived needs no patience"
    await handing_over


async def test_a_wait_with_other_work_needs_no_patience() -> None:
    stream = announced(DEPLOYMENT)
    stream.request.steps.patience = 0.05
    handing_over = asyncio.create_task(hand_over_all(stream, STEPS, 0.02))
    await stream.request.steps.ended()
    await handing_over


async def test_a_failure_reaches_whoever_waits() -> None:
    stream = announced(DEPLOYMENT)
    waiting = asyncio.create_task(stream.request.steps.step(0))
    await asyncio.sleep(0)
    stream.fail(some_error(UsageError))
    stream.fail(some_error(InputError))
    with pytest.raises(UsageError):
        await waiting


@pytest.mark.parametrize(
    "untrusted", [b"", b"\x80", b"\x90", bytes(100), bytes(MAX_STEPS_BYTES + 1)], ids=len
)
def test_a_malformed_step_is_refused(untrusted: bytes) -> None:
    with pytest.raises(InputError):
        ExecutionStep.from_bytes(untrusted)


def test_a_stream_does_not_show_the_witness() -> None:
    secret = STEPS[0].witness[:64]
    stream = announced(DEPLOYMENT)
    stream.add(0, STEPS[0])
    with raises_code(errors.STEPS_OUT_OF_ORDER) as caught:
        stream.add(0, STEPS[0])
    for text in (repr(stream.request), repr(caught.value), str(caught.value)):
        assert repr(secret)[2:-1] not in text


def test_complete_steps_belong_to_no_event_loop() -> None:
    async def wait_for_another_kind(steps: ExecutionSteps) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(steps.corrected(steps.kinds, steps.log2_rows), 0.01)

    for _ in range(2):
        asyncio.run(wait_for_another_kind(MOCK.steps))
