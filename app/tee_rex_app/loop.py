"""The one place that joins asyncio and Qt; everything else knows only one of them."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop  # type: ignore[import-untyped]  # it ships no types

T = TypeVar("T")

_COLLECTION_MS = 500
_THREADS = 8
"""For disk access, digests and gzip; none is occupied for long."""


def run(
    application: QApplication,
    main: Callable[[], Coroutine[Any, Any, T]],
    on_error: Callable[[dict[str, Any]], None] | None = None,
) -> T:
    """Run ``main`` on Qt's own event loop until it returns, as ``asyncio.run`` would.

    Remaining tasks are cancelled and awaited, and threads are joined. Qt must not end its loop when the last
    window closes, because closing the application needs the loop. on_error: receives what asyncio would pass
    to a loop's exception handler.
    """
    application.setQuitOnLastWindowClosed(False)
    loop = QEventLoop(application)
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="tee-rex")
    loop.set_default_executor(threads)
    if on_error is not None:
        loop.set_exception_handler(lambda _loop, context: on_error(context))
    asyncio.set_event_loop(loop)
    try:
        with _garbage_collected_here(), _generators_ended_by(loop):
            try:
                return _completed(loop, main())
            finally:
                _completed(loop, _end_what_is_left())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def on_interrupt(act: Callable[[], object]) -> None:
    """Call ``act`` on Ctrl-C in the terminal and on SIGTERM, the end of a session. Call this in the loop."""
    with suppress(NotImplementedError):  # Windows, where they end the process
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, act)


def cancel_begun(task: asyncio.Task[Any]) -> None:
    """Cancel a task after it has begun: a task cancelled earlier never runs, not even its ``finally``."""
    asyncio.get_running_loop().call_soon(task.cancel)


class TaskSet:
    """Background tasks that nobody awaits: kept alive, closed together, their bugs reported."""

    def __init__(self, on_bug: Callable[[BaseException], None]) -> None:
        """on_bug: called with every exception that a task did not handle itself."""
        self._on_bug = on_bug
        self._tasks: set[asyncio.Task[Any]] = set()
        self._to_their_end: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, T], *, to_its_end: bool = False) -> asyncio.Task[T]:
        """Run ``work`` in the background. to_its_end: closing waits for it instead of cancelling it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        if to_its_end:
            self._to_their_end.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel every task not started with ``to_its_end``, and wait for all of them.

        This includes tasks that are started meanwhile.
        """
        cancelled: set[asyncio.Task[Any]] = set()
        while self._tasks:
            for task in self._tasks - self._to_their_end - cancelled:
                task.cancel()
                cancelled.add(task)
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._to_their_end.discard(task)
        if not task.cancelled() and (bug := task.exception()) is not None:
            self._on_bug(bug)


@contextmanager
def _generators_ended_by(loop: QEventLoop) -> Iterator[None]:
    """Let the loop finalise abandoned asynchronous generators, as asyncio's own loop does.

    qasync does not. Without it, an HTTP response that was not read to its end fails when it is collected,
    because it cannot close its connection.
    """
    before = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(
        firstiter=loop._asyncgen_firstiter_hook,  # noqa: SLF001  # asyncio has no public name for them
        finalizer=loop._asyncgen_finalizer_hook,  # noqa: SLF001
    )
    try:
        yield
    finally:
        sys.set_asyncgen_hooks(*before)


@contextmanager
def _garbage_collected_here() -> Iterator[None]:
    """Let Python collect garbage only in this thread: a worker doing so could delete a Qt object.

    Objects that exist already are frozen, so that a collection blocks the loop only briefly.
    """
    timer = QTimer()
    timer.setInterval(_COLLECTION_MS)
    timer.timeout.connect(_collect_what_is_due)
    was_enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def _collect_what_is_due() -> None:
    """Collect what Python would have: the oldest generation whose count exceeds its threshold."""
    counted = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, limit) in enumerate(counted) if count > limit]
    if due:
        gc.collect(due[-1])


def _completed(loop: QEventLoop, work: Coroutine[Any, Any, T]) -> T:
    result: T = loop.run_until_complete(work)
    return result


async def _end_what_is_left() -> None:
    loop = asyncio.get_running_loop()
    left = [task for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left)
    await loop.shutdown_asyncgens()
