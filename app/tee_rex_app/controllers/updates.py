"""Checks for updates once that is allowed, downloads and installs them when asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tee_rex.errors import Message, TeeRexError
from tee_rex.errors.catalogue.updates import UPDATE_EXPIRED, UPDATE_REFUSED
from tee_rex.errors.report import ErrorReport
from tee_rex.system.failures import explained
from tee_rex.system.progress import TaskProgress
from tee_rex.system.threads import read_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.updates.client import UpdateClient, UpdateReport, UpdateState
from tee_rex.updates.folder import APP
from tee_rex.updates.installed import Installed
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.loop import cancel_begun
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.model.state import State
from tee_rex_app.model.updates import Updates, UpdateStage
from tee_rex_app.platform.remembered import Remembered
from tee_rex_app.text import formats

_EVERY = timedelta(days=1)
_AFTER_A_FAILURE = timedelta(hours=1)
_SECONDS_BETWEEN_LOOKS = 20.0
"""At the clock, which goes on while the computer sleeps."""
_SECONDS_UNTIL_SLOW = 4.0
_SECONDS_BETWEEN_TRIES = 0.5
_MAX_ERROR = 8_000
_NOT_GENUINE = (UPDATE_REFUSED.code, UPDATE_EXPIRED.code)


class UpdatesController:
    """One thing at a time.

    1. :meth:`start` reads what was signed and revoked earlier, and says whether a release went back.
    2. While it is allowed to, it checks at the start and then daily, but not while something is proved.
    3. :meth:`download` has the newest release ready. :meth:`install_on_quit` lets :meth:`close` install it;
       :meth:`restart` does it now, and then ``Updates.restarts``.
    """

    def __init__(
        self,
        context: ControllerContext,
        remembered: Remembered,
        log: EventLog,
        pins_changed: Callable[[], object],
    ) -> None:
        """pins_changed: is called when other things may be used than before."""
        self._context = context
        self._remembered = remembered
        self._log = log
        self._pins_changed = pins_changed
        self._working: asyncio.Task[None] | None = None
        self._attempted: datetime | None = None
        self._allowed = False
        client = context.updates
        shown = Updates() if client is None else _initial(client)
        self._asks = remembered.introduced  # not when it is started for the first time
        put_off, checked = remembered.update_put_off, remembered.update_checked
        context.store.update(updates=replace(shown, put_off=put_off, checked=checked))

    async def start(self) -> None:
        """Read what holds; then, in the background, check when it is time."""
        # What depends on them begins afterwards.
        await self._context.attempt(self._read_first_pins, again=self._read_pins_again)
        failed = await read_in_thread(_newest_failed, self._installed)
        news = "" if failed == self._remembered.update_failed else failed
        error = self._remembered.update_error
        not_installed = _problem_of(error) if error else None
        self._show(failed_version=news, asks=self._asks, not_installed=not_installed)
        self._allowed = bool(self._context.settings.check_for_updates.value)
        self._context.store.changed.connect(self._see)
        self._context.tasks.start(self._check_daily())

    async def close(self) -> None:
        """Install what is to be installed on quitting.

        What fails is logged, and said at the next start; the present version stays.
        """
        client, shown = self._context.updates, self._shown
        if client is None or not shown.on_quit or shown.restarts:
            return
        try:
            await client.activate()
            self._remembered.update_error = self._remembered.update_failed = ""
        except (TeeRexError, OSError, MemoryError) as failure:
            told = explained(failure)
            if told is None:
                raise
            report = ErrorReport.translatable(told)
            self._remembered.update_error = msgspec.json.encode(report).decode()
            self._log.write(Level.WARNING, "update.failed", title=told.title, message=told.message_parts)

    def check(self) -> None:
        """Ask the update source now."""
        self._start(UpdateStage.CHECKING, self._ask, self.check)

    def download(self) -> None:
        """Download the newest release, unpack it and try it out."""
        self._start(UpdateStage.FETCHING, self._prepare, self.download)

    def cancel(self) -> None:
        """Give up a check or a download; nothing of it stays."""
        if self._shown.stage in (UpdateStage.CHECKING, UpdateStage.FETCHING) and self._working is not None:
            cancel_begun(self._working)

    def install_on_quit(self, yes: bool) -> None:  # noqa: FBT001  # an answer
        """Install the release that is ready when the application ends, or not."""
        self._show(on_quit=yes)
        if yes:  # what was wrong is tried again
            self._show(failure=None, told=False, not_installed=None)

    def restart(self) -> None:
        """Install the release that is ready; then the application is to end and start again."""
        self._start(UpdateStage.INSTALLING, self._activate)

    def put_off(self) -> None:
        """Say no more about what is said above every page."""
        shown = self._shown
        if shown.failed_version:
            self._remembered.update_failed = shown.failed_version
            self._show(failed_version="")
        elif shown.told:
            self._show(told=False)
        elif shown.not_installed is not None:
            self._forget_error()
        elif shown.report is not None:
            self._remembered.update_put_off = shown.report.newest
            self._show(put_off=shown.report.newest)

    # --- when ----------------------------------------------------------------------------------------------

    def _see(self, state: State) -> None:
        """Check as soon as it is allowed."""
        before, self._allowed = self._allowed, bool(state.settings.check_for_updates.value)
        if self._allowed and not before:
            self.check()

    async def _check_daily(self) -> None:
        while True:
            if self._allowed and self._is_due() and not self._context.store.state.busy:
                self.check()
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)

    def _is_due(self) -> bool:
        if self._attempted is None:
            return True
        wait = _EVERY if self._shown.failure is None else _AFTER_A_FAILURE
        since = self._context.dependencies.now() - self._attempted
        return not timedelta() <= since < wait  # the clock may have been set back

    # --- what ----------------------------------------------------------------------------------------------

    def _start(
        self,
        stage: UpdateStage,
        act: Callable[[UpdateClient], Coroutine[Any, Any, UpdateReport]],
        again: Callable[[], object] | None = None,
    ) -> None:
        client = self._context.updates
        if client is not None and self._shown.stage is UpdateStage.IDLE:
            self._show(stage=stage, failure=None, told=False)
            self._working = self._context.tasks.start(self._work(stage, act(client), again))

    async def _work(
        self, stage: UpdateStage, work: Awaitable[UpdateReport], again: Callable[[], object] | None
    ) -> None:
        """Do it, and show its result; what a check failed with is said on the settings page alone, mostly."""
        self._attempted = self._context.dependencies.now()
        slow = self._context.tasks.start(self._tell_if_slow())
        failure: Problem | None = None
        try:
            report = await work
            if report.state is not UpdateState.READY:
                self._forget_error()
            self._show(report=report, on_quit=self._shown.on_quit and report.state is UpdateState.READY)
        except (TeeRexError, OSError, MemoryError) as error:
            known = explained(error)
            if known is None:
                raise
            failure = Problem.of(known, Repeat(again))
        finally:
            slow.cancel()
            told = failure is not None and (stage is not UpdateStage.CHECKING or failure.code in _NOT_GENUINE)
            self._show(stage=UpdateStage.IDLE, slow=False, progress=None, failure=failure, told=told)

    def _forget_error(self) -> None:
        if self._shown.not_installed is not None:
            self._remembered.update_error = ""
            self._show(not_installed=None)

    async def _tell_if_slow(self) -> None:
        """Another process may hold what this one waits for."""
        await asyncio.sleep(_SECONDS_UNTIL_SLOW)
        self._show(slow=True)

    async def _ask(self, client: UpdateClient) -> UpdateReport:
        try:
            report = await client.check()
        finally:  # also what was fetched before something else failed
            await self._read_pins()
        self._answered()
        return report

    async def _prepare(self, client: UpdateClient) -> UpdateReport:
        try:
            report = await client.prepare(self._show_progress, self._until_nothing_is_proved)
        finally:
            await self._read_pins()
        self._answered()
        return report

    async def _activate(self, client: UpdateClient) -> UpdateReport:
        report = await client.activate()
        self._remembered.update_failed = ""  # if it does not start, that is news again
        self._show(restarts=report.state is UpdateState.INSTALLED)
        return report

    async def _read_first_pins(self) -> None:
        await self._context.read_pins()

    def _read_pins_again(self) -> None:
        self._context.attempt(self._read_pins)

    async def _read_pins(self) -> None:
        if await self._context.read_pins():
            self._pins_changed()

    async def _until_nothing_is_proved(self) -> None:
        while self._context.store.state.busy:  # noqa: ASYNC110  # it ends in many ways
            await asyncio.sleep(_SECONDS_BETWEEN_TRIES)

    def _answered(self) -> None:
        self._remembered.update_checked = checked = self._context.dependencies.now()
        self._show(checked=checked)

    def _show_progress(self, progress: TaskProgress) -> None:
        """Show each per cent, not each block: the whole window is shown anew."""
        shown = self._shown.progress
        same = shown is not None and shown.task == progress.task
        if shown is None or not same or formats.percent_of(shown) != formats.percent_of(progress):
            self._show(progress=progress)

    @property
    def program(self) -> list[str]:
        """What starts the version that is current; empty where the application does not install."""
        folder = self._installed.folder
        return [] if folder is None else [str(folder.top / APP)]

    @property
    def _installed(self) -> Installed:
        client = self._context.updates
        return Installed.this() if client is None else client.installed

    @property
    def _shown(self) -> Updates:
        return self._context.store.state.updates

    def _show(self, **changes: Any) -> None:  # noqa: ANN401  # fields of Updates
        updates = replace(self._shown, **changes)
        if updates != self._shown:
            self._context.store.update(updates=updates)


def _initial(client: UpdateClient) -> Updates:
    return Updates(urlsplit(client.source.metadata_url).hostname or "", client.installed.kind)


def _problem_of(error: str) -> Problem | None:
    """None for what this version did not write."""
    if len(error) > _MAX_ERROR:
        return None
    try:
        report = decode_json(error.encode(), ErrorReport)
    except (UndecodableError, ValueError):
        return None
    nothing = Message("")
    return Problem(report.code, report.title, report.message_parts or nothing, report.hint_parts or nothing)


def _newest_failed(installed: Installed) -> str:
    """A newer version that was installed here and did not start; empty if there is none."""
    failed = None if installed.folder is None else installed.folder.newest_failed()
    return str(failed) if failed is not None and failed > installed.version else ""
