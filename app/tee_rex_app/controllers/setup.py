"""Examines this machine, and installs what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tee_rex.doctor import Verdict
from tee_rex.errors import TeeRexError
from tee_rex.errors.tree import CrsDownloadError
from tee_rex.local.process import PROOF_MEMORY_MB
from tee_rex.local.sample import development_setup_exists
from tee_rex.system.failures import explained
from tee_rex.system.files import take_from_others
from tee_rex.system.progress import ProgressListener, TaskProgress
from tee_rex.system.threads import finish_in_thread
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.model.runs import RunStage
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Notice, State
from tee_rex_app.services.readiness import Readiness
from tee_rex_app.text import labels

_Install: TypeAlias = Callable[[Fix, ProgressListener], Awaitable[None]]


class SetupController:
    """The requirements of local proving and of flows, and their installation.

    What is shown is looked at again as soon as something was installed: here, or by a run on its way.
    """

    def __init__(self, context: ControllerContext, modes: ModesController) -> None:
        self._context = context
        self._modes = modes
        self._fixing: asyncio.Task[None] | None = None
        self._examined_again: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._look_wanted = False
        self._one_look_at_a_time = asyncio.Lock()
        self._proves = False
        self._run_installs: Fix | None = None
        context.store.run_ended.connect(self._run_ended)
        context.store.changed.connect(self._see)

    def _see(self, state: State) -> None:
        """Follow what a run installs, and look again when a part is there."""
        installs = state.run_installs
        if (proves := state.proves_here) is not self._proves:
            self._proves = proves
            if state.setup.missing:
                self._show_service()
        if installs is not self._run_installs:
            left, self._run_installs = self._run_installs, installs
            if left is not None:
                self._look_soon()

    def _run_ended(self, state: State) -> None:
        """Keep why a part could not be installed, and look again."""
        part, run = self._run_installs, state.last_run
        if (
            part is not None
            and run is not None
            and run.stage is RunStage.FAILED
            and state.problem is not None
        ):
            self._context.store.update(setup=state.setup.failed(part, state.problem))
        if state.setup.missing:
            self._look_soon()

    async def examine(self) -> None:
        """Examine everything and show the findings."""
        self._modes.show_service(ServiceState(ServiceName.EMBEDDED, ServiceStatus.CHECKING))
        await self._look()

    async def _look(self) -> None:
        async with self._one_look_at_a_time:
            items = await self._readiness.examine()
            development = development_setup_exists(self._context.installation)
            store = self._context.store
            ready = {item.fix for item in items if item.finding.verdict is Verdict.READY}
            failures = {fix: why for fix, why in store.state.setup.failures.items() if fix not in ready}
            setup = replace(store.state.setup, items=items, development=development, failures=failures)
            store.update(setup=replace(setup, paused=setup.paused and bool(setup.missing)))
            self._show_service()

    def _look_soon(self) -> None:
        """Look again, and once more where something changes during that look."""
        if self._context.store.state.setup.items is None:
            return
        self._look_wanted = True
        if self._looking is None or self._looking.done():
            self._looking = self._context.tasks.start(self._look_while_wanted())

    async def _look_while_wanted(self) -> None:
        while self._look_wanted:
            self._look_wanted = False
            await self._look()

    def show_threads(self, threads: int) -> None:
        """Show how many threads the prover uses from now on."""
        setup = self._context.store.state.setup
        self._context.store.update(setup=replace(setup, threads=threads))
        if setup.items is not None:
            self._show_service()

    def _show_service(self) -> None:
        setup = self._context.store.state.setup
        if setup.missing and not self._proves:  # else it has what this proof needs
            status = ServiceStatus.INCOMPLETE
            detail = labels.still_missing(len(setup.missing))
        else:
            limit = self._context.settings.memory_limit_mb.value
            stops = limit is not None and limit < PROOF_MEMORY_MB
            status = ServiceStatus.INCOMPLETE if stops else ServiceStatus.READY
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
        self._start(
            (fix,),
            lambda one, show: self._readiness.fix_from(one, file, show),
            with_file=partial(self.fix_from, fix),
        )

    def fix_all(self) -> None:
        """Install everything that the sample needs."""
        missing = self._context.store.state.setup.missing
        self._start(
            tuple(item.fix for item in missing if item.fix is not None), self._readiness.fix, substitute=True
        )

    def take_from_others(self, path: Path) -> None:
        """Let only its owner write to a file or folder of ours, and examine again."""
        self._context.attempt(partial(self._take_from_others, path))

    async def _take_from_others(self, path: Path) -> None:
        await finish_in_thread(take_from_others, path)
        self._context.store.update(problem=None)
        await self.examine()

    def _start(
        self,
        fixes: tuple[Fix, ...],
        install: _Install,
        *,
        substitute: bool = False,
        with_file: Callable[[Path], object] | None = None,
    ) -> None:
        """substitute: as of ``_install``. with_file: installs from another file, if this is from one."""
        state = self._context.store.state
        if fixes and not state.busy:
            self._context.store.update(problem=None, notice=None)
            again = partial(self._start, fixes, install, substitute=substitute, with_file=with_file)
            work = self._install(fixes, install, Repeat(again, with_file), substitute=substitute)
            self._fixing = self._context.tasks.start(work)

    async def _install(
        self, fixes: tuple[Fix, ...], install: _Install, repeat: Repeat, *, substitute: bool
    ) -> None:
        """substitute: install the development setup where the genuine CRS cannot be downloaded."""
        store = self._context.store

        def show(progress: TaskProgress) -> None:
            store.update(setup=replace(store.state.setup, progress=progress))

        try:
            while fixes:
                failures = {fix: why for fix, why in store.state.setup.failures.items() if fix != fixes[0]}
                setup = replace(store.state.setup, fixing=fixes, progress=None, paused=False)
                store.update(setup=replace(setup, failures=failures))
                try:
                    await install(fixes[0], show)
                except CrsDownloadError as error:
                    if not substitute or not development_setup_exists(self._context.installation):
                        raise
                    store.update(
                        setup=store.state.setup.failed(fixes[0], Problem.of(error)),
                        notice=Notice.instead_of_genuine(error),
                    )
                    fixes = (*fixes, Fix.BB_DEVELOPMENT, Fix.CRS_DEVELOPMENT)
                fixes = fixes[1:]
                if fixes:  # its row changes now, not when all are there
                    await self._look()
        except (TeeRexError, OSError, MemoryError) as failure:
            told = explained(failure)
            if told is None:
                raise
            store.update(setup=store.state.setup.failed(fixes[0], Problem.of(told, repeat)))
            self._context.show_problem(told, repeat)
        finally:
            store.update(setup=replace(store.state.setup, fixing=(), progress=None))
        await self._look()

    def stop_fixing(self) -> None:
        """Pause installing; what is complete stays."""
        if self._fixing is not None and not self._fixing.done():
            store = self._context.store
            store.update(setup=replace(store.state.setup, paused=True))
            self._fixing.cancel()
            self._context.tasks.start(self._examine_after(self._fixing))

    async def _examine_after(self, fixing: asyncio.Task[None]) -> None:
        await asyncio.wait([fixing])
        await self._look()
