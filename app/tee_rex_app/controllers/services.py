"""Asks the servers of the settings for ever, and locks the modes that depend on them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tee_rex.attestation.provers import AllowedProvers
from tee_rex.backend import ProvingMode
from tee_rex.errors import TeeRexError
from tee_rex.remote.key_trust import AttestedKey
from tee_rex.remote.server_url import ServerUrl
from tee_rex.samples import account_deployment
from tee_rex.settings import Setting
from tee_rex_app.controllers.shared import Shared
from tee_rex_app.proving import read_request
from tee_rex_app.services import POLL_SECONDS, ServiceProbe
from tee_rex_app.state import Lock, ModeState, ServiceName, ServiceState, ServiceStatus


class ServicesController:
    """The services panel's facts."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._check_now = asyncio.Event()
        shared.intents.check_again.connect(self._check_again)

    def first_services(self) -> tuple[ServiceState, ...]:
        """The services before any of them was asked."""
        settings = self._shared.settings
        addresses = {
            ServiceName.NODE: settings.node_url,
            ServiceName.REMOTE: settings.prover_url,
            ServiceName.TEE: settings.tee_url,
        }
        embedded = ServiceState(ServiceName.EMBEDDED, ServiceStatus.CHECKING)
        wallet = ServiceState(ServiceName.WALLET, ServiceStatus.NOT_CONFIGURED)
        return (embedded, *(_asked(name, setting) for name, setting in addresses.items()), wallet)

    def first_modes(self) -> tuple[ModeState, ...]:
        """The modes before anything was asked."""
        return (
            ModeState(ProvingMode.LOCAL),
            ModeState(ProvingMode.REMOTE, _address_lock(self._shared.settings.prover_url)),
            ModeState(ProvingMode.TEE, self._tee_lock()),
        )

    def start(self) -> None:
        """Ask each service that has an address, until the tasks are ended."""
        for service in self._shared.store.state.services:
            if service.status is ServiceStatus.CHECKING and service.name is not ServiceName.EMBEDDED:
                self._shared.tasks.start(self._poll(service))

    def show(self, service: ServiceState) -> None:
        """Put another state of one service in place of the present one."""
        store = self._shared.store
        if service not in store.state.services:
            store.update(
                services=tuple(service if one.name is service.name else one for one in store.state.services)
            )

    def attested_key(self) -> AttestedKey | None:
        """What TEE mode trusts; None while no build is approved."""
        around = self._shared.around
        if not around.approved_builds:
            return None
        return AttestedKey(
            builds=around.approved_builds,
            provers=AllowedProvers.pinned(self._shared.installation.pins),
            root=around.attestation_root(),
            now=around.now,
        )

    def _check_again(self) -> None:
        self._check_now.set()
        self._check_now = asyncio.Event()

    async def _poll(self, service: ServiceState) -> None:
        """Ask one service for ever; a slow one holds nobody up."""
        probe = ServiceProbe(await read_request(account_deployment))
        while True:
            check_now = self._check_now
            match service.name:
                case ServiceName.NODE:
                    found = await probe.node(service)
                case ServiceName.REMOTE:
                    found = await probe.remote(service)
                case _:
                    found = await probe.tee(service, self.attested_key())
                    self._unlock_tee(attested=found.status is ServiceStatus.READY)
            self.show(found)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await check_now.wait()
            except TimeoutError:
                continue

    def _tee_lock(self) -> Lock | None:
        lock = _address_lock(self._shared.settings.tee_url)
        if lock is None and not self._shared.around.approved_builds:
            return Lock.NO_APPROVED_BUILD
        return lock or Lock.NOT_ATTESTED

    def _unlock_tee(self, *, attested: bool) -> None:
        lock = self._tee_lock()
        if lock is Lock.NOT_ATTESTED and attested:
            lock = None
        store = self._shared.store
        state = store.state
        modes = tuple(
            replace(mode, lock=lock) if mode.mode is ProvingMode.TEE else mode for mode in state.modes
        )
        if modes != state.modes:
            store.update(modes=modes)
        if lock is not None and state.mode is ProvingMode.TEE and not state.running:
            store.update(mode=ProvingMode.LOCAL)


def _asked(name: ServiceName, setting: Setting[str]) -> ServiceState:
    """A service before it was first asked."""
    status = ServiceStatus.CHECKING if setting.value else ServiceStatus.NOT_CONFIGURED
    return ServiceState(name, status, setting.value, setting.source, setting.origin)


def _address_lock(setting: Setting[str]) -> Lock | None:
    if not setting.value:
        return Lock.NO_ADDRESS
    try:
        ServerUrl.parse(setting.value)
    except TeeRexError:
        return Lock.BAD_ADDRESS
    return None
