"""Photograph the app after real work: ``record_app.py FOLDER`` with tests/ on the path and QT_SCALE_FACTOR=2.

A local Aztec network and a server are started; the window deploys an account in local and in remote mode, and
runs the token flow. Takes some six minutes on two cores. Each picture is taken light and dark. Attestation
needs an enclave: its pictures are the scene ``attestation-approved`` of ``app.screenshots``.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from support.app_window import App, installed_home, with_app
from support.devnet import prepared_packages
from support.ports import free_ports
from support.proving_server import server_process
from tee_rex.devnet.network import running_devnet
from tee_rex.settings.paths import Paths
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.runs import RunStage
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.model.state import Page
from tee_rex_app.text.translation import Translations
from tee_rex_app.ui.pages.history_page import HistoryPage
from tee_rex_app.ui.theme import Scheme, Theme

_SIZE = (1280, 860)
_FLOW_SECONDS = 900.0


def link_wallet(home: Path) -> None:
    """Let the app find the wallet that is installed in the user's data folder."""
    installed = Paths.from_environment(os.environ).setup_dir(TrustedSetup.DEVELOPMENT) / "bridge"
    (home / TrustedSetup.DEVELOPMENT / "bridge").symlink_to(installed, target_is_directory=True)


async def flow_done(app: App) -> None:
    """Wait for the flow that was just begun, until it is in the history."""
    task = app.application.runs.task
    if task is None:
        raise RuntimeError("no flow was begun")
    await app.until(task.done, _FLOW_SECONDS)
    flow = app.application.store.state.flow
    if flow is None or flow.stage is not RunStage.DONE:
        raise RuntimeError("the flow failed")


async def photograph(app: App, folder: Path, name: str) -> None:
    """The window as it is now, light and dark."""
    for scheme, file in ((Scheme.DARK, folder / f"{name}-dark.png"), (Scheme.LIGHT, folder / f"{name}.png")):
        app.window.theme.use(scheme)
        await asyncio.sleep(0.5)  # it has painted
        if not app.window.grab().save(str(file)):
            raise OSError(file)


async def work(app: App, folder: Path) -> None:
    """Everything that the pictures show."""
    intents, prove = app.application.intents, app.window.prove
    app.window.resize(*_SIZE)
    await app.settled()
    asked = (ServiceName.NODE, ServiceName.REMOTE)
    await app.until(lambda: all(app.status(name) is ServiceStatus.READY for name in asked), 60.0)
    for mode in (ProvingMode.LOCAL, ProvingMode.REMOTE):
        intents.choose_mode(mode)
        prove.deploy.click()
        await flow_done(app)
    intents.open_page(Page.HISTORY)
    history = app.window.pages[Page.HISTORY]
    if not isinstance(history, HistoryPage):
        raise TypeError(history)
    history.list.selectAll()
    await photograph(app, folder, "history")
    intents.open_page(Page.PROVE)
    intents.choose_mode(ProvingMode.LOCAL)
    prove.tokens.click()
    await flow_done(app)
    await photograph(app, folder, "app")


@asynccontextmanager
async def network(folder: Path, server: str) -> AsyncIterator[Mapping[str, str]]:
    """A local network beside the server; gives the environment that names both."""
    async with running_devnet(folder, await prepared_packages(), free_ports()) as running:
        yield {"AZTEC_NODE_URL": running.node_url or "", "PROVER_URL": server}


def main() -> None:
    """Write app.png and history.png, and both in dark."""
    folder = Path(sys.argv[1])
    qt = QApplication(sys.argv[:1])
    theme = Theme(qt)
    theme.use(Scheme.LIGHT)
    Translations(qt, QLocale("en_GB")).use("en")
    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as chain,
        server_process() as server,
    ):
        installed_home(Path(home))
        link_wallet(Path(home))

        async def act(app: App) -> None:
            await work(app, folder)

        with_app(qt, theme, Path(home), act, serving=network(Path(chain), server.url))


if __name__ == "__main__":
    main()
