"""Retries, only where they cannot make the server do something twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from tee_rex.errors import TeeRexError
from tee_rex.errors.tree import (
    NeverConnectedError,
    ServerBusyError,
    ServerFailedError,
    ServerUnreachableError,
)
from tee_rex.transaction.events import ProofListener, RetryScheduled

NOT_SEEN: Final = (NeverConnectedError,)
"""Errors after which any request can be repeated: the server has not seen it."""
NO_ANSWER: Final = (ServerUnreachableError, ServerFailedError)
"""Errors after which a request that changes nothing can be repeated."""
SHORTEST_WAIT_SECONDS: Final = 0.5
"""Even for a server that says 0."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Retries:
    """When to repeat a request.

    delays: seconds before each retry; as many as the original client makes. patience: seconds in total to
    wait for a server that names a time (HTTP 429 and 503); less than the time limit of a proof, so that the
    server's answer is reported in the end, and not that limit.
    """

    delays: tuple[float, ...] = (0.5, 1.5)
    patience: float = 240.0

    async def run(
        self,
        attempt: Callable[[], Awaitable[T]],
        again_on: tuple[type[TeeRexError], ...],
        listener: ProofListener,
    ) -> T:
        """The result of the first attempt that succeeds; raises the error of the last one."""
        delays, patience = iter(self.delays), self.patience
        while True:
            busy = False
            try:
                return await attempt()
            except ServerBusyError as refusal:
                if refusal.retry_after is None:
                    raise
                busy = True
                seconds = max(refusal.retry_after, SHORTEST_WAIT_SECONDS)
                if seconds > patience:
                    raise
                patience -= seconds
            except again_on:
                delay = next(delays, None)
                if delay is None:
                    raise
                seconds = delay
            listener(RetryScheduled(seconds, busy))
            await asyncio.sleep(seconds)
