"""Every run, in SQLite: written when it begins and when it ends, so that a crash loses nothing.

The file holds no secret: names of circuits, times, digests. It is read as if somebody else had written it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import msgspec

from tee_rex.aztec.flows.report import FlowReport
from tee_rex.transaction.events import AttestationReport
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.history_query import RunQuery
from tee_rex_app.model.history_schema import HistoryUnusableError, open_database
from tee_rex_app.model.runs import Outcome, RunKind, RunRecord

FILE_NAME = "history.sqlite"
NEWEST = 200
"""The runs that estimates and the page of proving go by."""
PAGE = 50
"""Runs read at a time: some milliseconds, also with reports of flows."""
MAX_FOUND = 200_000
"""Numbers of runs that fit a filter; a list of them takes 8 MB."""
MAX_REPORT_BYTES = 512 * 1024
"""A report of 512 circuits, the most there can be, has 50 kB; one with an attestation 20 kB more."""
MAX_SOURCE_LENGTH = 200
_SCALED_BY = 50

_COLUMNS = (
    "select id, started_at, substr(source, 1, ?), mode, outcome, total_ms,"
    " case when length(report) <= ? then report end, kind, setup"
    " from runs left join reports on run = id"
)

_BEGIN = "insert into runs (started_at, source, searched, mode, outcome, kind) values (?, ?, ?, ?, ?, ?)"
_END = "update runs set outcome = ?, total_ms = ?, setup = ?, error_code = ?, error_title = ? where id = ?"


class _StoredReport(ProofReport, frozen=True, kw_only=True):
    """The report as it is read: its forward reference can be resolved here."""

    attestation: AttestationReport | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Runs that fit a query. ids: newest first. longest_ms: of the newest of them, for one scale of time.

    total: how many runs there are at all.
    """

    ids: tuple[int, ...]
    longest_ms: float
    total: int


class History:
    """The table of runs. Blocking, and bound to the thread that opened it."""

    def __init__(self, connection: sqlite3.Connection, *, started_anew: bool) -> None:
        """Use :meth:`open`."""
        self._connection = connection
        self.started_anew = started_anew

    @classmethod
    def open(cls, folder: Path) -> History:
        """Open or make it; runs that a crash left unfinished become INTERRUPTED.

        A file that is no database of ours is put aside under another name, and ``started_anew`` says so.
        Raises HistoryUnusableError, of a file that a newer version wrote NewerHistoryError.
        """
        path = folder / FILE_NAME
        try:
            connection, started_anew = open_database(path)
        except (OSError, sqlite3.Error) as error:
            raise HistoryUnusableError(f"{path}: {error}.") from error
        return cls(connection, started_anew=started_anew)

    def begin(
        self, started_at: datetime, source: str, mode: ProvingMode, kind: RunKind = RunKind.PROOF
    ) -> int:
        """Note that a run has begun; its id. Raises HistoryUnusableError."""
        at = started_at.astimezone(UTC).isoformat()
        # A file's name need not be text.
        source = source[:MAX_SOURCE_LENGTH].encode("utf-8", "replace").decode()
        values = (at, source, source.casefold(), mode, Outcome.RUNNING, kind)
        return self._write((_BEGIN, values))

    def end(
        self,
        run: int,
        outcome: Outcome,
        total_ms: float,
        report: ProofReport | FlowReport | None,
        setup: TrustedSetup | None = None,
    ) -> None:
        """Note how a run ended, whole or not at all. Raises HistoryUnusableError."""
        error = report.error if report is not None else None
        told = (None, None) if error is None else (error.code, error.title)
        ended = (
            _END,
            (outcome, total_ms, setup, *told, run),
        )
        if report is None:
            self._write(ended)
        else:
            stored = msgspec.json.encode(report)
            self._write(ended, ("insert or replace into reports (run, report) values (?, ?)", (run, stored)))

    def recent(self, limit: int = NEWEST) -> tuple[RunRecord, ...]:
        """The last runs, newest first; rows that cannot be understood are left out.

        Raises HistoryUnusableError.
        """
        rows = self._rows(
            f"{_COLUMNS} order by id desc limit ?", (MAX_SOURCE_LENGTH, MAX_REPORT_BYTES, limit)
        )
        return tuple(record for row in rows if (record := _record(row)) is not None)

    def find(self, query: RunQuery) -> Found:
        """The runs that fit, MAX_FOUND at the most. Raises HistoryUnusableError."""
        condition, values = query.condition()
        # The condition holds names of columns and placeholders alone.
        rows = self._rows(
            f"select id, total_ms from runs where {condition} order by id desc limit {MAX_FOUND}",  # noqa: S608
            values,
        )
        times = [ms for _, ms in rows[:_SCALED_BY] if isinstance(ms, float)]
        ((total,),) = self._rows("select count(*) from runs", ())
        ids = tuple(number for number, _ in rows if isinstance(number, int))
        return Found(ids, max(times, default=1.0), msgspec.convert(total, int))

    def read(self, ids: Sequence[int]) -> dict[int, RunRecord | None]:
        """Runs by their ids, PAGE at the most; None for one that is gone or cannot be understood.

        Raises HistoryUnusableError.
        """
        asked = ids[:PAGE]
        places = ", ".join("?" * len(asked))
        rows = self._rows(f"{_COLUMNS} where id in ({places})", (MAX_SOURCE_LENGTH, MAX_REPORT_BYTES, *asked))
        known = {record.id: record for row in rows if (record := _record(row)) is not None}
        return {number: known.get(number) for number in asked}

    def error_titles(self) -> tuple[str, ...]:
        """The titles of all errors that runs have failed with. Raises HistoryUnusableError."""
        rows = self._rows("select distinct error_title from runs where error_title is not null", ())
        return tuple(str(title) for (title,) in rows)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def __enter__(self) -> History:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rows(self, statement: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        try:
            with closing(self._connection.execute(statement, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            raise HistoryUnusableError(f"It cannot be read ({error}).") from error

    def _write(self, *statements: tuple[str, Sequence[object]]) -> int:
        """All of them or none; the id of the last row that was inserted."""
        number = 0
        try:
            with self._connection:
                for statement, values in statements:
                    with closing(self._connection.execute(statement, values)) as cursor:
                        number = cursor.lastrowid or 0
        except sqlite3.Error as error:
            raise HistoryUnusableError(f"It cannot be written ({error}).") from error
        return number


def _record(row: Sequence[object]) -> RunRecord | None:
    number, started_at, source, mode, outcome, total_ms, stored, kind, setup = row
    is_flow = kind == RunKind.FLOW
    try:
        return RunRecord(
            id=msgspec.convert(number, int),
            started_at=datetime.fromisoformat(str(started_at)).astimezone(),
            source=str(source),
            mode=ProvingMode(str(mode)),
            outcome=Outcome(str(outcome)),
            total_ms=msgspec.convert(total_ms, float | None),
            report=None if is_flow else _report(stored),
            flow=_flow(stored) if is_flow else None,
            kind=RunKind(str(kind)),
            setup=None if setup is None else TrustedSetup(str(setup)),
        )
    except (ValueError, OverflowError):  # msgspec.ValidationError is a ValueError too
        return None


def _flow(stored: object) -> FlowReport | None:
    if not isinstance(stored, bytes):
        return None
    try:
        return FlowReport.from_json(stored)
    except ValueError:
        return None


def _report(stored: object) -> ProofReport | None:
    if not isinstance(stored, bytes):
        return None
    try:
        return msgspec.json.decode(stored, type=_StoredReport)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
