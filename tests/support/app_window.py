"""The real application and window around a fake prover, without bb."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from inspect import Parameter, Signature, signature
from pathlib import Path
from time import monotonic
from typing import TypeAlias

from PySide6.QtWidgets import QApplication

from support.local_prover import deployment_request, real_installation
from support.nitro_fake import PRODUCTION_PCRS, FakeNitro
from support.patience import PATIENCE
from support.recorded_steps import V4
from support.scripted_server import ScriptedServer
from tee_rex.aztec.flows.interface import Flow, FlowOptions
from tee_rex.aztec.flows.report import FlowKind
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.errors import ProvingError
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.provers import Prover, ProverConfig, make_backend
from tee_rex.settings.file import ApprovedBuild
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.events import (
    CircuitEnded,
    CircuitStarted,
    CircuitTiming,
    Phase,
    PhaseEnded,
    PhaseStarted,
    PhaseTiming,
    ProofListener,
    ProofTimings,
)
from tee_rex.transaction.proof import FIELD_BYTES, ChonkProof
from tee_rex.transaction.request import BbIdentity, ProofRequest, ProofResult, ProverBackend, ProvingMode
from tee_rex.updates.client import UpdateClient
from tee_rex_app import loop
from tee_rex_app.application import Application
from tee_rex_app.dependencies import Dependencies
from tee_rex_app.main import serve
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.runs import FlowState, RunState
from tee_rex_app.model.services import Lock, ServiceName, ServiceStatus
from tee_rex_app.platform.autostart import XdgAutostart
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.theme import Theme

BackendMaker: TypeAlias = Callable[[ProverConfig, ProvingMode], ProverBackend]
FlowMaker: TypeAlias = Callable[[FlowKind, FlowOptions, Prover, DownloadingInstallation], Flow]

CIRCUIT_MS = 120.0
FINAL_MS = 700.0


class PacedBackend(ProverBackend):
    """Reports every circuit as the local prover does, and can wait at one."""

    def __init__(self, error: ProvingError | None = None, *, stop_at: int | None = None) -> None:
        self.error = error
        self.stop_at = stop_at
        self.gate = asyncio.Event()
        self.proving = 0

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        self.proving += 1
        try:
            return await self._prove(request, listener)
        finally:
            self.proving -= 1

    async def close(self) -> None:
        pass

    async def _prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        names = request.steps.function_names
        for phase in (Phase.PREPARE, Phase.START):
            listener(PhaseStarted(phase))
            listener(PhaseEnded(phase, 80.0))
        listener(PhaseStarted(Phase.ACCUMULATE))
        circuits = []
        for index, name in enumerate(names):
            listener(CircuitStarted(index, len(names), name))
            if index == self.stop_at:
                await self.gate.wait()
            circuits.append(CircuitTiming(name, 10.0, CIRCUIT_MS * (1 + index % 4)))
            listener(CircuitEnded(index, len(names), circuits[-1]))
        listener(PhaseStarted(Phase.FINAL_PROOF))
        if self.error is not None:
            raise self.error
        listener(PhaseEnded(Phase.FINAL_PROOF, FINAL_MS))
        spent = sum(circuit.load_ms + circuit.accumulate_ms for circuit in circuits)
        return ProofResult(
            proof=ChonkProof(bytes(V4.proof_fields * FIELD_BYTES), V4),
            mode=ProvingMode.LOCAL,
            setup=request.setup,
            version=request.version,
            bb=BbIdentity(request.version, "51aee42c" * 8),
            verified=True,
            timings=ProofTimings(
                circuits=tuple(circuits),
                final_proof_ms=FINAL_MS,
                prove_ms=spent + FINAL_MS,
                total_ms=spent + FINAL_MS + 160,
                phases=(
                    PhaseTiming(Phase.PREPARE, 80.0),
                    PhaseTiming(Phase.START, 80.0),
                    PhaseTiming(Phase.ACCUMULATE, spent),
                    PhaseTiming(Phase.FINAL_PROOF, FINAL_MS),
                ),
            ),
            peak_memory_bytes=266_000_000,
        )


@dataclass(frozen=True)
class App:
    """A running application, its window, and the prover of :func:`in_app`."""

    application: Application
    window: MainWindow
    backend: PacedBackend = field(default_factory=PacedBackend)

    @property
    def problem(self) -> Problem:
        """The problem that is shown."""
        assert self.application.store.state.problem is not None
        return self.application.store.state.problem

    @property
    def run(self) -> RunState:
        """The proof that runs or has ended."""
        assert self.application.store.state.run is not None
        return self.application.store.state.run

    @property
    def flow(self) -> FlowState:
        """The flow that runs or has ended."""
        assert self.application.store.state.flow is not None
        return self.application.store.state.flow

    def status(self, name: ServiceName) -> ServiceStatus:
        """The status of a service."""
        return self.application.store.state.service(name).status

    def lock(self, mode: ProvingMode) -> Lock | None:
        """Why a mode is unavailable."""
        return next(one.lock for one in self.application.store.state.modes if one.mode is mode)

    async def until(self, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait until something holds; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not holds():  # noqa: ASYNC110  # anything can be waited for, little has an event
                await asyncio.sleep(0.01)

    async def settled(self) -> None:
        """Wait until the first system check is done."""
        await self.until(lambda: self.application.store.state.setup.items is not None)

    async def prove_sample(self) -> None:
        """Prove the sample to its end."""
        self.window.prove.prove_sample.click()
        await self.proved()

    async def begin_sample(self) -> None:
        """Start a proof of the sample."""
        self.window.prove.prove_sample.click()
        await self.until(lambda: self.backend.proving)

    async def begin_file(self, path: Path) -> None:
        """Start a proof of a file."""
        before = self.application.runs.task
        self.application.intents.prove_files([path])
        await self.until(lambda: self.application.runs.task is not before)

    async def proved(self, seconds: float = PATIENCE) -> None:
        """Wait until the run, a proof or a flow, has ended and is in the history."""
        running = self.application.runs.task
        assert running is not None
        await self.until(running.done, seconds)


@asynccontextmanager
async def serving(server: ScriptedServer, variable: str) -> AsyncIterator[Mapping[str, str]]:
    """Run a scripted server; yields the environment that names it."""
    async with server.serving() as url:
        yield {variable: url}


def approved_build() -> ApprovedBuild:
    """The build of the fake's enclaves."""
    return ApprovedBuild("1.0.0", *(PRODUCTION_PCRS[index].hex() for index in range(3)))


