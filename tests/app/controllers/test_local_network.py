"""The local network through the window, with small real programs in place of Aztec's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from support.app_window import App, RunApp, in_app
from support.ports import free_port, free_ports
from support.small_network import FAILING, SILENT, SmallNetwork, packages, use
from tee_rex.devnet.network import Condition, Devnet
from tee_rex.devnet.packages import (
    INSTALLED_BYTES,
    DevnetPackages,
    PreparedPackages,
    devnet_download_bytes,
)
from tee_rex.devnet.run_folder import RunFolder
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ProgressListener, TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers import local_network
from tee_rex_app.model.local_network import LocalNetwork, NetworkStage
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.model.state import Notice
from tee_rex_app.text.formats import megabytes
from tee_rex_app.ui.dialogs.local_network_dialog import LocalNetworkDialog
from tee_rex_app.ui.dialogs.quit_dialog import Unfinished
from tee_rex_app.ui.panels.services_panel import LocalNetworkPart

pytestmark = pytest.mark.integration


class Downloads:
    """In place of the packages' download: reports that it is half done, and can wait there."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = 0

    async def ensure(self, progress: ProgressListener) -> PreparedPackages:
        self.begun += 1
        progress(TaskProgress("devnet.download", "Downloading", 210_000_000, 420_000_000, "bytes"))
        await self.gate.wait()
        return packages()


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> Downloads:
    made = Downloads()
    monkeypatch.setattr(DevnetPackages, "ensure", made.ensure)
    return made


@pytest.fixture(autouse=True)
def small(tmp_path: Path, downloads: Downloads, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small programs, on a port of their own; nothing of them is left after the test."""
    use(monkeypatch, SmallNetwork())
    monkeypatch.setattr(local_network, "DEFAULT_NODE_PORT", free_port())
    monkeypatch.setattr(local_network, "_SECONDS_BETWEEN_LOOKS", 0.1)
    yield
    run = RunFolder(devnet_in(tmp_path).folder)
    left = run.members()
    run.end_all()
    assert not left


def devnet_in(home: Path) -> Devnet:
    return Devnet.of_user(Paths(home, home / "config"), TrustedSetup.DEVELOPMENT)


def shown(app: App) -> LocalNetwork:
    return app.application.store.state.local_network


def notice(app: App) -> Notice | None:
    return app.application.store.state.notice


def part_of(app: App) -> LocalNetworkPart:
    return app.window.services.local_network


def dialog_of(app: App) -> LocalNetworkDialog:
    assert app.window.network_prompt.dialog is not None
    return app.window.network_prompt.dialog


async def running(app: App) -> None:
    """Wait until it runs and the node's row shows it."""
    await app.until(lambda: shown(app).running and app.status(ServiceName.NODE) is ServiceStatus.READY)


async def off(app: App) -> None:
    await app.until(lambda: shown(app).stage is NetworkStage.OFF)


async def start(app: App) -> None:
    """Press the link in the sidebar and agree to the download."""
    part_of(app).start.click()
    dialog_of(app).start.click()
    await running(app)


@in_app()
async def test_it_is_started_from_the_sidebar_after_its_sizes_were_told(app: App, tmp_path: Path) -> None:
    part = part_of(app)
    assert part.start.isVisible()
    part.start.click()
    dialog = dialog_of(app)
    told = dialog.accessibleDescription()
    assert f"Download: {megabytes(devnet_download_bytes() or 0)} plus npm metadata, once" in told
    assert "Memory: about 1.1 GB while it runs" in told
    assert "starts in about half a minute on an idle computer; the first start also downloads" in told
    assert f"On disk: about {megabytes(INSTALLED_BYTES)}" in told
    assert "INSECURE" in told
    dialog.refuse.click()
    assert shown(app).stage is NetworkStage.OFF
    assert app.window.network_prompt.dialog is None
    await start(app)
    assert shown(app).ours
    service = app.application.store.state.service(ServiceName.NODE)
    assert service.address == shown(app).node_url
    assert service.setup is TrustedSetup.DEVELOPMENT
    assert "started at" in part.words.text()
    assert "stops when you quit" in part.words.text()
    assert not part.start.isVisible()
    status = await devnet_in(tmp_path).status()
    assert (status.condition, status.since) == (Condition.READY, shown(app).since)


@in_app()
async def test_progress_has_bytes_and_percent_and_the_download_can_be_cancelled(
    app: App, downloads: Downloads
) -> None:
    downloads.gate.clear()
    part = part_of(app)
    part.start.setFocus()
    part.start.click()
    dialog_of(app).start.click()
    await app.until(lambda: downloads.begun)
    assert (part.bar.isVisible(), part.bar.value()) == (True, 50)
    assert "50 %" in part.words.text()
    assert app.window.unfinished() == (Unfinished.LOCAL_NETWORK,)
    part.cancel.click()
    await off(app)
    assert not part.bar.isVisible()
    assert part.start.isVisible()
    assert app.application.store.state.problem is None


@in_app()
async def test_a_start_is_cancelled_while_its_programs_run(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, SILENT)
    part_of(app).start.click()
    dialog_of(app).start.click()
    members = RunFolder(devnet_in(tmp_path).folder).members
    await app.until(lambda: len(members()) == 4)  # the supervisor, anvil and its child, the node
    app.window.prove.deploy.click()
    assert notice(app) is Notice.NETWORK_STARTING
    part_of(app).cancel.click()
    assert shown(app).stage is NetworkStage.STOPPING
    await off(app)
    assert not members()


@pytest.mark.parametrize("moment", ["at once", "downloading", "starting"])
@in_app()
async def test_cancelling_at_any_moment_leaves_it_startable(
    app: App, downloads: Downloads, tmp_path: Path, moment: str
) -> None:
    for _ in range(2):
        if moment == "downloading":
            downloads.gate.clear()
        begun = downloads.begun
        part_of(app).start.click()
        dialog_of(app).start.click()
        if moment == "downloading":
            await app.until(lambda: downloads.begun > begun)  # noqa: B023  # called at once
        elif moment == "starting":
            await app.until(lambda: devnet_in(tmp_path).started)
        part_of(app).cancel.click()
        await off(app)
    downloads.gate.set()
    await start(app)


@in_app()
async def test_stopping_asks_once_in_its_own_button(app: App, tmp_path: Path) -> None:
    await start(app)
    app.window.activateWindow()  # there is no window manager to do it when the dialog goes
    await app.until(app.window.isActiveWindow)
    stop = part_of(app).stop
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert shown(app).running
    assert "delete its chain" in stop.text()
    app.window.prove.prove_sample.setFocus()
    assert "delete its chain" not in stop.text()
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    await off(app)
    assert app.status(ServiceName.NODE) is ServiceStatus.NOT_CONFIGURED
    assert (await devnet_in(tmp_path).status()).condition is Condition.DOWN


@in_app()
async def test_quitting_asks_and_ends_it(app: App) -> None:
    await start(app)
    app.window.quit()
    assert app.window.question is not None
    assert not app.window.ended
    app.window.question.quit.click()
    assert app.window.ended  # the fixture looks for what is left


@in_app()
async def test_one_of_a_command_is_used_stopped_and_never_ended_by_quitting(app: App, tmp_path: Path) -> None:
    devnet = devnet_in(tmp_path)
    for _ in range(2):
        await devnet.up(packages(), free_ports())
        await running(app)
        assert not shown(app).ours
        assert "It was started from the command line." in part_of(app).words.text()
        assert app.window.unfinished() == ()
        await devnet.down()
        await off(app)
    await devnet.up(packages(), free_ports())
    await running(app)
    part_of(app).stop.click()
    part_of(app).stop.click()
    await off(app)
    assert (await devnet.status()).condition is Condition.DOWN


def test_one_of_a_command_survives_the_application(run_app: RunApp, tmp_path: Path) -> None:
    devnet = devnet_in(tmp_path)

    async def act(app: App) -> None:
        await devnet.up(packages(), free_ports())
        await running(app)

    run_app(tmp_path, act)
    assert devnet.alive
    asyncio.run(devnet.down())


@in_app()
async def test_a_network_that_ends_by_itself_says_so_and_can_be_started_again(
    app: App, tmp_path: Path
) -> None:
    await start(app)
    status = await devnet_in(tmp_path).status()
    RunFolder(devnet_in(tmp_path).folder).end_all()
    await off(app)
    await app.until(lambda: app.application.store.state.problem)
    assert app.problem.code == "LOCAL_NETWORK_ENDED"
    assert str(status.logs) in str(app.problem.message)
    part_of(app).start.click()
    dialog_of(app).start.click()
    await running(app)
    assert app.application.store.state.problem is None


@in_app()
async def test_one_of_ours_that_a_command_stops_is_no_error(app: App, tmp_path: Path) -> None:
    await start(app)
    await devnet_in(tmp_path).down()
    await off(app)
    assert app.application.store.state.problem is None


@in_app()
async def test_programs_that_fail_are_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FAILING)
    part_of(app).start.click()
    dialog_of(app).start.click()
    await app.until(lambda: app.application.store.state.problem)
    assert app.problem.code == "DEVNET_ENDED"
    await off(app)


