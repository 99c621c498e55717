"""Reaching an enclave: AF_VSOCK as far as this kernel has it, and the handshake of vhost-device-vsock."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from support.errors import raises
from support.patience import PATIENCE
from tee_rex.errors.catalogue.http import LISTEN_FAILED
from tee_rex_server import vsock
from tee_rex_server.errors.serving import VSOCK_UNAVAILABLE
from tee_rex_server.proxy.settings import enclave_addresses
from tee_rex_server.vsock import Cid, ShortSends, VhostSocket, listening_vsock

VMADDR_CID_LOCAL = 1
"""vsock(7); this machine itself."""

A_PORT = 1_000_000 + os.getpid()
"""One that no other run of these tests on this machine takes."""

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def adapter(path: Path, handler: Handler) -> AsyncIterator[VhostSocket]:
    """Something that listens where vhost-device-vsock would."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await handler(reader, writer)
        writer.close()

    server = await asyncio.start_unix_server(handle, path)
    try:
        yield VhostSocket(path)
    finally:
        server.close()


async def test_the_handshake_opens_a_raw_stream(tmp_path: Path) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readline() == b"CONNECT 5000\n"
        writer.write(b"OK 1073741824\nfirst bytes of the guest ")
        writer.write(await reader.readexactly(5))

    async with adapter(tmp_path / "u", echo) as enclave:
        reader, writer = await enclave.connect(5000)
        writer.write(b"hello")
        assert await reader.read() == b"first bytes of the guest hello"
        writer.close()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="hangs up, as when nobody listens in the guest"),
        pytest.param(b"NO\n", id="another word"),
        pytest.param(b"OK", id="cut short"),
        pytest.param(b"OK " + b"1" * 100 + b"\n", id="long"),
        pytest.param(b"OK " + b"1" * 200_000, id="endless"),
    ],
)
async def test_an_adapter_must_answer_ok(tmp_path: Path, answer: bytes) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)

    async with adapter(tmp_path / "u", say) as enclave:
        with pytest.raises(ConnectionRefusedError, match="port 7"):
            await enclave.connect(7)


async def test_connecting_without_an_adapter_fails(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await VhostSocket(tmp_path / "u").connect(5000)


async def test_giving_up_closes_the_socket(tmp_path: Path) -> None:
    hung_up = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()
        hung_up.set()

    async with adapter(tmp_path / "u", silent) as enclave:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await enclave.connect(5000)
        await asyncio.wait_for(hung_up.wait(), PATIENCE)


def test_the_guests_connections_arrive_at_a_socket_of_their_own(tmp_path: Path) -> None:
    enclave = VhostSocket(tmp_path / "u")
    with (
        enclave.listening(vsock.HEARTBEAT_PORT) as listener,
        socket.socket(socket.AF_UNIX) as guest,
    ):
        guest.connect(str(tmp_path / "u_9000"))
        guest.send(vsock.HEARTBEAT)
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.recv(1) == b"\xb7"
        with raises(LISTEN_FAILED):
            enclave.listening(vsock.HEARTBEAT_PORT)


def test_names_tell_enclaves_apart() -> None:
    assert (Cid(16).name, VhostSocket(Path("/run/tee-rex/first.sock")).name) == ("cid-16", "first.sock")


class TestShortSends:
    """On TCP, which this machine has."""

    def test_a_send_takes_16_kib_and_sendall_all(self) -> None:
        content = bytes(range(256)) * 400
        with ShortSends(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            with socket.create_connection(listener.getsockname()) as host, listener.accept()[0] as enclave:
                assert isinstance(enclave, ShortSends)
                assert enclave.send(content) == 16_384
                assert enclave.sendmsg([content[:10_000], content[10_000:]]) == 16_384
                assert enclave.sendmsg([b"ab", b"cd"]) == 4
                enclave.sendall(content)
                enclave.close()
                got = host.makefile("rb").read()
        assert got == content[:16_384] * 2 + b"abcd" + content

    async def test_asyncio_sends_all_of_a_long_answer(self) -> None:
        content = bytes(range(256)) * 8000
        listener = ShortSends(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("127.0.0.1", 0))

        async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(content[:100])
            writer.writelines([content[100:1_000_000], content[1_000_000:]])
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(answer, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            assert await reader.read() == content
            writer.close()
            await writer.wait_closed()


@pytest.mark.skipif(sys.platform != "linux", reason="AF_VSOCK: Linux")
class TestAfVsock:
    """Listening works without any hypervisor; connecting needs one, or the module vsock_loopback."""

    def test_a_port_is_listened_on_once(self) -> None:
        with listening_vsock(A_PORT) as listener:
            assert listener.family == socket.AF_VSOCK
            assert listener.getsockname()[1] == A_PORT
            with raises(LISTEN_FAILED, match=str(A_PORT)):
                listening_vsock(A_PORT)

    async def test_connecting_to_an_absent_guest_fails(self) -> None:
        """Depending on the kernel's transports at once, or never: callers have a time limit."""
        with pytest.raises(OSError) as refused:  # noqa: PT011  # TimeoutError is one
            async with asyncio.timeout(0.5):
                await Cid(4_000_000).connect(5000)
        assert isinstance(refused.value, TimeoutError) or refused.value.errno in (
            errno.ENODEV,
            errno.ECONNRESET,
            errno.EHOSTUNREACH,
            errno.ENETUNREACH,
        )

    async def test_a_stream_over_the_kernels_own_loopback(self) -> None:
        with listening_vsock(A_PORT) as listener:
            try:
                async with asyncio.timeout(0.5):
                    reader, writer = await Cid(VMADDR_CID_LOCAL).connect(A_PORT)
            except OSError:
                pytest.skip("this kernel has no vsock_loopback")
            accepted, (cid, _port) = await asyncio.to_thread(listener.accept)
            with accepted:
                accepted.sendall(b"hello")
            assert (cid, await reader.read()) == (VMADDR_CID_LOCAL, b"hello")
            writer.close()

    def test_a_kernel_without_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unsupported(*_arguments: object) -> None:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

        monkeypatch.setattr(socket.socket, "__init__", unsupported)
        with raises(VSOCK_UNAVAILABLE, "not supported"):
            listening_vsock(5000)
        with raises(VSOCK_UNAVAILABLE, "not supported"):
            enclave_addresses([16], [])
        assert enclave_addresses([], [Path("/run/u")]) == (VhostSocket(Path("/run/u")),)
