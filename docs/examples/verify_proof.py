"""Verify a proof against the steps that it was made from.

verify_proof.py PROOF STEPS
"""

import asyncio
import os
import sys
from pathlib import Path

from tee_rex import api


async def main(proof: str, steps: str) -> bool:
    """Tell whether bb accepts the proof."""
    candidate = api.ChonkProof.from_wire(Path(proof).read_bytes())
    request = api.read_request(Path(steps).read_bytes())
    return await api.verify(api.this_machine(os.environ), candidate, request)


if __name__ == "__main__":
    valid = asyncio.run(main(*sys.argv[1:]))
    print("valid" if valid else "NOT VALID")
    sys.exit(not valid)