@in_app(environ={"AZTEC_NODE_URL": "http://127.0.0.1:1"})
async def test_it_is_used_in_place_of_a_node_that_does_not_answer(app: App) -> None:
    await app.until(lambda: app.status(ServiceName.NODE) is ServiceStatus.UNREACHABLE)
    app.window.prove.tokens.click()
    assert notice(app) is Notice.TOKENS_NODE_SILENT
    app.window.notice.start_network.click()
    assert notice(app) is None
    dialog_of(app).start.click()
    await running(app)
    assert "in place of http://127.0.0.1:1" in part_of(app).words.text()
    part_of(app).stop.click()
    part_of(app).stop.click()
    await off(app)
    assert app.application.store.state.service(ServiceName.NODE).address == "http://127.0.0.1:1"


@in_app(environ={"AZTEC_NODE_URL": "http://127.0.0.1:1"})
async def test_one_of_a_command_does_not_replace_the_node_of_the_settings(app: App, tmp_path: Path) -> None:
    await devnet_in(tmp_path).up(packages(), free_ports())
    await app.until(lambda: shown(app).running)
    assert "not used" in part_of(app).words.text()
    assert app.application.store.state.service(ServiceName.NODE).address == "http://127.0.0.1:1"
    await devnet_in(tmp_path).down()


@in_app()
async def test_where_it_cannot_run_it_is_not_offered(app: App) -> None:
    store = app.application.store
    store.update(local_network=replace(shown(app), available=False))
    assert not part_of(app).isVisible()
    app.window.prove.deploy.click()
    assert not app.window.notice.start_network.isVisible()
