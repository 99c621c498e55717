"""Flows: missing or unreachable nodes, live progress, cancelling, the recorded run."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from support.app_window import App, RunApp, in_app, serving
from support.scripted_flow import CIRCUITS, ScriptedFlow
from support.scripted_node import GENUINE_ROOT, V5_ROOT, ScriptedNode
from tee_rex.aztec.flows.interface import FlowOptions
from tee_rex.aztec.flows.report import FlowKind, FlowStep, StepPhase
from tee_rex.errors.catalogue.aztec import BRIDGE_CRASHED, BRIDGE_VERSION_UNSUPPORTED
from tee_rex.local.installation import Installation
from tee_rex.provers import Prover
from tee_rex_app.model.runs import Outcome, RunKind, RunStage
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.model.state import Notice, Page
from tee_rex_app.text.log_messages import sentence

pytestmark = pytest.mark.integration


class Flows:
    """Makes scripted flows, and keeps the last one."""

    def __init__(self, stop_at: StepPhase | None = None) -> None:
        self.stop_at = stop_at
        self.last: ScriptedFlow | None = None

    def __call__(
        self, kind: FlowKind, options: FlowOptions, prover: Prover, installation: Installation
    ) -> ScriptedFlow:
        self.last = ScriptedFlow(kind, options, prover, installation)
        self.last.stop_at = self.stop_at
        return self.last


def a_node() -> AbstractAsyncContextManager[Mapping[str, str]]:
    """A local network."""
    return serving(ScriptedNode(), "AZTEC_NODE_URL")


def notice(app: App) -> Notice | None:
    return app.application.store.state.notice


async def ready(app: App) -> None:
    """Wait until the node has answered."""
    await app.until(lambda: app.status(ServiceName.NODE) is ServiceStatus.READY)


@in_app()
async def test_without_a_node_the_actions_name_what_is_missing(app: App) -> None:
    store, window = app.application.store, app.window
    window.prove.deploy.click()
    assert notice(app) is Notice.DEPLOY_LACKS_NODE
    assert "start a local network" in window.notice.accessibleDescription()
    window.prove.tokens.click()
    assert notice(app) is Notice.TOKENS_LACK_NODE
    window.notice.lead.click()
    assert store.state.page is Page.SETTINGS
    assert notice(app) is None


@in_app(environ={"AZTEC_NODE_URL": "http://127.0.0.1:1"})
async def test_an_unreachable_node_is_reported(app: App) -> None:
    await app.until(lambda: app.status(ServiceName.NODE) is ServiceStatus.UNREACHABLE)
    app.window.prove.tokens.click()
    assert app.application.store.state.notice is Notice.TOKENS_NODE_SILENT
    assert app.application.store.state.flow is None


@pytest.mark.parametrize("kind", FlowKind)
def test_a_flow_completes_and_is_recorded(run_app: RunApp, tmp_path: Path, kind: FlowKind) -> None:
    flows = Flows()

    async def act(app: App) -> None:
        store, prove = app.application.store, app.window.prove
        await ready(app)
        (prove.deploy if kind is FlowKind.ACCOUNT else prove.tokens).click()
        assert prove.flow_card.isVisible()
        assert not prove.run_card.isVisible()
        await app.proved()
        flow = store.state.flow
        assert flow is not None
        assert flow.stage is RunStage.DONE
        assert all(step.spent_ms is not None for step in flow.steps)
        assert prove.flow_card.title.text().startswith("✓")
        (run,) = store.state.history or ()
        assert (run.kind, run.outcome) == (RunKind.FLOW, Outcome.VERIFIED)
        assert run.flow is not None
        assert len(run.flow.steps) == len(flow.steps)
        assert store.state.selected == run
        total = prove.breakdown.tree.topLevelItem(0)
        assert total is not None
        step = total.child(1)
        assert step is not None
        parts = [part.text(0) for at in range(4) if (part := step.child(at)) is not None]
        assert parts == ["Simulate", "Prove", "Send", "Confirm"]
        assert flows.last is not None
        assert flows.last.options.sponsored_fpc_salt == 42
        told = [entry for entry in app.application.log.entries() if entry.event.startswith("flow.")]
        assert (told[0].event, told[-1].event) == ("flow.started", "flow.done")
        sent = [entry for entry in told if entry.event == "flow.sent"]
        assert [entry.link for entry in sent] == [
            step.explorer_url or "" for step in flow.steps if step.transaction
        ]
        assert [entry.event for entry in told].count("flow.step-ended") == len(flow.steps)
        assert not any(sentence(entry).startswith(entry.event) for entry in told)

    run_app(tmp_path, act, environ={"SPONSORED_FPC_SALT": "0x2a"}, serving=a_node(), flow=flows)


def test_progress_names_step_phase_and_circuit(run_app: RunApp, tmp_path: Path) -> None:
    flows = Flows(StepPhase.PROVE)

    async def act(app: App) -> None:
        store, card = app.application.store, app.window.prove.flow_card
        await ready(app)
        app.window.prove.tokens.click()
        await app.until(
            lambda: store.state.flow and store.state.flow.proof and store.state.flow.proof.current
        )
        assert card.title.text() == "Step 1 of 6 · Deploy the account"
        assert card.accessibleDescription() == f"Proving · circuit 2 of 3 · {CIRCUITS[1]}"
        assert len(card.row.block_rects()) == len(CIRCUITS) + 1
        assert store.state.running
        assert not app.window.prove.prove_sample.isEnabled()
        assert app.status(ServiceName.WALLET) is ServiceStatus.READY
        row = app.window.services.rows[ServiceName.WALLET]
        assert (row._status.text(), row.detail.text()) == ("ready", "Open: the running flow uses it.")
        assert flows.last is not None
        flows.last.gate.set()
        await app.proved()
        assert app.window.prove.prove_sample.isEnabled()

    run_app(tmp_path, act, serving=a_node(), flow=flows)


@pytest.mark.parametrize("phase", StepPhase)
def test_cancelling_ends_the_flow_in_every_phase(run_app: RunApp, tmp_path: Path, phase: StepPhase) -> None:
    flows = Flows(phase)

    async def act(app: App) -> None:
        store, window = app.application.store, app.window
        await ready(app)
        window.prove.tokens.click()
        await app.until(lambda: store.state.flow and store.state.flow.phase is phase)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert window.prove.flow_card.question.isVisible()
        QTest.keyClick(window, Qt.Key.Key_Escape)
        await app.proved()
        assert flows.last is not None
        assert not flows.last.running
        assert app.flow.stage is RunStage.CANCELLED
        (run,) = store.state.history or ()
        assert run.outcome is Outcome.CANCELLED
        assert run.flow is not None
        assert run.flow.cancelled

    run_app(tmp_path, act, serving=a_node(), flow=flows)


def test_a_failure_is_explained_and_the_completed_steps_recorded(run_app: RunApp, tmp_path: Path) -> None:
    flows = Flows(StepPhase.SEND)

    async def act(app: App) -> None:
        store = app.application.store
        await ready(app)
        app.window.prove.tokens.click()
        await app.until(lambda: store.state.flow and store.state.flow.phase is StepPhase.SEND)
        assert flows.last is not None
        flows.last.error = BRIDGE_CRASHED(reason="It was terminated by SIGKILL.", diagnostics="0x1234")
        flows.last.gate.set()
        await app.proved()
        assert app.problem.code == "BRIDGE_CRASHED"
        assert "0x1234" not in str(store.state)
        assert app.flow.current is FlowStep.DEPLOY_ACCOUNT
        await app.until(lambda: app.status(ServiceName.WALLET) is ServiceStatus.FAILED)
        (run,) = store.state.history or ()
        assert run.outcome is Outcome.FAILED
        assert run.error is not None

    run_app(tmp_path, act, serving=a_node(), flow=flows)


@in_app(environ={"AZTEC_NODE_URL": "http://127.0.0.1:9"})
async def test_a_service_being_checked_again_keeps_its_button(app: App) -> None:
    row = app.window.services.rows[ServiceName.NODE]
    await app.until(lambda: app.status(ServiceName.NODE) is ServiceStatus.UNREACHABLE)
    row.action.setFocus()
    QTest.keyClick(row.action, Qt.Key.Key_Space)
    assert app.status(ServiceName.NODE) is ServiceStatus.CHECKING
    assert app.window.focusWidget() is row.action
    await app.until(lambda: app.status(ServiceName.NODE) is ServiceStatus.UNREACHABLE)


def test_a_flow_can_be_cancelled_before_it_has_begun(run_app: RunApp, tmp_path: Path) -> None:
    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await ready(app)
        window.prove.deploy.setFocus()
        QTest.keyClick(window.prove.deploy, Qt.Key.Key_Space)
        assert window.focusWidget() is window.prove.flow_card.cancel
        QTest.keyClick(window.prove.flow_card.cancel, Qt.Key.Key_Space)
        await app.proved()
        assert app.flow.stage is RunStage.CANCELLED
        assert window.focusWidget() is window.prove.deploy
        assert [run.outcome for run in store.state.history or ()] == [Outcome.CANCELLED]

    run_app(tmp_path, act, serving=a_node(), flow=Flows(StepPhase.PROVE))


@pytest.mark.parametrize(
    ("version", "root", "words"),
    [("5.2.0", V5_ROOT, "are proved as usual"), ("4.4.0", GENUINE_ROOT, "the first time you need it")],
)
def test_the_wallet_tells_what_works_on_the_nodes_network(
    run_app: RunApp, tmp_path: Path, version: str, root: str, words: str
) -> None:
    async def act(app: App) -> None:
        await ready(app)
        row = app.window.services.rows[ServiceName.WALLET]
        await app.until(lambda: words in row.accessibleDescription())
        assert "differ" not in app.window.services._versions.text()

    node = ScriptedNode(root=root, nodeVersion=version)
    run_app(tmp_path, act, serving=serving(node, "AZTEC_NODE_URL"))


def test_a_flow_without_a_wallet_says_that_the_rest_works(run_app: RunApp, tmp_path: Path) -> None:
    async def act(app: App) -> None:
        await ready(app)
        app.window.prove.deploy.click()
        await app.proved()
        problem = app.application.store.state.problem
        assert problem is not None
        assert problem.code == BRIDGE_VERSION_UNSUPPORTED.code
        assert "proves Aztec 5.2.0 transactions" in str(problem.message)
        await app.until(lambda: app.status(ServiceName.WALLET) is ServiceStatus.NOT_OFFERED)

    node = ScriptedNode(root=V5_ROOT, nodeVersion="5.2.0")
    run_app(tmp_path, act, serving=serving(node, "AZTEC_NODE_URL"))
