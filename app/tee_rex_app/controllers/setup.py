"""Examines this machine, and installs what is missing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tee_rex.errors import TeeRexError
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.samples import account_deployment
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.setup import Fix
from tee_rex_app.services.files import read_request
from tee_rex_app.services.readiness import Readiness
from tee_rex_app.text import labels


class SetupController:
    """The requirements of local proving, and their installation."""

    def __init__(self, context: ControllerContext, modes: ModesController) -> None:
        self._context = context
        self._modes = modes
        self._fixing: asyncio.Task[None] | None = None
        self._examined_again: asyncio.Task[None] | None = None

    async def examine(self) -> None:
        """Examine everything and show the findings."""
        store = self._context.store
        readiness = await self._readiness()
        self._modes.show_service(ServiceState(ServiceName.EMBEDDED, ServiceStatus.CHECKING))
        items = await readiness.examine()
        setup = replace(store.state.setup, items=items, bb_version=str(readiness.sample.version))
        store.update(setup=setup)
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

    async def _readiness(self) -> Readiness:
        sample: ProofRequest = await read_request(account_deployment)
        return Readiness(self._context.installation, sample)

    def check_again(self) -> None:
        """Examine again, once at a time: it reads every file completely."""
        setup = self._context.store.state.setup
        idle = self._examined_again is None or self._examined_again.done()
        if setup.items is not None and not setup.fixing and idle:
            self._examined_again = self._context.tasks.start(self.examine())

    def fix(self, fix: Fix) -> None:
        """Install one thing."""
        self._start((fix,))

    def fix_all(self) -> None:
        """Install everything that the sample needs."""
        missing = self._context.store.state.setup.missing
        self._start(tuple(item.fix for item in missing if item.fix is not None))

    def _start(self, fixes: tuple[Fix, ...]) -> None:
        state = self._context.store.state
        if fixes and not state.busy:
            self._context.store.update(problem=None)
            self._fixing = self._context.tasks.start(self._install(fixes))

    async def _install(self, fixes: tuple[Fix, ...]) -> None:
        store = self._context.store

        def show(progress: TaskProgress) -> None:
            store.update(setup=replace(store.state.setup, progress=progress))

        readiness = await self._readiness()
        try:
            for index, fix in enumerate(fixes):
                store.update(setup=replace(store.state.setup, fixing=fixes[index:], progress=None))
                await readiness.fix(fix, show)
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
