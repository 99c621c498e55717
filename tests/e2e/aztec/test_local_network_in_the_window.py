"""The real local network, started from the real window: downloaded, used, stopped; nothing of it survives."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import psutil
import pytest
from PySide6.QtWidgets import QApplication

from support.app_window import App, installed_home, with_app
from support.devnet import ON_DEVNET, prepared_packages
from support.patience import SOON
from support.processes import python_program, running
from support.proving_server import wait_until
from tee_rex.bb.pins import BbPins
from tee_rex.devnet.network import Devnet
from tee_rex.devnet.packages import DevnetPackages, devnet_download_bytes
from tee_rex.devnet.run_folder import RunFolder
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.local_network import NetworkStage
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.ui.theme import Theme

pytestmark = [*ON_DEVNET, pytest.mark.timeout(1500)]

SECONDS = 900.0
"""For a download of 283 MB and a start on a small, busy machine."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with bb, and with the network's programs as they are on this machine."""
    folder = installed_home(tmp_path_factory.mktemp("h"))
    asyncio.run(prepared_packages())
    installed, here = packages_in(Paths.from_environment(os.environ)), packages_in(Paths(folder, folder))
    shutil.copytree(installed.folder, here.folder, copy_function=os.link, symlinks=True)
    return folder


def packages_in(paths: Paths) -> DevnetPackages:
    return DevnetPackages(paths, BbPins.shipped(), TrustedSetup.DEVELOPMENT)


def devnet_in(home: Path) -> Devnet:
    return Devnet.of_user(Paths(home, home / "config"), TrustedSetup.DEVELOPMENT)


def members(home: Path) -> list[psutil.Process]:
    return RunFolder(devnet_in(home).folder).members()


def start_use_and_stop(qapp: QApplication, home: Path) -> list[TaskProgress]:
    """Do so from the window; the progress that it showed."""
    seen: list[TaskProgress] = []

    async def act(app: App) -> None:
        store, part = app.application.store, app.window.services.local_network

        def note() -> None:
            progress = store.state.local_network.progress
            if progress is not None and progress not in seen:
                seen.append(progress)

        store.changed.connect(note)
        await app.settled()
        part.start.click()
        if (dialog := app.window.network_prompt.dialog) is not None:  # it asks before a download
            dialog.start.click()
        await app.until(lambda: store.state.local_network.stage is not NetworkStage.STARTING, SECONDS)
        assert store.state.problem is None
        assert store.state.local_network.running
        await app.until(lambda: app.status(ServiceName.NODE) is ServiceStatus.READY)
        node = store.state.service(ServiceName.NODE)
        assert node.address == store.state.local_network.node_url
        assert node.setup is TrustedSetup.DEVELOPMENT
        assert len(members(home)) > 3
        part.stop.click()
        part.stop.click()
        await app.until(lambda: store.state.local_network.stage is NetworkStage.OFF)
        assert members(home) == []

    with_app(qapp, Theme(qapp), home, act)
    assert "devnet.start" in {one.task for one in seen}
    return seen


def test_it_is_started_used_and_stopped(qapp: QApplication, home: Path) -> None:
    start_use_and_stop(qapp, home)


@pytest.mark.soak
def test_it_is_downloaded_first(qapp: QApplication, tmp_path: Path) -> None:
    seen = start_use_and_stop(qapp, installed_home(tmp_path))
    downloaded = [one for one in seen if one.task == "devnet.download"]
    assert len(downloaded) > 5
    assert [one.done for one in downloaded] == sorted(one.done for one in downloaded)
    assert {one.total for one in downloaded} == {devnet_download_bytes()}


APPLICATION = """
import asyncio, sys
from pathlib import Path
from support.app_window import with_app
from tee_rex_app.platform.session_end import DesktopApplication
from tee_rex_app.ui.theme import Theme

home, moment = Path(sys.argv[1]), sys.argv[2]

async def act(app):
    network = lambda: app.application.store.state.local_network
    app.window.services.local_network.start.click()
    if moment == "starting":
        await app.until(lambda: network().progress and network().progress.task == "devnet.start", 900)
    else:
        await app.until(lambda: network().running, 900)
    print(moment, flush=True)
    while not app.window.ended:
        await asyncio.sleep(0.05)

qt = DesktopApplication(sys.argv[:1])
with_app(qt, Theme(qt), home, act)
"""


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        pytest.param("starting", signal.SIGKILL, marks=pytest.mark.soak),
        ("running", signal.SIGKILL),
        pytest.param("running", signal.SIGSEGV, marks=pytest.mark.soak),
        pytest.param("running", signal.SIGTERM, marks=pytest.mark.soak),
    ],
    ids=["killed while starting", "killed", "crashed", "end of the session"],
)
def test_it_ends_with_the_application_however_that_ends(
    home: Path, moment: str, number: signal.Signals
) -> None:
    with python_program(APPLICATION, home, moment) as (application, said):
        assert said == moment
        wait_until(lambda: members(home))
        started = members(home)
        application.send_signal(number)
        application.wait(60)
        assert application.returncode == (0 if number is signal.SIGTERM else -number)
        wait_until(lambda: not any(running(process.pid) for process in started), seconds=SOON)
    assert members(home) == []
    assert not [file for one in started for file in Path("/dev/shm").glob(f"bb-sync-{one.pid}-*")]
