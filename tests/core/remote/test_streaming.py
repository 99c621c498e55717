"""Steps that reach a server in encrypted parts while they are made: client, server and real bb together."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx2
import pytest

from support.errors import raises, some_error
from support.fake_tee import FakeTee
from support.local_prover import deployment_request, mock_request, real_installation
from support.processes import running_bbs
from support.proving_server import (
    BINARY,
    GatedBackend,
    eventually,
    published_key,
    server_process,
    serving,
    small_api,
    some_proof,
)
from support.remote_client import now, remote_backend
from support.streamed_steps import announced, hand_over, hand_over_all
from tee_rex.errors import FlowError, TeeRexError
from tee_rex.errors.catalogue import transaction as errors
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.openpgp import PublicKey, encrypt
from tee_rex.remote.jobs import JobsApi
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import KeyTrust, TrustOnFirstUse
from tee_rex.transaction.events import ProofEvent, RetryScheduled, ignore_events
from tee_rex.transaction.request import ProofResult, ProvingMode, StreamedRequest
from tee_rex.transaction.steps import unnamed_kinds
from tee_rex.wire.protocol import PROOFS_PATH, StreamOpening, StreamPart, steps_path
from tee_rex_server.http.routes import Api

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

MOCK = mock_request()
STEPS = MOCK.steps.steps
SECRET = bytes(range(32))


@pytest.fixture
def known(tmp_path: Path) -> KeyTrust:
    return TrustOnFirstUse(KnownServers(tmp_path / "known-servers.json"), now)


def real_api(tee: FakeTee | None = None) -> Api:
    prover = LocalBackend(real_installation(), LocalOptions(threads=2))
    return small_api(prover, versions=()) if tee is None else small_api(prover, tee=tee, versions=())


async def remote_proof(
    url: str, trust: KeyTrust, stream: StreamedRequest, handing_over: asyncio.Task[None]
) -> ProofResult:
    try:
        return await remote_backend(url, trust, real_installation()).prove(stream.request, ignore_events)
    finally:
        handing_over.cancel()


@pytest.mark.parametrize("mode", [ProvingMode.REMOTE, ProvingMode.TEE])
async def test_a_proof_is_made_while_the_steps_arrive(mode: ProvingMode, known: KeyTrust) -> None:
    tee = FakeTee() if mode is ProvingMode.TEE else None
    stream = announced(MOCK)
    async with serving(real_api(tee)) as url:
        trust = known if tee is None else tee.trust()
        result = await remote_proof(
            url, trust, stream, asyncio.create_task(hand_over_all(stream, STEPS, 0.4))
        )
    assert (result.mode, result.verified) == (mode, True)
    assert [one.name for one in result.timings.circuits] == [*MOCK.steps.function_names]
    assert result.timings.waited_ms > 0
    assert result.timings.restarts == 0


async def test_a_wrong_count_starts_the_servers_bb_again(known: KeyTrust) -> None:
    stream = announced(MOCK, 6)
    api = real_api()

    def server_works() -> bool:
        return any(job.status.circuit is not None for job in api.jobs._jobs.values())

    async def hand_over_with_a_correction() -> None:
        await hand_over(stream, STEPS[:4])
        await eventually(server_works)
        stream.expect(unnamed_kinds(7))
        await hand_over(stream, STEPS[4:], begin=4)
        stream.end()

    async with serving(api) as url:
        result = await remote_proof(url, known, stream, asyncio.create_task(hand_over_with_a_correction()))
    assert (result.verified, result.timings.restarts) == (True, 1)


async def test_a_server_without_the_feature_gets_the_whole(
    known: KeyTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lacking(_api: JobsApi) -> bool:
        return False

    monkeypatch.setattr(JobsApi, "streams", lacking)
    stream = announced(MOCK)
    api = real_api()
    async with serving(api) as url:
        result = await remote_proof(
            url, known, stream, asyncio.create_task(hand_over_all(stream, STEPS, 0.1))
        )
    assert result.verified
    assert result.timings.waited_ms < 5


@pytest.mark.parametrize("after", [0, 3, 7])
@pytest.mark.parametrize("end", ["cancelled", "failed"])
async def test_a_client_that_ends_leaves_nothing(after: int, end: str, known: KeyTrust) -> None:
    stream = announced(MOCK)
    await hand_over(stream, STEPS[:after])
    api = real_api()
    async with serving(api) as url:
        proving = asyncio.create_task(
            remote_backend(url, known, real_installation()).prove(stream.request, ignore_events)
        )
        await eventually(lambda: api.service.busy if after else api.jobs._jobs)
        if end == "cancelled":
            proving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await proving
        else:
            stream.fail(some_error(FlowError))
            with pytest.raises(FlowError):
                await proving
        await eventually(lambda: not api.service._admitted)
        assert (api.service._bytes, api.service.busy) == (0, 0)
        await eventually(lambda: running_bbs() == [])


async def test_a_server_that_dies_between_parts_is_reported(known: KeyTrust) -> None:
    stream = announced(MOCK)
    with server_process() as server:
        proving = asyncio.create_task(
            remote_backend(server.url, known, real_installation()).prove(stream.request, ignore_events)
        )
        await hand_over(stream, STEPS[:3], 0.2)
        await eventually(server.bb_pids)
        server.process.kill()
        await asyncio.sleep(0.2)
        stream.add(3, STEPS[3])
        with pytest.raises(TeeRexError) as caught:
            await proving
    assert caught.value.code in {"SERVER_UNREACHABLE", "CONNECTION_LOST", "SERVER_CLOSED_CONNECTION"}
    await eventually(lambda: running_bbs() == [])


def opening() -> StreamOpening:
    return StreamOpening(str(MOCK.version), None, MOCK.setup, [*MOCK.steps.kinds], SECRET)


@dataclass
class Opened:
    """A job that waits for parts, and somebody who sends them by hand."""

    http: httpx2.AsyncClient
    key: PublicKey
    api: Api
    job: str = ""
    kinds: list[int] = field(default_factory=lambda: [*MOCK.steps.kinds])

    async def open(self) -> httpx2.Response:
        answer = await self.start(opening().to_bytes())
        if answer.status_code == 202:
            self.job = answer.json()["id"]
        return answer

    async def start(self, plaintext: bytes) -> httpx2.Response:
        content = bytes(encrypt(self.key, plaintext))
        return await self.http.post(PROOFS_PATH, content=content, headers=BINARY)

    def part(self, number: int, *indices: int, last: bool = False, secret: bytes = SECRET) -> bytes:
        steps = [STEPS[index].to_bytes() for index in indices]
        content = StreamPart(secret, number, [*MOCK.steps.kinds], steps, last=last)
        return bytes(encrypt(self.key, content.to_bytes()))

    async def send(self, content: bytes) -> tuple[int, str]:
        answer = await self.http.post(steps_path(self.job), content=content, headers=BINARY)
        return answer.status_code, "" if answer.status_code == 204 else answer.json()["code"]

    async def nothing_held(self) -> None:
        """Neither a slot nor memory."""
        await eventually(lambda: not self.api.service._admitted)
        assert (self.api.service._bytes, self.api.service.busy) == (0, 0)

    async def ended_with(self) -> str:
        """The code of the error with which the job has failed; nothing of it is left."""
        await eventually(lambda: self.api.jobs.find(self.job).state.ended)
        await self.nothing_held()
        assert running_bbs() == []
        error = self.api.jobs.find(self.job).error
        assert error is not None
        return error.code


@asynccontextmanager
async def opened() -> AsyncIterator[Opened]:
    api = real_api()
    async with serving(api) as url, httpx2.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:
        with httpx2.Client(base_url=url, trust_env=False) as blocking:
            key = await asyncio.to_thread(published_key, blocking)
        job = Opened(http, key, api)
        assert (await job.open()).status_code == 202
        yield job


async def test_parts_in_order_give_the_proof() -> None:
    async with opened() as job:
        assert await job.send(job.part(0, 0, 1, 2)) == (204, "")
        assert await job.send(job.part(1)) == (204, "")
        assert await job.send(job.part(2, 3, 4, 5, 6, last=True)) == (204, "")
        await eventually(lambda: job.api.jobs.find(job.job).state.ended)
        assert job.api.jobs.find(job.job).proof is not None
        (ended,) = job.api.jobs._jobs.values()
        assert ended.stream is not None
        assert ended.stream.request.steps.steps == (), "the result is kept, the witness is not"
        assert await job.send(job.part(3)) == (400, "PART_REFUSED")
        await job.nothing_held()


def _flipped(message: bytes, at: int) -> bytes:
    changed = bytearray(message)
    changed[at] ^= 1
    return bytes(changed)


REFUSED: list[tuple[str, Callable[[Opened], bytes], str]] = [
    ("repeated", lambda job: job.part(0, 0, 1), "PART_REFUSED"),
    ("reordered", lambda job: job.part(2, 2), "PART_REFUSED"),
    ("foreign", lambda job: job.part(1, 2, secret=bytes(32)), "PART_REFUSED"),
    ("truncated", lambda job: job.part(1, 2)[:-1], "DECRYPTION_FAILED"),
    ("changed", lambda job: _flipped(job.part(1, 2), -20), "DECRYPTION_FAILED"),
    ("no message", lambda _job: b"garbage", "DECRYPTION_FAILED"),
    ("an opening", lambda job: bytes(encrypt(job.key, opening().to_bytes())), "PAYLOAD_MALFORMED"),
    ("ends early", lambda job: job.part(1, 2, last=True), "STEPS_INCOMPLETE"),
    ("beyond the count", lambda job: job.part(1, 2, 3, 4, 5, 6, 6), "STEPS_TOO_MANY_CIRCUITS"),
]


@pytest.mark.parametrize(("part", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
async def test_a_part_that_is_not_the_next_one_ends_the_job(
    part: Callable[[Opened], bytes], code: str
) -> None:
    async with opened() as job:
        assert await job.send(job.part(0, 0, 1)) == (204, "")
        status, refused = await job.send(part(job))
        assert (400 <= status < 500, refused) == (True, code)
        assert await job.ended_with() == code
        assert (await job.send(job.part(1, 2)))[1] == code
        await job.nothing_held()


async def test_the_opening_of_a_job_cannot_be_repeated() -> None:
    async with opened() as job:
        first = job.job
        answer = await job.open()
        assert (answer.status_code, answer.json()["code"]) == (400, "PART_REFUSED")
        assert (job.api.service._admitted, job.job) == (1, first)


async def test_a_part_opens_no_job() -> None:
    async with opened() as job:
        part = StreamPart(bytes(32), 0, [*MOCK.steps.kinds], [STEPS[0].to_bytes()], last=False)
        answer = await job.start(part.to_bytes())
        assert (answer.status_code, answer.json()["code"]) == (400, "PAYLOAD_MALFORMED")
        assert len(job.api.jobs._jobs) == 1


async def test_parts_for_a_job_that_had_all_its_steps_are_refused(known: KeyTrust) -> None:
    prover = GatedBackend()
    api = small_api(prover)
    async with serving(api) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as http:
        proving = asyncio.create_task(remote_backend(url, known).prove(deployment_request(), ignore_events))
        await eventually(lambda: prover.proving)
        (job,) = api.jobs._jobs
        answer = await http.post(steps_path(job), content=b"x", headers=BINARY)
        assert (answer.status_code, answer.json()["code"]) == (400, "PART_REFUSED")
        unknown = await http.post(steps_path("0" * 32), content=b"x", headers=BINARY)
        assert unknown.status_code == 404
        prover.gate.set()
        await proving


async def test_a_part_that_finds_no_room_is_sent_again(known: KeyTrust) -> None:
    prover = GatedBackend()
    api = small_api(prover)
    api.service._average_seconds = 1.0
    request = deployment_request()
    stream = announced(request)
    refusals: list[RetryScheduled] = []

    def listen(event: ProofEvent) -> None:
        if isinstance(event, RetryScheduled):
            refusals.append(event)

    async with serving(api) as url:
        proving = asyncio.create_task(remote_backend(url, known).prove(stream.request, listen))
        await eventually(lambda: api.jobs._jobs)
        with api.service.admit(api.service.limits.request_memory - api.service._bytes):
            stream.add(0, request.steps.steps[0])
            await eventually(lambda: refusals)
        await hand_over(stream, request.steps.steps[1:], begin=1)
        stream.end()
        (job,) = api.jobs._jobs.values()
        await eventually(lambda: job.stream is not None and job.stream.request.steps.complete)
        prover.gate.set()
        assert (await proving).proof == some_proof()
    assert {event.busy for event in refusals} == {True}


async def test_no_part_shows_what_it_has() -> None:
    part = StreamPart(SECRET, 0, [*MOCK.steps.kinds], [STEPS[0].to_bytes()], last=False)
    assert (repr(part), repr(opening())) == ("StreamPart()", "StreamOpening()")


async def test_a_step_that_does_not_inflate_never_leaves(known: KeyTrust) -> None:
    stream = announced(MOCK)
    bad = replace(STEPS[1], witness=b"no gzip")
    api = real_api()
    async with serving(api) as url:
        with raises(errors.STEPS_BAD_GZIP):
            await remote_proof(
                url, known, stream, asyncio.create_task(hand_over_all(stream, [STEPS[0], bad, *STEPS[2:]]))
            )
        await eventually(lambda: not api.service.busy)
