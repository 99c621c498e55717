"""Frames between us and the wallet's process.

Two big-endian 32-bit lengths, then that much JSON, then that many raw bytes; resources/bridge/src/frames.mjs
is the other end.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import Final

from tee_rex.transaction.steps import MAX_STEPS_BYTES

MAX_JSON_BYTES: Final = 1 << 20
MAX_ATTACHMENT_BYTES: Final = MAX_STEPS_BYTES
_HEADER: Final = struct.Struct(">II")


class BadFrameError(Exception):
    """Lengths out of bounds, or a stream that ends inside a frame."""


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """One message: its JSON, not decoded yet, and the raw bytes that belong to it."""

    json: bytes
    attachment: bytes = b""

    def encoded(self) -> tuple[bytes, bytes, bytes]:
        """What goes over the pipe, in pieces, so that megabytes are not copied."""
        return _HEADER.pack(len(self.json), len(self.attachment)), self.json, self.attachment


async def read_frame(reader: asyncio.StreamReader) -> Frame | None:
    """The next frame; None at the stream's proper end. Raises BadFrameError."""
    try:
        header = await reader.readexactly(_HEADER.size)
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise BadFrameError("The stream ends inside a frame's head.") from None
        return None
    json_length, attachment_length = _HEADER.unpack(header)
    if not 0 < json_length <= MAX_JSON_BYTES or attachment_length > MAX_ATTACHMENT_BYTES:
        raise BadFrameError("A frame's lengths are out of bounds.")
    try:
        json = await reader.readexactly(json_length)
        return Frame(json, await reader.readexactly(attachment_length))
    except asyncio.IncompleteReadError:
        raise BadFrameError("The stream ends inside a frame.") from None
