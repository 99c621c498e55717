"""The server around the application: socket, HTTP limits, start, shutdown."""

from __future__ import annotations

import asyncio
import socket
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import h11
import msgspec
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tee_rex.wire.protocol import REQUEST_ID_HEADER
from tee_rex_server.enclave.control import ControlApi
from tee_rex_server.errors import MalformedHttpError, QueueFullError, RefusedError, error_answer
from tee_rex_server.http.listen_error import ListenError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from types import FrameType

    from starlette.types import ASGIApp

    from tee_rex.local.installation import Installation
    from tee_rex.system.progress import TaskProgress
    from tee_rex_server.http.routes import Api

HEAD_SECONDS = 20.0
"""From a connection's begin, or its last answer, to the end of the next request's head."""
MAX_HEAD_BYTES = 16 * 1024
MAX_CONNECTIONS = 512
"""Well below the usual limit of 1,024 open files, of which every bb needs some."""
KEEP_ALIVE_SECONDS = 10
"""Longer than clients keep idle connections (httpx: 5 s): none sends a request on one that is just being
closed here."""
_DEAD_PEER_SECONDS = 60
"""After which the kernel closes a connection whose other end vanished, or takes nothing any more."""
_COLLECT_SECONDS = 5.0
"""How long ended jobs wait at shutdown for somebody to fetch them."""
_LAST_ANSWERS_SECONDS = 5


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 lets the system choose. Raises ListenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=MAX_CONNECTIONS)
    except (OSError, OverflowError) as error:
        raise ListenError(f"{host} port {port}: {error}.") from error
    # Accepted connections inherit these. asyncio would set the first only for sockets that name a protocol;
    # without it every answer waits 40 ms for the client's acknowledgement of its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A client that vanished without a word is noticed.
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
    """uvicorn's HTTP/1.1, with a deadline for every request's head, and JSON for what is not HTTP."""

    _head_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's
        """Begin to wait for the first head, unless there are too many connections already."""
        super().connection_made(transport)
        self._expect_head()
        if len(self.connections) > MAX_CONNECTIONS:
            self._end_with(QueueFullError("Too many connections are open.", retry_after=KEEP_ALIVE_SECONDS))

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait."""
        self._head_arrived()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """End the wait when a request has begun."""
        before = self.cycle
        super().handle_events()
        if self.cycle is not before and not self.cycle.response_complete:
            self._head_arrived()

    def on_response_complete(self) -> None:
        """Wait for the next head; what is left of this request's body is dropped meanwhile."""
        self._expect_head()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        del msg
        self._end_with(MalformedHttpError("It could not be understood as HTTP/1.1."))

    def _end_with(self, error: RefusedError) -> None:
        """Answer, if there is still a way to, and close."""
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
            *([("Retry-After", str(error.retry_after))] if error.retry_after else []),
        ]
        for event in (
            h11.Response(status_code=error.status, headers=headers, reason=error.status.phrase),
            h11.Data(body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _expect_head(self) -> None:
        self._head_arrived()
        self._head_deadline = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _head_arrived(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None


def hang_up(server: uvicorn.Server) -> None:
    """Close what a server leaves open that was cancelled instead of being told to stop."""
    for listening in getattr(server, "servers", ()):
        listening.close()
    for connection in [*server.server_state.connections]:
        connection.transport.abort()
    for task in server.server_state.tasks:
        task.cancel()


class UnsignalledServer(uvicorn.Server):
    """uvicorn's server beside another one, which is the one that hears signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


class SignalledServer(uvicorn.Server):
    """uvicorn's server, which leaves signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop = asyncio.get_running_loop()
        self.asked_to_stop = asyncio.Event()
        self.asked_to_hurry = asyncio.Event()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the first SIGINT or SIGTERM, and that there was another."""
        del sig, frame
        self._loop.call_soon_threadsafe(self._asked)

    def _asked(self) -> None:
        (self.asked_to_hurry if self.asked_to_stop.is_set() else self.asked_to_stop).set()


def supervised(server: SignalledServer, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task beside the server; when it fails, the server is asked to stop."""
    task = asyncio.create_task(work)

    def ended(_task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            server.asked_to_stop.set()

    task.add_done_callback(ended)
    return task


def raise_failure(*tasks: asyncio.Task[None]) -> None:
    """The failure of the first task that has one."""
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()


def http_config(app: ASGIApp) -> uvicorn.Config:
    """How HTTP is served here, whatever the application: bounded, and without a word on the console."""
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
        timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
    )


async def serve(
    api: Api,
    listener: socket.socket,
    installation: Installation,
    *,
    grace_seconds: float,
    control_listener: socket.socket | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, and end cleanly: nothing is left running.

    grace_seconds: for running proofs; a second signal cuts it short. control_listener: where the host of an
    enclave uploads bb and CRS; then what is missing at the start is waited for. Raises an
    UnusableEnvironmentError when what proving needs cannot be brought.
    """
    server = SignalledServer(http_config(api.app()))
    control = ControlApi(installation, api.provers, api.ready, api.metrics, api.log)
    uploads = UnsignalledServer(http_config(control.app()))
    taking_uploads: asyncio.Task[None] | None = None
    if control_listener is not None:
        api.provers.await_uploads()
        taking_uploads = asyncio.create_task(uploads.serve(sockets=[control_listener]))
    tasks = (
        supervised(server, _prepare(api, installation)),
        supervised(server, api.jobs.keep_sweeping()),
        supervised(server, _stop_when_asked(server, api, grace_seconds)),
    )
    try:
        await server.serve(sockets=[listener])
        raise_failure(*tasks)
    finally:
        if taking_uploads is not None:
            uploads.should_exit = True
            await asyncio.wait([taking_uploads])
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        hang_up(server)
        await api.jobs.close()
        await api.service.close()
        api.intake.close()
        api.log.info("stopped")


async def _prepare(api: Api, installation: Installation) -> None:
    def report(progress: TaskProgress) -> None:
        api.log.debug("preparing", task=progress.task, done=progress.done, total=progress.total)

    if api.provers.missing:
        await api.provers.find_uploads(installation)
    else:
        await api.provers.prepare(installation, report)
    if api.provers.present:
        api.ready.set()
        api.log.info("ready", versions=api.provers.versions)
    else:
        api.log.info("waiting for uploads")


async def _stop_when_asked(server: SignalledServer, api: Api, grace_seconds: float) -> None:
    await server.asked_to_stop.wait()
    service = api.service
    service.stop_admitting()
    api.log.info("shutting down", running=service.busy, queued=service.queued)
    ended = asyncio.create_task(service.emptied())
    hurried = asyncio.create_task(server.asked_to_hurry.wait())
    try:
        await asyncio.wait((ended, hurried), timeout=grace_seconds, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            api.log.warning("aborting proofs", running=service.busy)
            service.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(_COLLECT_SECONDS):
                await api.jobs.collected()
    finally:
        ended.cancel()
        hurried.cancel()
        server.should_exit = True
