"""``make test-host``: installs the programs that tests run; as root on Debian or Ubuntu.

Elsewhere it lists the packages. Fails only if the installation does. It imports nothing that has to be
installed, so that CI can run it with sudo and the system's Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# Package, and the programs or files (patterns) of which any one will do.
_NEEDED = {
    "at-spi2-core": ("/usr/libexec/at-spi2-registryd", "/usr/lib/at-spi2-core/at-spi2-registryd"),
    "chromium": ("chromium", "google-chrome", "chromium-browser"),
    "cpio": ("cpio",),
    "curl": ("curl",),
    "dbus": ("dbus-daemon",),
    "dunst": ("dunst",),
    "firefox-esr": ("firefox-esr", "firefox"),
    "fuse3": ("fusermount3",),
    "gir1.2-atspi-2.0": ("/usr/lib/*/girepository-1.0/Atspi-2.0.typelib",),
    "jq": ("jq",),
    "libnotify-bin": ("notify-send",),
    "libnss3-tools": ("certutil",),
    "nsis": ("makensis",),
    "openbox": ("openbox",),
    "postgresql": ("/usr/lib/postgresql/*/bin/initdb", "initdb"),
    "python3-gi": ("/usr/lib/python3/dist-packages/gi/__init__.py",),
    "qemu-user": ("qemu-x86_64",),
    "shared-mime-info": ("update-mime-database",),
    "thunar": ("thunar",),
    "trayer": ("trayer",),
    "wmctrl": ("wmctrl",),
    "x11-utils": ("xprop",),
    "xdotool": ("xdotool",),
    "xvfb": ("Xvfb",),
}
# A mirror may fail for a moment, and another apt may be running.
_APT = ("apt-get", "-qq", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120")


def _is_here(name: str) -> bool:
    pattern = name.startswith("/")
    return any(Path("/").glob(name[1:])) if pattern else shutil.which(name) is not None


def install_missing(needed: Mapping[str, Sequence[str]], purpose: str) -> int:
    """Install packages of which nothing is here; the exit code. needed: as ``_NEEDED``."""
    missing = [package for package, any_of in needed.items() if not any(map(_is_here, any_of))]
    if not missing:
        return 0
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"{purpose} needs packages. On Debian: sudo apt install {' '.join(missing)}")
        return 0
    print(f"Installing packages. {purpose} needs: {' '.join(missing)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        done = subprocess.run(
            [*_APT, *command],
            env=environment,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(install_missing(_NEEDED, "Testing with real programs"))
