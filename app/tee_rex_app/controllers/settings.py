"""Saves what people set, and lets it take effect at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tee_rex.errors import TeeRexError
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.remote.known_servers import FILE_NAME as KNOWN_SERVERS
from tee_rex.remote.known_servers import KnownServers
from tee_rex.settings.file import write_settings_file
from tee_rex.settings.resolve import ApprovedBuild, Settings, SettingsFile
from tee_rex.settings.rules import SettingField
from tee_rex.system.threads import usable_cores
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.state import Notice, Page

if TYPE_CHECKING:
    from tee_rex_app.controllers.services import ServicesController
    from tee_rex_app.controllers.setup import SetupController


class SettingsController:
    """The one who writes the settings file."""

    def __init__(
        self, context: ControllerContext, services: ServicesController, setup: SetupController
    ) -> None:
        self._context = context
        self._services = services
        self._setup = setup
        self._one_at_a_time = asyncio.Lock()
        intents = context.intents
        intents.save_settings.connect(self._save_page)
        intents.open_settings.connect(self._open)
        intents.pin_build.connect(self._pin)
        intents.unpin_build.connect(self._unpin)
        intents.use_profile.connect(self._use_profile)
        intents.forget_server.connect(lambda address: context.tasks.start(self._forget(address)))

    def _open(self, field: SettingField | None) -> None:
        self._context.store.update(page=Page.SETTINGS, settings_field=field)

    def _pin(self, build: ApprovedBuild) -> None:
        def with_it(written: SettingsFile) -> SettingsFile:
            others = (one for one in written.attestation.builds if one.name != build.name)
            return _with_builds(written, (*others, build))

        self._context.tasks.start(self._save(with_it, Notice.BUILD_PINNED))

    def _unpin(self, build: ApprovedBuild) -> None:
        def without_it(written: SettingsFile) -> SettingsFile:
            return _with_builds(written, tuple(one for one in written.attestation.builds if one != build))

        self._context.tasks.start(self._save(without_it))

    def _save_page(self, settings: SettingsFile) -> None:
        """What the page of the settings holds; builds are not edited there."""
        self._context.tasks.start(
            self._save(lambda written: _with_builds(settings, written.attestation.builds))
        )

    def _use_profile(self, name: str | None) -> None:
        self._context.tasks.start(self._save(lambda written: msgspec.structs.replace(written, profile=name)))

    async def _forget(self, address: str) -> None:
        servers = KnownServers(self._context.dependencies.paths.data / KNOWN_SERVERS)
        try:
            await servers.forget(ServerUrl.parse(address))
        except TeeRexError as error:
            self._context.store.update(problem=Problem.of(error))
        else:
            self._context.store.update(notice=Notice.SERVER_FORGOTTEN, problem=None)

    async def _save(
        self, change: Callable[[SettingsFile], SettingsFile], notice: Notice | None = None
    ) -> None:
        """Save a change of what is written when its turn comes, so that none undoes another."""
        dependencies, store = self._context.dependencies, self._context.store
        file = dependencies.paths.settings_file
        async with self._one_at_a_time:
            settings = change(self._context.settings.written)
            try:
                await asyncio.to_thread(write_settings_file, file, settings)
            except TeeRexError as error:
                store.update(problem=Problem.of(error))
                return
            decided = Settings.decide(settings, flags={}, environ=dependencies.environ, origin=str(file))
            self._apply(decided)
            store.update(notice=notice, problem=None)

    def _apply(self, settings: Settings) -> None:
        context, before = self._context, self._context.settings
        context.settings = settings
        bb_changed = settings.bb_binary_path != before.bb_binary_path
        if bb_changed:
            explicit = settings.bb_binary_path.value
            context.installation = DownloadingInstallation(
                context.dependencies.paths, context.installation.pins, Path(explicit) if explicit else None
            )
        context.store.update(settings=settings)
        self._setup.show_threads(settings.prover_speed.value.threads(usable_cores()))
        policy = (
            settings.written.attestation != before.written.attestation
            or settings.nonce_required != before.nonce_required
        )
        self._services.settings_changed(policy=policy)
        if bb_changed:
            context.tasks.start(self._setup.examine())


def _with_builds(settings: SettingsFile, builds: tuple[ApprovedBuild, ...]) -> SettingsFile:
    attestation = msgspec.structs.replace(settings.attestation, builds=builds)
    return msgspec.structs.replace(settings, attestation=attestation)
