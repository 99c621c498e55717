"""The points of a trusted setup on disk: checked whenever they are read, fetched when missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tee_rex.crs.crs import POINT_BYTES, ChunkPin, Crs, CrsPins
from tee_rex.errors.catalogue.crs import CRS_CHUNK_REFUSED, CRS_MISSING
from tee_rex.settings.paths import Paths
from tee_rex.system.files import disk_errors, exclusive, move_into_place, open_regular, require_own
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress
from tee_rex.system.threads import finish_in_thread, read_in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """The name of a source's work (see TaskProgress), and how many bytes of a chunk are one unit of it."""

    task: str
    label: str
    unit: str = "bytes"
    chunk_bytes: int = 1


class ChunkSource(Protocol):
    """Where chunks that are not on the disk come from: a download, a computation, a file."""

    @property
    def work_unit(self) -> WorkUnit:
        """How to report its progress."""

    async def fetch(self, chunk: ChunkPin, unfinished: Path, report: Callable[[int], None]) -> bytes:
        """The chunk's content, checked by the source; ``report`` receives the number of bytes so far.

        unfinished: a file, perhaps missing, with what an earlier attempt left. The source may use it, and
        leave in it what the next attempt can use.
        """


class CrsStore:
    """A folder with a file for each chunk, shared by all processes; it grows when more points are needed.

    Chunks are checked in memory before they are handed out, so nobody can change them in between; files are
    replaced atomically. Only filling the store takes its lock and needs a writable folder.
    """

    def __init__(
        self,
        folder: Path,
        pins: CrsPins,
        source: ChunkSource | None = None,
        top: Path | None = None,
        bundled: Path | None = None,
    ) -> None:
        """folder: of the chunks. source: of missing ones, None for nowhere.

        top: the outermost folder that only this user may change; None: ``folder``. bundled: another folder of
        chunks, which is only read.
        """
        self._folder = folder
        self._bundled = bundled
        self._top = top or folder
        self._pins = pins
        self._source = source

    async def load(self, points: int, progress: ProgressListener = ignore_progress) -> Crs:
        """The first ``points`` points (whole chunks), fetching those that are missing or damaged.

        Raises CRS_TOO_SMALL, CRS_MISSING (no source), what the source raises, DISK_FULL,
        DISK_NOT_WRITABLE, CHANGEABLE_BY_OTHERS. Cancelled while fetching, it leaves whole chunks and at most
        one unfinished one.
        """
        chunks = self._pins.chunks(points)
        for chunk in chunks:
            require_own(self._file(chunk), self._top)
        g1 = memoryview(bytearray(points * POINT_BYTES))
        missing = await self._read_all(chunks, g1)
        if missing:
            await self._fill(missing, g1, progress)
        return Crs(self._pins.setup, points, g1.toreadonly(), self._pins.g2)

    async def intact_chunks(self) -> tuple[bool, ...]:
        """For every pinned chunk, whether it is stored and intact."""
        chunks = self._pins.chunks(self._pins.max_points)
        return tuple(
            [await read_in_thread(self._read, chunk, memoryview(bytearray(chunk.length))) for chunk in chunks]
        )

    @property
    def pinned_chunks(self) -> tuple[ChunkPin, ...]:
        """Every chunk that the store can hold."""
        return self._pins.chunks(self._pins.max_points)

    def stored(self, chunk: ChunkPin) -> bool:
        """Whether a file of the chunk's length exists; only ``load`` checks that it is intact."""
        for file in self._files(chunk):
            with suppress(OSError):
                if file.stat().st_size == chunk.length:
                    return True
        return False

    async def keep(self, chunk: ChunkPin, content: bytes | bytearray) -> None:
        """Store a chunk that the caller got elsewhere.

        Raises CRS_FILE_REFUSED unless it is the pinned one, DISK_FULL, DISK_NOT_WRITABLE.
        """
        if not await read_in_thread(chunk.matches, content):
            raise CRS_CHUNK_REFUSED(index=chunk.index, setup=self._pins.setup.value)
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            async with exclusive(self._folder / "lock"):
                await finish_in_thread(self._save, chunk, content)

    async def _fill(self, missing: Sequence[ChunkPin], g1: memoryview, progress: ProgressListener) -> None:
        source = self._source
        if source is None:
            raise CRS_MISSING(count=len(missing), folder=str(self._folder))
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            async with exclusive(self._folder / "lock"):
                # Another process may have fetched them while this one waited.
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

                if missing:
                    report(0)
                for chunk in missing:
                    content = await source.fetch(chunk, self._unfinished(chunk), report)
                    if not await read_in_thread(chunk.matches, content):
                        raise RuntimeError("a source returned a chunk that it had not checked")
                    await finish_in_thread(self._save, chunk, content)
                    g1[chunk.place] = content
                    fetched += chunk.length

    async def _read_all(self, chunks: Sequence[ChunkPin], g1: memoryview) -> list[ChunkPin]:
        """Read chunks into their places; returns the missing and damaged ones."""
        return [chunk for chunk in chunks if not await read_in_thread(self._read, chunk, g1[chunk.place])]

    def _read(self, chunk: ChunkPin, place: memoryview) -> bool:
        for path in self._files(chunk):
            with suppress(OSError), open_regular(path) as file:
                if file.readinto(place) == chunk.length and chunk.matches(place):
                    return True
        return False

    def _save(self, chunk: ChunkPin, content: bytes | bytearray) -> None:
        unfinished = self._unfinished(chunk)
        unfinished.unlink(missing_ok=True)
        with unfinished.open("xb") as file:
            file.write(content)
        move_into_place(unfinished, self._file(chunk))

    def _file(self, chunk: ChunkPin) -> Path:
        return self._folder / f"g1-{chunk.index:02}.dat"

    def _files(self, chunk: ChunkPin) -> tuple[Path, ...]:
        own = self._file(chunk)
        return (own,) if self._bundled is None else (own, self._bundled / own.name)

    def _unfinished(self, chunk: ChunkPin) -> Path:
        return self._folder / f"g1-{chunk.index:02}.unfinished"


def crs_store(paths: Paths, setup: TrustedSetup, source: ChunkSource | None = None) -> CrsStore:
    """The store of one trusted setup, with its shipped pins."""
    bundled = None if paths.bundled is None else paths.bundled.crs_dir(setup)
    return CrsStore(paths.crs_dir(setup), CrsPins.shipped(setup), source, paths.data, bundled)
