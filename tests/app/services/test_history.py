from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.errors import raises
from tee_rex.aztec.flows.report import FlowKind, FlowReport
from tee_rex.errors import message
from tee_rex.errors.catalogue.files import FILE_UNREADABLE
from tee_rex.errors.report import ErrorReport
from tee_rex.transaction.events import AttestationReport
from tee_rex.transaction.proof import MAX_PROOF_BYTES
from tee_rex.transaction.report import CircuitReport, ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.errors import HISTORY_NEWER, HistoryUnusableError
from tee_rex_app.model.runs import PAGE, ExportKind, HistoryFilter, Outcome, RunKind
from tee_rex_app.services.exports import WRITERS
from tee_rex_app.services.history import FILE_NAME, MAX_REPORT_BYTES, NEWEST, SCHEMA_VERSION, History, _report
from tee_rex_app.services.history_search import RunQuery, query_of

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
REPORT = ProofReport(
    mode="tee",
    verified=True,
    circuits=(CircuitReport("a", 1.0, 2.0),),
    total_ms=9.0,
    attestation=AttestationReport(genuine=True, pcrs={"0": "ab"}),
)


def test_a_run_is_read_as_it_was_recorded(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        number = history.begin(AT, "deploy.msgpack", ProvingMode.TEE)
        assert [run.outcome for run in history.recent()] == [Outcome.RUNNING]
        history.end(number, Outcome.VERIFIED, 9.5, REPORT)
    with closing(History.open(tmp_path)) as history:
        (run,) = history.recent()
    assert (run.source, run.mode, run.outcome, run.total_ms) == (
        "deploy.msgpack",
        ProvingMode.TEE,
        Outcome.VERIFIED,
        9.5,
    )
    assert run.started_at == AT
    assert run.report is not None
    assert run.report.circuits == REPORT.circuits
    assert run.report.attestation == REPORT.attestation


def test_the_websites_that_asked_are_listed_whole(tmp_path: Path) -> None:
    longest = "https://" + ".".join(["a" * 61] * 4) + ":65535"
    with closing(History.open(tmp_path)) as history:
        for source in ("file.msgpack", "https://b.example", longest, "https://b.example"):
            history.begin(AT, source, ProvingMode.LOCAL)
        found = history.find(query_of(HistoryFilter(), ()))
        assert (found.websites, len(found.ids)) == ((longest, "https://b.example"), 4)
        assert len(history.find(query_of(HistoryFilter(website="https://b.example"), ())).ids) == 2
        assert [run.source for run in history.recent()].count(longest) == 1


def test_a_file_name_that_is_not_unicode_can_be_recorded(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        history.begin(AT, os.fsdecode(b"latin-\xff.msgpack"), ProvingMode.LOCAL)
        (run,) = history.recent()
    assert run.source == "latin-?.msgpack"


def test_a_failure_keeps_its_reason(tmp_path: Path) -> None:
    error = ErrorReport("BB_CRASHED", "The prover crashed", "It ended.", "Try again.")
    with closing(History.open(tmp_path)) as history:
        number = history.begin(AT, "x", ProvingMode.LOCAL)
        history.end(number, Outcome.FAILED, 1.0, ProofReport(mode="local", error=error))
        (run,) = history.recent()
    assert run.report is not None
    assert run.report.error == error


def test_recent_runs_are_newest_first_and_limited(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        numbers = [history.begin(AT, str(i), ProvingMode.LOCAL) for i in range(NEWEST + 1)]
        assert [run.id for run in history.recent()] == numbers[:0:-1]


@pytest.mark.integration
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is Unix's")
def test_a_killed_process_leaves_an_interrupted_run(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from datetime import datetime, UTC; from pathlib import Path\n"
        "from tee_rex.transaction.request import ProvingMode\n"
        "from tee_rex_app.services.history import History\n"
        "history = History.open(Path(sys.argv[1]))\n"
        "history.begin(datetime.now(UTC), 'killed', ProvingMode.LOCAL)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], env=os.environ, check=False)
    assert ended.returncode == -signal.SIGKILL
    with closing(History.open(tmp_path)) as history:
        (run,) = history.recent()
    assert (run.source, run.outcome, run.report) == ("killed", Outcome.INTERRUPTED, None)


@pytest.mark.parametrize("content", [b"not a database, but long enough to be taken for one " * 40])
def test_a_damaged_file_is_renamed_and_a_new_history_created(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with closing(History.open(tmp_path)) as history:
        assert history.started_anew
        assert history.recent() == ()
    (aside,) = tmp_path.glob("history-unreadable-*.sqlite")
    assert aside.read_bytes() == content


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryUnusableError) as error:
        History.open(tmp_path / "file" / "below")
    assert error.value.message == f"{tmp_path / 'file' / 'below' / FILE_NAME}: Not a directory."


@pytest.mark.parametrize("changes", ["mode = 'moon'", "outcome = 'perhaps'", "started_at = 'yesterday'"])
def test_unreadable_rows_are_omitted(tmp_path: Path, changes: str) -> None:
    with closing(History.open(tmp_path)) as history:
        for _ in range(2):
            history.end(history.begin(AT, "x", ProvingMode.LOCAL), Outcome.VERIFIED, 1.0, REPORT)
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other, other:
            other.execute(f"update runs set {changes} where id = 1")
        assert [run.id for run in history.recent()] == [2]
        found = history.find(RunQuery())
        assert found.ids == (2, 1)
        read = history.read(found.ids)
        assert read[1] is None
        assert read[2] is not None


def test_runs_are_read_a_page_at_a_time(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        numbers = [history.begin(AT, str(i), ProvingMode.LOCAL) for i in range(PAGE + 1)]
        read = history.read([*numbers, 10_000])
        assert list(read) == numbers[:PAGE]
        assert history.read([10_000]) == {10_000: None}


def test_a_newer_history_is_not_changed(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        history.begin(AT, "kept", ProvingMode.LOCAL)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as newer, newer:
        newer.execute(f"pragma user_version = {SCHEMA_VERSION + 1}")
    before = (tmp_path / FILE_NAME).read_bytes()
    with raises(HISTORY_NEWER):
        History.open(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert list(tmp_path.glob("history-unreadable-*")) == []


def test_two_processes_can_write_to_one_history(tmp_path: Path) -> None:
    """Each database transaction is short, so that neither process fails."""
    with closing(History.open(tmp_path)) as history:
        number = history.begin(AT, "first", ProvingMode.LOCAL)
        program = (
            "import sys; from contextlib import closing; from datetime import datetime, UTC\n"
            "from pathlib import Path\n"
            "from tee_rex.transaction.request import ProvingMode\n"
            "from tee_rex_app.services.history import History\n"
            "with closing(History.open(Path(sys.argv[1]))) as history:\n"
            "    for _ in range(20): history.begin(datetime.now(UTC), 'other', ProvingMode.TEE)\n"
        )
        other = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
        for _ in range(20):
            history.begin(AT, "first", ProvingMode.LOCAL)
        assert other.wait(60) == 0
        history.end(number, Outcome.VERIFIED, 9.0, REPORT)
        assert history.find(RunQuery(mode="tee")).total == 41
        assert len(history.find(RunQuery(mode="tee")).ids) == 20


def test_a_history_locked_by_another_process_is_reported(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history, closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
        history._connection.execute("pragma busy_timeout = 1")
        other.execute("begin immediate")
        with pytest.raises(HistoryUnusableError, match="locked"):
            history.begin(AT, "x", ProvingMode.LOCAL)
        other.rollback()
        assert history.begin(AT, "x", ProvingMode.LOCAL) == 1


def test_a_huge_report_is_not_read(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        history.end(history.begin(AT, "x", ProvingMode.LOCAL), Outcome.VERIFIED, 1.0, REPORT)
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other, other:
            other.execute("update reports set report = zeroblob(?)", (MAX_REPORT_BYTES + 1,))
        (run,) = history.recent()
    assert run.report is None


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=40), st.none(), st.integers()))
def test_any_stored_report_is_read_or_refused(stored: object) -> None:
    assert _report(stored) is None or isinstance(_report(stored), ProofReport)


_VERSION_1 = """
create table runs (
    id integer primary key, started_at text not null, source text not null, mode text not null,
    outcome text not null, total_ms real, report blob
) strict;
insert into runs values (1, '2026-01-02T03:04:05+00:00', 'old', 'local', 'verified', 10.0, ?);
"""


def test_a_history_of_version_1_is_migrated(tmp_path: Path) -> None:
    report = ProofReport(mode="local", crs="development", verified=True, total_ms=10.0)
    create, insert = (statement.strip() for statement in _VERSION_1.strip().rstrip(";").split(";\n"))
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.execute(create)
        connection.execute(insert, (msgspec.json.encode(report),))
        connection.execute(
            "insert into runs values (2, '2026-01-02T03:05:05+00:00', 'bad', 'tee', 'running', null, x'ff')"
        )
        connection.execute("pragma user_version = 1")
    with closing(History.open(tmp_path)) as history:
        assert not history.started_anew
        bad, old = history.recent()
        assert (old.source, old.setup, old.kind) == ("old", TrustedSetup.DEVELOPMENT, RunKind.PROOF)
        assert old.report is not None
        assert msgspec.structs.asdict(old.report) == msgspec.structs.asdict(report)
        assert (bad.outcome, bad.setup, bad.report) == (Outcome.INTERRUPTED, None, None)
        assert history.find(RunQuery(setup="development")).ids == (1,)
    with closing(History.open(tmp_path)) as again:
        assert len(again.recent()) == 2


def test_flows_are_recorded_with_their_report(tmp_path: Path) -> None:
    report = FlowReport(flow=FlowKind.TOKEN, mode="remote", total_ms=12.0)
    with closing(History.open(tmp_path)) as history:
        run = history.begin(datetime.now(UTC), "Token flow", ProvingMode.REMOTE, RunKind.FLOW)
        history.end(run, Outcome.VERIFIED, 12.0, report, TrustedSetup.GENUINE)
        (kept,) = history.recent()
    assert (kept.flow, kept.report, kept.kind, kept.setup) == (
        report,
        None,
        RunKind.FLOW,
        TrustedSetup.GENUINE,
    )


def test_an_error_keeps_the_parts_that_translations_need(tmp_path: Path) -> None:
    error = ErrorReport.translatable(FILE_UNREADABLE(file="a", reason=message("not a regular file")))
    with closing(History.open(tmp_path)) as history:
        run = history.begin(AT, "a", ProvingMode.LOCAL)
        history.end(run, Outcome.FAILED, 1.0, ProofReport(mode="local", error=error))
        (kept,) = history.recent()
    assert kept.error == error
    stream = io.BytesIO()
    writer = WRITERS[ExportKind.JSON](stream)
    writer.add([kept])
    writer.finish()
    (exported,) = json.loads(stream.getvalue())["runs"]
    assert set(exported["proof"]["error"]) == {"code", "title", "message", "hint"}


_VERSION_2 = (
    "create table runs (id integer primary key, started_at text not null, source text not null,"
    " mode text not null, outcome text not null, total_ms real, report blob,"
    " kind text not null default 'proof', setup text) strict"
)


def version_2(folder: Path, rows: int) -> None:
    """A history as schema version 2 wrote it: proofs, every second one failed."""
    error = ErrorReport("BB_KILLED", "The prover was killed", "It ended.", "")
    reports = (
        msgspec.json.encode(ProofReport(mode="local", total_ms=5.0)),
        msgspec.json.encode(ProofReport(mode="local", error=error)),
    )
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        connection.execute(_VERSION_2)
        for at in range(rows):
            outcome = "failed" if at % 2 else "verified"
            connection.execute(
                "insert into runs (started_at, source, mode, outcome, total_ms, report)"
                " values ('2026-01-02T03:04:05+00:00', 'ÁRBOL.msgpack', 'local', ?, 5.0, ?)",
                (outcome, reports[at % 2]),
            )
        connection.execute("pragma user_version = 2")


def test_a_history_of_version_2_is_migrated_and_can_be_searched(tmp_path: Path) -> None:
    version_2(tmp_path, 4)
    with closing(History.open(tmp_path)) as history:
        assert not history.started_anew
        assert len(history.recent()) == 4
        assert all(run.report for run in history.recent())
        assert history.error_titles() == ("The prover was killed",)
        titled = query_of(HistoryFilter("PROVER KILLED"), history.error_titles())
        assert history.find(titled).ids == (4, 2)
        assert history.find(query_of(HistoryFilter("bb_killed árbol"), ())).ids == (4, 2)


@pytest.mark.integration
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is Unix's")
@pytest.mark.parametrize("moment", range(4))
def test_a_process_killed_during_a_migration_loses_nothing(tmp_path: Path, moment: int) -> None:
    version_2(tmp_path, 40)
    program = (
        "import os, signal, sqlite3, sys; from pathlib import Path\n"
        "from tee_rex_app.services import history as schema\n"
        "steps = list(schema._FROM_VERSION_2)\n"
        "steps.insert(1 + int(sys.argv[2]), 'select die()')\n"
        "schema._FROM_VERSION_2 = tuple(steps)\n"
        "connect = sqlite3.connect\n"
        "def dying(*args, **kwargs):\n"
        "    connection = connect(*args, **kwargs)\n"
        "    connection.create_function('die', 0, lambda: os.kill(os.getpid(), signal.SIGKILL))\n"
        "    return connection\n"
        "sqlite3.connect = dying\n"
        "schema.History.open(Path(sys.argv[1]))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path), str(moment)], check=False)
    assert ended.returncode == -signal.SIGKILL
    with closing(History.open(tmp_path)) as history:
        assert not history.started_anew
        assert len(history.recent()) == 40
        assert all(run.report for run in history.recent())


def version_3(folder: Path) -> None:
    """A history as schema version 3 wrote it: two runs, the first with a report."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        connection.execute(
            "create table runs (id integer primary key, started_at text not null, source text not null,"
            " searched text not null, kind text not null, mode text not null, setup text,"
            " outcome text not null, total_ms real, error_code text, error_title text) strict"
        )
        connection.execute("create table reports (run integer primary key, report blob not null) strict")
        for number, source in ((1, "old.msgpack"), (7, "newer.msgpack")):
            connection.execute(
                "insert into runs values (?, '2026-01-02T03:04:05+00:00', ?, ?, 'proof', 'local',"
                " 'development', 'verified', 5.0, null, null)",
                (number, source, source),
            )
        connection.execute("insert into reports values (1, ?)", (msgspec.json.encode(REPORT),))
        connection.execute("pragma user_version = 3")


def test_a_history_of_version_3_is_migrated_and_keeps_its_ids(tmp_path: Path) -> None:
    version_3(tmp_path)
    with closing(History.open(tmp_path)) as history:
        newer, old = history.recent()
        assert (old.id, old.source, old.proof_kept) == (1, "old.msgpack", False)
        assert old.report is not None
        assert old.report.circuits == REPORT.circuits
        assert newer.id == 7
        assert history.delete([7]) == {7}
        assert history.begin(AT, "next", ProvingMode.LOCAL) == 8  # an id is never given twice


def proved(history: History, source: str, proof: bytes | None = None) -> int:
    number = history.begin(AT, source, ProvingMode.LOCAL)
    history.end(number, Outcome.VERIFIED, 9.5, REPORT, TrustedSetup.GENUINE, proof)
    return number


def test_proofs_are_kept_until_newer_ones_need_their_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tee_rex_app.services.history.MAX_PROOFS_BYTES", 3_000)
    with closing(History.open(tmp_path)) as history:
        numbers = [proved(history, f"run-{at}", bytes([at]) * 1_000) for at in range(5)]
        proved(history, "flow")
        assert [run.proof_kept for run in history.recent()] == [False, True, True, True, False, False]
        assert [history.proof(number) for number in numbers] == [
            None,
            None,
            *(bytes([at]) * 1_000 for at in range(2, 5)),
        ]
        assert history.read(numbers)[numbers[4]] == history.recent()[1]
    # The pages of the proofs that made room are used again, so the file does not grow for ever.
    assert (tmp_path / FILE_NAME).stat().st_size < 60_000


def test_a_huge_proof_is_neither_kept_nor_read(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        number = proved(history, "huge", bytes(MAX_PROOF_BYTES + 1))
        assert not history.recent()[0].proof_kept
        kept = proved(history, "kept", b"proof")
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other, other:
            other.execute("update proofs set proof = zeroblob(?)", (MAX_PROOF_BYTES + 1,))
        assert (history.proof(number), history.proof(kept)) == (None, None)


def test_the_oldest_runs_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tee_rex_app.services.history.MAX_RUNS", 3)
    with closing(History.open(tmp_path)) as history:
        numbers = [proved(history, f"run-{at}", b"proof") for at in range(5)]
        assert [run.id for run in history.recent()] == numbers[:1:-1]
        assert history.find(RunQuery()).total == 3
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
            for table in ("reports", "proofs"):
                assert other.execute(f"select count(*) from {table}").fetchone() == (3,)


NAME = "a-name-that-only-this-run-has.msgpack"


def traces(folder: Path, *texts: bytes) -> list[str]:
    """The files of the history that contain one of the texts."""
    files = sorted(folder.glob("history*"))
    return [path.name for path in files if any(text in path.read_bytes() for text in texts)]


def test_nothing_of_a_deleted_run_is_left_in_the_files(tmp_path: Path) -> None:
    """While the history is open, too: neither in the file nor in its write-ahead log."""
    proof = b"the bytes of a proof" * 5_000
    report = msgspec.structs.replace(REPORT, aztec_version="marked-in-the-report")
    marks = (NAME.encode(), proof[:20], b"marked-in-the-report")
    with closing(History.open(tmp_path)) as history:
        before = proved(history, "other.msgpack", b"another proof")
        number = history.begin(AT, NAME, ProvingMode.TEE)
        history.end(number, Outcome.VERIFIED, 9.5, report, None, proof)
        assert traces(tmp_path, *marks)
        assert history.delete([number, 10_000]) == {number}
        history.erase_deleted()
        assert traces(tmp_path, *marks) == []
        assert [run.id for run in history.recent()] == [before]
        assert history.proof(before) == b"another proof"
    assert traces(tmp_path, *marks) == []
    assert traces(tmp_path, b"other.msgpack") == [FILE_NAME]


def test_clearing_takes_what_earlier_versions_left(tmp_path: Path) -> None:
    """What they deleted stayed in unused pages; damaged files were put aside."""
    version_2(tmp_path, 40)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as earlier, earlier:
        earlier.execute("pragma secure_delete = off").close()
        earlier.execute("create table dropped (name text)")
        earlier.executemany("insert into dropped values (?)", [("ÁRBOL.msgpack" * 100,)] * 100)
        earlier.execute("drop table dropped")
    (tmp_path / "history-unreadable-20260301T123000.sqlite").write_bytes("ÁRBOL.msgpack".encode())
    mark = "ÁRBOL.msgpack".encode()
    with closing(History.open(tmp_path)) as history:
        assert len(traces(tmp_path, mark)) >= 2
        running = history.begin(AT, "running.msgpack", ProvingMode.LOCAL)
        assert len(history.delete(None)) == 40
        history.erase_deleted()
        assert traces(tmp_path, mark) == []
        history.end(running, Outcome.VERIFIED, 9.5, REPORT)
        (run,) = history.recent()
        assert (run.id, run.outcome) == (running, Outcome.VERIFIED)
        assert history.find(RunQuery()).total == 1


def test_deleting_while_another_process_reads_leaves_nothing_once_it_is_closed(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        history._connection.execute("pragma busy_timeout = 1")
        number = proved(history, NAME)
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
            reading = other.execute("select * from runs")
            assert reading.fetchone()
            assert history.delete([number]) == {number}
            history.erase_deleted()
            reading.close()
    assert traces(tmp_path, NAME.encode()) == []


def test_a_run_that_cannot_be_deleted_is_reported(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history, closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
        number = proved(history, NAME)
        history._connection.execute("pragma busy_timeout = 1")
        other.execute("begin immediate")
        with pytest.raises(HistoryUnusableError, match="locked"):
            history.delete([number])
        other.rollback()
        assert history.delete([number]) == {number}
