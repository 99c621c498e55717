"""How many proofs an hour this machine makes, by slots and threads: ``tee-rex-server bench --sizes``."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import msgspec

from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.samples import account_deployment
from tee_rex.transaction.steps import ExecutionSteps

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tee_rex.local.installation import Installation
    from tee_rex.transaction.events import ProofEvent
    from tee_rex.transaction.trusted_setup import TrustedSetup


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
    installation: Installation, setup: TrustedSetup, chosen: Sequence[Size], rounds: int
) -> AsyncIterator[Measured]:
    """Prove the sample, ``rounds`` times in each slot, for each size; a first proof is not counted.

    As the server does it: a new bb for each proof. Raises what proving raises.
    """
    request = ProofRequest.recognised(ExecutionSteps.from_bytes(account_deployment(setup)))
    warm = LocalBackend(installation, LocalOptions(chosen[0].threads, None, keep_warm=False))
    await warm.prove(request, _unwatched)  # downloads, and reads files that the others find in memory
    await warm.close()
    for size in chosen:
        taken: list[float] = []
        peaks: list[int] = []

        async def fill_slot(size: Size = size, taken: list[float] = taken, peaks: list[int] = peaks) -> None:
            backend = LocalBackend(installation, LocalOptions(size.threads, None, keep_warm=False))
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


def _unwatched(_event: ProofEvent) -> None:
    """Nobody looks at the progress."""
