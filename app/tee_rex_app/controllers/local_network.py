"""The local network: started, followed and stopped from the window."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from tee_rex.devnet.network import Condition, Devnet, NetworkStatus, running_devnet
from tee_rex.devnet.packages import DevnetPackages, runs_here
from tee_rex.devnet.ports import DEFAULT_NODE_PORT, Ports, any_free_port, is_free
from tee_rex.system.progress import TaskProgress
from tee_rex.system.threads import read_in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.services import ServicesController
from tee_rex_app.errors import LOCAL_NETWORK_ENDED
from tee_rex_app.loop import cancel_begun
from tee_rex_app.model.local_network import LocalNetwork, NetworkStage

_SECONDS_BETWEEN_LOOKS = 2.0
"""At a small file and a few process ids."""


class LocalNetworkController:
    """One local network at a time.

    1. :meth:`start` asks first if its programs must be downloaded; :meth:`download` is the answer.
    2. What the application starts lives in one task, which ends the network at its own end: :meth:`stop`,
       the end of the application, or of the network. Should the application be killed, the network ends by
       itself.
    3. Meanwhile and otherwise :meth:`follow` looks for one that a command has started.
    """

    def __init__(self, context: ControllerContext, services: ServicesController) -> None:
        self._context = context
        self._services = services
        self._living: asyncio.Task[None] | None = None
        self._broken: set[TrustedSetup] = set()
        context.store.update(local_network=LocalNetwork(available=runs_here()))

    def start(self) -> None:
        """Start it, or ask whether to download its programs; nothing while one runs or starts."""
        if self._shown.stage is not NetworkStage.OFF:
            return
        self._context.store.update(problem=None, notice=None)
        if self._shown.available and not self._packages.downloaded:
            self._show(stage=NetworkStage.ASKED)
        else:
            self._begin()

    def download(self, yes: bool) -> None:  # noqa: FBT001  # an answer
        """Answer the question that :meth:`start` asked."""
        if self._shown.stage is NetworkStage.ASKED:
            if yes:
                self._begin()
            else:
                self._show(stage=NetworkStage.OFF)

    def stop(self) -> None:
        """Stop it, or its start, at any moment; its chain is deleted."""
        if self._shown.stage not in (NetworkStage.STARTING, NetworkStage.RUNNING):
            return
        self._show(stage=NetworkStage.STOPPING, progress=None)
        if self._living is not None and not self._living.done():
            cancel_begun(self._living)
        else:
            self._context.attempt(self._stop_found, again=self.stop)

    async def follow(self) -> None:
        """Show what a command starts and stops."""
        if not self._shown.available:
            return
        while True:
            if self._can_be_found:
                await self._look()
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)

    # --- one of ours ---------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._show(stage=NetworkStage.STARTING, ours=True, progress=None)
        self._living = self._context.attempt(self._live, again=self.start)

    async def _live(self) -> None:
        """Start it and stay until it ends. Raises why it could not start, LOCAL_NETWORK_ENDED."""
        devnet = self._devnet(TrustedSetup.DEVELOPMENT)
        try:
            packages = await self._packages.ensure(self._show_progress)
            ports = await read_in_thread(_ports)
            async with running_devnet(devnet.folder, packages, ports, self._show_progress) as started:
                self._show_running(started)
                await self._until_it_ends(devnet)
        finally:
            self._show_off()

    async def _until_it_ends(self, devnet: Devnet) -> None:
        """Return when a command has stopped it; raises LOCAL_NETWORK_ENDED."""
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            if devnet.alive:
                continue
            ended = await devnet.status()
            if not devnet.started:
                return
            raise LOCAL_NETWORK_ENDED(detail=ended.detail, folder=str(ended.logs))

    def _show_progress(self, progress: TaskProgress) -> None:
        if self._shown.stage is NetworkStage.STARTING:
            self._show(progress=progress)

    # --- one that a command started ------------------------------------------------------------------------

    @property
    def _can_be_found(self) -> bool:
        """Not while one of ours runs or one is being stopped."""
        return not self._shown.ours and self._shown.stage is not NetworkStage.STOPPING

    async def _look(self) -> None:
        for setup in TrustedSetup:
            devnet = self._devnet(setup)
            if not devnet.started or devnet.alive:
                self._broken.discard(setup)
            if not devnet.started or setup in self._broken:
                continue
            if self._shown.running and devnet.alive:
                return
            status = await devnet.status()
            if not self._can_be_found:  # one of ours was started meanwhile
                return
            match status.condition:
                case Condition.READY:
                    self._show_running(status)
                    return
                case Condition.STARTING:
                    self._show(stage=NetworkStage.STARTING)
                    return
                case _:
                    self._broken.add(setup)
        if self._shown.stage in (NetworkStage.STARTING, NetworkStage.RUNNING):
            self._show_off()

    async def _stop_found(self) -> None:
        try:
            for setup in TrustedSetup:
                devnet = self._devnet(setup)
                if devnet.started:
                    await devnet.down()
        finally:
            self._show_off()

    # --- both ----------------------------------------------------------------------------------------------

    @property
    def _shown(self) -> LocalNetwork:
        return self._context.store.state.local_network

    @property
    def _packages(self) -> DevnetPackages:
        installation = self._context.installation
        return DevnetPackages(installation.paths, installation.pins, TrustedSetup.DEVELOPMENT)

    def _devnet(self, setup: TrustedSetup) -> Devnet:
        return Devnet.of_user(self._context.dependencies.paths, setup)

    def _show_running(self, status: NetworkStatus) -> None:
        url, since = status.node_url or "", status.since
        self._show_node(stage=NetworkStage.RUNNING, progress=None, node_url=url, since=since)

    def _show_off(self) -> None:
        self._show_node(stage=NetworkStage.OFF, ours=False, progress=None, node_url="", since=None)

    def _show_node(self, **changes: Any) -> None:  # noqa: ANN401  # fields of LocalNetwork
        before = self._shown
        self._show(**changes)
        if self._shown != before:
            self._services.settings_changed(policy=False)

    def _show(self, **changes: Any) -> None:  # noqa: ANN401  # fields of LocalNetwork
        network = replace(self._shown, **changes)
        if network != self._shown:
            self._context.store.update(local_network=network)


def _ports() -> Ports:
    """The usual port, so that other programs find the network, else any: the window shows which."""
    return Ports(DEFAULT_NODE_PORT if is_free(DEFAULT_NODE_PORT) else any_free_port())
