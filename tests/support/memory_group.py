"""A group of processes whose memory Linux limits, so that it really runs out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_ROOT = Path("/sys/fs/cgroup")


@contextmanager
def memory_group() -> Iterator[Callable[[int, int], None]]:
    """What puts a process (by its id) into the group, with a limit of so many bytes.

    Skips where no such group may be made.
    """
    unified = (_ROOT / "cgroup.controllers").exists()
    group = (_ROOT if unified else _ROOT / "memory") / f"tee-rex-test-{os.getpid()}"
    limit, with_swap = (
        ("memory.max", "memory.swap.max")
        if unified
        else ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
    )
    try:
        group.mkdir()
    except OSError:
        pytest.skip("only root may limit a group's memory; unit tests cover the errors themselves")
    try:
        if not (group / limit).exists():
            pytest.skip("this system limits the memory of no groups here")

        def put(pid: int, octets: int) -> None:
            (group / limit).write_text(str(octets))
            with suppress(OSError):  # without swap
                (group / with_swap).write_text("0" if unified else str(octets))
            (group / "cgroup.procs").write_text(str(pid))

        yield put
    finally:
        group.rmdir()
