from __future__ import annotations

from pathlib import Path

import pytest

from support.errors import raises
from tee_rex.errors.catalogue.runtime import APT_MISSING, LOADER_HANGS
from tee_rex.runtime.apt import AptMachine
from tee_rex.runtime.store import (
    Runtime,
    RuntimeStore,
    flatten,
    holds_exactly,
    libraries_below,
    unmet_in,
    unmet_needs,
)
from tee_rex.system.child_process import Finished
from tee_rex.system.platform import Platform

_NEW_SYSTEM = """\
\tlinux-vdso.so.1 (0x00007fe1516aa000)
\tlibstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007fe14e200000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fe14e01e000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007fe1516ac000)
"""
_DEBIAN_12 = """\
bb: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.39' not found (required by bb)
bb: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by bb)
bb: /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by bb)
"""
_NO_LIBSTDCXX = _NEW_SYSTEM.replace("/lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007fe14e200000)", "not found")
_MUSL = "\t/lib/ld-musl-x86_64.so.1 (0x7f0d)\n"


@pytest.mark.parametrize(
    ("returncode", "stdout", "stderr", "unmet"),
    [
        (0, _NEW_SYSTEM, "", ()),
        (0, _NEW_SYSTEM, "ERROR: ld.so: object 'x.so' from LD_PRELOAD cannot be preloaded: ignored.", ()),
        (0, _NEW_SYSTEM, _DEBIAN_12, ("GLIBCXX_3.4.32", "GLIBC_2.38", "GLIBC_2.39")),
        (0, _NO_LIBSTDCXX, "", ("libstdc++.so.6",)),
        (127, _NEW_SYSTEM, "bb: error while loading shared libraries", ("glibc",)),
        (0, _MUSL, "", ("glibc",)),
        (0, "", "", ("glibc",)),
        (-11, "", "", ("glibc",)),
    ],
)
def test_reading_what_the_loader_lists(
    returncode: int, stdout: str, stderr: str, unmet: tuple[str, ...]
) -> None:
    assert unmet_in(Finished(returncode, stdout.encode(), stderr.encode())) == unmet


def test_command_lines() -> None:
    assert Runtime().argv(Path("/x/bb"), "--version") == ("/x/bb", "--version")
    loader = ("/rt/ld-linux-x86-64.so.2", "--library-path", "/rt")
    assert Runtime(loader).argv(Path("/x/bb")) == (*loader, "/x/bb")


@pytest.fixture
def private_folder(tmp_path: Path) -> Path:
    libraries = tmp_path / "root" / "usr" / "lib" / "x86_64-linux-gnu"
    (libraries / "gconv").mkdir(parents=True)
    (libraries / "libc.so.6").write_bytes(b"c library")
    (libraries / "libstdc++.so.6.0.33").write_bytes(b"c++ library")
    (libraries / "libstdc++.so.6").symlink_to("libstdc++.so.6.0.33")
    (libraries / "ld-linux-x86-64.so.2").write_bytes(b"loader")
    (libraries / "notes.txt").write_bytes(b"text")
    flatten(tmp_path / "root", tmp_path / "private")
    (tmp_path / "private" / "signed").mkdir()
    return tmp_path / "private"


def is_intact(private_folder: Path) -> bool:
    return holds_exactly(private_folder, libraries_below(private_folder.parent / "root"), lambda _done: None)


def test_libraries_are_kept_under_the_names_programs_ask_for(private_folder: Path) -> None:
    names = {path.name for path in private_folder.iterdir()}
    assert names == {"ld-linux-x86-64.so.2", "libc.so.6", "libstdc++.so.6", "signed"}
    assert (private_folder / "libstdc++.so.6").read_bytes() == b"c++ library"
    assert is_intact(private_folder)


@pytest.mark.parametrize(
    ("name", "content"), [("libc.so.6", b"C library"), ("libc.so.6", None), ("libz.so.1", b"one more")]
)
def test_damage_is_noticed(private_folder: Path, name: str, content: bytes | None) -> None:
    if content is None:
        (private_folder / name).unlink()
    else:
        (private_folder / name).write_bytes(content)
    assert not is_intact(private_folder)


async def test_systems_without_glibc_programs_need_nothing(tmp_path: Path) -> None:
    store = RuntimeStore(tmp_path / "runtime", Platform.ARM64_MACOS, AptMachine({}), None)
    assert await store.ensure(tmp_path / "bb") == Runtime()
    assert not (tmp_path / "runtime").exists()


async def test_without_apt_the_error_says_what_is_needed(tmp_path: Path) -> None:
    machine = AptMachine({"ID": "fedora"}, apt_get=tmp_path / "no-apt-get")
    with raises(APT_MISSING) as caught:
        await machine.download(["libc6"], "amd64", tmp_path)
    assert "lacks apt" in caught.value.message
    assert "glibc 2.39" in caught.value.hint


async def test_a_loader_that_hangs_is_not_taken_for_one_that_is_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader = tmp_path / "loader"
    loader.write_text("#!/bin/sh\nexec sleep 600\n")
    loader.chmod(0o755)
    monkeypatch.setattr("tee_rex.runtime.store._LOADER_SECONDS", 0.1)
    with raises(LOADER_HANGS, match="bb timed out"):
        await unmet_needs((str(loader),), tmp_path / "bb")
