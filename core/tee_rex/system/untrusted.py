"""Decoding what others wrote, within bounds: JSON, msgpack and gzip.

msgspec's decoders call themselves for each container inside another, also where they only skip a field, until
Python's recursion limit or the thread's stack ends. So nesting is counted before they go down into it. All
untrusted bytes pass through here instead of them; the caller bounds their length.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from enum import Enum, auto
from typing import Annotated, Final, TypeAlias, TypeVar

import msgspec

MAX_NESTING: Final = 64
"""Containers inside each other; the deepest form of ours, a report with an error, has about ten."""
MAX_COUNTED_BYTES: Final = 4 << 20
"""Longer JSON may have MAX_NESTING containers in all: a request's message in base64 has one. Counting the
nesting of this much takes half a second at worst."""
MAX_MSGPACK_ITEMS: Final = 65_536
"""Values of one msgpack value, containers and keys included; the largest accepted transaction has 4,621."""

Sha256: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""A field with a SHA-256, 64 hex digits in lower case."""

_GZIP_WBITS: Final = 31
_INFLATE_CHUNK: Final = 256 * 1024

_FormT = TypeVar("_FormT")

_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_TO_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))

# Heads of msgpack (its specification, "Formats"), with the bytes that follow.
_CONTAINERS: Final = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}
"""Bytes of the count, and values for each."""
_COUNTED: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xC7: 1, 0xC8: 2, 0xC9: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
"""Bytes of the length."""
_EXTENSIONS: Final = (0xC7, 0xC8, 0xC9)
"""One byte more, the type."""
_FIXED: Final = {
    0xCA: 4,
    0xCB: 8,
    0xCC: 1,
    0xCD: 2,
    0xCE: 4,
    0xCF: 8,
    0xD0: 1,
    0xD1: 2,
    0xD2: 4,
    0xD3: 8,
    0xD4: 2,
    0xD5: 3,
    0xD6: 5,
    0xD7: 9,
    0xD8: 17,
}


class UndecodableError(ValueError):
    """The bytes are not what was asked for. It has no text and no cause, because both could quote them."""


class GzipFault(Enum):
    """What is wrong with data that should be one member of gzip, and not too long."""

    DAMAGED = auto()
    TRUNCATED = auto()
    TRAILING_DATA = auto()
    TOO_LONG = auto()


class NotInflatableError(ValueError):
    """The bytes are not what was asked for; :attr:`fault` says why. It has no text, as UndecodableError."""

    def __init__(self, fault: GzipFault) -> None:
        super().__init__()
        self.fault = fault


def decode_json(untrusted: bytes | bytearray | str | msgspec.Raw, form: type[_FormT]) -> _FormT:
    """JSON of this form, a type that msgspec knows; raises UndecodableError."""
    try:
        content = untrusted.encode() if isinstance(untrusted, str) else untrusted
        if isinstance(content, msgspec.Raw):
            content = bytes(content)
        if not _is_nested_too_deep(content):
            return msgspec.json.decode(content, type=form)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    raise UndecodableError


def decode_msgpack(untrusted: bytes | bytearray | memoryview | msgspec.Raw, form: type[_FormT]) -> _FormT:
    """Msgpack of this form, a type that msgspec knows; raises UndecodableError."""
    try:
        if msgpack_end(memoryview(untrusted), MAX_MSGPACK_ITEMS) is not None:
            return msgspec.msgpack.decode(untrusted, type=form)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    raise UndecodableError


def inflated(untrusted: bytes | memoryview, most: int) -> Iterator[bytes]:
    """Decompress exactly one member of gzip (RFC 1952), in pieces of at most 256 KiB.

    most: bytes in all. Raises NotInflatableError, perhaps after some pieces.
    """
    inflater = zlib.decompressobj(_GZIP_WBITS)
    unread = memoryview(untrusted)
    pending: bytes | memoryview = b""
    total = 0
    while True:
        if not pending:
            pending, unread = unread[:_INFLATE_CHUNK], unread[_INFLATE_CHUNK:]
        at_end = not pending
        try:
            piece = inflater.decompress(pending, _INFLATE_CHUNK)
        except zlib.error:
            raise NotInflatableError(GzipFault.DAMAGED) from None
        pending = inflater.unconsumed_tail
        total += len(piece)
        if total > most:
            raise NotInflatableError(GzipFault.TOO_LONG)
        yield piece
        if inflater.eof:
            break
        if at_end and not piece:
            raise NotInflatableError(GzipFault.TRUNCATED)
    if inflater.unused_data or unread:
        raise NotInflatableError(GzipFault.TRAILING_DATA)


def _is_nested_too_deep(json: bytes | bytearray) -> bool:
    """Every step runs in C and takes time in proportion to the length, whatever the bytes are."""
    if json.count(b"[") + json.count(b"{") <= MAX_NESTING:
        return False
    if len(json) > MAX_COUNTED_BYTES:
        return True
    brackets = _STRING.sub(b"", json).translate(_TO_SQUARE, _ALL_BUT_BRACKETS)
    for _ in range(MAX_NESTING):  # each time, the innermost containers go
        without_innermost = brackets.replace(b"[]", b"")
        if len(without_innermost) == len(brackets):
            break
        brackets = without_innermost
    return b"[" in brackets


def msgpack_end(untrusted: memoryview, most: int) -> int | None:
    """Where the first value of msgpack ends, perhaps beyond what is there; None where that is not known yet.

    All else that is wrong, the decoder finds. most: values, containers and keys included. Raises
    UndecodableError for more, and for more than MAX_NESTING containers inside each other.
    """
    position, left = 0, most
    due = [1]  # values that the open containers still lack
    while due:
        if due[-1] == 0:
            due.pop()
            continue
        due[-1] -= 1
        left -= 1
        if position >= len(untrusted):
            return None
        head = untrusted[position]
        position += 1
        if 0x80 <= head < 0xA0:
            count = (head & 0x0F) * (2 if head < 0x90 else 1)
        elif head in _CONTAINERS:
            size, each = _CONTAINERS[head]
            count = int.from_bytes(untrusted[position : position + size], "big") * each
            position += size
        else:
            position += _length_after(head, untrusted[position : position + 4])
            continue
        if count > left or len(due) > MAX_NESTING:
            raise UndecodableError
        due.append(count)
    return position


def _length_after(head: int, following: memoryview) -> int:
    """How many bytes of a value that is no container come after its first one."""
    if 0xA0 <= head < 0xC0:
        return head & 0x1F
    size = _COUNTED.get(head)
    if size is None:
        return _FIXED.get(head, 0)
    return size + int.from_bytes(following[:size], "big") + (head in _EXTENSIONS)
