"""Shows the state of Aztec's wallet, which runs only during a flow."""

from __future__ import annotations

import asyncio

from tee_rex.aztec.flows.report import Preparation
from tee_rex.aztec.wallet.runtime import InstalledBridges
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.text import flow_labels, labels


class WalletController:
    """The wallet's row among the services."""

    def __init__(self, context: ControllerContext, modes: ModesController) -> None:
        self._context = context
        self._modes = modes
        self._failure = ""

    def show_opening(self) -> None:
        """Show that a flow opens the wallet."""
        self._failure = ""
        self._show(ServiceStatus.CHECKING, flow_labels.preparation_name(Preparation.WALLET))

    def show_closed(self, failure: str) -> None:
        """Show the wallet's state after a flow. failure: the title of the wallet's error, else empty."""
        self._failure = failure
        self._context.start(self._show_installed())

    def node_answered(self) -> None:
        """Update the row, since the node determines which wallet is needed; not while a flow shows progress."""
        flow = self._context.store.state.flow
        if flow is None or not flow.active:
            self._context.start(self._show_installed())

    async def _show_installed(self) -> None:
        if not self._context.settings.node_url.value:
            self._show(ServiceStatus.NOT_CONFIGURED)
        elif self._failure:
            self._show(ServiceStatus.FAILED, self._failure)
        else:
            setup = self._context.store.state.service(ServiceName.NODE).setup
            folder = InstalledBridges(self._context.dependencies.paths).folder
            installed = setup is not None and await asyncio.to_thread(lambda: folder(setup).is_dir())
            status = ServiceStatus.READY if installed else ServiceStatus.INCOMPLETE
            self._show(status, labels.wallet(installed=installed))

    def _show(self, status: ServiceStatus, detail: str = "") -> None:
        self._modes.show_service(ServiceState(ServiceName.WALLET, status, detail=detail))
