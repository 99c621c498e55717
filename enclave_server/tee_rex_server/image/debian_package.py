"""The files in a Debian package, read without dpkg.

Source: deb(5). A package is an ar archive of ``debian-binary``, the control archive and the data archive.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

_AR_MAGIC: Final = b"!<arch>\n"
_AR_HEAD_BYTES: Final = 60
_DATA_MEMBER: Final = "data.tar"


def package_files(package: bytes) -> dict[str, tuple[bytes, bool]]:
    """Content and executability of every regular file, by its path (``usr/bin/…``).

    Links to files of the same package become those files; others are left out. Raises ValueError for what is
    not a package, which one with a checked digest always is.
    """
    files: dict[str, tuple[bytes, bool]] = {}
    links: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(_data_archive(package))) as archive:
            for member in archive:
                path = str(PurePosixPath(member.name))
                if member.isfile():
                    content = archive.extractfile(member)
                    assert content is not None  # noqa: S101  # a regular file's never is
                    files[path] = content.read(), bool(member.mode & 0o100)
                elif member.issym():
                    links[path] = _resolved(path, member.linkname)
                elif member.islnk():
                    links[path] = str(PurePosixPath(member.linkname))
    except (tarfile.TarError, EOFError, OSError, lzma.LZMAError, zlib.error) as error:
        raise ValueError("not a Debian package: a damaged data archive") from error
    for path, target in links.items():
        if target in files:
            files[path] = files[target]
    return files


def _resolved(link: str, target: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath("/", link).parent / target).parts[1:]:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return "/".join(parts)


def _data_archive(package: bytes) -> bytes:
    for name, content in _ar_members(package):
        if name.startswith(_DATA_MEMBER):
            return content
    raise ValueError("not a Debian package: no data archive")


def _ar_members(package: bytes) -> Iterator[tuple[str, bytes]]:
    if not package.startswith(_AR_MAGIC):
        raise ValueError("not a Debian package: no ar archive")
    position = len(_AR_MAGIC)
    while position < len(package):
        head = package[position : position + _AR_HEAD_BYTES]
        length = head[48:58].rstrip(b" ")
        if len(head) != _AR_HEAD_BYTES or head[58:] != b"`\n" or not length.isdigit():
            raise ValueError("not a Debian package: truncated ar archive")
        size = int(length)
        position += _AR_HEAD_BYTES
        yield head[:16].decode("ascii").rstrip(" /"), package[position : position + size]
        position += size + size % 2
