"""The history page: finding, comparing and exporting runs."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from support.app_intents import quiet_intents
from support.app_runs import flows, history
from support.app_window import App, PacedBackend, RunApp, in_app
from tee_rex.transaction.report import CircuitReport
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.samples import account_deployment
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers.history import MAX_HELD
from tee_rex_app.log.event_log import EventLog
from tee_rex_app.main import show_request
from tee_rex_app.model.actions import Action
from tee_rex_app.model.comparison import Comparison, RowKind, default_choice
from tee_rex_app.model.runs import PAGE, ExportKind, FoundRuns, HistoryFilter, Outcome, RunRecord, RunStage
from tee_rex_app.model.state import Page, State, Store, Success
from tee_rex_app.platform.single_instance import OpenRequest
from tee_rex_app.services import exports
from tee_rex_app.services.history import FILE_NAME, NEWEST, Found, History
from tee_rex_app.services.history_search import RunQuery, query_of
from tee_rex_app.text.breakdown_labels import row_name, to_markdown
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.pages import history_page
from tee_rex_app.ui.pages.history_page import HistoryPage
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.run_list import RECORD_ROLE, FoundRunsModel

RUNS = (*flows(), *history())
VERIFIED = [run for run in history() if run.outcome is Outcome.VERIFIED]


def noted(folder: Path, runs: Sequence[RunRecord]) -> None:
    """Write runs into a history file; the first is the newest."""
    with closing(History.open(folder)) as history:
        for run in reversed(runs):
            number = history.begin(run.started_at, run.source, run.mode, run.kind)
            if run.outcome is not Outcome.RUNNING:
                history.end(number, run.outcome, run.total_ms or 0.0, run.flow or run.report, run.setup)


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (HistoryFilter(), 8),
        (HistoryFilter("token"), 3),
        (HistoryFilter("TOKEN remote"), 1),
        (HistoryFilter("bb_killed"), 1),
        (HistoryFilter("Prover killed"), 1),
        (HistoryFilter("2026-03-14 mar 12:2"), 2),
        (HistoryFilter("development"), 6),
        (HistoryFilter("verified"), 5),
        (HistoryFilter(mode=ProvingMode.REMOTE), 2),
        (HistoryFilter(outcome=Outcome.CANCELLED), 1),
        (HistoryFilter(setup=TrustedSetup.DEVELOPMENT), 6),
        (HistoryFilter("100%' or 1=1 --"), 0),
        (HistoryFilter("nothing like this"), 0),
    ],
)
def test_filters(qapp: QApplication, tmp_path: Path, chosen: HistoryFilter, count: int) -> None:
    noted(tmp_path, RUNS)
    with closing(History.open(tmp_path)) as history:
        found = history.find(query_of(chosen, history.error_titles()))
    assert (len(found.ids), found.total) == (count, len(RUNS))


@pytest.mark.usefixtures("spanish")
def test_words_are_searched_in_the_users_language(tmp_path: Path) -> None:
    noted(tmp_path, RUNS)
    with closing(History.open(tmp_path)) as history:
        for words in ("ejemplo", "verificada", "desarrollo", "probador detenido"):
            assert history.find(query_of(HistoryFilter(words), history.error_titles())).ids, words
        assert history.find(query_of(HistoryFilter("development"), ())).ids == ()


def test_the_newest_of_each_mode_is_compared_first() -> None:
    assert default_choice(history()) == [9, 7]
    assert default_choice(()) == []


def test_a_comparison_has_a_row_for_each_kind_of_time_and_part() -> None:
    comparison = Comparison.of([VERIFIED[0], VERIFIED[1], history()[1]])
    assert len(comparison.runs) == 2  # the cancelled run has no times
    rows = {row_name(row): row for row in comparison.rows}
    total = rows["Total"]
    assert total.kind is RowKind.TOTAL
    assert total.values == tuple(run.total_ms for run in VERIFIED[:2])
    assert rows["encrypt and send"].values[0] is None
    assert total.differences()[0] is None
    difference = total.differences()[1]
    assert difference is not None
    assert difference == pytest.approx((VERIFIED[1].total_ms or 0) / (VERIFIED[0].total_ms or 1) - 1)
    circuits = [row for row in comparison.rows if row.kind is RowKind.PART]
    assert len(circuits) == 10  # eleven, two of them private_kernel_inner; and the final proof
    assert Comparison.of([]).rows == ()


def test_csv_has_every_part_and_no_formula() -> None:
    evil = RunRecord(
        99,
        VERIFIED[0].started_at,
        "=HYPERLINK(1)",
        ProvingMode.LOCAL,
        Outcome.VERIFIED,
        1.0,
        VERIFIED[0].report,
    )
    rows = list(csv.DictReader(io.StringIO(written(ExportKind.CSV, [evil, *flows()]).decode())))
    assert rows[0]["source"] == "'=HYPERLINK(1)"
    assert {row["bb"] for row in rows} == {"bb 4.1.2", "bb 4.1.2 (as the server says)"}
    assert {row["kind"] for row in rows} == {"proof", "flow"}
    whole = [row for row in rows if row["level"] == "0"]
    assert len(whole) == 3
    mint = [row for row in rows if row["part"].startswith("Mint privately / Prove")]
    assert mint
    assert all(float(row["ms"]) >= 0 for row in rows)


def written(kind: ExportKind, runs: Sequence[RunRecord]) -> bytes:
    stream = io.BytesIO()
    writer = exports.WRITERS[kind](stream)
    for run in runs:
        writer.add([run])
    writer.finish()
    return stream.getvalue()


def test_json_without_runs_is_valid() -> None:
    assert json.loads(written(ExportKind.JSON, [])) == {"version": 1, "runs": []}


def test_json_holds_the_reports_as_the_command_line_writes_them() -> None:
    told = json.loads(written(ExportKind.JSON, [VERIFIED[0], flows()[0]]))
    assert told["version"] == 1
    assert told["runs"][0]["proof"]["circuits"][0]["name"]
    assert told["runs"][1]["flow"]["steps"][0]["step"] == "deploy-account"
    assert told["runs"][0]["started_at"].endswith("Z")


def test_markdown_escapes_what_others_named() -> None:
    named = RunRecord(
        99, VERIFIED[0].started_at, "a|b*c", ProvingMode.LOCAL, Outcome.VERIFIED, 1.0, VERIFIED[0].report
    )
    text = to_markdown(Comparison.of([named, VERIFIED[1]]))
    assert text.splitlines()[0] == "| | a\\|b\\*c, Local | Sample: deploy account, Remote |"
    assert "| **Total** | 17.1 s |" in text
    assert "\n| `private_kernel_init` | 0.64 s |" in text
    evil = CircuitReport("a`b|c", 1.0, 2.0)
    assert VERIFIED[0].report is not None
    report = msgspec.structs.replace(VERIFIED[0].report, circuits=(evil,))
    text = to_markdown(Comparison.of([replace(VERIFIED[0], report=report)]))
    assert "\n| `a'b\\|c` | 3 ms |" in text


class Shown:
    """A page backed by a history file, queried synchronously."""

    def __init__(self, qapp: QApplication, theme: Theme, folder: Path) -> None:
        self.qapp = qapp
        self.history = History.open(folder)
        self.store = Store(State(modes=(), page=Page.HISTORY, history=self.history.recent()))
        self.asked: list[Sequence[int]] = []
        self.begun = 0
        intents = replace(
            quiet_intents(self.store), find_runs=self.find, read_runs=self.read, prove_sample=self.prove
        )
        log = EventLog(lambda: datetime.now(UTC))
        self.page = HistoryPage(
            ViewContext(theme, self.store, intents, lambda: 0.0, log, *(lambda: None,) * 3)
        )
        self.store.changed.connect(self.page.render_state)
        self.page.resize(900, 700)
        self.page.show()
        self.find(HistoryFilter())
        qapp.processEvents()

    def find(self, chosen: HistoryFilter) -> None:
        found = self.history.find(query_of(chosen, self.history.error_titles()))
        records = self.history.read(found.ids[:PAGE])
        shown = FoundRuns(chosen, found.ids, found.total, found.longest_ms, records, found.websites)
        self.store.update(found=shown)

    def prove(self) -> None:
        self.begun += 1

    def read(self, ids: Sequence[int]) -> None:
        self.asked.append(ids)
        found = self.store.state.found
        assert found is not None
        records = {**found.records, **self.history.read(ids)}
        self.store.update(found=replace(found, records=records))

    def typed(self, words: str) -> None:
        self.page.filters.search.setText(words)
        self.page.filters.tell()

    def close(self) -> None:
        self.page.deleteLater()
        self.history.close()


@pytest.fixture
def shown(qapp: QApplication, theme: Theme, tmp_path: Path) -> Iterator[Shown]:
    noted(tmp_path, RUNS)
    made = Shown(qapp, theme, tmp_path)
    yield made
    made.close()


def test_hidden_runs_stay_selected(shown: Shown) -> None:
    page = shown.page
    before = page.chosen
    assert len(before) == 2
    shown.typed("bb_killed")
    assert page.model.rowCount() == 1
    assert page.chosen == before
    page.list.selectionModel().select(page.model.index(0), QItemSelectionModel.SelectionFlag.Select)
    assert len(page.chosen) == 3
    shown.typed("")
    assert page.model.rowCount() == len(RUNS)
    assert len(page.chosen) == 3
    assert len(page.list.selectionModel().selectedIndexes()) == 3
    shown.typed("token")
    page.clear.click()
    assert page.chosen_ids == ()
    assert not page.export.isEnabled()
    assert not page.comparison.isVisible()


def test_a_filter_without_matches_can_be_reset(shown: Shown) -> None:
    page = shown.page
    page.filters.mode.setCurrentIndex(2)
    shown.typed("nothing like this")
    assert page.model.rowCount() == 0
    assert "No matching runs" in page._none.text()
    page.unfilter.click()
    assert page.model.rowCount() == len(RUNS)
    assert not page.unfilter.isVisible()


def test_the_runs_of_a_website_are_found(shown: Shown) -> None:
    page = shown.page
    assert not page.filters.website.isVisible()
    shown.history.begin(RUNS[0].started_at, "https://app.example", ProvingMode.LOCAL)
    shown.typed("app.example")
    assert page.model.rowCount() == 1
    shown.typed("")
    assert page.filters.website.isVisible()
    page.filters.website.setCurrentIndex(1)
    assert (page.filters.website.value(), page.model.rowCount()) == ("https://app.example", 1)
    page.filters.clear()
    assert page.model.rowCount() == len(RUNS) + 1


def test_more_than_six_are_exported_and_six_shown(shown: Shown) -> None:
    page = shown.page
    page.list.selectAll()
    assert len(page.chosen_ids) == len(RUNS)
    assert page.comparison.table.columnCount() <= 7
    assert "exports include all" in page._hint.text()


def test_an_empty_history_explains_itself_and_starts_a_proof(
    qapp: QApplication, theme: Theme, tmp_path: Path
) -> None:
    shown = Shown(qapp, theme, tmp_path)
    page = shown.page
    assert "Every run is kept here" in page._none.text()
    assert not page.filters.isVisible()
    assert not page.export.isVisible()
    page.prove.click()
    assert shown.begun
    shown.close()


def test_an_unreadable_run_has_a_row_and_is_requested_once(
    qapp: QApplication, theme: Theme, tmp_path: Path
) -> None:
    noted(tmp_path, RUNS[:3])
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other, other:
        other.execute("update runs set mode = 'moon' where id = 2")
    shown = Shown(qapp, theme, tmp_path)
    shown.asked.clear()
    shown.page.list.selectAll()
    for _ in range(5):
        shown.page.list.viewport().update()
        qapp.processEvents()
    assert shown.page.model.index(1).data() == "Run 2 is unreadable"
    assert shown.asked == []
    assert len(shown.page.chosen) == 2
    shown.close()


MANY = 20_000


def test_twenty_thousand_runs_are_read_as_they_come_into_view(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is done at a time is counted in rows: none of it in the loop's thread, a page at the most."""
    many(tmp_path, MANY)
    exported = tmp_path / "runs.csv"
    monkeypatch.setattr(history_page, "ask_to_save", lambda *_: exported)
    reads: list[int] = []
    threads: set[str] = set()
    read, find = History.read, History.find

    def counted(history: History, ids: Sequence[int]) -> dict[int, RunRecord | None]:
        records = read(history, ids)
        reads.append(len(records))
        threads.add(threading.current_thread().name)
        return records

    def noticed(history: History, query: RunQuery) -> Found:
        threads.add(threading.current_thread().name)
        return find(history, query)

    monkeypatch.setattr(History, "read", counted)
    monkeypatch.setattr(History, "find", noticed)

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.found, 60.0)
        assert store.state.history is not None
        assert len(store.state.history) == NEWEST
        app.application.intents.open_page(Page.HISTORY)
        page = app.window.pages[Page.HISTORY]
        assert isinstance(page, HistoryPage)
        assert page.model.rowCount() == MANY
        asked = counted_rows(page, monkeypatch)

        def in_sight(row: int) -> bool:
            return isinstance(page.model.index(row).data(RECORD_ROLE), RunRecord)

        await app.until(lambda: in_sight(0), 30.0)
        before = len(reads)
        page.list.scrollToBottom()
        await app.until(lambda: in_sight(MANY - 1), 30.0)
        assert len(reads) - before <= 3
        for row in range(0, MANY, 997):
            page.list.scrollTo(page.model.index(row))
            await app.until(lambda row=row: in_sight(row), 30.0)  # type: ignore[misc]  # bound now
        found = store.state.found
        assert found is not None
        assert len(found.records) <= MAX_HELD
        assert max(reads) <= PAGE

        page.filters.search.setText("run-19")
        await app.until(lambda: page.model.rowCount() == 1_111, 60.0)
        page.filters.search.setText("")
        await app.until(lambda: page.model.rowCount() == MANY, 60.0)
        assert max(asked, default=0) < 500, "so many rows were asked for in one turn of the loop"

        page.list.selectAll()
        assert len(page.chosen_ids) == MANY
        await app.until(lambda: len(page.chosen) == 6, 30.0)
        page.export_csv()
        await app.until(lambda: store.state.success, 120.0)
        assert exported.read_bytes().count(b"\r\n") == MANY + 1
        assert max(reads) <= PAGE
        assert all(name.startswith("history") for name in threads)

    run_app(tmp_path, act)


