from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path

import pytest

from tee_rex.system.files import temporary_folder


async def test_what_a_killed_process_left_is_removed_before_and_all_of_it_after(tmp_path: Path) -> None:
    left = tmp_path / ".some.tmp-left"
    left.mkdir()
    (tmp_path / ".other.tmp-left").mkdir()
    async with temporary_folder(tmp_path, "some") as folder:
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
        async with temporary_folder(tmp_path, "some"):
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
