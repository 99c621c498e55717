"""Progress of set-up work (downloads, computations), as opposed to that of a proof."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from tee_rex.system.threads import read_in_thread

_SECONDS_BETWEEN_REPORTS = 0.25


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """How far one task has come.

    task: stable identifier, e.g. ``"bb.download"``. label: plain words for people.
    done, total: in ``unit`` ("bytes" or "points"); total is None while it is unknown. The first report of a
    download has done 0, so that its size is told before it begins. unit: "" for work without an amount.
    """

    task: str
    label: str
    done: int
    total: int | None
    unit: str

    @classmethod
    def phase(cls, task: str, label: str) -> TaskProgress:
        """Work without an amount, such as building."""
        return cls(task, label, 0, None, "")


ProgressListener: TypeAlias = Callable[[TaskProgress], None]

ByteCount: TypeAlias = Callable[[int, int | None], None]
"""Called with the number of bytes that have arrived and the total, None while it is unknown."""


def ignore_progress(_progress: TaskProgress) -> None:
    """A listener that does nothing."""


@asynccontextmanager
async def report_growth(
    measure: Callable[[], int], report: ByteCount, total: int | None = None
) -> AsyncIterator[None]:
    """Report 0 at once, and what ``measure`` counts whenever it has grown, looking four times a second.

    For programs that do not report their own progress. measure: called in a thread; what exceeds ``total``
    is not told, and neither is that something was removed.
    """

    async def watch() -> None:
        most = 0
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_REPORTS)
            counted = await read_in_thread(measure)
            done = counted if total is None else min(counted, total)
            if done > most:
                most = done
                report(done, total)

    report(0, total)
    watching = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])
