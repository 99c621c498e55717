"""A proving server for tests: in this process around a fake backend, or as a process."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

import httpx2

from support.patience import PATIENCE
from support.processes import running_bbs
from support.recorded_steps import V4, development_deployment
from support.remote_client import NOWHERE
from tee_rex.bb.pins import BbPins
from tee_rex.local.installation import Installation
from tee_rex.openpgp import PublicKey, encrypt
from tee_rex.system.child_process import dying_with_parent
from tee_rex.system.platform import Platform
from tee_rex.transaction.events import (
    CircuitStarted,
    CircuitTiming,
    Phase,
    PhaseStarted,
    ProofListener,
    ProofTimings,
)
from tee_rex.transaction.generations import Generation
from tee_rex.transaction.proof import FIELD_BYTES, ChonkProof
from tee_rex.transaction.request import BbIdentity, ProofRequest, ProofResult, ProverBackend, ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.clients import ClientAddresses
from tee_rex.web.server import listening_socket
from tee_rex.wire.protocol import encode_payload
from tee_rex_server.assembly import serve_until_signalled
from tee_rex_server.http.limits import RateLimit
from tee_rex_server.http.monitoring import Metrics
from tee_rex_server.http.routes import Api
from tee_rex_server.logs import json_logger
from tee_rex_server.proving.decoder import RequestDecoder, ServerKey
from tee_rex_server.proving.jobs import Jobs
from tee_rex_server.proving.provers import ServedProvers
from tee_rex_server.proving.service import ProvingService, ServiceLimits
from tee_rex_server.tee.providers import StandardProvider, TeeProvider

VERSION = AztecVersion(4, 1, 2)
SOME_BB = "ab" * 32
"""The digest of the bb with which a GatedBackend says that it proves."""
JSON = {"Content-Type": "application/json"}
BINARY = {"Content-Type": "application/octet-stream"}
PROVE_HEAD = b"POST /prove HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
LIMITS = ServiceLimits(queue=4, request_memory=512_000_000, proof_seconds=600)


class GatedBackend(ProverBackend):
    """Reports one circuit, then waits for its gate; reports the final proof, then waits for that one's."""

    def __init__(self, error: Exception | None = None, *, is_open: bool = False) -> None:
        self.gate, self.final_gate = asyncio.Event(), asyncio.Event()
        self.final_gate.set()
        if is_open:
            self.gate.set()
        self.error = error
        self.proving = 0
        self.closed = False

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        name = request.steps.function_names[0]
        self.proving += 1
        try:
            listener(PhaseStarted(Phase.PREPARE))
            for _ in range(5):  # long enough for all watchers to see it
                await asyncio.sleep(0)
            listener(CircuitStarted(0, 1, name))
            await self.gate.wait()
            listener(PhaseStarted(Phase.FINAL_PROOF))
            await self.final_gate.wait()
        finally:
            self.proving -= 1
        if self.error is not None:
            raise self.error
        timings = ProofTimings((CircuitTiming(name, 1.0, 2.0),), 3.0, 6.0, 7.0, ())
        return ProofResult(
            some_proof(request.steps.generation),
            ProvingMode.LOCAL,
            request.setup,
            request.version,
            BbIdentity(request.version, SOME_BB),
            True,
            timings,
            None,
        )

    async def close(self) -> None:
        self.closed = True


async def settle() -> None:
    """Let every task run until it waits for something that does not come by itself."""
    for _ in range(10):
        await asyncio.sleep(0)


class NothingToInstall(Installation):
    """An installation that is complete."""

    def __init__(self) -> None:
        super().__init__(NOWHERE, BbPins.shipped())

    async def bb(self, *_arguments: object) -> None:  # type: ignore[override]
        """Nothing."""

    crs = bb  # type: ignore[assignment]


def some_proof(generation: Generation = V4) -> ChonkProof:
    """A well-formed proof of nothing."""
    return ChonkProof(bytes(generation.proof_fields * FIELD_BYTES), generation)


def small_api(
    *backends: ProverBackend,
    limits: ServiceLimits = LIMITS,
    rate_limit: RateLimit | None = None,
    addresses: ClientAddresses | None = None,
    tee: TeeProvider | None = None,
    log_to: io.TextIOBase | None = None,
    versions: tuple[AztecVersion, ...] = (VERSION,),
) -> Api:
    """All parts of a server that serves the development setup and proves with ``backends``.

    versions: none: the default one of each generation.
    """
    metrics = Metrics()
    tee = tee or StandardProvider()
    service = ProvingService(backends, limits, metrics)
    key = ServerKey.generate(datetime.now(UTC))
    return Api(
        service=service,
        jobs=Jobs(service, time.monotonic, discreet=tee.mode == "nitro"),
        decoder=RequestDecoder(key),
        key=key,
        tee=tee,
        provers=ServedProvers.chosen(NothingToInstall(), {TrustedSetup.DEVELOPMENT}, versions, attested=False)
        if versions
        else ServedProvers.pinned(BbPins.shipped(), {TrustedSetup.DEVELOPMENT}, Platform.AMD64_LINUX),
        threads_per_proof=1,
        rate_limit=rate_limit or RateLimit(None, exempt_loopback=True),
        addresses=addresses or ClientAddresses(),
        metrics=metrics,
        log=json_logger(log_to or io.StringIO()),  # type: ignore[arg-type]
        ready=asyncio.Event(),
    )


