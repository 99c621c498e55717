"""Modules compiled by the image's own interpreter, so that starting in an enclave compiles nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from tee_rex.system.child_process import run_to_end
from tee_rex_server.image.errors import BuildFolderError, InterpreterFailedError
from tee_rex_server.image.file_tree import File, FileTree

_SECONDS: Final = 300.0
_CANNOT_EXECUTE: Final = 126
"""Of env(1)."""
_SCRIPT: Final = """\
import importlib.util, json, marshal, pathlib, sys
folder = pathlib.Path(sys.argv[1])
for number, name in enumerate(json.loads((folder / "names.json").read_text())):
    source = (folder / f"{number}.py").read_bytes()
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    flags = (0b01).to_bytes(4, "little")  # PEP 552: known by the source's hash, not to be compared with it
    head = importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source)
    (folder / f"{number}.pyc").write_bytes(head + marshal.dumps(code))
"""
"""One process compiles all, always in the same order: what marshal writes depends on what was read before."""


async def compiled(
    sources: Mapping[str, bytes], runtime: FileTree, python: str, folder: Path
) -> dict[str, bytes]:
    """A .pyc for every .py, by the path of each in the image (``usr/lib/…/x.pyc`` stands beside no source).

    runtime: has the interpreter, its libraries, and the standard library's sources. folder: for temporary
    files.
    Raises InterpreterFailedError, BuildFolderError.
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
    (work / "compile.py").write_text(_SCRIPT, encoding="utf-8")
    libraries = root / "usr" / "lib" / "x86_64-linux-gnu"
    argv: list[str | Path] = [
        # Nothing of this machine's environment: neither variables nor modules reach the compiler.
        *("/usr/bin/env", "-i", "PYTHONHASHSEED=0", "LC_ALL=C.UTF-8"),
        *(libraries / "ld-linux-x86-64.so.2", "--library-path", libraries),
        *(root / "usr" / "bin" / f"python{python}", "-S", "-B", "-P", "-s", work / "compile.py", work),
    ]
    try:
        finished = await run_to_end(argv, cwd=work, seconds=_SECONDS)
    except (OSError, TimeoutError) as error:
        raise InterpreterFailedError(f"It could not be started or did not end ({error}).") from error
    if finished.returncode == _CANNOT_EXECUTE:
        raise BuildFolderError(f"No program can be run in {folder.parent}: it may be mounted with noexec.")
    if finished.returncode != 0:
        reason = finished.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise InterpreterFailedError(f"It ended with {finished.returncode}: {reason}")
    return {f"{path}c": (work / f"{number}.pyc").read_bytes() for number, path in enumerate(paths)}
