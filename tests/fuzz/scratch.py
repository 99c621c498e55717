"""What readers need around them: a folder, an event loop, streams, connections that answer with an input."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx2
from uvicorn.server import ServerState

from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.web.server import BoundedH11Protocol, HttpConfig

T = TypeVar("T")

_FOLDER: Final = Path(tempfile.mkdtemp(prefix="tee-rex-fuzz-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)  # not in the children, which are forked


def file_with(content: bytes, name: str, mode: int = 0o644) -> Path:
    """A file of this name with this content, this process's own."""
    folder = _FOLDER / str(os.getpid())
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    path.chmod(mode)
    return path


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, on this process's loop."""
    return _loop().run_until_complete(work)


def stream_of(content: bytes) -> asyncio.StreamReader:
    """A stream that ends after these bytes."""
    reader = asyncio.StreamReader(loop=_loop())
    reader.feed_data(content)
    reader.feed_eof()
    return reader


def connection_to(answer: Callable[[httpx2.Request], httpx2.Response]) -> ServerConnection:
    """A connection to a server that answers so, without a socket."""
    # Without the environment: on macOS, asking the system for proxies fails in a forked process.
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer), trust_env=False)
    return ServerConnection(ServerUrl.parse("https://prover.example"), client)


class Quiet:
    """A log and metrics that keep nothing."""

    def __getattr__(self, _name: str) -> Any:  # noqa: ANN401  # any method of either
        return lambda *_arguments, **_fields: None


class _Transport(asyncio.Transport):
    """Keeps what a server writes."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.written = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def written_by(config: HttpConfig, content: bytes) -> bytes:
    """What a server of ours answers to bytes over a connection, which is closed soon after."""

    async def serve() -> bytes:
        transport, state = _Transport(), ServerState()
        protocol = BoundedH11Protocol(config, state, {}, asyncio.get_running_loop())
        protocol.connection_made(transport)
        protocol.data_received(content or b"\0")  # asyncio never says that nothing has come
        for _ in range(20):
            await asyncio.sleep(0)
        protocol.connection_lost(None)
        await asyncio.gather(*state.tasks)
        return transport.written

    return awaited(serve())
