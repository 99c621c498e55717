"""The real embedded prover on this machine, under the development setup, for integration tests."""

from __future__ import annotations

import asyncio
import base64
import os
from pathlib import Path

from support.recorded_steps import development_deployment, mock_transaction, mock_transaction_of_v4
from tee_rex.bb.pins import BbPins
from tee_rex.crs.crs import MIN_POINTS, Crs
from tee_rex.local.backend import LocalBackend, LocalOptions, verify_proof
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.session import BbSession
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ignore_progress
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


def real_installation() -> DownloadingInstallation:
    """Bb and the CRS in the user's own data folder, downloaded when they are missing."""
    return DownloadingInstallation(Paths.from_environment(os.environ), BbPins.shipped())


def real_backend(threads: int | None = None) -> LocalBackend:
    """The embedded prover, with this many threads (default: all cores)."""
    return LocalBackend(real_installation(), LocalOptions(threads=threads or usable_cores()))


def deployment_request() -> ProofRequest:
    """The recorded account deployment, ready to prove."""
    return ProofRequest.recognised(ExecutionSteps.from_bytes(development_deployment()))


def mock_request() -> ProofRequest:
    """A small v5 transaction, ready to prove."""
    return ProofRequest.recognised(ExecutionSteps.from_bytes(mock_transaction()))


def link_installed_bb(home: Path) -> None:
    """Give another data folder the development bb, which its first proof would download."""
    request, installation = deployment_request(), real_installation()
    asyncio.run(installation.bb(request.version, request.setup, ignore_progress))
    installed = installation.paths.bb_dir(request.setup)
    linked = home / installed.relative_to(installation.paths.data)
    linked.parent.mkdir()
    linked.symlink_to(installed)


def mock_request_of_v4(version: AztecVersion) -> ProofRequest:
    """A small transaction for bb of 4.1.2 or 4.4.0, ready to prove; no table knows its keys."""
    steps = ExecutionSteps.from_bytes(mock_transaction_of_v4())
    return ProofRequest(steps, TrustedSetup.DEVELOPMENT, version)


async def is_valid(proof: ChonkProof, request: ProofRequest) -> bool:
    """What bb's ``ChonkVerify`` says of a proof, against the last key of the request's own steps."""
    key = request.steps.final_verification_key
    return await verify_proof(
        real_installation(), proof, key, request.setup, request.version, ignore_progress
    )


async def is_valid_deployment(proof_base64: object) -> bool:
    """Whether a server's answer proves the recorded account deployment."""
    return await is_valid_answer(proof_base64, deployment_request())


async def is_valid_answer(proof_base64: object, request: ProofRequest) -> bool:
    """Whether the proof in a server's answer is one of this transaction."""
    proof = ChonkProof.from_wire(base64.b64decode(str(proof_base64)), request.steps.generation)
    return await is_valid(proof, request)


async def development_crs() -> Crs:
    """131,072 points of the development setup."""
    return await real_installation().crs(TrustedSetup.DEVELOPMENT, MIN_POINTS, ignore_progress)


async def development_session(
    *,
    version: AztecVersion | None = None,
    threads: int = 2,
    memory_limit: int | None = None,
    grumpkin_folder: Path | None = None,
    over_pipes: bool = False,
) -> BbSession:
    """A session on the development bb of a version (default: the default one)."""
    installation = real_installation()
    command = await installation.bb(
        version or installation.pins.default_version, TrustedSetup.DEVELOPMENT, ignore_progress
    )
    crs = await development_crs()
    return await BbSession.start(
        command,
        crs,
        threads=threads,
        memory_limit=memory_limit,
        grumpkin_folder=grumpkin_folder,
        over_pipes=over_pipes,
    )
