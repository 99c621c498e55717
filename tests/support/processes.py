"""Processes as tests look at them: which of ours run, and whether one has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil


@contextmanager
def python_program(
    program: str, *arguments: object, **environ: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A Python program that runs, and the first line that it printed; killed at the end of the block."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environ}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def default_signal(number: signal.Signals) -> Iterator[None]:
    """Programs started in the block do not ignore a signal, as those of background jobs do."""
    before = signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(number, before)


def running(pid: int) -> bool:
    """Whether a process is there, and no zombie: who is to fetch its exit code is not our matter."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def running_bbs(parent: int | None = None) -> list[int]:
    """The bb processes that descend from ``parent``, from this process by default."""
    found = []
    with suppress(psutil.NoSuchProcess):  # the parent has ended
        for child in psutil.Process(parent).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # or the child has
                if "msgpack" in child.cmdline():
                    found.append(child.pid)
    return found
