"""``tee-rex setup``: downloads in advance what would be downloaded when first needed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.terminal.console import Style, run_command, say, show_task_progress

if TYPE_CHECKING:
    from tee_rex.local.sample import SampleChoice


def setup(
    *,
    wallet: Annotated[
        bool,
        typer.Option(
            "--wallet",
            help="Also download the wallet of 'tee-rex flow' (159 MB and npm metadata for each setup).",
        ),
    ] = False,
) -> None:
    """Download everything that proving the bundled sample on this machine needs."""
    from tee_rex.cli.proof_view import no_genuine_crs

    obstacle = run_command(_setup()).obstacle
    if obstacle is not None:
        say(f"! {no_genuine_crs(obstacle)}", Style.WARNING)
    say("✓ Ready: bb and the CRS are installed. Try: tee-rex demo")
    if wallet:
        run_command(_install_wallet())
        say("✓ Ready: the wallet is installed. Try: tee-rex flow account --node URL")


async def _install_wallet() -> None:
    from tee_rex.aztec.wallet.runtime import InstalledBridges
    from tee_rex.aztec.wallet.sources import shipped_bridges
    from tee_rex.settings.paths import Paths
    from tee_rex.system.platform import Platform
    from tee_rex.transaction.trusted_setup import TrustedSetup

    bridges = InstalledBridges(Paths.from_environment(os.environ))
    development_here = Platform.current() is Platform.AMD64_LINUX
    setups = tuple(TrustedSetup) if development_here else (TrustedSetup.GENUINE,)
    with show_task_progress() as progress:
        for bridge in shipped_bridges():
            for setup in setups:
                await bridges.command(setup, bridge.version, progress)


async def _setup() -> SampleChoice:
    from tee_rex.crs.crs import MIN_POINTS
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.local.sample import choose_sample
    from tee_rex.settings.paths import Paths
    from tee_rex.transaction.request import ProofRequest
    from tee_rex.transaction.samples import account_deployment
    from tee_rex.transaction.steps import ExecutionSteps
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex.updates.pins import current_pins

    paths = Paths.from_environment(os.environ)
    installation = DownloadingInstallation(paths, current_pins(paths))
    with show_task_progress() as progress:
        choice = await choose_sample(installation, progress)
        sample = ProofRequest.recognised(ExecutionSteps.from_bytes(account_deployment(choice.setup)))
        await installation.bb(sample.version, TrustedSetup.GENUINE, progress)
        await installation.bb(sample.version, sample.setup, progress)
        await installation.crs(sample.setup, MIN_POINTS, progress)
    return choice
