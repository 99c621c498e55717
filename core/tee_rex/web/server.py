"""uvicorn as we run it: the listening socket, limits on heads and connections, signals, shutdown."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import uuid
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tee_rex.errors.catalogue.http import (
    BODY_MALFORMED,
    HTTP_MALFORMED,
    LISTEN_FAILED,
    TOO_MANY_CONNECTIONS,
    TOO_MANY_OF_CLIENT,
)
from tee_rex.system.text import os_reason
from tee_rex.web.app import MAX_HEAD_BYTES
from tee_rex.web.clients import MAX_PER_CLIENT, ClientAddresses, client_key
from tee_rex.web.responses import json_errors
from tee_rex.wire.protocol import REQUEST_ID_HEADER

if TYPE_CHECKING:
    import ssl
    from collections.abc import Coroutine, Iterator
    from types import FrameType

    from starlette.types import ASGIApp

    from tee_rex.errors import TeeRexError
    from tee_rex.web.log import EventLog
    from tee_rex.web.responses import ErrorForm

HEAD_SECONDS = 20.0
"""From the start of a connection, or its last answer, to the end of the next request's head."""
MAX_CONNECTIONS = 512
WANTED_OPEN_FILES = 4096
"""Room for all connections, as many sockets to enclaves, and the files and pipes of bb."""
_OTHER_FILES = 128
"""Of a process's open files, those that are left for everything but connections."""
KEEP_ALIVE_SECONDS = 10
"""Longer than clients keep idle connections (httpx: 5 s), so that none sends a request on one that is just
being closed here."""
_DEAD_PEER_SECONDS = 60
"""After which the kernel closes a connection whose peer has vanished or no longer receives anything."""
LAST_ANSWERS_SECONDS = 5
"""Time to finish running answers once the server stops."""


def listening_socket(host: str, port: int) -> socket.socket:
    """A TCP socket that listens; port 0 lets the system choose one. Raises LISTEN_FAILED."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if not 0 <= port < 2**16:  # for these create_server leaves a socket open
        raise LISTEN_FAILED(address=f"{host} port {port}", reason="port must be 0-65535")
    try:
        listener = socket.create_server((host, port), family=family, backlog=MAX_CONNECTIONS)
    except OSError as error:
        # create_server adds the address to strerror; the errors of getaddrinfo have numbers of their own.
        number = None if isinstance(error, socket.gaierror) else error.errno
        reason = os_reason(error) if number is None else os.strerror(number)
        raise LISTEN_FAILED(address=f"{host} port {port}", reason=reason) from error
    # Accepted connections inherit these. asyncio would set the first only for sockets that name a protocol;
    # without it every answer waits 40 ms for the client's acknowledgement of its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Notice clients that vanished without closing their connection.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", _DEAD_PEER_SECONDS // 2),
        ("TCP_KEEPINTVL", _DEAD_PEER_SECONDS // 6),
        ("TCP_USER_TIMEOUT", _DEAD_PEER_SECONDS * 1000),
    ):
        if hasattr(socket, option):
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return listener


def allow_open_files(log: EventLog, wanted: int = WANTED_OPEN_FILES) -> None:
    """Let this process open that many files, as far as its hard limit allows; log if that is few."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):  # a sandbox may forbid it
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    if soft < MAX_CONNECTIONS + _OTHER_FILES:
        log.error("too few open files are allowed", limit=soft, needed=MAX_CONNECTIONS + _OTHER_FILES)


