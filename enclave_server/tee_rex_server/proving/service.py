"""Admission, slots and the queue; knows nothing of HTTP or of encryption."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tee_rex.errors import Message, TeeRexError
from tee_rex.errors.catalogue.http import QUEUE_FULL
from tee_rex.errors.catalogue.proving import PROOF_TIMED_OUT
from tee_rex.transaction.events import QueuePosition, ignore_events
from tee_rex_server.errors.serving import SHUTTING_DOWN, STOPPED_IN_QUEUE, STOPPED_UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tee_rex.transaction.events import ProofListener
    from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend
    from tee_rex_server.http.monitoring import Metrics

_FIRST_GUESS_SECONDS = 20.0
"""An account deployment on two cores; replaced by what proofs really take."""
_WEIGHT_OF_NEWEST = 0.3
_RESTART_SECONDS = 30
"""What a client is told to wait for a server that restarts."""


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """How much is admitted, and how long a proof may take.

    queue: requests that may wait. request_memory: bytes that all admitted ones may bring.
    """

    queue: int
    request_memory: int
    proof_seconds: float


class Place:
    """An admitted request's share of the service; given back on leaving, unless it was handed over."""

    def __init__(self, service: ProvingService, size: int) -> None:
        """Only ProvingService makes one."""
        self._service = service
        self.size = size
        self._held = True

    def resize(self, size: int) -> None:
        """Now that the request is read: how many bytes it really holds."""
        self._service.resize(size - self.size)
        self.size = size

    def hand_over(self) -> Place:
        """The same place, for whoever holds it longer than the present holder."""
        self._held = False
        return Place(self._service, self.size)

    def release(self) -> None:
        """Give it back; safe to call twice."""
        if self._held:
            self._held = False
            self._service.leave(self.size)

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.release()


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    backend: asyncio.Future[ProverBackend]
    listener: ProofListener


class ProvingService:
    """One proof per slot, first come first served, and a bounded number of requests besides."""

    def __init__(self, backends: Sequence[ProverBackend], limits: ServiceLimits, metrics: Metrics) -> None:
        """backends: one per slot; each makes one proof at a time, and they share nothing."""
        self.slots = len(backends)
        self.limits = limits
        self._backends = tuple(backends)
        self._free = deque(backends)
        self._queue: deque[_Turn] = deque()
        self._places = 0
        self._bytes = 0
        self._usual_seconds = _FIRST_GUESS_SECONDS
        self._deadlines: set[asyncio.Timeout] = set()
        self._closing = False
        self._empty = asyncio.Event()
        self._empty.set()
        self._metrics = metrics
        metrics.watch(self)

    @property
    def busy(self) -> int:
        """Slots that prove now."""
        return self.slots - len(self._free)

    @property
    def queued(self) -> int:
        """Requests that wait for a slot."""
        return len(self._queue)

    @property
    def accepting(self) -> bool:
        """Whether it is not shutting down."""
        return not self._closing

    def admit(self, size: int) -> Place:
        """A place for a request that brings ``size`` bytes; raises QUEUE_FULL or SHUTTING_DOWN."""
        if self._closing:
            raise SHUTTING_DOWN(retry_after=_RESTART_SECONDS)
        if self._places >= self.slots + self.limits.queue or self._bytes + size > self.limits.request_memory:
            retry_after = math.ceil(self._usual_seconds / self.slots)
            raise QUEUE_FULL(admitted=self._places, retry_after=retry_after)
        self._places += 1
        self._bytes += size
        self._empty.clear()
        return Place(self, size)

    def resize(self, change: int) -> None:
        """Called by a place."""
        self._bytes += change

    def leave(self, size: int) -> None:
        """Called by a place."""
        self._places -= 1
        self._bytes -= size
        if self._places == 0:
            self._empty.set()

    async def prove(self, request: ProofRequest, listener: ProofListener = ignore_events) -> ProofResult:
        """Wait for a slot and prove; the caller holds a place.

        Tells of QueuePosition while it waits, then of what the backend tells. Raises SHUTTING_DOWN,
        PROOF_TIMED_OUT or what the backend raises. When it raises, or is cancelled, its slot is free and
        nothing of it is left running.
        """
        backend = await self._slot(listener)
        loop = asyncio.get_running_loop()
        begin = loop.time()
        outcome = "cancelled"
        deadline = asyncio.timeout(self.limits.proof_seconds)
        self._deadlines.add(deadline)
        try:
            async with deadline:
                result = await backend.prove(request, listener)
        except TimeoutError:
            if not deadline.expired():
                raise
            if self._closing:
                outcome = SHUTTING_DOWN.code
                raise STOPPED_UNFINISHED(retry_after=_RESTART_SECONDS) from None
            outcome = PROOF_TIMED_OUT.code
            raise PROOF_TIMED_OUT(seconds=self.limits.proof_seconds, hint=Message("")) from None
        except TeeRexError as error:
            outcome = error.code
            raise
        else:
            outcome = "done"
            self._usual_seconds += (loop.time() - begin - self._usual_seconds) * _WEIGHT_OF_NEWEST
            return result
        finally:
            self._deadlines.discard(deadline)
            self._metrics.proof_ended(outcome, loop.time() - begin)
            self._give_back(backend)

    def stop_admitting(self) -> None:
        """Refuse new requests and those that wait; proofs that run go on."""
        self._closing = True
        for turn in self._queue:
            if not turn.backend.done():
                error = STOPPED_IN_QUEUE(retry_after=_RESTART_SECONDS)
                turn.backend.set_exception(error)

    async def emptied(self) -> None:
        """Return when no request has a place any more."""
        await self._empty.wait()

    def abort(self) -> None:
        """End running proofs with SHUTTING_DOWN; after ``stop_admitting``."""
        for deadline in self._deadlines:
            if not deadline.expired():
                deadline.reschedule(asyncio.get_running_loop().time())

    async def close(self) -> None:
        """Close the backends."""
        for backend in self._backends:
            await backend.close()

    async def _slot(self, listener: ProofListener) -> ProverBackend:
        if self._closing:
            raise STOPPED_IN_QUEUE(retry_after=_RESTART_SECONDS)
        if self._free and not self._queue:
            return self._free.popleft()
        turn = _Turn(asyncio.get_running_loop().create_future(), listener)
        self._queue.append(turn)
        listener(QueuePosition(len(self._queue) - 1))
        try:
            return await turn.backend
        except asyncio.CancelledError:
            given = turn.backend
            if given.done() and not given.cancelled() and given.exception() is None:
                self._give_back(given.result())  # the slot came just when the caller went away
            raise
        finally:
            if turn in self._queue:
                self._queue.remove(turn)
                self._tell_positions()

    def _give_back(self, backend: ProverBackend) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.backend.done():
                turn.backend.set_result(backend)
                self._tell_positions()
                return
        self._free.append(backend)

    def _tell_positions(self) -> None:
        for position, turn in enumerate(self._queue):
            turn.listener(QueuePosition(position))
