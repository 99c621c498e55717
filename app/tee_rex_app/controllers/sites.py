"""Websites: listens for them, asks the user about each, and makes their proofs as runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tee_rex.browser.approvals import ANSWER_SECONDS, ApprovalQuestion, Approvals, Held
from tee_rex.browser.origins import Origin
from tee_rex.browser.proving import PROOF_SECONDS
from tee_rex.browser.sites import Readers, SiteStore, readers_in
from tee_rex.errors import InputError, TeeRexError, UsageError
from tee_rex.errors.catalogue.browser import CIRCUIT_NOT_READ, MODE_UNUSABLE, PROOF_STOPPED, SITES_PAUSED
from tee_rex.local.ultra_honk import UltraHonkRequest, UltraHonkResult
from tee_rex.system.threads import wait_until_done
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers.circuits import CircuitJob
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.controllers.proving import TransactionJob
from tee_rex_app.controllers.runs import RunJob, RunsController
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.model.runs import PROGRAM, RunState
from tee_rex_app.model.sites import Listening, SiteQuestion
from tee_rex_app.model.state import Page, State

_SECONDS_BETWEEN_LOOKS = 1.0
"""At the list of approved websites while its page is open; commands change it too."""


class SitesController:
    """What the listeners call, and what the user decides about websites.

    1. While the setting is on, it listens on both ports.
    2. A website that is not approved is asked about, by a question in the state.
    3. :meth:`prove` waits until nothing else runs, then makes the proof as a run, in the mode of that moment.
    4. Revoking, the setting and the end of the application end what waits or proves; pausing refuses what
       waits when its turn comes.
    """

    def __init__(
        self, context: ControllerContext, runs: RunsController, modes: ModesController, log: EventLog
    ) -> None:
        dependencies = context.dependencies
        self._context = context
        self._runs = runs
        self._modes = modes
        self._log = log
        self._sites = SiteStore.in_folder(dependencies.paths.data)
        self._approvals = Approvals(
            self._sites, self._ask, now=dependencies.now, clock=dependencies.clock, on_held=self._see_held
        )
        self._idle = asyncio.Event()
        self._shown = asyncio.Event()
        self._switching = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None
        self._answer: asyncio.Future[bool] | None = None
        self._held: Held = ()
        self._program_waits = False
        self._proving: Origin | None = None

    def start(self) -> None:
        """Listen if the setting says so, and show the approved websites while their page is open."""
        store = self._context.store
        store.changed.connect(self._see)
        self._see(store.state)
        if self._listening is None:  # the setting can have been changed before
            self.listen_again()
        self._context.tasks.start(self._follow_file())

    # --- the listeners -------------------------------------------------------------------------------------

    def listen_again(self) -> None:
        """Start, restart or stop listening, by the settings."""
        self._context.tasks.start(self._listen_by_settings())

    async def _listen_by_settings(self) -> None:
        async with self._switching:
            if self._listening is not None:
                self._listening.cancel()
                await asyncio.wait([self._listening])
                self._listening = None
            if self._context.settings.let_websites_prove.value:
                self._listening = self._context.tasks.start(self._listen())

    async def _listen(self) -> None:
        """Listen until cancelled, or say why that is not possible."""
        from tee_rex.browser.https import Https
        from tee_rex.browser.listeners import Listeners

        context, dependencies = self._context, self._context.dependencies
        self._show(listening=Listening.STARTING, failure=None)
        try:
            https = Https.of_user(dependencies.paths.data, dependencies.environ)
            tls = https.server_context()
        except TeeRexError as error:
            context.show_problem(error, Repeat(self.listen_again))
            tls = None
        http_port, https_port = dependencies.site_ports
        listeners = Listeners(
            self,
            self._approvals,
            context.installation,
            _ListenersLog(self._log),
            tls=tls,
            http_port=http_port,
            https_port=https_port,
            circuits=_CircuitsAsRuns(self),
        )

        def started() -> None:
            ports = {"http_port": listeners.http_port, "https_port": listeners.https_port if tls else None}
            self._show(listening=Listening.ON, **ports)
            self._log.write(Level.INFO, "sites.listening", port=listeners.http_port)

        ended: dict[str, object] = {"listening": Listening.OFF}
        try:
            await listeners.serve(started=started)
        except TeeRexError as error:
            ended = {"listening": Listening.FAILED, "failure": Problem.of(error)}
            self._log.write(Level.WARNING, "sites.not-listening", reason=error.message_parts)
            if context.store.state.page is not Page.SITES:  # which says it itself
                context.show_problem(error, Repeat(self.listen_again))
        finally:
            self._show(**ended, http_port=None, https_port=None)

    # --- the question --------------------------------------------------------------------------------------

    async def _ask(self, question: ApprovalQuestion) -> bool:
        """Show the question until it is answered, withdrawn or times out."""
        dependencies, state = self._context.dependencies, self._context.store.state
        mode = state.mode if question.readers == self.readers else None
        self._answer = asyncio.get_running_loop().create_future()
        shown = SiteQuestion(
            origin=question.origin,
            readers=question.readers,
            mode=ProvingMode.LOCAL if question.local else mode,
            asked_again=question.asked_again,
            until=dependencies.clock() + ANSWER_SECONDS,
        )
        self._show(question=shown)
        self._log.write(Level.INFO, "site.asks", origin=question.origin, mode=shown.mode or state.mode)
        event = "site.not-answered"
        try:
            allowed = await self._answer
            event = "site.allowed" if allowed else "site.denied"
            return allowed
        finally:
            self._answer = None
            self._log.write(Level.INFO, event, origin=question.origin)
            self._show(question=None)

    def answer(self, question: SiteQuestion, allow: bool) -> None:  # noqa: FBT001  # an intent
        """Answer the question, if it is still the one that is shown."""
        shown = self._context.store.state.sites.question
        if shown is question and self._answer is not None and not self._answer.done():
            self._answer.set_result(allow)

    def revoke(self, origin: Origin) -> None:
        """Take a website's permission away, and end what it waits for."""
        self._context.attempt(partial(self._revoke, origin))

    async def _revoke(self, origin: Origin) -> None:
        await self._approvals.revoke(origin)
        self._log.write(Level.INFO, "site.revoked", origin=origin)
        self._read()

    # --- proofs: what the listeners call -------------------------------------------------------------------

    @property
    def readers(self) -> Readers:
        """Who else can read the witness in the present mode."""
        return readers_in(self._context.store.state.mode, self._context.settings.prover_url.value)

    def require_available(self, *, local: bool = False) -> None:
        """Raise SERVICE_UNAVAILABLE while proving for websites is paused, or the mode is locked.

        local: the proof needs no mode.
        """
        state = self._context.store.state
        if state.sites_paused:
            raise SITES_PAUSED()
        if not local and any(one.mode is state.mode and one.lock is not None for one in state.modes):
            raise MODE_UNUSABLE()

    async def prove(self, origin: Origin | None, request: ProofRequest) -> ProofResult:
        """Make one proof as a run, when nothing else runs; cancelling it ends the run.

        Raises SERVICE_UNAVAILABLE, PROOF_STOPPED where the user cancels it, and what the run failed with.
        """
        with self._waits(origin):
            await self._turn(origin)

        async def admitted() -> ProofRequest:
            if origin is not None:  # settings can have changed since
                await self._approvals.admit(origin, self.readers)
            return request

        run = self._run_for(origin, self._context.store.state.mode)
        job = TransactionJob(self._context, self._runs, self._modes, run, admitted, time_limit=PROOF_SECONDS)
        with self._proves(origin):
            await self._live(run, job)
        if job.result is not None:
            return job.result
        if isinstance(job.error, UsageError):
            raise MODE_UNUSABLE() from job.error
        raise job.error or PROOF_STOPPED()

    async def prove_circuit(self, origin: Origin | None, request: UltraHonkRequest) -> UltraHonkResult:
        """Make the proof of one Noir circuit on this machine, likewise, whatever the mode."""
        with self._waits(origin):
            await self._turn(origin, local=True)
        job = CircuitJob(self._context, self._runs, self._run_for(origin, ProvingMode.LOCAL), request)
        with self._proves(origin):
            await self._live(job.begun, job)
        if job.result is not None:
            return job.result
        raise job.error or PROOF_STOPPED()

    def _run_for(self, origin: Origin | None, mode: ProvingMode) -> RunState:
        source = PROGRAM if origin is None else str(origin)
        return RunState(source=source, mode=mode, started=self._context.dependencies.clock())

    async def _turn(self, origin: Origin | None, *, local: bool = False) -> None:
        """Return, without giving way to others, when nothing runs and the website may prove."""
        while True:
            await self._idle.wait()
            self.require_available(local=local)
            if origin is not None:
                await self._approvals.admit(origin, () if local else self.readers, local=local)
            if not self._context.store.state.busy:
                self.require_available(local=local)  # the user may have paused it before the answer
                return

    async def _live(self, run: RunState, job: RunJob) -> None:
        task = self._runs.start_unasked(run, job)
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            if self._runs.task is task:
                self._runs.cancel()
            await wait_until_done(task)
            raise

    # --- what is shown -------------------------------------------------------------------------------------

    @contextmanager
    def _waits(self, origin: Origin | None) -> Iterator[None]:
        self._program_waits = origin is None
        self._show_waiting()
        try:
            yield
        finally:
            self._program_waits = False
            self._show_waiting()

    @contextmanager
    def _proves(self, origin: Origin | None) -> Iterator[None]:
        self._proving = origin
        self._show_waiting()
        try:
            yield
        finally:
            self._proving = None
            self._show_waiting()

    def _see_held(self, held: Held) -> None:
        self._held = held
        self._show_waiting()

    def _show_waiting(self) -> None:
        waiting = list(self._held)
        if self._proving in waiting:
            waiting.remove(self._proving)
        sources = [*map(str, waiting), *([PROGRAM] if self._program_waits else [])]
        self._show(waiting=tuple(dict.fromkeys(sources)))

    def _see(self, state: State) -> None:
        for event, holds in ((self._idle, not state.busy), (self._shown, state.page is Page.SITES)):
            if holds:
                event.set()
            else:
                event.clear()

    async def _follow_file(self) -> None:
        while True:
            await self._shown.wait()
            self._read()
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)

    def _read(self) -> None:
        """Show the approved websites, the one used last first."""
        try:
            sites = self._sites.read().values()
        except TeeRexError as error:
            self._show(known=None, unreadable=Problem.of(error))
            return
        newest = sorted(sites, key=lambda site: site.last_used or site.approved_at, reverse=True)
        self._show(known=tuple(newest), unreadable=None)

    def _show(self, **changes: Any) -> None:  # noqa: ANN401  # fields of SitesState
        store = self._context.store
        sites = replace(store.state.sites, **changes)
        if sites != store.state.sites:
            store.update(sites=sites)


