"""The real local network, started from the real window: downloaded, used, stopped; nothing of it survives."""

from __future__ import annotations

import os
import signal
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import psutil
import pytest
from PySide6.QtWidgets import QApplication

from support.app_window import App, installed_home, with_app
from support.devnet import ON_DEVNET
from support.patience import SOON
from support.processes import python_program, running
from support.proving_server import wait_until
from tee_rex.devnet.network import Devnet
from tee_rex.devnet.packages import devnet_download_bytes
from tee_rex.devnet.run_folder import RunFolder
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.local_network import NetworkStage
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.ui.theme import Theme

pytestmark = [*ON_DEVNET, pytest.mark.timeout(1500)]

SECONDS = 900.0
"""For a download of 0.4 GB and a start on a small, busy machine."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with bb, but not yet the network's programs; the first test brings them."""
    return installed_home(tmp_path_factory.mktemp("h"))


def devnet_in(home: Path) -> Devnet:
    return Devnet.of_user(Paths(home, home / "config"), TrustedSetup.DEVELOPMENT)


def members(home: Path) -> list[psutil.Process]:
    return RunFolder(devnet_in(home).folder).members()


def test_it_is_downloaded_started_used_and_stopped(qapp: QApplication, home: Path) -> None:
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
        dialog = app.window.network_prompt.dialog
        assert dialog is not None
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
    downloaded = [one.done for one in seen if one.task == "devnet.download"]
    assert len(downloaded) > 5
    assert downloaded == sorted(downloaded)
    assert {one.total for one in seen if one.task == "devnet.download"} == {devnet_download_bytes()}
    assert "devnet.start" in {one.task for one in seen}


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
    if app.window.network_prompt.dialog is not None:  # when this test runs alone
        app.window.network_prompt.dialog.start.click()
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
        ("starting", signal.SIGKILL),
        ("running", signal.SIGKILL),
        ("running", signal.SIGSEGV),
        ("running", signal.SIGTERM),
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
