"""The frames of bb's protocol, with the test in bb's place."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest

from tee_rex.local.connection import BbConnection, BbErrorResponse, ConnectionLostError, UnexpectedAnswerError


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def take(self) -> object:
        """The next request."""
        (length,) = struct.unpack("<I", await self.reader.readexactly(4))
        return msgspec.msgpack.decode(await self.reader.readexactly(length))

    def answer(self, body: object) -> None:
        """Send one frame."""
        encoded = msgspec.msgpack.encode(body)
        self.writer.write(struct.pack("<I", len(encoded)) + encoded)


@pytest.fixture
async def ends() -> AsyncIterator[tuple[BbConnection, Peer]]:
    here, there = socket.socketpair()
    connection = BbConnection(*await asyncio.open_unix_connection(sock=here))
    peer = Peer(*await asyncio.open_unix_connection(sock=there))
    yield connection, peer
    connection.abort()
    peer.writer.transport.abort()


@pytest.mark.parametrize("size", [0, 1, 256 * 1024 - 30, 256 * 1024, 3_000_000])
async def test_requests_arrive_whole_and_in_order(ends: tuple[BbConnection, Peer], size: int) -> None:
    connection, peer = ends
    content = bytes(range(251)) * (size // 251) + bytes(size % 251)

    async def send() -> None:
        await connection.send("One", {"content": memoryview(content), "count": 1})
        await connection.send("Other", {})

    sending = asyncio.create_task(send())
    assert await peer.take() == [["One", {"content": content, "count": 1}]]
    assert await peer.take() == [["Other", {}]]
    await sending


async def test_an_answer_is_for_its_command_alone(ends: tuple[BbConnection, Peer]) -> None:
    connection, peer = ends
    peer.answer(["OneResponse", {"valid": True}])
    assert msgspec.msgpack.decode(await connection.receive("One")) == {"valid": True}
    peer.answer(["OneResponse", {}])
    with pytest.raises(UnexpectedAnswerError):
        await connection.receive("Other")


async def test_an_error_keeps_its_text_to_itself(ends: tuple[BbConnection, Peer]) -> None:
    connection, peer = ends
    peer.answer(["ErrorResponse", {"message": "a value of the witness"}])
    with pytest.raises(BbErrorResponse) as caught:
        await connection.receive("One")
    assert caught.value.untrusted_text == "a value of the witness"
    assert "witness" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    "body", [[], ["OneResponse"], {"a": 1}, [1, {}], ["ErrorResponse", {}], "OneResponse"]
)
async def test_what_is_no_answer(ends: tuple[BbConnection, Peer], body: object) -> None:
    connection, peer = ends
    peer.answer(body)
    with pytest.raises(UnexpectedAnswerError):
        await connection.receive("One")


async def test_a_length_beyond_all_bounds_is_not_waited_for(ends: tuple[BbConnection, Peer]) -> None:
    connection, peer = ends
    peer.writer.write(struct.pack("<I", 16 * 1024 * 1024 + 1))
    with pytest.raises(UnexpectedAnswerError):
        await connection.receive("One")


async def test_a_closed_socket_is_a_lost_connection(ends: tuple[BbConnection, Peer]) -> None:
    connection, peer = ends
    peer.writer.write(struct.pack("<I", 5) + b"ab")
    peer.writer.close()
    with pytest.raises(ConnectionLostError):
        await connection.receive("One")
    with pytest.raises(ConnectionLostError):
        await connection.send("One", {"content": bytes(1_000_000)})
