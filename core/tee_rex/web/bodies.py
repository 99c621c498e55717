"""Reading request bodies within bounds of size and time."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING

from tee_rex.wire.protocol import MAX_JSON_BODY_BYTES, MAX_MESSAGE_BYTES
from tee_rex_server.errors import (
    BodyTimeoutError,
    BodyTooLargeError,
    ClientGoneError,
    MalformedBodyError,
    UnsupportedBodyError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection

    from starlette.datastructures import Headers
    from starlette.types import Receive

BODY_SECONDS = 30.0
BODY_BYTES_PER_SECOND = 256 * 1024
"""A body may take BODY_SECONDS, and a second more for so many bytes that have arrived."""


class BodyForm(Enum):
    """How a body holds the encrypted message, by content type; the value is the most bytes it can have."""

    JSON = MAX_JSON_BODY_BYTES
    MESSAGE = MAX_MESSAGE_BYTES


_CONTENT_TYPES = {"application/json": BodyForm.JSON, "application/octet-stream": BodyForm.MESSAGE}


def body_form(headers: Headers, accepted: Collection[BodyForm]) -> BodyForm:
    """The form that the headers announce; raises UnsupportedBodyError, also for compressed bodies."""
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    form = _CONTENT_TYPES.get(content_type)
    if form is None or form not in accepted:
        raise UnsupportedBodyError("The content type is not one that this route takes.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedBodyError("Compressed bodies are not accepted.")
    return form


def declared_bytes(headers: Headers, form: BodyForm) -> int:
    """What the body takes by its Content-Length, the most it can take where that is absent.

    Raises BodyTooLargeError, MalformedBodyError.
    """
    declared = headers.get("content-length")
    if declared is None:
        return form.value
    if not (declared.isascii() and declared.isdigit()):
        raise MalformedBodyError("The Content-Length is not a number.")
    digits = declared.lstrip("0")
    if len(digits) > len(str(form.value)) or int(digits or "0") > form.value:
        raise BodyTooLargeError(f"More than {form.value:,} bytes are announced.")
    return int(digits or "0")


async def body_parts(receive: Receive, limit: int) -> AsyncGenerator[bytes, None]:
    """The body as it comes, at most ``limit`` bytes; the time that the caller takes between does not count.

    Raises BodyTooLargeError, BodyTimeoutError or ClientGoneError.
    """
    clock = asyncio.get_running_loop().time
    arrived = 0
    waited = 0.0
    more = True
    while more:
        begin = clock()
        try:
            async with asyncio.timeout(BODY_SECONDS + arrived / BODY_BYTES_PER_SECOND - waited):
                message = await receive()
        except TimeoutError:
            raise BodyTimeoutError(f"Only {arrived:,} bytes had arrived in time.") from None
        waited += clock() - begin
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part = message.get("body", b"")
        arrived += len(part)
        if arrived > limit:
            raise BodyTooLargeError(f"It has more than {limit:,} bytes.")
        more = message.get("more_body", False)
        if part:
            yield part


async def read_body(receive: Receive, form: BodyForm) -> bytearray:
    """The whole body, buffered as it comes; raises as :func:`body_parts`."""
    body = bytearray()
    async for part in body_parts(receive, form.value):
        body += part
    return body


async def client_gone(receive: Receive) -> None:
    """Return when the client has closed its connection; the body must have been read."""
    while (await receive())["type"] != "http.disconnect":
        pass
