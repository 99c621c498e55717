from __future__ import annotations

import asyncio
import gc
import sys
from dataclasses import dataclass, field, replace

import pytest

from support.errors import some_error
from support.local_prover import deployment_request, mock_request, real_installation
from support.processes import running_bbs
from support.remote_client import NOWHERE, small_request
from support.scripted_server import SOME_PROOF
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand
from tee_rex.crs.crs import Crs
from tee_rex.errors import TeeRexError, UnusableEnvironmentError
from tee_rex.errors.tree import BbCorruptError, BbMissingError, BbNotPinnedError, BbUnavailableHereError
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.installation import Installation
from tee_rex.remote import client
from tee_rex.remote.client import ProofVerifier
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class BrokenInstallation(Installation):
    """An installation without bb."""

    error: TeeRexError = field(default_factory=lambda: some_error(TeeRexError))

    async def bb(self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener) -> BbCommand:
        raise self.error


async def valid(error: TeeRexError) -> bool | None:
    installation = BrokenInstallation(NOWHERE, BbPins.shipped(), error=error)
    async with ProofVerifier(installation, small_request(), ignore_progress) as verifier:
        return await verifier.verify(SOME_PROOF)


@pytest.mark.parametrize(
    "error", [BbUnavailableHereError, BbMissingError, UnusableEnvironmentError, BbNotPinnedError]
)
async def test_without_bb_nothing_is_verified(error: type[TeeRexError]) -> None:
    assert await valid(some_error(error)) is None


async def test_a_corrupt_bb_is_an_error_and_not_an_unverified_proof() -> None:
    with pytest.raises(BbCorruptError):
        await valid(some_error(BbCorruptError))


@dataclass(frozen=True, slots=True)
class EmulatedProcessor(Installation):
    """The real installation, whose bb runs on a processor that QEMU emulates."""

    real: DownloadingInstallation = field(default_factory=real_installation)
    model: str = ""

    async def bb(self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener) -> BbCommand:
        command = await self.real.bb(version, setup, progress)
        return replace(command, loader=("qemu-x86_64", "-cpu", self.model, *command.loader))

    async def crs(self, setup: TrustedSetup, points: int, progress: ProgressListener) -> Crs:
        return await self.real.crs(setup, points, progress)


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux")
@pytest.mark.parametrize("model", ["max,-adx", "max,-avx2"])
async def test_a_processor_that_bb_is_not_compiled_for_verifies_nothing(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proving on a server still works: bb 5 ends when it starts, or only when it verifies."""
    monkeypatch.setattr("tee_rex.local.process.processor_flags", lambda: frozenset({"sse2"}))
    here = EmulatedProcessor(NOWHERE, BbPins.shipped(), model=model)
    request = mock_request()
    async with ProofVerifier(here, request, ignore_progress) as verifier:
        proof = replace(SOME_PROOF, generation=request.steps.generation)
        assert await verifier.verify(proof) is None
    assert running_bbs() == []


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux")
@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.1, 0.12, 0.14, 0.2, 1.0])
async def test_leaving_ends_bb_in_whatever_state_it_is(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "HEAD_START_SECONDS", 0)

    async def check_and_stay() -> None:
        async with ProofVerifier(real_installation(), deployment_request(), ignore_progress) as verifier:
            await verifier.verify(SOME_PROOF)
            await asyncio.sleep(5)

    async with ProofVerifier(real_installation(), deployment_request(), ignore_progress):
        await asyncio.sleep(seconds)
    assert running_bbs() == []
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(check_and_stay(), seconds)
    assert running_bbs() == []
    gc.collect()  # a socket left open would be told of now
