"""Sockets between an enclave and its host: AF_VSOCK on EC2, a socket of vhost-device-vsock under QEMU."""

from __future__ import annotations

import asyncio
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from tee_rex.errors import message
from tee_rex.errors.catalogue.http import LISTEN_FAILED
from tee_rex.system.text import os_reason
from tee_rex_server.errors.serving import VSOCK_UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Buffer

HTTP_PORT: Final = 5000
"""The enclave serves the public HTTP API, to which the host forwards."""
CONTROL_PORT: Final = 5001
"""The enclave accepts uploads of bb and the CRS, from the host only."""
LOG_PORT: Final = 5002
"""The enclave sends the lines of its log."""
HEARTBEAT_PORT: Final = 9000
"""The host listens: the enclave's init sends a heartbeat byte there and waits for its echo."""
HEARTBEAT: Final = b"\xb7"

NITRO_PARENT_CID: Final = 3
"""The CID of the parent instance, seen from an enclave on EC2."""
VMADDR_CID_HOST: Final = 2
"""The CID of the host, seen from a guest under QEMU."""
FIRST_GUEST_CID: Final = 3
"""0 to 2 are reserved (vsock(7))."""
MAX_VSOCK_NUMBER: Final = 2**32 - 2
"""The highest port and CID: 2**32 - 1 means any."""

_BACKLOG = 512
_MAX_HANDSHAKE_BYTES = 64
_MAX_SEND_BYTES = 16 * 1024

Stream: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class ShortSends(socket.socket):
    """A stream socket that gives the kernel 16 KiB at a time, as do the connections it accepts.

    Since 2025 Linux passes the host a packet of more than 32 KiB in several pieces (commit 6693731487a8, in
    6.12 too), and a host device that expects one piece loses it silently, as vhost-device-vsock 0.3.0 does.
    Nitro's device cannot be inspected. Each send makes its own packets, so short sends never make a long one.
    """

    def accept(self) -> tuple[socket.socket, Any]:
        """As ``socket.accept``."""
        accepted, address = super().accept()
        timeout = accepted.gettimeout()
        connection = type(self)(self.family, self.type, self.proto, fileno=accepted.detach())
        connection.settimeout(timeout)
        return connection, address

    def send(self, data: Buffer, flags: int = 0, /) -> int:
        """As ``socket.send``, of the first 16 KiB at most."""
        return super().send(memoryview(data).cast("B")[:_MAX_SEND_BYTES], flags)

    def sendall(self, data: Buffer, flags: int = 0, /) -> None:
        """As ``socket.sendall``."""
        rest = memoryview(data).cast("B")
        while rest:
            rest = rest[self.send(rest, flags) :]

    def sendmsg(self, buffers: Iterable[Buffer], /, *ancillary: Any) -> int:  # noqa: ANN401 - as the base class
        """As ``socket.sendmsg``, of the first 16 KiB at most."""
        first: list[memoryview] = []
        left = _MAX_SEND_BYTES
        for buffer in buffers:
            first.append(memoryview(buffer).cast("B")[:left])
            left -= len(first[-1])
            if left == 0:
                break
        return super().sendmsg(first, *ancillary)


def listening_vsock(port: int) -> socket.socket:
    """A socket to whose ``port`` any peer can connect; in an enclave that is only the host.

    Its connections are ``ShortSends``. Raises VSOCK_UNAVAILABLE, LISTEN_FAILED.
    """
    listener = _vsock_socket(ShortSends)
    try:
        listener.bind((socket.VMADDR_CID_ANY, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise LISTEN_FAILED(address=f"vsock port {port}", reason=reason) from error
    return listener


def require_vsock() -> None:
    """Raise VSOCK_UNAVAILABLE where this system has no AF_VSOCK."""
    _vsock_socket().close()


class EnclaveAddress(Protocol):
    """How the host reaches one enclave."""

    @property
    def name(self) -> str:
        """Its name in logs, metrics and answers."""

    async def connect(self, port: int) -> Stream:
        """A stream to a port on which the enclave listens; raises OSError.

        It waits as long as the system does, so callers set a time limit. Cancelled, it leaves no socket.
        """


@dataclass(frozen=True, slots=True)
class Cid:
    """An enclave by its context ID, on the EC2 instance that started it."""

    cid: int

    @property
    def name(self) -> str:
        """``cid-16``."""
        return f"cid-{self.cid}"

    async def connect(self, port: int) -> Stream:
        """Connect over AF_VSOCK; raises OSError, VSOCK_UNAVAILABLE."""
        connection = _vsock_socket()
        try:
            connection.settimeout(0)
            await asyncio.get_running_loop().sock_connect(connection, (self.cid, port))
            return await asyncio.open_connection(sock=connection)
        except BaseException:
            connection.close()
            raise


@dataclass(frozen=True, slots=True)
class VhostSocket:
    """An enclave under QEMU, by the ``uds-path`` of vhost-device-vsock (and of Firecracker)."""

    path: Path

    @property
    def name(self) -> str:
        """The socket's file name."""
        return self.path.name

    async def connect(self, port: int) -> Stream:
        """Send ``CONNECT port``, expect ``OK …``; then the stream is raw. Raises OSError."""
        reader, writer = await asyncio.open_unix_connection(self.path, limit=2**16)
        try:
            writer.write(b"CONNECT %d\n" % port)
            await _expect_ok(reader, port)
        except BaseException:
            writer.close()
            raise
        return reader, writer

    def listening(self, port: int) -> socket.socket:
        """A socket that gets the guest's connections to ``port`` of its host; raises LISTEN_FAILED.

        The caller removes its file.
        """
        path = f"{self.path}_{port}"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(path)
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            raise LISTEN_FAILED(address=str(path), reason=os_reason(error)) from error
        return listener


async def _expect_ok(reader: asyncio.StreamReader, port: int) -> None:
    try:
        answer = await reader.readuntil(b"\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ConnectionRefusedError(f"port {port}: the adapter did not answer OK") from error
    if not answer.startswith(b"OK ") or len(answer) > _MAX_HANDSHAKE_BYTES:
        raise ConnectionRefusedError(f"port {port}: the adapter did not answer OK")


def _vsock_socket(kind: type[socket.socket] = socket.socket) -> socket.socket:
    if sys.platform != "linux":
        raise VSOCK_UNAVAILABLE(reason=message("This system is {system}", system=sys.platform))
    try:
        return kind(socket.AF_VSOCK, socket.SOCK_STREAM)
    except OSError as error:
        raise VSOCK_UNAVAILABLE(reason=os_reason(error)) from error
