"""The points of one trusted setup on this machine's disk: checked whenever read, fetched when missing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tee_rex.crs.chunk_source import ChunkSource
from tee_rex.crs.crs import POINT_BYTES, Crs
from tee_rex.crs.errors import CrsFileRefusedError, CrsMissingError
from tee_rex.crs.pins import ChunkPin, CrsPins
from tee_rex.settings.paths import Paths
from tee_rex.system.files import disk_errors, exclusive, move_into_place
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.threads import finish_in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup


class CrsStore:
    """One folder with a file for each chunk, shared by all processes; it grows when more points are wanted.

    What is read is checked in memory before it is handed out, so nobody can change it in between; what is
    written is replaced whole. Only filling the store takes its lock and needs a writable folder.
    """

    def __init__(self, folder: Path, pins: CrsPins, source: ChunkSource | None = None) -> None:
        """Take where the chunks are, what they must be, and where missing ones come from (None: nowhere)."""
        self._folder = folder
        self._pins = pins
        self._source = source

    async def load(self, points: int, progress: ProgressListener = ignore_progress) -> Crs:
        """The first ``points`` points (whole chunks), after fetching those that are missing or damaged.

        Raises CrsTooSmallError, CrsMissingError (no source), what the source raises, DiskFullError,
        DiskNotWritableError. Cancelled while fetching, it leaves whole chunks and at most one unfinished one.
        """
        chunks = self._pins.chunks(points)
        g1 = memoryview(bytearray(points * POINT_BYTES))
        missing = await self._read_all(chunks, g1)
        if missing:
            await self._fill(missing, g1, progress)
        return Crs(self._pins.setup, points, g1.toreadonly(), self._pins.g2)

    async def intact_chunks(self) -> tuple[bool, ...]:
        """For every pinned chunk, whether it is here and intact."""
        chunks = self._pins.chunks(self._pins.max_points)
        return tuple(
            [
                await asyncio.to_thread(self._read, chunk, memoryview(bytearray(chunk.length)))
                for chunk in chunks
            ]
        )

    @property
    def pinned_chunks(self) -> tuple[ChunkPin, ...]:
        """Every chunk that the store could hold."""
        return self._pins.chunks(self._pins.max_points)

    def stored(self, chunk: ChunkPin) -> bool:
        """Whether a file of the chunk's length is in its place; only ``load`` says that it is intact."""
        try:
            return self._file(chunk).stat().st_size == chunk.length
        except OSError:
            return False

    async def keep(self, chunk: ChunkPin, content: bytes | bytearray) -> None:
        """Store a chunk that the caller has from elsewhere.

        Raises CrsFileRefusedError unless it is the pinned one, DiskFullError, DiskNotWritableError.
        """
        if not await asyncio.to_thread(chunk.matches, content):
            raise CrsFileRefusedError(f"This is not chunk {chunk.index} of the {self._pins.setup} setup.")
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            async with exclusive(self._folder / "lock"):
                await finish_in_thread(self._save, chunk, content)

    async def _fill(self, missing: Sequence[ChunkPin], g1: memoryview, progress: ProgressListener) -> None:
        source = self._source
        if source is None:
            raise CrsMissingError(f"{len(missing)} of its 8 MiB chunks are not in {self._folder}.")
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            async with exclusive(self._folder / "lock"):
                # Another process may have brought them while this one waited.
                missing = await self._read_all(missing, g1)
                total = sum(chunk.length for chunk in missing)
                fetched = 0
                work = source.work_unit

                def report(done: int) -> None:
                    progress(
                        TaskProgress(
                            work.task,
                            work.label,
                            (fetched + done) // work.chunk_bytes,
                            total // work.chunk_bytes,
                            work.unit,
                        )
                    )

                for chunk in missing:
                    content = await source.fetch(chunk, self._unfinished(chunk), report)
                    if not await asyncio.to_thread(chunk.matches, content):
                        raise RuntimeError("a source delivered a chunk that it had not checked")
                    await finish_in_thread(self._save, chunk, content)
                    g1[chunk.place] = content
                    fetched += chunk.length

    async def _read_all(self, chunks: Sequence[ChunkPin], g1: memoryview) -> list[ChunkPin]:
        """Read chunks into their places; returns those that are missing or damaged."""
        return [chunk for chunk in chunks if not await asyncio.to_thread(self._read, chunk, g1[chunk.place])]

    def _read(self, chunk: ChunkPin, place: memoryview) -> bool:
        try:
            with self._file(chunk).open("rb") as file:
                return file.readinto(place) == chunk.length and chunk.matches(place)
        except OSError:
            return False

    def _save(self, chunk: ChunkPin, content: bytes | bytearray) -> None:
        unfinished = self._unfinished(chunk)
        unfinished.write_bytes(content)
        move_into_place(unfinished, self._file(chunk))

    def _file(self, chunk: ChunkPin) -> Path:
        return self._folder / f"g1-{chunk.index:02}.dat"

    def _unfinished(self, chunk: ChunkPin) -> Path:
        return self._folder / f"g1-{chunk.index:02}.unfinished"


def crs_store(paths: Paths, setup: TrustedSetup, source: ChunkSource | None = None) -> CrsStore:
    """The store of one trusted setup, with its shipped pins."""
    return CrsStore(paths.crs_dir(setup), CrsPins.shipped(setup), source)
