"""Progress of set-up work (downloads, computations), as opposed to that of a proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """How far one task has come.

    task: stable identifier, e.g. ``"bb.download"``. label: plain words for people.
    done, total: in ``unit`` ("bytes" or "points"); total is None while it is unknown.
    """

    task: str
    label: str
    done: int
    total: int | None
    unit: str


ProgressListener: TypeAlias = Callable[[TaskProgress], None]


def ignore_progress(_progress: TaskProgress) -> None:
    """A listener for callers that want none."""
