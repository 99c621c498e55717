"""A Debian root file system to build in: the same compiler at the same paths everywhere, and no network."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from enclave_tools.archive import KEYRING
from enclave_tools.commands import Progress, clean_environment, output_of, run_logged

SUITE = "trixie"

_FOR_THE_KERNEL = ("gcc", "libc6-dev", "make", "flex", "bison", "bc", "libelf-dev", "xz-utils")
_FOR_QEMU = (
    "dpkg-dev",
    "meson",
    "ninja-build",
    "python3-venv",
    "pkgconf",
    "libglib2.0-dev",
    "libcbor-dev",
    "libgnutls28-dev",
    "libfdt-dev",
    "zlib1g-dev",
)
# They determine the kernel's bytes.
_KERNEL_TOOLCHAIN = (
    "gcc-14",
    "binutils",
    "libc6-dev:amd64",
    "make",
    "flex",
    "bison",
    "bc",
    "libelf-dev:amd64",
)
_NOT_NEEDED = ("doc", "man", "info", "locale", "i18n")


@dataclass(frozen=True, slots=True)
class BuildRoot:
    """The root's folder; builds run in its ``/build``."""

    folder: Path
    log: Path

    @classmethod
    def create(cls, mirror: str, folder: Path, log: Path) -> BuildRoot:
        """Install Debian trixie with a compiler into a new folder."""
        run_logged(
            [
                # Its mounts vanish with it, so an interrupted root can be removed without touching /proc.
                *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
                "mmdebstrap",
                "--mode=root",
                "--variant=apt",
                "--architectures=amd64",
                f"--keyring={KEYRING}",
                f"--include={','.join((*_FOR_THE_KERNEL, *_FOR_QEMU))}",
                '--aptopt=Acquire::Languages "none"',
                '--aptopt=Acquire::Check-Valid-Until "false"',
                '--aptopt=Acquire::Retries "3"',
                *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _NOT_NEEDED),
                SUITE,
                str(folder),
                mirror,
            ],
            log,
        )
        (folder / "build").mkdir()
        return cls(folder, log)

    @property
    def build(self) -> Path:
        """``/build``, seen from outside."""
        return self.folder / "build"

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: str = "/build",
        environment: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Run a command inside, in new namespaces: without network, and nothing stays mounted."""
        run_logged(
            [
                *("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"),
                *("sh", "-ec", _ENTER, "sh", str(self.folder), cwd, *argv),
            ],
            self.log,
            environment=clean_environment(environment or {}),
            progress=progress,
        )

    def toolchain(self) -> dict[str, str]:
        """Versions of the packages that determine the kernel's bytes."""
        listed = output_of(["chroot", self.folder, "dpkg-query", "-W", *_KERNEL_TOOLCHAIN])
        return {
            name.partition(":")[0]: version
            for name, version in sorted(line.split("\t") for line in listed.splitlines())
        }


# $1 root, $2 folder inside, then the command.
_ENTER = """
root=$1; folder=$2; shift 2
mount -t proc proc "$root/proc"
exec chroot "$root" sh -ec 'cd "$0"; exec "$@"' "$folder" "$@"
"""


def processors() -> str:
    """The number of parallel jobs of a build."""
    return str(len(os.sched_getaffinity(0)))
