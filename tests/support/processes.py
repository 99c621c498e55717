"""Processes as tests look at them: which of ours run, and whether one has ended."""

from __future__ import annotations

from contextlib import suppress

import psutil


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
