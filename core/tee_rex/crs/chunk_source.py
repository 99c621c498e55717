"""Where chunks come from that are not on the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tee_rex.crs.pins import ChunkPin


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """What a source's work is called (see TaskProgress), and how many bytes of a chunk are one unit of it."""

    task: str
    label: str
    unit: str = "bytes"
    chunk_bytes: int = 1


class ChunkSource(Protocol):
    """A download, a computation, a file."""

    @property
    def work_unit(self) -> WorkUnit:
        """How its progress is to be reported."""

    async def fetch(self, chunk: ChunkPin, unfinished: Path, report: Callable[[int], None]) -> bytes:
        """The chunk's content, which the source has checked; ``report`` gets the bytes that are there.

        unfinished: a file, perhaps absent, that holds what an earlier attempt left. The source may use it and
        leave in it what the next attempt can use.
        """
