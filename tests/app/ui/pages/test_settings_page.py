"""The settings page: input is validated at once, and saved settings apply at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from support.app_window import App, RunApp, in_app
from support.settings_files import settings_in
from tee_rex.errors import message
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.known_servers import KnownServers
from tee_rex.settings.file import (
    ApprovedBuild,
    AttestationSettings,
    EndpointProfile,
    ProverSpeed,
    SettingsFile,
    ThemeChoice,
    write_settings_file,
)
from tee_rex.settings.rules import SettingField
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.actions import Action
from tee_rex_app.model.services import Lock, ServiceName, ServiceStatus
from tee_rex_app.model.settings_draft import SettingsDraft
from tee_rex_app.model.state import Notice, Page, Success
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.theme import Scheme

CONTROL = Qt.KeyboardModifier.ControlModifier
FULL = SettingsFile(
    node_url="http://localhost:1",
    sponsored_fpc_salt="7",
    prover_speed=ProverSpeed.HALF,
    memory_limit_mb=600,
    theme=ThemeChoice.DARK,
    bb_binary_path="/somewhere/bb",
    profile="lab",
    profiles=(EndpointProfile("lab", prover_url="http://localhost:2"), EndpointProfile("local")),
    attestation=AttestationSettings(60, False, (ApprovedBuild("1.0.0", "01" * 48),)),
)


async def page_of(app: App) -> SettingsPage:
    await app.until(app.window.isActiveWindow)
    app.application.intents.open_page(Page.SETTINGS)
    page = app.window.pages[Page.SETTINGS]
    assert isinstance(page, SettingsPage)
    return page


def typed(page: SettingsPage, field: SettingField, text: str) -> None:
    edit = page.fields[field].edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)


def mode_of(app: App) -> ProvingMode:
    return app.application.store.state.mode


@pytest.mark.parametrize("written", [SettingsFile(), FULL])
def test_an_unchanged_draft_equals_the_file(written: SettingsFile) -> None:
    draft = SettingsDraft.of(written)
    assert draft.problems() == {}
    assert draft.applied_to(written) == written


def test_a_draft_takes_over_what_changed_elsewhere_but_for_what_is_edited() -> None:
    before = SettingsDraft.of(FULL)
    edited = replace(before, salt="9")
    after = replace(before, salt="8", speed=ProverSpeed.QUARTER)
    assert edited.rebased(before, after) == replace(after, salt="9")


def test_the_profile_in_use_is_kept_by_its_name_when_profiles_change_elsewhere() -> None:
    before = SettingsDraft.of(FULL)
    added = before.with_new_profile("third")
    assert replace(before, salt="9").rebased(before, added).shown.name == "third"
    renamed = before.with_shown(name="workshop")
    assert renamed.rebased(before, replace(added, chosen=before.chosen)).shown.name == "workshop"
    assert renamed.rebased(before, added).shown.name == ""  # the edited list has no third
    assert added.rebased(before, before.without_shown()).shown.name == "third"


@pytest.mark.parametrize("websites", [None, True])
@pytest.mark.parametrize("keeps", [True, False])
def test_the_tray_is_written_only_where_it_differs_from_the_default(
    websites: bool | None, keeps: bool
) -> None:
    written = SettingsFile(let_websites_prove=websites)
    draft = replace(SettingsDraft.of(written), keep_in_tray=keeps)
    assert draft.applied_to(written).keep_in_tray is (None if keeps is bool(websites) else keeps)


def test_profiles_of_a_draft() -> None:
    draft = SettingsDraft.of(FULL).with_new_profile("third").with_shown(prover_url="http://localhost:3")
    assert draft.applied_to(FULL).profile == "third"
    assert draft.with_shown(name="lab").problems() == {
        SettingField.PROFILE_NAME: message("This name is already in use.")
    }
    assert draft.without_shown().applied_to(FULL).profile is None
    assert draft.without_shown().with_shown(tee_url="ftp://x").problems().keys() == {SettingField.TEE_URL}
    broken = draft.with_shown(prover_url="ftp://x")
    assert replace(broken, chosen=0).elsewhere() == "third"


@in_app()
async def test_saving_an_address_unlocks_its_mode_at_once(app: App, tmp_path: Path) -> None:
    store, page = app.application.store, await page_of(app)
    assert not page.save.isEnabled()
    typed(page, SettingField.PROVER_URL, "http://prover.example.org")
    assert "not encrypted" in page.fields[SettingField.PROVER_URL].problem.text()
    assert not page.save.isEnabled()
    typed(page, SettingField.PROVER_URL, "http://127.0.0.1:1")
    assert not page.fields[SettingField.PROVER_URL].problem.isVisible()
    assert app.lock(ProvingMode.REMOTE) is Lock.NO_ADDRESS
    QTest.keyClick(page.fields[SettingField.PROVER_URL].edit, Qt.Key.Key_S, CONTROL)
    await app.until(lambda: app.lock(ProvingMode.REMOTE) is None)
    assert settings_in(tmp_path / "config" / "settings.toml").prover_url == "http://127.0.0.1:1"
    assert not page.save.isEnabled()
    services = {service.name: service for service in store.state.services}
    assert services[ServiceName.REMOTE].address == "http://127.0.0.1:1"
    QTest.keyClick(app.window, Qt.Key.Key_2, CONTROL)
    assert mode_of(app) is ProvingMode.REMOTE

    typed(page, SettingField.PROVER_URL, " ")
    page.save.click()
    await app.until(lambda: app.lock(ProvingMode.REMOTE) is Lock.NO_ADDRESS)
    assert mode_of(app) is ProvingMode.LOCAL
    services = {service.name: service for service in store.state.services}
    assert services[ServiceName.REMOTE].status is ServiceStatus.NOT_CONFIGURED


@in_app()
async def test_colours_speed_and_limit_apply(app: App) -> None:
    store, page = app.application.store, await page_of(app)
    page.theme.group.buttons()[2].click()
    page.speed.group.buttons()[0].click()
    typed(page, SettingField.MEMORY_LIMIT, "600")
    page.save.click()
    await app.until(lambda: store.state.settings.theme.value is ThemeChoice.DARK)
    assert app.window.theme.scheme is Scheme.DARK
    assert store.state.setup.threads == ProverSpeed.QUARTER.threads(usable_cores())
    assert store.state.settings.memory_limit_mb.value == 600


@in_app()
async def test_a_profile_is_created_used_and_removed(app: App) -> None:
    store, page = app.application.store, await page_of(app)
    page.new_profile.click()
    assert app.window.focusWidget() is page.fields[SettingField.PROFILE_NAME].edit
    typed(page, SettingField.PROFILE_NAME, "Lab")
    typed(page, SettingField.NODE_URL, "http://127.0.0.1:1")
    page.save.click()
    await app.until(lambda: store.state.settings.written.profile == "Lab")
    assert app.window.services.profile.isVisible()
    app.application.intents.use_profile(None)
    await app.until(lambda: store.state.settings.written.profile is None)
    assert not store.state.settings.node_url.value
    app.window.services.profile.choice.activated.emit(1)
    await app.until(lambda: store.state.settings.written.profile == "Lab")
    page.remove_profile.click()
    page.save.click()
    await app.until(lambda: not store.state.settings.written.profiles)


@in_app(environ={"TEE_URL": "http://127.0.0.1:1"})
async def test_an_overriding_variable_is_shown_with_its_value(app: App) -> None:
    page = await page_of(app)
    field = page.fields[SettingField.TEE_URL]
    assert field.badge.isVisible()
    assert field.badge.text() == "Overridden by TEE_URL"
    assert "http://127.0.0.1:1" in field.words.text()


def test_a_pinned_build_is_removed_after_asking_once(run_app: RunApp, tmp_path: Path) -> None:
    write_settings_file(tmp_path / "config" / "settings.toml", FULL)

    async def act(app: App) -> None:
        page = await page_of(app)
        (remove,) = page.builds.buttons
        await app.until(remove.isVisible)
        remove.click()
        assert remove.text() == "Remove it?"
        page.fields[SettingField.TEE_URL].edit.setFocus()
        assert remove.text() == "Remove"
        remove.click()
        assert app.application.store.state.settings.approved_builds
        remove.click()
        await app.until(lambda: not app.application.store.state.settings.approved_builds)
        assert settings_in(tmp_path / "config" / "settings.toml").node_url == FULL.node_url

    run_app(tmp_path, act)


MEMORY = SettingField.MEMORY_LIMIT


@in_app()
async def test_what_was_edited_by_hand_meanwhile_stays(app: App, tmp_path: Path) -> None:
    page, file = await page_of(app), tmp_path / "config" / "settings.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text("memory_limit_mb = 999 # by hand\n")
    typed(page, SettingField.NODE_URL, "http://localhost:7")
    page.save.click()
    await app.until(lambda: not page.unsaved)
    assert file.read_text().startswith('memory_limit_mb = 999 # by hand\nnode_url = "http://localhost:7"\n')
    assert page.fields[MEMORY].edit.text() == "999"
    file.write_text('node_url = "http://localhost:8"\n')
    app.application.intents.choose_speed(ProverSpeed.HALF)
    await app.until(lambda: settings_in(file).prover_speed)
    assert settings_in(file).node_url == "http://localhost:8"


BROKEN = 'node_url = "http://localhost:7"\nmemory_limit_mb = \n'
DAMAGED = ("memory_limit_mb = \n", "\0")


@pytest.mark.parametrize("damage", range(len(DAMAGED)))
def test_a_save_keeps_a_damaged_file(run_app: RunApp, tmp_path: Path, damage: int) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    content = 'node_url = "http://localhost:7"\n' + DAMAGED[damage]
    (folder / "settings.toml").write_text(content)

    async def act(app: App) -> None:
        page = await page_of(app)
        assert app.problem.code == "BAD_SETTING"
        typed(page, MEMORY, "600")
        QTest.keyClick(page.fields[MEMORY].edit, Qt.Key.Key_S, CONTROL)
        await app.until(lambda: not page.unsaved)
        assert app.application.store.state.notice is Notice.SETTINGS_STARTED_ANEW
        assert app.application.store.state.problem is None
        assert settings_in(folder / "settings.toml") == SettingsFile(memory_limit_mb=600)
        (kept,) = folder.glob("settings-unreadable-*.toml")
        assert kept.read_text() == content

    run_app(tmp_path, act)


OF_A_NEWER_VERSION = """
node_url = "http://localhost:7"  # mine
theme = "sepia"
memory_limit_mb = 1
haste = "great"
[attestation]
max_age_seconds = 60
[[attestation.builds]]
name = "next"
pcr0 = "PCR"
pcr8 = "PCR"
""".replace("PCR", "ab" * 48)


def test_a_file_of_a_newer_version_starts_and_loses_nothing(run_app: RunApp, tmp_path: Path) -> None:
    file = tmp_path / "config" / "settings.toml"
    file.parent.mkdir()
    file.write_text(OF_A_NEWER_VERSION)

    async def act(app: App) -> None:
        page, store = await page_of(app), app.application.store
        assert app.problem.code == "BAD_SETTING"
        assert store.state.settings.node_url.value == "http://localhost:7"
        assert store.state.settings.max_age_seconds.value == 60
        assert not store.state.settings.approved_builds, "what narrows it is not known here"
        assert "haste, attestation.builds[0].pcr8" in page.newer.text()
        typed(page, MEMORY, "600")
        QTest.keyClick(page.fields[MEMORY].edit, Qt.Key.Key_S, CONTROL)
        await app.until(lambda: not page.unsaved)
        assert file.read_text() == OF_A_NEWER_VERSION.replace("= 1\n", "= 600\n")
        assert app.problem.code == "BAD_SETTING", "of the colours, still"
        reset = app.window.problem.remedies.buttons[Action.RESET_SETTINGS]
        for _ in range(2):  # it asks
            reset.click()
        await app.until(lambda: store.state.success is Success.SETTINGS_RESET)
        assert store.state.problem is None
        mended = OF_A_NEWER_VERSION.replace("= 1\n", "= 600\n")
        assert file.read_text() == mended.replace('theme = "sepia"\n', "")
        (kept,) = file.parent.glob("settings-unreadable-*.toml")
        assert kept.read_text() == mended

    run_app(tmp_path, act)


@in_app()
async def test_a_file_that_is_damaged_meanwhile_is_kept_and_settings_stay(app: App, tmp_path: Path) -> None:
    intents, file = app.application.intents, tmp_path / "config" / "settings.toml"
    intents.save_settings(lambda _: FULL)
    await app.until(file.exists)
    file.write_text(BROKEN)
    intents.use_profile(None)
    await app.until(lambda: app.application.store.state.notice)
    assert settings_in(file) == msgspec.structs.replace(FULL, profile=None)
    (kept,) = file.parent.glob("settings-unreadable-*.toml")
    assert kept.read_text() == BROKEN


def test_a_file_mended_by_hand_is_read_again(run_app: RunApp, tmp_path: Path) -> None:
    file = tmp_path / "config" / "settings.toml"
    file.parent.mkdir()
    file.write_text(BROKEN)

    async def act(app: App) -> None:
        page, store = await page_of(app), app.application.store
        again = app.window.problem.remedies.buttons[Action.TRY_AGAIN]
        again.click()
        await app.until(lambda: store.state.problem)
        file.write_text('node_url = "http://localhost:7"\n')
        app.window.problem.remedies.buttons[Action.TRY_AGAIN].click()
        await app.until(lambda: store.state.settings.node_url.value == "http://localhost:7")
        assert store.state.problem is None
        assert page.fields[SettingField.NODE_URL].edit.text() == "http://localhost:7"

    run_app(tmp_path, act)


@in_app()
async def test_a_profile_removed_by_hand_is_not_used(app: App, tmp_path: Path) -> None:
    intents, file = app.application.intents, tmp_path / "config" / "settings.toml"
    intents.save_settings(lambda _: FULL)
    await app.until(file.exists)
    file.write_text("")
    intents.use_profile(FULL.profiles[0].name)
    await app.until(lambda: app.application.store.state.problem)
    assert app.problem.code == "BAD_SETTING"
    assert file.read_text() == ""


def test_a_failed_save_is_reported_and_stays_in_the_form(run_app: RunApp, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be")

    async def act(app: App) -> None:
        page = await page_of(app)
        app.application.intents.dismiss_problem()
        typed(page, SettingField.NODE_URL, "http://127.0.0.1:1")
        page.save.click()
        await app.until(lambda: app.application.store.state.problem)
        assert page.fields[SettingField.NODE_URL].edit.text() == "http://127.0.0.1:1"
        assert page.save.isEnabled()
        page.discard.click()
        assert page.fields[SettingField.NODE_URL].edit.text() == ""

    run_app(tmp_path, act)


@in_app()
async def test_every_setting_that_people_are_led_to_is_on_the_page(app: App) -> None:
    page = await page_of(app)
    for field in SettingField:
        app.application.intents.open_settings(field)
        assert page.isAncestorOf(app.window.focusWidget())


def test_the_key_of_a_server_is_forgotten(run_app: RunApp, tmp_path: Path) -> None:
    server, at = ServerUrl.parse("http://127.0.0.1:1"), datetime.now(UTC)
    servers = KnownServers.in_folder(tmp_path)
    asyncio.run(servers.compare_or_remember(server, "ab" * 20, at))

    async def act(app: App) -> None:
        page = await page_of(app)
        await app.until(page.forget.isVisible)
        page.forget.click()
        assert page.forget.asks
        assert servers.read()
        page.forget.click()
        await app.until(lambda: app.application.store.state.success is Success.SERVER_FORGOTTEN)
        assert servers.read() == {}
        await app.until(lambda: not page.forget.isVisible())
        await servers.compare_or_remember(server, "cd" * 20, at)
        app.application.intents.open_page(Page.PROVE)
        app.application.intents.open_page(Page.SETTINGS)
        await app.until(page.forget.isVisible)

    run_app(tmp_path, act, environ={"PROVER_URL": "http://127.0.0.1:1"})


@in_app(stop_at=2)
async def test_settings_saved_during_a_proof_apply_to_the_next_one(app: App) -> None:
    store = app.application.store
    await app.begin_sample()
    page = await page_of(app)
    typed(page, SettingField.PROVER_URL, "http://127.0.0.1:1")
    page.save.click()
    await app.until(lambda: app.lock(ProvingMode.REMOTE) is None)
    assert store.state.running
    app.backend.gate.set()
    await app.proved()
    assert store.state.history
    assert store.state.history[0].mode is ProvingMode.LOCAL


@in_app()
async def test_changes_at_once_do_not_undo_each_other(app: App, tmp_path: Path) -> None:
    intents = app.application.intents
    intents.pin_build(ApprovedBuild("one", "01" * 48))
    intents.pin_build(ApprovedBuild("two", "02" * 48))
    intents.save_settings(lambda now: msgspec.structs.replace(now, node_url="http://localhost:7"))
    intents.unpin_build(ApprovedBuild("one", "01" * 48))
    file = tmp_path / "config" / "settings.toml"
    await app.until(lambda: file.exists() and settings_in(file).node_url)
    await app.until(lambda: len(settings_in(file).attestation.builds) == 1)
    assert settings_in(file).attestation.builds[0].name == "two"
    assert settings_in(file).node_url == "http://localhost:7"


@in_app()
async def test_saved_is_shown_until_the_next_change(app: App) -> None:
    page = await page_of(app)
    assert "Saved" not in page._state.text()
    typed(page, SettingField.NODE_URL, "http://localhost:7")
    assert page._state.text() == "Unsaved changes."
    page.save.click()
    await app.until(lambda: page._state.text() == "✓ Saved and applied.")
    typed(page, SettingField.NODE_URL, "http://localhost:8")
    assert page._state.text() == "Unsaved changes."
    page.discard.click()
    assert "Saved" not in page._state.text()


@in_app()
async def test_starting_on_login_is_saved_in_the_system(app: App, tmp_path: Path) -> None:
    page, entry = await page_of(app), tmp_path / "xdg" / "autostart" / "tee-rex.desktop"
    store = app.application.store
    await app.until(lambda: store.state.start_on_login is False)
    page.login.click()
    assert not entry.exists()
    assert page.unsaved
    page.save.click()
    await app.until(lambda: store.state.start_on_login)
    assert 'Exec="tee-rex-app" "--hidden"' in entry.read_text()
    assert page._state.text() == "✓ Saved and applied."
    assert not (tmp_path / "config" / "settings.toml").exists()
    page.login.click()
    page.tray.click()
    page.save.click()
    await app.until(lambda: store.state.start_on_login is False and not page.unsaved)
    assert not entry.exists()
    assert store.state.settings.keep_in_tray.value


@in_app()
async def test_an_entry_that_cannot_be_written_stays_off(app: App, tmp_path: Path) -> None:
    page, store = await page_of(app), app.application.store
    (tmp_path / "xdg").write_text("a file where the folder should be")
    await app.until(lambda: store.state.start_on_login is False)
    page.login.click()
    page.save.click()
    await app.until(lambda: store.state.problem)
    assert store.state.start_on_login is False
    assert page.unsaved
