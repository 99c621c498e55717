"""Cancelling a remote proof: nothing is left here, and the server is told to stop."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import random
import time

import pytest

from support.errors import some_error
from support.patience import PATIENCE, SOON
from support.proving_server import eventually
from support.remote_client import pinned, remote_backend, small_request
from support.scripted_server import JOB, Answer, Request, ScriptedServer, events, json_answer, never, status
from tee_rex.errors import TeeRexError
from tee_rex.remote import jobs as jobs_api
from tee_rex.remote.jobs import finish_within
from tee_rex.transaction.events import ignore_events

CANCEL = f"DELETE /v1/proofs/{JOB}"


@pytest.fixture(autouse=True)
def time_to_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second is the client's promise; these tests show that cancelling reaches even a slow server."""
    monkeypatch.setattr(jobs_api, "CANCEL_SECONDS", PATIENCE)


def proving(server: ScriptedServer, url: str, witness: bytes = b"w") -> asyncio.Task[object]:
    trust = pinned(server.key.public_key.fingerprint)
    request = small_request(witness=gzip.compress(witness))
    return asyncio.create_task(remote_backend(url, trust).prove(request, ignore_events))


async def cancelled(task: asyncio.Task[object]) -> float:
    """Cancel; the seconds it took. No other task is left."""
    begin = time.monotonic()
    before = asyncio.all_tasks() - {task}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    seconds = time.monotonic() - begin
    left = [one for one in asyncio.all_tasks() - before if "/tee_rex/" in repr(one)]
    assert left == []
    return seconds


async def arrival(server: ScriptedServer, route: str) -> None:
    await eventually(lambda: server.asked(route))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("route", "called_off"),
    [
        ("GET /encryption-public-key", 0),
        ("GET /v1/proofs", 0),
        (f"GET /v1/proofs/{JOB}/events", 1),
        (f"GET /v1/proofs/{JOB}", 1),
    ],
)
async def test_a_request_in_flight_is_dropped_and_the_job_cancelled(route: str, called_off: int) -> None:
    server = ScriptedServer()
    server.scripts[f"GET /v1/proofs/{JOB}/events"] = Answer(status=404)
    server.scripts[route] = never
    async with server.serving() as url:
        task = proving(server, url)
        await arrival(server, route)
        await cancelled(task)
    assert len(server.asked(CANCEL)) == called_off


@pytest.mark.integration
async def test_a_job_is_cancelled_even_when_its_id_arrives_after_cancelling() -> None:
    server = ScriptedServer()
    accept = asyncio.Event()

    async def accept_late(_request: Request) -> Answer:
        await accept.wait()
        return json_answer(status("queued"), 202)

    server.scripts["POST /v1/proofs"] = accept_late
    async with server.serving() as url:
        task = proving(server, url)
        await arrival(server, "POST /v1/proofs")
        asyncio.get_running_loop().call_later(0.1, accept.set)
        assert await cancelled(task) > 0.05
    assert len(server.asked(CANCEL)) == 1


@pytest.mark.integration
@pytest.mark.parametrize("route", ["POST /v1/proofs", CANCEL])
async def test_an_unresponsive_server_does_not_delay_cancelling_for_long(
    route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_api, "CANCEL_SECONDS", 0.5)
    server = ScriptedServer()
    server.scripts[f"GET /v1/proofs/{JOB}/events"] = never
    server.scripts[route] = never
    async with server.serving() as url:
        task = proving(server, url)
        await arrival(server, "POST /v1/proofs" if route != CANCEL else f"GET /v1/proofs/{JOB}/events")
        assert 0.4 < await cancelled(task) < SOON


@pytest.mark.integration
async def test_a_busy_server_is_not_retried_after_cancelling() -> None:
    server = ScriptedServer()
    server.scripts["POST /v1/proofs"] = json_answer({}, 429, {"Retry-After": "1"})
    async with server.serving() as url:
        task = proving(server, url)
        await arrival(server, "POST /v1/proofs")
        await asyncio.sleep(0.05)
        await cancelled(task)
        await asyncio.sleep(1.1)
    assert len(server.asked("POST /v1/proofs")) == 1


@pytest.mark.integration
async def test_the_original_server_sees_the_connection_end() -> None:
    server = ScriptedServer(original=True)
    server.scripts["POST /prove"] = never
    async with server.serving() as url:
        task = proving(server, url)
        await arrival(server, "POST /prove")
        await cancelled(task)  # and serving() waits for the end of the connection


@pytest.mark.integration
async def test_cancelled_at_any_moment_no_job_is_left_behind() -> None:
    witness = random.Random(1).randbytes(600_000)  # several pieces
    for turns_of_the_loop in itertools.count():
        server = ScriptedServer()
        server.scripts[f"GET /v1/proofs/{JOB}/events"] = events(0.01, b": still queued\n\n", 5.0)
        async with server.serving() as url:
            task = proving(server, url, witness)
            for _ in range(turns_of_the_loop):
                await asyncio.sleep(0)
            await cancelled(task)
            listened = server.asked(f"GET /v1/proofs/{JOB}/events")
        assert len(server.asked(CANCEL)) == len(server.asked("POST /v1/proofs"))
        if listened:
            return


async def test_work_that_finishes_in_time_is_not_disturbed_by_cancelling() -> None:
    finished = False

    async def work() -> None:
        nonlocal finished
        await asyncio.sleep(0.05)
        finished = True

    task = asyncio.create_task(finish_within(PATIENCE, work()))
    for _ in range(3):
        await asyncio.sleep(0.005)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert finished


async def test_work_that_does_not_finish_is_cancelled() -> None:
    ended: list[type[BaseException]] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            ended.append(type(error))
            raise

    await finish_within(0.05, work())
    assert ended == [asyncio.CancelledError]


@pytest.mark.parametrize(("error", "raised"), [(some_error(TeeRexError), False), (ValueError("a bug"), True)])
async def test_while_cleaning_up_bugs_are_not_hidden(error: Exception, raised: bool) -> None:
    async def work() -> None:
        raise error

    if raised:
        with pytest.raises(ValueError, match="a bug"):
            await finish_within(PATIENCE, work())
    else:
        await finish_within(PATIENCE, work())
