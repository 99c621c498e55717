"""The tray's menu and what it does, where the desktop has one, and where it has none.

How it looks and is reached in a real panel: tests/app/x11.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSystemTrayIcon

from support.app_states import site_question
from support.app_window import App, in_app
from tee_rex.settings.file import ProverSpeed
from tee_rex_app.model.state import Page
from tee_rex_app.platform.progress import RunProgress
from tee_rex_app.platform.remembered import Remembered
from tee_rex_app.platform.tray import Tray


def made(app: App, folder: Path, available: Callable[[bool], bool] = lambda _patient: True) -> Tray:
    progress = RunProgress(app.window, app.application.store, lambda: 0.0)
    return Tray(app.window, progress, Remembered(folder), available)


def action(tray: Tray, title: str) -> QAction:
    return next(one for one in tray.menu.findChildren(QAction) if one.text() == title)


def tooltip(tray: Tray) -> str:
    return tray.icon.toolTip() if tray.icon is not None else ""


def shown(app: App) -> bool:
    return app.window.isVisible()


async def save(app: App, **values: bool) -> None:
    """Change settings as the settings page does."""
    settings = app.application.store.state.settings
    written = msgspec.structs.replace(settings.written, **values)
    app.application.intents.save_settings(lambda _: written)
    await app.until(lambda: app.application.store.state.settings.written == written)


@in_app()
async def test_without_the_setting_there_is_no_icon_and_closing_quits(app: App, tmp_path: Path) -> None:
    tray = made(app, tmp_path)
    tray.start(hidden=False)
    assert not tray.visible
    app.window.close()
    assert app.window.ended


@in_app()
async def test_closing_says_once_that_it_stays_in_the_tray_and_then_hides(app: App, tmp_path: Path) -> None:
    tray = made(app, tmp_path)
    tray.start(hidden=False)
    await save(app, keep_in_tray=True)
    assert tray.visible
    app.window.close()
    assert tray.dialog is not None
    tray.dialog.reject()
    assert shown(app)
    app.window.close()
    tray.dialog.hide_window.click()
    assert not shown(app)
    assert not app.window.ended
    action(tray, "Open TEE-Rex").trigger()
    assert shown(app)
    app.window.close()
    assert [tray.dialog, shown(app)] == [None, False]
    assert Remembered(tmp_path).tray_explained


@in_app()
async def test_it_can_quit_from_the_first_dialog(app: App, tmp_path: Path) -> None:
    tray = made(app, tmp_path)
    tray.start(hidden=False)
    await save(app, keep_in_tray=True)
    app.window.close()
    assert tray.dialog is not None
    tray.dialog.quit.click()
    assert app.window.ended


@in_app(stop_at=2)
async def test_a_proof_goes_on_while_hidden_and_the_tray_shows_it(app: App, tmp_path: Path) -> None:
    tray = made(app, tmp_path)
    tray.start(hidden=False)
    await save(app, keep_in_tray=True)
    tray._remembered.remember_tray_explained()
    assert tray.icon is not None
    idle = tray.icon.icon().cacheKey()
    await app.begin_sample()
    app.window.close()
    assert not shown(app)
    await app.until(lambda: "Proving · " in tooltip(tray))
    assert tray.icon.icon().cacheKey() != idle
    assert tray._status.isVisible()
    app.backend.gate.set()
    await app.proved()
    assert tooltip(tray) == "TEE-Rex"
    assert tray.icon.icon().cacheKey() == idle
    assert not tray._status.isVisible()


@in_app(stop_at=2)
async def test_quit_in_the_menu_shows_the_window_to_ask(app: App, tmp_path: Path) -> None:
    tray = made(app, tmp_path)
    tray.start(hidden=False)
    await save(app, keep_in_tray=True)
    tray._remembered.remember_tray_explained()
    await app.begin_sample()
    app.window.close()
    action(tray, "Quit").trigger()
    assert shown(app)
    assert app.window.question is not None
    app.window.question.quit.click()
    assert app.window.ended


@in_app()
async def test_pausing_and_the_speed_are_chosen_in_the_menu(app: App, tmp_path: Path) -> None:
    store = app.application.store
    tray = made(app, tmp_path)
    tray.start(hidden=False)
    pause = action(tray, "Pause proving for sites")
    assert not pause.isVisible()
    await save(app, let_websites_prove=True)
    assert tray.visible  # by default while websites may prove
    assert pause.isVisible()
    pause.trigger()
    assert store.state.sites_paused is True
    assert tooltip(tray) == "TEE-Rex · Proving for sites is paused"
    pause.trigger()
    assert store.state == replace(store.state, sites_paused=False)
    assert [one.text() for one in tray._speeds.values()] == ["¼", "⅜", "½", "¾", "All cores"]
    action(tray, "½").trigger()
    await app.until(lambda: store.state.settings.prover_speed.value is ProverSpeed.HALF)
    assert [speed for speed, one in tray._speeds.items() if one.isChecked()] == [ProverSpeed.HALF]
    app.application.intents.open_page(Page.SETTINGS)
    assert app.window.settings.draft.speed is ProverSpeed.HALF


@in_app()
async def test_a_hidden_start_without_a_tray_is_minimised(app: App, tmp_path: Path) -> None:
    app.window.hide()
    tray = made(app, tmp_path, lambda _patient: False)
    tray.start(hidden=True)
    assert app.window.isMinimized()
    assert not app.application.store.state.tray


@in_app()
async def test_a_panel_may_come_late_and_go_away(app: App, tmp_path: Path) -> None:
    await save(app, keep_in_tray=True)
    app.window.hide()
    asked: list[bool] = []
    there = False

    def available(patient: bool) -> bool:
        asked.append(patient)
        return there

    tray = made(app, tmp_path, available)
    tray.start(hidden=True)
    assert asked == [True]  # Qt decides once, so it is not asked at once
    assert not shown(app)
    there = True
    tray._look()
    assert [tray.visible, shown(app)] == [True, False]
    tray._look()
    assert asked[-1] is False  # it has decided
    there = False
    for _ in range(12):
        tray._look()
    assert [tray.visible, app.window.isMinimized()] == [False, True]


@in_app()
async def test_the_settings_say_whether_there_is_a_tray(app: App, tmp_path: Path) -> None:
    tray = made(app, tmp_path, lambda _patient: False)
    tray.start(hidden=False)
    app.application.intents.open_page(Page.SETTINGS)
    assert "no tray icons" in app.window.settings._tray_words.text()
    await save(app, keep_in_tray=True)
    app.window.close()
    assert app.window.ended  # the setting alone does not hide it


@in_app()
async def test_a_click_on_the_icon_opens_the_window(app: App, tmp_path: Path) -> None:
    tray = made(app, tmp_path)
    tray.start(hidden=False)
    await save(app, keep_in_tray=True)
    app.window.hide()
    tray._activated(QSystemTrayIcon.ActivationReason.Context)
    assert not shown(app)
    tray._activated(QSystemTrayIcon.ActivationReason.Trigger)
    assert shown(app)


@in_app()
async def test_the_menu_opens_the_page_of_sites(app: App, tmp_path: Path) -> None:
    tray = made(app, tmp_path)
    tray.start(hidden=False)
    app.window.hide()
    action(tray, "Sites").trigger()
    assert shown(app)
    assert app.application.store.state.page is Page.SITES


@pytest.mark.parametrize("hidden", [True, False])
@in_app()
async def test_a_question_of_a_site_shows_the_window_only_until_it_is_answered(
    app: App, hidden: bool
) -> None:
    store = app.application.store
    app.window.setVisible(not hidden)
    store.update(sites=replace(store.state.sites, question=site_question()))
    assert shown(app)
    assert app.window.site_prompt.dialog is not None
    app.window.site_prompt.dialog.deny.click()
    store.update(sites=replace(store.state.sites, question=None))
    assert shown(app) is not hidden