def installed_home(folder: Path) -> Path:
    """Copy what is installed on this machine into ``folder``, a data folder without a history."""
    request, installation = deployment_request(), real_installation()

    async def bring() -> None:
        await installation.bb(request.version, request.setup, ignore_progress)
        await installation.crs(request.setup, MIN_POINTS, ignore_progress)

    asyncio.run(bring())
    # Not everything: a local network may be running in the same folder.
    for name in ("genuine/bb", "genuine/crs", "development/bb", "development/crs", "runtime"):
        installed = installation.paths.data / name
        if installed.exists():  # without copies of Node, which only work in their original place
            shutil.copytree(installed, folder / name, ignore=shutil.ignore_patterns("programs"))
    return folder


def local_backend(make: Callable[[], ProverBackend]) -> BackendMaker:
    """Makes backends as the app does, and local ones by ``make``."""
    return lambda config, mode: make() if mode is ProvingMode.LOCAL else make_backend(config, mode)


def with_app(
    qapp: QApplication,
    theme: Theme,
    home: Path,
    act: Callable[[App], Awaitable[None]],
    *,
    backend: Callable[[], ProverBackend] | None = None,
    make_backend: BackendMaker = make_backend,
    environ: Mapping[str, str] | None = None,
    serving: AbstractAsyncContextManager[Mapping[str, str]] | None = None,
    nitro: FakeNitro | None = None,
    approved: bool = True,
    flow: FlowMaker | None = None,
    site_ports: tuple[int, int] = (0, 0),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    show_in_folder: Callable[[Path], object] = lambda _file: None,
    updates: Callable[[Paths], UpdateClient] = UpdateClient.this,
) -> None:
    """Run the application as ``main`` does, act on it, and close its window.

    serving: servers that run as long; they add to the environment. nitro: who vouches for enclaves.
    approved: whether its production build is. flow: in place of real ones. site_ports: for websites, 0: any.
    now: this computer's clock. updates: of this installation.
    """
    dependencies = Dependencies(
        paths=Paths(data=home, config=home / "config"),
        environ=environ or {},
        clock=monotonic,
        now=now,
        make_backend=make_backend if backend is None else local_backend(backend),
        site_ports=site_ports,
        show_in_folder=show_in_folder,
        updates=updates,
    )
    if flow is not None:
        dependencies = replace(dependencies, flow=flow)
    if nitro is not None:
        builds = (approved_build(),) if approved else ()
        dependencies = replace(
            dependencies, approved_builds=lambda *_: builds, attestation_root=lambda: nitro.root
        )

    async def main() -> None:
        async with serving or nullcontext(dependencies.environ) as given:
            autostart = XdgAutostart(("tee-rex-app", "--hidden"), home / "xdg")
            given_all = replace(dependencies, environ={**dependencies.environ, **given})
            with _before_the_loop():
                application = Application(given_all, autostart=autostart)
                window = MainWindow(
                    theme,
                    application.store,
                    application.intents,
                    monotonic,
                    log=application.log,
                    diagnostics=lambda: application.diagnostics(home / "logs", home),
                    folders=application.remembered,
                )
                window.show()
                application.store.update(tray=False)  # as the tray does, and everyone listens
            ended = asyncio.create_task(serve(application, window))
            try:
                await act(App(application, window))
            finally:
                window.end()
                await ended
                window.deleteLater()

    loop.run(qapp, main)


@contextmanager
def _before_the_loop() -> Iterator[None]:
    """As if asyncio's loop did not run yet, as ``main`` makes the application: no task can be started."""
    running = asyncio.get_running_loop()
    asyncio._set_running_loop(None)  # for those who write loops
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


RunApp: TypeAlias = "partial[None]"
""":func:`with_app` in this test's Qt, a fixture."""


def in_app(
    *,
    stop_at: int | None = None,
    backend: Callable[[], ProverBackend] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., None]]:
    """Run an asynchronous test, whose first argument is ``app``, within :func:`with_app`.

    It begins once a proof can begin. stop_at: the circuit at which ``app.backend`` waits; it proves unless
    there is another backend.
    """

    def decorate(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
        asked = list(signature(test).parameters)[1:]

        def run(run_app: RunApp, tmp_path: Path, **given: object) -> None:
            paced = PacedBackend(stop_at=stop_at)
            if "tmp_path" in asked:
                given["tmp_path"] = tmp_path

            async def act(app: App) -> None:
                await app.until(lambda: app.application.store.state.sample)
                await test(replace(app, backend=paced), **given)

            run_app(tmp_path, act, backend=backend or (lambda: paced), environ=environ)

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        fixtures = dict.fromkeys(("run_app", "tmp_path", *asked))
        run.__signature__ = Signature(  # type: ignore[attr-defined]  # where pytest finds the fixtures
            [Parameter(name, Parameter.KEYWORD_ONLY) for name in fixtures]
        )
        return run

    return decorate
