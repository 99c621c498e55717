"""How many threads bb gets when nobody says."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """The cores that this process may run on; at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
