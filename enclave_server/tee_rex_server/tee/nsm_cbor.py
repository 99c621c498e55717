"""The CBOR (RFC 8949) that the Nitro Secure Module speaks, and that image signatures are written in.

Its answers may be in any well-formed encoding: the device belongs to what is trusted anyway, and AWS has
changed its encoder before (maps of indefinite length since July 2025). Which form an answer must have is
judged in nsm.py. Nothing from outside gets here inside an enclave. Signatures of image files do, outside: so
everything is bounded by the input's length, and nesting by ``MAX_NESTING``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

CborValue: TypeAlias = "int | bytes | str | bool | list[CborValue] | dict[int | str, CborValue] | None"

MAX_NESTING: Final = 4
"""Containers inside each other; answers have three."""

_UNSIGNED, _BYTES, _TEXT, _ARRAY, _MAP, _SIMPLE = 0, 2, 3, 4, 5, 7
_SIMPLE_VALUES: Final = {20: False, 21: True, 22: None}
_INDEFINITE: Final = 31
_BREAK: Final = 0xFF


class CborError(ValueError):
    """The bytes are not one item of the kinds that the device uses."""


def write_cbor(value: CborValue) -> bytes:
    """The shortest encoding: null, unsigned numbers, bytes, text, arrays and maps."""
    if value is None:
        return b"\xf6"
    if isinstance(value, int):
        return _head(_UNSIGNED, value)
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, str):
        encoded = value.encode()
        return _head(_TEXT, len(encoded)) + encoded
    if isinstance(value, list):
        return _head(_ARRAY, len(value)) + b"".join(write_cbor(item) for item in value)
    if isinstance(value, dict):
        entries = (write_cbor(key) + write_cbor(content) for key, content in value.items())
        return _head(_MAP, len(value)) + b"".join(entries)
    raise TypeError(f"no request has a {type(value).__name__}")


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes((major << 5 | argument,))
    power = next(power for power in range(4) if argument < 1 << (8 << power))
    return bytes((major << 5 | 24 + power,)) + argument.to_bytes(1 << power, "big")


def read_cbor(answer: bytes) -> CborValue:
    """The one item that ``answer`` consists of; raises CborError."""
    reader = _Reader(answer)
    value = reader.item(nesting=0)
    reader.expect_end()
    return value


class _Reader:
    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._position = 0

    def expect_end(self) -> None:
        if self._position != len(self._answer):
            raise CborError("bytes follow the item")

    def item(self, nesting: int) -> CborValue:
        if nesting > MAX_NESTING:
            raise CborError(f"more than {MAX_NESTING} containers inside each other")
        major, info = divmod(self._take(1)[0], 32)
        if major == _UNSIGNED:
            return self._argument(info)
        if major == _BYTES:
            return self._take(self._argument(info))
        if major == _TEXT:
            return self._text(info)
        if major == _ARRAY:
            return [self.item(nesting + 1) for _ in self._places(info)]
        if major == _MAP:
            return self._map(info, nesting + 1)
        if major == _SIMPLE and info in _SIMPLE_VALUES:
            return _SIMPLE_VALUES[info]
        raise CborError(f"an item of major type {major}")

    def _map(self, info: int, nesting: int) -> CborValue:
        entries: dict[int | str, CborValue] = {}
        for _ in self._places(info):
            key = self.item(nesting)
            if not isinstance(key, int | str) or key in entries:
                raise CborError("a map's key is of another type, or comes twice")
            entries[key] = self.item(nesting)
        return entries

    def _places(self, info: int) -> Iterator[None]:
        """One step for each entry of a container; each entry takes a byte at least, which bounds them."""
        if info != _INDEFINITE:
            for _ in range(self._argument(info)):
                yield
            return
        while self._answer[self._position : self._position + 1] != bytes((_BREAK,)):
            yield
        self._position += 1

    def _argument(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise CborError("a reserved head, or a string in chunks")
        return int.from_bytes(self._take(1 << (info - 24)), "big")

    def _text(self, info: int) -> str:
        try:
            return self._take(self._argument(info)).decode()
        except UnicodeDecodeError as error:
            raise CborError("a text is not UTF-8") from error

    def _take(self, size: int) -> bytes:
        end = self._position + size
        if end > len(self._answer):
            raise CborError("it ends inside an item")
        taken = self._answer[self._position : end]
        self._position = end
        return taken
