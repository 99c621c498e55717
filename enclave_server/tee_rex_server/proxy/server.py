"""The host's server: composed from its settings, run until SIGINT or SIGTERM, shut down cleanly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tee_rex.web import server as web_server
from tee_rex.web.clients import ClientAddresses
from tee_rex_server.errors.serving import STOPPED_UNFINISHED
from tee_rex_server.http.limits import RateLimit
from tee_rex_server.proxy.enclaves import Enclave, Fleet, HealthPolicy
from tee_rex_server.proxy.forwarding import RESTART_SECONDS
from tee_rex_server.proxy.monitoring import ProxyMetrics
from tee_rex_server.proxy.routes import ProxyApi
from tee_rex_server.proxy.routing import JobLocations
from tee_rex_server.proxy.uploads import Uploads

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex_server.proxy.forwarding import InFlight
    from tee_rex_server.proxy.settings import ProxySettings


def proxy_api(
    settings: ProxySettings,
    installation: DownloadingInstallation,
    log: FilteringBoundLogger,
    policy: HealthPolicy | None = None,
) -> ProxyApi:
    """All parts of the server. installation: has, or downloads, what the host uploads."""
    policy = policy or HealthPolicy(timeout=settings.patience_seconds)
    enclaves = [
        Enclave(address, settings.http_port, policy, settings.draining) for address in settings.enclaves
    ]
    fleet = Fleet(enclaves, policy, log)
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
        jobs=JobLocations(fleet),
        uploads=uploads,
        rate_limit=RateLimit(settings.rate_limit, exempt_loopback=not settings.trusted_proxies),
        addresses=ClientAddresses(settings.trusted_proxies),
        metrics=metrics,
        log=log,
    )


async def serve_proxy(api: ProxyApi, listener: socket.socket, *, grace_seconds: float) -> None:
    """Serve until SIGINT or SIGTERM; then proofs in flight have ``grace_seconds``, or until a second one."""
    web_server.allow_open_files(api.log)
    server = web_server.SignalledServer(web_server.HttpConfig(api.app(), api.addresses, files_each=2))

    def abort_requests() -> None:
        """Jobs continue in their enclaves; clients that listen to one reconnect."""
        for enclave in api.fleet.enclaves:
            enclave.abort_requests(STOPPED_UNFINISHED(retry_after=RESTART_SECONDS))

    try:
        await web_server.serve_beside(
            server,
            listener,
            api.fleet.poll_forever(),
            stop_when_signalled(server, api.in_flight, api.log, grace_seconds, abort_requests),
            *(uploads.run() for uploads in api.uploads.values()),
        )
    finally:
        api.log.info("stopped")


async def stop_when_signalled(
    server: web_server.SignalledServer,
    in_flight: InFlight,
    log: FilteringBoundLogger,
    grace_seconds: float,
    abort: Callable[[], None] = lambda: None,
) -> None:
    """Wait for a signal, let uploads in flight end within the grace, and stop the server.

    abort: ends what still runs then.
    """
    await server.stop_requested.wait()
    log.info("shutting down", requests=in_flight.count)
    in_flight.stop_accepting()
    try:
        await web_server.drain(server, in_flight.wait_for_proofs(), grace_seconds)
    finally:
        abort()
        server.should_exit = True
