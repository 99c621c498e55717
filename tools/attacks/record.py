"""What an attack is, and what came of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeAlias


class NotTriedError(Exception):
    """This machine lacks what an attack needs."""


@dataclass(slots=True)
class Record:
    """What came of one attack. scale: the share of its full count that is tried."""

    scale: float
    tries: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def count(self, full: int, *, least: int = 1) -> int:
        """How many to try where ``full`` are tried at full scale."""
        return max(least, math.ceil(full * self.scale))

    def expect(self, held: object, fault: str) -> None:
        """Count one try, and the fault if the attack was not held off."""
        self.tries += 1
        if not held:
            self.faults[fault] += 1

    def merge(self, tries: int, faults: Counter[str]) -> None:
        """Count the tries of another process."""
        self.tries += tries
        self.faults += faults

    @property
    def outcome(self) -> str:
        """One line: held or not, with the faults and how often each occurred."""
        if not self.faults:
            return "; ".join(["held", *self.notes])
        faults = [
            f"{count} times: {fault}" if count > 1 else fault for fault, count in self.faults.most_common(4)
        ]
        more = [f"{len(self.faults) - 4} other faults"] if len(self.faults) > 4 else []
        return "; ".join(["NOT HELD: " + ", ".join([*faults, *more]), *self.notes])


Run: TypeAlias = Callable[[Record], Coroutine[Any, Any, None] | None]


@dataclass(frozen=True, slots=True)
class Attack:
    """name: to choose it on the command line. title: what is tried."""

    name: str
    title: str
    run: Run
