"""A host's life: looks after its enclaves, serves until it is told to stop, and ends cleanly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tee_rex.web.server import (
    SignalledServer,
    drain,
    hang_up,
    raise_first_failure,
    supervised,
    uvicorn_config,
)
from tee_rex_server.errors.serving import STOPPED_UNFINISHED
from tee_rex_server.http.limits import ClientAddresses, RateLimit
from tee_rex_server.proxy.enclaves import Enclave, Fleet, Watching
from tee_rex_server.proxy.http import RESTART_SECONDS, ProxyApi
from tee_rex_server.proxy.job_places import JobPlaces
from tee_rex_server.proxy.metrics import ProxyMetrics
from tee_rex_server.proxy.uploads import Uploads

if TYPE_CHECKING:
    import socket

    from structlog.typing import FilteringBoundLogger

    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex_server.proxy.settings import ProxySettings


def proxy_api(
    settings: ProxySettings,
    installation: DownloadingInstallation,
    log: FilteringBoundLogger,
    watching: Watching | None = None,
) -> ProxyApi:
    """All parts of a host's server. installation: where it has what it uploads."""
    watching = watching or Watching(patience=settings.patience_seconds)
    enclaves = [Enclave(address, settings.http_port, watching) for address in settings.enclaves]
    fleet = Fleet(enclaves, watching, log)
    control_port = settings.control_port
    uploads = (
        {}
        if control_port is None
        else {enclave.name: Uploads(enclave, control_port, installation, log) for enclave in enclaves}
    )
    metrics = ProxyMetrics()
    metrics.watch(fleet)
    return ProxyApi(
        fleet=fleet,
        jobs=JobPlaces(fleet),
        uploads=uploads,
        rate_limit=RateLimit(settings.rate_limit, exempt_loopback=not settings.trusted_proxies),
        addresses=ClientAddresses(settings.trusted_proxies),
        metrics=metrics,
        log=log,
    )


async def serve_proxy(api: ProxyApi, listener: socket.socket, *, grace_seconds: float) -> None:
    """Serve until SIGINT or SIGTERM; proofs under way then have ``grace_seconds``, or until a second one."""
    server = SignalledServer(uvicorn_config(api.app()))
    tasks = [
        supervised(server, api.fleet.keep_looking()),
        supervised(server, _stop_when_asked(server, api, grace_seconds)),
        *(supervised(server, uploads.keep_bringing()) for uploads in api.uploads.values()),
    ]
    try:
        await server.serve(sockets=[listener])
        raise_first_failure(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        hang_up(server)
        api.log.info("stopped")


async def _stop_when_asked(server: SignalledServer, api: ProxyApi, grace_seconds: float) -> None:
    await server.stop_requested.wait()
    api.log.info("shutting down", requests=api.work.exchanges)
    api.work.stop_accepting()
    try:
        await drain(server, api.work.proofs_passed_on(), grace_seconds)
    finally:
        # Jobs go on in their enclaves; whoever listens to one asks again.
        for enclave in api.fleet.enclaves:
            enclave.give_up(STOPPED_UNFINISHED(retry_after=RESTART_SECONDS))
        server.should_exit = True
