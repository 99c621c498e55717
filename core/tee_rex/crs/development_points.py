"""The points of the INSECURE development setup: tau is public, so anyone can forge proofs under it."""

from __future__ import annotations

from pathlib import Path

from tee_rex.bb.worker_thread import Checkpoint, in_thread
from tee_rex.crs import bn254
from tee_rex.crs.crs import POINT_BYTES
from tee_rex.crs.pins import ChunkPin
from tee_rex.task_progress import ProgressListener, TaskProgress

DEVELOPMENT_TAU = 0x055566667777888811112222333344440FEDCBA9876543211234567890ABCDEF


def powers_of_tau(count: int) -> list[int]:
    """tau^0, tau^1 … modulo the group's order."""
    powers = [1]
    while len(powers) < count:
        powers.append(powers[-1] * DEVELOPMENT_TAU % bn254.GROUP_ORDER)
    return powers


class ComputedPoints:
    """A source of chunks that needs no network: plain Python, about 10 s of one core for 131,072 points."""

    async def fetch(
        self, wanted: tuple[ChunkPin, ...], position: int, unfinished: Path, progress: ProgressListener
    ) -> bytes:
        """Compute one chunk in a thread; cancelling ends the thread within a few milliseconds."""
        del unfinished
        chunk = wanted[position]
        first, count = chunk.offset // POINT_BYTES, chunk.length // POINT_BYTES

        def report(done: int) -> None:
            progress(
                TaskProgress(
                    "crs.development", "Computing the INSECURE development CRS", done, count, "points"
                )
            )

        def compute(checkpoint: Checkpoint) -> bytes:
            points = bn254.multiply_all(
                bn254.GENERATOR,
                powers_of_tau(first + count)[first:],
                after_batch=lambda share_done: checkpoint(round(share_done * count)),
            )
            return b"".join(map(bn254.encode, points))

        return await in_thread(compute, report)
