"""Context menus, the list of shortcuts, and the focus when its widget goes."""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QMenu, QWidget

from support.app_scenes import make_window, scenes
from support.app_window import App, in_app
from tee_rex_app.model.runs import Outcome, RunProof, RunRecord
from tee_rex_app.model.services import ServiceName
from tee_rex_app.model.state import Page, Success
from tee_rex_app.text.labels import shortcuts
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.pages.history_page import HistoryPage
from tee_rex_app.ui.pages.prove_page import ProvePage
from tee_rex_app.ui.panels.log_panel import LogPanel
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets import proof_row
from tee_rex_app.ui.widgets.menus import ContextMenu
from tee_rex_app.ui.widgets.run_list import RECORD_ROLE

SelectionFlag = QItemSelectionModel.SelectionFlag
SCENES = dict(scenes())
OTHER_KEYS = {"Ctrl+Return": "Ctrl+Enter", "Ctrl+=": "Ctrl++", "Ctrl+C": ""}
"""Keys for the same as another one, or for what every list does."""


def listed() -> set[str]:
    """The keys of the list; Alt+1  2 stands for Alt+1 and Alt+2."""
    found = set()
    for keys, _ in shortcuts():
        first, *more = keys.split()
        stem = re.sub(r".$", "", first)
        found |= {first, *(f"{stem}{key}" for key in more)}
    return found


def test_the_list_of_shortcuts_is_complete(theme: Theme) -> None:
    window = make_window(theme, SCENES["ready"])
    sequences = [one.key() for one in window.findChildren(QShortcut)]
    for action in window.findChildren(QAction):
        sequences += action.shortcuts()
    text = QKeySequence.SequenceFormat.PortableText
    registered = {OTHER_KEYS.get(one.toString(text), one.toString(text)) for one in sequences} - {""}
    assert registered == listed()
    window.end()
    window.deleteLater()


def opened(widget: QWidget, at: QPoint | None = None, clicked: QWidget | None = None) -> ContextMenu | None:
    """The menu that the Menu key opens, or a right click. at: where; by default in the middle.

    clicked: the part of the widget that gets the right click.
    """
    at = widget.rect().center() if at is None else at
    reason = QContextMenuEvent.Reason.Mouse if clicked else QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(clicked or widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))
    menus = [one for one in widget.findChildren(ContextMenu) if one.isVisible()]
    return menus[0] if menus else None


def texts(menu: QMenu | None) -> list[str]:
    return [] if menu is None else [action.text() for action in menu.actions()]


def shown(theme: Theme, scene: str) -> MainWindow:
    window = make_window(theme, SCENES[scene])
    window.show()
    QApplication.processEvents()
    return window


def test_the_context_menu_of_a_service(theme: Theme) -> None:
    window = shown(theme, "servers")
    menu = opened(window.services.rows[ServiceName.REMOTE])
    assert texts(menu) == ["Check again", "Settings…", "Copy the address"]
    assert menu is not None
    assert window.frameGeometry().contains(menu.geometry())
    menu.actions()[2].trigger()
    assert QGuiApplication.clipboard().text() == "https://prover.example.org"
    menu.close()
    assert texts(opened(window.services.rows[ServiceName.EMBEDDED])) == []
    window.end()
    window.deleteLater()


def test_the_context_menu_of_log_lines(theme: Theme) -> None:
    window = shown(theme, "log")
    panel = window.bottom.panels["log"]
    assert isinstance(panel, LogPanel)
    assert texts(opened(panel.list)) == []
    row = next(at for at, entry in enumerate(panel.model.entries()) if entry.link)
    panel.list.setCurrentIndex(panel.model.index(row))
    menu = opened(panel.list)
    assert texts(menu) == ["Copy", "Open"]
    assert menu is not None
    menu.actions()[0].trigger()
    assert "4f06701cc0a94089" in QGuiApplication.clipboard().text()
    window.end()
    window.deleteLater()


EVERYTHING = ["Show breakdown", "Save proof…", "Copy digest", "Delete…"]


async def list_of(app: App, page: Page) -> QListView:
    """The runs of a page, the first of them current."""
    app.application.intents.open_page(page)
    await app.until(lambda: app.application.store.state.found)
    shown = app.window.pages[page]
    assert isinstance(shown, HistoryPage | ProvePage)
    runs = shown.list if isinstance(shown, HistoryPage) else shown.runs.list
    await app.until(lambda: runs.model().rowCount() > 0)
    await app.until(lambda: isinstance(runs.model().index(0, 0).data(RECORD_ROLE), RunRecord))
    runs.selectionModel().setCurrentIndex(runs.model().index(0, 0), SelectionFlag.NoUpdate)
    runs.setFocus()
    await asyncio.sleep(0)  # Qt lays it out; processEvents would lose the steps of other tasks
    return runs


