"""Another user of this machine, who may write where bb is, never gets another program run."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from support.errors import raises
from support.small_bb import pins_of
from tee_rex import doctor
from tee_rex.bb.store import BbCommand, BbStore
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.crs.store import crs_store
from tee_rex.doctor import FindingId, Verdict
from tee_rex.errors.catalogue.files import BELONGS_TO_ANOTHER_USER, CHANGEABLE_BY_OTHERS
from tee_rex.errors.tree import BbCorruptError
from tee_rex.local.process import BbProcess
from tee_rex.settings.paths import Paths
from tee_rex.system import files
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

VERSION = AztecVersion(4, 1, 2)
GENUINE = TrustedSetup.GENUINE
NOBODY = 65534
ROOT = os.geteuid() == 0
TRIES = 300

# Puts its own program in place of bb and the right one back, as fast as it can.
ATTACKER = """
import os, shutil, sys
from pathlib import Path
bb, evil, good = map(Path, sys.argv[2:])
if sys.argv[1]:
    os.setgroups([])
    os.setgid(int(sys.argv[1]))
    os.setuid(int(sys.argv[1]))
new = bb.with_name("new")
print("ready", flush=True)
while True:
    for source in (evil, good):
        shutil.copy(source, new)
        new.replace(bb)
"""


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user can reach and write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def _installed(folder: Path) -> tuple[BbStore, Path]:
    content = Path("/bin/true").read_bytes()
    pins = pins_of(VERSION, {Platform.current(): hashlib.sha256(content).hexdigest()})
    store = BbStore(Paths(folder, folder), pins, Platform.current())
    path = store.path_of(VERSION, GENUINE)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    path.chmod(0o755)
    return store, path


@pytest.mark.integration
@pytest.mark.parametrize("open_files", ["/proc/self/fd", "/missing"], ids=["as on Linux", "as on macOS"])
async def test_the_program_that_was_hashed_is_the_one_that_runs(
    shared: Path, monkeypatch: pytest.MonkeyPatch, open_files: str
) -> None:
    monkeypatch.setattr("tee_rex.local.process._OPEN_FILES", Path(open_files))
    # A file system may grant more than permissions show (lists of access, network drives).
    monkeypatch.setattr(files, "require_own", lambda _path, _top: None)
    store, path = _installed(shared)
    path.parent.chmod(0o777)
    proof = shared / "evil was here"
    good, evil = shared / "good", shared / "evil"
    shutil.copy(path, good)
    evil.write_text(f"#!/bin/sh\necho >> '{proof}'\n")
    evil.chmod(0o755)
    command = [sys.executable, "-c", ATTACKER, str(NOBODY) if ROOT else "", *map(str, (path, evil, good))]
    ran = replaced = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE) as attacker:
        assert attacker.stdout is not None
        assert attacker.stdout.readline() == b"ready\n"
        try:
            while ran < TRIES:
                try:
                    found = await store.find(VERSION, GENUINE)
                except BbCorruptError:
                    replaced += 1
                    continue
                process = await BbProcess.start(BbCommand(found), threads=1)
                await process.ended()
                await process.close()
                ran += 1
        finally:
            attacker.kill()
    assert not proof.exists()
    assert replaced > 0, "the attacker was too slow to show anything"


@pytest.mark.parametrize("place", ["bb", "4.1.2", "genuine", "data"])
async def test_what_every_user_can_write_is_refused(place: str, tmp_path: Path) -> None:
    store, path = _installed(tmp_path / "data")
    shown = next(one for one in (path, *path.parents) if one.name == place)
    shown.chmod(0o777)
    with raises(CHANGEABLE_BY_OTHERS, match=place) as refused:
        await store.find(VERSION, GENUINE)
    told = str(refused.value.hint_parts.terminal)
    assert told == f"Run: chmod go-w {shown}"
    subprocess.run(told.removeprefix("Run: "), shell=True, check=True)
    await store.find(VERSION, GENUINE)


async def test_crs_and_libraries_in_a_folder_of_everybody_are_refused(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path)
    paths.crs_dir(GENUINE).mkdir(parents=True)
    paths.crs_dir(GENUINE).chmod(0o777)
    with raises(CHANGEABLE_BY_OTHERS, match="crs"):
        await crs_store(paths, GENUINE).load(MIN_POINTS)
    libraries = paths.runtime_dir / "libraries"
    libraries.mkdir(parents=True)
    (libraries / "libc.so.6").touch()
    (libraries / "libc.so.6").chmod(0o666)
    with raises(CHANGEABLE_BY_OTHERS, match="libc"):
        files.require_own_tree(libraries, tmp_path)


async def test_doctor_tells_of_a_folder_of_everybody(tmp_path: Path) -> None:
    store, _path = _installed(tmp_path)
    tmp_path.chmod(0o777)
    found = {finding.id: finding for finding in await doctor.examine(store.paths, store.pins)}
    assert found[FindingId.BB_GENUINE].verdict is Verdict.PROBLEM
    assert "can be written by other users" in str(found[FindingId.BB_GENUINE].detail)


@pytest.mark.skipif(not ROOT, reason="only root can give files away")
async def test_what_belongs_to_another_user_is_refused(tmp_path: Path) -> None:
    store, path = _installed(tmp_path)
    os.chown(path.parent, NOBODY, -1)
    with raises(BELONGS_TO_ANOTHER_USER, match=r"4\.1\.2"):
        await store.find(VERSION, GENUINE)


@pytest.mark.parametrize(("mode", "passes"), [(0o1777, True), (0o775, ROOT), (0o757, False)])
def test_folders_like_tmp_and_a_group_of_ones_own_pass(mode: int, passes: bool, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    tmp_path.chmod(mode)  # root's group has root alone
    if not ROOT and mode == 0o775:
        passes = files._is_own_group(tmp_path.stat().st_gid)
    with nullcontext() if passes else raises(CHANGEABLE_BY_OTHERS):
        files.require_own(tmp_path / "file", tmp_path)
