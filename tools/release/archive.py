"""The plain archive: a frozen program in a folder that updates itself (core/tee_rex/updates/folder.py)."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import IO, Final, cast

from release.feed import FeedError
from tee_rex.updates.folder import APP, COMMAND

START: Final = Path(__file__).resolve().parents[2] / "installer" / "start-current.sh"
_TOP: Final = "tee-rex"


def write_archive(frozen: Path, version: str, target: Path, *, made_at: int, level: int = 9) -> int:
    """Write a .tar.xz of a frozen program; the bytes that it unpacks to.

    frozen: a folder with ``tee-rex``, and ``tee-rex-app`` if it has the app. made_at: seconds since 1970,
    the date of every file: the same input gives the same bytes. level: of xz, 0 to 9, quick to small.
    """
    unpacked = 0
    with (
        _xz(target, level) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):

        def add(member: tarfile.TarInfo, content: bytes = b"") -> None:
            member.mtime, member.size = made_at, len(content)
            archive.addfile(member, io.BytesIO(content))

        for name in (COMMAND, APP):
            if (frozen / name).exists():
                add(_member(f"{_TOP}/{name}", 0o755), START.read_bytes())
        add(_link(f"{_TOP}/current", f"versions/{version}"))
        for path in _sorted_below(frozen):
            name = f"{_TOP}/versions/{version}/{path.relative_to(frozen).as_posix()}"
            if path.is_symlink():
                add(_link(name, path.readlink().as_posix()))
            else:
                content = path.read_bytes()
                unpacked += len(content)
                add(_member(name, 0o755 if path.stat().st_mode & 0o100 else 0o644), content)
    return unpacked


@contextmanager
def _xz(target: Path, level: int) -> Iterator[IO[bytes]]:
    """Compress with all cores, in blocks of one size however many cores there are; with one core too.

    The filter for x86 saves 4 % of programs, and takes as little from others.
    """
    filters = ("--x86", f"--lzma2=preset={level}")
    command = ("xz", f"--threads={max(2, os.cpu_count() or 1)}", "--block-size=64MiB", *filters, "--stdout")
    with target.open("wb") as output, subprocess.Popen(command, stdin=PIPE, stdout=output) as process:
        packed = cast("IO[bytes]", process.stdin)
        yield packed
        packed.close()
        if process.wait() != 0:
            raise FeedError(f"xz could not write {target}")


def unpacked_bytes(archive: Path, version: str) -> int:
    """What the version in an archive unpacks to; raises FeedError if its program is not in there."""
    prefix = f"{_TOP}/versions/{version}/"
    with tarfile.open(archive) as members:
        sizes = {one.name: one.size for one in members if one.name.startswith(prefix)}
    if prefix + COMMAND not in sizes:
        raise FeedError(f"{archive} has no {prefix}{COMMAND}")
    return sum(sizes.values())


def _sorted_below(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())


def _member(name: str, mode: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.mode = mode
    return member


def _link(name: str, target: str) -> tarfile.TarInfo:
    link = tarfile.TarInfo(name)
    link.type, link.linkname = tarfile.SYMTYPE, target
    return link
