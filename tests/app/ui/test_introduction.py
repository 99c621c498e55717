"""The introduction: three screens by mouse, keyboard and voice, on any screen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QWidget

from support.app_scenes import make_window
from support.app_states import first_start, installing, ready_machine
from support.app_window import App, PacedBackend, RunApp, in_app
from support.sample_crs import NOBODY, use_hosts
from tee_rex.errors.catalogue.files import DISK_FULL
from tee_rex.settings.rules import SettingField
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Page
from tee_rex_app.ui.dialogs import introduction
from tee_rex_app.ui.dialogs.introduction import Introduction, show_introduction
from tee_rex_app.ui.main_window import SMALLEST
from tee_rex_app.ui.theme import Scheme, Theme


def opened(app: App) -> Introduction:
    """From the menu, where it always is."""
    entry = next(one for one in app.window.page_bar.menu.actions() if one.text() == "Introduction")
    entry.trigger()
    return app.window.findChildren(Introduction)[-1]


def texts(widget: QWidget) -> str:
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def place(dialog: Introduction) -> str:
    return dialog._place.text()


@in_app()
async def test_it_says_what_is_done_who_reads_what_is_downloaded_and_where_to_go(app: App) -> None:
    await app.settled()
    dialog = opened(app)
    assert dialog.isModal()
    first = texts(dialog)
    for words in (
        "Your witness stays here.",
        "The operator could read your witness.",
        "Only attested code sees your witness.",
        "1 of 3",
    ):
        assert words in first
    dialog.forward.click()
    second = texts(dialog)
    sizes = ("54 MB", "8.4 MB", "159 MB", "283 MB", "plus npm metadata")
    assert all(words in second for words in ("Prover (bb)", *sizes))
    assert (dialog.later.isVisible(), dialog.forward.text()) == (True, "Install now")
    dialog.later.click()
    assert "3 of 3" in texts(dialog)
    assert not dialog.skip.isVisible()
    dialog.back.click()
    assert "2 of 3" in texts(dialog)
    dialog.later.click()
    assert dialog.forward.text() == "Close"
    dialog.forward.click()
    assert not dialog.isVisible()


@in_app()
async def test_the_keyboard_and_the_voice_lead_through_it(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(introduction, "announce", lambda _widget, words: said.append(words))
    await app.settled()
    dialog = opened(app)
    for number in (1, 2, 3):
        assert place(dialog) == f"{number} of 3"
        assert dialog.focusWidget() is dialog.forward
        shown = QAccessible.queryAccessibleInterface(dialog)
        assert shown.text(QAccessible.Text.Description).startswith(f"{number} of 3. ")
        if number == 2:
            QTest.keyClick(dialog.forward, Qt.Key.Key_Backtab)
            assert dialog.focusWidget() is dialog.later
            QTest.keyClick(dialog.later, Qt.Key.Key_Space)
        else:
            QTest.keyClick(dialog.forward, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert [words[:6] for words in said] == ["2 of 3", "3 of 3"]
    assert " MB" in said[0]
    assert "Let websites prove" in said[1]
    again = opened(app)
    QTest.keyClick(again, Qt.Key.Key_Escape)
    assert not again.isVisible()
    third = opened(app)
    third.skip.click()
    assert not third.isVisible()


def test_install_now_installs_and_shows_it(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails is said too; the introduction can go on meanwhile."""
    full = asyncio.Event()

    async def act(app: App) -> None:
        store = app.application.store
        use_hosts(monkeypatch, NOBODY)
        monkeypatch.setattr("tee_rex_app.services.readiness.Readiness.fix", fix)
        await app.settled()
        dialog = opened(app)
        dialog.forward.click()
        dialog.forward.click()
        await app.until(lambda: store.state.setup.fixing)
        assert place(dialog) == "2 of 3"
        assert (dialog.forward.text(), dialog.later.isVisible()) == ("Next", False)
        full.set()
        await app.until(lambda: not store.state.busy)
        await app.until(lambda: "Could not be installed" in texts(dialog))

    async def fix(_readiness: object, fix: Fix, _progress: object) -> None:
        await full.wait()
        raise DISK_FULL(folder="home")

    run_app(tmp_path, act, backend=PacedBackend)


@in_app(stop_at=1)
async def test_its_choices_lead_there(app: App) -> None:
    store = app.application.store
    await app.settled()
    for choice, page in (("sites", Page.SITES), ("server", Page.SETTINGS)):
        dialog = opened(app)
        getattr(dialog.next_steps, choice).click()
        assert not dialog.isVisible()
        assert store.state.page is page
    assert store.state.settings_field is SettingField.PROVER_URL
    dialog = opened(app)
    dialog.next_steps.prove.click()
    await app.until(lambda: app.backend.proving)
    assert store.state.page is Page.PROVE
    busy = opened(app)
    assert not busy.next_steps.prove.isEnabled()
    busy.reject()
    app.backend.gate.set()
    await app.proved()


@pytest.fixture(params=[1.0, 2.0], ids=["usual", "large texts"])
def any_theme(request: pytest.FixtureRequest, qapp: QApplication, session_theme: Theme) -> Iterator[Theme]:
    yield session_theme if request.param == 1.0 else Theme(qapp, request.param)
    Theme(qapp, 1.0)
    session_theme.use(Scheme.LIGHT)


@pytest.mark.parametrize("state", [first_start(), installing(first_start()), ready_machine()], ids=range(3))
def test_nothing_is_cut_off_on_a_small_screen(qapp: QApplication, any_theme: Theme, state: object) -> None:
    window = make_window(any_theme, state)  # type: ignore[arg-type]
    window.resize(*SMALLEST)
    window.show()
    dialog = show_introduction(window, window.context)
    room = window.screen().availableSize()
    assert dialog.width() <= room.width()
    assert dialog.height() <= room.height()
    for at in range(3):
        dialog._stack.setCurrentIndex(at)
        dialog._show()
        qapp.processEvents()
        area = dialog._stack.currentWidget()
        assert isinstance(area, QScrollArea)
        screen = area.widget()
        assert screen is not None
        assert screen.width() <= area.viewport().width(), at
        for made in dialog.findChildren(QPushButton):
            if made.isVisible():
                assert made.width() >= made.sizeHint().width(), made.text()
    dialog.reject()
    window.end()
    window.deleteLater()
