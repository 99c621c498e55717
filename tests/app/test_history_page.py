"""The page of the history: finding runs, comparing them, passing the comparison on."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.screenshots import flows, history
from support.app_window import App, PacedBackend, with_app
from tee_rex.backend import ProvingMode
from tee_rex.trusted_setup import TrustedSetup
from tee_rex_app import exports
from tee_rex_app.comparison import Comparison, RowKind
from tee_rex_app.history_filter import HistoryFilter, default_choice
from tee_rex_app.state import Outcome, Page, RunRecord, State, Store
from tee_rex_app.theme import Theme
from tee_rex_app.views import history_page
from tee_rex_app.views.history_page import HistoryPage

RUNS = (*flows(), *history())
VERIFIED = [run for run in history() if run.outcome is Outcome.VERIFIED]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (HistoryFilter(), 8),
        (HistoryFilter("token"), 3),
        (HistoryFilter("TOKEN remote"), 1),
        (HistoryFilter("bb_killed"), 1),
        (HistoryFilter(mode=ProvingMode.REMOTE), 2),
        (HistoryFilter(outcome=Outcome.CANCELLED), 1),
        (HistoryFilter(setup=TrustedSetup.DEVELOPMENT), 6),
        (HistoryFilter("nothing like this"), 0),
    ],
)
def test_filters(chosen: HistoryFilter, count: int) -> None:
    assert sum(map(chosen.matches, RUNS)) == count


def test_the_newest_of_each_mode_is_compared_first() -> None:
    assert default_choice(history()) == [9, 7]
    assert default_choice(()) == []


def test_a_comparison_has_a_row_for_each_kind_of_time_and_part() -> None:
    comparison = Comparison.of([VERIFIED[0], VERIFIED[1], history()[1]])
    assert len(comparison.runs) == 2  # the cancelled run has no times
    rows = {row.name: row for row in comparison.rows}
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
    rows = list(csv.DictReader(io.StringIO(exports.to_csv([evil, *flows()]).decode())))
    assert rows[0]["source"] == "'=HYPERLINK(1)"
    assert {row["kind"] for row in rows} == {"proof", "flow"}
    whole = [row for row in rows if row["level"] == "0"]
    assert len(whole) == 3
    mint = [row for row in rows if row["part"].startswith("Mint privately / Prove")]
    assert mint
    assert all(float(row["ms"]) >= 0 for row in rows)


def test_json_holds_the_reports_as_the_command_line_writes_them() -> None:
    told = json.loads(exports.to_json([VERIFIED[0], flows()[0]]))
    assert told["version"] == 1
    assert told["runs"][0]["proof"]["circuits"][0]["name"]
    assert told["runs"][1]["flow"]["steps"][0]["step"] == "deploy-account"
    assert told["runs"][0]["started_at"].endswith("Z")


def test_markdown_escapes_what_others_named() -> None:
    named = RunRecord(
        99, VERIFIED[0].started_at, "a|b*c", ProvingMode.LOCAL, Outcome.VERIFIED, 1.0, VERIFIED[0].report
    )
    text = exports.to_markdown(Comparison.of([named, VERIFIED[1]]))
    assert text.splitlines()[0] == "| | a\\|b\\*c, Local | Sample: deploy account, Remote |"
    assert "| **Total** | 17.1 s |" in text


def shown(qapp: QApplication, theme: Theme, runs: tuple[RunRecord, ...]) -> HistoryPage:
    from datetime import UTC, datetime

    from tee_rex_app.log.event_log import EventLog
    from tee_rex_app.state import Intents
    from tee_rex_app.views.places import ViewContext

    state = State(modes=(), page=Page.HISTORY, history=runs)
    context = ViewContext(theme, Store(state), Intents(), lambda: 0.0, EventLog(lambda: datetime.now(UTC)))
    page = HistoryPage(context)
    page.resize(900, 700)
    page.show()
    page.render_state(state)
    qapp.processEvents()
    return page


def test_what_the_filter_hides_stays_chosen(qapp: QApplication, theme: Theme) -> None:
    page = shown(qapp, theme, RUNS)
    before = page.chosen
    assert len(before) == 2
    QTest.keyClicks(page.search, "bb_killed")
    assert page.model.rowCount() == 1
    assert page.chosen == before
    page.list.selectionModel().select(page.model.index(0), QItemSelectionModel.SelectionFlag.Select)
    assert len(page.chosen) == 3
    page.search.clear()
    assert page.model.rowCount() == len(RUNS)
    assert len(page.chosen) == 3
    page.clear.click()
    assert page.chosen == []
    assert not page.export.isEnabled()
    assert not page.comparison.isVisible()
    page.deleteLater()


def test_more_than_six_are_exported_and_six_shown(qapp: QApplication, theme: Theme) -> None:
    page = shown(qapp, theme, RUNS)
    page.list.selectAll()
    assert len(page.chosen) == len(RUNS)
    assert page.comparison.table.columnCount() <= 7
    assert "all are exported" in page._hint.text()
    page.deleteLater()


def test_an_empty_history_teaches(qapp: QApplication, theme: Theme) -> None:
    page = shown(qapp, theme, ())
    assert "Every run is kept here" in page._none.text()
    page.deleteLater()


def test_two_proofs_are_compared_and_exported(
    qapp: QApplication, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[Path] = []

    def choose(_parent: object, _title: str, name: str, _kinds: str) -> str:
        saved.append(tmp_path / name)
        return str(saved[-1])

    monkeypatch.setattr(history_page, "ask_to_save", choose)

    async def act(app: App) -> None:
        store, window = app.application.store, app.window
        await app.until(lambda: store.state.sample)
        for _ in range(2):
            window.prove.prove_sample.click()
            await app.proved()
        QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
        page = window.pages[Page.HISTORY]
        assert isinstance(page, HistoryPage)
        assert page.isVisible()
        QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert window.focusWidget() is page.search
        page.list.selectAll()
        assert page.comparison.table.columnCount() == 3
        page.copy.click()
        assert QGuiApplication.clipboard().text().startswith("| | Sample: deploy account, Local |")
        for export in (page.export_csv, page.export_json, page.export_png):
            export()
            await app.until(saved[-1].exists)
            await app.until(lambda: store.state.notice)
            app.application.intents.dismiss_notice.emit()
        assert saved[0].read_bytes().startswith(b"run,started_at,source")
        assert len(json.loads(saved[1].read_bytes())["runs"]) == 2
        picture = QImage(str(saved[2]))
        assert picture.width() >= 2 * page.comparison.width()
        page.clear.click()
        page.list.selectionModel().select(page.model.index(1), QItemSelectionModel.SelectionFlag.Select)
        page.breakdown.click()
        assert store.state.page is Page.PROVE
        assert store.state.selected == (store.state.history or ())[1]

    with_app(qapp, theme, tmp_path / "home", act, backend=PacedBackend)


def test_an_export_that_cannot_be_written_is_told(
    qapp: QApplication, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_page, "ask_to_save", lambda *_: str(tmp_path / "nowhere" / "runs.csv"))

    async def act(app: App) -> None:
        app.application.intents.save_export.emit(str(tmp_path / "nowhere" / "runs.csv"), b"x")
        await app.until(lambda: app.application.store.state.problem)
        assert app.application.store.state.problem is not None
        assert app.application.store.state.problem.code == "NOT_SAVED"

    with_app(qapp, theme, tmp_path / "home", act)
