"""Packet framing of RFC 9580, section 4: OpenPGP format headers, definite and partial body lengths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

Octets: TypeAlias = bytes | bytearray | memoryview

# The RFC requires this of the first piece only. Required of all but the last, it bounds the work of reading.
MIN_PARTIAL_BODY_OCTETS = 512
_OPENPGP_FORMAT = 0xC0


class MalformedError(Exception):
    """Octets are not of the accepted form. Stays inside this package: callers get a TeeRexError."""


class PacketType(IntEnum):
    """The packet types of the subset (RFC 9580, section 5)."""

    PUBLIC_KEY_ENCRYPTED_SESSION_KEY = 1
    SIGNATURE = 2
    PUBLIC_KEY = 6
    LITERAL_DATA = 11
    USER_ID = 13
    PUBLIC_SUBKEY = 14
    ENCRYPTED_DATA = 18


def encode_length(length: int) -> bytes:
    """A definite body length in as few octets as it takes (RFC 9580, section 4.2.1)."""
    if length < 192:
        return bytes([length])
    if length < 8384:
        return (length - 192 + (192 << 8)).to_bytes(2)
    return b"\xff" + length.to_bytes(4)


def packet_header(packet_type: PacketType, body_octets: int) -> bytes:
    """The header of a packet with a body of this many octets."""
    return bytes([_OPENPGP_FORMAT | packet_type]) + encode_length(body_octets)


def encode_packet(packet_type: PacketType, body: bytes) -> bytes:
    """A packet of definite length."""
    return packet_header(packet_type, len(body)) + body


def _octet(data: Octets, offset: int) -> int:
    if offset >= len(data):
        raise MalformedError("it ends inside a packet")
    return data[offset]


def _read_length(data: Octets, offset: int) -> tuple[int, int, bool]:
    """Offset after the length, length in octets, and whether another piece of the body follows."""
    first = _octet(data, offset)
    if first < 192:
        return offset + 1, first, False
    if first < 224:
        return offset + 2, ((first - 192) << 8) + _octet(data, offset + 1) + 192, False
    if first < 255:
        return offset + 1, 1 << (first & 0x1F), True
    _octet(data, offset + 4)
    return offset + 5, int.from_bytes(data[offset + 1 : offset + 5]), False


def _body_spans(data: Octets, offset: int) -> Iterator[tuple[int, int]]:
    """Start and stop of each piece of the body whose first length stands at ``offset``."""
    more = True
    while more:
        start, length, more = _read_length(data, offset)
        offset = start + length
        if more and length < MIN_PARTIAL_BODY_OCTETS:
            raise MalformedError("a partial length is too short")
        if offset > len(data):
            raise MalformedError("it ends inside a packet")
        yield start, offset


@dataclass(frozen=True, slots=True)
class Packet:
    """The position of a packet in ``data``; nothing is copied.

    type_id: the packet type ID, known or not. length_offset: of the first octet of its length.
    end: offset behind the packet. body_octets: length of the body, its pieces put together.
    """

    data: Octets
    type_id: int
    length_offset: int
    end: int
    body_octets: int

    def spans(self) -> Iterator[tuple[int, int]]:
        """Start and stop in ``data`` of each piece of the body."""
        return _body_spans(self.data, self.length_offset)

    def short_body(self, max_octets: int) -> bytes:
        """The body; raises MalformedError unless it is one piece of at most ``max_octets``."""
        start, stop = next(self.spans())
        if stop != self.end or self.body_octets > max_octets:
            raise MalformedError("a packet is too long or comes in pieces")
        return bytes(self.data[start:stop])


def read_packet(data: Octets, offset: int) -> Packet:
    """The packet at ``offset``; raises MalformedError if it is truncated or has a legacy header."""
    header = _octet(data, offset)
    if header & _OPENPGP_FORMAT != _OPENPGP_FORMAT:
        raise MalformedError("a packet header is not of the OpenPGP format")
    end = body_octets = 0
    for start, stop in _body_spans(data, offset + 1):
        body_octets += stop - start
        end = stop
    return Packet(data, header ^ _OPENPGP_FORMAT, offset + 1, end, body_octets)


class OctetReader:
    """Reads octets from pieces; copies only where a read crosses from one piece to the next."""

    def __init__(self, pieces: Iterable[memoryview]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def read(self, count: int) -> Octets:
        """Exactly ``count`` octets; the caller has checked that they exist."""
        parts: list[memoryview] = []
        while count:
            if not self._rest:
                self._rest = next(self._pieces)
                continue
            part, self._rest = self._rest[:count], self._rest[count:]
            parts.append(part)
            count -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
