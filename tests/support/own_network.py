"""Programs that can reach nobody, and whether they tried to."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest


def own_network() -> Sequence[str]:
    """What starts a program in a network namespace of its own; skips the test where nobody can make one."""
    start = ("unshare", "--user", "--net")
    if subprocess.run([*start, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody make a network namespace")
    return start


@contextmanager
def nothing_sent(pid: int) -> Iterator[None]:
    """Nobody in that process's namespace tries to send anything: there it would count as without a route."""
    counters = Path(f"/proc/{pid}/net/snmp")
    with counters.open() as first, counters.open() as last:  # which outlive it
        before = first.read()
        yield
        assert last.read() == before
