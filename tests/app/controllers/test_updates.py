"""Updates through the real window, from a feed with throw-away keys that a real web server serves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from support.app_window import App, PacedBackend, RunApp, in_app
from support.http_files import closed_port
from support.nitro_fake import FakeNitro
from support.revoked import every_bb
from support.small_disk import small_disk
from support.update_feed import (
    PLATFORM,
    Stage,
    failing,
    installed_in,
    slow,
    small_archive,
    stage_in,
    tampered,
    unpacked,
)
from tee_rex.attestation.builds import ShippedBuild
from tee_rex.revocations import Revocations, pins_file
from tee_rex.settings.paths import Paths
from tee_rex.settings.rules import SettingField
from tee_rex.system import files
from tee_rex.updates.client import UpdateClient, UpdateState
from tee_rex.updates.installed import Installed, InstallKind
from tee_rex.updates.pins import FORMAT, PinsUpdate
from tee_rex.updates.source import UpdateSource
from tee_rex_app.controllers import updates
from tee_rex_app.model.actions import Action
from tee_rex_app.model.runs import RunStage
from tee_rex_app.model.state import Page
from tee_rex_app.model.updates import UpdateNews, Updates, UpdateStage
from tee_rex_app.platform.remembered import Remembered

Act = Callable[[App], Coroutine[None, None, None]]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with stage_in(tmp_path) as stage:
        yield stage


@dataclass
class Machine:
    """A computer with release 0.1.0 in a folder, on which the app was started before."""

    stage: Stage
    run_app: RunApp
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    source: UpdateSource | None = None
    running: str = "0.1.0"
    installed: Installed | None = None

    def __post_init__(self) -> None:
        Remembered(self.stage.home / "config").remember_introduced()
        self.backend = PacedBackend()

    def client(self, paths: Paths) -> UpdateClient:
        installed = self.installed or installed_in(self.stage.folder, self.running)
        return UpdateClient(self.source or self.stage.source, paths, installed, PLATFORM)

    def start(self, act: Act, nitro: FakeNitro | None = None) -> None:
        """Start the app, act, quit."""
        self.run_app(
            self.stage.home,
            act,
            backend=lambda: self.backend,
            updates=self.client,
            now=lambda: self.at,
            nitro=nitro,
        )

    @property
    def asked(self) -> int:
        """How often the source was asked for the newest release."""
        return sum(path.endswith("/timestamp.json") for path in self.stage.server.asked)


@pytest.fixture
def machine(stage: Stage, run_app: RunApp, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(updates, "_SECONDS_BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr(updates, "_SECONDS_BETWEEN_TRIES", 0.05)
    return Machine(stage, run_app)


def shown(app: App) -> Updates:
    return app.application.store.state.updates


def texts(part: QWidget) -> str:
    """What a part of the window says."""
    found = (one.text() for one in part.findChildren(QLabel) if one.isVisibleTo(part))
    return "\n".join(filter(None, found)).replace("\u200b", "")


def buttons(part: QWidget) -> list[str]:
    return [one.text() for one in part.findChildren(QPushButton) if one.isVisibleTo(part)]


async def checked(app: App) -> None:
    """Check now, on the settings page."""
    app.application.intents.open_settings(SettingField.CHECK_FOR_UPDATES)
    app.window.settings.updates.check.click()
    assert shown(app).stage is UpdateStage.CHECKING
    await idle(app)


async def idle(app: App) -> None:
    await app.until(lambda: shown(app).stage is UpdateStage.IDLE)


async def downloaded(app: App) -> None:
    await checked(app)
    app.window.settings.updates.download.click()
    await idle(app)
    assert shown(app).is_state(UpdateState.READY), shown(app)


# Permission


@in_app()
async def test_a_build_without_a_source_says_so_and_asks_nothing(app: App) -> None:
    app.application.remembered.remember_introduced()
    assert app.window.updates.isHidden()
    app.application.intents.open_page(Page.SETTINGS)
    card = app.window.settings.updates
    assert texts(card).splitlines()[:2] == ["Updates", "This build has no update source"]
    assert buttons(card) == []
    app.application.intents.check_for_update_now()
    assert shown(app).stage is UpdateStage.IDLE


def test_it_asks_once_and_nobody_is_asked_before_the_answer(machine: Machine) -> None:
    async def asked(app: App) -> None:
        await app.settled()
        assert shown(app).news(None) is UpdateNews.QUESTION
        assert app.window.updates.isVisible()
        assert "That server learns your IP address" in texts(app.window.updates)
        await asyncio.sleep(0.3)
        assert machine.stage.server.asked == []
        app.window.updates.allow.click()
        await app.until(lambda: shown(app).report)
        assert app.window.updates.isHidden()

    async def asked_no_more(app: App) -> None:
        await app.until(lambda: shown(app).report)
        assert app.window.updates.isHidden()

    machine.start(asked)
    assert machine.asked == 1
    assert "check_for_updates = true" in (machine.stage.home / "config/settings.toml").read_text()
    machine.start(asked_no_more)
    assert machine.asked == 2


def test_after_no_it_neither_checks_nor_asks_again(machine: Machine) -> None:
    async def deny(app: App) -> None:
        await app.settled()
        app.window.updates.deny.click()
        await app.until(app.window.updates.isHidden)

    async def quiet(app: App) -> None:
        await app.settled()
        machine.at += timedelta(days=3)
        await asyncio.sleep(0.3)
        assert app.window.updates.isHidden()
        assert not app.window.settings.draft.check_for_updates

    machine.start(deny)
    machine.start(quiet)
    assert machine.stage.server.asked == []


def test_the_first_start_does_not_ask(machine: Machine) -> None:
    (machine.stage.home / "config/window.ini").unlink()

    async def act(app: App) -> None:
        await app.settled()
        assert app.window.updates.isHidden()

    machine.start(act)


def test_the_switch_is_saved_with_the_other_settings(machine: Machine) -> None:
    async def act(app: App) -> None:
        app.application.intents.open_page(Page.SETTINGS)
        app.window.settings.checks.click()
        await asyncio.sleep(0.1)
        assert machine.asked == 0
        app.window.settings.save.click()
        await app.until(lambda: shown(app).report)
        app.window.settings.checks.click()
        app.window.settings.save.click()
        await app.until(lambda: app.application.store.state.settings.check_for_updates.value is False)

    machine.start(act)
    assert machine.asked == 1


# When


def allowed(machine: Machine) -> Machine:
    file = machine.stage.home / "config/settings.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("check_for_updates = true\n")
    return machine


def test_it_checks_at_the_start_and_daily(machine: Machine) -> None:
    async def act(app: App) -> None:
        await app.until(lambda: shown(app).report)
        assert machine.asked == 1
        machine.at += timedelta(hours=23)
        await asyncio.sleep(0.3)
        assert machine.asked == 1
        machine.at += timedelta(hours=2)
        await app.until(lambda: machine.asked == 2)
        await idle(app)
        machine.at -= timedelta(days=365)  # the clock was wrong
        await app.until(lambda: machine.asked == 3)
        await idle(app)
        assert shown(app).checked == machine.at

    allowed(machine).start(act)


def test_after_a_failure_it_tries_again_within_the_hour_and_only_settings_say_so(machine: Machine) -> None:
    machine.stage.server.faults["timestamp.json"] = failing(503)

    async def act(app: App) -> None:
        await app.until(lambda: shown(app).failure)
        assert app.window.updates.isHidden()
        assert app.window.problem.isHidden()
        app.application.intents.open_page(Page.SETTINGS)
        assert "HTTP status 503. Try again later." in texts(app.window.settings.updates)
        machine.stage.server.faults.clear()
        machine.at += timedelta(minutes=61)
        await app.until(lambda: shown(app).report)
        assert shown(app).failure is None

    allowed(machine).start(act)


def test_nothing_is_checked_or_unpacked_while_something_is_proved(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")
    machine.backend = PacedBackend(stop_at=2)

    async def act(app: App) -> None:
        await app.until(lambda: shown(app).report)
        app.window.prove.prove_sample.click()
        await app.until(lambda: machine.backend.proving)
        machine.at += timedelta(days=2)
        await asyncio.sleep(0.3)
        assert machine.asked == 1
        app.application.intents.download_update()
        await app.until(lambda: (task := shown(app).progress) and task.done == task.total)
        await asyncio.sleep(0.3)
        app.application.intents.open_page(Page.SETTINGS)
        assert "It will be unpacked when the current work is done." in texts(app.window.settings.updates)
        assert not list((machine.stage.folder.top / "versions").glob(".0.2.0*"))
        machine.backend.gate.set()
        await app.until(lambda: shown(app).is_state(UpdateState.READY))
        assert app.run.stage is RunStage.DONE

    allowed(machine).start(act)


# Installing


def test_what_is_new_and_how_large_it_is_stand_before_the_download_and_quitting_installs(
    machine: Machine,
) -> None:
    archive = machine.stage.feed.release("0.2.0")

    async def act(app: App) -> None:
        banner, card = app.window.updates, app.window.settings.updates
        await app.until(banner.isVisible)
        assert "TEE-Rex 0.2.0 is available" in texts(banner)
        assert not [path for path in machine.stage.server.asked if path.endswith(".tar.xz")]
        banner.read.click()
        app.window.resize(900, 600)
        await app.until(lambda: card.visibleRegion().boundingRect().height() >= card.height() // 2)
        assert app.window.focusWidget() is card.download
        size = f"{archive.stat().st_size / 1e6:.1f} MB"
        assert "What 0.2.0 brings." in texts(card)
        assert f"You have 0.1.0. Download: {size}." in texts(card)
        assert card.download.text() == f"Download {size}"
        card.download.click()
        await app.until(lambda: shown(app).is_state(UpdateState.READY))
        assert buttons(card) == ["Restart now", "Install on quit", "Check now"]
        app.application.intents.open_page(Page.PROVE)
        assert buttons(banner) == ["Restart now", "Install on quit", "Later"]
        assert machine.stage.starts() == "0.1.0"
        banner.on_quit.click()
        assert banner.isHidden()
        await asyncio.sleep(0.1)
        assert machine.stage.folder.current() != installed_in(machine.stage.folder, "0.2.0").version
        app.window.quit()

    allowed(machine).start(act)
    assert machine.stage.starts() == "0.2.0"


def test_it_can_be_decided_not_to_install(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")

    async def act(app: App) -> None:
        await downloaded(app)
        card = app.window.settings.updates
        card.on_quit.click()
        assert "TEE-Rex 0.2.0 will be installed when you quit" in texts(card)
        card.not_on_quit.click()
        assert card.on_quit.isVisible()

    machine.start(act)
    assert machine.stage.starts() == "0.1.0"


def test_later_is_for_this_release_alone(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")

    async def later(app: App) -> None:
        await app.until(app.window.updates.isVisible)
        app.window.updates.later.click()
        assert app.window.updates.isHidden()

    async def quiet(app: App) -> None:
        await app.until(lambda: shown(app).report)
        assert app.window.updates.isHidden()
        app.application.intents.open_page(Page.SETTINGS)
        assert "TEE-Rex 0.2.0 is available" in texts(app.window.settings.updates)

    async def again(app: App) -> None:
        await app.until(app.window.updates.isVisible)
        assert "0.3.0" in texts(app.window.updates)

    allowed(machine).start(later)
    machine.start(quiet)
    machine.stage.feed.release("0.3.0")
    machine.start(again)


def test_restart_now_asks_while_something_would_be_lost(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")
    machine.backend = PacedBackend(stop_at=2)

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        await downloaded(app)
        app.application.intents.open_page(Page.PROVE)
        app.window.prove.prove_sample.click()
        await app.until(lambda: machine.backend.proving)
        app.window.updates.restart.click()
        question = app.window.question
        assert question is not None
        assert (question.windowTitle(), question.quit.text()) == ("Restart TEE-Rex?", "Restart")
        question.stay.click()
        assert machine.stage.starts() == "0.1.0"
        app.window.close()
        assert app.window.question is not None
        assert app.window.question.windowTitle() == "Quit TEE-Rex?"
        app.window.question.stay.click()
        app.window.updates.restart.click()
        assert app.window.question is not None
        app.window.question.quit.click()
        await app.until(lambda: app.window.ended)
        assert app.application.restarts_as == [str(machine.stage.folder.top / "tee-rex-app")]
        assert machine.stage.starts() == "0.2.0"

    machine.start(act)


def test_a_release_that_was_taken_back_meanwhile_is_not_installed(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")

    async def act(app: App) -> None:
        await downloaded(app)
        app.window.settings.updates.on_quit.click()
        machine.stage.feed.feed.roll_back("0.1.0")
        machine.stage.feed.publish()
        await checked(app)
        assert not shown(app).on_quit
        assert "TEE-Rex 0.1.0 is the newest release" in texts(app.window.settings.updates)

    machine.start(act)
    assert machine.stage.starts() == "0.1.0"


def test_a_download_can_be_cancelled_and_leaves_nothing(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")
    before = {path.name for path in machine.stage.folder.top.rglob("*")}

    async def act(app: App) -> None:
        await checked(app)
        machine.stage.server.faults[".tar.xz"] = slow
        card = app.window.settings.updates
        card.download.click()
        await app.until(lambda: shown(app).progress)
        assert buttons(card) == ["Cancel"]
        app.window.close()
        assert app.window.question is not None
        assert "An update is being downloaded" in texts(app.window.question)
        app.window.question.stay.click()
        card.cancel.click()
        await idle(app)
        assert (shown(app).failure, shown(app).progress) == (None, None)
        assert card.download.isVisible()

    machine.start(act)
    left = {path.name for path in machine.stage.folder.top.rglob("*")} - before
    assert left <= {".update.lock", ".download.lock"}
    assert machine.stage.starts() == "0.1.0"


def test_a_package_is_only_told(machine: Machine, tmp_path: Path) -> None:
    machine.stage.feed.release("0.2.0")
    (tmp_path / "installed-by").write_text("deb\n")
    machine.installed = Installed.of(tmp_path / "tee-rex-app", "0.1.0", frozen=True)

    async def act(app: App) -> None:
        await checked(app)
        assert shown(app).installed_by is InstallKind.DEB
        card = app.window.settings.updates
        assert "Download it where you got this version." in texts(card)
        assert buttons(card) == ["Check now"]
        app.application.intents.open_page(Page.PROVE)
        assert buttons(app.window.updates) == ["What's new…", "Later"]

    machine.start(act)
    assert not [path for path in machine.stage.server.asked if "targets/" in path]


def test_an_update_that_did_not_start_is_said_once(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")

    async def install(app: App) -> None:
        await downloaded(app)
        app.window.settings.updates.on_quit.click()

    async def told(app: App) -> None:
        await app.until(app.window.updates.isVisible)
        words = texts(app.window.updates)
        assert words.startswith("TEE-Rex 0.2.0 did not start\nTEE-Rex 0.1.0 is back in its place.")
        assert buttons(app.window.updates) == ["Report…", "Dismiss"]
        app.window.updates.dismiss.click()
        await checked(app)
        card = app.window.settings.updates
        assert "TEE-Rex 0.2.0 did not start" in texts(card)
        assert buttons(card)[-2:] == ["Check now", "Report a problem…"]
        app.application.intents.open_page(Page.PROVE)
        assert shown(app).news(True) is None

    async def quiet(app: App) -> None:
        await checked(app)
        app.application.intents.open_page(Page.PROVE)
        assert shown(app).news(True) is None

    async def install_again(app: App) -> None:
        await checked(app)
        if app.window.settings.updates.download.isVisible():
            await downloaded(app)
        app.window.settings.updates.on_quit.click()

    machine.start(install)
    went_back = ("0.2.0", "0.1.0")
    assert (machine.stage.starts(), machine.stage.starts()) == went_back
    machine.start(told)
    machine.start(quiet)
    machine.start(install_again)
    assert (machine.stage.starts(), machine.stage.starts()) == went_back
    machine.start(told)


def test_what_kept_it_from_being_installed_is_said_at_the_next_start(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.stage.feed.release("0.2.0")
    top = machine.stage.folder.top

    async def quit_without_a_disk(app: App) -> None:
        await downloaded(app)
        app.window.settings.updates.on_quit.click()
        (top / ".update.lock").unlink()
        (top / ".update.lock").mkdir()

    async def told(app: App) -> None:
        banner, card = app.window.updates, app.window.settings.updates
        await app.until(banner.isVisible)
        assert texts(banner).startswith("The update was not installed when you quit\n")
        assert buttons(banner) == ["See why…", "Dismiss"]
        banner.why.click()
        assert texts(card).count("The update was not installed when you quit") == 1
        assert str(top) in texts(card)
        assert set(buttons(card)) == {"Show in folder", "Check now"}
        await checked_automatically(app)
        offered = {"Show in folder", "Restart now", "Install on quit", "Check now"}
        assert set(buttons(card)) == offered, "a check changes nothing of it"
        app.application.intents.open_page(Page.PROVE)
        (top / ".update.lock").rmdir()
        banner.dismiss.click()
        assert banner.isHidden() or "not installed" not in texts(banner)

    async def checked_automatically(app: App) -> None:
        app.application.updates.check()
        await idle(app)
        assert shown(app).is_state(UpdateState.READY)

    async def quiet(app: App) -> None:
        await checked(app)
        assert shown(app).problem is None
        app.window.settings.updates.on_quit.click()

    machine.start(quit_without_a_disk)
    assert machine.stage.starts() == "0.1.0"
    machine.start(told)
    machine.start(quiet)
    assert machine.stage.starts() == "0.2.0"


# What goes wrong


def test_without_a_network_the_card_says_what_to_do(machine: Machine) -> None:
    async def act(app: App) -> None:
        await checked(app)
        card = app.window.settings.updates
        assert "The update source does not respond" in texts(card)
        assert "Check the network and the proxy, then try again." in texts(card)
        assert buttons(card) == ["Try again"]
        app.application.intents.open_page(Page.PROVE)
        assert shown(app).news(True) is None, "no nagging"
        app.application.intents.open_page(Page.SETTINGS)
        card.remedies.buttons[Action.TRY_AGAIN].click()
        assert shown(app).stage is UpdateStage.CHECKING
        await idle(app)

    with closed_port() as url:
        machine.source = machine.stage.feed.source(url)
        machine.start(act)


def test_what_is_ready_can_be_installed_without_a_network(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")

    async def act(app: App) -> None:
        await downloaded(app)
        machine.stage.server.faults["timestamp.json"] = failing(503)
        app.application.updates.check()
        await idle(app)
        card = app.window.settings.updates
        assert "HTTP status 503. Try again later. TEE-Rex 0.2.0 is ready to install." in texts(card)
        assert buttons(card) == ["Try again", "Restart now", "Install on quit"]
        app.application.intents.open_page(Page.PROVE)
        assert buttons(app.window.updates) == ["Restart now", "Install on quit", "Later"]
        app.window.updates.on_quit.click()
        assert buttons(app.window.updates) == ["Check daily", "Don't check"]

    machine.start(act)
    assert machine.stage.starts() == "0.2.0"


def test_what_is_not_genuine_is_said_on_every_page(machine: Machine) -> None:
    machine.stage.server.faults["timestamp.json"] = tampered

    async def act(app: App) -> None:
        await checked(app)
        card = app.window.settings.updates
        assert "The update is not genuine" in texts(card)
        assert buttons(card) == ["Try again", "Report a problem…"]
        app.application.intents.open_page(Page.PROVE)
        banner = app.window.updates
        assert buttons(banner) == ["See why…", "Dismiss"]
        banner.why.click()
        assert app.application.store.state.page is Page.SETTINGS
        app.application.intents.open_page(Page.PROVE)
        banner.dismiss.click()
        assert banner.isHidden()

    machine.start(act)


def test_a_download_that_fails_is_said_on_every_page(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")

    async def act(app: App) -> None:
        await checked(app)
        machine.stage.server.faults[".tar.xz"] = tampered
        app.window.settings.updates.download.click()
        app.application.intents.open_page(Page.HISTORY)
        await app.until(app.window.updates.why.isVisible)
        machine.stage.server.faults.clear()
        app.window.updates.why.click()
        app.window.settings.updates.remedies.buttons[Action.TRY_AGAIN].click()
        await app.until(lambda: shown(app).is_state(UpdateState.READY))

    machine.start(act)


def test_a_full_disk_is_named_with_what_is_needed(machine: Machine, tmp_path: Path) -> None:
    machine.stage.feed.release("0.2.0")

    async def act(app: App) -> None:
        await checked(app)
        app.window.settings.updates.download.click()
        await app.until(lambda: shown(app).failure)
        card = app.window.settings.updates
        assert "are needed. Free some space, then try again." in texts(card)
        assert buttons(card) == ["Try again", "Show in folder"]

    with small_disk(tmp_path / "disk", "1m") as disk:
        folder = unpacked(small_archive(tmp_path, "0.1.0")[0], disk)
        machine.installed = installed_in(folder, "0.1.0")
        machine.start(act)


def test_two_at_once_wait_for_each_other_and_say_so(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates, "_SECONDS_UNTIL_SLOW", 0.1)
    lock = machine.stage.home / "updates/.lock"
    lock.parent.mkdir(parents=True)

    async def act(app: App) -> None:
        card = app.window.settings.updates
        app.application.intents.open_page(Page.SETTINGS)
        async with files.exclusive(lock):
            card.check.click()
            await app.until(lambda: "Another TEE-Rex may be updating" in texts(card))
            card.cancel.click()
            await idle(app)
            card.check.click()
        await idle(app)
        assert "TEE-Rex 0.1.0 is the newest release" in texts(card)

    machine.start(act)


# Pins


def revoking(machine: Machine, serial: int, **revoked: frozenset[str]) -> None:
    publish(machine, serial, Revocations(0, **revoked))


def publish(
    machine: Machine, serial: int, revoked: Revocations, builds: tuple[ShippedBuild, ...] = ()
) -> None:
    raw = tuple(msgspec.Raw(msgspec.json.encode(build)) for build in builds)
    update = PinsUpdate(FORMAT, serial, revoked, {}, {}, raw)
    machine.stage.feed.publish_pins(msgspec.json.encode(update), serial)


def test_a_revoked_bb_is_refused_at_once_and_the_system_check_says_so(
    machine: Machine, run_app: RunApp
) -> None:
    revoking(machine, 1, bb=every_bb())

    def says_so(app: App) -> bool:
        items = app.application.store.state.setup.items or ()
        return any("have revoked" in str(item.finding.detail) for item in items)

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        await app.settled()
        assert not says_so(app)
        await checked(app)
        await app.until(lambda: says_so(app))
        app.window.prove.prove_sample.click()
        await app.proved()
        assert app.problem.code == "BB_REVOKED"

    run_app(machine.stage.home, act, updates=machine.client)


def test_what_was_revoked_is_refused_also_when_the_download_with_it_fails(machine: Machine) -> None:
    machine.stage.feed.release("0.2.0")

    async def act(app: App) -> None:
        await checked(app)
        revoking(machine, 1, bb=every_bb())
        machine.stage.server.faults[".tar.xz"] = failing(503)
        app.window.settings.updates.download.click()
        await idle(app)
        assert shown(app).failure is not None
        assert every_bb() <= app.application._context.pins.revoked

    machine.start(act)


def test_an_added_build_is_accepted_and_a_revoked_one_refused(machine: Machine) -> None:
    build = ShippedBuild("tee-rex", "0.2.0", "1" * 96, "2" * 96, "3" * 96, "4" * 64)
    publish(machine, 1, Revocations(), (build,))

    async def added(app: App) -> None:
        await app.settled()
        context = app.application._context
        assert build.approved() not in context.approved_builds
        await checked(app)
        assert build.approved() in context.approved_builds
        publish(machine, 2, Revocations(0, frozenset(), frozenset({build.pcr0})), (build,))
        await checked(app)
        assert build.approved() not in context.approved_builds
        assert context.attestation_rules().revocations().enclave_builds == {build.pcr0}

    async def kept(app: App) -> None:
        await app.settled()
        assert build.approved() not in app.application._context.approved_builds

    machine.start(added)
    machine.start(kept)


def test_a_damaged_pins_update_is_said_at_the_start_and_replaced_by_the_next_check(machine: Machine) -> None:
    revoking(machine, 1, bb=frozenset({"a" * 64}))
    file = pins_file(Paths(machine.stage.home, machine.stage.home / "config"))
    file.parent.mkdir(parents=True)
    file.write_text("{")

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.problem)
        assert app.problem.code == "PINS_DAMAGED"
        await checked(app)
        assert shown(app).failure is None
        assert "a" * 64 in app.application._context.pins.revoked

    machine.start(act)