@dataclass(frozen=True, slots=True)
class _CircuitsAsRuns:
    """What the listeners call for Noir circuits."""

    sites: SitesController
    setup: TrustedSetup = TrustedSetup.GENUINE

    async def prove(self, origin: Origin | None, request: UltraHonkRequest) -> UltraHonkResult:
        """Make one proof; raises CIRCUIT_NOT_READ, and as SitesController."""
        try:
            return await self.sites.prove_circuit(origin, request)
        except InputError as error:
            raise CIRCUIT_NOT_READ(reason=error.message_parts) from None


@dataclass(frozen=True, slots=True)
class _ListenersLog:
    """The listeners' events as the application's; runs have their own, and requests are too many."""

    log: EventLog

    def debug(self, event: str, **details: object) -> None:
        """Keep nothing."""

    def info(self, event: str, **details: object) -> None:
        """Keep what people want to know."""
        if event == "refused":
            self.log.write(Level.WARNING, "site.refused", **_texts(details))
        elif event == "not trusted":
            self.log.write(Level.WARNING, "site.not-trusted")
        elif event == "downloading bb":
            self.log.write(Level.INFO, "site.downloads", **_texts(details))

    def error(self, event: str, **details: object) -> None:
        """Keep why a proof was not made."""
        if event == "proof failed":
            self.log.write(Level.WARNING, "site.failed", **_texts(details))
        else:
            self.log.write(Level.ERROR, "site.error", **_texts({"what": event, **details}))


def _texts(details: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in details.items()}
