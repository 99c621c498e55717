"""Blocking work off the event loop, and two tasks at once; nothing goes on after its caller has returned.

The threads are daemons: one that a hung disk or network drive blocks does not keep the program from ending.
"""

from __future__ import annotations

import asyncio
import contextvars
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

SECONDS_TO_STOP = 10.0
"""For work with checkpoints, a few milliseconds apart, after its caller was cancelled."""
SECONDS_TO_FINISH = 60.0
"""For work that is not to be interrupted, such as removing a folder of 1 GB from a slow disk."""


class _StopWorkError(Exception):
    """Unwinds a worker whose caller was cancelled; never leaves this module."""


async def in_thread(
    work: Callable[[Checkpoint], T],
    report: Callable[[int], None] | None = None,
    *,
    patience: float = SECONDS_TO_STOP,
) -> T:
    """Run ``work`` in a thread and pass the amounts at its checkpoints to ``report``, in the event loop.

    A cancelled caller returns only after the work has stopped at its next checkpoint, so nothing is written
    after the caller has cleaned up. Only work that is blocked for longer than ``patience`` seconds is left
    behind; it stops at its next checkpoint, if it ever gets there.
    """
    loop = asyncio.get_running_loop()
    stop = threading.Event()

    def checkpoint(done: int) -> None:
        if stop.is_set():
            raise _StopWorkError
        if report is not None:
            loop.call_soon_threadsafe(report, done)

    running = _started(lambda: work(checkpoint))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        await wait_until_done(running, patience)
        # Retrieved, so that asyncio does not complain about it.
        running.add_done_callback(lambda done: done.cancelled() or done.exception())
        raise


async def finish_in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work`` in a thread to its end: a cancelled caller returns only then, or after 60 seconds.

    For work that changes something.
    """
    return await in_thread(lambda _checkpoint: work(*args, **kwargs), patience=SECONDS_TO_FINISH)


async def read_in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work`` in a thread; a cancelled caller returns at once.

    For work that only reads or computes.
    """
    return await _started(lambda: work(*args, **kwargs))


def _started(work: Callable[[], T]) -> asyncio.Future[T]:
    """The future result of ``work``, which runs in a thread of its own."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(settled: Callable[[], None]) -> None:
        if not result.done():
            settled()

    def run() -> None:
        try:
            value = context.run(work)
        except BaseException as error:  # noqa: BLE001  # raised where the result is awaited
            failure = error
            settled = lambda: result.set_exception(failure)  # noqa: E731
        else:
            settled = lambda: result.set_result(value)  # noqa: E731
        with suppress(RuntimeError):  # the loop has ended: nobody waits
            loop.call_soon_threadsafe(settle, settled)

    threading.Thread(target=run, name="tee-rex-work", daemon=True).start()
    return result


async def wait_until_done(future: asyncio.Future[Any], seconds: float | None = None) -> None:
    """Wait for the end of ``future``, whatever it is, even when cancelled meanwhile; at most ``seconds``."""
    loop = asyncio.get_running_loop()
    deadline = None if seconds is None else loop.time() + seconds
    while not future.done():
        left = None if deadline is None else deadline - loop.time()
        if left is not None and left <= 0:
            return
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future], timeout=left)


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
