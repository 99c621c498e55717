"""Have a transaction proved on a server that may read it.

prove_on_a_server.py URL STEPS
"""

import asyncio
import os
import sys
from pathlib import Path

import tee_rex


async def main(url: str, steps: str) -> None:
    """Encrypt to the server's key, wait for the proof, verify it here."""
    request = tee_rex.read_request(Path(steps).read_bytes())
    async with tee_rex.remote_prover(tee_rex.this_machine(os.environ), url) as prover:
        result = await prover.prove(request, time_limit=300)
    print(f"Proved by {url}, {'verified here' if result.verified else 'not verified: no bb here'}.")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