@asynccontextmanager
async def serving(api: Api, *, grace_seconds: float = 5) -> AsyncIterator[str]:
    """Serve on a loopback port until the block ends, then as after SIGTERM; yields the URL."""
    # A server that has ended has restored the signal handlers; a later signal must not end the tests.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    listener = listening_socket("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = asyncio.create_task(
        serve_until_signalled(api, listener, NothingToInstall(), grace_seconds=grace_seconds)
    )
    await asyncio.wait({server, asyncio.create_task(api.ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        if not server.done():
            signal.raise_signal(signal.SIGTERM)
        try:
            await server
        finally:
            signal.signal(signal.SIGTERM, before)


def prove_json(key: PublicKey, plaintext: bytes) -> bytes:
    """The body of POST /prove."""
    return json_body(bytes(encrypt(key, plaintext)))


def json_body(message: bytes) -> bytes:
    """The JSON around an encrypted message."""
    return b'{"data":"' + base64.b64encode(message) + b'"}'


def payload(
    steps: bytes | None = None,
    *,
    bb_sha256: bytes | None = None,
    version: AztecVersion = VERSION,
    setup: TrustedSetup = TrustedSetup.DEVELOPMENT,
) -> bytes:
    """The plaintext of POST /v1/proofs."""
    return encode_payload(steps or development_deployment(), version, setup, bb_sha256)


def job_body(key: PublicKey, *, bb_sha256: bytes | None = None) -> bytes:
    """The body of POST /v1/proofs."""
    return bytes(encrypt(key, payload(bb_sha256=bb_sha256)))


def published_key(client: httpx2.Client) -> PublicKey:
    """The key of a running server."""
    armored = client.get("/encryption-public-key").json()["publicKey"]
    return PublicKey.parse_armored(armored, at=datetime.now(UTC))


def run_command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``tee-rex-server`` until it ends, which a server does only when it cannot start."""
    return subprocess.run(
        [sys.executable, "-m", "tee_rex_server", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


@dataclass(slots=True)
class ServerProcess:
    """``tee-rex-server serve`` as a process; log: its lines so far."""

    process: subprocess.Popen[str]
    log: list[str] = field(default_factory=list)
    url: str = ""

    def bb_pids(self) -> list[int]:
        """The process IDs of the bb processes that run."""
        return running_bbs(self.process.pid)

    def logged(self, event: str) -> dict[str, object] | None:
        """The log's first line of an event."""
        lines = (json.loads(line) for line in self.log)
        return next((line for line in lines if line["event"] == event), None)

    def stop(self) -> int:
        """Send SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextmanager
def server_process(*arguments: str, **environment: str) -> Iterator[ServerProcess]:
    """Start the command on a free port, with the user's own data folder; wait until it is ready.

    At the end it is killed, and its temporary folder is removed.
    """
    with launched_server((), *arguments, **environment) as server:
        yield server


@contextmanager
def launched_server(
    launcher: tuple[str, ...], *arguments: str, **environment: str
) -> Iterator[ServerProcess]:
    """As server_process, started by another program."""
    with TemporaryDirectory(prefix="server-", ignore_cleanup_errors=True) as temporary:
        command = ("serve", "--port=0", "--crs=development", *arguments)
        with _server_process(launcher, command, {"TMPDIR": temporary, **environment}) as server:
            yield server


@contextmanager
def _server_process(
    launcher: tuple[str, ...], command: tuple[str, ...], environment: dict[str, str]
) -> Iterator[ServerProcess]:
    process = subprocess.Popen(
        [*launcher, sys.executable, "-m", "tee_rex_server", *command],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        preexec_fn=dying_with_parent(),  # noqa: PLW1509  # it only calls prctl
    )
    server = ServerProcess(process)
    reader = threading.Thread(target=lambda: server.log.extend(process.stderr or ()))
    reader.start()
    try:
        wait_until(lambda: server.logged("ready") is not None or process.poll() is not None, seconds=120)
        listening = server.logged("listening") or {}
        server.url = f"http://127.0.0.1:{listening.get('port')}"
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join()
        if process.stderr:
            process.stderr.close()


def wait_until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Poll until ``condition()`` is true; fails after ``seconds``."""
    for _ in _polls(condition, seconds):
        time.sleep(0.01)


async def eventually(condition: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """As wait_until, without blocking the event loop."""
    for _ in _polls(condition, seconds):
        await asyncio.sleep(0.005)


def _polls(condition: Callable[[], object], seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        yield
