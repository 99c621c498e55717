"""A request that names its bb is proved by no other, whatever is installed by then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from support.errors import raises
from support.programs import in_place_of_bb
from support.recorded_steps import development_deployment
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand
from tee_rex.errors.catalogue.bb import BB_REPLACED
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.local.installation import Installation
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ProgressListener
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class WithAnotherBb(Installation):
    """Has another bb by the time of the proof."""

    async def bb(self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener) -> BbCommand:
        """It."""
        command = in_place_of_bb(Path("/bin/true"))
        return replace(command, executable=replace(command.executable, sha256="cd" * 32))


async def test_a_bb_that_was_replaced_since_proves_nothing(tmp_path: Path) -> None:
    installation = WithAnotherBb(Paths(tmp_path, tmp_path / "config"), BbPins.shipped())
    request = ProofRequest.recognised(ExecutionSteps.from_bytes(development_deployment()))
    backend = LocalBackend(installation, LocalOptions(threads=1))
    with raises(BB_REPLACED, match=r"4\.1\.2"):
        await backend.prove(replace(request, required_bb="ab" * 32), ignore_events)
