"""Tidying up at a server even when one is being cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from tee_rex.errors import TeeRexError


async def finish_within(seconds: float, work: Coroutine[Any, Any, object]) -> None:
    """Let ``work`` come to its end, even to one of our errors, and end it after ``seconds``.

    Being cancelled meanwhile does not disturb it; CancelledError is raised afterwards.
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
