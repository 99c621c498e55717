"""Asking again, only where that cannot make the server do a thing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from tee_rex.errors import TeeRexError
from tee_rex.remote.errors import (
    NeverConnectedError,
    ServerBusyError,
    ServerFailedError,
    ServerUnreachableError,
)
from tee_rex.transaction.events import ProofListener, RetryScheduled

NOT_SEEN: Final = (NeverConnectedError,)
"""What allows a request of any kind to be made again: the server has not seen it."""
NO_ANSWER: Final = (ServerUnreachableError, ServerFailedError)
"""What allows a request that changes nothing to be made again."""
SHORTEST_WAIT_SECONDS: Final = 0.5
"""Even for a server that says 0."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Retries:
    """delays: seconds before each further try; as many as the original client makes.

    patience: seconds in all to wait for a server that says when to come again (HTTP 429 and 503); less than
    the time limit of a proof, so that what the server says is told in the end, and not that limit.
    """

    delays: tuple[float, ...] = (0.5, 1.5)
    patience: float = 240.0

    async def run(
        self,
        attempt: Callable[[], Awaitable[T]],
        again_on: tuple[type[TeeRexError], ...],
        listener: ProofListener,
    ) -> T:
        """What ``attempt`` returns in the end; raises its last error."""
        delays, patience = iter(self.delays), self.patience
        while True:
            try:
                return await attempt()
            except ServerBusyError as busy:
                if busy.retry_after is None:
                    raise
                seconds = max(busy.retry_after, SHORTEST_WAIT_SECONDS)
                if seconds > patience:
                    raise
                patience -= seconds
            except again_on:
                delay = next(delays, None)
                if delay is None:
                    raise
                seconds = delay
            listener(RetryScheduled(seconds))
            await asyncio.sleep(seconds)
