"""The history in SQLite: a run is written when it starts and when it ends, so that a crash loses nothing.

The file holds no secrets: names, times, digests, and the newest proofs, which are public; never a witness.
Its content is treated as untrusted.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tee_rex.aztec.flows.report import FlowReport
from tee_rex.system.files import open_regular
from tee_rex.system.text import os_reason
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.events import AttestationReport
from tee_rex.transaction.proof import MAX_PROOF_BYTES
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.errors import HISTORY_NEWER, HISTORY_NOT_WRITTEN, HISTORY_UNREADABLE, HISTORY_UNUSABLE
from tee_rex_app.model.runs import MAX_PROOFS_BYTES, MAX_RUNS, PAGE, Outcome, RunKind, RunRecord
from tee_rex_app.services.history_search import RunQuery

FILE_NAME = "history.sqlite"
_SUFFIXES = ("", "-wal", "-shm")
"""SQLite's files: the history, what is not in it yet, and what processes share."""
_UNREADABLE = "-unreadable-"
NEWEST = 200
"""The recent runs that estimates and the proving page use."""
MAX_FOUND = 200_000
"""Ids of matching runs; a list of so many takes 8 MB."""
MAX_REPORT_BYTES = 512 * 1024
"""A report of 512 circuits, the maximum, has 50 kB; an attestation adds 20 kB."""
MAX_SOURCE_LENGTH = 300
"""An origin whole: its last letters say whose website it is."""
MAX_WEBSITES = 200
_SCALED_BY = 50

SCHEMA_VERSION = 4
_BUSY_SECONDS = 2.0
_FROM_SQLITE = (sqlite3.Error, UnicodeDecodeError)
"""The second where SQLite's message quotes a damaged file, in bytes that are no UTF-8."""

_RUNS = """
create table runs (
    id integer primary key autoincrement,
    started_at text not null,
    source text not null,
    searched text not null,
    kind text not null,
    mode text not null,
    setup text,
    outcome text not null,
    total_ms real,
    error_code text,
    error_title text
) strict
"""
_REPORTS = "create table reports (run integer primary key, report blob not null) strict"
"""Separate from the runs, which stay small: thousands are searched in a few milliseconds."""
_PROOFS = "create table proofs (run integer primary key, proof blob not null) strict"
_FORGET = """
create trigger forget after delete on runs begin
    delete from reports where run = old.id;
    delete from proofs where run = old.id;
end
"""
_FROM_VERSION_1 = (
    "alter table runs add column kind text not null default 'proof'",
    "alter table runs add column setup text",
    """update runs set setup = json_extract(cast(report as text), '$.crs')
       where json_valid(cast(report as text))""",
)
"""Version 1 held only proofs."""
_FROM_VERSION_2 = (
    "alter table runs rename to runs_before",
    _RUNS,
    _REPORTS,
    """insert into runs
       select id, started_at, source, casefolded(source), kind, mode, setup, outcome, total_ms,
           case when json_valid(told) then json_extract(told, '$.error.code') end,
           case when json_valid(told) then json_extract(told, '$.error.title') end
       from (select *, case when outcome = 'failed' then cast(report as text) end as told
             from runs_before)""",
    "insert into reports select id, report from runs_before where report is not null",
    "drop table runs_before",
    _PROOFS,
    _FORGET,
)
"""Version 2 held the reports in the table of runs."""
_FROM_VERSION_3 = (
    "alter table runs rename to runs_before",
    _RUNS,
    "insert into runs select * from runs_before",
    "drop table runs_before",
    _PROOFS,
    _FORGET,
)
"""Version 3 gave the ids of deleted runs to new ones, and kept no proofs."""

_COLUMNS = (
    "select id, started_at, substr(source, 1, ?), mode, outcome, total_ms,"
    " case when length(report) <= ? then report end, kind, setup,"
    " exists (select 1 from proofs where proofs.run = runs.id)"
    " from runs left join reports on run = id"
)

_MAKE_ROOM = "delete from runs where id <= (select id from runs order by id desc limit 1 offset ?)"
_MAKE_ROOM_FOR_PROOFS = (
    "delete from proofs where run <= (select run from"
    " (select run, sum(length(proof)) over (order by run desc) as bytes from proofs)"
    " where bytes > ? order by run desc limit 1)"
)
_BEGIN = "insert into runs (started_at, source, searched, mode, outcome, kind) values (?, ?, ?, ?, ?, ?)"
_END = "update runs set outcome = ?, total_ms = ?, setup = ?, error_code = ?, error_title = ? where id = ?"
_KEEP_REPORT = "insert or replace into reports (run, report) values (?, ?)"
_KEEP_PROOF = "insert or replace into proofs (run, proof) values (?, ?)"


