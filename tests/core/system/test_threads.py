from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time

import pytest

from tee_rex.errors import ExitCode
from tee_rex.system.threads import Checkpoint, in_thread, run_both


async def test_result_and_reports_arrive() -> None:
    reports: list[int] = []

    def work(checkpoint: Checkpoint) -> str:
        checkpoint(1)
        checkpoint(2)
        return threading.current_thread().name

    assert await in_thread(work, reports.append) != threading.current_thread().name
    assert reports == [1, 2]


async def test_an_error_passes_through() -> None:
    def work(_checkpoint: Checkpoint) -> None:
        raise KeyError("inside")

    with pytest.raises(KeyError, match="inside"):
        await in_thread(work)


async def test_a_cancelled_caller_returns_after_the_work_has_stopped() -> None:
    steps = 0
    started = asyncio.Event()

    def work(checkpoint: Checkpoint) -> None:
        nonlocal steps
        while True:
            steps += 1
            checkpoint(steps)
            time.sleep(0.001)

    task = asyncio.ensure_future(in_thread(work, lambda _steps: started.set()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stopped_at = steps
    await asyncio.sleep(0.02)
    assert steps == stopped_at


async def test_being_cancelled_again_does_not_cut_the_wait_short() -> None:
    started = asyncio.Event()
    loop = asyncio.get_running_loop()
    go_on = threading.Event()
    finished = False

    def work(_checkpoint: Checkpoint) -> None:
        nonlocal finished
        loop.call_soon_threadsafe(started.set)
        assert go_on.wait(60)
        finished = True

    task = asyncio.ensure_future(in_thread(work))
    await started.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert finished


ENDS_AT_A_TIMEOUT = """
import asyncio, threading
from tee_rex.system.threads import in_thread

async def main():
    async with asyncio.timeout(0.1):
        await in_thread(lambda _checkpoint: threading.Event().wait(), patience=0.1)

try:
    asyncio.run(main())
except TimeoutError:
    print("timed out")
"""

ENDS_AT_SIGTERM = """
import os
import threading
from tee_rex.system.threads import read_in_thread
from tee_rex.terminal.console import run_command

def block():
    os.write(1, b"blocked\\n")  # without the lock of sys.stdout, which Python's end would wait for
    threading.Event().wait()

run_command(read_in_thread(block))
"""


@pytest.mark.timeout(60)
def test_a_blocked_thread_does_not_keep_the_program_at_a_timeout() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDS_AT_A_TIMEOUT], capture_output=True, text=True, timeout=30, check=True
    )
    assert (ended.stdout, ended.stderr) == ("timed out\n", "")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_blocked_thread_does_not_keep_the_program_at_a_signal(number: signal.Signals) -> None:
    program = subprocess.Popen([sys.executable, "-c", ENDS_AT_SIGTERM], stdout=subprocess.PIPE)
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"blocked\n"
        program.send_signal(number)
        assert program.wait(30) == ExitCode.CANCELLED


async def value(result: str) -> str:
    await asyncio.sleep(0)
    return result


async def failure() -> str:
    await asyncio.sleep(0)
    raise LookupError


class Patient:
    """Waits until it is cancelled, and takes its time then."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.ended = False

    async def wait(self) -> str:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            self.ended = True
        raise AssertionError


async def test_both_results_come_in_order() -> None:
    assert await run_both(value("one"), value("other")) == ("one", "other")


async def test_when_one_fails_the_other_has_ended_before_it_is_told() -> None:
    for first in (True, False):
        patient = Patient()
        pair = (failure(), patient.wait()) if first else (patient.wait(), failure())
        with pytest.raises(LookupError):
            await run_both(*pair)
        assert patient.ended


async def test_cancelling_ends_both() -> None:
    one, other = Patient(), Patient()
    task = asyncio.create_task(run_both(one.wait(), other.wait()))
    await asyncio.gather(one.began.wait(), other.began.wait())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert one.ended
    assert other.ended
