"""The application: acts on what people ask for, and keeps the state that the views show."""

from __future__ import annotations

import asyncio
import functools
import os
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import TypeVar

from cryptography.x509 import Certificate

from tee_rex.attestation.policy import ExpectedPcrs
from tee_rex.attestation.provers import AllowedProvers
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.backend import ProofRequest, ProofResult, ProverBackend, ProvingMode
from tee_rex.bb.pins import BbPins
from tee_rex.errors import TeeRexError
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.local.installation import Installation
from tee_rex.local.threads import usable_cores
from tee_rex.paths import Paths
from tee_rex.progress import ProofEvent
from tee_rex.proof_report import ErrorReport, ProofReport
from tee_rex.prover import Prover
from tee_rex.remote.backend import DEFAULT_TIME_LIMIT, RemoteBackend
from tee_rex.remote.key_trust import AttestedKey, KnownKeySinceFirstUse
from tee_rex.remote.known_servers import FILE_NAME as KNOWN_SERVERS
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.server_url import ServerUrl
from tee_rex.samples import account_deployment
from tee_rex.settings import BadSettingError, Setting, Settings
from tee_rex.task_progress import TaskProgress
from tee_rex_app import wording
from tee_rex_app.expected_times import expected_blocks
from tee_rex_app.history import History, HistoryUnusableError
from tee_rex_app.loop import TaskSet
from tee_rex_app.proving import RunFollower, file_bytes, read_request
from tee_rex_app.readiness import Readiness
from tee_rex_app.services import POLL_SECONDS, ServiceProbe
from tee_rex_app.state import (
    Block,
    Fix,
    Intents,
    Lock,
    ModeState,
    Notice,
    Outcome,
    RunRecord,
    RunStage,
    RunState,
    ServiceName,
    ServiceState,
    ServiceStatus,
    SetupState,
    State,
    Store,
)

T = TypeVar("T")

