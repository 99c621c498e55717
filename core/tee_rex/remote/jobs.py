"""``/v1/proofs``: a proof as a job that is queued, reports events, and can be cancelled."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue import servers as errors
from tee_rex.errors.tree import BadServerAnswerError, ServerUnreachableError
from tee_rex.http_client import answers
from tee_rex.http_client.retries import NO_ANSWER, NOT_SEEN, Retries
from tee_rex.remote.api import (
    MadeProof,
    MessageBody,
    ProvingApi,
    checked_milliseconds,
    claimed_version,
    read_proof,
)
from tee_rex.system.text import quoted
from tee_rex.system.threads import run_both
from tee_rex.transaction.events import (
    CircuitStarted,
    CircuitTiming,
    FinalProofStarted,
    Phase,
    ProofEvent,
    QueuePosition,
    RetryScheduled,
    ServerAnswered,
    ServerSilent,
    ignore_events,
)
from tee_rex.transaction.proof import MAX_PROOF_BYTES
from tee_rex.wire import protocol

if TYPE_CHECKING:
    from tee_rex.http_client.connection import ServerConnection
    from tee_rex.transaction.events import PhaseClock, ProofListener
    from tee_rex.transaction.request import BbIdentity, ProofRequest
    from tee_rex.transaction.steps import ExecutionSteps

CANCEL_SECONDS: Final = 1.0
"""How long cancelling at the server may take; if it fails, the server notices by itself within a minute."""
EVENTS_SILENCE_SECONDS: Final = 30.0
QUIET_SECONDS: Final = 3.0
"""A server that has said nothing for so long is asked for the job: it may be busy with a circuit, or dead."""
ANSWER_SECONDS: Final = 4.0
"""A live server answers at once, even one whose cores all prove."""
POLL_SECONDS: Final = 0.5
POLL_SILENCE_SECONDS: Final = 8.0
"""Longest silence in an answer to a poll: a server that is frozen has given the job up before long."""
POLL_RETRIES: Final = Retries(delays=(0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0), patience=30.0)
"""About as long as a server keeps a job that nobody polls (60 s)."""
MAX_STATUS_BYTES: Final = MAX_PROOF_BYTES // 3 * 4 + 256 * 1024
"""A proof in base64, and the timings of 512 circuits with the longest names."""
MAX_EVENTS_BYTES: Final = 8 * 1024 * 1024
"""All events of one job, including an hour of queue positions."""

_JOB_ID: Final = re.compile(f"[0-9a-f]{{{protocol.JOB_ID_HEX_DIGITS}}}")


class _Health(msgspec.Struct):
    features: tuple[str, ...] = ()


class JobsApi(ProvingApi):
    """TEE-Rex's own interface."""

    def __init__(self, connection: ServerConnection, retries: Retries) -> None:
        """retries: of submitting the request, and each part of its steps."""
        self._connection = connection
        self._retries = retries

    def plaintext(self, request: ProofRequest, steps: bytes, bb: BbIdentity | None) -> bytes:
        """The steps, and the version, setup and bb to prove them with."""
        digest = bytes.fromhex(bb.sha256) if bb else None
        return protocol.encode_payload(steps, request.version, request.setup, digest)

    async def streams(self) -> bool:
        """Whether ``GET /health`` lists it."""
        answer = await self._connection.exchange("GET", protocol.HEALTH_PATH, limit=MAX_STATUS_BYTES)
        if answer.status != HTTPStatus.OK:
            return False
        return protocol.STREAM_FEATURE in answers.decoded(answer.body, _Health).features

    async def prove(
        self,
        message: bytes | bytearray,
        request: ProofRequest,
        phases: PhaseClock,
        parts: AsyncIterator[bytearray] | None = None,
    ) -> MadeProof:
        """See ProvingApi; however it ends early, the job is cancelled at the server."""
        job = await self._submit(message, phases)
        follower = _JobFollower(request.steps, phases)
        ended = False
        try:
            phases.begin(Phase.QUEUE)
            if parts is None:
                status = await self._follow(job, follower)
            else:
                status, _ = await run_both(
                    self._follow(job, follower), self._send(job, parts, phases.listener)
                )
            ended = True
        finally:
            if not ended:
                await finish_within(CANCEL_SECONDS, self._cancel(job))
        return self._made_proof(await self._with_proof(job, status, phases), request, follower)

    async def _follow(self, job: str, follower: _JobFollower) -> protocol.JobStatus:
        async with self._watched(job, follower):
            return await self._listen(job, follower) or await self._poll(job, follower)

    async def _send(self, job: str, parts: AsyncIterator[bytearray], listener: ProofListener) -> None:
        """Send each part when the server has taken the one before; it would refuse to take one twice."""
        async for part in parts:
            post = partial(self._post_part, job, MessageBody(part, ignore_events))
            await self._retries.run(post, NOT_SEEN, listener)

    async def _post_part(self, job: str, body: MessageBody) -> None:
        answer = await self._connection.exchange(
            "POST",
            protocol.steps_path(job),
            limit=answers.MAX_ERROR_BYTES,
            content=body,
            headers=body.headers,
        )
        if answer.status == HTTPStatus.NOT_FOUND:
            raise answers.loss(answer)
        answer.expect(HTTPStatus.NO_CONTENT)

    async def _submit(self, message: bytes | bytearray, phases: PhaseClock) -> str:
        """The new job's id."""
        phases.begin(Phase.TRANSMIT)
        body = MessageBody(message, phases.listener)
        return await self._retries.run(lambda: self._post_or_cancel(body), NOT_SEEN, phases.listener)

    async def _post_or_cancel(self, body: MessageBody) -> str:
        posting = asyncio.create_task(self._post(body))
        try:
            return await asyncio.shield(posting)
        except asyncio.CancelledError:
            if body.last_piece_begun:
                # The server may already be working, and only its answer names the job.
                await finish_within(CANCEL_SECONDS, self._cancel_when_accepted(posting))
            posting.cancel()
            await asyncio.gather(posting, return_exceptions=True)
            raise

    async def _post(self, body: MessageBody) -> str:
        answer = await self._connection.exchange(
            "POST", protocol.PROOFS_PATH, limit=answers.MAX_ERROR_BYTES, content=body, headers=body.headers
        )
        job = answers.decoded(answer.expect(HTTPStatus.ACCEPTED), protocol.JobAccepted).id
        if not _JOB_ID.fullmatch(job):
            raise errors.SERVER_ANSWER_INVALID()
        return job

    async def _cancel_when_accepted(self, posting: asyncio.Task[str]) -> None:
        await self._cancel(await posting)

    async def _cancel(self, job: str) -> None:
        await self._connection.exchange(
            "DELETE", f"{protocol.PROOFS_PATH}/{job}", limit=answers.MAX_ERROR_BYTES
        )

    async def _listen(self, job: str, follower: _JobFollower) -> protocol.JobStatus | None:
        """Follow the job's events to its end; None when they break off or there are none."""
        with suppress(ServerUnreachableError, BadServerAnswerError):
            events = self._connection.events(
                f"{protocol.PROOFS_PATH}/{job}/events",
                silence_seconds=EVENTS_SILENCE_SECONDS,
                max_event_bytes=MAX_STATUS_BYTES,
                max_bytes=MAX_EVENTS_BYTES,
            )
            async with aclosing(events):
                async for event in events:
                    status = answers.decoded(event, protocol.JobStatus)
                    if follower.ended(status):
                        return status
        return None

    async def _poll(self, job: str, follower: _JobFollower) -> protocol.JobStatus:
        """Poll until the job has ended."""
        while True:
            status = await POLL_RETRIES.run(lambda: self._status(job), NO_ANSWER, follower.on_retry)
            if follower.ended(status):
                return status
            await asyncio.sleep(POLL_SECONDS)

    @asynccontextmanager
    async def _watched(self, job: str, follower: _JobFollower) -> AsyncIterator[None]:
        """Notice within seconds that the server does not answer.

        A stream of events that breaks off without a word would end only after EVENTS_SILENCE_SECONDS.
        """
        watching = asyncio.create_task(self._watch(job, follower))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])

    async def _watch(self, job: str, follower: _JobFollower) -> None:
        while True:
            await asyncio.sleep(max(QUIET_SECONDS - follower.quiet_seconds, POLL_SECONDS))
            if follower.quiet_seconds < QUIET_SECONDS:
                continue
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._status(job)
            except (TimeoutError, *NO_ANSWER):
                follower.not_answered()
            except TeeRexError:  # an answer; whoever listens or polls raises what it means
                follower.answered()
            else:
                follower.answered()

    async def _status(self, job: str, phases: PhaseClock | None = None) -> protocol.JobStatus:
        """phases: enters RECEIVE when the answer begins to arrive."""
        async with self._connection.stream(
            "GET", f"{protocol.PROOFS_PATH}/{job}", silence_seconds=POLL_SILENCE_SECONDS
        ) as response:
            if phases is not None:
                phases.begin(Phase.RECEIVE)
            body = await answers.read_body(response, MAX_STATUS_BYTES)
        answer = answers.Answer(response.status_code, response.headers, body)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise answers.loss(answer)
        return answers.decoded(answer.expect(HTTPStatus.OK), protocol.JobStatus)

    async def _with_proof(
        self, job: str, status: protocol.JobStatus, phases: PhaseClock
    ) -> protocol.JobStatus:
        phases.begin(Phase.PROVED)
        if status.proof is None:
            return await POLL_RETRIES.run(lambda: self._status(job, phases), NO_ANSWER, phases.listener)
        phases.begin(Phase.RECEIVE)
        return status

    @staticmethod
    def _made_proof(status: protocol.JobStatus, request: ProofRequest, follower: _JobFollower) -> MadeProof:
        if status.proof is None:
            raise errors.SERVER_ANSWER_NO_PROOF()
        proof = read_proof(status.proof, request)
        bb = None if status.bb is None else claimed_version(status.bb.version, request)
        timings = status.timings
        if timings is None:
            return MadeProof(proof, (), None, None, bb)
        return MadeProof(
            proof,
            follower.circuit_timings(timings.circuits),
            checked_milliseconds(timings.final_proof_ms),
            checked_milliseconds(timings.prove_ms),
            bb,
            timings.restarts,
        )


