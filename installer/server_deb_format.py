"""Writes Debian packages: the same bytes wherever, by whomever and whenever they are built.

What is in a package and how it is described, see Debian's Policy Manual, chapters 3 to 6.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from tee_rex.runtime.standalone import patchelf_program

MAINTAINER: Final = "TEE-Rex maintainers <tee-rex@lists.example.org>"
_KIB: Final = 1024


@dataclass(frozen=True, slots=True)
class DebPackage:
    """What a package says of itself.

    version: Debian's, ``0.1.0``. depends: as in a control file. description: paragraphs. scripts: of the
    maintainer (``postinst``…), by name.
    """

    name: str
    version: str
    section: str
    depends: str
    summary: str
    description: tuple[str, ...]
    scripts: Mapping[str, str] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        """As Debian names packages."""
        return f"{self.name}_{self.version}_amd64.deb"


def write_deb(package: DebPackage, tree: Path, folder: Path, made_at: int) -> Path:
    """Pack ``tree``, which has the files at their places and gets a folder DEBIAN; the file in ``folder``.

    made_at: seconds since 1970; files that are newer count as made then. Everything belongs to root; what is
    below /etc is a configuration file, which the administrator may change.
    """
    control = tree / "DEBIAN"
    control.mkdir()
    normalise(tree)
    content = [path for path in _files(tree) if control not in path.parents]
    size = sum(-(-path.lstat().st_size // _KIB) for path in content)
    (control / "control").write_text(_control(package, size), "utf-8")
    sums = (f"{_md5(path)}  {path.relative_to(tree)}\n" for path in content if not path.is_symlink())
    (control / "md5sums").write_text("".join(sums), "utf-8")
    if (tree / "etc").is_dir():
        conffiles = [f"/{path.relative_to(tree)}\n" for path in _files(tree / "etc")]
        (control / "conffiles").write_text("".join(conffiles), "utf-8")
    for name, text in package.scripts.items():
        (control / name).write_text(text, "utf-8")
        (control / name).chmod(0o755)
    target = folder / package.file_name
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, target],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(made_at)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return target


def normalise(tree: Path) -> None:
    """Give everything the modes that Debian's packages have, whatever the umask was: 0755 and 0644."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            starts = bool(path.stat().st_mode & stat.S_IXUSR) and not _is_library(path)
            path.chmod(0o755 if path.is_dir() or starts else 0o644)


def slim_libraries(tree: Path) -> None:
    """Remove debug symbols from shared libraries, and the places of libraries on the building machine."""
    patchelf = patchelf_program()
    for path in filter(_is_library, _files(tree)):
        subprocess.run(["strip", "--strip-unneeded", path], check=True)
        done = subprocess.run([patchelf, "--print-rpath", path], capture_output=True, text=True, check=True)
        places = done.stdout.strip().split(":")
        kept = [place for place in places if place.startswith("$ORIGIN")]
        if kept != [place for place in places if place]:
            subprocess.run([patchelf, "--set-rpath", ":".join(kept), path], check=True)


def compress(file: Path) -> None:
    """Replace a page or a changelog by its .gz, as Policy 12.3 wants it: without name and time."""
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    file.unlink()


def changelog(name: str, version: str, made_at: int) -> str:
    """One entry in Debian's form."""
    date = format_datetime(datetime.fromtimestamp(made_at, UTC))
    return (
        f"{name} ({version}) stable; urgency=medium\n\n  * Release {version}.\n\n -- {MAINTAINER}  {date}\n"
    )


def _control(package: DebPackage, size: int) -> str:
    fields = {
        "Package": package.name,
        "Version": package.version,
        "Architecture": "amd64",
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "Depends": package.depends,
        "Section": package.section,
        "Priority": "optional",
        "Description": "\n .\n".join(
            (f"{package.summary}", *(_folded(paragraph) for paragraph in package.description))
        ).replace("\n .\n", "\n", 1),
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def _folded(paragraph: str) -> str:
    lines, line = [], ""
    for word in paragraph.split():
        if len(line) + len(word) > 76:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\n".join((*lines, line))


def _is_library(path: Path) -> bool:
    """Whether it is a shared library, ``libz.so.1`` or a module of Python's; not a link to one."""
    return path.is_file() and not path.is_symlink() and re.search(r"\.so(\.\d+)*$", path.name) is not None


def _files(tree: Path) -> Iterator[Path]:
    return (path for path in sorted(tree.rglob("*")) if path.is_symlink() or not path.is_dir())


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def glibc_needed(tree: Path) -> str:
    """The newest version of glibc, ``2.36``, that a program or library in ``tree`` asks for."""
    libraries = [
        path for path in _files(tree) if not path.is_symlink() and path.read_bytes()[:4] == b"\x7fELF"
    ]
    listed = subprocess.run(["objdump", "-p", *libraries], capture_output=True, text=True, check=True).stdout
    versions = {(int(major), int(minor)) for major, minor in re.findall(r"\bGLIBC_(\d+)\.(\d+)\b", listed)}
    return "{}.{}".format(*max(versions))
