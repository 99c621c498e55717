"""Follow a proof while it is made; Ctrl-C or SECONDS cancel it, and bb ends with it.

follow_and_cancel.py STEPS SECONDS
"""

import asyncio
import os
import sys
from pathlib import Path

from tee_rex import api


def show(event: api.ProofEvent) -> None:
    """Called in the event loop, so it must be quick."""
    match event:
        case api.TaskProgress(label=label, done=done, unit=unit):
            print(f"{label}: {done:,} {unit}")
        case api.PhaseStarted(phase=phase):
            print(f"{phase} …")
        case api.CircuitEnded(index=index, count=count, timing=timing):
            print(f"{index + 1}/{count} {timing.name} {timing.accumulate_ms:.0f} ms")


async def main(steps: str, seconds: str) -> None:
    """Prove for so many seconds at the most."""
    request = api.read_request(Path(steps).read_bytes())
    async with api.local_prover(api.this_machine(os.environ)) as prover:
        try:
            async with asyncio.timeout(float(seconds)):  # task.cancel() does the same
                await prover.prove(request, listener=show)
        except TimeoutError:
            print("Cancelled; nothing is left running.")
        except api.TeeRexError as error:
            print(f"{error.title} [{error.code}]: {error.message} {error.hint}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
