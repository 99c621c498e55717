"""Polls the configured servers, and shows the services."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from tee_rex.aztec.flows.report import Preparation
from tee_rex.aztec.wallet.runtime import InstalledBridges
from tee_rex.aztec.wallet.sources import BridgeSources, bridge_for
from tee_rex.http_client.connection import ServerConnection
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import require_expected_key
from tee_rex.settings.resolve import Setting
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.samples import account_deployment
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.state import State
from tee_rex_app.services.files import read_request
from tee_rex_app.services.probes import POLL_SECONDS, ServiceProbe
from tee_rex_app.text import flow_labels, labels
from tee_rex_app.text.translation import translated

_SERVERS = (ServiceName.NODE, ServiceName.REMOTE, ServiceName.TEE)
_OF_MODES = {ProvingMode.REMOTE: ServiceName.REMOTE, ProvingMode.TEE: ServiceName.TEE}


class WalletController:
    """The wallet's row among the services."""

    def __init__(self, context: ControllerContext, modes: ModesController) -> None:
        self._context = context
        self._modes = modes
        self._failure: Problem | None = None
        self._looking: asyncio.Task[None] | None = None

    def show_opening(self) -> None:
        """Show that a flow opens the wallet."""
        self._failure = None
        self._stop_looking()
        self._show(ServiceStatus.CHECKING, flow_labels.preparation_doing(Preparation.WALLET))

    def show_in_use(self) -> None:
        """Show that a flow has opened the wallet."""
        self._show(ServiceStatus.READY, labels.wallet_in_use())

    def show_closed(self, failure: Problem | None) -> None:
        """Show the wallet's state after a flow. failure: of the wallet."""
        self._failure = failure
        self._look()

    def node_answered(self) -> None:
        """Update the row, since the node determines which wallet is needed; not during a flow."""
        flow = self._context.store.state.flow
        if flow is None or not flow.active:
            self._look()

    def _look(self) -> None:
        self._stop_looking()
        self._looking = self._context.tasks.start(self._show_installed())

    def _stop_looking(self) -> None:
        """What was looked for no longer counts."""
        if self._looking is not None:
            self._looking.cancel()

    async def _show_installed(self) -> None:
        if not self._context.node_url.value:
            self._show(ServiceStatus.NOT_CONFIGURED)
        elif self._failure is not None:
            self._show(ServiceStatus.FAILED, translated(self._failure.title), self._failure)
        else:
            node = self._context.store.state.service(ServiceName.NODE)
            if node.setup is None:  # no network that this release knows has answered
                self._show(ServiceStatus.INCOMPLETE, labels.wallet(installed=False))
            else:
                await self._show_wallet_for(node, node.setup)

    async def _show_wallet_for(self, node: ServiceState, setup: TrustedSetup) -> None:
        version = AztecVersion.parse(node.versions[0])
        sources = bridge_for(version)
        if sources is None:
            proves = node.status is ServiceStatus.READY
            self._show(ServiceStatus.NOT_OFFERED, labels.no_wallet(version, proves=proves))
            return
        installed = await asyncio.to_thread(self._is_installed, setup, sources)
        status = ServiceStatus.READY if installed else ServiceStatus.INCOMPLETE
        self._show(status, labels.wallet(installed=installed))

    def _is_installed(self, setup: TrustedSetup, sources: BridgeSources) -> bool:
        return InstalledBridges(self._context.dependencies.paths).folder(setup, sources).is_dir()

    def _show(self, status: ServiceStatus, detail: str = "", problem: Problem | None = None) -> None:
        self._modes.show_service(ServiceState(ServiceName.WALLET, status, detail=detail, problem=problem))


