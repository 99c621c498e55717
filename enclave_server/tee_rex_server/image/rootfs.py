"""The two ramdisks of an image: the runtime (Debian's Python, which PCR1 measures too) and our application.

Modules are compiled by the image's own interpreter, so that an enclave compiles nothing when it starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tee_rex.system.child_process import run_to_end
from tee_rex.system.text import quoted
from tee_rex_server.enclave import layout
from tee_rex_server.errors.image import IMAGE_PYTHON_FAILED, IMAGE_PYTHON_NOT_STARTED, TEMPORARY_FOLDER_NOEXEC
from tee_rex_server.image.debian_package import package_files
from tee_rex_server.image.guest_modules import guest_files
from tee_rex_server.image.initramfs import CharacterDevice, File, FileTree, Folder, Link
from tee_rex_server.image.inputs import PinnedPackage, PinnedWheel
from tee_rex_server.image.third_party import runtime_files, wheel_files

if TYPE_CHECKING:
    from tee_rex.bb.store import BbExecutable
    from tee_rex.crs.crs import ChunkPin
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex_server.image.inputs import Pinned

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
"""The server may add uploads, but can neither replace nor remove what root put there."""

_COMPILE_SECONDS: Final = 300.0
_CANNOT_EXECUTE: Final = 126
"""Exit code of env(1)."""
_COMPILE: Final = """\
import importlib.util, json, marshal, pathlib, sys
folder = pathlib.Path(sys.argv[1])
for number, name in enumerate(json.loads((folder / "names.json").read_text())):
    source = (folder / f"{number}.py").read_bytes()
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    flags = (0b01).to_bytes(4, "little")  # PEP 552: names the source's hash, unchecked
    head = importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source)
    (folder / f"{number}.pyc").write_bytes(head + marshal.dumps(code))
"""
"""One process compiles everything, in a fixed order: marshal's output depends on what was read before."""


@dataclass(frozen=True, slots=True)
class Provision:
    """The bb and CRS to bake in, already checked. setups: those that the image proves under."""

    setups: frozenset[TrustedSetup]
    executables: Sequence[tuple[BbExecutable, bytes]]
    chunks: Sequence[tuple[TrustedSetup, ChunkPin, bytes]]


async def ramdisk_trees(
    python: str, inputs: Mapping[Pinned, bytes], provision: Provision, folder: Path
) -> tuple[FileTree, FileTree]:
    """The runtime's and the application's files. folder: for temporary files.

    Raises IMAGE_PYTHON_FAILED, IMAGE_TEMPORARY_FOLDER.
    """
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
    for path, content in (await _compiled(sources, with_sources, python, folder)).items():
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
    return [(f"{layout.SITE_PACKAGES.relative_to('/')}/{name}", content) for name, content in files]


def _complete_runtime(runtime: FileTree, python: str) -> None:
    init = _INIT.format(python=python, site_packages=layout.SITE_PACKAGES)
    runtime.add("init", File(init.encode(), executable=True))
    for folder in _MOUNT_POINTS:
        runtime.add(folder, Folder())
    runtime.add("dev/console", CharacterDevice(5, 1))  # the kernel opens it before init mounts anything
    runtime.add("lib64", Link("usr/lib/x86_64-linux-gnu"))  # programs name their loader there
    runtime.add("lib", Link("usr/lib"))


def _provide(application: FileTree, provision: Provision) -> None:
    home = str(layout.HOME.relative_to("/"))
    application.add(home, Folder(_SHARED))
    for setup in provision.setups:
        for store in ("bb", "crs"):
            application.add(f"{home}/{setup}/{store}", Folder(_SHARED))
    for executable, content in provision.executables:
        path = f"{home}/{executable.setup}/bb/{executable.version}/bb"
        application.add(path, File(content, executable=True))
    for setup, chunk, content in provision.chunks:
        application.add(f"{home}/{setup}/crs/g1-{chunk.index:02}.dat", File(content))
    configuration = layout.GuestConfiguration(sorted(provision.setups))
    application.add(str(layout.CONFIGURATION_PATH.relative_to("/")), File(msgspec.json.encode(configuration)))


async def _compiled(
    sources: Mapping[str, bytes], runtime: FileTree, python: str, folder: Path
) -> dict[str, bytes]:
    """A .pyc for every .py, by its path in the image (``usr/lib/…/x.pyc``, without the source beside it).

    runtime: the interpreter, its libraries, and the sources of the standard library.
    """
    root = folder / "root"
    for path, node in runtime:
        if isinstance(node, File):
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(node.content)
            target.chmod(0o755 if node.executable else 0o644)
    work = folder / "work"
    work.mkdir()
    paths = sorted(sources)
    for number, path in enumerate(paths):
        (work / f"{number}.py").write_bytes(sources[path])
    (work / "names.json").write_bytes(msgspec.json.encode([f"/{path}" for path in paths]))
    (work / "compile.py").write_text(_COMPILE, encoding="utf-8")
    libraries = root / "usr" / "lib" / "x86_64-linux-gnu"
    argv: list[str | Path] = [
        # Neither variables nor modules of this machine reach the compiler.
        *("/usr/bin/env", "-i", "PYTHONHASHSEED=0", "LC_ALL=C.UTF-8"),
        *(libraries / "ld-linux-x86-64.so.2", "--library-path", libraries),
        *(root / "usr" / "bin" / f"python{python}", "-S", "-B", "-P", "-s", work / "compile.py", work),
    ]
    try:
        finished = await run_to_end(argv, cwd=work, seconds=_COMPILE_SECONDS)
    except (OSError, TimeoutError) as error:
        raise IMAGE_PYTHON_NOT_STARTED(reason=str(error)) from error
    if finished.returncode == _CANNOT_EXECUTE:
        raise TEMPORARY_FOLDER_NOEXEC(folder=str(folder.parent))
    if finished.returncode != 0:
        reason = quoted(finished.stderr.strip().rpartition(b"\n")[2])
        raise IMAGE_PYTHON_FAILED(exit_code=finished.returncode, reason=reason)
    return {f"{path}c": (work / f"{number}.pyc").read_bytes() for number, path in enumerate(paths)}
