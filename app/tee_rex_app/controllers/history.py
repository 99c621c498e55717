"""Keeps the history: notes what begins and ends, and shows the runs."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TypeVar

from tee_rex.aztec.flow_report import FlowReport
from tee_rex.backend import ProvingMode
from tee_rex.proof_report import ErrorReport, ProofReport
from tee_rex.trusted_setup import TrustedSetup
from tee_rex_app.controllers.saving import save_for_user
from tee_rex_app.controllers.shared import Shared
from tee_rex_app.history import History, HistoryUnusableError
from tee_rex_app.state import Notice, Outcome, RunKind, RunRecord
from tee_rex_app.wording import SAMPLE

T = TypeVar("T")

_RUNS_FOR_USUAL = 5


class HistoryController:
    """The one who opens the history; proving works without it."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        # SQLite's connection belongs to one thread.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._history: History | None = None
        shared.intents.select_run.connect(lambda run: shared.store.update(selected=run))
        shared.intents.save_export.connect(
            lambda path, content: shared.tasks.start(
                save_for_user(shared, Path(path), content, Notice.EXPORTED)
            )
        )

    async def open(self) -> None:
        """Open it and show it; what stands against that becomes a problem to read."""
        store = self._shared.store
        try:
            opened = await self._in_thread(functools.partial(History.open, self._shared.around.paths.data))
        except HistoryUnusableError as error:
            store.update(problem=ErrorReport.of(error), history=())
            return
        self._history = opened
        if opened.started_anew:
            store.update(notice=Notice.HISTORY_STARTED_ANEW)
        await self._show()

    async def close(self) -> None:
        """Write the last word."""
        if self._history is not None:
            await self._in_thread(self._history.close)
        self._thread.shutdown()

    def earlier(self, mode: ProvingMode) -> list[ProofReport]:
        """Reports of the verified proofs in a mode, newest first."""
        return [
            run.report
            for run in self._shared.store.state.history or ()
            if run.mode is mode and run.report is not None and run.outcome is Outcome.VERIFIED
        ]

    async def note_begin(self, source: str, mode: ProvingMode, kind: RunKind = RunKind.PROOF) -> int | None:
        """Note a run; its number, None where there is no history."""
        if self._history is None:
            return None
        now = self._shared.around.now()
        begin = functools.partial(self._history.begin, now, source, mode, kind)
        try:
            return await self._in_thread(begin)
        except HistoryUnusableError as error:
            self._shared.store.update(problem=ErrorReport.of(error))
            return None

    async def note_end(
        self,
        noted: asyncio.Task[int | None],
        outcome: Outcome,
        report: ProofReport | FlowReport | None,
        total_ms: float,
        setup: TrustedSetup | None,
    ) -> None:
        """Note how the run that ``noted`` gives the number of has ended, and show it."""
        number = await noted
        if self._history is None or number is None:
            return
        try:
            await self._in_thread(
                functools.partial(self._history.end, number, outcome, total_ms, report, setup)
            )
            await self._show(choose=number)
        except HistoryUnusableError as error:
            self._shared.store.update(problem=ErrorReport.of(error))

    async def _show(self, choose: int | None = None) -> None:
        """Show the runs; selected is ``choose``, else the one that was, else the newest finished one."""
        if self._history is None:
            return
        runs = await self._in_thread(self._history.recent)
        state = self._shared.store.state
        chosen = choose or (state.selected.id if state.selected else None)
        same = next((run for run in runs if run.id == chosen), None)
        newest = next((run for run in runs if run.outcome is not Outcome.RUNNING), None)
        modes = tuple(replace(mode, usual_ms=_usual_ms(runs, mode.mode)) for mode in state.modes)
        self._shared.store.update(history=runs, selected=same or newest, modes=modes)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _usual_ms(runs: tuple[RunRecord, ...], mode: ProvingMode) -> float | None:
    """The median of a mode's last proofs of the sample."""
    times = [
        run.total_ms
        for run in runs
        if run.mode is mode and run.outcome is Outcome.VERIFIED and run.source == SAMPLE
    ]
    known = [time for time in times if time is not None][:_RUNS_FOR_USUAL]
    return median(known) if known else None
