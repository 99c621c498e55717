"""The real embedded prover on this machine, under the development setup, for integration tests."""

from __future__ import annotations

import os
from pathlib import Path

from support.recorded_steps import development_deployment
from tee_rex.bb.pins import BbPins
from tee_rex.crs.crs import MIN_POINTS, Crs
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.session import BbSession
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup


def real_installation() -> DownloadingInstallation:
    """Bb and the CRS in the user's own data folder, brought there when they are missing."""
    return DownloadingInstallation(Paths.from_environment(os.environ), BbPins.shipped())


def deployment_request() -> ProofRequest:
    """The recorded account deployment, ready to prove."""
    return ProofRequest.recognised(ExecutionSteps.from_bytes(development_deployment()))


async def development_crs() -> Crs:
    """131,072 points of the development setup."""
    return await real_installation().crs(TrustedSetup.DEVELOPMENT, MIN_POINTS, ignore_progress)


async def development_session(
    *, threads: int = 2, memory_limit: int | None = None, grumpkin_file: Path | None = None
) -> BbSession:
    """A session on the development bb."""
    installation = real_installation()
    command = await installation.bb(
        installation.pins.default_version, TrustedSetup.DEVELOPMENT, ignore_progress
    )
    crs = await development_crs()
    return await BbSession.start(
        command.argv, crs, threads=threads, memory_limit=memory_limit, grumpkin_file=grumpkin_file
    )
