"""One HTTP request to an enclave and its answer, over a connection of its own that closes afterwards.

A connection is cheap (no network lies between). With one for each request, either side's disconnect reaches
the other at once, and no request meets a kept connection that the other side is just closing.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import h11

from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex_server.errors import proxy as errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Coroutine

    from tee_rex_server.vsock import EnclaveAddress, Stream

T = TypeVar("T")
Headers: TypeAlias = list[tuple[bytes, bytes]]

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 60.0
"""For a whole short answer, such as a list or the state of a job."""
RETRY_SECONDS: Final = 5
"""When to try an unreachable enclave again."""
_READ_BYTES: Final = 64 * 1024
_MAX_HEAD_BYTES: Final = 32 * 1024
_MAX_INFORMATIONAL: Final = 8
"""Answers with a status 1xx before the answer itself; our server sends 100 at most."""
_STATUSES: Final = frozenset(status.value for status in HTTPStatus if not 300 <= status < 400)
"""Of answers that are passed on: known ones, and no redirections, which our server does not make."""


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """Status and headers of an answer; header names in lower case."""

    status: int
    headers: Headers

    def header(self, name: bytes) -> bytes:
        """The first value of a header, empty if there is none."""
        return next((value for found, value in self.headers if found == name), b"")


class Exchange:
    """A request and its answer; two tasks may send and receive at the same time."""

    def __init__(self, enclave: str, stream: Stream) -> None:
        """enclave: its name, for errors."""
        self._enclave = enclave
        self._reader, self._writer = stream
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD_BYTES)

    async def send_head(self, method: str, target: bytes, headers: Headers) -> None:
        """Send the request's head; its headers declare how the body is framed.

        It does not ask the enclave to close the connection: an enclave that refuses a body would do so at
        once, and its answer could be lost with the rest of the body.
        """
        headers = [(b"host", b"enclave"), *headers]
        await self._send(h11.Request(method=method, target=target, headers=headers))

    async def send_body(self, parts: AsyncIterable[bytes]) -> None:
        """Send the body part by part, waiting whenever the enclave does not keep up, and end the request."""
        async for part in parts:
            await self._send(h11.Data(part))
        await self._send(h11.EndOfMessage())

    async def head(self) -> AnswerHead:
        """Wait for the answer's head; its status is one that our server can give: 2xx, 4xx or 5xx.

        Raises EnclaveUnreachableError, EnclaveAnswerError.
        """
        for _ in range(_MAX_INFORMATIONAL + 1):
            event = await self._event()
            if isinstance(event, h11.Response):
                status = event.status_code
                if status not in _STATUSES:
                    raise errors.ANSWER_STATUS_UNKNOWN(enclave=self._enclave, status=status)
                return AnswerHead(status, [*event.headers])
            if not isinstance(event, h11.InformationalResponse):
                break
        raise errors.ANSWER_NOT_HTTP(enclave=self._enclave)

    async def parts(self) -> AsyncIterator[bytes]:
        """The answer's body as it arrives, after ``head``; raises as that does."""
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
                raise errors.ANSWER_TOO_LARGE(enclave=self._enclave, limit=limit)
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
                raise errors.ANSWER_NOT_HTTP(enclave=self._enclave) from None
            if isinstance(event, h11.ConnectionClosed):
                raise self._hung_up()
            if isinstance(event, h11.Event):
                return event
            try:
                received = await self._reader.read(_READ_BYTES)
            except OSError:
                raise self._hung_up() from None
            self._http.receive_data(received)

    def _hung_up(self) -> errors.EnclaveUnreachableError:
        return errors.ENCLAVE_HUNG_UP(enclave=self._enclave, retry_after=RETRY_SECONDS)


async def send_and_receive(sending: Coroutine[Any, Any, None], receiving: Coroutine[Any, Any, T]) -> T:
    """Run both; the result of ``receiving``. Both have ended when this returns or raises.

    A failure of ``sending`` is raised, unless the enclave closed the connection: it may have answered before,
    without waiting for the rest.
    """
    tasks = sender, receiver = asyncio.create_task(sending), asyncio.create_task(receiving)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if not receiver.done():
            failure = sender.exception()
            if failure is not None and not isinstance(failure, errors.EnclaveUnreachableError):
                raise failure
            await asyncio.wait([receiver])
        return receiver.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        if not sender.cancelled():
            sender.exception()  # retrieved, so that asyncio does not report it


@asynccontextmanager
async def connected(address: EnclaveAddress, port: int) -> AsyncIterator[Exchange]:
    """An exchange over a new connection, closed afterwards. Raises EnclaveUnreachableError."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            stream = await address.connect(port)
    except OSError as error:  # TimeoutError is one
        raise errors.ENCLAVE_NOT_CONNECTED(
            enclave=address.name, port=port, retry_after=RETRY_SECONDS
        ) from error
    try:
        yield Exchange(address.name, stream)
    finally:
        stream[1].transport.abort()


@asynccontextmanager
async def time_limit(seconds: float, enclave: str) -> AsyncIterator[None]:
    """Bounds an exchange; raises EnclaveUnreachableError when it takes longer."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise errors.ENCLAVE_TIMED_OUT(enclave=enclave, seconds=seconds, retry_after=RETRY_SECONDS) from error


async def get(
    address: EnclaveAddress,
    port: int,
    path: str,
    answer: type[T],
    *,
    limit: int,
    seconds: float = ANSWER_SECONDS,
) -> T:
    """The JSON of a GET that is answered with status 200 within ``seconds``, of at most ``limit`` bytes.

    Raises EnclaveUnreachableError, EnclaveAnswerError.
    """
    async with time_limit(seconds, address.name), connected(address, port) as exchange:
        await exchange.send_head("GET", path.encode(), [])
        await exchange.send_body(no_body())
        head, body = await exchange.short_answer(limit)
    if head.status != HTTPStatus.OK:
        raise errors.ANSWER_STATUS(enclave=address.name, path=path, status=int(head.status))
    return parsed(body, answer, address.name, path)


def parsed(body: bytes, answer: type[T], enclave: str, path: str) -> T:
    """An untrusted body as JSON of the model ``answer``; raises EnclaveAnswerError."""
    try:
        return decode_json(body, answer)
    except UndecodableError:
        raise errors.ENCLAVE_ANSWER_INVALID(enclave=enclave, path=path) from None


async def no_body() -> AsyncIterator[bytes]:
    """The parts of an empty body."""
    parts: tuple[bytes, ...] = ()
    for part in parts:
        yield part
