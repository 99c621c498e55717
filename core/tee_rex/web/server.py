"""uvicorn as we run it: the listening socket, limits on heads and connections, signals, shutdown."""

from __future__ import annotations

import asyncio
import socket
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import h11
import msgspec
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tee_rex.errors.catalogue.http import HTTP_MALFORMED, LISTEN_FAILED, TOO_MANY_CONNECTIONS
from tee_rex.web.responses import error_answer, retry_after_header
from tee_rex.wire.protocol import REQUEST_ID_HEADER

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from types import FrameType

    from starlette.types import ASGIApp

    from tee_rex.errors import TeeRexError

HEAD_SECONDS = 20.0
"""From the start of a connection, or its last answer, to the end of the next request's head."""
MAX_HEAD_BYTES = 16 * 1024
MAX_CONNECTIONS = 512
"""Well below the usual limit of 1,024 open files, of which every bb needs some."""
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
    try:
        listener = socket.create_server((host, port), family=family, backlog=MAX_CONNECTIONS)
    except (OSError, OverflowError) as error:
        # Python adds the address, which the message has already.
        reason, *_ = (getattr(error, "strerror", None) or str(error)).split(" (while attempting")
        raise LISTEN_FAILED(address=f"{host} port {port}", reason=reason.rstrip(".")) from error
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


class BoundedH11Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, with a deadline for every request's head, and JSON errors for what is not HTTP."""

    _head_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's
        """Start the first head's deadline, or refuse the connection where too many are open."""
        super().connection_made(transport)
        self._start_head_deadline()
        if len(self.connections) > MAX_CONNECTIONS:
            self._close_with(TOO_MANY_CONNECTIONS(retry_after=KEEP_ALIVE_SECONDS))

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
        self._close_with(HTTP_MALFORMED())

    def _close_with(self, error: TeeRexError) -> None:
        """Answer, if the connection's state still allows it, and close."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()
            return
        request_id = str(uuid.uuid4())
        body = msgspec.json.encode(error_answer(error, request_id, discreet=True))
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
            (REQUEST_ID_HEADER, request_id),
            *retry_after_header(error).items(),
        ]
        status = error.http_status
        for event in (
            h11.Response(status_code=status, headers=headers, reason=status.phrase),
            h11.Data(body),
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


def supervised(server: SignalledServer, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task beside the server; when it fails, the server stops."""
    task = asyncio.create_task(work)

    def ended(_task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            server.stop_requested.set()

    task.add_done_callback(ended)
    return task


def raise_first_failure(*tasks: asyncio.Task[None]) -> None:
    """Raise the exception of the first task that has failed, if any."""
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()


def uvicorn_config(app: ASGIApp) -> uvicorn.Config:
    """Uvicorn's configuration for any application of ours: bounded, and silent on the console."""
    return uvicorn.Config(
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
    )


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
