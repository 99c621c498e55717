"""``tee-rex setup``: everything that the recorded sample needs, brought now instead of on first use."""

from __future__ import annotations

import os

from tee_rex.cli.console import run_command, say, task_progress_shown


def setup() -> None:
    """Bring what local proving needs, for the setup of the recorded sample; quick when it is there."""
    run_command(_setup())
    say("✓ Ready: bb and the CRS are installed. Try: tee-rex demo")


async def _setup() -> None:
    from tee_rex.backend import ProofRequest
    from tee_rex.bb.pins import BbPins
    from tee_rex.crs.crs import MIN_POINTS
    from tee_rex.local.installation import Installation
    from tee_rex.paths import Paths
    from tee_rex.samples import account_deployment
    from tee_rex.steps import ExecutionSteps
    from tee_rex.trusted_setup import TrustedSetup

    sample = ProofRequest.recognised(ExecutionSteps.from_bytes(account_deployment()))
    installation = Installation(Paths.from_environment(os.environ), BbPins.shipped())
    with task_progress_shown() as progress:
        await installation.bb(sample.version, TrustedSetup.GENUINE, progress)
        await installation.bb(sample.version, sample.setup, progress)
        await installation.crs(sample.setup, MIN_POINTS, progress)