class _JobFollower:
    """Turns the states of a job into events, each once; circuit names come from the request alone."""

    def __init__(self, steps: ExecutionSteps, phases: PhaseClock) -> None:
        self.phases = phases
        self._steps = steps
        self._position: int | None = None
        self._circuit = -1
        self._final = False
        self._silent = False
        self._last_answer = time.monotonic()

    @property
    def quiet_seconds(self) -> float:
        """Since the server's last answer."""
        return time.monotonic() - self._last_answer

    def answered(self) -> None:
        """The server has answered."""
        self._last_answer = time.monotonic()
        if self._silent:
            self._silent = False
            self.phases.listener(ServerAnswered())

    def not_answered(self) -> None:
        """It has been asked in vain."""
        if not self._silent:
            self._silent = True
            self.phases.listener(ServerSilent(self.quiet_seconds))

    def on_retry(self, event: ProofEvent) -> None:
        """Pass on that a poll is repeated."""
        if isinstance(event, RetryScheduled) and not event.busy:
            self.not_answered()
        self.phases.listener(event)

    def ended(self, status: protocol.JobStatus) -> bool:
        """Whether the proof is done; raises the error of a failed or cancelled job."""
        self.answered()
        match status.state:
            case protocol.JobState.QUEUED:
                self._queued(status.position)
            case protocol.JobState.PROVING | protocol.JobState.DONE:
                if self.phases.phase is not Phase.PROVING:
                    self.phases.begin(Phase.PROVING)
                if status.circuit is not None:
                    self._working_on(status.circuit.index)
                if status.final_proof and not self._final:
                    self._final = True
                    self.phases.listener(FinalProofStarted())
            case protocol.JobState.FAILED:
                raise _failure(status.error)
            case protocol.JobState.CANCELLED:
                raise errors.JOB_CANCELLED()
        return status.state is protocol.JobState.DONE

    def circuit_timings(self, reported: list[protocol.JobCircuitTiming]) -> tuple[CircuitTiming, ...]:
        """The times of all circuits, or none."""
        names = self._steps.function_names
        times = [
            checked_milliseconds(ms)
            for one in reported
            for ms in (one.load_ms, one.accumulate_ms, one.waited_ms)
        ]
        if len(reported) != len(names) or None in times:
            return ()
        return tuple(
            CircuitTiming(name, one.load_ms, one.accumulate_ms, one.waited_ms)
            for name, one in zip(names, reported, strict=True)
        )

    def _queued(self, position: int) -> None:
        if position != self._position and position >= 0:
            self._position = position
            self.phases.listener(QueuePosition(position))

    def _working_on(self, index: int) -> None:
        names = self._steps.function_names
        if self._circuit < index < len(names):
            self._circuit = index
            self.phases.listener(CircuitStarted(index, len(self._steps.kinds), names[index]))


def _failure(error: protocol.JobError | None) -> TeeRexError:
    if error is None:
        return errors.REMOTE_PROOF_FAILED_SILENTLY()
    words = quoted(f"{error.title}: {error.message} [{error.code}]")
    return answers.kind_for_code(error.code, errors.REMOTE_PROOF_FAILED)(answer=words)


async def finish_within(seconds: float, work: Coroutine[Any, Any, object]) -> None:
    """Run ``work`` for at most ``seconds`` and ignore its TeeRexError.

    Being cancelled in the meantime does not disturb it; CancelledError is raised afterwards.
    """
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    cancelled: asyncio.CancelledError | None = None
    while not task.done() and loop.time() < deadline:
        try:
            await asyncio.wait([task], timeout=deadline - loop.time())
        except asyncio.CancelledError as error:
            cancelled = error
    task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    if isinstance(outcome, Exception) and not isinstance(outcome, TeeRexError):
        raise outcome
    if cancelled is not None:
        raise cancelled
