"""Have a transaction proved in a Nitro enclave, after its attestation was verified.

prove_in_an_enclave.py URL PCR0 STEPS
"""

import asyncio
import os
import sys
from pathlib import Path

import tee_rex


async def main(url: str, pcr0: str, steps: str) -> None:
    """Send nothing unless the enclave runs the build with this PCR0 (96 hexadecimal digits)."""
    request = tee_rex.read_request(Path(steps).read_bytes())
    builds = (tee_rex.ExpectedPcrs(pcr0=bytes.fromhex(pcr0)),)
    async with tee_rex.enclave_prover(tee_rex.this_machine(os.environ), url, builds=builds) as prover:
        try:
            result = await prover.prove(request, time_limit=300)
        except tee_rex.AttestationError as refusal:
            sys.exit(f"{refusal} [{refusal.code}] {refusal.hint}")
    print(f"Proved by bb {result.bb.sha256[:12] if result.bb else '?'} in the attested enclave.")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