def choose(runs: QListView, words: str) -> None:
    """Choose what the menu of the current run offers."""
    menu = opened(runs, runs.visualRect(runs.currentIndex()).center())
    assert menu is not None
    assert runs.window().frameGeometry().contains(menu.geometry())
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.mark.parametrize("page", [Page.PROVE, Page.HISTORY])
@in_app()
async def test_the_context_menu_of_a_run(
    app: App, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, saved = app.application.store, tmp_path / "saved.proof"
    monkeypatch.setattr(proof_row, "ask_to_save", lambda *_: saved)
    await app.prove_sample()
    runs = await list_of(app, page)
    (run,) = store.state.history or ()
    proof = RunProof.of(run)
    assert proof is not None
    assert texts(opened(runs, runs.visualRect(runs.currentIndex()).center())) == EVERYTHING
    choose(runs, "Copy digest")
    assert QGuiApplication.clipboard().text() == proof.sha256
    choose(runs, "Save proof…")
    await app.until(lambda: store.state.success is Success.PROOF_SAVED)
    assert hashlib.sha256(saved.read_bytes()).hexdigest() == proof.sha256
    choose(runs, "Show breakdown")
    assert store.state.page is Page.PROVE
    assert store.state.selected == run
    if page is Page.PROVE:
        assert app.window.focusWidget() is app.window.prove.breakdown.tree


@pytest.mark.parametrize("page", [Page.PROVE, Page.HISTORY])
@in_app()
async def test_a_run_is_deleted_by_its_context_menu_after_the_question(app: App, page: Page) -> None:
    store = app.application.store
    await app.prove_sample()
    await app.prove_sample()
    older = (store.state.history or ())[1]
    runs = await list_of(app, page)
    part = app.window.pages[page]
    assert isinstance(part, HistoryPage | ProvePage)
    question = part.delete if isinstance(part, HistoryPage) else part.runs.delete
    choose(runs, "Delete…")
    assert question.confirm.isVisible()
    assert question.confirm.text() == "Delete 1 run(s)?"
    assert question.warning.isVisible()
    assert app.window.focusWidget() is question.confirm
    QTest.keyClick(question.confirm, Qt.Key.Key_Escape)
    assert not question.confirm.isVisible()
    assert not question.warning.isVisible()
    assert app.window.focusWidget() is (question.open if page is Page.HISTORY else runs)
    assert len(store.state.history or ()) == 2
    choose(runs, "Delete…")
    QTest.keyClick(question.confirm, Qt.Key.Key_Space)
    await app.until(lambda: store.state.success is Success.RUNS_DELETED)
    assert store.state.history == (older,)
    assert not question.confirm.isVisible()
    if isinstance(part, ProvePage):
        assert part.runs.compare.isVisible()
        assert not question.open.isVisible()


def test_a_right_click_offers_the_run_under_the_pointer_and_does_not_choose_it(theme: Theme) -> None:
    window = shown(theme, "history")
    page = window.pages[Page.HISTORY]
    assert isinstance(page, HistoryPage)
    chosen = page.chosen_ids
    row = page.model.index(next(at for at, number in enumerate(page.model.ids) if number not in chosen))
    place = page.list.visualRect(row).center()
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.RightButton, pos=place)
    assert texts(opened(page.list, place, page.list.viewport()))[0] == "Show breakdown"
    assert page.chosen_ids == chosen
    assert page.list.currentIndex() == row
    window.end()
    window.deleteLater()


def test_what_a_run_lacks_is_not_offered_and_nothing_where_there_is_no_run(theme: Theme) -> None:
    window = shown(theme, "ready")
    runs = window.prove.runs.list
    offered = {}
    for at in range(runs.model().rowCount()):
        run = runs.model().index(at, 0).data(RECORD_ROLE)
        runs.scrollTo(runs.model().index(at, 0))
        menu = opened(runs, runs.visualRect(runs.model().index(at, 0)).center())
        offered[run.outcome] = texts(menu)
        if menu is not None:
            menu.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert offered[Outcome.CANCELLED] == ["Show breakdown", "Delete…"]
    assert "Copy digest" in offered[Outcome.VERIFIED]
    assert texts(opened(runs, QPoint(-5, -5))) == []
    window.end()
    window.deleteLater()


@in_app(stop_at=2)
async def test_a_running_run_has_no_context_menu(app: App) -> None:
    await app.begin_sample()
    page = app.window.pages[Page.HISTORY]
    assert isinstance(page, HistoryPage)
    page.filters.mode.setCurrentIndex(1)  # finds it
    runs = await list_of(app, Page.HISTORY)
    assert opened(runs, runs.visualRect(runs.currentIndex()).center()) is None
    app.backend.gate.set()
    await app.proved()


@pytest.mark.parametrize("how", ["hidden", "locked"])
@in_app()
async def test_the_focus_stays_near_when_its_widget_goes(app: App, how: str) -> None:
    app.application.intents.open_page(Page.PROVE)
    await app.settled()
    card = app.window.prove.setup_card
    button = next(one for one in card.from_file.values())
    button.setFocus(Qt.FocusReason.TabFocusReason)
    if how == "hidden":
        button.hide()
    else:
        button.setEnabled(False)
    focused = app.window.focusWidget()
    assert focused is not None
    assert card.isAncestorOf(focused)