class ServicesController:
    """Polls the node, the prover and the TEE server while the application runs."""

    def __init__(self, context: ControllerContext, modes: ModesController, wallet: WalletController) -> None:
        self._context = context
        self._modes = modes
        self._wallet = wallet
        self._check_now = {name: asyncio.Event() for name in _SERVERS}
        self._polls: dict[ServiceName, asyncio.Task[None]] = {}

    def show_initial(self) -> None:
        """Show the services and modes before the first answers."""
        services = (
            ServiceState(ServiceName.EMBEDDED, ServiceStatus.CHECKING),
            *(_initial(name, self._setting(name)) for name in _SERVERS),
            ServiceState(ServiceName.WALLET, ServiceStatus.NOT_CONFIGURED),
        )
        self._context.store.update(services=services)
        self._modes.update_locks()

    def start(self) -> None:
        """Start polling every server that has an address."""
        for name in _SERVERS:
            self._start(name)
        self._context.store.run_ended.connect(self._run_ended)

    def _run_ended(self, state: State) -> None:
        """Ask a server at once after a run on it has failed: it may have ended, or have another key."""
        name = _OF_MODES.get(state.mode)
        if state.problem is not None and name is not None:
            self.check_again(name)

    async def _check_key(self, connection: ServerConnection) -> None:
        """Raise what the next proof on this server would raise for its key."""
        dependencies = self._context.dependencies
        known = KnownServers.in_folder(dependencies.paths.data)
        pinned = self._context.settings.server_key.value
        await require_expected_key(connection, pinned, known, dependencies.now)

    def settings_changed(self, *, policy: bool) -> None:
        """Poll the new addresses, that of the local network too; those that stayed are polled as before.

        policy: whether what TEE mode accepts has changed too.
        """
        for name in _SERVERS:
            shown = self._context.store.state.service(name)
            fresh = _initial(name, self._setting(name))
            same = (shown.address, shown.source) == (fresh.address, fresh.source)
            if same and not (policy and name is ServiceName.TEE):
                continue
            if (poll := self._polls.pop(name, None)) is not None:
                poll.cancel()
            self._modes.show_service(fresh)
            if name is ServiceName.TEE:
                self._context.store.update(attestation=None)
            self._start(name)
        self._modes.update_locks()
        self._wallet.node_answered()

    def check_again(self, name: ServiceName | None = None) -> None:
        """Ask one service, or all, now. Unreachable ones are shown as being checked."""
        for one in _SERVERS if name is None else (name,):
            self._check_now[one].set()
            self._check_now[one] = asyncio.Event()
            shown = self._context.store.state.service(one)
            if shown.status is ServiceStatus.UNREACHABLE:
                self._modes.show_service(replace(shown, status=ServiceStatus.CHECKING))

    def _setting(self, name: ServiceName) -> Setting[str]:
        settings = self._context.settings
        return {
            ServiceName.NODE: self._context.node_url,
            ServiceName.REMOTE: settings.prover_url,
            ServiceName.TEE: settings.tee_url,
        }[name]

    def _start(self, name: ServiceName) -> None:
        service = self._context.store.state.service(name)
        if service.status is ServiceStatus.CHECKING:
            self._polls[name] = self._context.tasks.start(self._poll(service))

    async def _poll(self, service: ServiceState) -> None:
        """Poll one service, independently of the others."""
        # The one that a server of either setup may prove: genuine provers are allowed under both.
        sample = await read_request(partial(account_deployment, TrustedSetup.DEVELOPMENT))
        while True:
            check_now = self._check_now[service.name]
            probe = ServiceProbe(sample, self._context.installation, self._check_key)
            match service.name:
                case ServiceName.NODE:
                    found = await probe.node(service)
                case ServiceName.REMOTE:
                    found = await probe.remote(service)
                case _:
                    found, examined = await probe.tee(service, self._context.attestation_rules())
                    if examined is not None:
                        self._context.store.update(attestation=examined)
            self._modes.show_service(found)
            if service.name is ServiceName.NODE:
                self._wallet.node_answered()
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await check_now.wait()
            except TimeoutError:
                continue


def _initial(name: ServiceName, setting: Setting[str]) -> ServiceState:
    """A service before its first answer."""
    status = ServiceStatus.CHECKING if setting.value else ServiceStatus.NOT_CONFIGURED
    return ServiceState(name, status, setting.value, setting.source, setting.origin)
