"""Proves in the chosen mode, one proof at a time."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tee_rex.errors import TeeRexError
from tee_rex.errors.tree import ProverNotAllowedError
from tee_rex.provers import Prover, ProverConfig
from tee_rex.remote.errors import NotServedError
from tee_rex.transaction.events import ProofEvent
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex.transaction.samples import account_deployment, genuine_account_deployment
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.history import HistoryController
from tee_rex_app.controllers.services import ServicesController
from tee_rex_app.loop import cancel_begun
from tee_rex_app.model.expected_times import expected_blocks
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.runs import Block, Outcome, RunStage, RunState
from tee_rex_app.model.state import Notice, Page
from tee_rex_app.services.proving import RunFollower, file_bytes, read_request
from tee_rex_app.text import labels


class ProvingController:
    """The choice of the mode, and the proof being made."""

    def __init__(
        self, context: ControllerContext, history: HistoryController, services: ServicesController
    ) -> None:
        self._context = context
        self._history = history
        self._services = services
        self.task: asyncio.Task[None] | None = None
        self._sample: ProofRequest | None = None
        services.mode_left = self.show_sample
        intents = context.intents
        intents.choose_mode.connect(self._choose_mode)
        intents.prove_sample.connect(
            lambda: self._prove(account_deployment, labels.SAMPLE, genuine_account_deployment)
        )
        intents.prove_file.connect(
            lambda path: self._prove(functools.partial(file_bytes, Path(path)), Path(path).name)
        )
        intents.cancel.connect(self._cancel)

    async def read_sample(self) -> None:
        """Read the sample, and show what a proof of it would look like."""
        self._sample = await read_request(account_deployment)
        self.show_sample()

    def show_sample(self) -> None:
        """Show what a proof of the sample would look like in the chosen mode."""
        if self._sample is None:
            return
        mode = self._context.store.state.mode
        blocks, measured = self._blocks(self._sample, mode)
        self._context.store.update(
            sample=RunState(
                source=labels.SAMPLE,
                mode=mode,
                setup=self._sample.setup,
                stage=RunStage.RUNNING,
                started=0.0,
                blocks=blocks,
                measured_here=measured,
            )
        )

    def _choose_mode(self, mode: ProvingMode) -> None:
        store = self._context.store
        state = store.state
        locked = next(one.lock for one in state.modes if one.mode is mode) is not None
        if state.running or locked or mode is state.mode:
            # Clicking a card may have changed what it shows; the state has not changed.
            store.update()
            return
        store.update(mode=mode)
        self.show_sample()

    def _prove(
        self, read: Callable[[], bytes], source: str, genuine: Callable[[], bytes] | None = None
    ) -> None:
        """Begin a run. genuine: what to prove where only transactions of the genuine setup are."""
        state = self._context.store.state
        if state.busy:
            return
        run = RunState(
            source=source,
            mode=state.mode,
            setup=None,
            stage=RunStage.RUNNING,
            started=self._context.dependencies.clock(),
        )
        self._context.store.update(run=run, flow=None, problem=None, notice=None, page=Page.PROVE)
        self.task = self._context.tasks.start(self._run(read, genuine, run))

    def _cancel(self) -> None:
        run = self._context.store.state.run
        if run is not None and run.stage is RunStage.RUNNING and self.task is not None:
            self._context.store.update(run=replace(run, stage=RunStage.CANCELLING))
            cancel_begun(self.task)

    async def _run(
        self, read: Callable[[], bytes], genuine: Callable[[], bytes] | None, run: RunState
    ) -> None:
        store, tasks = self._context.store, self._context.tasks
        noted = tasks.start(self._history.note_begin(run.source, run.mode), to_its_end=True)
        outcome, report = Outcome.FAILED, None
        request: ProofRequest | None = None
        try:
            request = await read_request(read)
            try:
                result = await self._proved(request, self._shown(run, request))
            except (NotServedError, ProverNotAllowedError):
                if genuine is None or request.setup is TrustedSetup.GENUINE:
                    raise
                request = await read_request(genuine)
                store.update(notice=Notice.GENUINE_SAMPLE)
                result = await self._proved(request, self._shown(run, request))
            report = ProofReport.of_result(result)
            outcome = Outcome.VERIFIED if result.verified else Outcome.UNVERIFIED
        except asyncio.CancelledError:
            outcome = Outcome.CANCELLED
            raise
        except TeeRexError as error:
            report = ProofReport.of_failure(run.mode, request, error)
            store.update(problem=Problem.of(error))
        finally:
            ended = self._show_end(outcome, report)
            total_ms = ((ended.ended or ended.started) - ended.started) * 1000
            noting = self._history.note_end(noted, outcome, report, total_ms, ended.setup)
            await asyncio.shield(tasks.start(noting, to_its_end=True))

    def _shown(self, run: RunState, request: ProofRequest) -> RunState:
        blocks, measured = self._blocks(request, run.mode)
        run = replace(run, setup=request.setup, blocks=blocks, measured_here=measured)
        self._context.store.update(run=run)
        return run

    async def _proved(self, request: ProofRequest, run: RunState) -> ProofResult:
        store = self._context.store
        follower = RunFollower(run, self._context.dependencies.clock)

        def hear(event: ProofEvent) -> None:
            shown = store.state.run
            if follower.hear(event) and shown is not None and shown.stage is RunStage.RUNNING:
                store.update(run=follower.run)

        prover = self.prover(run.mode)
        try:
            return await prover.prove(request, listener=hear)
        finally:
            await prover.close()

    def prover(self, mode: ProvingMode, *, keep_warm: bool = False) -> Prover:
        """A prover by the current settings; the caller closes it."""
        context, dependencies = self._context, self._context.dependencies
        config = replace(
            ProverConfig.from_settings(context.settings, context.installation),
            keep_warm=keep_warm,
            approved_builds=tuple(build.expected() for build in self._services.rules().builds),
            attestation_root=dependencies.attestation_root,
            now=dependencies.now,
        )
        return Prover(functools.partial(dependencies.make_backend, config), mode)

    def _blocks(self, request: ProofRequest, mode: ProvingMode) -> tuple[tuple[Block, ...], bool]:
        return expected_blocks(
            request.steps.function_names,
            self._history.earlier(mode),
            labels.tr("final proof and self-check"),
        )

    def _show_end(self, outcome: Outcome, report: ProofReport | None) -> RunState:
        store = self._context.store
        run = store.state.run
        assert run is not None  # noqa: S101  # nothing replaces it while it is active
        stage = {Outcome.CANCELLED: RunStage.CANCELLED, Outcome.FAILED: RunStage.FAILED}.get(
            outcome, RunStage.DONE
        )
        ended = self._context.dependencies.clock()
        run = replace(run, stage=stage, ended=ended, task=None, report=report)
        store.update(run=run)
        self._services.leave_locked_mode()
        return run
