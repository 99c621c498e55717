"""Assembles a proving server from its settings, and runs it: on a host, or inside an enclave."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.system.memory import forbid_core_dumps, forbid_memory_access, return_large_buffers
from tee_rex.system.platform import Platform
from tee_rex.system.progress import TaskProgress
from tee_rex.web import server as web_server
from tee_rex.web.clients import ClientAddresses
from tee_rex_server.http.control import ControlApi
from tee_rex_server.http.limits import RateLimit
from tee_rex_server.http.monitoring import Metrics
from tee_rex_server.http.routes import Api
from tee_rex_server.proving.decoder import RequestDecoder, ServerKey
from tee_rex_server.proving.jobs import Jobs
from tee_rex_server.proving.provers import ServedProvers
from tee_rex_server.proving.service import ProvingService, ServiceLimits

if TYPE_CHECKING:
    import socket

    from structlog.typing import FilteringBoundLogger

    from tee_rex.local.installation import Installation
    from tee_rex_server.settings import ServerSettings
    from tee_rex_server.tee.providers import TeeProvider

COLLECT_SECONDS = 5.0
"""How long the results of jobs can be fetched at shutdown."""


async def serve(
    settings: ServerSettings,
    installation: Installation,
    listener: socket.socket,
    control_listener: socket.socket | None,
    tee: TeeProvider,
    log: FilteringBoundLogger,
) -> None:
    """Serve on the listeners until SIGINT or SIGTERM; raises an UnusableEnvironmentError.

    control_listener: for uploads by an enclave's host; None where the installation downloads what is missing.
    """
    forbid_core_dumps()
    forbid_memory_access()
    return_large_buffers()
    web_server.allow_open_files(log)
    api = build_api(settings, installation, tee, log)
    host, port, *_ = listener.getsockname() if settings.vsock_port is None else (None, None)
    log.info(
        "listening",
        host=host,
        port=port,
        vsock_port=settings.vsock_port,
        vsock_control_port=settings.vsock_control_port,
        tee_mode=settings.tee_mode,
        key=api.key.fingerprint,
        slots=settings.slots,
        threads_per_proof=settings.threads_per_proof,
        versions=api.provers.versions,
        approved_by_user=sorted(map(str, api.provers.approved_by_user)),
        setups=sorted(settings.setups),
        max_points={setup: settings.max_points[setup] for setup in sorted(settings.setups)},
    )
    await serve_until_signalled(
        api,
        listener,
        installation,
        grace_seconds=settings.grace_seconds,
        control_listener=control_listener,
    )


def build_api(
    settings: ServerSettings, installation: Installation, tee: TeeProvider, log: FilteringBoundLogger
) -> Api:
    """All parts of a server, with a new key; raises as ServedProvers' ``pinned`` and ``chosen``."""
    # A new bb for each proof: no transaction is proved in memory that held another client's.
    options = LocalOptions(settings.threads_per_proof, settings.memory_limit, keep_warm=False)
    metrics = Metrics()
    service = ProvingService(
        [LocalBackend(installation, options) for _ in range(settings.slots)],
        ServiceLimits(settings.queue, settings.request_memory, settings.proof_seconds),
        metrics,
    )
    key = ServerKey.generate(datetime.now(UTC))
    behind_host = settings.vsock_port is not None
    return Api(
        service=service,
        jobs=Jobs(service, time.monotonic, discreet=tee.mode == "nitro"),
        decoder=RequestDecoder(key),
        key=key,
        tee=tee,
        provers=_provers(settings, installation),
        threads_per_proof=settings.threads_per_proof,
        rate_limit=RateLimit(
            settings.rate_limit, exempt_loopback=not settings.trusted_proxies and not behind_host
        ),
        addresses=ClientAddresses(settings.trusted_proxies, behind_host=behind_host),
        metrics=metrics,
        log=log,
        ready=asyncio.Event(),
    )


def _provers(settings: ServerSettings, installation: Installation) -> ServedProvers:
    if settings.versions:
        provers = ServedProvers.chosen(
            installation, settings.setups, settings.versions, attested=settings.tee_mode == "nitro"
        )
    else:
        provers = ServedProvers.pinned(installation.pins, settings.setups, Platform.current())
    return replace(provers, max_points=settings.max_points)


async def serve_until_signalled(
    api: Api,
    listener: socket.socket,
    installation: Installation,
    *,
    grace_seconds: float,
    control_listener: socket.socket | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then shut down; nothing is left running.

    1. Listen; install what proving needs, or wait for its upload; set ``api.ready``.
    2. At the first signal: admit nothing more, and let running proofs finish for ``grace_seconds``, or until
       a second signal.
    3. Abort what still runs, wait COLLECT_SECONDS for results to be fetched, close connections.

    control_listener: where the host of an enclave uploads bb and CRS. Raises an UnusableEnvironmentError when
    what proving needs cannot be installed.
    """
    server = web_server.SignalledServer(web_server.HttpConfig(api.app(), api.addresses))
    control = ControlApi(installation, api.provers, api.ready, api.metrics, api.log)
    uploads = web_server.UnsignalledServer(web_server.HttpConfig(control.app(), api.addresses))
    serving_uploads: asyncio.Task[None] | None = None
    if control_listener is not None:
        api.provers.expect_uploads()
        serving_uploads = asyncio.create_task(uploads.serve(sockets=[control_listener]))
    try:
        await web_server.serve_beside(
            server,
            listener,
            _prepare(api, installation),
            api.jobs.sweep_forever(),
            _shut_down_when_signalled(server, api, grace_seconds),
        )
    finally:
        if serving_uploads is not None:
            uploads.should_exit = True
            await asyncio.wait([serving_uploads])
        await api.jobs.close()
        await api.service.close()
        api.decoder.close()
        api.log.info("stopped")


async def _prepare(api: Api, installation: Installation) -> None:
    def report(progress: TaskProgress) -> None:
        api.log.debug("preparing", task=progress.task, done=progress.done, total=progress.total)

    if api.provers.missing:
        await api.provers.find_uploads(installation)
    else:
        await api.provers.prepare(installation, report, api.log)
    if api.provers.present:
        api.ready.set()
        api.log.info("ready", versions=api.provers.versions)
    else:
        api.log.info("waiting for uploads")


async def _shut_down_when_signalled(
    server: web_server.SignalledServer, api: Api, grace_seconds: float
) -> None:
    await server.stop_requested.wait()
    service = api.service
    service.stop_admitting()
    api.log.info("shutting down", running=service.busy, queued=service.queued)
    try:
        if not await web_server.drain(server, service.drained(), grace_seconds):
            api.log.warning("aborting proofs", running=service.busy)
            service.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(COLLECT_SECONDS):
                await api.jobs.collected()
    finally:
        server.should_exit = True
