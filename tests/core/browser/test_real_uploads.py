"""Uploads that arrive slowly, and the real bb, which works meanwhile."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from support.browser_listener import approvals_in, listening
from support.local_prover import is_valid_deployment, real_backend, real_installation
from support.patience import PATIENCE
from support.processes import running_bbs
from support.proving_server import eventually
from support.raw_connection import raw_connection
from support.recorded_steps import development_deployment
from support.uploads import beginning, cut, head_of
from tee_rex.browser.proving import HeadlessProver
from tee_rex.provers import Prover
from tee_rex.transaction.request import ProvingMode

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

DEPLOYMENT = development_deployment()


def with_real_bb() -> HeadlessProver:
    return HeadlessProver(Prover(lambda _mode: real_backend(), ProvingMode.LOCAL), "")


async def test_bb_works_while_the_body_arrives(tmp_path: Path) -> None:
    working_at: list[int] = []
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for part in cut(DEPLOYMENT, 64_000):
            yield part
            sent += 1
            await asyncio.sleep(0.15)
            if running_bbs() and not working_at:
                working_at.append(sent)

    async with (
        listening(with_real_bb(), approvals_in(tmp_path), real_installation()) as running,
        httpx2.AsyncClient(base_url=running.url, timeout=300) as client,
    ):
        answer = await client.post("/prove", content=body())
    assert answer.status_code == 200
    assert await is_valid_deployment(answer.json()["proof"])
    assert working_at[0] < sent / 2
    assert running_bbs() == []


@pytest.mark.parametrize("steps", [2, 5, 10])
async def test_a_client_that_leaves_midway_ends_bb(tmp_path: Path, steps: int) -> None:
    async with listening(with_real_bb(), approvals_in(tmp_path), real_installation()) as running:
        async with raw_connection(running.url) as (_, writer):
            writer.write(head_of(running.url, len(DEPLOYMENT)) + DEPLOYMENT[: beginning(DEPLOYMENT, steps)])
            await eventually(running_bbs)
        await eventually(lambda: not running_bbs())
        assert not running.log.named("proof failed")


async def test_bad_steps_midway_end_bb(tmp_path: Path) -> None:
    async with listening(with_real_bb(), approvals_in(tmp_path), real_installation()) as running:
        async with raw_connection(running.url) as (reader, writer):
            writer.write(head_of(running.url, len(DEPLOYMENT)) + DEPLOYMENT[: beginning(DEPLOYMENT, 5)])
            await eventually(running_bbs)
            writer.write(b"\xc1")
            await eventually(lambda: not running_bbs())
            writer.write(bytes(len(DEPLOYMENT) - beginning(DEPLOYMENT, 5) - 1))
            assert b" 500 " in await asyncio.wait_for(reader.readuntil(b"\r\n"), PATIENCE)
        assert [one["code"] for one in running.log.named("proof failed")] == ["STEPS_MALFORMED"]


async def in_parts(content: bytes) -> AsyncIterator[bytes]:
    for part in cut(content, 50_000):
        yield part
        await asyncio.sleep(0.01)


async def test_bad_steps_midway_are_answered_when_the_body_has_been_read(tmp_path: Path) -> None:
    content = DEPLOYMENT[: beginning(DEPLOYMENT, 3)] + b"\xc1" + bytes(100_000)
    async with listening(with_real_bb(), approvals_in(tmp_path), real_installation()) as running:
        async with httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as client:
            answer = await client.post("/prove", content=in_parts(content))
        assert (answer.status_code, answer.json()["error"]) == (500, "prove_failed")
        assert [one["code"] for one in running.log.named("proof failed")] == ["STEPS_MALFORMED"]
    assert running_bbs() == []
