"""One request to an enclave that answers anything at all."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.errors import raises
from support.patience import PATIENCE
from tee_rex_server.errors.proxy import (
    ANSWER_NOT_HTTP,
    ENCLAVE_NOT_CONNECTED,
    ENCLAVE_TIMED_OUT,
    EnclaveAnswerError,
    EnclaveUnreachableError,
)
from tee_rex_server.proxy import exchange as exchange_module
from tee_rex_server.proxy.exchange import connected, get, send_and_receive
from tee_rex_server.vsock import VhostSocket

Guest = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def guest(path: Path, behave: Guest) -> AsyncIterator[VhostSocket]:
    """An enclave whose server is ``behave``."""
    handlers: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.add(cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            await reader.readline()
            writer.write(b"OK 1\n")
            await behave(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            writer.close()

    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(handle, path)
    try:
        yield VhostSocket(path)
    finally:
        server.close()
        for handler in handlers:
            handler.cancel()
        await asyncio.sleep(0)


def answering(answer: bytes) -> Guest:
    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    return behave


async def test_an_answer_is_read_whole(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer += b"3\r\n123\r\n0\r\n\r\n"
    async with guest(tmp_path / "u", answering(answer)) as enclave:
        assert await get(enclave, 5000, "/health", int, limit=3) == 123


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", EnclaveUnreachableError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", EnclaveUnreachableError),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", EnclaveUnreachableError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1234", EnclaveAnswerError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", EnclaveAnswerError),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", EnclaveAnswerError),
        (b"SSH-2.0-OpenSSH\r\n\r\n", EnclaveAnswerError),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, EnclaveAnswerError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", EnclaveAnswerError),
        (b"HTTP/1.1 999 Odd\r\nContent-Length: 1\r\n\r\n1", EnclaveAnswerError),
        (b"HTTP/1.1 299 Odd\r\nContent-Length: 1\r\n\r\n1", EnclaveAnswerError),
        (b"HTTP/1.1 302 Found\r\nLocation: https://x\r\nContent-Length: 0\r\n\r\n", EnclaveAnswerError),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, EnclaveAnswerError),
    ],
)
async def test_invalid_answers(tmp_path: Path, answer: bytes, error: type[Exception]) -> None:
    async with guest(tmp_path / "u", answering(answer)) as enclave:
        with pytest.raises(error):
            await get(enclave, 5000, "/health", int, limit=3)


async def test_endless_informational_answers_are_given_up(tmp_path: Path) -> None:
    async def chatting(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 102 Processing\r\n\r\n")
            await writer.drain()

    async with guest(tmp_path / "u", chatting) as enclave, connected(enclave, 5000) as exchange:
        await exchange.send_head("GET", b"/health", [])
        with raises(ANSWER_NOT_HTTP):
            await asyncio.wait_for(exchange.head(), PATIENCE)


async def test_a_silent_enclave_times_out(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with guest(tmp_path / "u", silent) as enclave:
        with raises(ENCLAVE_TIMED_OUT, r"within 0\.05 s"):
            await get(enclave, 5000, "/health", int, limit=3, seconds=0.05)


async def test_nothing_listens(tmp_path: Path) -> None:
    with raises(ENCLAVE_NOT_CONNECTED, "to enclave u on port 5000") as refused:
        await get(VhostSocket(tmp_path / "u"), 5000, "/health", int, limit=3)
    assert refused.value.retry_after


async def test_a_connection_that_never_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange_module, "CONNECT_SECONDS", 0.05)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "u"))
        listener.listen()
        with pytest.raises(EnclaveUnreachableError):
            await get(VhostSocket(tmp_path / "u"), 5000, "/health", int, limit=3)


async def test_a_refusal_before_the_body_was_read(tmp_path: Path) -> None:
    """The enclave answers after the head, and takes nothing more."""
    refusal = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nfull"

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(refusal)(reader, writer)
        await asyncio.sleep(1)

    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            yield bytes(65536)
            sent += 65536

    async with guest(tmp_path / "u", behave) as enclave, connected(enclave, 5000) as exchange:
        await exchange.send_head("POST", b"/prove", [(b"transfer-encoding", b"chunked")])
        head, body = await send_and_receive(exchange.send_body(endless()), exchange.short_answer(100))
    assert (head.status, body) == (429, b"full")
    assert sent < 8_000_000


async def test_a_body_that_fails_ends_the_request(tmp_path: Path) -> None:
    closed = asyncio.Event()

    async def behave(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass
        closed.set()

    async def failing() -> AsyncIterator[bytes]:
        yield b"some"
        raise KeyError("the client's own")

    async with guest(tmp_path / "u", behave) as enclave:
        async with connected(enclave, 5000) as exchange:
            await exchange.send_head("POST", b"/prove", [(b"transfer-encoding", b"chunked")])
            with pytest.raises(KeyError):
                await send_and_receive(exchange.send_body(failing()), exchange.short_answer(100))
        await asyncio.wait_for(closed.wait(), PATIENCE)


@settings(max_examples=60)
@given(
    begin=st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"]),
    rest=st.binary(max_size=300),
)
async def test_any_bytes_are_an_answer_or_a_refusal(tmp_path: Path, begin: bytes, rest: bytes) -> None:
    async with guest(tmp_path / "u", answering(begin + rest)) as enclave:
        with suppress(EnclaveUnreachableError, EnclaveAnswerError):
            assert len(await get(enclave, 5000, "/health", msgspec.Raw, limit=300)) <= 300
