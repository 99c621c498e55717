"""A root file system as the kernel unpacks it at start: cpio in the "newc" format, not compressed.

Source: Linux's Documentation/driver-api/early-userspace/buffer-format.rst. Times are 0, owners root, inode
numbers count from 1, and the order is that of the tree, so equal trees give equal bytes.
"""

from __future__ import annotations

import stat
from typing import Final

from tee_rex_server.image.file_tree import CharacterDevice, File, FileTree, Folder, Link, Node

_MAGIC: Final = b"070701"
_TRAILER: Final = "TRAILER!!!"
_END_ALIGNMENT: Final = 512
_MAX_FILE_BYTES: Final = (1 << 32) - 1


def initramfs(tree: FileTree) -> bytes:
    """The archive; its length is a multiple of 512, so that another one may follow it."""
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
