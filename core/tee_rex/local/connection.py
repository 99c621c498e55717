"""bb's msgpack protocol: frames of a 4-byte little-endian length and a msgpack body (bb 4 to 6)."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from typing import Any

import msgspec

from tee_rex.system.untrusted import UndecodableError, decode_msgpack

_MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""The largest answer is a proof, about 0.2 MB."""
_PIECE_BYTES = 256 * 1024


class BbErrorResponse(Exception):  # noqa: N818  # bb's own name for it
    """bb's ``ErrorResponse``. Its text can quote values of the transaction: never show it."""

    def __init__(self, untrusted_text: str) -> None:
        super().__init__("ErrorResponse")
        self.untrusted_text = untrusted_text


class ConnectionLostError(Exception):
    """bb closed its socket, or its standard output."""


class UnexpectedAnswerError(Exception):
    """A frame that does not answer the command."""


class _ErrorFields(msgspec.Struct):
    message: str


class BbConnection:
    """A connection to bb: answers arrive in the order of the commands, which can be sent ahead."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, prefix: str = "") -> None:
        """Take open streams from and to bb; prefix: of the name of every message."""
        self._reader = reader
        self._writer = writer
        self._prefix = prefix

    async def send(self, command: str, fields: Mapping[str, Any]) -> None:
        """Send one command; returns when the socket has taken it. Raises ConnectionLostError.

        fields: of bb's own types.
        """
        body = memoryview(msgspec.msgpack.encode([[self._prefix + command, fields]]))
        try:
            self._writer.write(struct.pack("<I", len(body)))
            for start in range(0, len(body), _PIECE_BYTES):
                # In one piece, whatever the socket does not take at once would be copied twice.
                self._writer.write(body[start : start + _PIECE_BYTES])
                await self._writer.drain()
        except OSError as error:
            raise ConnectionLostError from error

    async def receive(self, command: str) -> bytes:
        """The fields of the answer to ``command``, still msgpack.

        Raises BbErrorResponse, ConnectionLostError or UnexpectedAnswerError.
        """
        try:
            (length,) = struct.unpack("<I", await self._reader.readexactly(4))
            if length > _MAX_ANSWER_BYTES:
                raise UnexpectedAnswerError
            body = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError) as error:
            raise ConnectionLostError from error
        try:
            name, fields = decode_msgpack(body, tuple[str, msgspec.Raw])
            if name == f"{self._prefix}ErrorResponse":
                raise BbErrorResponse(decode_msgpack(fields, _ErrorFields).message)
        except UndecodableError:
            raise UnexpectedAnswerError from None
        if name != f"{self._prefix}{command}Response":
            raise UnexpectedAnswerError
        return bytes(fields)

    def abort(self) -> None:
        """Close immediately; what was not sent is dropped."""
        if not self._writer.transport.is_closing():  # a pipe's fails the second time
            self._writer.transport.abort()
