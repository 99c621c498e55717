"""Taking one file out of a .tar.gz that nobody has checked yet."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tee_rex.bb.errors import BbDownloadFailedError
from tee_rex.system.files import CHUNK_BYTES
from tee_rex.system.threads import Checkpoint

# The npm package of 4.1.2 has 641 members and 153 MB, its largest bb 50 MB; room for releases to grow.
_MAX_MEMBERS = 10_000
_MAX_UNPACKED_BYTES = 512 << 20
_MAX_MEMBER_BYTES = 192 << 20

_BLOCK = tarfile.BLOCKSIZE
_END_OF_ARCHIVE = bytes(_BLOCK)


def extract_member(archive: Path, member: str, target: Path, checkpoint: Checkpoint) -> None:
    """Write the regular file ``member`` of a .tar.gz to ``target``.

    The archive is read as a stream up to that member, with bounds on members and bytes; nothing else of
    it is stored. ``checkpoint`` gets the bytes written. Raises BbDownloadFailedError for an archive that
    is damaged, exceeds the bounds, or lacks the member.
    """
    try:
        with gzip.open(archive, "rb") as stream, target.open("xb") as output:
            for chunk in _member_chunks(stream, member):
                output.write(chunk)
                checkpoint(output.tell())
    except (gzip.BadGzipFile, zlib.error, EOFError, tarfile.TarError) as error:
        raise BbDownloadFailedError(f"the archive is damaged ({error})") from error


def _member_chunks(stream: gzip.GzipFile, member: str) -> Iterator[bytes]:
    """The content of ``member``; an empty piece for each piece passed over before it."""
    unpacked = 0
    for _ in range(_MAX_MEMBERS):
        # Long-name and pax records count as members of their own here and are passed over: the file
        # that is looked for has a short name, and its digest decides in the end.
        block = _exactly(stream, _BLOCK)
        if block == _END_OF_ARCHIVE:
            raise BbDownloadFailedError(f"the archive has no {member}")
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        wanted = header.name == member and header.isreg()
        unpacked += _BLOCK + header.size
        if header.size < 0 or unpacked > _MAX_UNPACKED_BYTES or (wanted and header.size > _MAX_MEMBER_BYTES):
            raise tarfile.ReadError("a member is too large")
        for offset in range(0, header.size, CHUNK_BYTES):
            chunk = _exactly(stream, min(CHUNK_BYTES, header.size - offset))
            yield chunk if wanted else b""
        if wanted:
            return
        _exactly(stream, -header.size % _BLOCK)
    raise tarfile.ReadError("too many members")


def _exactly(stream: gzip.GzipFile, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError("it ends too early")
    return data