class _StoredReport(ProofReport, frozen=True, kw_only=True):
    """The report as it is read: its forward reference can be resolved here."""

    attestation: AttestationReport | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Runs that match a query. ids: newest first. longest_ms: of the newest ones, for a common scale.

    total: the number of all runs. websites: the origins that asked for any, at most MAX_WEBSITES. put_aside:
    whether damaged files were.
    """

    ids: tuple[int, ...]
    longest_ms: float
    total: int
    websites: tuple[str, ...] = ()
    put_aside: bool = False


class History:
    """The history file. Blocking, and bound to the thread that opened it."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, started_anew: bool) -> None:
        """Use :meth:`open`."""
        self._path = path
        self._connection = connection
        self.started_anew = started_anew

    @classmethod
    def open(cls, folder: Path) -> History:
        """Open or create it; runs that a crash left unfinished become INTERRUPTED.

        A file that is not a history is renamed, a new one created, and ``started_anew`` set. Raises
        HISTORY_UNUSABLE, or HISTORY_NEWER for a file that a newer version wrote.
        """
        path = folder / FILE_NAME
        try:
            connection, started_anew = _open_database(path)
        except OSError as error:
            raise HISTORY_UNUSABLE(file=str(path), reason=os_reason(error)) from error
        except _FROM_SQLITE as error:
            raise HISTORY_UNUSABLE(file=str(path), reason=str(error)) from error
        return cls(path, connection, started_anew=started_anew)

    def begin(
        self, started_at: datetime, source: str, mode: ProvingMode, kind: RunKind = RunKind.PROOF
    ) -> int:
        """Record the start of a run and return its id. Raises HistoryUnusableError."""
        at = started_at.astimezone(UTC).isoformat()
        # A file's name need not be valid Unicode.
        source = source[:MAX_SOURCE_LENGTH].encode("utf-8", "replace").decode()
        values = (at, source, source.casefold(), mode, Outcome.RUNNING, kind)
        return self._write((_MAKE_ROOM, (MAX_RUNS - 1,)), (_BEGIN, values))

    def end(
        self,
        run: int,
        outcome: Outcome,
        total_ms: float,
        report: ProofReport | FlowReport | None,
        setup: TrustedSetup | None = None,
        proof: bytes | None = None,
    ) -> None:
        """Record the end of a run, completely or not at all. Raises HistoryUnusableError."""
        error = report.error if report is not None else None
        code_and_title = (None, None) if error is None else (error.code, error.title)
        statements: list[tuple[str, Sequence[object]]] = [
            (_END, (outcome, total_ms, setup, *code_and_title, run))
        ]
        if report is not None:
            statements.append((_KEEP_REPORT, (run, msgspec.json.encode(report))))
        if proof is not None and len(proof) <= MAX_PROOF_BYTES:
            statements += [(_KEEP_PROOF, (run, proof)), (_MAKE_ROOM_FOR_PROOFS, (MAX_PROOFS_BYTES,))]
        self._write(*statements)

    def recent(self, limit: int = NEWEST) -> tuple[RunRecord, ...]:
        """The last runs, newest first; unreadable rows are omitted.

        Raises HistoryUnusableError.
        """
        rows = self._rows(
            f"{_COLUMNS} order by id desc limit ?", (MAX_SOURCE_LENGTH, MAX_REPORT_BYTES, limit)
        )
        return tuple(record for row in rows if (record := _record(row)) is not None)

    def find(self, query: RunQuery) -> Found:
        """The matching runs, at most MAX_FOUND. Raises HistoryUnusableError."""
        condition, values = query.condition()
        # The condition holds only names of columns and placeholders.
        rows = self._rows(
            f"select id, total_ms from runs where {condition} order by id desc limit {MAX_FOUND}",  # noqa: S608
            values,
        )
        times = [ms for _, ms in rows[:_SCALED_BY] if isinstance(ms, float)]
        ((total,),) = self._rows("select count(*) from runs", ())
        ids = tuple(number for number, _ in rows if isinstance(number, int))
        websites = self._rows(
            "select distinct substr(source, 1, ?) from runs where instr(source, '://') > 0"
            " order by 1 limit ?",
            (MAX_SOURCE_LENGTH, MAX_WEBSITES),
        )
        return Found(
            ids,
            max(times, default=1.0),
            msgspec.convert(total, int),
            tuple(str(source) for (source,) in websites),
            any(self._put_aside()),
        )

    def read(self, ids: Sequence[int]) -> dict[int, RunRecord | None]:
        """Runs by their ids, at most PAGE; None for a missing or unreadable one.

        Raises HistoryUnusableError.
        """
        wanted = ids[:PAGE]
        places = ", ".join("?" * len(wanted))
        rows = self._rows(
            f"{_COLUMNS} where id in ({places})", (MAX_SOURCE_LENGTH, MAX_REPORT_BYTES, *wanted)
        )
        known = {record.id: record for row in rows if (record := _record(row)) is not None}
        return {number: known.get(number) for number in wanted}

    def error_titles(self) -> tuple[str, ...]:
        """The English titles of all recorded errors. Raises HistoryUnusableError."""
        rows = self._rows("select distinct error_title from runs where error_title is not null", ())
        return tuple(str(title) for (title,) in rows)

    def proof(self, run: int) -> bytes | None:
        """The kept proof of a run, not checked. Raises HistoryUnusableError."""
        rows = self._rows(
            "select proof from proofs where run = ? and length(proof) <= ?", (run, MAX_PROOF_BYTES)
        )
        return next((proof for (proof,) in rows if isinstance(proof, bytes)), None)

    def delete(self, ids: Sequence[int] | None) -> frozenset[int]:
        """Delete runs, None for all of them, and return which; one that is running stays.

        With all of them, damaged files that were put aside go too. Raises HistoryUnusableError.
        """
        chosen = "1" if ids is None else "id in (select value from json_each(?))"
        values = () if ids is None else (json.dumps(list(ids)),)
        # The condition holds only names of columns and placeholders.
        statement = f"delete from runs where {chosen} and outcome != ? returning id"  # noqa: S608
        try:
            with (
                self._connection,
                closing(self._connection.execute(statement, (*values, Outcome.RUNNING))) as cursor,
            ):
                deleted = frozenset(int(number) for (number,) in cursor.fetchall())
        except _FROM_SQLITE as error:
            raise HISTORY_NOT_WRITTEN(reason=str(error), file=str(self._path)) from error
        if ids is None:
            for part in self._put_aside():
                with suppress(OSError):
                    part.unlink()
        return deleted

    def erase_deleted(self) -> None:
        """Rewrite the file and empty its write-ahead log, so that nothing deleted is left in either.

        It took 9 s for 443 MB. Where there is no room for a copy, what was deleted is overwritten with zeros
        all the same, but not what earlier versions left in unused pages.
        """
        for statement in ("vacuum", "pragma wal_checkpoint(truncate)"):
            with suppress(*_FROM_SQLITE):
                self._connection.execute(statement).close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _put_aside(self) -> list[Path]:
        """The damaged files."""
        return list(self._path.parent.glob(f"{self._path.stem}{_UNREADABLE}*"))

    def _rows(self, statement: str, values: Sequence[object]) -> list[tuple[object, ...]]:
        try:
            with closing(self._connection.execute(statement, values)) as cursor:
                return cursor.fetchall()
        except _FROM_SQLITE as error:
            raise HISTORY_UNREADABLE(reason=str(error), file=str(self._path)) from error

    def _write(self, *statements: tuple[str, Sequence[object]]) -> int:
        """Run all of the statements or none; return the id of the last inserted row."""
        number = 0
        try:
            with self._connection:
                for statement, values in statements:
                    with closing(self._connection.execute(statement, values)) as cursor:
                        number = cursor.lastrowid or 0
        except _FROM_SQLITE as error:
            raise HISTORY_NOT_WRITTEN(reason=str(error), file=str(self._path)) from error
        return number


