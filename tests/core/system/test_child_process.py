from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import psutil
import pytest

from support.patience import PATIENCE
from support.proving_server import eventually
from tee_rex.system.child_process import (
    Bounds,
    BoundsExceededError,
    Finished,
    environment_for_programs,
    processes_killed_for_memory,
    run_to_end,
)

pytestmark = pytest.mark.integration


async def test_output_and_return_code(tmp_path: Path) -> None:
    finished = await run_to_end(["sh", "-c", "pwd; echo bad >&2; exit 3"], cwd=tmp_path, seconds=PATIENCE)
    assert finished == Finished(3, f"{tmp_path}\n".encode(), b"bad\n")


async def test_temporary_files_can_be_kept_together(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    shown = await run_to_end(["sh", "-c", "echo $TMPDIR"], cwd=tmp_path, seconds=60, temporary=folder)
    assert shown.stdout.decode().strip() == str(folder)


_FAMILY = ["sh", "-c", "sleep 600 & sleep 600 & touch ready; wait"]


def _family(folder: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _works_in(process, folder)]


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cwd() == str(folder)
    except psutil.Error:
        return False


async def test_a_program_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    seconds = 0.1
    while not (tmp_path / "ready").exists():  # its time must be enough to start everything
        seconds *= 2
        with pytest.raises(TimeoutError):
            await run_to_end(_FAMILY, cwd=tmp_path, seconds=seconds)
    await eventually(lambda: _family(tmp_path) == [])


async def test_cancelling_kills_the_children_too(tmp_path: Path) -> None:
    running = asyncio.ensure_future(run_to_end(_FAMILY, cwd=tmp_path, seconds=60))
    await eventually(lambda: len(_family(tmp_path)) == 3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await eventually(lambda: _family(tmp_path) == [])


async def test_cancelling_while_it_starts_kills_what_it_started(tmp_path: Path) -> None:
    for turns_of_the_loop in range(12):
        running = asyncio.ensure_future(run_to_end(_FAMILY, cwd=tmp_path, seconds=60))
        for _ in range(turns_of_the_loop):
            await asyncio.sleep(0)
        if turns_of_the_loop > 2:
            time.sleep(0.05)  # in which it has children, and asyncio has not noticed that it runs
        running.cancel()
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(asyncio.CancelledError):
                await running
        await eventually(lambda: _family(tmp_path) == [])


@pytest.mark.parametrize(
    ("frozen", "own", "given"),
    [
        (False, {"LD_LIBRARY_PATH": "/own"}, {"LD_LIBRARY_PATH": "/own"}),
        (True, {"LD_LIBRARY_PATH": "/bundle"}, {}),
        (
            True,
            {"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": "/own"},
            {"LD_LIBRARY_PATH": "/own", "LD_LIBRARY_PATH_ORIG": "/own"},
        ),
    ],
)
def test_programs_do_not_load_a_frozen_builds_libraries(
    frozen: bool, own: dict[str, str], given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    for_node = {"NODE_DISABLE_COMPILE_CACHE": "1", "NODE_USE_SYSTEM_CA": "1"}
    assert environment_for_programs(own) == {**given, **for_node}


def test_linux_tells_how_many_processes_it_killed_for_memory(tmp_path: Path) -> None:
    statistics = tmp_path / "vmstat"
    statistics.write_text("nr_free_pages 1\noom_kill 7\noom_kill_other 9\n")
    assert processes_killed_for_memory(statistics) == 7
    assert processes_killed_for_memory(tmp_path / "missing") == 0
    assert processes_killed_for_memory() >= 0


async def test_output_without_end_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(BoundsExceededError):
        await run_to_end(["/bin/cat", "/dev/zero"], cwd=tmp_path, seconds=60)


@pytest.mark.parametrize(
    ("program", "bounds"),
    [
        ("x = bytearray(300_000_000); import time; time.sleep(60)", Bounds(100_000_000, 10**12)),
        ("f = open('f', 'wb'); f.truncate(10**9); import time; time.sleep(60)", Bounds(10**12, 10**6)),
    ],
    ids=["memory", "disk"],
)
async def test_a_program_keeps_to_its_bounds(program: str, bounds: Bounds, tmp_path: Path) -> None:
    with pytest.raises(BoundsExceededError):
        async with asyncio.timeout(30):
            await run_to_end([sys.executable, "-c", program], cwd=tmp_path, seconds=60, bounds=bounds)
