"""What local proving needs on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tee_rex.doctor import Finding, Verdict
from tee_rex.system.progress import TaskProgress


class Fix(StrEnum):
    """What the application can install itself; each value is the FindingId of what it fixes."""

    BB_GENUINE = "bb-genuine"
    BB_DEVELOPMENT = "bb-development"
    LIBRARIES = "libraries"
    CRS_GENUINE = "crs-genuine"
    CRS_DEVELOPMENT = "crs-development"


@dataclass(frozen=True, slots=True)
class SetupItem:
    """A requirement of local proving.

    fix: installs it; None if only the user can. optional: the sample does not need it.
    """

    finding: Finding
    fix: Fix | None
    optional: bool


@dataclass(frozen=True, slots=True)
class SetupState:
    """This machine. items: None until examined. fixing: what is being installed now, in order.

    development: whether the sample can be proved under the development setup.
    """

    items: tuple[SetupItem, ...] | None = None
    fixing: tuple[Fix, ...] = ()
    progress: TaskProgress | None = None
    expanded: bool = False
    threads: int = 1
    bb_version: str = ""
    development: bool = False

    @property
    def missing(self) -> tuple[SetupItem, ...]:
        """What the sample still needs."""
        needed = (item for item in self.items or () if not item.optional)
        return tuple(item for item in needed if item.finding.verdict is not Verdict.READY)
