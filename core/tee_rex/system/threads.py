"""Blocking work off the event loop, and two tasks at once; nothing goes on after its caller has returned."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, ParamSpec, TypeAlias, TypeVar

A = TypeVar("A")
B = TypeVar("B")
P = ParamSpec("P")
T = TypeVar("T")

Checkpoint: TypeAlias = Callable[[int], None]
"""Called by the work now and then with the amount done; raises when the work should stop."""


class _StopWorkError(Exception):
    """Unwinds a worker whose caller was cancelled; never leaves this module."""


async def in_thread(work: Callable[[Checkpoint], T], report: Callable[[int], None] | None = None) -> T:
    """Run ``work`` in a thread and pass the amounts at its checkpoints to ``report``, in the event loop.

    A cancelled caller returns only after the work has stopped at its next checkpoint, so nothing is written
    after the caller has cleaned up.
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
        await wait_until_done(running)
        if not running.cancelled():
            running.exception()  # retrieved, so that asyncio does not complain about it
        raise


async def finish_in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work`` in a thread to its end: a cancelled caller returns only then.

    For work that changes something. ``asyncio.to_thread`` does for work that only reads.
    """
    return await in_thread(lambda _checkpoint: work(*args, **kwargs))


async def wait_until_done(future: asyncio.Future[Any]) -> None:
    """Wait for the end of ``future``, whatever it is, even when cancelled meanwhile."""
    while not future.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future])


async def run_both(one: Coroutine[Any, Any, A], other: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Run two coroutines at once and return both results.

    When one fails, or the caller is cancelled, the other is cancelled, and the error is raised when both have
    ended; asyncio.gather would let the other run on.
    """
    tasks = asyncio.create_task(one), asyncio.create_task(other)
    try:
        first, second = await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    return first, second


def usable_cores() -> int:
    """The number of cores that this process may run on; at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
