"""The history's file: its tables, those of earlier versions brought up to date, a bad one put aside."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tee_rex.errors import UnusableEnvironmentError
from tee_rex_app.model.runs import Outcome

SCHEMA_VERSION = 3
_BUSY_SECONDS = 2.0

_RUNS = """
create table runs (
    id integer primary key,
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
"""Apart from the runs, so that these stay small: thousands are searched in some milliseconds."""
_FROM_VERSION_1 = (
    "alter table runs add column kind text not null default 'proof'",
    "alter table runs add column setup text",
    """update runs set setup = json_extract(cast(report as text), '$.crs')
       where json_valid(cast(report as text))""",
)
"""Version 1 held proofs alone."""
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
)
"""Version 2 held the reports among the runs."""


class HistoryUnusableError(UnusableEnvironmentError):
    """The disk does not let us keep a history."""

    code = "HISTORY_UNUSABLE"
    title = "The history cannot be kept"
    default_hint = "Proving works without it. Check that the folder can be written and has space."


class NewerHistoryError(HistoryUnusableError):
    """A later TEE-Rex has written the file; it stays as it is."""

    code = "HISTORY_NEWER"
    title = "The history is of a newer TEE-Rex"
    default_hint = "Proving works without it. Start the newer TEE-Rex to see it; nothing of it was changed."


def open_database(path: Path) -> tuple[sqlite3.Connection, bool]:
    """The file with the tables of now, made where there is none; and whether a damaged one was put aside.

    Raises OSError, sqlite3.Error, NewerHistoryError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(path), False
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        _put_aside(path)
        return _opened(path), True


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    try:
        connection.create_function("casefolded", 1, _casefolded, deterministic=True)
        _refuse_newer(connection)
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


def _casefolded(text: object) -> str:
    return str(text).casefold()


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("pragma user_version").fetchone()
    return int(version)


def _refuse_newer(connection: sqlite3.Connection) -> None:
    """Before anything is written."""
    version = _version(connection)
    if version > SCHEMA_VERSION:
        raise NewerHistoryError(f"Its tables have version {version}, this TEE-Rex knows {SCHEMA_VERSION}.")


def _ensure_schema(connection: sqlite3.Connection) -> None:
    connection.execute("begin immediate")  # so that a crash leaves the old schema or the new one
    version = _version(connection)
    statements = {0: (_RUNS, _REPORTS), 1: (*_FROM_VERSION_1, *_FROM_VERSION_2), 2: _FROM_VERSION_2}
    for statement in statements.get(version, ()):
        connection.execute(statement)
    if version < 0:
        raise sqlite3.DatabaseError("no version of TEE-Rex wrote it")
    connection.execute(f"pragma user_version = {SCHEMA_VERSION}")


def _put_aside(path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        with suppress(FileNotFoundError):
            part.rename(path.with_name(f"{path.stem}-unreadable-{stamp}.sqlite{suffix}"))
