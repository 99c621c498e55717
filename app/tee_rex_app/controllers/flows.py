"""Runs flows on the Aztec network of the settings, every proof in the chosen mode."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from statistics import median

from tee_rex.aztec.flows.events import FlowEvent, FlowListener
from tee_rex.aztec.flows.interface import Flow, FlowOptions
from tee_rex.aztec.flows.report import FlowKind, FlowReport, FlowStep, Preparation
from tee_rex.aztec.wallet.runtime import InstalledBridges
from tee_rex.errors import BridgeError, TeeRexError, WalletError
from tee_rex.settings.rules import salt_of
from tee_rex.transaction.report import ErrorReport, ProofReport
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.history import HistoryController
from tee_rex_app.controllers.proving import ProvingController
from tee_rex_app.controllers.services import ServicesController
from tee_rex_app.loop import cancel_begun
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.runs import FlowState, Outcome, RunKind, RunStage
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.state import Notice, Page
from tee_rex_app.services.flow_follower import FlowFollower
from tee_rex_app.text import labels

_RUNS_FOR_USUAL = 5


class FlowsController:
    """One flow at a time, and no proof beside it."""

    def __init__(
        self,
        context: ControllerContext,
        history: HistoryController,
        services: ServicesController,
        proving: ProvingController,
    ) -> None:
        self._context = context
        self._history = history
        self._services = services
        self._proving = proving
        self._failure = ""
        self.task: asyncio.Task[None] | None = None
        intents = context.intents
        intents.deploy_account.connect(lambda: self._start(FlowKind.ACCOUNT))
        intents.run_token_flow.connect(lambda: self._start(FlowKind.TOKEN))
        intents.cancel.connect(self._cancel)
        services.node_found = self._node_found

    async def show_wallet(self, failure: str = "") -> None:
        """Show how the wallet is: it lives only while a flow runs."""
        node = next(one for one in self._context.store.state.services if one.name is ServiceName.NODE)
        if not self._context.settings.node_url.value:
            status, detail = ServiceStatus.NOT_CONFIGURED, ""
        elif failure:
            status, detail = ServiceStatus.FAILED, failure
        else:
            setup = node.setup
            folder = InstalledBridges(self._context.dependencies.paths).folder
            installed = setup is not None and await asyncio.to_thread(lambda: folder(setup).is_dir())
            status = ServiceStatus.READY if installed else ServiceStatus.INCOMPLETE
            detail = labels.wallet(installed=installed)
        self._services.show(ServiceState(ServiceName.WALLET, status, detail=detail))

    def _node_found(self) -> None:
        flow = self._context.store.state.flow
        if flow is None or not flow.active:
            self._context.tasks.start(self.show_wallet(self._failure))

    def _start(self, kind: FlowKind) -> None:
        store = self._context.store
        state = store.state
        if state.busy:
            return
        node = next(one for one in state.services if one.name is ServiceName.NODE)
        account = kind is FlowKind.ACCOUNT
        if node.status is ServiceStatus.NOT_CONFIGURED:
            store.update(notice=Notice.DEPLOY_LACKS_NODE if account else Notice.TOKENS_LACK_NODE)
            return
        if node.status is ServiceStatus.UNREACHABLE:
            store.update(notice=Notice.DEPLOY_NODE_SILENT if account else Notice.TOKENS_NODE_SILENT)
            self._services.check_again(ServiceName.NODE)
            return
        flow = FlowState(
            kind=kind,
            mode=state.mode,
            stage=RunStage.RUNNING,
            started=self._context.dependencies.clock(),
            usual_ms=self._usual_ms(kind),
        )
        store.update(flow=flow, run=None, problem=None, notice=None, page=Page.PROVE)
        self.task = self._context.tasks.start(self._run(flow))

    def _cancel(self) -> None:
        flow = self._context.store.state.flow
        if flow is not None and flow.stage is RunStage.RUNNING and self.task is not None:
            self._context.store.update(flow=replace(flow, stage=RunStage.CANCELLING))
            cancel_begun(self.task)

    async def _run(self, begun: FlowState) -> None:
        store, tasks = self._context.store, self._context.tasks
        source = labels.flow_name(begun.kind)
        noted = tasks.start(self._history.note_begin(source, begun.mode, RunKind.FLOW), to_its_end=True)
        outcome, self._failure = Outcome.FAILED, ""
        report: FlowReport | None = None
        flow: Flow | None = None
        self._show_wallet_opening()
        try:
            prover = self._proving.prover(begun.mode, keep_warm=True)
            try:
                flow = self._context.dependencies.flow(
                    begun.kind, self._options(), prover, self._context.installation
                )
                report = await flow.run(self._listener(begun))
            finally:
                await prover.close()
            outcome = Outcome.VERIFIED if _all_verified(report) else Outcome.UNVERIFIED
        except asyncio.CancelledError:
            outcome = Outcome.CANCELLED
            report = None if flow is None else flow.report(cancelled=True)
            raise
        except TeeRexError as error:
            of_wallet = isinstance(error, BridgeError | WalletError)
            self._failure = error.title if of_wallet else ""
            told = ErrorReport.of(error)
            report = FlowReport(flow=begun.kind, mode=begun.mode, error=told)
            if flow is not None:
                report = flow.report(error)
            store.update(problem=Problem.of(error))
        finally:
            ended = self._show_end(outcome, report)
            noting = self._note_end(noted, outcome, report, ended)
            await asyncio.shield(tasks.start(noting, to_its_end=True))
            tasks.start(self.show_wallet(self._failure))

    def _options(self) -> FlowOptions:
        settings = self._context.settings
        return FlowOptions(
            node_url=settings.node_url.value,
            sponsored_fpc_salt=salt_of(settings.sponsored_fpc_salt.value or "0"),
        )

    def _listener(self, begun: FlowState) -> FlowListener:
        store = self._context.store
        final_name = labels.tr("final proof and self-check")
        follower = FlowFollower(begun, self._context.dependencies.clock, self._earlier_proofs, final_name)

        def hear(event: FlowEvent) -> None:
            follower.hear(event)
            shown = store.state.flow
            if shown is not None and shown.stage is RunStage.RUNNING:
                store.update(flow=follower.flow)

        return hear

    def _earlier_proofs(self, step: FlowStep) -> list[ProofReport]:
        mode = self._context.store.state.mode
        flows = [run.flow for run in self._context.store.state.history or () if run.flow and run.mode is mode]
        return [one.proof for flow in flows for one in flow.steps if one.step is step and one.proof]

    def _usual_ms(self, kind: FlowKind) -> float | None:
        state = self._context.store.state
        times = [
            run.flow.steps_ms
            for run in state.history or ()
            if run.flow
            and run.flow.flow is kind
            and (run.mode, run.outcome) == (state.mode, Outcome.VERIFIED)
        ]
        known = [time for time in times if time is not None][:_RUNS_FOR_USUAL]
        return median(known) if known else None

    def _show_wallet_opening(self) -> None:
        opening = labels.preparation_name(Preparation.WALLET)
        self._services.show(ServiceState(ServiceName.WALLET, ServiceStatus.CHECKING, detail=opening))

    def _show_end(self, outcome: Outcome, report: FlowReport | None) -> FlowState:
        store = self._context.store
        flow = store.state.flow
        assert flow is not None  # noqa: S101  # nothing replaces it while it is active
        stages = {Outcome.CANCELLED: RunStage.CANCELLED, Outcome.FAILED: RunStage.FAILED}
        stage = stages.get(outcome, RunStage.DONE)
        ended = self._context.dependencies.clock()
        flow = replace(flow, stage=stage, ended=ended, task=None, report=report)
        store.update(flow=flow)
        self._services.leave_locked_mode()
        return flow

    async def _note_end(
        self,
        noted: asyncio.Task[int | None],
        outcome: Outcome,
        report: FlowReport | None,
        flow: FlowState,
    ) -> None:
        total_ms = ((flow.ended or flow.started) - flow.started) * 1000
        await self._history.note_end(noted, outcome, report, total_ms, flow.setup)


def _all_verified(report: FlowReport) -> bool:
    proofs = [step.proof for step in report.steps if step.proof is not None]
    return bool(proofs) and all(proof.verified for proof in proofs)
