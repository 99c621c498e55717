"""Proves the sample, or a file of execution steps, in the chosen mode."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from tee_rex.errors import TeeRexError
from tee_rex.errors.tree import NotServedError, ProverNotAllowedError
from tee_rex.transaction.events import ProofEvent
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex.transaction.samples import account_deployment, genuine_account_deployment
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.controllers.runs import RunEnd, RunJob, RunsController
from tee_rex_app.model.runs import SAMPLE, Outcome, RunKind, RunState
from tee_rex_app.model.state import Notice
from tee_rex_app.services.files import read_request, read_steps
from tee_rex_app.services.followers import RunFollower

ReadRequest: TypeAlias = Callable[[], Awaitable[ProofRequest]]


class ProvingController:
    """Starts proofs."""

    def __init__(self, context: ControllerContext, runs: RunsController, modes: ModesController) -> None:
        self._context = context
        self._runs = runs
        self._modes = modes

    def prove_sample(self) -> None:
        """Prove the sample."""
        genuine = functools.partial(read_request, genuine_account_deployment)
        self._prove(functools.partial(read_request, account_deployment), SAMPLE, genuine)

    def prove_file(self, path: Path) -> None:
        """Prove execution steps from a file."""
        read = functools.partial(read_steps, path)
        self._prove(functools.partial(read_request, read), path.name)

    def _prove(self, read: ReadRequest, source: str, genuine: ReadRequest | None = None) -> None:
        state = self._context.store.state
        if not state.busy:
            run = RunState(source=source, mode=state.mode, started=self._context.dependencies.clock())
            self._runs.start(run, ProofJob(self._context, self._runs, self._modes, run, read, genuine))


class ProofJob(RunJob):
    """One proof.

    genuine: what to prove instead where only transactions of the genuine setup are accepted. result: once it
    has been made. time_limit: seconds of proving.
    """

    kind = RunKind.PROOF

    def __init__(
        self,
        context: ControllerContext,
        runs: RunsController,
        modes: ModesController,
        begun: RunState,
        read: ReadRequest,
        genuine: ReadRequest | None = None,
        *,
        time_limit: float | None = None,
    ) -> None:
        self.source = begun.source
        self._context = context
        self._runs = runs
        self._modes = modes
        self._begun = begun
        self._read = read
        self._genuine = genuine
        self._time_limit = time_limit
        self._request: ProofRequest | None = None
        self.result: ProofResult | None = None
        self.error: TeeRexError | None = None

    async def run(self) -> RunEnd:
        """Read the steps and prove them."""
        request = self._request = await self._read()
        try:
            result = await self._proved(request)
        except (NotServedError, ProverNotAllowedError):
            if self._genuine is None or request.setup is TrustedSetup.GENUINE:
                raise
            request = self._request = await self._genuine()
            self._context.store.update(notice=Notice.GENUINE_SAMPLE)
            result = await self._proved(request)
        self.result = result
        outcome = Outcome.VERIFIED if result.verified else Outcome.UNVERIFIED
        return RunEnd(outcome, ProofReport.of_result(result))

    def failed(self, error: TeeRexError) -> ProofReport:
        """Report the failure."""
        self.error = error
        return ProofReport.of_failure(self._begun.mode, self._request, error)

    def cancelled(self) -> None:
        """Report nothing: an incomplete proof is useless."""

    async def _proved(self, request: ProofRequest) -> ProofResult:
        run = self._modes.with_expected_times(self._begun, request)
        self._runs.show(run)
        follower = RunFollower(run, self._context.dependencies.clock)

        def on_event(event: ProofEvent) -> None:
            if follower.on_event(event):
                self._runs.show(follower.run)

        async with self._context.prover(run.mode) as prover:
            return await prover.prove(request, listener=on_event, time_limit=self._time_limit)