def _max_connections(most: int, files_each: int) -> int:
    """As many connections as the process's limit of open files leaves room for."""
    if sys.platform == "win32":
        return most
    import resource

    limit, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(most, (limit - min(_OTHER_FILES, limit // 2)) // files_each)


class HttpConfig(uvicorn.Config):
    """uvicorn's configuration for any application of ours: bounded, and silent on the console.

    max_connections: at the same time, of all clients.
    """

    def __init__(
        self,
        app: ASGIApp,
        addresses: ClientAddresses,
        *,
        files_each: int = 1,
        most_connections: int | None = None,
        errors: ErrorForm | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """addresses: tells which connections belong to one client. files_each: open for one connection.

        most_connections: at the same time, of all clients; None: MAX_CONNECTIONS.
        errors: the form of answers to what is no HTTP; None: that of our servers.
        """
        super().__init__(
            app,
            http=BoundedH11Protocol,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=MAX_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
        )
        self.errors = errors or json_errors(discreet=True)
        self.addresses = addresses
        self.max_connections = _max_connections(most_connections or MAX_CONNECTIONS, files_each)


class BoundedH11Protocol(H11Protocol):
    """uvicorn's HTTP/1.1 with limits, and errors for what is not HTTP.

    The limits: all connections, those of one client, and the time for each request's head.
    """

    config: HttpConfig
    owner: str | None = None
    _head_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's
        """Start the first head's deadline, or refuse the connection where too many are open."""
        super().connection_made(transport)
        self._start_head_deadline()
        client = self.config.addresses.of_connection(self.client[0] if self.client else None)
        self.owner = None if client is None else client_key(client)
        if len(self.connections) > self.config.max_connections:
            self._close_with(TOO_MANY_CONNECTIONS(retry_after=KEEP_ALIVE_SECONDS))
        elif client is not None and self._connections_of_client() > MAX_PER_CLIENT:
            self._close_with(TOO_MANY_OF_CLIENT(retry_after=KEEP_ALIVE_SECONDS))

    def _connections_of_client(self) -> int:
        return sum(getattr(one, "owner", None) == self.owner for one in self.connections)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the head's deadline."""
        self._cancel_head_deadline()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Cancel the head's deadline when a request has begun."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before and not self.cycle.response_complete:
            self._cancel_head_deadline()

    def on_response_complete(self) -> None:
        """Start the next head's deadline; the rest of this request's body is discarded meanwhile."""
        self._start_head_deadline()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        del msg
        # h11 tells its reasons apart by their texts alone.
        about_length = "Content-Length" in str(sys.exception())
        self._close_with(BODY_MALFORMED() if about_length else HTTP_MALFORMED())

    def _close_with(self, error: TeeRexError) -> None:
        """Answer, if the connection's state still allows it, and close."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()
            return
        request_id = str(uuid.uuid4())
        answer = self.config.errors(error, request_id)
        answer.headers.update({"Connection": "close", REQUEST_ID_HEADER: request_id})
        status = HTTPStatus(answer.status_code)
        for event in (
            h11.Response(status_code=status, headers=answer.raw_headers, reason=status.phrase),
            h11.Data(bytes(answer.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _start_head_deadline(self) -> None:
        self._cancel_head_deadline()
        self._head_deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _cancel_head_deadline(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None


def hang_up(server: uvicorn.Server) -> None:
    """Close what a server leaves open when it is cancelled instead of stopped."""
    for listening in getattr(server, "servers", ()):
        listening.close()
    for connection in [*server.server_state.connections]:
        connection.transport.abort()
    for task in server.server_state.tasks:
        task.cancel()


class UnsignalledServer(uvicorn.Server):
    """uvicorn's server beside another one, which handles the signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class SignalledServer(uvicorn.Server):
    """uvicorn's server, which reports signals as events instead of stopping at once.

    stop_requested: set by the first SIGINT or SIGTERM. hurry_requested: set by the second.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop = asyncio.get_running_loop()
        self.stop_requested = asyncio.Event()
        self.hurry_requested = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Set the event for this SIGINT or SIGTERM."""
        del sig, frame
        self._loop.call_soon_threadsafe(self._signalled)

    def _signalled(self) -> None:
        (self.hurry_requested if self.stop_requested.is_set() else self.stop_requested).set()


async def serve_beside(
    server: SignalledServer, listener: socket.socket, *work: Coroutine[Any, Any, None]
) -> None:
    """Serve until the server stops, with ``work`` beside it; leaves no task and no connection.

    Work that fails requests the server's stop, and is raised then.
    """
    tasks = [_supervised(server, one) for one in work]
    try:
        await server.serve(sockets=[listener])
        for task in tasks:
            if task.done() and not task.cancelled():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        hang_up(server)


def _supervised(server: SignalledServer, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.create_task(work)

    def ended(_task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            server.stop_requested.set()

    task.add_done_callback(ended)
    return task


async def drain(server: SignalledServer, work: Coroutine[Any, Any, None], grace_seconds: float) -> bool:
    """Wait until ``work`` is done, for ``grace_seconds`` or until a second signal; whether it is done."""
    done = asyncio.create_task(work)
    hurried = asyncio.create_task(server.hurry_requested.wait())
    try:
        await asyncio.wait((done, hurried), timeout=grace_seconds, return_when=asyncio.FIRST_COMPLETED)
        return done.done()
    finally:
        done.cancel()
        hurried.cancel()
