"""What the machine must be able to do for the tools to be built on it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

from enclave_tools.archive import KEYRING
from enclave_tools.commands import clean_environment, run_logged
from enclave_tools.errors import EnclaveToolsError

# Program or file, and the package that brings it.
_NEEDED = {
    "mmdebstrap": "mmdebstrap",
    "dpkg-deb": "dpkg",
    "unshare": "util-linux",
    str(KEYRING): "debian-archive-keyring",
}


def prepare_host(log: Path) -> None:
    """Install what building needs; raises EnclaveToolsError saying in plain words what is missing."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise EnclaveToolsError("Enclave tools are built on Linux x86-64, as enclaves are.")
    if shutil.which("apt-get") is None:
        raise EnclaveToolsError(
            "Enclave tools are built with Debian's packages: a machine with apt is needed."
        )
    if os.geteuid() != 0:
        raise EnclaveToolsError(
            "Building the enclave tools installs a Debian root, which only root may do: "
            "sudo make enclave-tools (with TEE_REX_HOME set to the folder that your own account uses)."
        )
    missing = sorted({package for name, package in _NEEDED.items() if not _there(name)})
    if missing:
        environment = clean_environment({"DEBIAN_FRONTEND": "noninteractive"})
        # A mirror may stumble, and another apt may be at work.
        apt = ("apt-get", "-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120")
        run_logged([*apt, "update"], log, environment=environment)
        run_logged(
            [*apt, "install", "-y", "--no-install-recommends", *missing],
            log,
            environment=environment,
        )


def _there(name: str) -> bool:
    return Path(name).exists() if name.startswith("/") else shutil.which(name) is not None
