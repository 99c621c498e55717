"""The part of CBOR (RFC 8949) that Nitro speaks: unsigned numbers, bytes, text, arrays, maps, null, booleans.

:func:`read_cbor` is for documents, which anybody can send. It accepts one encoding of every value: shortest
heads, definite lengths, no tags, floats, booleans or negative numbers, no duplicate keys, all input consumed.
What it accepts cannot be read in two ways by two programs. Its two exceptions are named by the caller: a tag
in front of everything (COSE_Sign1's 18) and an outermost map of indefinite length (Nitro's payload since July
2025).

:func:`read_any_cbor` is for the Nitro Secure Module's answers and the signatures of image files. It also
takes longer heads, indefinite containers and booleans, because AWS has changed its encoders before. What form
a value must have is for the caller to check.

:func:`write_cbor` writes the one encoding that :func:`read_cbor` accepts, and booleans, which it does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, TypeAlias

CborKey: TypeAlias = int | str
CborValue: TypeAlias = "int | bytes | str | bool | list[CborValue] | dict[CborKey, CborValue] | None"

MAX_NESTING: Final = 4
"""Containers inside each other. Documents have two, the device's answers three; more only costs stack."""
MAX_ITEMS: Final = 64
"""Entries of one container of a document; genuine ones have at most 32 (the PCRs)."""

_UNSIGNED, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = 0, 2, 3, 4, 5, 6, 7
_SIMPLE_VALUES: Final = {20: False, 21: True, 22: None}
_NULL: Final = 22
_BREAK: Final = 0xFF
_INDEFINITE: Final = 31
_SMALLEST_ARGUMENT: Final = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}
"""Smallest argument that needs this many bytes; a smaller one has a shorter head."""


class CborError(ValueError):
    """The bytes are not one item in the accepted encoding."""


def read_cbor(
    untrusted: bytes, *, optional_tag: int | None = None, indefinite_outer_map: bool = False
) -> CborValue:
    """The one item that ``untrusted`` consists of, in the one accepted encoding.

    optional_tag: number (below 24) of a tag that may stand in front. indefinite_outer_map: whether the
    outermost item may be a map of indefinite length. Raises CborError for anything else.
    """
    reader = _Reader(untrusted, any_encoding=False)
    if optional_tag is not None:
        reader.skip_if_next(_TAG << 5 | optional_tag)
    return reader.only_item(indefinite_map=indefinite_outer_map)


def read_any_cbor(content: bytes) -> CborValue:
    """The one item that ``content`` consists of, in any encoding; its length bounds the work.

    Raises CborError.
    """
    return _Reader(content, any_encoding=True).only_item()


def write_cbor(value: CborValue) -> bytes:
    """The shortest encoding, maps in the order of their entries; raises TypeError for other types."""
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(_UNSIGNED, value)
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, str):
        encoded = value.encode()
        return _head(_TEXT, len(encoded)) + encoded
    if isinstance(value, list):
        return _head(_ARRAY, len(value)) + b"".join(map(write_cbor, value))
    if isinstance(value, dict):
        entries = (write_cbor(key) + write_cbor(content) for key, content in value.items())
        return _head(_MAP, len(value)) + b"".join(entries)
    raise TypeError(f"no CBOR is written for a {type(value).__name__}")


def is_well_formed(untrusted: bytes) -> bool:
    """Whether the bytes are one CBOR item of any kind in any encoding (RFC 8949, appendix C).

    Distinguishes "not CBOR" from "CBOR that is not accepted" in an error; nothing is read from what passes.
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


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes((major << 5 | argument,))
    power = next(power for power in range(4) if argument < 1 << (8 << power))
    return bytes((major << 5 | 24 + power,)) + argument.to_bytes(1 << power, "big")


class _Reader:
    """A position in untrusted bytes; every read is checked against what is left."""

    def __init__(self, untrusted: bytes, *, any_encoding: bool) -> None:
        self._bytes = untrusted
        self._position = 0
        self._any_encoding = any_encoding

    def skip_if_next(self, byte: int) -> bool:
        found = self._bytes[self._position : self._position + 1] == bytes((byte,))
        self._position += found
        return found

    def only_item(self, *, indefinite_map: bool = False) -> CborValue:
        value = self._item(nesting=0, indefinite_map=indefinite_map)
        if self._position != len(self._bytes):
            raise CborError("bytes follow the item")
        return value

    def _item(self, nesting: int, *, indefinite_map: bool = False) -> CborValue:
        if nesting > MAX_NESTING:
            raise CborError(f"more than {MAX_NESTING} containers inside each other")
        major, info = divmod(self._take(1)[0], 32)
        if major == _UNSIGNED:
            return self._argument(info)
        if major == _BYTES:
            return self._take(self._argument(info))
        if major == _TEXT:
            return self._text(self._argument(info))
        if major == _ARRAY:
            return [self._item(nesting + 1) for _ in self._entries(info, indefinite=self._any_encoding)]
        if major == _MAP:
            return self._map(info, nesting + 1, indefinite=indefinite_map or self._any_encoding)
        if major == _SIMPLE and (info == _NULL or (self._any_encoding and info in _SIMPLE_VALUES)):
            return _SIMPLE_VALUES[info]
        raise CborError(f"an item of major type {major} is not accepted")

    def _map(self, info: int, nesting: int, *, indefinite: bool) -> dict[CborKey, CborValue]:
        entries: dict[CborKey, CborValue] = {}
        for _ in self._entries(info, indefinite=indefinite):
            key = self._item(nesting)
            if not isinstance(key, int | str) or isinstance(key, bool):
                raise CborError("a map's key is neither a number nor text")
            if key in entries:
                raise CborError("a map has a key twice")
            entries[key] = self._item(nesting)
        return entries

    def _entries(self, info: int, *, indefinite: bool) -> Iterator[None]:
        """One step for each entry of a container; each takes a byte at least, so the input bounds them."""
        if info == _INDEFINITE and indefinite:
            count = 0
            while not self.skip_if_next(_BREAK):
                count += 1
                self._check_count(count)
                yield
            return
        count = self._argument(info)
        self._check_count(count)
        for _ in range(count):
            yield

    def _check_count(self, count: int) -> None:
        if count > MAX_ITEMS and not self._any_encoding:
            raise CborError(f"more than {MAX_ITEMS} entries in one container")

    def _argument(self, info: int) -> int:
        """The number in a head (RFC 8949, section 3): in its low five bits or the 1 to 8 bytes after."""
        if info < 24:
            return info
        if info > 27:
            raise CborError("an indefinite length or a reserved head")
        size = 1 << (info - 24)
        argument = int.from_bytes(self._take(size), "big")
        if argument < _SMALLEST_ARGUMENT[size] and not self._any_encoding:
            raise CborError("a head is longer than needed")
        return argument

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
