"""Proves the sample, or a file of execution steps, in the chosen mode."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from tee_rex.errors.tree import NotServedError, ProverNotAllowedError
from tee_rex.local.sample import SampleChoice, choose_sample
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex.transaction.samples import account_deployment
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.controllers.runs import ProofJob, RunEnd, RunsController
from tee_rex_app.model.problem import Repeat
from tee_rex_app.model.runs import SAMPLE, Outcome, RunState
from tee_rex_app.model.state import Notice
from tee_rex_app.services.files import read_request, read_steps

ReadRequest: TypeAlias = Callable[[], Awaitable[ProofRequest]]


class ProvingController:
    """Starts proofs."""

    def __init__(self, context: ControllerContext, runs: RunsController, modes: ModesController) -> None:
        self._context = context
        self._runs = runs
        self._modes = modes

    def prove_sample(self) -> None:
        """Prove the sample, under the genuine setup wherever its CRS can be had."""
        self._prove_sample(None)

    def prove_development_sample(self) -> None:
        """Prove the sample under the development setup."""
        self._prove_sample(SampleChoice(TrustedSetup.DEVELOPMENT))

    def prove_file(self, path: Path) -> None:
        """Prove execution steps from a file."""

        def read() -> Awaitable[ProofRequest]:
            return read_request(functools.partial(read_steps, path), self._context.pins.circuits)

        self._start(
            path.name,
            lambda run: _FileJob(self._context, self._runs, self._modes, run, read),
            Repeat(functools.partial(self.prove_file, path), self.prove_file),
        )

    def _prove_sample(self, choice: SampleChoice | None) -> None:
        self._start(
            SAMPLE,
            lambda run: _SampleJob(self._context, self._runs, self._modes, run, choice),
            Repeat(functools.partial(self._prove_sample, choice)),
        )

    def _start(self, source: str, job: Callable[[RunState], ProofJob], repeat: Repeat) -> None:
        state = self._context.store.state
        if not state.busy:
            run = RunState(source=source, mode=state.mode, started=self._context.dependencies.clock())
            self._runs.start(run, job(run), repeat)


class TransactionJob(ProofJob):
    """The proof of a transaction. result: once it has been made. time_limit: seconds of proving."""

    def __init__(
        self,
        context: ControllerContext,
        runs: RunsController,
        modes: ModesController,
        begun: RunState,
        read: ReadRequest,
        *,
        time_limit: float | None = None,
    ) -> None:
        super().__init__(context, runs, begun)
        self._modes = modes
        self._read = read
        self._time_limit = time_limit
        self.result: ProofResult | None = None

    async def run(self) -> RunEnd:
        """Read the steps and prove them."""
        request = self.request = await self._read()
        result = self.result = await self._proved(request)
        outcome = Outcome.VERIFIED if result.verified else Outcome.UNVERIFIED
        return RunEnd(outcome, ProofReport.of_result(result), result.proof.to_wire())

    async def _proved(self, request: ProofRequest) -> ProofResult:
        listener = self.follow(self._modes.with_expected_times(self.begun, request))
        async with self._context.prover(self.begun.mode) as prover:
            return await prover.prove(request, listener=listener, time_limit=self._time_limit)


class _FileJob(TransactionJob):
    """A proof of a file, which is no run as long as it cannot be read."""

    async def prepare(self) -> None:
        """Read the steps. Raises an InputError."""
        request = await self._read()

        async def known() -> ProofRequest:
            return request

        self._read = known


class _SampleJob(TransactionJob):
    """A proof of the sample. choice: None for the best that can be had."""

    def __init__(
        self,
        context: ControllerContext,
        runs: RunsController,
        modes: ModesController,
        begun: RunState,
        choice: SampleChoice | None,
    ) -> None:
        super().__init__(context, runs, modes, begun, self._read_best)
        self._choice = choice

    async def run(self) -> RunEnd:
        """Prove the sample; where a server refuses its setup, the same transaction under the other one."""
        try:
            return await super().run()
        except (NotServedError, ProverNotAllowedError):
            other = None if self._choice is None else self._choice.alternative
            if other is None:
                raise
            genuine = other is TrustedSetup.GENUINE
            notice = Notice.GENUINE_SAMPLE if genuine else Notice.DEVELOPMENT_SERVED
            self._context.store.update(notice=notice)
            self._read = functools.partial(_read_sample, other)
            return await super().run()

    async def _read_best(self) -> ProofRequest:
        if self._choice is None:
            self._choice = await choose_sample(self._context.installation, self._show_download)
        if self._choice.obstacle is not None:
            self._context.store.update(notice=Notice.instead_of_genuine(self._choice.obstacle))
        return await _read_sample(self._choice.setup)

    def _show_download(self, progress: TaskProgress) -> None:
        sample = self._context.store.state.sample
        blocks = () if sample is None else sample.blocks
        self._runs.show(replace(self.begun, task=progress, blocks=blocks))


async def _read_sample(setup: TrustedSetup) -> ProofRequest:
    return await read_request(functools.partial(account_deployment, setup))
