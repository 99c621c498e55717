"""Reading npm's packages, which are archives that nobody has checked."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

# noir-protocol-circuits-types 4.4.0 has 455 files and 250 MB, its largest 25 MB; bb.js a bb of 50 MB.
_MAX_MEMBERS: Final = 10_000
_MAX_UNPACKED_BYTES: Final = 1 << 30
_PIECE_BYTES: Final = 1 << 20
_BLOCK: Final = tarfile.BLOCKSIZE


class BadPackageError(ValueError):
    """A package is damaged, is larger than any package is, or lacks what it must have."""


def members(archive: Path, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The wanted files of a .tar.gz, each with its path and its content in pieces, in one pass.

    The pieces have to be taken before the next file. Raises BadPackageError.
    """
    with gzip.open(archive, "rb") as stream:
        yield from _members(stream, is_wanted)


def _members(
    stream: gzip.GzipFile, is_wanted: Callable[[str], bool]
) -> Iterator[tuple[str, Iterator[bytes]]]:
    unpacked = 0
    for _ in range(_MAX_MEMBERS):
        # Records of long names count as files of their own and are skipped: wanted files have short names.
        block = _exactly(stream, _BLOCK)
        if block == bytes(_BLOCK):
            return
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.TarError as error:
            raise BadPackageError("the package is damaged") from error
        unpacked += _BLOCK + header.size
        if header.size < 0 or unpacked > _MAX_UNPACKED_BYTES:
            raise BadPackageError("the package is too large")
        pieces = _pieces(stream, header.size)
        if header.isreg() and is_wanted(header.name):
            yield header.name, pieces
        for _piece in pieces:
            pass
        _exactly(stream, -header.size % _BLOCK)
    raise BadPackageError("the package has too many files")


def _pieces(stream: gzip.GzipFile, size: int) -> Iterator[bytes]:
    for offset in range(0, size, _PIECE_BYTES):
        yield _exactly(stream, min(_PIECE_BYTES, size - offset))


def _exactly(stream: gzip.GzipFile, size: int) -> bytes:
    try:
        data = stream.read(size)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise BadPackageError("the package is damaged") from error
    if len(data) != size:
        raise BadPackageError("the package ends too early")
    return data


def whole(pieces: Iterator[bytes], limit: int) -> bytes:
    """A file's content; raises BadPackageError where it is longer than ``limit`` bytes."""
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > limit:
            raise BadPackageError("a file of the package is too large")
    return bytes(content)
