from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.small_disk import fill, small_disk
from tee_rex.devnet.network import Condition, Devnet
from tee_rex.devnet.run_folder import (
    MARK,
    BoundedLog,
    Ended,
    Plan,
    ProcessIdentity,
    RunFolder,
    RunState,
    last_lines,
    previous,
)
from tee_rex.transaction.trusted_setup import TrustedSetup

_PLAN = Plan(TrustedSetup.DEVELOPMENT, "4.1.2", "http://127.0.0.1:1", "http://127.0.0.1:2", ())


def _folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path)
    folder.write_plan(_PLAN)
    return folder


def _marked(folder: RunFolder, *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env={**os.environ, MARK: str(folder.path)}, start_new_session=True)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    state = RunState(ProcessIdentity.of(os.getpid()), {"anvil": ProcessIdentity(1, 2.5)}, Ended("anvil", -9))
    folder.write_state(state)
    assert folder.plan() == _PLAN
    assert folder.state() == state
    folder.clean(keep_state=False)
    assert folder.plan() is None
    assert folder.state() is None


@given(content=st.binary(max_size=200) | st.integers(1, 5000).map(lambda depth: b"[" * depth))
def test_damaged_files_count_as_none(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as path:
        folder = RunFolder(Path(path))
        Path(path, "plan.json").write_bytes(content)
        Path(path, "processes.json").write_bytes(content)
        assert folder.plan() is None
        assert folder.state() is None


def test_an_identity_is_that_of_one_process_and_not_of_a_later_one_with_its_id() -> None:
    me = ProcessIdentity.of(os.getpid())
    assert me.alive
    assert not ProcessIdentity(me.pid, me.started - 60).alive
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not ProcessIdentity(child.pid, psutil.Process(child.pid).create_time()).alive  # a zombie
    child.wait()
    assert not ProcessIdentity(child.pid, me.started).alive


@pytest.mark.parametrize(
    ("code", "detail"), [(-9, "anvil was terminated by SIGKILL."), (3, "anvil exited with code 3.")]
)
async def test_the_status_says_how_a_program_ended(code: int, detail: str, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    folder.write_state(RunState(ProcessIdentity(1, 2.5), {}, Ended("anvil", code)))
    status = await Devnet(folder.path, TrustedSetup.DEVELOPMENT).status()
    assert (status.condition, str(status.detail)) == (Condition.BROKEN, detail)


async def test_processes_of_which_no_file_knows_are_found_and_ended(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    other = RunFolder(tmp_path / "other")
    mine = _marked(folder, "sh", "-c", "sleep 1000 & sleep 1000")
    theirs = _marked(other, "sleep", "1000")
    try:
        devnet = Devnet(folder.path, TrustedSetup.DEVELOPMENT)
        while len(folder.members()) != 3:
            pass
        status = await devnet.status()
        assert status.condition is Condition.BROKEN
        assert "network: 3." in str(status.detail)
        assert await devnet.down()
        mine.wait()
        assert folder.members() == []
        assert len(other.members()) == 1
    finally:
        other.end_all()
        theirs.wait()


def test_the_older_half_is_kept_and_the_rest_forgotten(tmp_path: Path) -> None:
    log = BoundedLog(tmp_path / "aztec.log", max_bytes=10)
    for content in (b"one\n", b"two\n", b"three\n", b"four\n"):
        log.write(content)
    log.close()
    assert (tmp_path / "aztec.log").read_bytes() == b"four\n"
    assert previous(tmp_path / "aztec.log").read_bytes() == b"three\n"


def test_a_full_disk_loses_lines_and_stops_nobody(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "64k") as disk:
        log = BoundedLog(disk / "aztec.log", max_bytes=1000)
        log.write(b"before\n")
        fill(disk)
        for _ in range(100):
            log.write(bytes(500))
        (disk / "filling").unlink()
        log.write(b"after\n")
        log.close()
        assert last_lines(disk / "aztec.log", 1)[-1].endswith("after")


@given(pieces=st.lists(st.binary(max_size=30), max_size=40), bound=st.integers(30, 100))
def test_both_files_never_exceed_their_bound(pieces: list[bytes], bound: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.log")
        log = BoundedLog(path, max_bytes=bound)
        for piece in pieces:
            log.write(piece)
        log.close()
        whole = b"".join(pieces)
        kept = (previous(path).read_bytes() if previous(path).exists() else b"") + path.read_bytes()
        assert path.stat().st_size <= bound
        assert len(kept) <= 2 * bound
        assert whole.endswith(kept)


def test_a_new_log_starts_empty(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("of an earlier network\n")
    BoundedLog(tmp_path / "x.log").close()
    assert (tmp_path / "x.log").read_bytes() == b""


def test_last_lines_leaves_out_empty_ones_and_survives_anything(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    assert last_lines(log, 3) == []
    log.write_bytes(b"one\n\n\xff\xfe two\n   \nthree")
    assert last_lines(log, 2) == ["�� two", "three"]
    log.write_bytes(b"x" * 100_000 + b"\nlast\n")
    assert last_lines(log, 1) == ["last"]
