"""What the tools need of the machine that builds them."""

from __future__ import annotations

import os
import platform
import shutil
import sys
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


def prepare_host(log: Path) -> None:
    """Install the packages that building needs; raises EnclaveToolsError if this machine cannot build."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise EnclaveToolsError("Enclave tools can only be built on Linux with an x86-64 processor.")
    if shutil.which("apt-get") is None:
        raise EnclaveToolsError(
            "Enclave tools are built with Debian's packages, so they need a machine with apt."
        )
    if os.geteuid() != 0:
        raise EnclaveToolsError(
            "Building the enclave tools installs a Debian root file system, which only root can do: "
            "sudo make enclave-tools (with TEE_REX_HOME set to your own account's data folder)."
        )
    missing = sorted({package for name, package in _NEEDED.items() if not _exists(name)})
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
