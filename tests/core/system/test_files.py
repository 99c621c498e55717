from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from support.processes import python_program
from tee_rex.system import files


async def test_what_a_killed_process_left_is_removed_before_and_all_of_it_after(tmp_path: Path) -> None:
    left = tmp_path / ".some.tmp-left"
    left.mkdir()
    (tmp_path / ".other.tmp-left").mkdir()
    async with files.temporary_folder(tmp_path, "some") as folder:
        assert not left.exists()
        (folder / "file").write_text("content")
    assert [path.name for path in tmp_path.iterdir()] == [".other.tmp-left"]


async def test_a_cancel_waits_for_the_removal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rmtree = shutil.rmtree
    removing, go_on = threading.Event(), threading.Event()

    def slow_rmtree(path: Path, *, ignore_errors: bool) -> None:
        removing.set()
        assert go_on.wait(60)
        rmtree(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", slow_rmtree)

    async def use() -> None:
        async with files.temporary_folder(tmp_path, "some"):
            pass

    task = asyncio.create_task(use())
    assert await asyncio.to_thread(removing.wait, 60)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


PREFIX = "tee-rex-some-"

HOLDER = """
import sys, time
from pathlib import Path
from tee_rex.system.files import PrivateFolder
folder = PrivateFolder(sys.argv[1], Path(sys.argv[2]))
(folder.path / "below").mkdir()
(folder.path / "below" / "file").write_text("content")
print(folder.path, flush=True)
time.sleep(600)
"""


def test_it_is_the_users_alone_and_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    folder = files.PrivateFolder(PREFIX, tmp_path)
    with folder as path:
        assert path.parent == tmp_path
        assert path.name.startswith(PREFIX)
        assert path.stat().st_mode & 0o777 == 0o700
        (path / "below").mkdir()
        (path / "below" / "file").write_text("content")
    assert not path.exists()
    folder.remove()


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    with python_program(HOLDER, PREFIX, tmp_path) as (holder, printed):
        left = Path(printed)
        with files.PrivateFolder(PREFIX, tmp_path) as own:
            files.remove_abandoned(PREFIX, tmp_path)
            assert (left / "below" / "file").read_text() == "content"
            holder.kill()
            holder.wait()
            assert left.exists()
            files.remove_abandoned(PREFIX, tmp_path)
            assert not left.exists()
            assert own.exists()


def test_programs_that_are_started_do_not_hold_it(tmp_path: Path) -> None:
    folder = files.PrivateFolder(PREFIX, tmp_path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as program:
        assert folder._lock is not None
        os.close(folder._lock)
        files.remove_abandoned(PREFIX, tmp_path)
        assert not folder.path.exists()
        program.communicate(b"\n")


def test_nothing_but_own_folders_of_that_name_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "below").mkdir(parents=True)
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{PREFIX}file").write_text("content")
    (tmp_path / "other").mkdir()
    (tmp_path / f"{PREFIX}somebodys").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with monkeypatch.context() as patch:
        patch.setattr("os.geteuid", lambda: os.getuid() + 1)
        files.remove_abandoned(PREFIX, tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    files.remove_abandoned(PREFIX, tmp_path)
    assert sorted(tmp_path.rglob("*")) == [path for path in before if not path.name.endswith("somebodys")]


def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock = fcntl.flock
    swept: list[Path] = []

    def flock_after_a_sweep(descriptor: int, operation: int) -> None:
        if not swept:
            (folder,) = tmp_path.iterdir()
            swept.append(folder)
            shutil.rmtree(folder)
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock_after_a_sweep)
    with files.PrivateFolder(PREFIX, tmp_path) as path:
        assert path.exists()
        assert path not in swept
        files.remove_abandoned(PREFIX, tmp_path)
        assert path.exists()
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_locks_it_works_and_nothing_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with files.PrivateFolder(PREFIX, tmp_path) as path:
        files.remove_abandoned(PREFIX, tmp_path)
        assert path.exists()
    assert not path.exists()


def test_a_folder_that_cannot_be_locked_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        files.PrivateFolder(PREFIX, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_does_not_exist_has_nothing_to_sweep(tmp_path: Path) -> None:
    files.remove_abandoned(PREFIX, tmp_path / "absent")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    link.symlink_to(file)
    with suppress(LookupError), files.replacing(link) as new:
        new.write_text("unfinished")
        raise LookupError
    assert file.read_text() == "old"
    with files.replacing(link, private=True) as new:
        assert new.stat().st_mode & 0o777 == 0o600
        new.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert link.is_symlink()
    assert sorted(tmp_path.iterdir()) == [file, link]


def test_what_killed_processes_left_of_a_new_file_can_be_removed(tmp_path: Path) -> None:
    for file in (tmp_path / "short", tmp_path / ("long" * 40)):
        file.touch()
        killed = files.replacing(file)
        with killed as new:
            left = new.with_name(new.name + "left")
            left.touch()
        files.remove_unfinished(file)
        assert not left.exists()
        assert file.exists()


def test_a_file_that_is_open_for_a_moment_is_replaced_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows replaces no open file: here, one that refuses it twice."""
    new, target = tmp_path / "new", tmp_path / "target"
    new.write_text("new")
    refusals = [PermissionError(errno.EACCES, "open"), PermissionError(errno.EACCES, "open")]
    replace = Path.replace

    def refuse_first(path: Path, other: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return replace(path, other)

    monkeypatch.setattr(files, "_SECONDS_BETWEEN_ATTEMPTS", 0)
    monkeypatch.setattr(Path, "replace", refuse_first)
    with pytest.raises(PermissionError):
        files._replace(new, target, attempts=1)
    files._replace(new, target, attempts=3)
    assert target.read_text() == "new"


def test_a_folder_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder" / "below").mkdir(parents=True)
    with pytest.raises(IsADirectoryError), files.replacing(tmp_path / "folder"):
        pass
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "below"]


def test_folders_that_vanish_are_counted_as_nothing(tmp_path: Path) -> None:
    ended = threading.Event()

    def make_and_remove() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            (tmp_path / f"{number}" / "inner").mkdir(parents=True)
            (tmp_path / f"{number}").rename(tmp_path / f"renamed-{number}")
            shutil.rmtree(tmp_path / f"renamed-{number}")

    (tmp_path / "stays").write_bytes(bytes(1000))
    changing = threading.Thread(target=make_and_remove)
    changing.start()
    try:
        for _ in range(5000):
            assert files.bytes_below(tmp_path) >= 1000
    finally:
        ended.set()
        changing.join()


async def test_a_lock_that_its_holder_removes_is_waited_for(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = asyncio.ensure_future(_hold(lock))
        await asyncio.sleep(0)
        lock.unlink()
    await asyncio.wait_for(waiting, 60)


async def _hold(lock: Path) -> None:
    async with files.exclusive(lock):
        assert lock.exists()
