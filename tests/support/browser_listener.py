"""The listener for websites as tests run it: the real application on real sockets."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from support.patience import PATIENCE
from support.recorded_steps import mock_transaction
from support.remote_client import NOWHERE
from support.scripted_server import SOME_PROOF
from tee_rex.bb.pins import BbPins
from tee_rex.browser.approvals import ANSWER_SECONDS, Approvals, Ask
from tee_rex.browser.listeners import Listeners
from tee_rex.browser.origins import Origin
from tee_rex.browser.proving import SiteProver
from tee_rex.browser.sites import Readers, SiteStore
from tee_rex.browser.ultra_honk import SiteCircuits
from tee_rex.errors.catalogue.browser import SERVICE_UNAVAILABLE
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.transaction.events import ProofTimings
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode


@dataclass
class KeptLog:
    """A log that keeps its events."""

    events: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def debug(self, event: str, **details: object) -> None:
        """Keeps nothing."""

    def info(self, event: str, **details: object) -> None:
        """Keep it."""
        self.events.append((event, details))

    error = info

    def named(self, event: str) -> list[dict[str, object]]:
        """The details of every event of this name."""
        return [details for name, details in self.events if name == event]


@dataclass
class HeldProver:
    """A SiteProver whose proofs wait until a test ends them; at_once: or are made of nothing at once."""

    readers: Readers = ()
    at_once: bool = False
    waiting: list[asyncio.Future[ProofResult]] = field(default_factory=list)
    asked: list[tuple[Origin | None, ProofRequest]] = field(default_factory=list)
    cancelled: int = 0
    unavailable: bool = False

    def require_available(self, *, local: bool = False) -> None:
        """Whatever the test set."""
        del local
        if self.unavailable:
            raise SERVICE_UNAVAILABLE()

    async def prove(self, origin: Origin | None, request: ProofRequest) -> ProofResult:
        """Wait."""
        self.asked.append((origin, request))
        if self.at_once:
            return some_result(request)
        outcome: asyncio.Future[ProofResult] = asyncio.get_running_loop().create_future()
        self.waiting.append(outcome)
        try:
            return await outcome
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def some_result(request: ProofRequest) -> ProofResult:
    """A proof in form only; bb took 1,234 ms for it."""
    timings = ProofTimings(circuits=(), final_proof_ms=0.0, prove_ms=1234.0, total_ms=2000.0, phases=())
    return ProofResult(
        SOME_PROOF, ProvingMode.LOCAL, request.setup, request.version, None, True, timings, None
    )


def nothing_installed() -> DownloadingInstallation:
    """This release's pins without a bb, and without downloads."""
    return DownloadingInstallation(NOWHERE, BbPins.shipped(), allow_download=False)


@dataclass
class Running:
    """A listener that serves."""

    listeners: Listeners
    log: KeptLog
    task: asyncio.Task[None]

    @property
    def url(self) -> str:
        """Of HTTP."""
        return f"http://127.0.0.1:{self.listeners.http_port}"

    @property
    def https_url(self) -> str:
        """Of HTTPS."""
        return f"https://127.0.0.1:{self.listeners.https_port}"


def approvals_in(
    folder: Path, ask: Ask | None = None, *allowed: str, answer_seconds: float = ANSWER_SECONDS
) -> Approvals:
    """Approvals kept in ``folder``."""
    return Approvals(
        SiteStore.in_folder(folder),
        ask,
        now=lambda: datetime.now(UTC),
        clock=time.monotonic,
        allowed=frozenset(map(Origin.parse, allowed)),
        answer_seconds=answer_seconds,
    )


@asynccontextmanager
async def listening(
    prover: SiteProver,
    approvals: Approvals,
    installation: DownloadingInstallation | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    circuits: SiteCircuits | None = None,
) -> AsyncIterator[Running]:
    """Serve on any ports until the block ends; then it is cancelled."""
    log = KeptLog()
    listeners = Listeners(
        prover,
        approvals,
        installation or nothing_installed(),
        log,
        tls=tls,
        http_port=0,
        https_port=0,
        circuits=circuits,
    )
    started = asyncio.Event()
    task = asyncio.create_task(listeners.serve(started=started.set))
    waiting = asyncio.create_task(started.wait())
    try:
        await asyncio.wait((task, waiting), timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield Running(listeners, log, task)
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.wait((task, waiting))


@asynccontextmanager
async def requests(running: Running, count: int, origin: str | None = None) -> AsyncIterator[None]:
    """So many requests to prove that wait; their clients leave after the block."""
    headers = {} if origin is None else {"Origin": origin}
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(base_url=running.url, timeout=None, limits=limits) as others:
        waiting = [
            asyncio.create_task(others.post("/prove", content=mock_transaction(), headers=headers))
            for _ in range(count)
        ]
        yield
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
