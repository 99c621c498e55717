"""The life of a run, the same for a proof and for a flow."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import msgspec

from tee_rex.aztec.flows.report import FlowReport
from tee_rex.errors import TeeRexError
from tee_rex.errors.report import ErrorReport
from tee_rex.system.failures import explained
from tee_rex.transaction.events import ProofEvent, ProofListener
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProofRequest
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.history import HistoryController
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.loop import cancel_begun
from tee_rex_app.model.breakdown import spans_of_report
from tee_rex_app.model.problem import Repeat
from tee_rex_app.model.runs import FlowState, Outcome, RunKind, RunStage, RunState
from tee_rex_app.model.state import Notice, Page, State
from tee_rex_app.services.followers import RunFollower, with_measured_times

_STAGES = {Outcome.CANCELLED: RunStage.CANCELLED, Outcome.FAILED: RunStage.FAILED}
_OF_A_PROOF = (
    Notice.GENUINE_SAMPLE,
    Notice.DEVELOPMENT_SAMPLE,
    Notice.OFFLINE_SAMPLE,
    Notice.DEVELOPMENT_SERVED,
)
"""They say of the proof which setup it has: nothing, once there is no proof."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended. report: None if it was cancelled before there was anything to report.

    proof: as it is saved in a file; None where none was made, and of flows, which send theirs.
    """

    outcome: Outcome
    report: ProofReport | FlowReport | None
    proof: bytes | None = None


class RunJob(ABC):
    """What one kind of run does, and how it reports it. source: the run's name in the history."""

    kind: RunKind
    source: str

    async def prepare(self) -> None:  # noqa: B027  # most have nothing to do
        """Do what comes before the run: if it fails or is cancelled, there was none. Raises TeeRexErrors."""

    @abstractmethod
    async def run(self) -> RunEnd:
        """Do the work, showing progress with :meth:`RunsController.show`. Raises TeeRexErrors."""

    @abstractmethod
    def failed(self, error: TeeRexError) -> ProofReport | FlowReport:
        """Report that :meth:`run` raised ``error``."""

    @abstractmethod
    def cancelled(self) -> FlowReport | None:
        """Report what was done until :meth:`run` was cancelled."""


class ProofJob(RunJob):
    """One proof. request: once it is known, of a transaction. error: why it failed."""

    kind = RunKind.PROOF

    def __init__(self, context: ControllerContext, runs: RunsController, begun: RunState) -> None:
        self.source = begun.source
        self.begun = begun
        self.request: ProofRequest | None = None
        self.error: TeeRexError | None = None
        self._context = context
        self._runs = runs

    def failed(self, error: TeeRexError) -> ProofReport:
        """Report the failure."""
        self.error = error
        return ProofReport.of_failure(self.begun.mode, self.request, error)

    def cancelled(self) -> None:
        """Report nothing: an incomplete proof is useless."""

    def follow(self, run: RunState) -> ProofListener:
        """Show the run, and then its progress by the events that the listener hears."""
        self._runs.show(run)
        follower = RunFollower(run, self._context.dependencies.clock)

        def on_event(event: ProofEvent) -> None:
            if follower.on_event(event):
                self._runs.show(follower.run)

        return on_event


class RunsController:
    """One run at a time.

    1. :meth:`start` shows the run; once the job is prepared, its beginning is recorded in the history.
    2. The job works; :meth:`show` puts its progress on the screen.
    3. :meth:`cancel` stops the job, at any moment.
    4. Finished, failed or cancelled: the end is shown and recorded, even while the application closes.
    """

    def __init__(
        self, context: ControllerContext, history: HistoryController, modes: ModesController
    ) -> None:
        self._context = context
        self._history = history
        self._modes = modes
        self.task: asyncio.Task[None] | None = None

    def start(self, run: RunState | FlowState, job: RunJob, repeat: Repeat) -> None:
        """Begin a run that the user asked for, and open its page; only while nothing else runs."""
        before = self._context.store.state
        self._context.store.update(problem=None, notice=None, success=None, page=Page.PROVE, selected=None)
        self._begin(run, job, repeat, before)

    def start_unasked(self, run: RunState | FlowState, job: RunJob) -> asyncio.Task[None]:
        """Begin a run for a website, likewise; the page and its messages stay."""
        return self._begin(run, job, None, self._context.store.state)

    def _begin(
        self, run: RunState | FlowState, job: RunJob, repeat: Repeat | None, before: State
    ) -> asyncio.Task[None]:
        self._context.store.show_run(run)
        self.task = self._context.tasks.start(self._prepared(run, job, repeat, before))
        return self.task

    def show(self, run: RunState | FlowState) -> None:
        """Show the run's progress, unless it is being cancelled."""
        shown = self._context.store.state.last_run
        if shown is not None and shown.stage is RunStage.RUNNING:
            self._context.store.show_run(run)

    def cancel(self) -> None:
        """Stop the run."""
        run = self._context.store.state.last_run
        if run is not None and run.stage is RunStage.RUNNING and self.task is not None:
            self._context.store.show_run(replace(run, stage=RunStage.CANCELLING))
            cancel_begun(self.task)

    async def _prepared(
        self, run: RunState | FlowState, job: RunJob, repeat: Repeat | None, before: State
    ) -> None:
        """before: has the runs that are shown again if this one never begins."""
        try:
            await job.prepare()
        except BaseException as failure:
            self._context.store.update(flow=before.flow, run=before.run, selected=before.selected)
            error = explained(failure)
            if error is None:
                raise
            self._context.show_problem(error, repeat)
            return
        await self._live(run, job, repeat)

    async def _live(self, run: RunState | FlowState, job: RunJob, repeat: Repeat | None) -> None:
        """repeat: None for a website's."""
        tasks = self._context.tasks
        begin = self._history.record_start(job.source, run.mode, job.kind)
        recorded = tasks.start(begin, to_its_end=True)
        end = RunEnd(Outcome.FAILED, None)
        try:
            end = await job.run()
        except asyncio.CancelledError:
            end = RunEnd(Outcome.CANCELLED, job.cancelled())
            raise
        except (TeeRexError, OSError, MemoryError) as failure:
            error = explained(failure)
            if error is None:
                raise
            report = msgspec.structs.replace(job.failed(error), error=ErrorReport.translatable(error))
            end = RunEnd(Outcome.FAILED, report)
            self._context.show_problem(error, repeat, job.source if repeat is None else "")
        finally:
            if end.outcome in _STAGES and self._context.store.state.notice in _OF_A_PROOF:
                self._context.store.update(notice=None)
            ended = self._show_end(end)
            recording = self._history.record_end(
                recorded, end.outcome, end.report, ended.total_ms, ended.setup, end.proof
            )
            await asyncio.shield(tasks.start(recording, to_its_end=True))

    def _show_end(self, end: RunEnd) -> RunState | FlowState:
        """Show it, with the total that the breakdown and the history show."""
        store = self._context.store
        run = store.state.last_run
        assert run is not None  # noqa: S101  # nothing replaces it while it is active
        stage, spans = _STAGES.get(end.outcome, RunStage.DONE), spans_of_report(end.report)
        ended = self._context.dependencies.clock() if spans is None else run.started + spans.ms / 1000
        run = replace(run, stage=stage, ended=ended, task=None, report=end.report)  # type: ignore[arg-type]
        if isinstance(run, RunState):
            run = with_measured_times(replace(run, silent_since=None, proof=end.proof), run.report)
        store.show_run(run)
        self._modes.leave_locked_mode()
        return run
