"""Proving jobs: proofs that continue after the request that started them."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.http import INTERNAL
from tee_rex.transaction.events import CircuitStarted, Phase, PhaseStarted, QueuePosition
from tee_rex.web.log import traced
from tee_rex.web.responses import machine_error, shown_texts
from tee_rex.wire import protocol
from tee_rex_server.errors.serving import (
    JOB_UNKNOWN,
    NO_PARTS_EXPECTED,
    PART_CUT_SHORT,
    STREAM_REPEATED,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from structlog.typing import FilteringBoundLogger

    from tee_rex.transaction.events import ProofEvent
    from tee_rex.transaction.request import ProofResult
    from tee_rex_server.proving.decoder import DecodedRequest, StepsInParts
    from tee_rex_server.proving.service import ProvingService, Reservation

ABANDONED_SECONDS = 60.0
RESULT_SECONDS = 600.0
HEARTBEAT_SECONDS = 15.0
"""Longest silence of an event stream: proxies tolerate it, and it is well below ABANDONED_SECONDS."""
MAX_JOBS_KEPT = 1000
"""Running and ended ones; the oldest ended one is dropped first. A result takes 0.1 MB."""
_SWEEP_SECONDS = 1.0


@dataclass(slots=True, eq=False)
class Job:
    """One job; times are seconds of the clock of Jobs. stream: where its steps follow in parts."""

    status: protocol.JobStatus
    last_seen: float
    reservation: Reservation
    stream: StepsInParts | None = None
    ended_at: float | None = None
    collected: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def change(self, **fields: object) -> None:
        """Replace fields of the status and wake all watchers."""
        self.status = msgspec.structs.replace(self.status, **fields)
        self.changed.set()
        self.changed = asyncio.Event()


class Jobs:
    """All jobs by their IDs, which are 128 random bits and the only credential to a job.

    A running job that nobody polls for ABANDONED_SECONDS is cancelled; a result is kept for RESULT_SECONDS.
    """

    def __init__(self, service: ProvingService, clock: Callable[[], float], *, discreet: bool) -> None:
        """clock: seconds, monotonic. discreet: name no circuits; see ``shown_texts``."""
        self._service = service
        self._clock = clock
        self._discreet = discreet
        self._jobs: dict[str, Job] = {}

    def start(
        self, reservation: Reservation, decoded: DecodedRequest, log: FilteringBoundLogger
    ) -> protocol.JobStatus:
        """Start a job, which holds ``reservation`` until its end; raises STREAM_REPEATED."""
        stream = decoded.stream
        opened = [job.stream for job in self._jobs.values() if job.stream is not None]
        if stream is not None and any(stream.has_secret_of(other) for other in opened):
            reservation.release()
            raise STREAM_REPEATED()
        self._make_room()
        job_id = secrets.token_hex(protocol.JOB_ID_HEX_DIGITS // 2)
        job = Job(
            protocol.JobStatus(job_id, protocol.JobState.QUEUED, self._service.queued),
            self._clock(),
            reservation,
            stream,
        )
        job.task = asyncio.create_task(self._run(job, decoded, log))
        job.task.add_done_callback(lambda _: reservation.release())
        self._jobs[job_id] = job
        return job.status

    @contextmanager
    def taking_part(self, job_id: str, size: int) -> Iterator[tuple[StepsInParts, Reservation]]:
        """The steps of a job and its reservation, which has room for a part of ``size`` bytes.

        Whatever fails within ends the job. Refused before, which ends nothing: JOB_UNKNOWN,
        NO_PARTS_EXPECTED, QUEUE_FULL, and what has ended the job already.
        """
        job = self._job(job_id)
        stream = job.stream
        if stream is None:
            raise NO_PARTS_EXPECTED()
        stream.request.steps.require_open()
        job.reservation.grow(size)
        self._collect(job)
        try:
            yield stream, job.reservation
        except TeeRexError as error:
            stream.fail(error)
            raise
        except BaseException:
            stream.fail(PART_CUT_SHORT())
            raise

    def find(self, job_id: str) -> protocol.JobStatus:
        """The status of a job, which keeps the job alive; raises JOB_UNKNOWN."""
        return self._collect(self._job(job_id))

    def watch(self, job_id: str) -> AsyncGenerator[tuple[protocol.JobEvent, protocol.JobStatus] | None, None]:
        """Every change of a job until it ends, None after each HEARTBEAT_SECONDS without one.

        Raises JOB_UNKNOWN at once.
        """
        return self._watch(self._job(job_id))

    async def cancel(self, job_id: str) -> None:
        """Cancel and forget a job, known or not; afterwards its slot is free."""
        job = self._drop(job_id)
        if job is not None and job.task is not None:
            await asyncio.wait([job.task])

    async def sweep_forever(self) -> None:
        """Call :meth:`sweep` every second."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            self.sweep()

    def sweep(self) -> None:
        """Cancel abandoned jobs and forget expired results."""
        now = self._clock()
        for job_id, job in [*self._jobs.items()]:
            since, limit = (
                (job.last_seen, ABANDONED_SECONDS) if job.ended_at is None else (job.ended_at, RESULT_SECONDS)
            )
            if now - since >= limit:
                self._drop(job_id)

    async def collected(self) -> None:
        """Wait until the result of every job was fetched, or the job deleted."""
        for job in [*self._jobs.values()]:
            await job.collected.wait()

    async def close(self) -> None:
        """Cancel and forget everything."""
        for job_id in [*self._jobs]:
            await self.cancel(job_id)

    def _job(self, job_id: str) -> Job:
        job = self._jobs.get(job_id)
        if job is None:
            raise JOB_UNKNOWN()
        return job

    async def _watch(
        self, job: Job
    ) -> AsyncGenerator[tuple[protocol.JobEvent, protocol.JobStatus] | None, None]:
        seen: protocol.JobStatus | None = None
        while True:
            status, changed = self._collect(job), job.changed
            if status is not seen:
                yield _event(seen, status), status
                seen = status
            if status.state.ended:
                return
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await changed.wait()
            except TimeoutError:
                yield None

    def _collect(self, job: Job) -> protocol.JobStatus:
        job.last_seen = self._clock()
        if job.status.state.ended:
            job.collected.set()
        return job.status

    def _drop(self, job_id: str) -> Job | None:
        job = self._jobs.pop(job_id, None)
        if job is not None and job.task is not None:
            job.task.cancel()
            job.collected.set()
        return job

    def _make_room(self) -> None:
        if len(self._jobs) >= MAX_JOBS_KEPT:
            ended = (job_id for job_id, job in self._jobs.items() if job.ended_at is not None)
            self._drop(next(ended, ""))

    async def _run(self, job: Job, decoded: DecodedRequest, log: FilteringBoundLogger) -> None:
        created = started = self._clock()

        def on_event(event: ProofEvent) -> None:
            nonlocal started
            if isinstance(event, QueuePosition):
                job.change(position=event.position)
            elif job.status.state is protocol.JobState.QUEUED:
                started = self._clock()
                job.change(state=protocol.JobState.PROVING, position=0)
            elif isinstance(event, CircuitStarted):
                job.change(circuit=protocol.JobCircuit(event.index, event.count, self._shown(event.name)))
            elif event == PhaseStarted(Phase.FINAL_PROOF):
                job.change(final_proof=True)

        def end(
            state: protocol.JobState, outcome: str, failure: TeeRexError | None = None, **fields: object
        ) -> None:
            job.ended_at = self._clock()
            if job.stream is not None:
                job.stream.close(failure)
            if failure is not None:
                fields["error"] = self._job_error(failure)
            job.change(state=state, position=0, circuit=None, final_proof=False, **fields)
            log.info(
                "job ended",
                outcome=outcome,
                queue_ms=_ms(started - created),
                slot_ms=_ms(job.ended_at - started),
            )

        try:
            # Whoever opens a stream and sends nothing has a place in the queue, and no prover.
            await decoded.request.steps.step(0)
            created = started = self._clock()
            result = await self._service.prove(decoded.request, on_event)
        except TeeRexError as error:
            end(protocol.JobState.FAILED, error.code, error)
        except asyncio.CancelledError:
            end(protocol.JobState.CANCELLED, protocol.JobState.CANCELLED)
            raise
        except Exception as fault:  # noqa: BLE001  # reported to the client as a failure, and to the operator
            known = machine_error(fault)
            # Without its text, which may hold the witness.
            log.error("bug" if known is None else "fault of the machine", trace=traced(fault))  # noqa: TRY400
            answer = known or INTERNAL()
            end(protocol.JobState.FAILED, answer.code, answer)
        else:
            of_parts = 0.0 if decoded.stream is None else decoded.stream.decrypt_ms
            timings = self._timings(
                result, queue_ms=_ms(started - created), decrypt_ms=decoded.decrypt_ms + of_parts
            )
            end(
                protocol.JobState.DONE,
                protocol.JobState.DONE,
                proof=result.proof.to_wire(),
                timings=timings,
                bb=result.bb and protocol.JobBb(str(result.bb.version), result.bb.sha256),
            )

    def _timings(self, result: ProofResult, *, queue_ms: float, decrypt_ms: float) -> protocol.JobTimings:
        timings = result.timings
        return protocol.JobTimings(
            queue_ms=queue_ms,
            decrypt_ms=round(decrypt_ms, 3),
            prove_ms=round(timings.prove_ms, 3),
            final_proof_ms=round(timings.final_proof_ms or 0.0, 3),
            circuits=[
                protocol.JobCircuitTiming(
                    self._shown(one.name),
                    round(one.load_ms, 3),
                    round(one.accumulate_ms, 3),
                    round(one.waited_ms, 3),
                )
                for one in timings.circuits
            ],
            restarts=timings.restarts,
        )

    def _job_error(self, error: TeeRexError) -> protocol.JobError:
        message, hint = shown_texts(error, discreet=self._discreet)
        return protocol.JobError(error.code, error.title, message, hint)

    def _shown(self, circuit_name: str) -> str:
        return "" if self._discreet else circuit_name


def _event(before: protocol.JobStatus | None, status: protocol.JobStatus) -> protocol.JobEvent:
    if status.state is protocol.JobState.DONE:
        return protocol.JobEvent.DONE
    if status.state is protocol.JobState.FAILED:
        return protocol.JobEvent.FAILED
    if before is not None and before.state is status.state and before.circuit is not status.circuit:
        return protocol.JobEvent.CIRCUIT
    return protocol.JobEvent.STATE


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
