"""The history: records runs, shows them, finds them, exports and deletes them."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import TypeVar

from tee_rex.aztec.flows.report import FlowReport
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.errors import EXPORT_INTERRUPTED, HistoryUnusableError
from tee_rex_app.model.expected_times import proving_ms
from tee_rex_app.model.problem import Repeat
from tee_rex_app.model.runs import (
    PAGE,
    RUNS_FOR_USUAL,
    SAMPLE,
    ExportKind,
    FoundRuns,
    HistoryFilter,
    Outcome,
    RunKind,
    RunRecord,
)
from tee_rex_app.model.state import Notice, Success
from tee_rex_app.services.exports import WRITERS
from tee_rex_app.services.files import written_file
from tee_rex_app.services.history import Found, History
from tee_rex_app.services.history_search import query_of

T = TypeVar("T")

MAX_HELD = 400
"""Records cached besides the newest ones; a flow's report takes about 50 kB of memory."""


class HistoryController:
    """The only user of the history's file; proving works without it."""

    def __init__(self, context: ControllerContext) -> None:
        self._context = context
        # SQLite's connection belongs to one thread.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._history: History | None = None
        self._filter = HistoryFilter()
        self._found = Found((), 1.0, 0)
        self._deleted: frozenset[int] = frozenset()
        self._held: OrderedDict[int, RunRecord | None] = OrderedDict()
        self._wanted: Sequence[int] = ()
        self._reading = False

    async def open(self) -> None:
        """Open the history and show it, or show why it is unavailable."""
        store = self._context.store
        try:
            await self._in_thread(self._opening)
            await self._show()
        except HistoryUnusableError as error:
            again = functools.partial(self._context.attempt, self.open)
            self._context.show_problem(error, Repeat(again))
            store.update(history=store.state.history or ())
            return
        if self._history is not None and self._history.started_anew:
            store.update(notice=Notice.HISTORY_STARTED_ANEW)

    async def close(self) -> None:
        """Close the file, after all pending work."""
        await self._in_thread(self._closing)
        self._thread.shutdown()

    def earlier(self, mode: ProvingMode) -> list[ProofReport]:
        """Reports of the verified proofs in a mode, newest first."""
        return [
            run.report
            for run in self._context.store.state.history or ()
            if run.mode is mode and run.report is not None and run.outcome is Outcome.VERIFIED
        ]

    async def record_start(self, source: str, mode: ProvingMode, kind: RunKind = RunKind.PROOF) -> int | None:
        """Record the start of a run; its id, None without a history."""
        if self._history is None:
            return None
        now = self._context.dependencies.now()
        begin = functools.partial(self._history.begin, now, source, mode, kind)
        try:
            return await self._in_thread(begin)
        except HistoryUnusableError as error:
            self._context.show_problem(error)
            return None

    async def record_end(
        self,
        recorded: asyncio.Task[int | None],
        outcome: Outcome,
        report: ProofReport | FlowReport | None,
        total_ms: float,
        setup: TrustedSetup | None,
        proof: bytes | None,
    ) -> None:
        """Record the end of a run, and show it. recorded: gives the run's id. proof: kept for a while."""
        number = await recorded
        if self._history is None or number is None:
            return
        end = functools.partial(self._history.end, number, outcome, total_ms, report, setup, proof)
        record = functools.partial(self._record_end, number, end)
        try:
            await record()
        except HistoryUnusableError as error:
            again = functools.partial(self._context.attempt, record, to_its_end=True)
            self._context.show_problem(error, Repeat(again))

    async def _record_end(self, number: int, end: Callable[[], None]) -> None:
        await self._in_thread(end)
        self._held.pop(number, None)
        await self._show(choose=number)

    async def _show(self, choose: int | None = None) -> None:
        """Show the runs; select ``choose``, else the previous selection, else the newest finished run.

        While a run is active, only what was selected stays selected.
        """
        if self._history is None:
            return
        runs = await self._in_thread(self._history.recent)
        self._refresh_held(runs)
        state = self._context.store.state
        newest = next((run for run in runs if run.outcome is not Outcome.RUNNING), None)
        if state.running:
            choose = newest = None
        chosen = choose or (state.selected.id if state.selected else None)
        same = next((run for run in runs if run.id == chosen), None)
        modes = tuple(replace(mode, usual_ms=_usual_ms(runs, mode.mode)) for mode in state.modes)
        self._context.store.update(history=runs, selected=same or newest, modes=modes)
        await self._find_now()

    def _refresh_held(self, recent: Sequence[RunRecord]) -> None:
        """Forget which proofs were kept: newer ones may have taken their place."""
        read = {run.id: run for run in recent}
        for number, record in tuple(self._held.items()):
            if number in read:
                self._held[number] = read[number]
            elif record is not None and record.proof_kept:
                del self._held[number]

    # --- the history page ----------------------------------------------------------------------------------

    def find_runs(self, chosen: HistoryFilter) -> None:
        """Show the runs that match a filter."""
        self._filter = chosen
        self._context.tasks.start(self._find_now())

    async def _find_now(self) -> None:
        """Find the runs that match the current filter; results for an outdated filter are dropped."""
        history, chosen = self._history, self._filter
        if history is None:
            return
        titles = await self._in_thread(history.error_titles) if chosen.text else ()
        if chosen is not self._filter:
            return
        found = await self._in_thread(functools.partial(history.find, query_of(chosen, titles)))
        first = [number for number in found.ids[:PAGE] if number not in self._held]
        records = await self._in_thread(functools.partial(history.read, first)) if first else {}
        if chosen is self._filter:
            self._found = found
            self._hold(records, chosen)

    def read_runs(self, ids: Sequence[int]) -> None:
        """Read runs that are about to be visible; the latest request is served first."""
        self._wanted = ids
        if not self._reading:
            self._reading = True
            self._context.tasks.start(self._read_wanted())

    async def _read_wanted(self) -> None:
        try:
            while self._history is not None:
                wanted = [number for number in self._wanted if number not in self._held][:PAGE]
                if not wanted:
                    return
                records = await self._in_thread(functools.partial(self._history.read, wanted))
                self._hold(records, self._filter)
        finally:
            self._reading = False

    def _hold(self, records: dict[int, RunRecord | None], chosen: HistoryFilter) -> None:
        for number, record in records.items():
            self._held[number] = record
            self._held.move_to_end(number)
        while len(self._held) > MAX_HELD:
            self._held.popitem(last=False)
        found = self._found
        self._context.store.update(
            found=FoundRuns(
                filter=chosen,
                ids=found.ids,
                total=found.total,
                longest_ms=found.longest_ms,
                records=MappingProxyType(dict(self._held)),
                websites=found.websites,
                deleted=self._deleted,
                put_aside=found.put_aside,
            )
        )

    def delete_runs(self, ids: Sequence[int] | None) -> None:
        """Delete runs for good, None for all of them; one that is running stays."""
        self._context.attempt(functools.partial(self._delete, ids), to_its_end=True)

    async def _delete(self, ids: Sequence[int] | None) -> None:
        """Delete them, and show the others. Raises HistoryUnusableError."""
        if self._history is None:
            return
        deleted = await self._in_thread(functools.partial(self._history.delete, ids))
        self._deleted |= deleted
        for number in deleted:
            self._held.pop(number, None)
        await self._show()
        await self._in_thread(self._history.erase_deleted)
        if deleted:
            self._context.store.succeed(Success.RUNS_DELETED)

    async def proof(self, run: int) -> bytes | None:
        """The kept proof of a run, not checked. Raises HistoryUnusableError."""
        if self._history is None:
            return None
        return await self._in_thread(functools.partial(self._history.proof, run))

    def export_runs(self, path: Path, kind: ExportKind, ids: Sequence[int]) -> None:
        """Write runs to a file."""
        self._context.attempt(
            functools.partial(self._export, path, kind, ids),
            lambda other: self.export_runs(other, kind, ids),
            saved=True,
        )

    def save_picture(self, path: Path, content: bytes) -> None:
        """Write a picture of a comparison to a file."""
        self._context.attempt(
            functools.partial(self._context.save, path, content, Success.RUNS_EXPORTED),
            lambda other: self.save_picture(other, content),
            saved=True,
        )

    async def _export(self, path: Path, kind: ExportKind, ids: Sequence[int]) -> None:
        """Write runs to a file in a thread. Raises NOT_SAVED, HistoryUnusableError."""
        if self._history is None:
            return
        stopped = threading.Event()
        exporting = functools.partial(self._exporting, self._history, path, kind, ids, stopped)
        work = asyncio.ensure_future(asyncio.to_thread(exporting))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            stopped.set()
            await asyncio.wait((work,))
            raise
        self._context.store.succeed(Success.RUNS_EXPORTED, path)

    def _exporting(
        self, history: History, path: Path, kind: ExportKind, ids: Sequence[int], stopped: threading.Event
    ) -> None:
        """Export a page of runs at a time, so that thousands are never in memory at once."""
        with written_file(path) as stream:
            writer = WRITERS[kind](stream)
            for start in range(0, len(ids), PAGE):
                if stopped.is_set():
                    raise EXPORT_INTERRUPTED()
                page = ids[start : start + PAGE]
                records = self._thread.submit(history.read, page).result()
                writer.add(record for record in records.values() if record is not None)
            writer.finish()

    # --- in its thread -----------------------------------------------------------------------------------

    def _opening(self) -> None:
        self._history = History.open(self._context.dependencies.paths.data)

    def _closing(self) -> None:
        if self._history is not None:
            self._history.close()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _usual_ms(runs: tuple[RunRecord, ...], mode: ProvingMode) -> float | None:
    """The median of a mode's last proofs of the sample, downloads not counted."""
    times = [
        None if run.report is None else proving_ms(run.report)
        for run in runs
        if run.mode is mode and run.outcome is Outcome.VERIFIED and run.source == SAMPLE
    ]
    known = [time for time in times if time is not None][:RUNS_FOR_USUAL]
    return median(known) if known else None
