"""A dispatcher: composed from its settings, run until SIGINT or SIGTERM, shut down cleanly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tee_rex.web import server as web_server
from tee_rex.web.clients import ClientAddresses
from tee_rex_server.fleet.database import Database
from tee_rex_server.fleet.dispatcher import Dispatcher
from tee_rex_server.fleet.key import FleetKey
from tee_rex_server.fleet.monitoring import FleetMetrics
from tee_rex_server.fleet.provers import Provers
from tee_rex_server.fleet.routes import DispatchApi
from tee_rex_server.fleet.tickets import TicketLimits, Tickets
from tee_rex_server.fleet.tokens import Tokens
from tee_rex_server.http.limits import RateLimit
from tee_rex_server.proxy.server import stop_when_signalled

if TYPE_CHECKING:
    import socket

    from structlog.typing import FilteringBoundLogger

    from tee_rex.web.clients import Network
    from tee_rex_server.settings import Rate

DATABASE_SECONDS: Final = 60.0
"""How long a dispatcher that starts waits for its database, which may be starting too."""
MAX_CONNECTIONS: Final = 20_000
"""Of one dispatcher: each client holds one, which is idle nearly always."""


@dataclass(frozen=True, slots=True)
class DispatchSettings:
    """Every setting of ``tee-rex-server dispatch``. grace_seconds: for uploads in progress at shutdown."""

    database: str
    limits: TicketLimits
    tokens_required: bool
    rate_limit: Rate | None
    trusted_proxies: tuple[Network, ...]
    grace_seconds: float


async def dispatch(settings: DispatchSettings, listener: socket.socket, log: FilteringBoundLogger) -> None:
    """Serve until SIGINT or SIGTERM; then uploads have the grace, or until a second one.

    Proofs continue at their provers: clients ask another dispatcher, or this one after its restart.
    """
    opening = Database.open(settings.database, log, patience_seconds=DATABASE_SECONDS)
    async with opening as database:
        tickets = Tickets(database, settings.limits)
        provers = Provers(database)
        dispatcher = Dispatcher(database, tickets, provers, log)
        api = DispatchApi(
            database=database,
            dispatcher=dispatcher,
            provers=provers,
            key=await FleetKey.of(database),
            tokens=Tokens(database),
            tokens_required=settings.tokens_required,
            limits=settings.limits,
            rate_limit=RateLimit(settings.rate_limit, exempt_loopback=not settings.trusted_proxies),
            addresses=ClientAddresses(settings.trusted_proxies),
            metrics=FleetMetrics(),
            log=log,
        )
        await _serve(api, listener, settings.grace_seconds)


async def _serve(api: DispatchApi, listener: socket.socket, grace_seconds: float) -> None:
    # One for each connection, and as many to provers.
    web_server.allow_open_files(api.log, 2 * MAX_CONNECTIONS + 128)
    config = web_server.HttpConfig(api.app(), api.addresses, files_each=2, most_connections=MAX_CONNECTIONS)
    server = web_server.SignalledServer(config)
    host, port = listener.getsockname()[:2]
    api.log.info(
        "listening", host=host, port=port, key=api.key.fingerprint, connections=config.max_connections
    )
    try:
        await web_server.serve_beside(
            server,
            listener,
            api.dispatcher.run(api.abandon),
            stop_when_signalled(server, api.in_flight, api.log, grace_seconds),
        )
    finally:
        api.log.info("stopped")
