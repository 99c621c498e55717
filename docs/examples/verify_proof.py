"""Verify a proof against the execution steps it was made from.

verify_proof.py PROOF STEPS
"""

import asyncio
import os
import sys
from pathlib import Path

import tee_rex


async def main(proof: str, steps: str) -> bool:
    """Whether bb accepts the proof."""
    request = tee_rex.read_request(Path(steps).read_bytes())
    candidate = tee_rex.ChonkProof.from_wire(Path(proof).read_bytes(), request.steps.generation)
    return await tee_rex.verify(tee_rex.this_machine(os.environ), candidate, request)


if __name__ == "__main__":
    valid = asyncio.run(main(*sys.argv[1:]))
    print("valid" if valid else "NOT VALID")
    sys.exit(not valid)
