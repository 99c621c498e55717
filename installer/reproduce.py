"""Builds every package twice and compares them: ``make reproduce``.

In two folders, as two users, at two dates, with two time zones and umasks, from what is committed. Files that
differ are shown by diffoscope. Takes some 20 minutes on two cores. Arguments are package.py's: ``--level 1``
is quicker.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
WORK: Final = ROOT / "build" / "reproduce"
_SUMS: Final = "SHA256SUMS"
_TOOLS: Final = {"faketime": "faketime", "diffoscope": "diffoscope-minimal", "unshare": "util-linux"}
"""The Debian package of each program."""


@dataclass(frozen=True, slots=True)
class Builder:
    """Who builds, where and when. wrapper: what starts the build. umask: of new files."""

    folder: str
    environ: Mapping[str, str]
    umask: int
    wrapper: Sequence[str] = ()

    def build(self, commit: str) -> Path:
        """Build what is committed; the folder of the packages."""
        checkout = WORK / self.folder
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, checkout], check=True)
        subprocess.run(["git", "-C", checkout, "checkout", "--quiet", "--detach", commit], check=True)
        if (ROOT / ".tools").exists():
            shutil.copytree(ROOT / ".tools", checkout / ".tools")
        # A home of its own: what is bundled is fetched anew.
        environ = {**os.environ, "HOME": str(WORK / f"home-{self.folder}"), **self.environ}
        Path(environ["HOME"]).mkdir()
        command = [
            *self.wrapper,
            "make",
            "package",
            "package-server",
            f"PYTHON={sys.base_prefix}/bin/python3",
            f"PACKAGE={' '.join(sys.argv[1:])}",
        ]
        subprocess.run(command, cwd=checkout, env=environ, umask=self.umask, check=True)
        return checkout / "build" / "package"


_CACHE: Final = {"UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))}
BUILDERS: Final = (
    Builder("one", _CACHE | {"USER": "ana", "TZ": "UTC", "LC_ALL": "C.UTF-8"}, 0o022),
    Builder(
        "another-place",
        # Clocks that measure seconds run as they do, or apt and npm would time out.
        _CACHE
        | {"USER": "ben", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "FAKETIME_DONT_FAKE_MONOTONIC": "1"},
        0o077,
        # The same user to the system, another one to every program, and no more root. 25 hours later: what
        # Debian's archive signs is valid for a week.
        ("unshare", "--user", "--map-user=4321", "--map-group=4321", "faketime", "-f", "+25h"),
    ),
)


def main() -> int:
    """Build, compare, show; 1 if anything differs."""
    _install_tools()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    head = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    commit = subprocess.run(head, capture_output=True, text=True, check=True).stdout.strip()
    one, other = (builder.build(commit) for builder in BUILDERS)
    names = sorted({file.name for folder in (one, other) for file in folder.iterdir()} - {_SUMS})
    differing = [name for name in names if not _are_equal(one / name, other / name)]
    for name in names:
        print(f"{'differs' if name in differing else 'equal  '}  {name}")
    for name in differing:
        subprocess.run(["diffoscope", "--max-report-size=20000", one / name, other / name], check=False)
    return 1 if differing else 0


def _are_equal(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.read_bytes() == other.read_bytes()


def _install_tools() -> None:
    missing = sorted(package for program, package in _TOOLS.items() if shutil.which(program) is None)
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "-qq", "update"], check=True)
        subprocess.run(
            ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *missing], check=True
        )
    elif missing:
        sys.exit(f"Needed on this machine: {' '.join(missing)}")


if __name__ == "__main__":
    sys.exit(main())
