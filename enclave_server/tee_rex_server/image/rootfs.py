"""The two ramdisks of an image: the runtime (Debian's Python, measured by PCR1 too), and our application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tee_rex_server.enclave.layout import (
    CONFIGURATION_PATH,
    HOME,
    SITE_PACKAGES,
    GuestConfiguration,
)
from tee_rex_server.image.bytecode import compiled
from tee_rex_server.image.debian_package import package_files
from tee_rex_server.image.file_tree import CharacterDevice, File, FileTree, Folder, Link
from tee_rex_server.image.guest_modules import guest_files
from tee_rex_server.image.pinned_inputs import PinnedPackage, PinnedWheel
from tee_rex_server.image.runtime_files import runtime_files
from tee_rex_server.image.wheel_files import wheel_files

if TYPE_CHECKING:
    from tee_rex.bb.executable import BbExecutable
    from tee_rex.crs.pins import ChunkPin
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex_server.image.input_store import Pinned

_INIT: Final = """\
#!/usr/bin/python{python} -ISB
import sys
sys.path.append("{site_packages}")
from tee_rex_server.enclave.init import main
main()
"""
"""-I: no environment and no current folder; -S: no site module; -B: no bytecode is written."""

_MOUNT_POINTS: Final = ("dev", "proc", "sys", "tmp", "run")
_SHARED: Final = 0o1777
"""Uploads of the server may be added, but what root put there can be neither replaced nor removed."""


@dataclass(frozen=True, slots=True)
class Provision:
    """What of bb and the CRS is baked in, checked already; setups: whose transactions are proved."""

    setups: frozenset[TrustedSetup]
    executables: Sequence[tuple[BbExecutable, bytes]]
    chunks: Sequence[tuple[TrustedSetup, ChunkPin, bytes]]


async def ramdisk_trees(
    python: str, inputs: Mapping[Pinned, bytes], provision: Provision, folder: Path
) -> tuple[FileTree, FileTree]:
    """The runtime's and the application's; folder: for temporary files. Raises InterpreterFailedError."""
    packages = {
        pinned.name: package_files(content)
        for pinned, content in inputs.items()
        if isinstance(pinned, PinnedPackage)
    }
    with_sources = FileTree()
    runtime, application = FileTree(), FileTree()
    sources: dict[str, bytes] = {}
    for path, content, executable in runtime_files(python, packages):
        with_sources.add(path, File(content, executable))
        if path.endswith(".py"):
            sources[path] = content
        else:
            runtime.add(path, File(content, executable))
    runtime_sources = frozenset(sources)
    for path, content in _application_files(inputs):
        if path.endswith(".py"):
            sources[path] = content
        else:
            application.add(path, File(content))
    for path, content in (await compiled(sources, with_sources, python, folder)).items():
        (runtime if path[:-1] in runtime_sources else application).add(path, File(content))
    _complete_runtime(runtime, python)
    _provide(application, provision)
    return runtime, application


def _application_files(inputs: Mapping[Pinned, bytes]) -> list[tuple[str, bytes]]:
    files = [
        named
        for pinned, content in inputs.items()
        if isinstance(pinned, PinnedWheel)
        for named in wheel_files(content)
    ]
    files += guest_files().items()
    return [(f"{SITE_PACKAGES.relative_to('/')}/{name}", content) for name, content in files]


def _complete_runtime(runtime: FileTree, python: str) -> None:
    init = _INIT.format(python=python, site_packages=SITE_PACKAGES)
    runtime.add("init", File(init.encode(), executable=True))
    for folder in _MOUNT_POINTS:
        runtime.add(folder, Folder())
    runtime.add("dev/console", CharacterDevice(5, 1))  # which the kernel opens before init mounts anything
    runtime.add("lib64", Link("usr/lib/x86_64-linux-gnu"))  # where programs name their loader
    runtime.add("lib", Link("usr/lib"))


def _provide(application: FileTree, provision: Provision) -> None:
    home = str(HOME.relative_to("/"))
    application.add(home, Folder(_SHARED))
    for setup in provision.setups:
        for store in ("bb", "crs"):
            application.add(f"{home}/{setup}/{store}", Folder(_SHARED))
    for executable, content in provision.executables:
        path = f"{home}/{executable.setup}/bb/{executable.version}/bb"
        application.add(path, File(content, executable=True))
    for setup, chunk, content in provision.chunks:
        application.add(f"{home}/{setup}/crs/g1-{chunk.index:02}.dat", File(content))
    configuration = GuestConfiguration(sorted(provision.setups))
    application.add(str(CONFIGURATION_PATH.relative_to("/")), File(msgspec.json.encode(configuration)))
