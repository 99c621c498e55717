"""The listeners that websites find: HTTP and HTTPS on this machine's loopback interface."""

from __future__ import annotations

import asyncio
import errno
import math
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from tee_rex.browser.proving import SiteProofs
from tee_rex.browser.routes import BrowserApi, HostGuard, presto_errors
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue.browser import HTTPS_NOT_TRUSTED, PORT_TAKEN
from tee_rex.web.clients import ClientAddresses
from tee_rex.web.server import HttpConfig, UnsignalledServer, allow_open_files, hang_up, listening_socket

if TYPE_CHECKING:
    import socket
    import ssl

    from starlette.types import ASGIApp

    from tee_rex.browser.approvals import Approvals
    from tee_rex.browser.proving import SiteProver
    from tee_rex.browser.ultra_honk import SiteCircuits
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.web.log import EventLog

HTTP_PORT: Final = 59833
HTTPS_PORT: Final = 59834
"""Where Presto's client looks."""

HOST: Final = "127.0.0.1"
_PORT_SECONDS: Final = 5.0
"""How long a taken port is tried again: the program before may be closing."""
_RETRY_SECONDS: Final = 0.1
_LAST_ANSWERS_SECONDS: Final = 5.0
"""For answers to what was stopped."""
_NOT_TRUSTED: Final = frozenset(
    {
        *("TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "SSLV3_ALERT_BAD_CERTIFICATE"),
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",  # while it listened
    }
)
"""What a handshake fails with on our side: of curl, Chromium, Firefox. Node only hangs up."""
_SECONDS_BETWEEN_NOTICES: Final = 60.0
"""A page that finds nobody looks again every ten seconds."""
_MANY_CLIENTS: Final = ClientAddresses((ip_network("127.0.0.0/8"),))
"""A browser's connections carry many websites, so none of them is a client of its own."""


class Listeners:
    """Both sockets, from :meth:`serve` until that is cancelled.

    http_port, https_port: 0 for any; once it serves, those that it listens on.
    """

    def __init__(
        self,
        prover: SiteProver,
        approvals: Approvals,
        installation: DownloadingInstallation,
        log: EventLog,
        *,
        tls: ssl.SSLContext | None,
        http_port: int = HTTP_PORT,
        https_port: int = HTTPS_PORT,
        circuits: SiteCircuits | None = None,
    ) -> None:
        """tls: without it, nothing listens for HTTPS. circuits: without it, no Noir circuits are proved."""
        self.http_port = http_port
        self.https_port = https_port
        self._prover = prover
        self._approvals = approvals
        self._installation = installation
        self._log = log
        self._tls = tls
        self._circuits = circuits
        if tls is not None:
            _log_distrust(tls, log)

    async def serve(self, *, started: Callable[[], None]) -> None:
        """Listen until cancelled; then nothing is left running. Raises PORT_TAKEN, LISTEN_FAILED.

        started: called when both sockets are served.
        """
        allow_open_files(self._log)
        proofs = SiteProofs(
            self._prover, self._approvals, self._installation, self._log, clock=time.monotonic
        )
        api = BrowserApi(
            proofs,
            self._installation,
            self._log,
            lambda: None if self._tls is None else self.https_port,
            self._circuits,
        )
        app = api.app()
        with ExitStack() as sockets:
            http = sockets.enter_context(closing(await _bound(self.http_port)))
            self.http_port = http.getsockname()[1]
            servers = [_Server(HostGuard(app, self.http_port, self._log), http)]
            if self._tls is not None:
                https = sockets.enter_context(closing(await _bound(self.https_port)))
                self.https_port = https.getsockname()[1]
                servers.append(_Server(HostGuard(app, self.https_port, self._log), https, self._tls))
            await _serve(servers, proofs, started)


def _log_distrust(tls: ssl.SSLContext, log: EventLog) -> None:
    """Log when a browser does not trust the certificate: its pages learn only that nobody answers."""
    import ssl

    noticed = -math.inf

    class Handshake(ssl.SSLObject):
        def do_handshake(self) -> None:
            nonlocal noticed
            try:
                super().do_handshake()
            except ssl.SSLError as error:
                if error.reason in _NOT_TRUSTED and time.monotonic() >= noticed + _SECONDS_BETWEEN_NOTICES:
                    noticed = time.monotonic()
                    refusal = HTTPS_NOT_TRUSTED()
                    log.info("not trusted", code=refusal.code, reason=str(refusal.message_parts))
                raise

    tls.sslobject_class = Handshake


async def _serve(servers: list[_Server], proofs: SiteProofs, started: Callable[[], None]) -> None:
    try:
        for server in servers:
            await server.begin()
        started()
        await asyncio.Event().wait()
    finally:
        for server in servers:
            server.accept_no_more()
        proofs.stop()
        try:
            await _all_answered(servers, _LAST_ANSWERS_SECONDS)
        finally:
            for server in servers:
                hang_up(server)
            await _all_answered(servers, None)


async def _all_answered(servers: list[_Server], seconds: float | None) -> None:
    requests = {task for server in servers for task in server.server_state.tasks}
    if requests:
        await asyncio.wait(requests, timeout=seconds)


class _Server(UnsignalledServer):
    """uvicorn's server for one socket, without its loop, which wakes an idle laptop ten times a second."""

    def __init__(self, app: ASGIApp, listener: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(HttpConfig(app, _MANY_CLIENTS, errors=presto_errors, tls=tls))
        self._listener = listener

    async def begin(self) -> None:
        """Serve the socket."""
        self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        await self.startup(sockets=[self._listener])

    def accept_no_more(self) -> None:
        """Close the socket; connections that are open stay so."""
        for one in getattr(self, "servers", ()):
            one.close()


async def _bound(port: int) -> socket.socket:
    """A socket that listens; a taken port is tried again for _PORT_SECONDS."""
    end = time.monotonic() + _PORT_SECONDS
    while True:
        try:
            return listening_socket(HOST, port)
        except UnusableEnvironmentError as error:
            if getattr(error.__cause__, "errno", None) != errno.EADDRINUSE:
                raise
            if time.monotonic() >= end:
                raise PORT_TAKEN(port=port) from error
        await asyncio.sleep(_RETRY_SECONDS)
