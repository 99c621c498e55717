"""A reader of newc cpio archives, written apart from the writer, after the kernel's own description."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class NewcEntry:
    """One entry's fields as numbers, its name and its content."""

    name: str
    inode: int
    mode: int
    uid: int
    gid: int
    nlink: int
    mtime: int
    rdev: tuple[int, int]
    content: bytes


def read_newc(archive: bytes) -> list[NewcEntry]:
    """Every entry before the trailer; zeros may follow it."""
    entries: list[NewcEntry] = []
    position = 0
    while True:
        head = archive[position : position + 110]
        assert head[:6] == b"070701", f"no entry at {position}"
        fields = [int(head[6 + 8 * n : 14 + 8 * n], 16) for n in range(13)]
        inode, mode, uid, gid, nlink, mtime, size, _major, _minor, rmajor, rminor, name_size, check = fields
        assert check == 0
        name_begin = position + 110
        name = archive[name_begin : name_begin + name_size]
        assert name.endswith(b"\0")
        begin = (name_begin + name_size + 3) // 4 * 4
        content = archive[begin : begin + size]
        assert len(content) == size
        position = (begin + size + 3) // 4 * 4
        text = name[:-1].decode()
        if text == "TRAILER!!!":
            assert not any(archive[position:])
            return entries
        entries.append(NewcEntry(text, inode, mode, uid, gid, nlink, mtime, (rmajor, rminor), content))


def unpack_newc(archive: bytes, folder: Path) -> None:
    """Write files, folders and links; devices are left out."""
    for entry in read_newc(archive):
        path = folder / entry.name
        if stat.S_ISDIR(entry.mode):
            path.mkdir(exist_ok=True)
        elif stat.S_ISLNK(entry.mode):
            path.symlink_to(entry.content.decode())
        elif stat.S_ISREG(entry.mode):
            path.write_bytes(entry.content)
            path.chmod(stat.S_IMODE(entry.mode))
