"""Programs and libraries of frozen programs: made smaller, without what the building machine left in them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tee_rex.runtime.standalone import patchelf_program

_MAGIC: Final = b"\x7fELF"
_OF_QT: Final = ("PySide6", "shiboken6")
"""Under the LGPL, and told to be unmodified."""


def slim(folder: Path) -> None:
    """Remove debug symbols from programs' libraries, and the places of libraries on this machine.

    Left alone are Qt, which is told to be unmodified, and programs with something appended.
    """
    patchelf = patchelf_program()
    for path in elf_files(folder):
        if path.name == "node":
            _run("strip", "--strip-unneeded", path)
        elif is_library(path) and not set(_OF_QT) & set(path.parts):
            _run("strip", "--strip-unneeded", path)
            places = _run(patchelf, "--print-rpath", path).strip().split(":")
            kept = [place for place in places if place.startswith("$ORIGIN")]
            if kept != [place for place in places if place]:
                change = ("--set-rpath", ":".join(kept)) if kept else ("--remove-rpath",)
                _run(patchelf, *change, path)


def elf_files(folder: Path) -> Iterator[Path]:
    """All programs and libraries below a folder, without links to them."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and is_elf(path))


def is_elf(path: Path) -> bool:
    """Whether a file is a program or a library."""
    if path.is_symlink():
        return False
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def is_library(path: Path) -> bool:
    """Whether it is a shared library, ``libz.so.1`` or a module of Python's; not a link to one."""
    return path.is_file() and not path.is_symlink() and re.search(r"\.so(\.\d+)*$", path.name) is not None


def _run(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