_RUNS_FOR_USUAL = 5


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that comes from outside, passed in so that tests can choose it.

    clock: seconds, monotonic. now: the time of day, with its zone. local_backend: None for the embedded
    prover. approved_builds, attestation_root: what TEE mode accepts.
    """

    paths: Paths
    environ: Mapping[str, str]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    local_backend: Callable[[], ProverBackend] | None = None
    approved_builds: tuple[ExpectedPcrs, ...] = ()
    attestation_root: Callable[[], Certificate] = aws_nitro_root


class Application:
    """Everything but widgets. Made before Qt's loop runs, started within it."""

    def __init__(self, surroundings: Surroundings) -> None:
        """A settings file that cannot be read counts as none, and the state tells of it."""
        self._around = surroundings
        paths, environ = surroundings.paths, surroundings.environ
        problem = None
        try:
            self.settings = Settings.resolve(flags={}, environ=environ, file=paths.settings_file)
        except BadSettingError as error:
            problem = ErrorReport.of(error)
            self.settings = Settings.resolve(flags={}, environ=environ, file=Path(os.devnull))
        pins = BbPins.shipped()
        explicit_bb = self.settings.bb_binary_path.value
        self._installation = Installation(paths, pins, Path(explicit_bb) if explicit_bb else None)
        self.intents = Intents()
        self.store = Store(replace(self._first_state(pins), problem=problem))
        self._tasks = TaskSet(self._report_bug)
        # SQLite's connection belongs to one thread.
        self._history_thread = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._history: History | None = None
        self._proving: asyncio.Task[None] | None = None
        self._fixing: asyncio.Task[None] | None = None
        self._check_now = asyncio.Event()
        self._sample: ProofRequest | None = None
        self._connect()

    async def start(self) -> None:
        """Look around; returns at once, and the state tells the rest."""
        self._tasks.start(self._begin())

    async def close(self) -> None:
        """End everything: proofs, downloads, polling; write the history's last word."""
        await self._tasks.close()
        if self._history is not None:
            await self._in_history_thread(self._history.close)
        self._history_thread.shutdown()

    # --- beginning ---------------------------------------------------------------------------------------

    def _first_state(self, pins: BbPins) -> State:
        settings = self.settings
        addresses = {
            ServiceName.NODE: settings.node_url,
            ServiceName.REMOTE: settings.prover_url,
            ServiceName.TEE: settings.tee_url,
        }
        embedded = ServiceState(ServiceName.EMBEDDED, ServiceStatus.CHECKING)
        wallet = ServiceState(ServiceName.WALLET, ServiceStatus.NOT_CONFIGURED)
        return State(
            modes=(
                ModeState(ProvingMode.LOCAL),
                ModeState(ProvingMode.REMOTE, _address_lock(settings.prover_url)),
                ModeState(ProvingMode.TEE, self._tee_lock()),
            ),
            services=(embedded, *(_asked(name, setting) for name, setting in addresses.items()), wallet),
            setup=SetupState(threads=usable_cores(), bb_version=str(pins.default_version)),
        )

    def _tee_lock(self) -> Lock | None:
        lock = _address_lock(self.settings.tee_url)
        if lock is None and not self._around.approved_builds:
            return Lock.NO_APPROVED_BUILD
        return lock or Lock.NOT_ATTESTED

    def _connect(self) -> None:
        intents = self.intents
        intents.choose_mode.connect(self._choose_mode)
        intents.prove_sample.connect(self._prove_sample)
        intents.prove_file.connect(self._prove_file)
        intents.cancel.connect(self._cancel)
        intents.deploy_account.connect(
            lambda: self._say_missing(Notice.DEPLOY_LACKS_NODE, Notice.DEPLOY_LACKS_WALLET)
        )
        intents.run_token_flow.connect(
            lambda: self._say_missing(Notice.TOKENS_LACK_NODE, Notice.TOKENS_LACK_WALLET)
        )
        intents.fix.connect(lambda fix: self._fix((fix,)))
        intents.fix_all.connect(self._fix_all)
        intents.stop_fixing.connect(self._stop_fixing)
        intents.check_again.connect(self._check_again)
        intents.expand_setup.connect(self._expand_setup)
        intents.select_run.connect(lambda run: self.store.update(selected=run))
        intents.dismiss_problem.connect(lambda: self.store.update(problem=None))
        intents.dismiss_notice.connect(lambda: self.store.update(notice=None))

    async def _begin(self) -> None:
        await self._open_history()
        self._sample = await read_request(account_deployment)
        self._show_sample()
        self._tasks.start(self._examine())
        for service in self.store.state.services:
            if service.status is ServiceStatus.CHECKING and service.name is not ServiceName.EMBEDDED:
                self._tasks.start(self._poll(service))

    # --- history -----------------------------------------------------------------------------------------

    async def _in_history_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._history_thread, work)

    async def _open_history(self) -> None:
        try:
            opened = await self._in_history_thread(functools.partial(History.open, self._around.paths.data))
        except HistoryUnusableError as error:
            self.store.update(problem=ErrorReport.of(error), history=())
            return
        self._history = opened
        if opened.started_anew:
            self.store.update(notice=Notice.HISTORY_STARTED_ANEW)
        await self._read_history()

    async def _read_history(self, choose: int | None = None) -> None:
        """Show the runs; selected is ``choose``, else the one that was, else the newest finished one."""
        if self._history is None:
            return
        runs = await self._in_history_thread(self._history.recent)
        state = self.store.state
        chosen = choose or (state.selected.id if state.selected else None)
        same = next((run for run in runs if run.id == chosen), None)
        newest = next((run for run in runs if run.outcome is not Outcome.RUNNING), None)
        modes = tuple(replace(mode, usual_ms=_usual_ms(runs, mode.mode)) for mode in state.modes)
        self.store.update(history=runs, selected=same or newest, modes=modes)

    def _earlier(self, mode: ProvingMode) -> list[ProofReport]:
        return [
            run.report
            for run in self.store.state.history or ()
            if run.mode is mode and run.report is not None and run.outcome is Outcome.VERIFIED
        ]

    # --- this machine ------------------------------------------------------------------------------------

    def _show_sample(self) -> None:
        """What a proof of the sample would look like."""
        if self._sample is None:
            return
        mode = self.store.state.mode
        blocks, measured = self._blocks(self._sample, mode)
        self.store.update(
            sample=RunState(
                source=_sample_name(),
                mode=mode,
                setup=self._sample.setup,
                stage=RunStage.RUNNING,
                started=0.0,
                blocks=blocks,
                measured_here=measured,
            )
        )

    async def _examine(self) -> None:
        readiness = await self._readiness()
        self._set_service(ServiceState(ServiceName.EMBEDDED, ServiceStatus.CHECKING))
        items = await readiness.examine()
        setup = replace(self.store.state.setup, items=items)
        self.store.update(setup=setup)
        missing = setup.missing
        if missing:
            status, detail = ServiceStatus.INCOMPLETE, ", ".join(map(wording.part_name, missing))
            detail = wording.tr("Still missing: {things}").format(things=detail)
        else:
            status = ServiceStatus.READY
            detail = wording.tr("bb {version} · {threads} threads").format(
                version=setup.bb_version, threads=setup.threads
            )
        self._set_service(ServiceState(ServiceName.EMBEDDED, status, detail=detail))

    async def _readiness(self) -> Readiness:
        sample = self._sample or await read_request(account_deployment)
        return Readiness(self._installation, sample)

    def _fix_all(self) -> None:
        self._fix(tuple(item.fix for item in self.store.state.setup.missing if item.fix is not None))

    def _fix(self, fixes: tuple[Fix, ...]) -> None:
        state = self.store.state
        if fixes and not state.setup.fixing and not state.running:
            self.store.update(problem=None)
            self._fixing = self._tasks.start(self._bring(fixes))

    async def _bring(self, fixes: tuple[Fix, ...]) -> None:
        def show(progress: TaskProgress) -> None:
            self.store.update(setup=replace(self.store.state.setup, progress=progress))

        readiness = await self._readiness()
        try:
            for index, fix in enumerate(fixes):
                self.store.update(setup=replace(self.store.state.setup, fixing=fixes[index:], progress=None))
                await readiness.fix(fix, show)
        except TeeRexError as error:
            self.store.update(problem=ErrorReport.of(error))
        finally:
            self.store.update(setup=replace(self.store.state.setup, fixing=(), progress=None))
        await self._examine()

    def _stop_fixing(self) -> None:
        if self._fixing is not None and not self._fixing.done():
            self._fixing.cancel()
            self._tasks.start(self._examine_after(self._fixing))

    async def _examine_after(self, fixing: asyncio.Task[None]) -> None:
        await asyncio.wait([fixing])
        await self._examine()

    def _expand_setup(self, expanded: bool) -> None:  # noqa: FBT001  # the slot of a signal
        if expanded is not self.store.state.setup.expanded:
            self.store.update(setup=replace(self.store.state.setup, expanded=expanded))

    # --- services ----------------------------------------------------------------------------------------

    def _check_again(self) -> None:
        self._check_now.set()
        self._check_now = asyncio.Event()
        if not self.store.state.setup.fixing:
            self._tasks.start(self._examine())

    async def _poll(self, service: ServiceState) -> None:
        """Ask one service for ever; a slow one holds nobody up."""
        probe = ServiceProbe((await self._readiness()).sample)
        while True:
            check_now = self._check_now
            match service.name:
                case ServiceName.NODE:
                    found = await probe.node(service)
                case ServiceName.REMOTE:
                    found = await probe.remote(service)
                case _:
                    found = await probe.tee(service, self._attested_key())
                    self._unlock_tee(attested=found.status is ServiceStatus.READY)
            self._set_service(found)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await check_now.wait()
            except TimeoutError:
                continue

    def _set_service(self, service: ServiceState) -> None:
        services = self.store.state.services
        if service not in services:
            self.store.update(
                services=tuple(service if one.name is service.name else one for one in services)
            )

    def _unlock_tee(self, *, attested: bool) -> None:
        lock = self._tee_lock()
        if lock is Lock.NOT_ATTESTED and attested:
            lock = None
        state = self.store.state
        modes = tuple(
            replace(mode, lock=lock) if mode.mode is ProvingMode.TEE else mode for mode in state.modes
        )
        if modes != state.modes:
            self.store.update(modes=modes)
        if lock is not None and state.mode is ProvingMode.TEE and not state.running:
            self.store.update(mode=ProvingMode.LOCAL)

    def _attested_key(self) -> AttestedKey | None:
        if not self._around.approved_builds:
            return None
        return AttestedKey(
            builds=self._around.approved_builds,
            provers=AllowedProvers.pinned(self._installation.pins),
            root=self._around.attestation_root(),
            now=self._around.now,
        )

    # --- proving -----------------------------------------------------------------------------------------

    def _choose_mode(self, mode: ProvingMode) -> None:
        state = self.store.state
        locked = next(one.lock for one in state.modes if one.mode is mode) is not None
        if state.running or locked or mode is state.mode:
            # Clicking a card may have changed what it shows; the state has not changed.
            self.store.update()
            return
        self.store.update(mode=mode)
        self._show_sample()

    def _say_missing(self, without_node: Notice, without_wallet: Notice) -> None:
        self.store.update(notice=without_wallet if self.settings.node_url.value else without_node)

    def _prove_sample(self) -> None:
        self._prove(account_deployment, _sample_name())

    def _prove_file(self, path: str) -> None:
        self._prove(functools.partial(file_bytes, Path(path)), Path(path).name)

    def _prove(self, read: Callable[[], bytes], source: str) -> None:
        state = self.store.state
        if state.running or state.setup.fixing:
            return
        run = RunState(
            source=source,
            mode=state.mode,
            setup=None,
            stage=RunStage.RUNNING,
            started=self._around.clock(),
        )
        self.store.update(run=run, problem=None, notice=None)
        self._proving = self._tasks.start(self._run(read, run))

    def _cancel(self) -> None:
        run = self.store.state.run
        if run is not None and run.stage is RunStage.RUNNING and self._proving is not None:
            self.store.update(run=replace(run, stage=RunStage.CANCELLING))
            self._proving.cancel()

    async def _run(self, read: Callable[[], bytes], run: RunState) -> None:
        noted = self._tasks.start(self._note_begin(run))
        outcome, report = Outcome.FAILED, None
        request: ProofRequest | None = None
        try:
            request = await read_request(read)
            blocks, measured = self._blocks(request, run.mode)
            run = replace(run, setup=request.setup, blocks=blocks, measured_here=measured)
            self.store.update(run=run)
            result = await self._proved(request, run)
            report = ProofReport.of_result(result)
            outcome = Outcome.VERIFIED if result.verified else Outcome.UNVERIFIED
        except asyncio.CancelledError:
            outcome = Outcome.CANCELLED
            raise
        except TeeRexError as error:
            report = ProofReport.of_failure(run.mode, request, error)
            self.store.update(problem=report.error)
        finally:
            self._show_end(outcome, report)
            await asyncio.shield(self._tasks.start(self._note_end(noted, outcome, report)))

    async def _proved(self, request: ProofRequest, run: RunState) -> ProofResult:
        follower = RunFollower(run, self._around.clock)

        def hear(event: ProofEvent) -> None:
            shown = self.store.state.run
            if follower.hear(event) and shown is not None and shown.stage is RunStage.RUNNING:
                self.store.update(run=follower.run)

        prover = Prover({run.mode: self._backend(run.mode)}, run.mode)
        try:
            time_limit = None if run.mode is ProvingMode.LOCAL else DEFAULT_TIME_LIMIT
            return await prover.prove(request, listener=hear, time_limit=time_limit)
        finally:
            await prover.close()

    def _backend(self, mode: ProvingMode) -> ProverBackend:
        if mode is ProvingMode.LOCAL:
            if self._around.local_backend is not None:
                return self._around.local_backend()
            return LocalBackend(self._installation, LocalOptions(threads=usable_cores()))
        if mode is ProvingMode.REMOTE:
            servers = KnownServers(self._around.paths.data / KNOWN_SERVERS)
            server = ServerUrl.parse(self.settings.prover_url.value)
            trust = KnownKeySinceFirstUse(servers, self._around.now)
            return RemoteBackend(server, trust, self._installation, trust_env=True)
        attested = self._attested_key()
        if attested is None:
            raise RuntimeError("TEE mode is locked while no build is approved.")
        server = ServerUrl.parse(self.settings.tee_url.value)
        return RemoteBackend(server, attested, self._installation, trust_env=True)

    def _blocks(self, request: ProofRequest, mode: ProvingMode) -> tuple[tuple[Block, ...], bool]:
        return expected_blocks(
            request.steps.function_names, self._earlier(mode), wording.tr("final proof and self-check")
        )

    def _show_end(self, outcome: Outcome, report: ProofReport | None) -> None:
        run = self.store.state.run
        if run is None:
            return
        stage = {Outcome.CANCELLED: RunStage.CANCELLED, Outcome.FAILED: RunStage.FAILED}.get(
            outcome, RunStage.DONE
        )
        self.store.update(run=replace(run, stage=stage, ended=self._around.clock(), task=None, report=report))

    async def _note_begin(self, run: RunState) -> int | None:
        if self._history is None:
            return None
        begin = functools.partial(self._history.begin, self._around.now(), run.source, run.mode)
        try:
            return await self._in_history_thread(begin)
        except HistoryUnusableError as error:
            self.store.update(problem=ErrorReport.of(error))
            return None

    async def _note_end(
        self, noted: asyncio.Task[int | None], outcome: Outcome, report: ProofReport | None
    ) -> None:
        run, number = self.store.state.run, await noted
        if self._history is None or number is None or run is None or run.ended is None:
            return
        total_ms = (run.ended - run.started) * 1000
        try:
            await self._in_history_thread(
                functools.partial(self._history.end, number, outcome, total_ms, report)
            )
            await self._read_history(choose=number)
        except HistoryUnusableError as error:
            self.store.update(problem=ErrorReport.of(error))

    def _report_bug(self, bug: BaseException) -> None:
        """Where it happened; not its text, which could hold anything."""
        frames = traceback.extract_tb(bug.__traceback__)
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        self.store.update(
            problem=ErrorReport(
                code="BUG",
                title=wording.tr("Something in TEE-Rex itself went wrong"),
                message=f"{type(bug).__name__}, {place}",
                hint=wording.tr("Please copy the details and report them. You can go on."),
            )
        )


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


def _usual_ms(runs: tuple[RunRecord, ...], mode: ProvingMode) -> float | None:
    """The median of a mode's last proofs of the sample."""
    times = [
        run.total_ms
        for run in runs
        if run.mode is mode and run.outcome is Outcome.VERIFIED and run.source == _sample_name()
    ]
    known = [time for time in times if time is not None][:_RUNS_FOR_USUAL]
    return median(known) if known else None


def _sample_name() -> str:
    return wording.tr("Sample: deploy account")
