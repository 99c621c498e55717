"""Reading request bodies within bounds of size and time."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from tee_rex.errors.catalogue import http as errors
from tee_rex.wire.protocol import MAX_JSON_BODY_BYTES, MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Coroutine

    from starlette.datastructures import Headers
    from starlette.types import Receive

T = TypeVar("T")

BODY_SECONDS = 30.0
BODY_BYTES_PER_SECOND = 256 * 1024
"""A body may take BODY_SECONDS, and one second more for this many bytes received."""


class ClientGoneError(Exception):
    """The client has closed its connection: nobody is left to answer."""


class BodyForm(Enum):
    """How a body holds the encrypted message, by content type; the value is its maximum length in bytes."""

    JSON = MAX_JSON_BODY_BYTES
    MESSAGE = MAX_MESSAGE_BYTES


_CONTENT_TYPES = {"application/json": BodyForm.JSON, "application/octet-stream": BodyForm.MESSAGE}
_UNDECLARED = frozenset({"", "text/plain"})
"""What clients send that set no content type: most programs none, a page's fetch() of a string text/plain."""


def body_form(headers: Headers, accepted: Collection[BodyForm]) -> BodyForm:
    """The form that the headers declare; raises UNSUPPORTED_MEDIA_TYPE, also for compressed bodies.

    Where one form alone is accepted, a body without a content type has it, as with the original system.
    """
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    form = _CONTENT_TYPES.get(content_type)
    if content_type in _UNDECLARED and len(accepted) == 1:
        form = next(iter(accepted))
    if form is None or form not in accepted:
        raise errors.UNSUPPORTED_MEDIA_TYPE()
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise errors.BODY_COMPRESSED()
    return form


def declared_bytes(headers: Headers, limit: int) -> int:
    """The body's length by its Content-Length; without one, ``limit``, the most that it may have.

    Raises PAYLOAD_TOO_LARGE, BODY_MALFORMED.
    """
    declared = headers.get("content-length")
    if declared is None:
        return limit
    if not (declared.isascii() and declared.isdigit()):
        raise errors.BODY_MALFORMED()
    digits = declared.lstrip("0")
    if len(digits) > len(str(limit)) or int(digits or "0") > limit:
        raise errors.PAYLOAD_TOO_LARGE(limit=limit)
    return int(digits or "0")


async def body_parts(
    receive: Receive, limit: int, *, bytes_per_second: float | None = None
) -> AsyncGenerator[bytes, None]:
    """The body in parts as they arrive, at most ``limit`` bytes.

    bytes_per_second: received for one second more than BODY_SECONDS, BODY_BYTES_PER_SECOND by default. The
    time that the caller takes between parts does not count. Raises PAYLOAD_TOO_LARGE, BODY_READ_TIMEOUT or
    ClientGoneError.
    """
    rate = BODY_BYTES_PER_SECOND if bytes_per_second is None else bytes_per_second
    clock = asyncio.get_running_loop().time
    received = 0
    waited = 0.0
    more = True
    while more:
        begin = clock()
        try:
            async with asyncio.timeout(BODY_SECONDS + received / rate - waited):
                message = await receive()
        except TimeoutError:
            raise errors.BODY_READ_TIMEOUT(received=received) from None
        waited += clock() - begin
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part = message.get("body", b"")
        received += len(part)
        if received > limit:
            raise errors.PAYLOAD_TOO_LARGE(limit=limit)
        more = message.get("more_body", False)
        if part:
            yield part


async def read_body(receive: Receive, limit: int, *, bytes_per_second: float | None = None) -> bytearray:
    """The whole body; arguments and errors as of :func:`body_parts`."""
    body = bytearray()
    async for part in body_parts(receive, limit, bytes_per_second=bytes_per_second):
        body += part
    return body


async def client_gone(receive: Receive) -> None:
    """Return when the client has closed its connection; the body must have been read."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def while_body_arrives(
    receive: Receive, reading: Coroutine[Any, Any, None], work: Coroutine[Any, Any, T]
) -> T:
    """The result of ``work`` on a body that ``reading`` reads meanwhile; both are cancelled with the caller.

    What ``reading`` raises ends ``work``, as a client does that leaves (ClientGoneError). What ``work``
    raises is raised when the body has been read: a client that still sends it would not see the answer.
    """
    tasks = arriving, working = asyncio.create_task(reading), asyncio.create_task(work)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await arriving
        return await until_client_leaves(receive, _outcome(working))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _outcome(task: asyncio.Task[T]) -> T:
    return await task


async def until_client_leaves(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``; if the client leaves, cancels ``work`` and raises ClientGoneError.

    The body must have been read, or nobody will.
    """
    working, leaving = asyncio.create_task(work), asyncio.create_task(client_gone(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGoneError
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.wait((working, leaving))
