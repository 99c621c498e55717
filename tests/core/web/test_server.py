"""uvicorn with our limits on a real socket: slow and broken clients, and too many of them."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from support.errors import raises
from support.patience import PATIENCE
from support.raw_connection import raw_connection
from tee_rex.errors.catalogue.http import LISTEN_FAILED
from tee_rex.web import server
from tee_rex.web.app import Cors, create_app, healthz
from tee_rex.web.clients import MAX_PER_CLIENT, ClientAddresses, Network
from tee_rex.web.responses import json_errors
from tee_rex.web.server import HttpConfig, UnsignalledServer, hang_up, listening_socket

pytestmark = pytest.mark.integration


class Silent:
    """A log and metrics that keep nothing."""

    def debug(self, event: str, **details: object) -> None: ...

    def info(self, event: str, **details: object) -> None: ...

    def error(self, event: str, **details: object) -> None: ...

    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None: ...


async def endless(_request: Request) -> Response:
    """As a stream of events in which nothing happens."""

    async def events() -> AsyncIterator[bytes]:
        yield b": begun\n\n"
        await asyncio.sleep(3600)

    return StreamingResponse(events())


@asynccontextmanager
async def serving(*trusted_proxies: Network, exposed_headers: tuple[str, ...] = ()) -> AsyncIterator[str]:
    """Serve ``/healthz`` and ``/endless`` on loopback; yields the URL."""
    addresses = ClientAddresses(trusted_proxies)
    app = create_app(
        [
            Route("/healthz", healthz, methods=["GET", "POST"]),
            Route("/endless", endless),
            Mount("/slow-to-end", slow_to_end),
        ],
        metrics=Silent(),
        log=Silent(),
        client=addresses.of_request,
        errors=json_errors(discreet=False),
        cors=Cors(exposed_headers) if exposed_headers else None,
    )
    listener = listening_socket("127.0.0.1", 0)
    running = UnsignalledServer(HttpConfig(app, addresses))
    task = asyncio.create_task(running.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        running.should_exit = True
        hang_up(running)
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
    assert json.loads(body)["code"] == ("BODY_MALFORMED" if b"Content-Length" in sent else "HTTP_MALFORMED")


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


SENT = {
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-",
    "a stream": b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
async def test_one_address_cannot_take_all_connections(sent: bytes) -> None:
    async with serving() as url, AsyncExitStack() as open_connections:
        port = httpx2.URL(url).port
        for _ in range(560):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.9", 0))
            open_connections.callback(writer.close)
            writer.write(sent)
        answered = 0
        for _ in range(100):
            async with raw_connection(url) as (reader, writer):
                writer.write(AFTER)
                answered += b" 200 OK" in await asyncio.wait_for(_read_to_end(reader), PATIENCE)
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.9", 0))
        refused = await asyncio.wait_for(_read_to_end(reader), PATIENCE)
        writer.close()
    assert answered == 100
    assert refused.startswith(b"HTTP/1.1 429 ")
    assert b"QUEUE_FULL" in refused


async def test_behind_a_proxy_each_client_has_its_requests() -> None:
    async with serving(ip_network("127.0.0.0/8")) as url, AsyncExitStack() as streams:

        async def ask(path: str, client: str) -> bytes:
            reader, writer = await streams.enter_async_context(raw_connection(url))
            head = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\n\r\n"
            writer.write(head.encode())
            return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)

        for number in range(MAX_PER_CLIENT):
            assert b"200 OK" in await ask("/endless", f"2001:db8::{number}")
        assert b"429 Too Many" in await ask("/endless", "2001:db8::ffff:1")
        assert b"429 Too Many" in await ask("/healthz", "2001:db8::ffff:1")
        assert b"200 OK" in await ask("/healthz", "2001:db8:0:1::1")


async def slow_to_end(scope: Scope, receive: Receive, send: Send) -> None:
    """An answer after which something remains to be done."""
    await PlainTextResponse("ok")(scope, receive, send)
    await asyncio.sleep(0.2)


async def test_an_answered_request_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tee_rex.web.app.MAX_PER_CLIENT", 1)
    async with serving() as url, httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        assert [(await client.get("/slow-to-end/")).status_code for _ in range(3)] == [200] * 3


CHUNKED = b"POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n%b\r\n0\r\n\r\n"
AFTER = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(("more", "answers"), [(b"", 2), (b"Content-Length: 3\r\n", 1)])
async def test_a_body_with_two_lengths_ends_the_connection(more: bytes, answers: int) -> None:
    async with serving() as url, raw_connection(url) as (reader, writer):
        writer.write(CHUNKED % more + AFTER)
        answer = await asyncio.wait_for(_read_to_end(reader), PATIENCE)
    assert answer.count(b"HTTP/1.1 200 OK") == answers
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: %b\r\n\r\n", id="header"),
        pytest.param(b"GET /healthz?%b HTTP/1.1\r\nHost: x\r\n\r\n", id="query"),
        pytest.param(b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n", id="path"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: x\r\n%b\r\n", id="headers"),
    ],
)
@pytest.mark.parametrize(("size", "fits"), [(16_000, True), (17_000, False), (60_000, False)])
async def test_a_head_has_16_kib_however_it_arrives(head: bytes, size: int, fits: bool) -> None:
    async with serving() as url, raw_connection(url) as (reader, writer):
        filling = b"y: y\r\n" * (size // 6) if b"x\r\n%b" in head else b"y" * size
        writer.write(head % filling + AFTER)
        answer = await asyncio.wait_for(_read_to_end(reader), PATIENCE)
    assert (b"HTTP_MALFORMED" in answer) is not fits
    assert answer.count(b"HTTP/1.1") == (2 if fits else 1)


PREFLIGHT = {"Origin": "https://dapp.example", "Access-Control-Request-Method": "POST"}
PRIVATE = PREFLIGHT | {"Access-Control-Request-Private-Network": "true"}


@pytest.mark.parametrize("path", ["/healthz", "/nothing"])
@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}, PREFLIGHT, PRIVATE])
async def test_every_preflight_is_answered(path: str, headers: dict[str, str]) -> None:
    async with (
        serving(exposed_headers=("X-Request-Id",)) as url,
        httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as client,
    ):
        answer = await client.options(path, headers=headers)
        other = await client.get(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, DELETE"
    assert answer.headers["Access-Control-Allow-Headers"] == "*"
    private = answer.headers.get("Access-Control-Allow-Private-Network")
    assert private == ("true" if headers is PRIVATE else None)
    for one in (answer, other):
        assert one.headers["Access-Control-Allow-Origin"] == "*"
        assert one.headers["Access-Control-Expose-Headers"] == "X-Request-Id"


async def test_without_web_pages_there_is_no_preflight() -> None:
    async with serving() as url, httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        answer = await client.options("/healthz", headers=PREFLIGHT)
    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert not [name for name in answer.headers if name.startswith("access-control")]


LIMITED = """
import resource, sys
from tee_rex.web.server import HttpConfig, allow_open_files
from tee_rex.web.clients import ClientAddresses
soft, hard = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
class Log:
    def error(self, event, **details): print(event, details["limit"])
allow_open_files(Log())
config = HttpConfig(None, ClientAddresses())
print(*resource.getrlimit(resource.RLIMIT_NOFILE), config.max_connections)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of open files")
@pytest.mark.parametrize(
    ("soft", "hard", "printed"),
    [
        (64, 9000, "4096 9000 512\n"),
        (5000, 9000, "5000 9000 512\n"),
        (64, 1000, "1000 1000 512\n"),
        (64, 64, "too few open files are allowed 64\n64 64 32\n"),
    ],
)
def test_the_limit_of_open_files_is_raised_or_obeyed(soft: int, hard: int, printed: str) -> None:
    command = [sys.executable, "-c", LIMITED, str(soft), str(hard)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == printed


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
