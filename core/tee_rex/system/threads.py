"""Blocking work off the event loop that still stops when its caller is cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias, TypeVar

T = TypeVar("T")

Checkpoint: TypeAlias = Callable[[int], None]
"""Called by the work now and then with the amount done; raises when the work should stop."""


class _StopWorkError(Exception):
    """Unwinds a worker whose caller was cancelled; never leaves this module."""


async def in_thread(work: Callable[[Checkpoint], T], report: Callable[[int], None] | None = None) -> T:
    """Run ``work`` in a thread; ``report`` hears of its checkpoints, in the event loop.

    A cancelled caller returns only after the work has stopped at its next checkpoint, so nothing is
    written after the caller has cleaned up.
    """
    loop = asyncio.get_running_loop()
    stop = threading.Event()

    def checkpoint(done: int) -> None:
        if stop.is_set():
            raise _StopWorkError
        if report is not None:
            loop.call_soon_threadsafe(report, done)

    running = asyncio.ensure_future(asyncio.to_thread(work, checkpoint))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        while not running.done():
            with suppress(asyncio.CancelledError):  # to be cancelled once more changes nothing
                await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # retrieved, so that asyncio does not complain about it
        raise
