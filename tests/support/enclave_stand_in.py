"""Enclaves without a hypervisor: the real server behind what speaks vhost-device-vsock's handshake.

The adapter listens on a Unix socket, reads ``CONNECT port`` and joins the connection to a Unix socket on
which the "guest" listens for that port, as vhost-device-vsock joins it to the guest's vsock.
"""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from support.patience import PATIENCE
from support.proving_server import LIMITS, VERSION, NothingToInstall, small_api
from support.remote_client import NOWHERE
from tee_rex.bb.pins import BbPins
from tee_rex.local.installation import Installation
from tee_rex.transaction.request import ProverBackend
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.clients import ClientAddresses, Network
from tee_rex.web.server import listening_socket
from tee_rex_server.assembly import serve_until_signalled
from tee_rex_server.http.routes import Api
from tee_rex_server.logs import json_logger
from tee_rex_server.proving.service import ServiceLimits
from tee_rex_server.proxy.enclaves import HealthPolicy
from tee_rex_server.proxy.routes import ProxyApi
from tee_rex_server.proxy.server import proxy_api, serve_proxy
from tee_rex_server.proxy.settings import ProxySettings
from tee_rex_server.settings import parse_rate_limit
from tee_rex_server.tee.providers import TeeProvider
from tee_rex_server.vsock import CONTROL_PORT, HTTP_PORT, VhostSocket

QUICK = HealthPolicy(interval=0.2, freshness=0.05, timeout=2.0, max_missed=2)
"""For tests of enclaves that hang."""
PATIENT = HealthPolicy(interval=0.5, freshness=0.05, timeout=60.0)
"""For all others, on machines that are busy too."""


def guest_socket(path: Path, port: int) -> Path:
    """Where the guest of the adapter at ``path`` listens for a vsock port."""
    return path.with_name(f"{path.name}.guest-{port}")


def listening_guest(path: Path, port: int) -> socket.socket:
    """The guest's listening socket for a vsock port."""
    where = guest_socket(path, port)
    where.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(where))
    listener.listen(512)
    return listener


@dataclass
class VhostAdapter:
    """A stand-in for vhost-device-vsock; heard: every byte that went through, in either direction.

    recording: whether ``heard`` grows. stalled: set it to let nothing more through.
    """

    path: Path
    recording: bool = False
    heard: bytearray = field(default_factory=bytearray)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _running: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[VhostAdapter]:
        """Until the block ends."""
        self._running.set()
        self.path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._handle, self.path, backlog=512)
        try:
            yield self
        finally:
            server.close()
            self.cut()

    def stall(self) -> None:
        """Keep connections open and silent, as an enclave does that hangs."""
        self._running.clear()

    def go_on(self) -> None:
        """No longer."""
        self._running.set()

    def cut(self) -> None:
        """End every connection, as happens when an enclave is terminated."""
        for writer in [*self._open]:
            writer.transport.abort()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._running.wait()
            port = int((await reader.readline()).removeprefix(b"CONNECT "))
            guest_reader, guest_writer = await asyncio.open_unix_connection(guest_socket(self.path, port))
            self._open.add(guest_writer)
            try:
                writer.write(b"OK 1073741824\n")
                asking = asyncio.create_task(self._copy(reader, guest_writer))
                asking.add_done_callback(lambda _: guest_writer.transport.abort())
                await self._copy(guest_reader, writer)
                asking.cancel()
                await asyncio.wait([asking])
            finally:
                self._open.discard(guest_writer)
                guest_writer.close()
        except (OSError, ValueError):
            pass  # nobody listens there
        finally:
            self._open.discard(writer)
            writer.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while part := await reader.read(65536):
                await self._running.wait()
                if self.recording:
                    self.heard += part
                writer.write(part)
                await writer.drain()


@dataclass
class StandInEnclave:
    """A server in this process that a host can reach only as an enclave."""

    api: Api
    adapter: VhostAdapter
    serving: asyncio.Task[None]

    @property
    def address(self) -> VhostSocket:
        return VhostSocket(self.adapter.path)


def enclave_api(
    *backends: ProverBackend,
    limits: ServiceLimits = LIMITS,
    log_to: io.TextIOBase | None = None,
    versions: tuple[AztecVersion, ...] = (VERSION,),
    tee: TeeProvider | None = None,
) -> Api:
    """All parts of the server of an enclave; versions, tee: as for ``small_api``."""
    return small_api(
        *backends,
        limits=limits,
        addresses=ClientAddresses(behind_host=True),
        tee=tee,
        log_to=log_to,
        versions=versions,
    )


@asynccontextmanager
async def stand_in_enclave(
    path: Path, api: Api, *, installation: Installation | None = None, uploads: bool = False
) -> AsyncIterator[StandInEnclave]:
    """Serve ``api`` behind an adapter at ``path``; leaving kills it, as if the enclave were terminated.

    installation: what it has, everything by default. uploads: whether it has a control port.
    """
    control = listening_guest(path, CONTROL_PORT) if uploads else None
    task = asyncio.create_task(
        serve_until_signalled(
            api,
            listening_guest(path, HTTP_PORT),
            installation or NothingToInstall(),
            grace_seconds=0,
            control_listener=control,
        )
    )
    adapter = VhostAdapter(path)
    try:
        async with adapter.listening():
            if not uploads:
                await asyncio.wait_for(api.ready.wait(), PATIENCE)
            yield StandInEnclave(api, adapter, task)
    finally:
        task.cancel()
        await asyncio.wait([task])


def small_proxy(
    *enclaves: VhostSocket,
    rate_limit: str = "off",
    trusted_proxies: tuple[Network, ...] = (),
    uploads: bool = False,
    installation: Installation | None = None,
    log_to: io.TextIOBase | None = None,
    policy: HealthPolicy = PATIENT,
    draining: Path = NOWHERE.data,
) -> ProxyApi:
    """All parts of a host's server."""
    settings = ProxySettings(
        host="127.0.0.1",
        port=0,
        enclaves=enclaves,
        http_port=HTTP_PORT,
        control_port=CONTROL_PORT if uploads else None,
        draining=draining,
        patience_seconds=policy.timeout,
        rate_limit=parse_rate_limit(rate_limit),
        trusted_proxies=trusted_proxies,
        grace_seconds=5,
    )
    installation = installation or Installation(NOWHERE, BbPins.shipped())
    return proxy_api(settings, installation, json_logger(log_to or io.StringIO()), policy)  # type: ignore[arg-type]


@asynccontextmanager
async def proxying(api: ProxyApi) -> AsyncIterator[str]:
    """Serve on a loopback port; yields the URL."""
    listener = listening_socket("127.0.0.1", 0)
    port = listener.getsockname()[1]
    task = asyncio.create_task(serve_proxy(api, listener, grace_seconds=5))
    await api.fleet.poll()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        task.cancel()
        await asyncio.wait([task])
