"""vhost-device-vsock: the emulated enclave's vsock as a Unix socket. A package of Debian's next release."""

from __future__ import annotations

import shutil
from pathlib import Path

from enclave_tools.archive import DebianArchive
from enclave_tools.commands import output_of

TOOL = "vhost-device-vsock"
PACKAGE = "vhost-device-vsock"
SUITE = "forky"


def store_vhost_vsock(archive: DebianArchive, scratch: Path, target: Path) -> None:
    """Download the package and store its one program as ``bin/vhost-device-vsock``."""
    (deb,) = archive.download([PACKAGE], scratch)
    unpacked = scratch / "unpacked"
    output_of(["dpkg-deb", "-x", deb, unpacked])
    program = target / "bin" / PACKAGE
    program.parent.mkdir()
    shutil.copy(unpacked / "usr" / "bin" / PACKAGE, program)
    output_of([program, "--version"])
