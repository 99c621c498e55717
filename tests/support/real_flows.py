"""Flows on a real network, with new wallets."""

from __future__ import annotations

import os
from pathlib import Path

from support.installed import link_libraries
from support.local_prover import real_backend, real_installation
from tee_rex.aztec.flows.events import FlowEvent
from tee_rex.aztec.flows.interface import FlowOptions
from tee_rex.aztec.flows.report import FlowKind
from tee_rex.aztec.flows.runner import AztecFlow
from tee_rex.aztec.wallet.runtime import BridgeProvider, InstalledBridges
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.provers import Prover
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.request import ProverBackend, ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


def flow_on(
    url: str,
    kind: FlowKind,
    wallet: Path,
    *,
    backend: ProverBackend | None = None,
    mode: ProvingMode = ProvingMode.LOCAL,
    salt: int = 0,
    proofs: bool = True,
    bridges: BridgeProvider | None = None,
) -> AztecFlow:
    """A flow with a new wallet in ``wallet``; the wallet's process is installed in the user's data folder."""
    real, proving = real_installation(), backend or real_backend()
    return AztecFlow(
        kind,
        FlowOptions(url, salt, proofs),
        Prover(lambda _mode: proving, mode),
        DownloadingInstallation(Paths(wallet, wallet), real.pins),
        bridges=bridges or InstalledBridges(Paths.from_environment(os.environ)),
    )


async def home_with_installed_wallet(home: Path) -> Path:
    """A data folder without keys that shares the user's installed programs."""
    paths = real_installation().paths
    await InstalledBridges(paths).command(TrustedSetup.DEVELOPMENT, AztecVersion(4, 1, 2), ignore_progress)
    development, installed = home / "development", paths.setup_dir(TrustedSetup.DEVELOPMENT)
    development.mkdir(parents=True)
    for name in ("bridge", "bb", "crs"):
        (development / name).symlink_to(installed / name)
    link_libraries(paths, Paths(home, home / "config"))
    return home


def ignore_flow_events(_event: FlowEvent) -> None:
    """A listener for tests that need none."""
