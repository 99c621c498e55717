"""The window without a mouse: the focus before, during and after a proof, on every page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from support.app_window import App, PacedBackend, RunApp, in_app
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.runs import RunStage
from tee_rex_app.model.state import Page
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_open

CONTROL = Qt.KeyboardModifier.ControlModifier


def focused(app: App) -> QWidget | None:
    return app.window.focusWidget()


def press(app: App, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Send keys to the focused widget."""
    QTest.keyClick(focused(app) or app.window, key, modifier)


def names_by_tab(app: App, presses: int) -> list[str]:
    """The focused widget after each press of Tab."""
    names = []
    for _ in range(presses):
        press(app, Qt.Key.Key_Tab)
        widget = focused(app)
        assert widget is not None
        assert widget.isVisible()
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        names.append(widget.accessibleName() or text)
    return names


@in_app()
async def test_tab_follows_the_reading_order(app: App) -> None:
    await app.settled()
    app.application.intents.expand_setup(False)
    app.window.page_bar.tabs.setFocus()
    names = names_by_tab(app, 40)
    read = [
        "Menu",
        "Proving",
        "Local",
        "Remote: Set up…",
        "TEE: Set up…",
        "Prove sample",
        "Prove file…",
        "Deploy test account",
        "Run token flow",
        "Install everything",
        "Prover (bb): Install",
        "Install the prover from a file…",
    ]
    assert names[: len(read)] == read
    beside = ["Check again", "Services", "Show system check", "Aztec node: Set up…"]
    at = names.index(beside[0])
    assert names[at : at + len(beside)] == beside
    assert len(read) < names.index("Log") < at


@in_app()
async def test_arrow_keys_go_through_the_pages(app: App) -> None:
    store, tabs = app.application.store, app.window.page_bar.tabs
    tabs.setFocus()
    shown = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        press(app, key)
        shown.append(store.state.page)
    assert shown == [Page.HISTORY, Page.ATTESTATION, Page.HISTORY]
    assert focused(app) is tabs
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(4).center())
    assert store.state.page is Page.SETTINGS


@in_app(environ={"PROVER_URL": "http://127.0.0.1:9"})
async def test_modes_are_radio_buttons_that_arrows_go_through(app: App) -> None:
    store, cards = app.application.store, app.window.prove.modes.cards
    cards[ProvingMode.LOCAL].setFocus()
    press(app, Qt.Key.Key_Right)
    assert focused(app) is cards[ProvingMode.REMOTE]
    assert store.state.mode is ProvingMode.REMOTE
    press(app, Qt.Key.Key_Right)
    assert focused(app) is cards[ProvingMode.TEE]
    assert store.state.mode is ProvingMode.REMOTE
    for mode, card in cards.items():
        said = QAccessible.queryAccessibleInterface(card)
        assert said.role() is QAccessible.Role.RadioButton
        assert card.isChecked() is (mode is ProvingMode.REMOTE)


@in_app(stop_at=2)
async def test_the_focus_is_on_cancel_during_a_proof_and_returns_after_it(app: App) -> None:
    prove = app.window.prove
    prove.prove_sample.setFocus()
    press(app, Qt.Key.Key_Space)
    await app.until(lambda: app.backend.proving)
    assert focused(app) is prove.run_card.cancel
    app.backend.gate.set()
    await app.proved()
    assert focused(app) is prove.prove_sample


@pytest.mark.parametrize("how", ["button", "escape", "question"])
@in_app(stop_at=2)
async def test_the_focus_is_not_lost_when_a_proof_is_cancelled(app: App, how: str) -> None:
    prove = app.window.prove
    prove.prove_sample.setFocus()
    press(app, Qt.Key.Key_Return, CONTROL)
    await app.until(lambda: app.backend.proving)
    if how == "button":
        press(app, Qt.Key.Key_Space)
    else:
        press(app, Qt.Key.Key_Escape)
        assert focused(app) is prove.run_card.question.keep
        if how == "escape":
            press(app, Qt.Key.Key_Escape)
        else:
            press(app, Qt.Key.Key_Tab)
            press(app, Qt.Key.Key_Space)
    await app.proved()
    assert app.run.stage is RunStage.CANCELLED
    assert focused(app) is prove.prove_sample


@in_app(stop_at=2)
async def test_continuing_after_the_question_keeps_the_focus_on_cancel(app: App) -> None:
    card = app.window.prove.run_card
    press(app, Qt.Key.Key_Return, CONTROL)
    await app.until(lambda: app.backend.proving)
    press(app, Qt.Key.Key_Escape)
    press(app, Qt.Key.Key_Space)
    assert card.question.isHidden()
    assert focused(app) is card.cancel


@in_app(stop_at=2)
async def test_proving_and_cancelling_from_another_page_shows_what_is_proved(app: App) -> None:
    store, prove = app.application.store, app.window.prove
    app.application.intents.open_page(Page.HISTORY)
    press(app, Qt.Key.Key_Return, CONTROL)
    assert store.state.page is Page.PROVE
    await app.until(lambda: app.backend.proving)
    app.application.intents.open_page(Page.HISTORY)
    press(app, Qt.Key.Key_Escape)
    assert store.state.page is Page.PROVE
    assert prove.run_card.question.isVisible()
    press(app, Qt.Key.Key_Escape)
    await app.proved()

    # The actions are unlocked again, although their page was hidden meanwhile.
    app.backend.gate.set()
    press(app, Qt.Key.Key_Return, CONTROL)
    app.application.intents.open_page(Page.HISTORY)
    await app.proved()
    press(app, Qt.Key.Key_Return, CONTROL)
    assert store.state.running
    await app.proved()


def test_no_file_dialog_opens_during_a_proof(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = PacedBackend(stop_at=2)
    asked: list[object] = []

    def ask(*arguments: object) -> None:
        asked.append(arguments)

    monkeypatch.setattr(f"tee_rex_app.ui.pages.prove_page.{ask_to_open.__name__}", ask)

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        press(app, Qt.Key.Key_O, CONTROL)
        assert len(asked) == 1
        press(app, Qt.Key.Key_Return, CONTROL)
        press(app, Qt.Key.Key_O, CONTROL)
        assert len(asked) == 1

    run_app(tmp_path, act, backend=lambda: backend)
