"""Progress of programs that do not tell theirs: how much they have written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

_SECONDS_BETWEEN_REPORTS = 0.25

ByteCount: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes that have arrived and, once known, the bytes there will be."""


@asynccontextmanager
async def growth_reported(folder: Path, report: ByteCount) -> AsyncIterator[None]:
    """Report now and then the bytes below ``folder``, which need not exist yet."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_REPORTS)
            report(await asyncio.to_thread(bytes_below, folder), None)

    watching = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])


def bytes_below(folder: Path) -> int:
    """The size of all files below a folder that others are writing to."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except FileNotFoundError:  # it was renamed or removed meanwhile
            continue
    return total
