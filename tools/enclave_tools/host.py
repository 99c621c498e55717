"""What building with Debian's packages needs of the machine."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from enclave_tools.archive import KEYRING
from enclave_tools.commands import EnclaveToolsError, clean_environment, run_logged

# Program or file, and its package.
_NEEDED = {
    "mmdebstrap": "mmdebstrap",
    "dpkg-deb": "dpkg",
    "unshare": "util-linux",
    str(KEYRING): "debian-archive-keyring",
}


def prepare_host(log: Path, command: str = "make enclave-tools", more: Mapping[str, str] = {}) -> None:
    """Install the packages that building needs; raises EnclaveToolsError if this machine cannot build.

    command: what the user runs. more: programs or files that are needed besides, each with its package.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise EnclaveToolsError(f"{command} works only on Linux with an x86-64 processor.")
    if shutil.which("apt-get") is None:
        raise EnclaveToolsError(f"{command} uses Debian's packages, so it needs a machine with apt.")
    if os.geteuid() != 0:
        raise EnclaveToolsError(
            "Only root can install a Debian root file system: "
            f"sudo {command} (with TEE_REX_HOME set to your own account's data folder)."
        )
    missing = sorted({package for name, package in {**_NEEDED, **more}.items() if not _exists(name)})
    if missing:
        environment = clean_environment({"DEBIAN_FRONTEND": "noninteractive"})
        # A mirror may fail for a moment, and another apt may be running.
        apt = ("apt-get", "-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120")
        run_logged([*apt, "update"], log, environment=environment)
        run_logged(
            [*apt, "install", "-y", "--no-install-recommends", *missing],
            log,
            environment=environment,
        )


def _exists(name: str) -> bool:
    return Path(name).exists() if name.startswith("/") else shutil.which(name) is not None
