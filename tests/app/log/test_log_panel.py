"""The log panel in its window: batches, levels, search, copy, export, links."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from support.app_intents import quiet_intents
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.model.state import State, Store
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.panels.log_panel import LogPanel
from tee_rex_app.ui.theme import Theme

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def log() -> EventLog:
    return EventLog(lambda: datetime(2026, 3, 14, 12, 50, tzinfo=UTC))


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, log: EventLog) -> LogPanel:
    store = Store(State(modes=()))
    made = LogPanel(ViewContext(theme, store, quiet_intents(store), lambda: 0.0, log, *(lambda: None,) * 3))
    qtbot.addWidget(made)
    made.resize(900, 240)
    made.show()
    return made


def test_events_arrive_in_batches_and_the_newest_stays_visible(
    qtbot: QtBot, panel: LogPanel, log: EventLog
) -> None:
    inserted: list[int] = []
    panel.model.rowsInserted.connect(lambda _parent, first, last: inserted.append(last - first + 1))
    for number in range(800):
        log.write(Level.INFO, "x", n=number)
    assert panel.model.rowCount() == 0
    qtbot.waitUntil(lambda: panel.model.rowCount() == 800)
    assert len(inserted) < 10
    bar = panel.list.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    assert panel.list.accessibleName()


def test_a_flood_keeps_the_last_ones(qtbot: QtBot, panel: LogPanel, log: EventLog) -> None:
    for number in range(12_000):
        log.write(Level.INFO, "x", n=number)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 5_000)
    log.write(Level.INFO, "x", n="last")
    qtbot.waitUntil(lambda: panel.model.entries()[-1].field("n") == "last")
    assert panel.model.rowCount() == 5_000
    assert panel.model.entries()[0].field("n") == "7001"


def test_scrolling_up_stops_following(qtbot: QtBot, panel: LogPanel, log: EventLog) -> None:
    for number in range(200):
        log.write(Level.INFO, "x", n=number)
    panel.model.bring_up_to_date()
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index(199))
    QTest.keyClick(panel.list, Qt.Key.Key_Home)
    assert panel.newest.isVisible()
    before = panel.list.verticalScrollBar().value()
    log.write(Level.INFO, "x", n="new")
    panel.model.bring_up_to_date()
    assert panel.list.verticalScrollBar().value() == before
    panel.newest.click()
    bar = panel.list.verticalScrollBar()
    assert bar.value() == bar.maximum()
    assert not panel.newest.isVisible()


def test_levels_and_search_filter(qtbot: QtBot, panel: LogPanel, log: EventLog) -> None:
    log.write(Level.DEBUG, "proof.phase", phase="start")
    log.write(Level.INFO, "proof.circuit", index=1, count=2, name="private_kernel_init", ms=640)
    log.write(Level.WARNING, "library.message", library="l", message="slow")
    log.write(
        Level.ERROR, "error", code="BB_KILLED", title="The prover was killed", message="SIGKILL.", hint=""
    )
    panel.model.bring_up_to_date()
    assert panel.model.rowCount() == 3
    panel.level_actions[Level.DEBUG].trigger()
    assert panel.model.rowCount() == 4
    assert panel.levels.text().startswith("All events")
    panel.level_actions[Level.ERROR].trigger()
    assert panel.model.rowCount() == 1
    panel.level_actions[Level.DEBUG].trigger()
    panel.search.setFocus()
    QTest.keyClicks(panel.search, "KERNEL circuit")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    assert panel.count.text() == "1 of 4"
    panel.search.setText("nothing like it")
    qtbot.waitUntil(panel.empty.isVisible)
    panel.list.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_F, CONTROL)
    assert panel.search.hasFocus()


def test_copy_copies_the_selected_events_or_all(qtbot: QtBot, panel: LogPanel, log: EventLog) -> None:
    for number in range(3):
        log.write(Level.INFO, "x", n=number)
    panel.model.bring_up_to_date()
    panel.copy.click()
    assert QGuiApplication.clipboard().text().count("\n") == 3
    panel.list.setCurrentIndex(panel.model.index(1))
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text().endswith("info    x n=1\n")
    assert QGuiApplication.clipboard().text().count("\n") == 1


def test_export_writes_what_is_shown(qtbot: QtBot, panel: LogPanel, log: EventLog, tmp_path: Path) -> None:
    log.write(Level.INFO, "x", n=1)
    panel.model.bring_up_to_date()
    assert panel.export_to(tmp_path / "log.txt")
    assert (tmp_path / "log.txt").read_text().endswith("info    x n=1\n")
    assert not panel.export_to(tmp_path / "missing" / "log.txt")


def test_a_link_opens_by_click_and_by_key(
    qtbot: QtBot, panel: LogPanel, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(QUrl(url).toString()))
    log.write(Level.DONE, "flow.sent", link="https://explorer.example.org/tx/1")
    log.write(Level.INFO, "x")
    panel.model.bring_up_to_date()
    rect = panel.list.visualRect(panel.model.index(0))
    link = panel.list._delegate.link_rect(rect).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=link)
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    panel.list.setCurrentIndex(panel.model.index(0))
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert opened == ["https://explorer.example.org/tx/1"] * 2


def test_all_events_are_all_of_them_and_the_count_follows(
    qtbot: QtBot, panel: LogPanel, log: EventLog
) -> None:
    for number in range(5):
        log.write(Level.DEBUG if number % 2 else Level.INFO, "x", n=number)
    qtbot.waitUntil(lambda: panel.count.text() == "3 of 5")
    log.write(Level.DEBUG, "x", n=5)  # not shown, but counted
    qtbot.waitUntil(lambda: panel.count.text() == "3 of 6")
    panel.level_actions[Level.DEBUG].trigger()
    assert panel.levels.text().startswith("All events")
    assert panel.count.text().startswith("6 event")
    log.write(Level.DEBUG, "x", n=6)
    qtbot.waitUntil(lambda: panel.count.text().startswith("7 event"))
