"""A Debian package from a tree of files: the same tree gives the same bytes.

Written after Debian's policy 4.6 (chapters 3 to 5, 12) and deb(5). No package of ours has a maintainer script
that uses the network.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

MAINTAINER: Final = "TEE-Rex maintainers <tee-rex@lists.example.org>"
_FOLDER, _PLAIN, _PROGRAM = 0o755, 0o644, 0o755
_WIDTH: Final = 78
_ELF: Final = b"\x7fELF"
_DPKG_DEB: Final = "/usr/bin/dpkg-deb"
_DPKG_SHLIBDEPS: Final = "/usr/bin/dpkg-shlibdeps"


@dataclass(frozen=True, slots=True)
class Control:
    """What a package says of itself (deb-control(5)).

    summary: at most 80 characters. description: paragraphs, with empty lines between them. configuration:
    absolute paths of conffiles. scripts: of the maintainer, by name (``postinst``).
    """

    package: str
    version: str
    summary: str
    description: str
    depends: str = ""
    recommends: str = ""
    suggests: str = ""
    architecture: str = "amd64"
    section: str = "utils"
    configuration: Sequence[str] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        """``<package>_<version>_<architecture>.deb``."""
        return f"{self.package}_{self.version}_{self.architecture}.deb"

    def text(self, installed_kib: int) -> str:
        """The file ``control``."""
        fields = {
            "Package": self.package,
            "Version": self.version,
            "Architecture": self.architecture,
            "Maintainer": MAINTAINER,
            "Installed-Size": str(installed_kib),
            "Depends": self.depends,
            "Recommends": self.recommends,
            "Suggests": self.suggests,
            "Section": self.section,
            "Priority": "optional",
            "Description": f"{self.summary}\n{_paragraphs(self.description)}",
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def build_deb(tree: Path, control: Control, folder: Path, made_at: int) -> Path:
    """Build a package of what is in ``tree``, which becomes /, into ``folder``.

    tree: it is changed: its permissions and dates are those of the package. made_at: seconds since 1970.
    """
    contents = tree / "DEBIAN"
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    sums = "".join(f"{_md5(path)}  {path.relative_to(tree)}\n" for path in files)
    size = sum(-(-path.lstat().st_size // 1024) for path in tree.rglob("*") if not path.is_dir())
    contents.mkdir(exist_ok=True)
    (contents / "md5sums").write_text(sums)
    (contents / "control").write_text(
        control.text(size + sum(1 for path in tree.rglob("*") if path.is_dir()))
    )
    if control.configuration:
        (contents / "conffiles").write_text("".join(f"{path}\n" for path in control.configuration))
    for name, script in control.scripts.items():
        (contents / name).write_text(script)
        (contents / name).chmod(_PROGRAM)
    _settle(tree, made_at)
    target = folder / control.file_name
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(made_at)}
    subprocess.run(
        [_DPKG_DEB, "--root-owner-group", "-Zxz", "--build", tree, target],
        env=environ,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return target


def _paragraphs(text: str) -> str:
    return "\n .\n".join(
        textwrap.fill(one, _WIDTH, initial_indent=" ", subsequent_indent=" ") for one in text.split("\n\n")
    )


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _settle(tree: Path, made_at: int) -> None:
    """Permissions and dates that depend on no umask and no clock."""
    for path in (tree, *tree.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(_FOLDER)
        elif not path.is_symlink():
            path.chmod(_PROGRAM if path.stat().st_mode & 0o100 else _PLAIN)
        os.utime(path, (made_at, made_at), follow_symlinks=False)


def write_documents(tree: Path, control: Control, texts: Sequence[str], changes: str, made_at: int) -> None:
    """Write /usr/share/doc/<package>/copyright and changelog.gz.

    texts: our licence, then the notices of other works. changes: what is new, one change a line.
    """
    docs = tree / "usr" / "share" / "doc" / control.package
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "copyright").write_text("\n\n".join(texts), "utf-8")
    day = datetime.fromtimestamp(made_at, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    items = "\n".join(
        textwrap.fill(line, _WIDTH, initial_indent="  * ", subsequent_indent="    ")
        for line in changes.splitlines()
    )
    head = f"{control.package} ({control.version}) unstable; urgency=medium"
    log = f"{head}\n\n{items}\n\n -- {MAINTAINER}  {day}\n"
    (docs / "changelog.gz").write_bytes(gzip.compress(log.encode(), mtime=0))


def write_overrides(tree: Path, package: str, overrides: str) -> None:
    """Write the exceptions from lintian's rules, each after a comment with its reason."""
    folder = tree / "usr" / "share" / "lintian" / "overrides"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / package).write_text(overrides)


def elf_files(tree: Path) -> list[Path]:
    """All programs and libraries below a folder."""
    found = []
    for path in sorted(tree.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(len(_ELF)) == _ELF:
                    found.append(path)
    return found


def needed_packages(tree: Path, files: Iterable[Path], copied: Iterable[str]) -> str:
    """The Depends field for programs and libraries of a package's tree, from dpkg-shlibdeps.

    copied: packages whose libraries are in the tree. Raises RuntimeError for a library that is neither there
    nor in an installed package.
    """
    (tree / "DEBIAN").mkdir(exist_ok=True)  # shows dpkg-shlibdeps where the package begins
    own = sorted({path.parent for path in elf_files(tree) if ".so" in path.name})
    with tempfile.TemporaryDirectory(prefix="shlibdeps-") as work:
        (Path(work) / "debian").mkdir()
        (Path(work) / "debian" / "control").write_text(
            "Source: tee-rex\n\nPackage: tee-rex\nArchitecture: any\n"
        )
        command: list[str | Path] = [_DPKG_SHLIBDEPS, "-O", "--warnings=0", "--ignore-missing-info"]
        command += [
            *(f"-l{folder}" for folder in own),
            *(f"-x{package}" for package in copied),
            *(f"-e{file}" for file in files),
        ]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    found = re.search(r"^shlibs:Depends=(.*)$", done.stdout, re.MULTILINE)
    if done.returncode != 0 or found is None:
        raise RuntimeError("\n".join(line for line in done.stderr.splitlines() if ": error: " in line))
    return found[1]


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder with its links; files are hard links where the file system has them."""

    def link(one: str, other: str) -> None:
        try:
            os.link(one, other, follow_symlinks=False)
        except OSError:
            shutil.copy2(one, other, follow_symlinks=False)

    shutil.copytree(source, target, symlinks=True, copy_function=link, dirs_exist_ok=True)
