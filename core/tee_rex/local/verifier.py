"""Verifying a proof with the bb of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tee_rex.crs.crs import MIN_POINTS
from tee_rex.local.session import BbSession

if TYPE_CHECKING:
    from tee_rex.local.installation import Installation
    from tee_rex.system.progress import ProgressListener
    from tee_rex.transaction.proof import ChonkProof
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex.transaction.versions import AztecVersion


async def verify_proof(
    installation: Installation,
    proof: ChonkProof,
    verification_key: bytes,
    setup: TrustedSetup,
    version: AztecVersion,
    progress: ProgressListener,
) -> bool:
    """Whether ``proof`` is valid under ``verification_key`` (4,064 bytes) and ``setup``.

    Takes about 0.3 s with everything installed. Raises an UnusableEnvironmentError or a ProvingError.
    """
    command = await installation.bb(version, setup, progress)
    crs = await installation.crs(setup, MIN_POINTS, progress)
    session = await BbSession.start(
        command.argv, crs, threads=1, grumpkin_file=installation.paths.grumpkin_file
    )
    try:
        return await session.verify(proof, verification_key)
    finally:
        await session.close()
