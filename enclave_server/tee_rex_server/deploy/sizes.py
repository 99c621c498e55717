"""How many proofs an hour this machine makes, by slots and threads: ``tee-rex-server bench --sizes``."""

from __future__ import annotations

import asyncio
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tee_rex.system.threads import usable_cores

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from tee_rex.transaction.events import ProofEvent
    from tee_rex.transaction.request import ProofRequest, ProverBackend


class Size(msgspec.Struct, frozen=True):
    """A way to divide a machine: ``slots`` proofs at once, each with so many threads."""

    slots: int
    threads: int


class Measured(msgspec.Struct, frozen=True):
    """A size and its proofs. seconds: of one proof, on average. proofs_per_hour: of all slots together."""

    slots: int
    threads: int
    proofs: int
    seconds: float
    proofs_per_hour: float
    peak_memory_mb: float


def sizes(cores: int) -> list[Size]:
    """Those worth measuring: few wide slots first, down to one thread each; powers of two of slots."""
    found = []
    slots = 1
    while slots <= cores:
        found.append(Size(slots, max(1, cores // slots)))
        slots *= 2
    return found


async def measure(
    backend_with: Callable[[int], ProverBackend], request: ProofRequest, chosen: Sequence[Size], rounds: int
) -> AsyncIterator[Measured]:
    """Prove ``request``, ``rounds`` times in each slot, for each size; a first proof is not counted.

    backend_with: a new prover, from its number of threads; each slot gets one. Raises what proving raises.
    """
    first = backend_with(chosen[0].threads)
    try:
        await first.prove(request, _unwatched)  # downloads, and reads files that the others find in memory
    finally:
        await first.close()
    for size in chosen:
        taken: list[float] = []
        peaks: list[int] = []

        async def fill_slot(size: Size = size, taken: list[float] = taken, peaks: list[int] = peaks) -> None:
            backend = backend_with(size.threads)
            try:
                for _ in range(rounds):
                    started = time.monotonic()
                    result = await backend.prove(request, _unwatched)
                    taken.append(time.monotonic() - started)
                    peaks.append(result.peak_memory_bytes or 0)
            finally:
                await backend.close()

        begun = time.monotonic()
        async with asyncio.TaskGroup() as slots:
            for _ in range(size.slots):
                slots.create_task(fill_slot())
        hours = (time.monotonic() - begun) / 3600
        yield Measured(
            size.slots,
            size.threads,
            len(taken),
            round(sum(taken) / len(taken), 1),
            round(len(taken) / hours, 1),
            round(max(peaks) / 1e6, 1),
        )


def table(found: Sequence[Measured] = ()) -> str:
    """As Markdown, which a terminal shows well too: the head, then a line for each."""
    lines = ["| slots | threads | seconds a proof | proofs an hour | memory each, MB |", f"|{'-----:|' * 5}"]
    return "\n".join([*lines, *map(table_line, found)])


def table_line(one: Measured) -> str:
    """Its line in the table."""
    return (
        f"| {one.slots:5} | {one.threads:7} | {one.seconds:15.1f} | {one.proofs_per_hour:14.0f} "
        f"| {one.peak_memory_mb:15.0f} |"
    )


def machine(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """This machine, in a line, for whoever compares tables: its processor, cores and memory."""
    cpu = platform.machine()
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(": ")[2].strip() if names else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{cpu}, {usable_cores()} cores, {memory:.0f} GB"


def _unwatched(_event: ProofEvent) -> None:
    """Nobody looks at the progress."""
