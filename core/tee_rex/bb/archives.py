"""Reading .tar.gz archives that nobody has checked: as streams, with bounds on members and bytes."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tee_rex.system.files import CHUNK_BYTES
from tee_rex.system.text import quoted
from tee_rex.system.threads import Checkpoint

# npm's bb.js 4 has 641 members and 153 MB, its largest, bb, 50 MB; noir-protocol-circuits-types 4.4.0 has 455
# members and 250 MB. Room for releases to grow.
_MAX_MEMBERS: Final = 10_000
_MAX_UNPACKED_BYTES: Final = 512 << 20
_MAX_MEMBER_BYTES: Final = 192 << 20

_BLOCK: Final = tarfile.BLOCKSIZE
_END_OF_ARCHIVE: Final = bytes(_BLOCK)


class BadArchiveError(ValueError):
    """The archive is damaged, larger than any with bb is, or lacks what it must have; its text says which."""


def members(
    archive: Path, is_wanted: Callable[[str], bool], checkpoint: Checkpoint
) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The wanted regular files of a .tar.gz, each with its path and its content in pieces, in one pass.

    The pieces have to be taken before the next file. ``checkpoint`` gets the bytes unpacked so far. Raises
    BadArchiveError, or OSError from the disk.
    """
    try:
        with gzip.open(archive, "rb") as stream:
            yield from _members(stream, is_wanted, checkpoint)
    except (gzip.BadGzipFile, zlib.error, EOFError, tarfile.TarError) as error:
        raise BadArchiveError(quoted(str(error))) from error


def _members(
    stream: gzip.GzipFile, is_wanted: Callable[[str], bool], checkpoint: Checkpoint
) -> Iterator[tuple[str, Iterator[bytes]]]:
    unpacked = 0
    for _ in range(_MAX_MEMBERS):
        # Long-name and pax records count as members of their own here and are skipped: the files wanted have
        # short names.
        block = _exactly(stream, _BLOCK)
        if block == _END_OF_ARCHIVE:
            return
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        wanted = header.isreg() and is_wanted(header.name)
        unpacked += _BLOCK + header.size
        if header.size < 0 or unpacked > _MAX_UNPACKED_BYTES or (wanted and header.size > _MAX_MEMBER_BYTES):
            raise BadArchiveError("a member is too large")
        pieces = _pieces(stream, header.size, unpacked - header.size, checkpoint)
        if wanted:
            yield header.name, pieces
        for _piece in pieces:
            pass
        _exactly(stream, -header.size % _BLOCK)
    raise BadArchiveError("too many members")


def _pieces(stream: gzip.GzipFile, size: int, before: int, checkpoint: Checkpoint) -> Iterator[bytes]:
    for offset in range(0, size, CHUNK_BYTES):
        piece = _exactly(stream, min(CHUNK_BYTES, size - offset))
        checkpoint(before + offset + len(piece))
        yield piece


def _exactly(stream: gzip.GzipFile, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise BadArchiveError("unexpected end of archive")
    return data


def whole(pieces: Iterator[bytes], limit: int) -> bytes:
    """A file's content; raises BadArchiveError where it is longer than ``limit`` bytes."""
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > limit:
            raise BadArchiveError("a file is too large")
    return bytes(content)
