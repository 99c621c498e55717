"""A real HTTP server on the loopback interface that serves ranges of one file, well or badly."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto


class Fault(Enum):
    """What a request is answered with instead of its range."""

    NOT_FOUND = auto()
    NO_ANSWER = auto()
    SILENCE = auto()
    LOGIN_PAGE = auto()
    WHOLE_FILE = auto()
    OTHER_RANGE = auto()
    OTHER_BYTES = auto()
    MORE_BYTES = auto()
    HALF = auto()
    HALF_THEN_SILENCE = auto()
    DRIP = auto()
    REDIRECT_TO_ITSELF = auto()


_DRIP_SECONDS = 0.05


@dataclass
class RangeServer:
    """faults: for the requests in turn, None for none; once used up, the last one stays if ``forever``.

    ranges: first and last byte of every request so far. half_sent: set once half of an answer is out. silent:
    set once a request will get no answer.
    """

    content: bytes
    faults: Sequence[Fault | None] = ()
    forever: bool = False
    url: str = ""
    ranges: list[tuple[int, int]] = field(default_factory=list)
    half_sent: asyncio.Event = field(default_factory=asyncio.Event)
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    def _fault(self) -> Fault | None:
        number = len(self.ranges) - 1
        if self.forever:
            number = min(number, len(self.faults) - 1)
        return self.faults[number] if number < len(self.faults) else None

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                asked = re.search(rb"(?mi)^range: bytes=(\d+)-(\d+)\r$", head)
                assert asked is not None
                self.ranges.append((int(asked[1]), int(asked[2])))
                await self._answer_range(writer, *self.ranges[-1])
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer_range(self, writer: asyncio.StreamWriter, first: int, last: int) -> None:
        fault = self._fault()
        body = self.content[first : last + 1]
        status, announced = "206 Partial Content", f"bytes {first}-{last}/{len(self.content)}"
        match fault:
            case Fault.NO_ANSWER:
                writer.close()
                return
            case Fault.SILENCE:
                self.silent.set()
                await asyncio.sleep(3600)
            case Fault.LOGIN_PAGE:  # of a captive portal
                status, announced, body = "200 OK", "", b"<!DOCTYPE html><title>Welcome</title>"
            case Fault.NOT_FOUND:
                status, announced, body = "404 Not Found", "", b"no such file"
            case Fault.WHOLE_FILE:
                status, announced, body = "200 OK", "", self.content
            case Fault.OTHER_RANGE:
                announced = f"bytes 0-{len(body) - 1}/{len(self.content)}" if first else "bytes 1-2/3"
            case Fault.OTHER_BYTES:
                body = bytes(byte ^ 1 for byte in body)
            case Fault.REDIRECT_TO_ITSELF:
                status, body = "302 Found", b""
        length = f"Content-Length: {len(body)}\r\n"
        if fault is Fault.MORE_BYTES:
            body, length = body + b"more", "Connection: close\r\n"
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Range: {announced}\r\n"
            f"Location: {self.url}\r\n{length}\r\n".encode()
        )
        if fault in (Fault.HALF, Fault.HALF_THEN_SILENCE):
            body = body[: len(body) // 2]
        if fault is Fault.DRIP:
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(_DRIP_SECONDS)
        writer.write(body)
        await writer.drain()
        self.half_sent.set()
        if fault is Fault.HALF_THEN_SILENCE:
            await asyncio.sleep(3600)
        if fault in (Fault.HALF, Fault.MORE_BYTES):
            writer.close()


@asynccontextmanager
async def range_server(
    content: bytes, *faults: Fault | None, forever: bool = False
) -> AsyncIterator[RangeServer]:
    """Run a server until the block's end, which also ends its connections."""
    served = RangeServer(content, faults, forever)
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await served.answer(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            connections.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/g1.dat"
    try:
        yield served
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        if connections:
            await asyncio.wait(connections)
        await server.wait_closed()
