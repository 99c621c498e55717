"""The points of the INSECURE development setup: tau is public, so anyone can forge proofs under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tee_rex.crs import bn254
from tee_rex.crs.chunk_source import WorkUnit
from tee_rex.crs.crs import POINT_BYTES
from tee_rex.crs.pins import ChunkPin
from tee_rex.system.threads import Checkpoint, in_thread

DEVELOPMENT_TAU = 0x055566667777888811112222333344440FEDCBA9876543211234567890ABCDEF


def powers_of_tau(count: int) -> list[int]:
    """tau^0, tau^1 … modulo the group's order."""
    powers = [1]
    while len(powers) < count:
        powers.append(powers[-1] * DEVELOPMENT_TAU % bn254.GROUP_ORDER)
    return powers


@dataclass(frozen=True, slots=True)
class ComputedPoints:
    """A source of chunks that needs no network: plain Python, about 10 s of one core for 131,072 points."""

    work_unit: ClassVar[WorkUnit] = WorkUnit(
        "crs.development", "Computing the INSECURE development CRS", "points", POINT_BYTES
    )

    async def fetch(self, chunk: ChunkPin, unfinished: Path, report: Callable[[int], None]) -> bytes:
        """Compute the chunk in a thread; cancelling ends the thread within 0.1 s."""
        del unfinished
        first, count = chunk.offset // POINT_BYTES, chunk.length // POINT_BYTES

        def compute(checkpoint: Checkpoint) -> bytes:
            points = bn254.multiply_all(
                bn254.GENERATOR,
                powers_of_tau(first + count)[first:],
                after_batch=lambda share_done: checkpoint(round(share_done * chunk.length)),
            )
            return b"".join(map(bn254.encode, points))

        content = await in_thread(compute, report)
        if not chunk.matches(content):
            raise RuntimeError("the computed points are not those of the development setup")
        return content
