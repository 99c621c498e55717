"""The points of one trusted setup on this machine's disk: checked whenever read, fetched when missing."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Protocol

from tee_rex.bb.files import disk_errors, exclusive, flush_to_disk
from tee_rex.bb.worker_thread import Checkpoint, in_thread
from tee_rex.crs.crs import POINT_BYTES, Crs
from tee_rex.crs.errors import CrsMissingError
from tee_rex.crs.pins import ChunkPin, CrsPins
from tee_rex.task_progress import ProgressListener


class ChunkSource(Protocol):
    """Where a chunk comes from when it is not on the disk."""

    async def fetch(
        self, wanted: tuple[ChunkPin, ...], position: int, unfinished: Path, progress: ProgressListener
    ) -> bytes:
        """The content of ``wanted[position]``; progress counts all wanted chunks.

        ``unfinished`` is a file that the source may keep what has arrived in, to go on there next time.
        """


class CrsStore:
    """One folder with a file for each chunk, shared by all processes.

    What is read is checked in memory before it is handed out, so nobody can change it in between; what is
    written is replaced whole. Only filling the store takes its lock.
    """

    def __init__(self, folder: Path, pins: CrsPins, source: ChunkSource | None) -> None:
        self._folder = folder
        self._pins = pins
        self._source = source

    async def load(self, points: int, progress: ProgressListener) -> Crs:
        """The first ``points`` points, fetching those that are missing or damaged.

        Raises CrsTooSmallError; CrsMissingError if there is no source.
        """
        chunks = self._pins.chunks(points)
        g1 = memoryview(bytearray(points * POINT_BYTES))
        missing = [chunk for chunk in chunks if not await asyncio.to_thread(self._read, chunk, g1)]
        if missing:
            await self._fill(tuple(missing), g1, progress)
        return Crs(self._pins.setup, points, g1.toreadonly(), self._pins.g2)

    async def _fill(self, missing: tuple[ChunkPin, ...], g1: memoryview, progress: ProgressListener) -> None:
        if self._source is None:
            raise CrsMissingError(f"{len(missing)} of its chunks are missing in {self._folder}.")
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            async with exclusive(self._folder / "lock"):
                await self._fetch(missing, self._source, g1, progress)

    async def _fetch(
        self, missing: tuple[ChunkPin, ...], source: ChunkSource, g1: memoryview, progress: ProgressListener
    ) -> None:
        for position, chunk in enumerate(missing):
            if await asyncio.to_thread(self._read, chunk, g1):
                continue  # another process brought it while this one waited for the lock
            unfinished = self._file(chunk).with_suffix(".partial")
            content = await source.fetch(missing, position, unfinished, progress)
            if not await asyncio.to_thread(chunk.matches, content):
                raise RuntimeError("a source delivered a chunk without checking it")
            g1[chunk.offset : chunk.offset + chunk.length] = content
            await in_thread(partial(self._save, chunk, unfinished, content))

    def _file(self, chunk: ChunkPin) -> Path:
        return self._folder / f"g1-{chunk.index:02}.dat"

    def _read(self, chunk: ChunkPin, g1: memoryview) -> bool:
        target = g1[chunk.offset : chunk.offset + chunk.length]
        try:
            with self._file(chunk).open("rb") as file:
                length = file.readinto(target)
        except OSError:
            return False
        return length == chunk.length and chunk.matches(target)

    def _save(self, chunk: ChunkPin, unfinished: Path, content: bytes, _checkpoint: Checkpoint) -> None:
        unfinished.write_bytes(content)
        flush_to_disk(unfinished)
        unfinished.replace(self._file(chunk))
