"""Verifying a proof from a network with the bb of this machine, made ready while the proof is being made."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from tee_rex.crs.crs import MIN_POINTS
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.tree import BbCorruptError, BbNotPinnedError
from tee_rex.local.session import BbSession
from tee_rex.system.threads import usable_cores

if TYPE_CHECKING:
    from types import TracebackType

    from tee_rex.local.installation import Installation
    from tee_rex.system.progress import ProgressListener
    from tee_rex.transaction.proof import ChonkProof
    from tee_rex.transaction.request import ProofRequest

HEAD_START_SECONDS: Final = 1.0
"""For the server's own bb to start, which may be on this machine too; no proof takes less."""


class LocalCheck:
    """A verifying bb for one proof; leaving the context ends it, whatever state it is in."""

    def __init__(self, installation: Installation, request: ProofRequest, progress: ProgressListener) -> None:
        """Bring what is missing, where the installation may."""
        self._installation = installation
        self._request = request
        self._progress = progress
        self._wanted = asyncio.Event()

    async def __aenter__(self) -> LocalCheck:
        self._starting = asyncio.create_task(self._start())
        return self

    async def valid(self, proof: ChonkProof) -> bool | None:
        """Whether the proof holds under the steps' final key; None where bb and its CRS cannot be had.

        Raises a ProvingError or BbStartError when bb is there and fails, BbCorruptError when it is not bb.
        """
        self._wanted.set()
        session = await asyncio.shield(self._starting)
        return await session.verify(proof, self._request.steps.final_verification_key) if session else None

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        starting = self._starting
        starting.cancel()
        try:
            await asyncio.wait([starting])
        finally:
            if starting.done() and not starting.cancelled() and starting.exception() is None:
                session = starting.result()
                if session is not None:
                    await session.close()

    async def _start(self) -> BbSession | None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), HEAD_START_SECONDS)
        request = self._request
        try:
            command = await self._installation.bb(request.version, request.setup, self._progress)
            crs = await self._installation.crs(request.setup, MIN_POINTS, self._progress)
        except BbCorruptError:
            raise
        except (UnusableEnvironmentError, BbNotPinnedError):
            return None
        return await BbSession.start(
            command.argv,
            crs,
            threads=usable_cores(),
            grumpkin_file=self._installation.paths.grumpkin_file,
        )
