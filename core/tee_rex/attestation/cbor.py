"""A strict reader for the part of CBOR (RFC 8949) that Nitro documents use.

There is one accepted encoding for every value: shortest heads, definite lengths, no tags, floats,
booleans or negative numbers, no duplicate keys, all input consumed. What is refused here can never be
read in two ways by two programs. Two exceptions are named by the caller: a tag in front of everything
(COSE_Sign1's 18) and an outermost map of indefinite length (Nitro's payload since July 2025).
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

CborKey: TypeAlias = int | str
CborValue: TypeAlias = "int | bytes | str | list[CborValue] | dict[CborKey, CborValue] | None"

MAX_NESTING: Final = 4
"""Containers inside each other: documents have two, a deeper one is not theirs and costs stack."""
MAX_ITEMS: Final = 64
"""Entries of one container: documents have at most 32 (the PCRs)."""

_UNSIGNED, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = 0, 2, 3, 4, 5, 6
_NULL: Final = 0xF6
_BREAK: Final = 0xFF
_INDEFINITE: Final = 31
_SMALLEST_ARGUMENT: Final = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}
"""Smallest argument that needs this many bytes; a smaller one has a shorter head."""


class CborError(ValueError):
    """The bytes are not one item in the accepted encoding."""


def read_cbor(
    untrusted: bytes, *, optional_tag: int | None = None, indefinite_outer_map: bool = False
) -> CborValue:
    """The one item that ``untrusted`` consists of.

    optional_tag: number (below 24) of a tag that may stand in front. indefinite_outer_map: whether the
    outermost item may be a map of indefinite length. Raises CborError for anything else.
    """
    reader = _Reader(untrusted)
    if optional_tag is not None:
        reader.skip_if_next(_TAG << 5 | optional_tag)
    if indefinite_outer_map and reader.skip_if_next(_MAP << 5 | _INDEFINITE):
        value: CborValue = reader.entries_until_break()
    else:
        value = reader.item(nesting=0)
    reader.expect_end()
    return value


def is_well_formed(untrusted: bytes) -> bool:
    """Whether the bytes are one CBOR item in whatever encoding (RFC 8949, appendix C).

    Only tells "not CBOR" from "CBOR that is not accepted" in a refusal; nothing is read from what passes.
    """
    position = 0
    due: list[float] = [1]  # items still due in each open container, infinite in an indefinite one
    while due:
        if due[-1] == 0:
            due.pop()
            continue
        if position >= len(untrusted):
            return False
        head = untrusted[position]
        position += 1
        if head == _BREAK:
            if due.pop() != math.inf:
                return False
            continue
        major, info = divmod(head, 32)
        due[-1] -= 1
        if info == _INDEFINITE and major in (_BYTES, _TEXT, _ARRAY, _MAP):
            due.append(math.inf)
            continue
        if info > 27:
            return False
        size = 0 if info < 24 else 1 << (info - 24)
        argument = int.from_bytes(untrusted[position : position + size], "big") if size else info
        position += size
        if major in (_BYTES, _TEXT):
            position += argument
        elif major in (_ARRAY, _MAP):
            due.append(argument * (1 if major == _ARRAY else 2))
        elif major == _TAG:
            due[-1] += 1
    return position == len(untrusted)


class _Reader:
    """A position in untrusted bytes; every read is checked against what is left."""

    def __init__(self, untrusted: bytes) -> None:
        self._bytes = untrusted
        self._position = 0

    def skip_if_next(self, byte: int) -> bool:
        found = self._bytes[self._position : self._position + 1] == bytes((byte,))
        self._position += found
        return found

    def expect_end(self) -> None:
        if self._position != len(self._bytes):
            raise CborError(f"{len(self._bytes) - self._position} bytes follow the item")

    def item(self, nesting: int) -> CborValue:
        if nesting > MAX_NESTING:
            raise CborError(f"more than {MAX_NESTING} containers inside each other")
        if self.skip_if_next(_NULL):
            return None
        major, info = divmod(self._take(1)[0], 32)
        if major == _UNSIGNED:
            return self._argument(info)
        if major == _BYTES:
            return self._take(self._argument(info))
        if major == _TEXT:
            return self._text(self._argument(info))
        if major == _ARRAY:
            return [self.item(nesting + 1) for _ in range(self._count(info))]
        if major == _MAP:
            entries: dict[CborKey, CborValue] = {}
            for _ in range(self._count(info)):
                self._read_entry(entries, nesting + 1)
            return entries
        raise CborError(f"an item of major type {major} is not accepted")

    def entries_until_break(self) -> dict[CborKey, CborValue]:
        entries: dict[CborKey, CborValue] = {}
        while not self.skip_if_next(_BREAK):
            if len(entries) == MAX_ITEMS:
                raise CborError(f"more than {MAX_ITEMS} entries")
            self._read_entry(entries, nesting=1)
        return entries

    def _read_entry(self, entries: dict[CborKey, CborValue], nesting: int) -> None:
        key = self.item(nesting)
        if not isinstance(key, int | str):
            raise CborError("a map's key is neither a number nor text")
        if key in entries:
            raise CborError("a map has a key twice")
        entries[key] = self.item(nesting)

    def _argument(self, info: int) -> int:
        """The number in a head (RFC 8949, section 3): in its low five bits or the 1 to 8 bytes after."""
        if info < 24:
            return info
        if info > 27:
            raise CborError("an indefinite length or a reserved head")
        size = 1 << (info - 24)
        argument = int.from_bytes(self._take(size), "big")
        if argument < _SMALLEST_ARGUMENT[size]:
            raise CborError("a head is longer than needed")
        return argument

    def _count(self, info: int) -> int:
        count = self._argument(info)
        if count > MAX_ITEMS:
            raise CborError(f"{count} entries in one container, more than {MAX_ITEMS}")
        return count

    def _take(self, size: int) -> bytes:
        end = self._position + size
        if end > len(self._bytes):
            raise CborError("the input ends inside an item")
        taken = self._bytes[self._position : end]
        self._position = end
        return taken

    def _text(self, size: int) -> str:
        try:
            return self._take(size).decode("utf-8")
        except UnicodeDecodeError as error:
            raise CborError("a text is not UTF-8") from error
