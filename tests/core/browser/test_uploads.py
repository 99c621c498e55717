"""Bodies with steps that arrive in parts: where the proof begins, and what ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from support.browser_listener import HeldProver, approvals_in, listening, some_result
from support.errors import raises
from support.patience import PATIENCE
from support.proving_server import eventually
from support.raw_connection import raw_connection
from support.recorded_steps import (
    V4,
    V5,
    V6,
    development_deployment,
    genuine_deployment,
    mock_transaction,
    wire,
    wire_of,
    wire_step,
)
from support.uploads import beginning, cut, head_of
from tee_rex.browser.uploads import Upload
from tee_rex.errors import ErrorKind, InputError
from tee_rex.errors.catalogue import transaction as errors
from tee_rex.transaction.generations import Generation, KnownCircuits
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import MAX_CIRCUITS, ExecutionSteps, StepsReader
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web import bodies

DEPLOYMENT = development_deployment()


# Reading.


@pytest.mark.parametrize("content", [DEPLOYMENT, mock_transaction(), wire_of(V6)], ids=["v4", "v5", "v6"])
@pytest.mark.parametrize("size", [1, 7, 4096, 65_536, 1 << 24])
def test_steps_are_the_same_however_they_are_cut(content: bytes, size: int) -> None:
    if size < 100 and len(content) > 100_000:
        content = wire_of(V4)
    reader = StepsReader()
    steps = [step for part in cut(content, size) for step in reader.read(part)]
    reader.end()
    assert ExecutionSteps.of(steps) == ExecutionSteps.from_bytes(content)


@pytest.mark.parametrize("generation", [V4, V5, V6], ids=str)
def test_lists_of_every_form_of_head_are_read(generation: Generation) -> None:
    content = wire_of(generation)
    count = content[0] & 0x0F
    for head in (b"\xdc" + count.to_bytes(2), b"\xdd" + count.to_bytes(4)):
        reader = StepsReader()
        steps = [step for part in cut(head + content[1:], 1) for step in reader.read(part)]
        reader.end()
        assert ExecutionSteps.of(steps) == ExecutionSteps.from_bytes(content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(b"", errors.STEPS_EMPTY, id="empty"),
        pytest.param(b"\xdd\0\0", errors.STEPS_MALFORMED, id="half a head"),
        pytest.param(
            b"\xdd\xff\xff\xff\xff", errors.STEPS_TOO_MANY_CIRCUITS, id="a count of 4 thousand million"
        ),
        pytest.param(
            b"\xdc" + (MAX_CIRCUITS + 1).to_bytes(2), errors.STEPS_TOO_MANY_CIRCUITS, id="513 steps"
        ),
        pytest.param(b"\x84" + wire_of(V4)[1:], errors.NOT_A_LIST_OF_CIRCUITS, id="no list"),
        pytest.param(wire_of(V4) + b"\xc0", errors.STEPS_MALFORMED, id="something behind"),
        pytest.param(wire_of(V4)[:-1], errors.STEPS_MALFORMED, id="cut short"),
        pytest.param(b"\x95" + wire_of(V4)[1:], errors.STEPS_MALFORMED, id="fewer than the head says"),
        pytest.param(wire(wire_step(), [[]] * 99), errors.STEPS_MALFORMED, id="lists in lists"),
        pytest.param(wire(wire_step(), wire_step(vk=b"")), errors.STEPS_MISSING_VK, id="no key"),
    ],
)
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_what_is_no_list_of_steps_is_refused(content: bytes, kind: ErrorKind[InputError], size: int) -> None:
    reader = StepsReader()
    with raises(kind):
        for part in cut(content, size):
            reader.read(part)
        reader.end()


def test_a_step_that_never_ends_is_refused_at_the_limit() -> None:
    reader = StepsReader()
    head = wire(wire_step(bytecode=bytes(1 << 20)))[:64]
    assert reader.read(head.replace((1 << 20).to_bytes(4), (0xFFFFFFFF).to_bytes(4))) == []
    with raises(errors.STEPS_TOO_LARGE):
        for _ in range(60):
            reader.read(bytes(1 << 20))


# The request.


class Body:
    """A body whose parts a test gives one by one."""

    def __init__(self) -> None:
        self._parts: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def give(self, *parts: bytes | None) -> None:
        """None: it ends."""
        for part in parts:
            self._parts.put_nowait(part)
        await asyncio.sleep(0.01)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (part := await self._parts.get()) is not None:
            yield part


async def begun(
    content: bytes, at: int, version: AztecVersion | None = None
) -> tuple[bool, asyncio.Task[ProofRequest], Body]:
    """Whether there is a request once so much has arrived, the request, and the body, which goes on."""
    upload, body = Upload(KnownCircuits.shipped()), Body()
    reading = asyncio.create_task(upload.read(aiter(body)))
    request = asyncio.create_task(upload.request(version))
    request.add_done_callback(lambda _: reading)
    await body.give(content[:at])
    return request.done(), request, body


@pytest.mark.parametrize(
    "content",
    [DEPLOYMENT, genuine_deployment(), mock_transaction()],
    ids=["development v4", "genuine v4", "v5"],
)
async def test_a_proof_can_begin_with_the_first_kernel(content: bytes) -> None:
    at = beginning(content, 2)
    for size, expected in ((beginning(content, 1), False), (at - 1, False), (at, True)):
        is_begun, request, body = await begun(content, size)
        assert is_begun == expected
        await body.give(content[size:], None)
        steps = (await request).steps
        await steps.ended()
        assert await request == ProofRequest.recognised(ExecutionSteps.from_bytes(content))


@pytest.mark.parametrize(
    ("content", "version"),
    [
        pytest.param(wire_of(V6), None, id="v6, whose kinds are in the steps"),
        pytest.param(wire_of(V5), None, id="keys that no table has"),
    ],
)
async def test_others_are_awaited(content: bytes, version: AztecVersion | None) -> None:
    is_begun, request, body = await begun(content, len(content) - 1, version)
    assert not is_begun
    await body.give(content[-1:], None)
    assert await request == ProofRequest.recognised(ExecutionSteps.from_bytes(content))


async def test_a_version_of_other_circuits_is_refused_at_the_end() -> None:
    is_begun, request, body = await begun(DEPLOYMENT, len(DEPLOYMENT) - 1, AztecVersion(5, 0, 0))
    assert not is_begun
    await body.give(DEPLOYMENT[-1:], None)
    with raises(errors.AZTEC_VERSION_MISMATCH):
        await request


def _with_steps(*indices: int, count: int = 11) -> bytes:
    ends = [beginning(DEPLOYMENT, steps) for steps in range(12)]
    return bytes([0x90 | count]) + b"".join(DEPLOYMENT[ends[index] : ends[index + 1]] for index in indices)


_GENUINE_STEP = ExecutionSteps.from_bytes(genuine_deployment()).steps[3].to_bytes()
_V5_STEP = ExecutionSteps.from_bytes(mock_transaction()).steps[3].to_bytes()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(_with_steps(0, 1, 2), errors.STEPS_MALFORMED, id="the end is missing"),
        pytest.param(_with_steps(0, 1, 2) + b"\xc1", errors.STEPS_MALFORMED, id="no step"),
        pytest.param(_with_steps(*range(11)) + b"\xc0", errors.STEPS_MALFORMED, id="more than announced"),
        pytest.param(_with_steps(*range(10), count=10), errors.STEPS_INCOMPLETE, id="no final circuit"),
        pytest.param(_with_steps(0, 1, 2) + _GENUINE_STEP, errors.SETUP_MISMATCH, id="another setup"),
        pytest.param(_with_steps(0, 1, 2) + _V5_STEP, errors.AZTEC_VERSION_MISMATCH, id="another generation"),
    ],
)
async def test_bad_input_midway_ends_the_proof_and_keeps_nothing(
    content: bytes, kind: ErrorKind[InputError]
) -> None:
    is_begun, request, body = await begun(content, beginning(DEPLOYMENT, 2))
    assert is_begun
    await body.give(content[beginning(DEPLOYMENT, 2) :], None)
    with raises(kind):
        await (await request).steps.ended()


# Over sockets.


async def test_the_prover_is_asked_before_the_body_ends(tmp_path: Path) -> None:
    prover = HeldProver()
    async with (
        listening(prover, approvals_in(tmp_path)) as running,
        raw_connection(running.url) as (reader, writer),
    ):
        at = beginning(DEPLOYMENT, 3)
        writer.write(head_of(running.url, len(DEPLOYMENT)) + DEPLOYMENT[:at])
        await eventually(lambda: prover.waiting)
        _, request = prover.asked[0]
        assert (len(request.steps.steps), request.steps.complete) == (3, False)
        assert request.setup is TrustedSetup.DEVELOPMENT
        writer.write(DEPLOYMENT[at:])
        await eventually(lambda: request.steps.complete)
        prover.waiting[0].set_result(some_result(request))
        assert b" 200 " in await asyncio.wait_for(reader.readuntil(b"\r\n"), PATIENCE)


async def test_while_another_proof_is_made_an_upload_that_stalls_holds_up_nobody(tmp_path: Path) -> None:
    prover = HeldProver()
    async with (
        listening(prover, approvals_in(tmp_path)) as running,
        raw_connection(running.url) as (_, stalled),
        httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as client,
    ):
        first = asyncio.create_task(client.post("/prove", content=DEPLOYMENT))
        await eventually(lambda: prover.waiting)
        stalled.write(head_of(running.url, len(DEPLOYMENT)) + DEPLOYMENT[:-1])
        await asyncio.sleep(0.2)
        third = asyncio.create_task(client.post("/prove", content=DEPLOYMENT))
        await asyncio.sleep(0.2)
        prover.waiting[0].set_result(some_result(prover.asked[0][1]))
        assert (await first).status_code == 200
        await eventually(lambda: len(prover.waiting) == 2)
        assert prover.asked[1][1].steps.complete
        prover.waiting[1].set_result(some_result(prover.asked[1][1]))
        assert (await third).status_code == 200


@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "stalls"])
async def test_a_client_that_leaves_or_stalls_midway_ends_the_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, leaves: bool
) -> None:
    if not leaves:
        monkeypatch.setattr(bodies, "BODY_SECONDS", 1.0)
    prover = HeldProver()
    async with listening(prover, approvals_in(tmp_path)) as running:
        async with raw_connection(running.url) as (reader, writer):
            writer.write(head_of(running.url, len(DEPLOYMENT)) + DEPLOYMENT[: beginning(DEPLOYMENT, 5)])
            await eventually(lambda: prover.waiting)
            if not leaves:
                assert b" 408 " in await asyncio.wait_for(reader.readuntil(b"\r\n"), PATIENCE)
        await eventually(lambda: prover.cancelled == 1)
        async with httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as client:
            following = asyncio.create_task(client.post("/prove", content=DEPLOYMENT))
            await eventually(lambda: len(prover.waiting) == 2)
            prover.waiting[1].set_result(some_result(prover.asked[1][1]))
            assert (await following).status_code == 200
