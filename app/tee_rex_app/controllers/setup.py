"""Examines this machine, and installs what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from tee_rex.errors import TeeRexError
from tee_rex.errors.tree import CrsDownloadError
from tee_rex.local.sample import development_setup_exists
from tee_rex.system.progress import ProgressListener, TaskProgress
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Notice, State
from tee_rex_app.services.readiness import Readiness
from tee_rex_app.text import labels

_Install: TypeAlias = Callable[[Fix, ProgressListener], Awaitable[None]]


class SetupController:
    """The requirements of local proving, and their installation."""

    def __init__(self, context: ControllerContext, modes: ModesController) -> None:
        self._context = context
        self._modes = modes
        self._fixing: asyncio.Task[None] | None = None
        self._examined_again: asyncio.Task[None] | None = None
        self._running = False
        context.store.changed.connect(self._see)

    def _see(self, state: State) -> None:
        """Examine again what was missing once a run has ended, which installs what it needs."""
        ended, self._running = self._running and not state.running, state.running
        if ended and state.setup.missing:
            self.check_again()

    async def examine(self) -> None:
        """Examine everything and show the findings."""
        store = self._context.store
        self._modes.show_service(ServiceState(ServiceName.EMBEDDED, ServiceStatus.CHECKING))
        items = await self._readiness.examine()
        development = development_setup_exists(self._context.installation)
        store.update(setup=replace(store.state.setup, items=items, development=development))
        self._show_service()

    def show_threads(self, threads: int) -> None:
        """Show how many threads the prover uses from now on."""
        setup = self._context.store.state.setup
        self._context.store.update(setup=replace(setup, threads=threads))
        if setup.items is not None:
            self._show_service()

    def _show_service(self) -> None:
        setup = self._context.store.state.setup
        if setup.missing:
            status = ServiceStatus.INCOMPLETE
            detail = labels.still_missing(len(setup.missing))
        else:
            status = ServiceStatus.READY
            limit = self._context.settings.memory_limit_mb.value
            detail = labels.embedded_prover(setup, limit, self._peak_bytes())
        self._modes.show_service(
            ServiceState(ServiceName.EMBEDDED, status, detail=detail, versions=(setup.bb_version,))
        )

    def _peak_bytes(self) -> int | None:
        reports = (run.report for run in self._context.store.state.history or ())
        return next((one.peak_memory_bytes for one in reports if one and one.peak_memory_bytes), None)

    @property
    def _readiness(self) -> Readiness:
        return Readiness(self._context.installation)

    def check_again(self) -> None:
        """Examine again, once at a time: it reads every file completely."""
        setup = self._context.store.state.setup
        idle = self._examined_again is None or self._examined_again.done()
        if setup.items is not None and not setup.fixing and idle:
            self._examined_again = self._context.tasks.start(self.examine())

    def fix(self, fix: Fix) -> None:
        """Install one thing."""
        self._start((fix,), self._readiness.fix)

    def fix_from(self, fix: Fix, file: Path) -> None:
        """Install one thing from a file."""
        self._start((fix,), lambda one, show: self._readiness.fix_from(one, file, show))

    def fix_all(self) -> None:
        """Install everything that the sample needs."""
        missing = self._context.store.state.setup.missing
        self._start(
            tuple(item.fix for item in missing if item.fix is not None), self._readiness.fix, substitute=True
        )

    def _start(self, fixes: tuple[Fix, ...], install: _Install, *, substitute: bool = False) -> None:
        state = self._context.store.state
        if fixes and not state.busy:
            self._context.store.update(problem=None, notice=None)
            self._fixing = self._context.tasks.start(self._install(fixes, install, substitute=substitute))

    async def _install(self, fixes: tuple[Fix, ...], install: _Install, *, substitute: bool) -> None:
        """substitute: install the development setup where the genuine CRS cannot be downloaded."""
        store = self._context.store

        def show(progress: TaskProgress) -> None:
            store.update(setup=replace(store.state.setup, progress=progress))

        try:
            while fixes:
                store.update(setup=replace(store.state.setup, fixing=fixes, progress=None))
                try:
                    await install(fixes[0], show)
                except CrsDownloadError:
                    if not substitute or not development_setup_exists(self._context.installation):
                        raise
                    fixes = (*fixes, Fix.BB_DEVELOPMENT, Fix.CRS_DEVELOPMENT)
                    store.update(notice=Notice.DEVELOPMENT_SAMPLE)
                fixes = fixes[1:]
        except TeeRexError as error:
            self._context.show_problem(error)
        finally:
            store.update(setup=replace(store.state.setup, fixing=(), progress=None))
        await self.examine()

    def stop_fixing(self) -> None:
        """Stop installing; what is complete stays."""
        if self._fixing is not None and not self._fixing.done():
            self._fixing.cancel()
            self._context.tasks.start(self._examine_after(self._fixing))

    async def _examine_after(self, fixing: asyncio.Task[None]) -> None:
        await asyncio.wait([fixing])
        await self.examine()
