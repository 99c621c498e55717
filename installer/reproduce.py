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
_TOOLS: Final = {"cc": "gcc libc6-dev", "diffoscope": "diffoscope-minimal", "unshare": "util-linux"}
"""The Debian packages of each program."""
_OTHER_DATE: Final = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

__attribute__((constructor)) static void hide(int count, char **arguments, char **variables) {
    for (int i = 0; i < count; i++) {
        char *name = strrchr(arguments[i], '/');
        if (strcmp(name ? name + 1 : arguments[i], "ldd")) continue;
        char **kept = variables;
        for (char **one = variables; *one; one++)
            if (strncmp(*one, "LD_PRELOAD=", 11)) *kept++ = *one;
        *kept = NULL;
        return;
    }
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*original)(clockid_t, struct timespec *);
    if (!original) original = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = original(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += 25 * 3600;
    return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec time;
    int failed = clock_gettime(CLOCK_REALTIME, &time);
    *now = (struct timeval){time.tv_sec, time.tv_nsec / 1000};
    return failed;
}

time_t time(time_t *now) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    if (now) *now = time.tv_sec;
    return time.tv_sec;
}
"""
"""A library that puts the date 25 hours later: what Debian's archive signs is valid for a week.

It hides from ldd(1), which PyInstaller asks for the libraries that it collects.

Clocks that measure seconds run as they do: faketime(1) changes what waits by them too, and Python then fails
or hangs (libfaketime 0.9.10).
"""


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
        own = {"HOME": str(WORK / f"home-{self.folder}"), "TEE_REX_HOME": ""}
        environ = {**os.environ, **own, **self.environ}
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
        _CACHE
        | {
            "USER": "ben",
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "C",
            "LD_PRELOAD": str(WORK / "other-date.so"),
        },
        0o077,
        # The same user to the system, another one to every program, and no more root.
        ("unshare", "--user", "--map-user=4321", "--map-group=4321"),
    ),
)


def main() -> int:
    """Build, compare, show; 1 if anything differs."""
    _install_tools()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    compile_it = ["cc", "-shared", "-fPIC", "-x", "c", "-o", str(WORK / "other-date.so"), "-"]
    subprocess.run(compile_it, input=_OTHER_DATE, text=True, check=True)
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
    lacking = (packages.split() for program, packages in _TOOLS.items() if shutil.which(program) is None)
    missing = sorted(package for packages in lacking for package in packages)
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "-qq", "update"], check=True)
        subprocess.run(
            ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *missing], check=True
        )
    elif missing:
        sys.exit(f"Needed on this machine: {' '.join(missing)}")


if __name__ == "__main__":
    sys.exit(main())
