"""Every run, in SQLite: written when it begins and when it ends, so that a crash loses nothing.

The file holds no secret: names of circuits, times, digests. It is read as if somebody else had written it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import msgspec

from tee_rex.attestation.report_fields import ReportFields
from tee_rex.aztec.flow_report import FlowReport
from tee_rex.backend import ProvingMode
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.proof_report import ProofReport
from tee_rex.trusted_setup import TrustedSetup
from tee_rex_app.state import Outcome, RunKind, RunRecord

FILE_NAME = "history.sqlite"
MAX_SHOWN = 500
"""Runs read at a time; nobody scrolls further, and a list of them stays quick."""
MAX_REPORT_BYTES = 512 * 1024
"""A report of 512 circuits, the most there can be, has 50 kB; one with an attestation 20 kB more."""
MAX_SOURCE_LENGTH = 200
_SCHEMA_VERSION = 2
_BUSY_SECONDS = 2.0

_SCHEMA = """
create table runs (
    id integer primary key,
    started_at text not null,
    source text not null,
    mode text not null,
    outcome text not null,
    total_ms real,
    report blob,
    kind text not null default 'proof',
    setup text
) strict
"""
_FROM_VERSION_1 = (
    "alter table runs add column kind text not null default 'proof'",
    "alter table runs add column setup text",
    """update runs set setup = json_extract(cast(report as text), '$.crs')
       where json_valid(cast(report as text))""",
)
"""Version 1 held proofs alone."""


class _StoredReport(ProofReport, frozen=True, kw_only=True):
    """The report as it is read: its forward reference can be resolved here."""

    attestation: ReportFields | None = None


class HistoryUnusableError(UnusableEnvironmentError):
    """The disk does not let us keep a history."""

    code = "HISTORY_UNUSABLE"
    title = "The history cannot be kept"
    default_hint = "Proving works without it. Check that the folder can be written and has space."


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
        Raises HistoryUnusableError.
        """
        path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                return cls(_opened(path), started_anew=False)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                _put_aside(path)
                return cls(_opened(path), started_anew=True)
        except (OSError, sqlite3.Error) as error:
            raise HistoryUnusableError(f"{path}: {error}.") from error

    def begin(
        self, started_at: datetime, source: str, mode: ProvingMode, kind: RunKind = RunKind.PROOF
    ) -> int:
        """Note that a run has begun; its id. Raises HistoryUnusableError."""
        at = started_at.astimezone(UTC).isoformat()
        return self._write(
            "insert into runs (started_at, source, mode, outcome, kind) values (?, ?, ?, ?, ?)",
            (at, source[:MAX_SOURCE_LENGTH], mode, Outcome.RUNNING, kind),
        )

    def end(
        self,
        run: int,
        outcome: Outcome,
        total_ms: float,
        report: ProofReport | FlowReport | None,
        setup: TrustedSetup | None = None,
    ) -> None:
        """Note how a run ended. Raises HistoryUnusableError."""
        self._write(
            "update runs set outcome = ?, total_ms = ?, report = ?, setup = ? where id = ?",
            (outcome, total_ms, None if report is None else msgspec.json.encode(report), setup, run),
        )

    def recent(self) -> tuple[RunRecord, ...]:
        """The last runs, newest first; rows that cannot be understood are left out.

        Raises HistoryUnusableError.
        """
        try:
            with closing(
                self._connection.execute(
                    "select id, started_at, substr(source, 1, ?), mode, outcome, total_ms,"
                    " case when length(report) <= ? then report end, kind, setup"
                    " from runs order by id desc limit ?",
                    (MAX_SOURCE_LENGTH, MAX_REPORT_BYTES, MAX_SHOWN),
                )
            ) as cursor:
                rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise HistoryUnusableError(f"It cannot be read ({error}).") from error
        return tuple(record for row in rows if (record := _record(row)) is not None)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def __enter__(self) -> History:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, statement: str, values: Sequence[object]) -> int:
        try:
            with self._connection, closing(self._connection.execute(statement, values)) as cursor:
                return cursor.lastrowid or 0
        except sqlite3.Error as error:
            raise HistoryUnusableError(f"It cannot be written ({error}).") from error


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:
        connection.execute("pragma journal_mode = wal").close()
        connection.execute("pragma synchronous = normal").close()
        with connection:
            _ensure_schema(connection)
            connection.execute(
                "update runs set outcome = ? where outcome = ?", (Outcome.INTERRUPTED, Outcome.RUNNING)
            )
    except BaseException:
        connection.close()
        raise
    return connection


def _ensure_schema(connection: sqlite3.Connection) -> None:
    connection.execute("begin immediate")  # so that a crash leaves the old schema or the new one
    (version,) = connection.execute("pragma user_version").fetchone()
    if version == 0:
        connection.execute(_SCHEMA)
    elif version == 1:
        for statement in _FROM_VERSION_1:
            connection.execute(statement)
    elif version != _SCHEMA_VERSION:
        raise sqlite3.DatabaseError("made by another version of TEE-Rex")
    connection.execute(f"pragma user_version = {_SCHEMA_VERSION}")


def _put_aside(path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        with suppress(FileNotFoundError):
            part.rename(path.with_name(f"{path.stem}-unreadable-{stamp}.sqlite{suffix}"))


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
    except ValueError:  # msgspec.ValidationError is one too
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