def _record(row: Sequence[object]) -> RunRecord | None:
    number, started_at, source, mode, outcome, total_ms, stored, kind, setup, proof_kept = row
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
            proof_kept=proof_kept == 1,
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
        return decode_json(stored, _StoredReport)
    except UndecodableError:
        return None


def _open_database(path: Path) -> tuple[sqlite3.Connection, bool]:
    """The file with the current schema, created if missing; and whether a damaged one was renamed.

    Raises OSError, sqlite3.Error, HISTORY_NEWER.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for suffix in _SUFFIXES:
        with suppress(FileNotFoundError):
            open_regular(path.with_name(path.name + suffix)).close()
    try:
        return _opened(path), False
    except sqlite3.OperationalError:
        raise
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        _put_aside(path)
        return _opened(path), True


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:
        connection.create_function("casefolded", 1, _casefolded, deterministic=True)
        _refuse_newer(connection, path)
        connection.execute("pragma journal_mode = wal").close()
        connection.execute("pragma synchronous = normal").close()
        connection.execute("pragma secure_delete = on").close()
        with connection:
            _ensure_schema(connection)
            connection.execute(
                "update runs set outcome = ? where outcome = ?", (Outcome.INTERRUPTED, Outcome.RUNNING)
            )
    except BaseException:
        connection.close()
        raise
    return connection


def _casefolded(text: object) -> str:
    return str(text).casefold()


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("pragma user_version").fetchone()
    return int(version)


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a newer file before anything is written."""
    version = _version(connection)
    if version > SCHEMA_VERSION:
        raise HISTORY_NEWER(version=version, known=SCHEMA_VERSION, file=str(path))


def _ensure_schema(connection: sqlite3.Connection) -> None:
    connection.execute("begin immediate")  # a crash leaves the old schema or the new one
    version = _version(connection)
    statements = {
        0: (_RUNS, _REPORTS, _PROOFS, _FORGET),
        1: (*_FROM_VERSION_1, *_FROM_VERSION_2),
        2: _FROM_VERSION_2,
        3: _FROM_VERSION_3,
    }
    for statement in statements.get(version, ()):
        connection.execute(statement)
    if version < 0:
        raise sqlite3.DatabaseError("no version of TEE-Rex wrote it")
    connection.execute(f"pragma user_version = {SCHEMA_VERSION}")


def _put_aside(path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    for suffix in _SUFFIXES:
        part = path.with_name(path.name + suffix)
        with suppress(FileNotFoundError):
            part.rename(path.with_name(f"{path.stem}{_UNREADABLE}{stamp}.sqlite{suffix}"))
