"""Progress of set-up work (downloads, computations), as opposed to that of a proof."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tee_rex.system.files import bytes_below
from tee_rex.system.threads import read_in_thread

_SECONDS_BETWEEN_REPORTS = 0.25


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """How far one task has come.

    task: stable identifier, e.g. ``"bb.download"``. label: plain words for people.
    done, total: in ``unit`` ("bytes" or "points"); total is None while it is unknown.
    """

    task: str
    label: str
    done: int
    total: int | None
    unit: str


ProgressListener: TypeAlias = Callable[[TaskProgress], None]

ByteCount: TypeAlias = Callable[[int, int | None], None]
"""Called with the number of bytes that have arrived and the total, None while it is unknown."""


def ignore_progress(_progress: TaskProgress) -> None:
    """A listener that does nothing."""


@asynccontextmanager
async def report_folder_size(folder: Path, report: ByteCount) -> AsyncIterator[None]:
    """Report the bytes below ``folder``, which need not exist yet, four times a second.

    For programs that do not report their own progress.
    """

    async def watch() -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_REPORTS)
            report(await read_in_thread(bytes_below, folder), None)

    watching = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])
