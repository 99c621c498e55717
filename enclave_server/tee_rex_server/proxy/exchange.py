"""One HTTP request to an enclave, over a connection of its own that ends with it.

A connection is cheap (no network lies between), and one for each request lets everybody's leaving reach the
enclave at once and never meets a kept connection that the other side is just closing.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import h11

from tee_rex_server.proxy.errors import EnclaveAnswerError, EnclaveUnreachableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Coroutine

    from tee_rex_server.vsock import EnclaveAddress, Stream

T = TypeVar("T")
Headers: TypeAlias = list[tuple[bytes, bytes]]

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 60.0
"""For a whole short answer, such as a list or the state of a job."""
RETRY_SECONDS: Final = 5
"""When to try an enclave again that is not reachable now."""
_READ_BYTES = 64 * 1024
_MAX_HEAD_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """The begin of an answer; headers with lower-case names."""

    status: int
    headers: Headers

    def header(self, name: bytes) -> bytes:
        """The first value of a header, empty if there is none."""
        return next((value for found, value in self.headers if found == name), b"")


class Exchange:
    """A request and its answer; sending and receiving may go on at the same time, in two tasks."""

    def __init__(self, enclave: str, stream: Stream) -> None:
        """enclave: its name, for errors."""
        self._enclave = enclave
        self._reader, self._writer = stream
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)

    async def send_head(self, method: str, target: bytes, headers: Headers) -> None:
        """Begin the request; headers say how its body is framed.

        It does not ask the enclave to close the connection: an enclave that refuses a body would do so at
        once, and what it said could be lost with the rest of the body.
        """
        headers = [(b"host", b"enclave"), *headers]
        await self._send(h11.Request(method=method, target=target, headers=headers))

    async def send_body(self, parts: AsyncIterable[bytes]) -> None:
        """Send the body as it comes, waiting whenever the enclave does not keep up."""
        async for part in parts:
            await self._send(h11.Data(part))
        await self.end_request()

    async def end_request(self) -> None:
        """Nothing more follows."""
        await self._send(h11.EndOfMessage())

    async def head(self) -> AnswerHead:
        """Wait for the answer. Raises EnclaveUnreachableError, EnclaveAnswerError."""
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                return AnswerHead(event.status_code, [*event.headers])
            if not isinstance(event, h11.InformationalResponse):
                raise EnclaveAnswerError(f"Enclave {self._enclave} answered out of turn.")

    async def parts(self) -> AsyncIterator[bytes]:
        """The answer's body as it comes, after ``head``; raises as that does."""
        while True:
            event = await self._event()
            if isinstance(event, h11.EndOfMessage):
                return
            if isinstance(event, h11.Data):
                yield bytes(event.data)

    async def short_answer(self, limit: int) -> tuple[AnswerHead, bytes]:
        """A whole answer whose body has at most ``limit`` bytes; raises as ``head``."""
        head = await self.head()
        body = bytearray()
        async for part in self.parts():
            body += part
            if len(body) > limit:
                raise EnclaveAnswerError(f"Enclave {self._enclave} answers with too many bytes.")
        return head, bytes(body)

    async def _send(self, event: h11.Request | h11.Data | h11.EndOfMessage) -> None:
        try:
            self._writer.write(self._http.send(event) or b"")
            await self._writer.drain()
        except OSError:
            raise self._hung_up() from None

    async def _event(self) -> h11.Event:
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError:
                if self._reader.at_eof():
                    raise self._hung_up() from None
                raise EnclaveAnswerError(f"Enclave {self._enclave} does not speak HTTP/1.1.") from None
            if isinstance(event, h11.ConnectionClosed):
                raise self._hung_up()
            if isinstance(event, h11.Event):
                return event
            try:
                received = await self._reader.read(_READ_BYTES)
            except OSError:
                raise self._hung_up() from None
            self._http.receive_data(received)

    def _hung_up(self) -> EnclaveUnreachableError:
        message = f"The connection to enclave {self._enclave} ended too early."
        return EnclaveUnreachableError(message, retry_after=RETRY_SECONDS)


async def answered(sending: Coroutine[Any, Any, None], answering: Coroutine[Any, Any, T]) -> T:
    """The result of ``answering``, with ``sending`` beside it; both have ended when this returns or raises.

    What ``sending`` raises is raised, except that the enclave hung up: it may have answered before it did,
    and not wanted the rest.
    """
    tasks = sender, answerer = asyncio.create_task(sending), asyncio.create_task(answering)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if not answerer.done():
            failure = sender.exception()
            if failure is not None and not isinstance(failure, EnclaveUnreachableError):
                raise failure
            await asyncio.wait([answerer])
        return answerer.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        if not sender.cancelled():
            sender.exception()  # retrieved, so that asyncio does not complain about it


@asynccontextmanager
async def connected(address: EnclaveAddress, port: int) -> AsyncIterator[Exchange]:
    """An exchange over a new connection, which is gone afterwards. Raises EnclaveUnreachableError."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            stream = await address.connect(port)
    except OSError as error:  # TimeoutError is one
        message = f"Enclave {address.name} cannot be connected to on port {port}."
        raise EnclaveUnreachableError(message, retry_after=RETRY_SECONDS) from error
    try:
        yield Exchange(address.name, stream)
    finally:
        stream[1].transport.abort()


@asynccontextmanager
async def answering_within(seconds: float, enclave: str) -> AsyncIterator[None]:
    """Bounds a conversation; raises EnclaveUnreachableError when it has not ended by then."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        message = f"Enclave {enclave} did not answer within {seconds:g} seconds."
        raise EnclaveUnreachableError(message, retry_after=RETRY_SECONDS) from error


async def fetch(
    address: EnclaveAddress, port: int, path: str, *, limit: int, seconds: float = ANSWER_SECONDS
) -> bytes:
    """The body of a GET that must be answered with 200 within ``seconds``, of at most ``limit`` bytes.

    Raises EnclaveUnreachableError, EnclaveAnswerError.
    """
    async with answering_within(seconds, address.name), connected(address, port) as exchange:
        await exchange.send_head("GET", path.encode(), [])
        await exchange.end_request()
        head, body = await exchange.short_answer(limit)
    if head.status != HTTPStatus.OK:
        raise EnclaveAnswerError(f"Enclave {address.name} answers {path} with status {head.status}.")
    return body
