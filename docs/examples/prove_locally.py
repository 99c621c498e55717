"""Prove a transaction on this machine.

prove_locally.py STEPS PROOF
"""

import asyncio
import os
import sys
from pathlib import Path

import tee_rex


async def main(steps: str, proof: str) -> None:
    """Read execution steps, prove them, write the proof."""
    request = tee_rex.read_request(Path(steps).read_bytes())
    async with tee_rex.local_prover(tee_rex.this_machine(os.environ)) as prover:
        result = await prover.prove(request)
    Path(proof).write_bytes(result.proof.to_wire())
    print(f"Proved {len(request.steps.steps)} circuits in {result.timings.total_ms / 1000:.1f} s.")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
