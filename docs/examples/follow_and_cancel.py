"""Follow a proof while it is made; Ctrl-C or SECONDS cancel it, which ends bb.

follow_and_cancel.py STEPS SECONDS
"""

import asyncio
import os
import sys
from pathlib import Path

import tee_rex


def show(event: tee_rex.ProofEvent) -> None:
    """Runs in the event loop, so it must be quick."""
    match event:
        case tee_rex.TaskProgress(label=label, done=done, unit=unit):
            print(f"{label}: {done:,} {unit}")
        case tee_rex.PhaseStarted(phase=phase):
            print(f"{phase} …")
        case tee_rex.CircuitEnded(index=index, count=count, timing=timing):
            print(f"{index + 1}/{count} {timing.name} {timing.accumulate_ms:.0f} ms")


async def main(steps: str, seconds: str) -> None:
    """Prove for at most ``seconds``."""
    request = tee_rex.read_request(Path(steps).read_bytes())
    async with tee_rex.local_prover(tee_rex.this_machine(os.environ)) as prover:
        try:
            async with asyncio.timeout(float(seconds)):  # task.cancel() does the same
                await prover.prove(request, listener=show)
        except TimeoutError:
            print("Cancelled; nothing is left running.")
        except tee_rex.TeeRexError as error:
            print(f"{error.title} [{error.code}]: {error.message} {error.hint}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
