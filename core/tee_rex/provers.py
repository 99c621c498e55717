"""The prover that callers use: one object, its mode switchable at run time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Self

from tee_rex.errors import ProvingError, UsageError
from tee_rex.transaction.events import ProofListener, ignore_events
from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend, ProvingMode


class ModeNotConfiguredError(UsageError):
    """The mode asked for has no backend."""

    code = "MODE_NOT_CONFIGURED"
    title = "This mode is not set up"


class ProofTimedOutError(ProvingError):
    """The caller's time limit is over."""

    code = "PROOF_TIMED_OUT"
    title = "The proof took too long"
    default_hint = "Allow more time with --timeout, or use more threads."


class Prover:
    """Proves in the mode that is chosen now; modes without a backend are refused when chosen."""

    def __init__(self, backends: Mapping[ProvingMode, ProverBackend], mode: ProvingMode) -> None:
        """Take the configured backends; raises ModeNotConfiguredError."""
        self._backends = dict(backends)
        self.mode = mode

    @property
    def mode(self) -> ProvingMode:
        """The mode of the next proof."""
        return self._mode

    @mode.setter
    def mode(self, mode: ProvingMode) -> None:
        if mode not in self._backends:
            raise ModeNotConfiguredError(f"Nothing is configured for the {mode} mode.")
        self._mode = mode

    async def prove(
        self,
        request: ProofRequest,
        *,
        listener: ProofListener = ignore_events,
        time_limit: float | None = None,
    ) -> ProofResult:
        """Make one proof in the present mode.

        time_limit: seconds for all of it. Raises ProofTimedOutError or whatever the backend raises. When it
        raises, or is cancelled, nothing of it is left running.
        """
        backend = self._backends[self._mode]
        limit = asyncio.timeout(time_limit)
        try:
            async with limit:
                return await backend.prove(request, listener)
        except TimeoutError:
            if not limit.expired():
                raise
            raise ProofTimedOutError(f"It was not done after {time_limit:g} seconds.") from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every backend; ``async with`` does it too."""
        for backend in self._backends.values():
            await backend.close()