def many(folder: Path, count: int) -> None:
    """Insert runs without timings, in one transaction."""
    with closing(History.open(folder)) as history, history._connection as connection:
        connection.executemany(
            "insert into runs (started_at, source, searched, kind, mode, outcome, total_ms)"
            " values ('2026-03-14T12:50:00+00:00', ?1, ?1, 'proof', 'local', 'cancelled', 5.0)",
            ((f"run-{number}",) for number in range(count)),
        )


def counted_rows(page: HistoryPage, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of values that the list requested in each turn of the loop."""
    counts, turn, data = [0], QTimer(page), FoundRunsModel.data

    def counted(model: FoundRunsModel, index: QModelIndex, role: int = 0) -> object:
        counts[-1] += role == RECORD_ROLE
        return data(model, index, role)

    monkeypatch.setattr(FoundRunsModel, "data", counted)
    turn.timeout.connect(lambda: counts.append(0))
    turn.start(0)
    return counts


def test_two_proofs_are_compared_and_exported(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[Path] = []

    def choose(_parent: object, _title: str, name: str, _kinds: str) -> Path:
        saved.append(tmp_path / name)
        return saved[-1]

    monkeypatch.setattr(history_page, "ask_to_save", choose)

    async def act(app: App) -> None:
        store, window = app.application.store, app.window
        await app.until(lambda: store.state.sample)
        for _ in range(2):
            await app.prove_sample()
        QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        page = window.pages[Page.HISTORY]
        assert isinstance(page, HistoryPage)
        assert page.isVisible()
        await app.until(lambda: page.model.rowCount() == 2)
        QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert window.focusWidget() is page.filters.search
        page.list.selectAll()
        assert page.comparison.table.columnCount() == 3
        page.copy.click()
        assert QGuiApplication.clipboard().text().startswith("| | Sample: deploy account, Local |")
        for export in (page.export_csv, page.export_json, page.export_png):
            export()
            await app.until(lambda: store.state.success)
            app.application.intents.dismiss_success()
        assert saved[0].read_bytes().startswith(b"run,started_at,source")
        assert len(json.loads(saved[1].read_bytes())["runs"]) == 2
        picture = QImage(str(saved[2]))
        assert picture.width() >= 2 * page.comparison.width()
        page.clear.click()
        page.list.selectionModel().select(page.model.index(1), QItemSelectionModel.SelectionFlag.Select)
        page.breakdown.click()
        assert store.state.page is Page.PROVE
        assert store.state.selected == (store.state.history or ())[1]

    run_app(tmp_path / "home", act, backend=PacedBackend)


@pytest.mark.parametrize("before", [None, b"of an earlier export"])
def test_a_failed_export_is_reported_and_keeps_the_old_file(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes | None
) -> None:
    target = tmp_path / "nowhere" / "runs.csv" if before is None else tmp_path / "runs.csv"
    if before is not None:
        target.write_bytes(before)

        def full(_writer: object, _runs: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(exports.CsvWriter, "add", full)
    noted(tmp_path / "home", RUNS)

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.found)
        intents = app.application.intents
        intents.export_runs(target, ExportKind.CSV, (1, 2))
        await app.until(lambda: store.state.problem and store.state.problem.code == "NOT_SAVED")
        if before is None:
            intents.dismiss_problem()
            intents.save_picture(target, b"a picture")
            await app.until(lambda: store.state.problem and store.state.problem.code == "NOT_SAVED")
        left = sorted(path.name for path in tmp_path.iterdir())
        assert left == (["home"] if before is None else ["home", "runs.csv"])
        assert before is None or target.read_bytes() == before

    run_app(tmp_path / "home", act)


def test_a_history_with_a_damaged_page_is_a_problem_to_read(run_app: RunApp, tmp_path: Path) -> None:
    noted(tmp_path, RUNS)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as whole:
        (page,) = whole.execute("select rootpage from sqlite_schema where name = 'reports'").fetchone()
    with (tmp_path / FILE_NAME).open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(range(256)) * 16)

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.problem)
        assert app.problem.code == "HISTORY_UNUSABLE"
        assert store.state.history == ()
        await app.until(lambda: store.state.sample)
        await app.prove_sample()
        assert app.run.stage is RunStage.DONE

    run_app(tmp_path, act, backend=PacedBackend)


def test_the_end_of_a_proof_is_recorded_after_the_window_is_closed(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, let_on = threading.Event(), threading.Event()
    end = History.end

    def slow(history: History, *values: object) -> None:
        begun.set()
        let_on.wait(60)
        end(history, *values)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(History, "end", slow)

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        app.window.prove.prove_sample.click()
        await app.until(begun.is_set, 30.0)
        threading.Timer(0.2, let_on.set).start()

    run_app(tmp_path, act, backend=PacedBackend)
    with closing(History.open(tmp_path)) as history:
        assert [run.outcome for run in history.recent()] == [Outcome.VERIFIED]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
def test_a_file_whose_name_is_not_text_is_proved_and_recorded(run_app: RunApp, tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/latin-\xff.msgpack"))
    file.write_bytes(account_deployment(TrustedSetup.DEVELOPMENT))

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        show_request(app.window, OpenRequest.of([file]))
        await app.until(lambda: store.state.run)
        await app.proved()
        (run,) = store.state.history or ()
        assert run.outcome is Outcome.VERIFIED, store.state.problem
        assert run.source == "latin-?.msgpack"

    run_app(tmp_path / "home", act, backend=PacedBackend)


# --- deleting ------------------------------------------------------------------------------------------

MARK = "a-name-that-nobody-else-has"


def offered(page: HistoryPage) -> list[str]:
    """What the menu offers to delete; in brackets what cannot be chosen."""
    page.delete.menu.aboutToShow.emit()
    actions = page.delete.menu.actions()
    return [one.text() if one.isEnabled() else f"({one.text()})" for one in actions]


def choose_to_delete(page: HistoryPage, words: str) -> None:
    """Choose what the menu offers."""
    page.delete.menu.aboutToShow.emit()
    (action,) = (one for one in page.delete.menu.actions() if one.text().startswith(words))
    action.trigger()


def choose(page: HistoryPage, *rows: int) -> None:
    """Select rows alone."""
    page.clear.click()
    for row in rows:
        page.list.selectionModel().select(page.model.index(row), QItemSelectionModel.SelectionFlag.Select)


async def opened(app: App) -> HistoryPage:
    """The history page with its runs."""
    store = app.application.store
    app.application.intents.open_page(Page.HISTORY)
    await app.until(lambda: store.state.found)
    page = app.window.pages[Page.HISTORY]
    assert isinstance(page, HistoryPage)
    return page


def traces(folder: Path, text: str) -> list[str]:
    """The files of the history that contain a text."""
    files = sorted(folder.glob("history*"))
    return [path.name for path in files if text.encode() in path.read_bytes()]


def test_a_deleted_run_is_gone_from_the_file_at_once(run_app: RunApp, tmp_path: Path) -> None:
    file, home = tmp_path / f"{MARK}.msgpack", tmp_path / "h"
    file.write_bytes(account_deployment(TrustedSetup.DEVELOPMENT))

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        await app.begin_file(file)
        await app.proved()
        await app.prove_sample()
        assert traces(home, MARK)
        page = await opened(app)
        choose(page, 1)
        assert offered(page) == ["Selected: 1 run(s)", "All: 2 run(s)"]
        choose_to_delete(page, "Selected")
        assert page.delete.confirm.isVisible()
        assert page.delete.confirm.text() == "Delete 1 run(s)?"
        assert page.delete.warning.isVisible()
        assert app.window.focusWidget() is page.delete.confirm
        assert traces(home, MARK)  # nothing happens yet
        QTest.keyClick(page.delete.confirm, Qt.Key.Key_Space)
        await app.until(lambda: store.state.success is Success.RUNS_DELETED)
        assert traces(home, MARK) == []
        assert page.model.rowCount() == 1
        assert page.chosen_ids == ()
        assert [run.source for run in store.state.history or ()] == ["Sample: deploy account"]
        assert not page.delete.confirm.isVisible()
        assert app.window.bottom.success.accessibleName() == "Runs deleted"

    run_app(home, act, backend=PacedBackend)


def test_what_the_filter_shows_and_everything_can_be_deleted(run_app: RunApp, tmp_path: Path) -> None:
    noted(tmp_path, RUNS)

    async def act(app: App) -> None:
        store = app.application.store
        page = await opened(app)
        await app.until(lambda: page.model.rowCount() == len(RUNS))
        page.clear.click()
        assert offered(page) == ["(Selected: 0 run(s))", f"All: {len(RUNS)} run(s)"]
        page.filters.search.setText("token")
        page.filters.tell()
        await app.until(lambda: page.model.rowCount() == 3)
        assert offered(page)[1:] == ["All shown: 3 run(s)", f"All: {len(RUNS)} run(s)"]
        choose_to_delete(page, "All shown")
        page.delete.confirm.click()
        await app.until(lambda: page.model.rowCount() == 0)
        page.unfilter.click()
        await app.until(lambda: page.model.rowCount() == len(RUNS) - 3)
        choose_to_delete(page, "All:")
        page.delete.confirm.click()
        await app.until(lambda: page.model.rowCount() == 0)
        assert store.state.history == ()
        assert store.state.selected is None
        assert not page.delete.isVisible()
        assert "Your first proof will appear here." in page._none.text()
        await app.until(lambda: not traces(tmp_path, "Sample: deploy account"))  # after the list

    run_app(tmp_path, act, backend=PacedBackend)
    with closing(History.open(tmp_path)) as history:
        assert history.recent() == ()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Tab])
def test_the_question_is_forgotten(run_app: RunApp, tmp_path: Path, key: Qt.Key) -> None:
    noted(tmp_path, RUNS)

    async def act(app: App) -> None:
        page = await opened(app)
        await app.until(lambda: page.model.rowCount() == len(RUNS))
        choose(page, 0, 1)
        page.list.setFocus()
        QTest.keyClick(page.list, Qt.Key.Key_Delete)
        assert page.delete.confirm.text() == "Delete 2 run(s)?"
        QTest.keyClick(page.delete.confirm, key)
        assert not page.delete.confirm.isVisible()
        assert not page.delete.warning.isVisible()
        assert page.delete.open.isVisible()
        assert page.model.rowCount() == len(RUNS)
        assert len(page.chosen_ids) == 2

    run_app(tmp_path, act, backend=PacedBackend)


@in_app(stop_at=2)
async def test_a_running_run_stays(app: App) -> None:
    store = app.application.store
    await app.begin_sample()
    page = await opened(app)
    page.filters.mode.setCurrentIndex(1)  # finds it
    await app.until(lambda: page.model.rowCount() == 1)
    choose(page, 0)
    assert offered(page) == ["(Selected: 0 run(s))", "(All: 0 run(s))"]
    app.application.intents.delete_runs(None)
    app.backend.gate.set()
    await app.proved()
    (run,) = store.state.history or ()
    assert (run.outcome, run.proof_kept) == (Outcome.VERIFIED, True)
    assert store.state.success is None


@in_app()
async def test_runs_that_cannot_be_deleted_stay_and_it_is_said(app: App, tmp_path: Path) -> None:
    store = app.application.store
    await app.prove_sample()
    page = await opened(app)
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as other:
        other.execute("begin immediate")
        choose_to_delete(page, "All")
        page.delete.confirm.click()
        await app.until(lambda: store.state.problem)
        other.rollback()
    assert app.problem.code == "HISTORY_UNUSABLE"
    assert page.model.rowCount() == 1
    app.application.intents.delete_runs(page.chosen_ids)
    await app.until(lambda: page.model.rowCount() == 0)


def test_unreadable_histories_go_with_all_runs_and_it_is_said(run_app: RunApp, tmp_path: Path) -> None:
    noted(tmp_path, RUNS)
    unreadable = tmp_path / "history-unreadable-20260301T123000.sqlite"
    unreadable.write_text("damaged")

    async def act(app: App) -> None:
        page = await opened(app)
        await app.until(lambda: page.model.rowCount() == len(RUNS))
        choose_to_delete(page, "Selected")
        assert "nreadable" not in page.delete.warning.text()
        page.delete.withdraw()
        choose_to_delete(page, "All:")
        assert page.delete.warning.text().endswith("Unreadable history files that were kept are deleted too.")
        assert unreadable.exists()
        page.delete.confirm.click()
        await app.until(lambda: page.model.rowCount() == 0)
        await app.prove_sample()
        page = await opened(app)
        await app.until(lambda: page.model.rowCount() == 1)
        choose_to_delete(page, "All:")
        assert page.delete.warning.isVisible()
        assert "nreadable" not in page.delete.warning.text()

    run_app(tmp_path, act, backend=PacedBackend)
    assert not unreadable.exists()


@in_app(stop_at=2)
async def test_in_an_empty_history_the_sample_is_offered_only_while_nothing_runs(app: App) -> None:
    page = await opened(app)
    assert page.prove.isVisible()
    assert page.prove.isEnabled()
    await app.begin_sample()
    page = await opened(app)
    assert not (page.prove.isVisible() and page.prove.isEnabled())


@pytest.mark.parametrize("tries_again", [True, False])
def test_a_run_that_does_not_fit_on_the_disk_can_be_recorded_later(
    run_app: RunApp, tmp_path: Path, tries_again: bool
) -> None:
    shown: list[Path] = []
    backend = PacedBackend(stop_at=2)

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        history, state = app.application.history, app.application.store
        assert history._history is not None
        execute = history._history._connection.execute
        app.window.prove.prove_sample.click()
        await app.until(lambda: backend.proving)
        await history._in_thread(lambda: execute("pragma max_page_count = 1").close())
        backend.gate.set()
        await app.until(lambda: state.state.problem)
        assert app.problem.code == "HISTORY_UNUSABLE"
        buttons = app.window.problem.remedies.buttons
        if not tries_again:
            buttons[Action.SHOW_FILE].click()
            assert shown == [tmp_path / FILE_NAME]
            return
        await history._in_thread(lambda: execute("pragma max_page_count = 100000").close())
        buttons[Action.TRY_AGAIN].click()
        await app.until(lambda: state.state.selected)
        assert state.state.problem is None
        assert [run.outcome for run in state.state.history or ()] == [Outcome.VERIFIED]

    run_app(tmp_path, act, backend=lambda: backend, show_in_folder=shown.append)
