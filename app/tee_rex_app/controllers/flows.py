"""Runs flows on the Aztec network of the settings, every proof in the chosen mode."""

from __future__ import annotations

from functools import partial
from statistics import median

from tee_rex.aztec.flows.events import FlowEvent, FlowListener, FlowPlanned
from tee_rex.aztec.flows.interface import Flow, FlowOptions
from tee_rex.aztec.flows.report import FlowKind, FlowReport, FlowStep
from tee_rex.errors import TeeRexError
from tee_rex.errors.report import ErrorReport
from tee_rex.errors.tree import BridgeError, WalletError
from tee_rex.settings.rules import salt_of
from tee_rex.transaction.report import ProofReport
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.runs import RunEnd, RunJob, RunsController
from tee_rex_app.controllers.services import ServicesController, WalletController
from tee_rex_app.model.expected_times import step_ms
from tee_rex_app.model.local_network import NetworkStage
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.model.runs import RUNS_FOR_USUAL, FlowState, Outcome, RunKind
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.model.state import Notice
from tee_rex_app.services.followers import FlowFollower
from tee_rex_app.text import flow_labels
from tee_rex_app.text.translation import tr


class FlowsController:
    """Starts flows."""

    def __init__(
        self,
        context: ControllerContext,
        runs: RunsController,
        services: ServicesController,
        wallet: WalletController,
    ) -> None:
        self._context = context
        self._runs = runs
        self._services = services
        self._wallet = wallet

    def run_flow(self, kind: FlowKind) -> None:
        """Run a flow, or show what is wrong with the node."""
        store = self._context.store
        state = store.state
        if state.busy:
            return
        node = state.service(ServiceName.NODE).status
        account = kind is FlowKind.ACCOUNT
        if node is not ServiceStatus.READY and state.local_network.stage is NetworkStage.STARTING:
            store.update(notice=Notice.NETWORK_STARTING)
            return
        if node is ServiceStatus.NOT_CONFIGURED:
            store.update(notice=Notice.DEPLOY_LACKS_NODE if account else Notice.TOKENS_LACK_NODE)
            return
        if node is ServiceStatus.UNREACHABLE:
            store.update(notice=Notice.DEPLOY_NODE_SILENT if account else Notice.TOKENS_NODE_SILENT)
            self._services.check_again(ServiceName.NODE)
            return
        flow = FlowState(
            kind=kind,
            mode=state.mode,
            started=self._context.dependencies.clock(),
            expected_ms=self._expected_ms(kind),
        )
        job = _FlowJob(self._context, self._runs, self._wallet, flow)
        self._runs.start(flow, job, Repeat(partial(self.run_flow, kind)))

    def _expected_ms(self, kind: FlowKind) -> dict[FlowStep, float]:
        """The median time of each step in the last such flows in this mode."""
        state = self._context.store.state
        flows = [
            run.flow
            for run in state.history or ()
            if run.flow
            and run.flow.flow is kind
            and (run.mode, run.outcome) == (state.mode, Outcome.VERIFIED)
        ][:RUNS_FOR_USUAL]
        times: dict[FlowStep, list[float]] = {}
        for flow in flows:
            for step in flow.steps:
                if (spent_ms := step_ms(step)) is not None:
                    times.setdefault(step.step, []).append(spent_ms)
        return {step: median(spent) for step, spent in times.items()}


class _FlowJob(RunJob):
    """One flow."""

    kind = RunKind.FLOW

    def __init__(
        self, context: ControllerContext, runs: RunsController, wallet: WalletController, begun: FlowState
    ) -> None:
        self.source = flow_labels.flow_name(begun.kind)
        self._context = context
        self._runs = runs
        self._wallet = wallet
        self._begun = begun
        self._flow: Flow | None = None

    async def run(self) -> RunEnd:
        """Run the flow with a prover that stays warm between its proofs."""
        self._wallet.show_opening()
        settings, begun = self._context.settings, self._begun
        failure: Problem | None = None
        try:
            options = FlowOptions(
                node_url=self._context.node_url.value,
                sponsored_fpc_salt=salt_of(settings.sponsored_fpc_salt.value or "0"),
            )
            async with self._context.prover(begun.mode) as prover:
                make_flow = self._context.dependencies.flow
                self._flow = make_flow(begun.kind, options, prover, self._context.installation)
                report = await self._flow.run(self._listener())
        except (BridgeError, WalletError) as error:
            failure = Problem.of(error)
            raise
        finally:
            self._wallet.show_closed(failure)
        return RunEnd(Outcome.VERIFIED if _all_verified(report) else Outcome.UNVERIFIED, report)

    def failed(self, error: TeeRexError) -> FlowReport:
        """Report the completed steps and the error."""
        if self._flow is not None:
            return self._flow.report(error)
        return FlowReport(flow=self._begun.kind, mode=self._begun.mode, error=ErrorReport.of(error))

    def cancelled(self) -> FlowReport | None:
        """Report the completed steps."""
        return None if self._flow is None else self._flow.report(cancelled=True)

    def _listener(self) -> FlowListener:
        follower = FlowFollower(
            self._begun,
            self._context.dependencies.clock,
            self._earlier_proofs,
            tr("final proof and self-check"),
        )

        def on_event(event: FlowEvent) -> None:
            follower.on_event(event)
            self._runs.show(follower.flow)
            if isinstance(event, FlowPlanned):
                self._wallet.show_in_use()

        return on_event

    def _earlier_proofs(self, step: FlowStep) -> list[ProofReport]:
        mode = self._begun.mode
        history = self._context.store.state.history or ()
        flows = [run.flow for run in history if run.flow and run.mode is mode]
        return [one.proof for flow in flows for one in flow.steps if one.step is step and one.proof]


def _all_verified(report: FlowReport) -> bool:
    proofs = [step.proof for step in report.steps if step.proof is not None]
    return bool(proofs) and all(proof.verified for proof in proofs)
