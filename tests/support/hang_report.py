"""A pytest plugin: a test that hangs is ended, and what it waited for is told, tasks of asyncio included.

pytest-timeout raises once, and not at all in the teardown of a test that has failed. A test that hangs again
while it tidies up, or that never comes back to Python because Qt waits for events, would hang for ever. So it
is interrupted again and again, and in the end a thread that needs no Python ends the run with all stacks.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

AGAIN_SECONDS = 30.0
LAST_RESORT_SECONDS = 150.0
"""After the time limit of a test: then it has been interrupted five times."""

_stderr = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the real standard error, behind what captures it."""
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        config.stash[_stderr] = os.dup(2)


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:  # noqa: ANN401  # its own type
    """Interrupt the test after its time, in place of pytest-timeout."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    if settings.method != "signal" or not in_main_thread or item.config.getoption("usepdb"):
        return None
    stderr = item.config.stash[_stderr]

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        __tracebackhide__ = True
        report = "\n".join((f"\n\nTimeout: {item.nodeid} after {settings.timeout:g} s", *waiting_tasks(), ""))
        os.write(stderr, report.encode())
        faulthandler.dump_traceback(stderr)
        pytest.fail(f"Timeout: more than {settings.timeout:g} s. The tasks and threads are above.")

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout, AGAIN_SECONDS)
    faulthandler.dump_traceback_later(settings.timeout + LAST_RESORT_SECONDS, exit=True, file=stderr)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> bool | None:
    """A test that has failed must still tidy up in time: only its end ends the time."""
    return None if item.config.getoption("usepdb") else True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """End the time of a test, its teardown included."""
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        faulthandler.cancel_dump_traceback_later()


def waiting_tasks() -> Iterator[str]:
    """The tasks of this thread's running loop, each with where it waits, the innermost place last."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    for task in asyncio.all_tasks(loop):
        yield f"Task {task.get_name()}"
        yield from (f"    {place}" for place in _places(task.get_coro()))


def _places(waiting: Any) -> Iterator[str]:  # noqa: ANN401  # coroutines, generators, futures and what else is awaited
    while waiting is not None:
        for prefix in ("cr", "ag", "gi"):
            frame = getattr(waiting, f"{prefix}_frame", None)
            if frame is not None:
                yield f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_qualname}"
                waiting = getattr(waiting, f"{prefix}_await", None) or getattr(waiting, "gi_yieldfrom", None)
                break
        else:
            with suppress(Exception):
                yield repr(waiting)[:200]
            return
