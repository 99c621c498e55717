"""Taking chunks from a g1.dat on this machine's disk, for machines without network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tee_rex.crs.chunk_source import WorkUnit
from tee_rex.crs.errors import CrsFileRefusedError
from tee_rex.crs.pins import ChunkPin, CrsPins


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A source of chunks: Aztec's g1.dat, or a beginning of it, such as bb's own ``bn254_g1.dat``."""

    path: Path

    work_unit: ClassVar[WorkUnit] = WorkUnit("crs.import", "Importing the CRS")

    def points(self, pins: CrsPins) -> int:
        """How many points its whole chunks have, at most all pinned ones. Raises CrsFileRefusedError."""
        try:
            size = self.path.stat().st_size
        except OSError as error:
            raise CrsFileRefusedError(f"{self.path}: {error.strerror}.") from error
        chunk_bytes = pins.chunks(pins.chunk_points)[0].length
        if size < chunk_bytes:
            raise CrsFileRefusedError(f"{self.path} has {size:,} bytes; one chunk has {chunk_bytes:,}.")
        return min(size // chunk_bytes * pins.chunk_points, pins.max_points)

    async def fetch(self, chunk: ChunkPin, unfinished: Path, report: Callable[[int], None]) -> bytes:
        """Read the chunk; raises CrsFileRefusedError if the file cannot be read or has other bytes there."""
        del unfinished
        content = await asyncio.to_thread(self._read, chunk)
        if not await asyncio.to_thread(chunk.matches, content):
            raise CrsFileRefusedError(f"{self.path} has other bytes from {chunk.offset:,} on.")
        report(chunk.length)
        return content

    def _read(self, chunk: ChunkPin) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(chunk.offset)
                return file.read(chunk.length)
        except OSError as error:
            raise CrsFileRefusedError(f"{self.path}: {error.strerror}.") from error
