from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from support.proving_server import eventually
from tee_rex_app import loop
from tee_rex_app.loop import TaskSet


def test_qt_and_asyncio_share_one_thread(qapp: QApplication) -> None:
    async def main() -> tuple[bool, str]:
        fired = asyncio.Event()
        QTimer.singleShot(1, fired.set)
        await fired.wait()
        elsewhere = await asyncio.to_thread(lambda: threading.current_thread().name)
        return threading.current_thread() is threading.main_thread(), elsewhere

    in_main_thread, elsewhere = loop.run(qapp, main)
    assert in_main_thread
    assert elsewhere.startswith("tee-rex")


@pytest.mark.integration
def test_processes_start_answer_and_are_reaped(qapp: QApplication) -> None:
    async def main() -> tuple[bytes, int]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "print('here'); raise SystemExit(3)"), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        return output.strip(), await process.wait()

    assert loop.run(qapp, main) == (b"here", 3)


def test_remaining_tasks_are_cancelled_at_the_end(qapp: QApplication) -> None:
    ended = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def main() -> None:
        asyncio.create_task(forever())  # noqa: RUF006  # nobody keeps it: that is the case shown
        await asyncio.sleep(0)

    loop.run(qapp, main)
    assert ended == [True]


def test_an_exception_of_the_main_task_is_raised(qapp: QApplication) -> None:
    async def main() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        loop.run(qapp, main)


def test_a_task_set_reports_bugs_but_not_cancellation(qapp: QApplication) -> None:
    bugs: list[BaseException] = []

    async def wrong() -> None:
        raise LookupError

    async def main() -> None:
        tasks = TaskSet(bugs.append)
        tasks.start(wrong())
        waiting = tasks.start(asyncio.sleep(3600))
        await eventually(lambda: bugs)
        await tasks.close()
        assert waiting.cancelled()

    loop.run(qapp, main)
    assert [type(bug) for bug in bugs] == [LookupError]


def test_closing_a_task_set_waits_for_tasks_that_must_finish(qapp: QApplication) -> None:
    ends: list[str] = []

    async def main() -> None:
        tasks = TaskSet(lambda _bug: None)
        gate = asyncio.Event()

        async def write(what: str) -> None:
            await gate.wait()
            ends.append(what)

        async def work() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.shield(tasks.start(write("end"), to_its_end=True))

        tasks.start(write("begin"), to_its_end=True)
        working = tasks.start(work())
        await asyncio.sleep(0)
        closing = asyncio.create_task(tasks.close())
        await asyncio.sleep(0.01)
        assert not closing.done()
        gate.set()
        await closing
        assert working.cancelled()

    loop.run(qapp, main)
    assert ends == ["begin", "end"]


def test_garbage_is_collected_only_in_the_loops_thread(qapp: QApplication) -> None:
    threads = set()
    collected = asyncio.Event()

    class Cyclic:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            threads.add(threading.current_thread())
            collected.set()

    def litter() -> None:
        for _ in range(5_000):
            Cyclic()

    async def main() -> None:
        await asyncio.to_thread(litter)
        await collected.wait()

    loop.run(qapp, main)
    assert threads == {threading.main_thread()}
    assert gc.isenabled()


def test_the_loop_finalises_abandoned_generators(qapp: QApplication) -> None:
    ended: list[str] = []

    async def pieces(name: str) -> AsyncIterator[int]:
        try:
            for number in range(3):
                yield number
        finally:
            await asyncio.sleep(0)  # nothing but a loop can do that
            ended.append(name)

    async def main() -> None:
        async for _ in pieces("left in the middle"):
            break
        await eventually(lambda: ended == ["left in the middle"])
        kept = pieces("kept to the end of the loop")
        await anext(kept)
        leftovers.append(kept)

    leftovers: list[AsyncIterator[int]] = []
    loop.run(qapp, main)
    assert ended == ["left in the middle", "kept to the end of the loop"]
