"""Writes Debian packages: the same bytes wherever, by whomever and whenever they are built.

What is in a package and how it is described, see Debian's Policy Manual, chapters 3 to 6.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import subprocess
import tempfile
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from elf import is_elf, is_library

MAINTAINER: Final = "TEE-Rex maintainers <nobody@tee-rex.invalid>"
"""As packages name them, in the form of Debian's Policy, 5.6.2. The release workflow refuses this address,
which can be nobody's (RFC 2606): see docs/release.md.
"""
ROOT: Final = Path(__file__).resolve().parents[1]
_KIB: Final = 1024
_WIDTH: Final = 76
_DPKG_DEB: Final = "/usr/bin/dpkg-deb"
_DPKG_SHLIBDEPS: Final = "/usr/bin/dpkg-shlibdeps"
_SHLIBS: Final = """\
libX11-xcb 1 libx11-xcb1
libzstd 1 libzstd1
"""
"""For dpkg-shlibdeps: of these Debian 12 names its own version, because they have no lists of symbols.

Qt uses XGetXCBConnection, which was always there, and what libzstd has had since 1.3; Ubuntu 22.04 has both.
"""
_COPYRIGHT: Final = """\
TEE-Rex is under the GNU Affero General Public License, version 3 or later, which follows. What it brings of
others, with their licences, is listed in THIRD-PARTY-NOTICES.txt.gz beside this file.
"""


@dataclass(frozen=True, slots=True)
class DebPackage:
    """What a package says of itself.

    version: Debian's, ``0.1.0``. depends, recommends: as in a control file. description: paragraphs. scripts:
    of the maintainer (``postinst``…), by name.
    """

    name: str
    version: str
    section: str
    depends: str
    summary: str
    description: tuple[str, ...]
    recommends: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        """As Debian names packages."""
        return f"{self.name}_{self.version}_amd64.deb"


def write_deb(package: DebPackage, tree: Path, folder: Path, made_at: int, level: int = 9) -> Path:
    """Pack ``tree``, which has the files at their places and gets a folder DEBIAN; the file in ``folder``.

    made_at: seconds since 1970, the date of everything in it. Everything belongs to root; what is below /etc
    is a configuration file, which the administrator may change. level: of xz, 0 to 9, quick to small.
    """
    control = tree / "DEBIAN"
    control.mkdir(exist_ok=True)
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
    for path in (tree, *tree.rglob("*")):
        os.utime(path, (made_at, made_at), follow_symlinks=False)
    target = folder / package.file_name
    subprocess.run(
        [_DPKG_DEB, "--root-owner-group", "-Zxz", f"-z{level}", "--build", tree, target],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(made_at)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return target


def normalise(tree: Path) -> None:
    """Give everything the modes that Debian's packages have, whatever the umask was: 0755 and 0644.

    What starts is a program: not a library, and not a script for another one, as of npm.
    """
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            starts = path.is_file() and is_elf(path) and not is_library(path)
            path.chmod(0o755 if path.is_dir() or starts else 0o644)


def compress(file: Path) -> None:
    """Replace a page or a changelog by its .gz, as Policy 12.3 wants it: without name and time."""
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    file.unlink()


def changelog(package: DebPackage, made_at: int, changes: Sequence[str] = ()) -> str:
    """One entry in Debian's form. changes: what is new."""
    date = format_datetime(datetime.fromtimestamp(made_at, UTC))
    items = "\n".join(
        textwrap.fill(change, _WIDTH, initial_indent="  * ", subsequent_indent="    ")
        for change in changes or (f"Release {package.version}.",)
    )
    return (
        f"{package.name} ({package.version}) stable; urgency=medium\n\n{items}\n\n -- {MAINTAINER}  {date}\n"
    )


def write_documents(
    tree: Path, package: DebPackage, program: Path, overrides: Path, made_at: int, changes: Sequence[str] = ()
) -> None:
    """Write copyright, notices, changelog and lintian's overrides to their places in ``tree``.

    program: its folder, whose licence and notices are moved. overrides: a file. changes: what is new.
    """
    document = tree / "usr" / "share" / "doc" / package.name
    document.mkdir(parents=True, exist_ok=True)
    licence, notices = program / "LICENSE", program / "THIRD-PARTY-NOTICES.txt"
    (document / "copyright").write_text(f"{_COPYRIGHT}\n{licence.read_text('utf-8')}", "utf-8")
    (document / notices.name).write_text(notices.read_text("utf-8"), "utf-8")
    licence.unlink()
    notices.unlink()
    (document / "changelog").write_text(changelog(package, made_at, changes), "utf-8")
    compress(document / notices.name)
    compress(document / "changelog")
    place = tree / "usr" / "share" / "lintian" / "overrides" / package.name
    place.parent.mkdir(parents=True)
    place.write_text(overrides.read_text("utf-8"), "utf-8")


def _control(package: DebPackage, size: int) -> str:
    fields = {
        "Package": package.name,
        "Version": package.version,
        "Architecture": "amd64",
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "Depends": package.depends,
        "Recommends": package.recommends,
        "Section": package.section,
        "Priority": "optional",
        "Description": f"{package.summary}\n" + "\n .\n".join(map(_folded, package.description)),
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def _folded(paragraph: str) -> str:
    return textwrap.fill(paragraph, _WIDTH, initial_indent=" ", subsequent_indent=" ")


def _files(tree: Path) -> Iterator[Path]:
    return (path for path in sorted(tree.rglob("*")) if path.is_symlink() or not path.is_dir())


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def needed_packages(tree: Path, files: Iterable[Path], copied: Iterable[str]) -> str:
    """The Depends field for programs and libraries of a package's tree, from dpkg-shlibdeps.

    copied: packages whose libraries are in the tree. Raises RuntimeError for a library that is neither there
    nor in an installed package.
    """
    (tree / "DEBIAN").mkdir(exist_ok=True)  # shows dpkg-shlibdeps where the package begins
    own = sorted({path.parent for path in _files(tree) if is_library(path)})
    with tempfile.TemporaryDirectory(prefix="shlibdeps-") as work:
        (Path(work) / "debian").mkdir()
        (Path(work) / "debian" / "control").write_text(
            "Source: tee-rex\n\nPackage: tee-rex\nArchitecture: any\n"
        )
        (Path(work) / "debian" / "shlibs.local").write_text(_SHLIBS)
        command: list[str | Path] = [_DPKG_SHLIBDEPS, "-O", "--warnings=0", "--ignore-missing-info"]
        command += [f"-l{folder}" for folder in own]
        command += [*(f"-x{package}" for package in copied), *(f"-e{file}" for file in files)]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    found = re.search(r"^shlibs:Depends=(.*)$", done.stdout, re.MULTILINE)
    if done.returncode != 0 or found is None:
        raise RuntimeError("\n".join(line for line in done.stderr.splitlines() if ": error: " in line))
    return found[1]


def date_of_sources() -> int:
    """SOURCE_DATE_EPOCH, else the date of the last commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    log = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return int(subprocess.run(log, capture_output=True, check=True).stdout)
