from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support.errors import raises
from tee_rex.errors.catalogue.runtime import PATCHELF_FAILED, PATCHELF_HANGS
from tee_rex.runtime.standalone import patchelf_program, standalone_program
from tee_rex.runtime.store import SYSTEM_LOADERS, Runtime
from tee_rex.system.platform import Platform


def _system_runtime() -> Runtime:
    """The system's own loader and libraries, given as if they were private ones."""
    loader = SYSTEM_LOADERS[Platform.current()]
    return Runtime((str(loader), "--library-path", str(loader.resolve().parent)))


def _program(name: str) -> Path:
    found = shutil.which(name)
    assert found is not None
    return Path(found)


async def test_where_the_systems_loader_will_do_nothing_is_copied(tmp_path: Path) -> None:
    program = _program("true")
    assert await standalone_program(program, Runtime(), tmp_path / "programs") == program
    assert not (tmp_path / "programs").exists()


@pytest.mark.integration
async def test_a_copy_runs_by_its_path_and_is_made_once(tmp_path: Path) -> None:
    copy = await standalone_program(_program("echo"), _system_runtime(), tmp_path)
    assert subprocess.check_output([copy, "hello"]) == b"hello\n"
    made = copy.stat().st_ino
    assert await standalone_program(_program("echo"), _system_runtime(), tmp_path) == copy
    assert copy.stat().st_ino == made
    header = subprocess.check_output([patchelf_program(), "--print-rpath", copy]).decode().strip()
    assert header == _system_runtime().loader[2]


@pytest.mark.integration
async def test_a_damaged_copy_is_made_again(tmp_path: Path) -> None:
    copy = await standalone_program(_program("echo"), _system_runtime(), tmp_path)
    copy.write_bytes(copy.read_bytes()[:1000])
    assert await standalone_program(_program("echo"), _system_runtime(), tmp_path) == copy
    assert subprocess.check_output([copy, "again"]) == b"again\n"
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(".lock")) == [
        copy.name,
        f"{copy.name}.sha256",
    ]


@pytest.mark.integration
async def test_what_is_no_program_cannot_be_copied(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n")
    with raises(PATCHELF_FAILED, match="script"):
        await standalone_program(script, _system_runtime(), tmp_path / "programs")


async def test_a_patchelf_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    patchelf = tmp_path / "patchelf"
    patchelf.write_text("#!/bin/sh\nexec sleep 600\n")
    patchelf.chmod(0o755)
    monkeypatch.setattr("tee_rex.runtime.standalone.patchelf_program", lambda: patchelf)
    monkeypatch.setattr("tee_rex.runtime.standalone._PATCHELF_SECONDS", 0.1)
    runtime = Runtime(("/lib/loader", "--library-path", "/lib"))
    with raises(PATCHELF_HANGS, match="echo"):
        await standalone_program(_program("echo"), runtime, tmp_path / "programs")
    assert [path.name for path in (tmp_path / "programs").iterdir() if not path.name.endswith(".lock")] == []
