"""Have a transaction proved in a Nitro enclave, after its attestation was verified.

prove_in_an_enclave.py URL PCR0 STEPS
"""

import asyncio
import os
import sys
from pathlib import Path

from tee_rex import api
from tee_rex.attestation.checks import ExpectedPcrs
from tee_rex.attestation.errors import AttestationError


async def main(url: str, pcr0: str, steps: str) -> None:
    """Send nothing unless the enclave runs the build with this PCR0 (96 hexadecimal digits)."""
    request = api.read_request(Path(steps).read_bytes())
    builds = (ExpectedPcrs(pcr0=bytes.fromhex(pcr0)),)
    async with api.enclave_prover(api.this_machine(os.environ), url, builds=builds) as prover:
        try:
            result = await prover.prove(request, time_limit=300)
        except AttestationError as refusal:
            sys.exit(f"Nothing was sent. {refusal} [{refusal.code}] {refusal.hint}")
    print(f"Proved by bb {result.bb.sha256[:12] if result.bb else '?'} in the attested enclave.")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
