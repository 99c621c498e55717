"""uvicorn with our limits on a real socket: slow and broken clients, and too many of them."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from starlette.routing import Route

from support.errors import raises
from support.patience import PATIENCE
from support.raw_connection import raw_connection
from tee_rex.errors.catalogue.http import LISTEN_FAILED
from tee_rex.web import server
from tee_rex.web.app import create_app, healthz
from tee_rex.web.server import UnsignalledServer, listening_socket, uvicorn_config

pytestmark = pytest.mark.integration


class Silent:
    """A log and metrics that keep nothing."""

    def debug(self, event: str, **details: object) -> None: ...

    def info(self, event: str, **details: object) -> None: ...

    def error(self, event: str, **details: object) -> None: ...

    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None: ...


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """Serve ``/healthz`` on a loopback port; yields the URL."""
    app = create_app(
        [Route("/healthz", healthz)],
        metrics=Silent(),
        log=Silent(),
        client=lambda _scope: None,
        discreet=False,
    )
    listener = listening_socket("127.0.0.1", 0)
    running = UnsignalledServer(uvicorn_config(app))
    task = asyncio.create_task(running.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        running.should_exit = True
        await task


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-", id="half a head"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET", id="half a second head"),
        pytest.param(
            b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nx", id="the rest of a body"
        ),
    ],
)
async def test_an_endless_head_ends_the_connection(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.3)
    async with serving() as url, raw_connection(url) as (reader, writer):
        writer.write(sent)
        trickle = asyncio.create_task(_trickle(writer))
        try:
            answer = await asyncio.wait_for(_read_to_end(reader), PATIENCE)
        finally:
            trickle.cancel()
    assert answer.count(b"HTTP/1.1") == (1 if b"\r\n\r\n" in sent else 0)


async def _trickle(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        await asyncio.sleep(0.05)
        writer.write(b"x")


async def _read_to_end(reader: asyncio.StreamReader) -> bytes:
    read = b""
    try:
        while part := await reader.read(4096):
            read += part
    except ConnectionError:
        pass
    return read


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS"),
        pytest.param(b"HELO server\r\n\r\n", id="SMTP"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000, id="a huge head"),
        pytest.param(
            b"POST /prove HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            id="two lengths",
        ),
    ],
)
async def test_what_is_not_http_gets_an_error_in_json(sent: bytes) -> None:
    async with serving() as url, raw_connection(url) as (reader, writer):
        writer.write(sent)
        head, _, body = (await asyncio.wait_for(_read_to_end(reader), PATIENCE)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["code"] == "HTTP_MALFORMED"


async def test_too_many_connections_are_refused_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 2)
    async with (
        serving() as url,
        raw_connection(url),
        httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as client,
    ):
        assert (await client.get("/healthz")).status_code == 200
        async with raw_connection(url) as (reader, _):
            answer = await asyncio.wait_for(_read_to_end(reader), PATIENCE)
        assert answer.startswith(b"HTTP/1.1 429 ")
        assert b"QUEUE_FULL" in answer
        assert (await client.get("/healthz")).status_code == 200


async def test_answers_do_not_wait_for_acknowledgements() -> None:
    """Without TCP_NODELAY, every answer on a kept connection takes 40 ms even on a fast machine."""
    loop = asyncio.get_running_loop()
    async with serving() as url, httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        await client.get("/healthz")
        quickest = PATIENCE
        for _ in range(100):
            begin = loop.time()
            await client.get("/healthz")
            quickest = min(quickest, loop.time() - begin)
            if quickest < 0.03:
                break
        assert quickest < 0.03


def test_clients_close_idle_connections_before_the_server_does() -> None:
    expiry = httpx2.Limits().keepalive_expiry
    assert expiry is not None
    assert expiry * 1.5 < server.KEEP_ALIVE_SECONDS


def test_a_port_in_use_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with raises(LISTEN_FAILED, match=f"listen.*: 127.0.0.1 port {port}: Address already in use.$"):
            listening_socket("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [("203.0.113.1", 0, "Can(no|.)t assign requested address"), ("127.0.0.1", 70_000, "[^.]*0-65535")],
)
def test_why_an_address_cannot_be_listened_on_is_one_sentence(host: str, port: int, reason: str) -> None:
    with raises(LISTEN_FAILED, match=rf"listen.*: {host} port {port}: {reason}\.$"):
        listening_socket(host, port)
