"""Asks the servers of the settings for ever, and locks the modes that depend on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tee_rex.remote.attestation import AllowedProvers
from tee_rex.settings.resolve import ApprovedBuild, Setting
from tee_rex.settings.rules import address_problem
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.samples import account_deployment
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.model.attestation import AttestationRules
from tee_rex_app.model.services import Lock, ModeState, ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.state import Notice
from tee_rex_app.services.probes import POLL_SECONDS, ServiceProbe
from tee_rex_app.services.proving import read_request

_SERVERS = (ServiceName.NODE, ServiceName.REMOTE, ServiceName.TEE)


class ServicesController:
    """The services panel's facts."""

    def __init__(self, context: ControllerContext) -> None:
        self._context = context
        self._check_now = {name: asyncio.Event() for name in _SERVERS}
        self.node_found: Callable[[], object] = lambda: None
        """Called when the node has told of itself."""
        self.mode_left: Callable[[], object] = lambda: None
        """Called when another mode is chosen because the present one is locked."""
        self._polls: dict[ServiceName, asyncio.Task[None]] = {}
        context.intents.check_again.connect(self.check_again)
        context.intents.check_service.connect(self.check_again)

    def show_unasked(self) -> None:
        """Show the services and modes as they are before anything was asked."""
        services = (
            ServiceState(ServiceName.EMBEDDED, ServiceStatus.CHECKING),
            *(_unasked(name, self._setting(name)) for name in _SERVERS),
            ServiceState(ServiceName.WALLET, ServiceStatus.NOT_CONFIGURED),
        )
        modes = tuple(map(ModeState, ProvingMode))
        self._context.store.update(services=services, modes=modes)
        self._lock_modes()

    def start(self) -> None:
        """Ask each service that has an address, until the tasks are ended."""
        for name in _SERVERS:
            self._start(name)

    def settings_changed(self, *, policy: bool) -> None:
        """Ask the addresses of now, and leave those alone that stayed.

        policy: what TEE mode accepts has changed too.
        """
        for name in _SERVERS:
            shown = self._service(name)
            fresh = _unasked(name, self._setting(name))
            same = (shown.address, shown.source) == (fresh.address, fresh.source)
            if same and not (policy and name is ServiceName.TEE):
                continue
            if (poll := self._polls.pop(name, None)) is not None:
                poll.cancel()
            self.show(fresh)
            if name is ServiceName.TEE:
                self._context.store.update(attestation=None)
            self._start(name)
        self._lock_modes()
        self.node_found()

    def check_again(self, name: ServiceName | None = None) -> None:
        """Ask now: one service, or all. Those that did not answer are shown as being asked."""
        for one in _SERVERS if name is None else (name,):
            self._check_now[one].set()
            self._check_now[one] = asyncio.Event()
            shown = self._service(one)
            if shown.status is ServiceStatus.UNREACHABLE:
                self.show(replace(shown, status=ServiceStatus.CHECKING))

    def show(self, service: ServiceState) -> None:
        """Put another state of one service in place of the present one."""
        store = self._context.store
        if service not in store.state.services:
            store.update(
                services=tuple(service if one.name is service.name else one for one in store.state.services)
            )
            self._lock_modes()

    def rules(self) -> AttestationRules:
        """What TEE mode accepts."""
        dependencies, settings = self._context.dependencies, self._context.settings
        return AttestationRules(
            builds=self._builds(),
            provers=AllowedProvers.pinned(self._context.installation.pins),
            root=dependencies.attestation_root(),
            now=dependencies.now,
            nonce_required=settings.nonce_required.value,
            max_age=timedelta(seconds=settings.max_age_seconds.value),
        )

    def _builds(self) -> tuple[ApprovedBuild, ...]:
        return (*self._context.dependencies.approved_builds, *self._context.settings.approved_builds)

    def _setting(self, name: ServiceName) -> Setting[str]:
        settings = self._context.settings
        return {
            ServiceName.NODE: settings.node_url,
            ServiceName.REMOTE: settings.prover_url,
            ServiceName.TEE: settings.tee_url,
        }[name]

    def _service(self, name: ServiceName) -> ServiceState:
        return next(service for service in self._context.store.state.services if service.name is name)

    def _start(self, name: ServiceName) -> None:
        service = self._service(name)
        if service.status is ServiceStatus.CHECKING:
            self._polls[name] = self._context.tasks.start(self._poll(service))

    async def _poll(self, service: ServiceState) -> None:
        """Ask one service for ever; a slow one holds nobody up."""
        probe = ServiceProbe(await read_request(account_deployment))
        while True:
            check_now = self._check_now[service.name]
            match service.name:
                case ServiceName.NODE:
                    found = await probe.node(service)
                case ServiceName.REMOTE:
                    found = await probe.remote(service)
                case _:
                    found, examined = await probe.tee(service, self.rules())
                    if examined is not None:
                        self._context.store.update(attestation=examined)
            self.show(found)
            if service.name is ServiceName.NODE:
                self.node_found()
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await check_now.wait()
            except TimeoutError:
                continue

    def _lock_modes(self) -> None:
        store = self._context.store
        state = store.state
        locks = {ProvingMode.REMOTE: self._remote_lock(), ProvingMode.TEE: self._tee_lock()}
        modes = tuple(replace(mode, lock=locks.get(mode.mode)) for mode in state.modes)
        if modes != state.modes:
            store.update(modes=modes)
        self.leave_locked_mode()

    def leave_locked_mode(self) -> None:
        """Prove on this machine where the chosen mode is locked, and say so; not while something runs."""
        store = self._context.store
        state = store.state
        lock = next((one.lock for one in state.modes if one.mode is state.mode), None)
        if lock is not None and not state.running:
            store.update(mode=ProvingMode.LOCAL, notice=state.notice or Notice.MODE_LEFT)
            self.mode_left()

    def _remote_lock(self) -> Lock | None:
        lock = _address_lock(self._context.settings.prover_url)
        if lock is None and self._service(ServiceName.REMOTE).status is ServiceStatus.WRONG_VERSION:
            return Lock.WRONG_VERSION
        return lock

    def _tee_lock(self) -> Lock | None:
        lock = _address_lock(self._context.settings.tee_url)
        if lock is not None:
            return lock
        if not self._builds():
            return Lock.NO_APPROVED_BUILD
        attested = self._service(ServiceName.TEE).status is ServiceStatus.READY
        return None if attested else Lock.NOT_ATTESTED


def _unasked(name: ServiceName, setting: Setting[str]) -> ServiceState:
    """A service before it was first asked."""
    status = ServiceStatus.CHECKING if setting.value else ServiceStatus.NOT_CONFIGURED
    return ServiceState(name, status, setting.value, setting.source, setting.origin)


def _address_lock(setting: Setting[str]) -> Lock | None:
    if not setting.value:
        return Lock.NO_ADDRESS
    return Lock.BAD_ADDRESS if address_problem(setting.value) else None
