"""Fresh Debian root file systems to install packages in, kept in ``debian-roots`` of the data folder.

A root has what a plain installation of that release has, and in apt's cache every package that the given ones
depend on, so that they can be installed without a network.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from enclave_tools.archive import KEYRING, debian_mirror
from enclave_tools.cache import ToolCache
from enclave_tools.commands import clean_environment, output_of, run_logged
from enclave_tools.host import prepare_host
from tee_rex.settings.paths import Paths

SUITES: Final = {"debian-12": "bookworm", "debian-13": "trixie"}

# What every Debian has that somebody works at; nothing that our packages would have to name.
_INCLUDED: Final = ("adduser", "ca-certificates", "passwd", "xz-utils")
_NEEDED_HERE: Final = {
    "ip": "iproute2",
    "lintian": "lintian",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
}


def roots_cache(paths: Paths) -> ToolCache:
    """Where the roots are."""
    return ToolCache(paths.data / "debian-roots")


def dependencies(packages: Iterable[Path]) -> str:
    """What packages (.deb) depend on together, as in a control file; not each other."""
    stated = [output_of(["dpkg-deb", "--field", package, "Depends"]).strip() for package in packages]
    return ", ".join(sorted({one.strip() for text in stated for one in text.split(",") if one.strip()}))


def debian_root(cache: ToolCache, name: str, needed: str) -> Path:
    """The root of that name (see SUITES), built if it is missing, with ``needed`` in its cache.

    needed: packages, as :func:`dependencies` gives it. Takes about two minutes, and the network. Raises
    EnclaveToolsError.
    """
    cache.logs.mkdir(parents=True, exist_ok=True)
    prepare_host(cache.logs / "host.log", "make test-packages", _NEEDED_HERE)
    version = hashlib.sha256(f"{_INCLUDED}\n{needed}".encode()).hexdigest()[:12]
    found = cache.path(name, version)
    with cache.locked():
        if not found.is_dir():
            for old in cache.folder.glob(f"{name}-*"):
                shutil.rmtree(old)
            with cache.scratch("root") as scratch:
                _build(SUITES[name], needed, scratch / "root", cache.logs / f"{name}.log")
                (scratch / "root").rename(found)
    return found


def _build(suite: str, needed: str, folder: Path, log: Path) -> None:
    run_logged(
        [
            # Its mounts vanish with it, so an interrupted root can be removed without touching /proc.
            *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
            "mmdebstrap",
            *("--mode=root", "--variant=apt", "--architectures=amd64", f"--keyring={KEYRING}"),
            f"--include={','.join(_INCLUDED)}",
            '--aptopt=Acquire::Languages "none"',
            '--aptopt=Acquire::Retries "3"',
            "--skip=cleanup/apt",
            f"--customize-hook=chroot \"$1\" apt-get satisfy --yes --download-only '{needed}'",
            *(suite, str(folder), debian_mirror()),
        ],
        log,
        environment=clean_environment(),
    )
