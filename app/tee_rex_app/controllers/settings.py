"""Saves settings and applies them at once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

import msgspec

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.files import DISK_FULL, DISK_NOT_WRITABLE
from tee_rex.errors.catalogue.settings import BAD_SETTING
from tee_rex.errors.catalogue.system import FILE_REFUSED
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.known_servers import KnownServers
from tee_rex.settings.file import (
    ApprovedBuild,
    ProverSpeed,
    SettingsChange,
    SettingsFile,
    SettingsReading,
    change_settings_file,
    reset_settings_file,
)
from tee_rex.settings.resolve import Settings
from tee_rex.system.threads import read_in_thread, usable_cores
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.services import ServicesController
from tee_rex_app.controllers.setup import SetupController
from tee_rex_app.controllers.sites import SitesController
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.model.services import ServiceName
from tee_rex_app.model.state import Notice, Page, State, Success
from tee_rex_app.platform.autostart import Autostart

_OF_SAVING = frozenset(one.code for one in (BAD_SETTING, DISK_FULL, DISK_NOT_WRITABLE, FILE_REFUSED))
"""They say why settings were not saved, until they are; other problems may need just that to be repeated."""


class SettingsController:
    """The only writer of the settings file."""

    def __init__(
        self,
        context: ControllerContext,
        services: ServicesController,
        setup: SetupController,
        sites: SitesController,
        autostart: Autostart | None,
    ) -> None:
        self._context = context
        self._autostart = autostart
        self._services = services
        self._setup = setup
        self._sites = sites
        self._one_at_a_time = asyncio.Lock()
        self._seen: tuple[Page, Problem | None] | None = None

    def pin_build(self, build: ApprovedBuild) -> None:
        """Accept a build in TEE mode; it replaces one of the same name."""

        def with_it(written: SettingsFile) -> SettingsFile:
            others = (one for one in written.attestation.builds if one.name != build.name)
            return _with_builds(written, (*others, build))

        self._start_saving(with_it, Success.BUILD_PINNED)

    def unpin_build(self, build: ApprovedBuild) -> None:
        """Stop accepting a build."""

        def without_it(written: SettingsFile) -> SettingsFile:
            return _with_builds(written, tuple(one for one in written.attestation.builds if one != build))

        self._start_saving(without_it)

    def save_settings(self, change: SettingsChange) -> None:
        """Save what was changed on the settings page."""
        self._start_saving(change)

    def read_again(self) -> None:
        """Use the settings file as it is now, mended by hand."""
        self._context.attempt(self._read_again)

    def reset(self) -> None:
        """Remove what cannot be used from the settings file, of which a copy stays."""
        self._context.attempt(self._reset)

    def choose_speed(self, speed: ProverSpeed) -> None:
        """Use this share of the cores from the next proof on."""
        kept = None if speed is ProverSpeed.ALL else speed
        self._start_saving(lambda written: msgspec.structs.replace(written, prover_speed=kept))

    def let_websites_prove(self, allowed: bool) -> None:  # noqa: FBT001  # the slot of a toggle
        """Listen for websites, or stop."""
        kept = True if allowed else None
        self._start_saving(lambda written: msgspec.structs.replace(written, let_websites_prove=kept))

    def check_for_updates(self, allowed: bool) -> None:  # noqa: FBT001  # an answer
        """Check for updates from now on, or do not."""
        self._start_saving(lambda written: msgspec.structs.replace(written, check_for_updates=allowed))

    async def read_start_on_login(self) -> None:
        """Show whether the session starts the application."""
        if self._autostart is not None:
            self._context.store.update(start_on_login=await asyncio.to_thread(self._autostart.is_on))

    def start_on_login(self, on: bool) -> None:  # noqa: FBT001  # the slot of a toggle
        """Let the user's session start the application, or not."""
        self._context.attempt(partial(self._start_on_login, on=on))

    def use_profile(self, name: str | None) -> None:
        """Use the servers of a profile, or those outside any profile."""
        self._start_saving(lambda written: msgspec.structs.replace(written, profile=name))

    def forget_server(self, address: str) -> None:
        """Forget the remembered key of a server."""
        self._context.attempt(partial(self._forget, address))

    def follow_keys(self) -> None:
        """Show from now on which servers' keys are remembered."""
        self._context.store.changed.connect(self._see)
        self._context.store.run_ended.connect(self._look_for_keys)
        self._see(self._context.store.state)

    def _see(self, state: State) -> None:
        """Look for the servers' keys when a page is opened or a prover was refused."""
        refused = state.service(ServiceName.REMOTE).problem
        before, self._seen = self._seen, (state.page, refused)
        if self._seen != before:
            self._look_for_keys()

    def _look_for_keys(self) -> None:
        self._context.tasks.start(self._show_keys())

    async def _show_keys(self) -> None:
        servers = KnownServers.in_folder(self._context.dependencies.paths.data)
        keys: dict[str, str] | None = None
        with suppress(TeeRexError):  # a damaged file, which forgetting will say
            read = await read_in_thread(servers.read)
            keys = {server: key.fingerprint for server, key in read.items()}
        if keys != self._context.store.state.remembered_keys:
            self._context.store.update(remembered_keys=keys)

    async def _forget(self, address: str) -> None:
        servers = KnownServers.in_folder(self._context.dependencies.paths.data)
        await servers.forget(ServerUrl.parse(address))
        self._context.store.update(problem=None)
        self._context.store.succeed(Success.SERVER_FORGOTTEN)
        self._services.check_again(ServiceName.REMOTE)
        self._look_for_keys()

    async def _start_on_login(self, *, on: bool) -> None:
        if self._autostart is not None:
            try:
                async with self._one_at_a_time:
                    await asyncio.to_thread(self._autostart.turn_on if on else self._autostart.turn_off)
            finally:
                await self.read_start_on_login()

    def _start_saving(self, change: SettingsChange, success: Success | None = None) -> None:
        self._context.attempt(partial(self._save, change, success))

    async def _read_again(self) -> None:
        file = self._context.dependencies.paths.settings_file
        async with self._one_at_a_time:
            reading = await asyncio.to_thread(SettingsReading.of, file)
            self._use(reading)
            if reading.fault is not None:
                raise reading.fault

    async def _reset(self) -> None:
        store, file = self._context.store, self._context.dependencies.paths.settings_file
        async with self._one_at_a_time:
            known = self._context.settings.written
            reading, kept = await asyncio.to_thread(reset_settings_file, file, known)
            self._use(reading)
            store.update(problem=None)
            store.succeed(Success.SETTINGS_RESET, kept)

    async def _save(self, change: SettingsChange, success: Success | None = None) -> None:
        """Apply a change to the file as it is when its turn comes, so that no change undoes another."""
        store, file = self._context.store, self._context.dependencies.paths.settings_file
        async with self._one_at_a_time:
            known = self._context.settings.written
            reading, kept = await asyncio.to_thread(change_settings_file, file, change, known)
            self._use(reading)
            problem = store.state.problem
            if problem is not None and problem.code in _OF_SAVING:
                fault = reading.fault
                problem = None if fault is None else Problem.of(fault, Repeat(self.read_again))
            notice = None if kept is None else Notice.SETTINGS_STARTED_ANEW
            store.update(notice=notice, problem=problem)
            if success is not None:
                store.succeed(success)

    def _use(self, reading: SettingsReading) -> None:
        dependencies = self._context.dependencies
        origin = str(dependencies.paths.settings_file)
        self._apply(Settings.read(reading, flags={}, environ=dependencies.environ, origin=origin))

    def _apply(self, settings: Settings) -> None:
        context, before = self._context, self._context.settings
        context.use(settings)
        bb_changed = settings.bb_binary_path != before.bb_binary_path
        context.store.update(settings=settings)
        self._setup.show_threads(settings.prover_speed.value.threads(usable_cores()))
        policy = (
            settings.written.attestation != before.written.attestation
            or settings.nonce_required != before.nonce_required
        )
        self._services.settings_changed(policy=policy)
        self._look_for_keys()
        if bb_changed or settings.let_websites_prove != before.let_websites_prove:
            self._sites.listen_again()
        if bb_changed:
            context.tasks.start(self._setup.examine())


def _with_builds(settings: SettingsFile, builds: tuple[ApprovedBuild, ...]) -> SettingsFile:
    attestation = msgspec.structs.replace(settings.attestation, builds=builds)
    return msgspec.structs.replace(settings, attestation=attestation)
