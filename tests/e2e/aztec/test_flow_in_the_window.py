"""The real window on a real local network: one press of a button deploys an account."""

from __future__ import annotations

import os
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from PySide6.QtWidgets import QApplication

from support.app_window import App, installed_home, with_app
from support.devnet import ON_DEVNET
from tee_rex.aztec.flows.interface import Flow, FlowOptions
from tee_rex.aztec.flows.report import FlowKind
from tee_rex.aztec.flows.runner import AztecFlow
from tee_rex.aztec.wallet.runtime import InstalledBridges
from tee_rex.devnet.network import NetworkStatus
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.provers import Prover
from tee_rex.settings.paths import Paths
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.runs import Outcome, RunStage
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.ui.theme import Theme

pytestmark = [*ON_DEVNET, pytest.mark.timeout(1500)]


def flow(kind: FlowKind, options: FlowOptions, prover: Prover, installation: DownloadingInstallation) -> Flow:
    """A real one, whose wallet is installed in the user's data folder."""
    bridges = InstalledBridges(Paths.from_environment(os.environ))
    return AztecFlow(kind, options, prover, installation, bridges=bridges)


def test_an_account_is_deployed_from_the_window(
    qapp: QApplication, devnet: NetworkStatus, tmp_path: Path
) -> None:
    home = installed_home(tmp_path)

    async def act(app: App) -> None:
        store, prove = app.application.store, app.window.prove

        await app.settled()
        await app.until(lambda: app.status(ServiceName.NODE) is ServiceStatus.READY, 60.0)
        prove.deploy.click()
        task = app.application.runs.task
        assert task is not None
        circuits: set[int] = set()

        def ended() -> bool:
            shown = store.state.flow.proof if store.state.flow else None
            if shown is not None and shown.current is not None:
                circuits.add(shown.current)
            return task.done()

        await app.until(ended, 900.0)
        assert store.state.problem is None
        assert store.state.flow is not None
        assert store.state.flow.stage is RunStage.DONE
        assert prove.flow_card.title.text() == "✓ Account deployed"
        assert len(circuits) > 5
        (run,) = store.state.history or ()
        assert (run.outcome, run.setup) == (Outcome.VERIFIED, TrustedSetup.DEVELOPMENT)
        assert run.flow is not None
        (step,) = run.flow.steps
        assert step.block
        assert step.proof is not None
        assert len(step.proof.circuits) == 11
        total = prove.breakdown.tree.topLevelItem(0)
        assert total is not None
        assert total.childCount() == 2

    with_app(qapp, Theme(qapp), home, act, environ={"AZTEC_NODE_URL": devnet.node_url or ""}, flow=flow)
