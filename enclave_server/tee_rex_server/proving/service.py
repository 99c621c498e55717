"""Admission, slots and the queue: who proves when, without HTTP or encryption.

A request passes three steps: 1. ``admit`` reserves its share of the memory and of the queue, or refuses it.
2. ``prove`` waits for a slot. 3. The slot's backend proves, within the time limit.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.http import QUEUE_FULL
from tee_rex.transaction.events import QueuePosition, ignore_events
from tee_rex_server.errors.serving import (
    PROOF_LIMIT_PASSED,
    SHUTTING_DOWN,
    STOPPED_IN_QUEUE,
    STOPPED_UNFINISHED,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tee_rex.transaction.events import ProofListener
    from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend

_INITIAL_AVERAGE_SECONDS = 20.0
"""An account deployment on two cores; adjusted by the proofs that follow."""
_WEIGHT_OF_NEWEST = 0.3
_RESTART_SECONDS = 30
"""Retry-After while the server restarts."""


class ProofMetrics(Protocol):
    """Counts proofs."""

    def watch(self, service: ProvingService) -> None:
        """Report the service's load from now on."""

    def proof_ended(self, outcome: str, seconds: float) -> None:
        """Count a proof. outcome: done, cancelled, or an error code; seconds: in its slot."""


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """How much is admitted, and how long a proof may take.

    queue: requests that may wait for a slot. request_memory: bytes of all admitted requests together.
    """

    queue: int
    request_memory: int
    proof_seconds: float


class Reservation:
    """An admitted request's share of the queue and memory, released on exit unless it was handed over."""

    def __init__(self, service: ProvingService, size: int) -> None:
        """Use :meth:`ProvingService.admit`."""
        self._service = service
        self.size = size
        self._held = True

    def resize(self, size: int) -> None:
        """Set the size to what the request has, once it was read."""
        self._service.resize(size - self.size)
        self.size = size

    def grow(self, change: int) -> None:
        """Reserve so many bytes more, or fewer, for a part of the request; raises QUEUE_FULL.

        Does nothing once the share is released.
        """
        if self._held:
            self._service.grow(change)
            self.size += change

    def hand_over(self) -> Reservation:
        """The same share as a new reservation, which outlives this one."""
        self._held = False
        return Reservation(self._service, self.size)

    def release(self) -> None:
        """Release the share; later calls do nothing."""
        if self._held:
            self._held = False
            self._service.give_back(self.size)

    def __enter__(self) -> Reservation:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.release()


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    backend: asyncio.Future[ProverBackend]
    listener: ProofListener


class ProvingService:
    """One proof per slot, first come first served, with a bounded queue."""

    def __init__(
        self, backends: Sequence[ProverBackend], limits: ServiceLimits, metrics: ProofMetrics
    ) -> None:
        """backends: one per slot; each makes one proof at a time, and they share nothing."""
        self.slots = len(backends)
        self.limits = limits
        self._backends = tuple(backends)
        self._free = deque(backends)
        self._queue: deque[_Waiter] = deque()
        self._admitted = 0
        self._bytes = 0
        self._average_seconds = _INITIAL_AVERAGE_SECONDS
        self._deadlines: set[asyncio.Timeout] = set()
        self._closing = False
        self._empty = asyncio.Event()
        self._empty.set()
        self._metrics = metrics
        metrics.watch(self)

    @property
    def busy(self) -> int:
        """Slots in use."""
        return self.slots - len(self._free)

    @property
    def queued(self) -> int:
        """Requests that are waiting for a slot."""
        return len(self._queue)

    @property
    def accepting(self) -> bool:
        """Whether requests are admitted: the service is not shutting down."""
        return not self._closing

    def admit(self, size: int) -> Reservation:
        """Reserve a share for a request of ``size`` bytes; raises QUEUE_FULL or SHUTTING_DOWN."""
        if self._closing:
            raise SHUTTING_DOWN(retry_after=_RESTART_SECONDS)
        if (
            self._admitted >= self.slots + self.limits.queue
            or self._bytes + size > self.limits.request_memory
        ):
            raise self._queue_full()
        self._admitted += 1
        self._bytes += size
        self._empty.clear()
        return Reservation(self, size)

    def _queue_full(self) -> TeeRexError:
        retry_after = math.ceil(self._average_seconds / self.slots)
        return QUEUE_FULL(admitted=self._admitted, retry_after=retry_after)

    def resize(self, change: int) -> None:
        """For reservations only."""
        self._bytes += change

    def grow(self, change: int) -> None:
        """For reservations only."""
        if change > 0 and self._bytes + change > self.limits.request_memory:
            raise self._queue_full()
        self._bytes += change

    def give_back(self, size: int) -> None:
        """For reservations only."""
        self._admitted -= 1
        self._bytes -= size
        if self._admitted == 0:
            self._empty.set()

    async def prove(self, request: ProofRequest, listener: ProofListener = ignore_events) -> ProofResult:
        """Wait for a slot and prove; the caller holds a reservation.

        The listener gets QueuePosition events while the request waits, then the backend's events. Raises
        SHUTTING_DOWN, PROOF_TIMED_OUT or what the backend raises. Once this has raised or was cancelled, its
        slot is free and nothing is left running.
        """
        backend = await self._acquire(listener)
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
            outcome = PROOF_LIMIT_PASSED.code
            raise PROOF_LIMIT_PASSED(seconds=self.limits.proof_seconds) from None
        except TeeRexError as error:
            outcome = error.code
            raise
        else:
            outcome = "done"
            self._average_seconds += (loop.time() - begin - self._average_seconds) * _WEIGHT_OF_NEWEST
            return result
        finally:
            self._deadlines.discard(deadline)
            self._metrics.proof_ended(outcome, loop.time() - begin)
            self._release(backend)

    def stop_admitting(self) -> None:
        """Refuse new and waiting requests; running proofs continue."""
        self._closing = True
        for waiter in self._queue:
            if not waiter.backend.done():
                error = STOPPED_IN_QUEUE(retry_after=_RESTART_SECONDS)
                waiter.backend.set_exception(error)

    async def drained(self) -> None:
        """Wait until no request holds a reservation."""
        await self._empty.wait()

    def abort(self) -> None:
        """End running proofs with SHUTTING_DOWN; call ``stop_admitting`` first."""
        for deadline in self._deadlines:
            if not deadline.expired():
                deadline.reschedule(asyncio.get_running_loop().time())

    async def close(self) -> None:
        """Close the backends."""
        for backend in self._backends:
            await backend.close()

    async def _acquire(self, listener: ProofListener) -> ProverBackend:
        if self._closing:
            raise STOPPED_IN_QUEUE(retry_after=_RESTART_SECONDS)
        if self._free and not self._queue:
            return self._free.popleft()
        waiter = _Waiter(asyncio.get_running_loop().create_future(), listener)
        self._queue.append(waiter)
        listener(QueuePosition(len(self._queue) - 1))
        try:
            return await waiter.backend
        except asyncio.CancelledError:
            assigned = waiter.backend
            if assigned.done() and not assigned.cancelled() and assigned.exception() is None:
                self._release(assigned.result())  # the slot was assigned just when the caller was cancelled
            raise
        finally:
            if waiter in self._queue:
                self._queue.remove(waiter)
                self._emit_positions()

    def _release(self, backend: ProverBackend) -> None:
        while self._queue:
            waiter = self._queue.popleft()
            if not waiter.backend.done():
                waiter.backend.set_result(backend)
                self._emit_positions()
                return
        self._free.append(backend)

    def _emit_positions(self) -> None:
        for position, waiter in enumerate(self._queue):
            waiter.listener(QueuePosition(position))
