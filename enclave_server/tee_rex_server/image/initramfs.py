"""The root file system of an image: in memory, and as the kernel unpacks it at start (initramfs).

The archive is cpio in the "newc" format, not compressed. Source: Linux's
Documentation/driver-api/early-userspace/buffer-format.rst. Times are 0, owners root, inode numbers count from
1, and the order is that of the tree, so equal trees give equal bytes wherever and whenever they are made.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, TypeAlias

_MAGIC: Final = b"070701"
_TRAILER: Final = "TRAILER!!!"
_END_ALIGNMENT: Final = 512
_MAX_FILE_BYTES: Final = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Folder:
    """A directory with its permission bits."""

    permissions: int = 0o755


@dataclass(frozen=True, slots=True)
class File:
    """A regular file."""

    content: bytes = field(repr=False)
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True, slots=True)
class CharacterDevice:
    """A device node."""

    major: int
    minor: int
    permissions: int = 0o600


Node: TypeAlias = Folder | File | Link | CharacterDevice


class FileTree:
    """Nodes by their paths, relative and in POSIX form (``usr/bin/python3.13``); all belong to root."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def add(self, path: str, node: Node) -> None:
        """Add a node and the folders above it; raises ValueError for a path that exists already."""
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or str(pure) != path or path == ".":
            raise ValueError(f"not a plain relative path: {path!r}")
        parents = [self._nodes.setdefault(str(parent), Folder()) for parent in reversed(pure.parents[:-1])]
        if not all(isinstance(parent, Folder) for parent in parents):
            raise ValueError(f"{path} is below something that is not a folder")
        present = self._nodes.get(path)
        if present is not None and not (isinstance(present, Folder) and isinstance(node, Folder)):
            raise ValueError(f"{path} exists already")
        self._nodes[path] = node

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        """Every node, sorted by the parts of its path, so that a folder comes before its content."""
        for path in sorted(self._nodes, key=lambda path: path.split("/")):
            yield path, self._nodes[path]


def initramfs(tree: FileTree) -> bytes:
    """The archive; its length is a multiple of 512, so that another archive may follow it."""
    archive = bytearray()
    for number, (path, node) in enumerate(tree, start=1):
        _append(archive, path, node, number)
    _append_entry(archive, _TRAILER, b"", inode=0, mode=0)
    archive += bytes(-len(archive) % _END_ALIGNMENT)
    return bytes(archive)


def _append(archive: bytearray, path: str, node: Node, inode: int) -> None:
    match node:
        case Folder(permissions):
            _append_entry(archive, path, b"", inode=inode, mode=stat.S_IFDIR | permissions, links=2)
        case File(content, executable):
            permissions = 0o755 if executable else 0o644
            _append_entry(archive, path, content, inode=inode, mode=stat.S_IFREG | permissions)
        case Link(target):
            _append_entry(archive, path, target.encode(), inode=inode, mode=stat.S_IFLNK | 0o777)
        case CharacterDevice(major, minor, permissions):
            _append_entry(
                archive, path, b"", inode=inode, mode=stat.S_IFCHR | permissions, device=(major, minor)
            )


def _append_entry(
    archive: bytearray,
    name: str,
    content: bytes,
    *,
    inode: int,
    mode: int,
    links: int = 1,
    device: tuple[int, int] = (0, 0),
) -> None:
    if len(content) > _MAX_FILE_BYTES:
        raise ValueError(f"{name} is too large for this format")
    ended_name = name.encode() + b"\0"
    uid = gid = mtime = own_major = own_minor = checksum = 0
    numbers = (inode, mode, uid, gid, links, mtime, len(content), own_major, own_minor, *device)
    archive += _MAGIC
    archive += b"".join(b"%08X" % number for number in (*numbers, len(ended_name), checksum))
    archive += ended_name
    archive += bytes(-len(archive) % 4)
    archive += content
    archive += bytes(-len(archive) % 4)
