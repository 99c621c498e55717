from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from support.http_files import closed_port
from support.scripted_server import Answer, ScriptedServer
from support.self_signed import SelfSigned
from tee_rex import __version__
from tee_rex.errors.tree import NeverConnectedError, ServerCertificateError, ServerUnreachableError
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl

pytestmark = pytest.mark.integration


async def ask(url: str, route: str = "/health", *, trust_env: bool = False) -> Answer:
    async with ServerConnection.open(ServerUrl.parse(url), trust_env=trust_env) as connection:
        answer = await connection.exchange("GET", route, limit=1000)
        return Answer(answer.body, answer.status)


async def test_an_untrusted_certificate_is_refused(tmp_path: Path) -> None:
    async def handle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=SelfSigned.make(tmp_path).context)
    async with server:
        with pytest.raises(ServerCertificateError):
            await ask(f"https://localhost:{server.sockets[0].getsockname()[1]}")


async def test_a_server_without_tls_is_unreachable_by_https() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        with pytest.raises(NeverConnectedError):
            await ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")


async def test_a_server_that_was_never_connected_has_not_seen_the_request() -> None:
    with closed_port() as url, pytest.raises(NeverConnectedError):
        await ask(url)


async def test_a_server_that_hangs_up_may_have_seen_the_request() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        with pytest.raises(ServerUnreachableError) as lost:
            await ask(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert not isinstance(lost.value, NeverConnectedError)


async def test_proxies_are_never_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    async with ScriptedServer().serving() as url:
        assert (await ask(url, "/encryption-public-key", trust_env=True)).status == 200


async def test_requests_have_a_user_agent_and_no_cookies() -> None:
    server = ScriptedServer()
    server.scripts["GET /health"] = Answer(b"{}", headers={"Set-Cookie": "id=1"})
    async with server.serving() as url:
        for _ in range(2):
            await ask(url)
    for request in server.requests:
        assert request.headers["user-agent"] == f"tee-rex/{__version__}"
        assert request.headers["accept-encoding"] == "identity"
        assert "cookie" not in request.headers
