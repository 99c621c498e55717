"""What local proving and flows need on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tee_rex.doctor import Finding, Verdict
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.problem import Problem


class Fix(StrEnum):
    """What the application can install itself; each value is the FindingId of what it fixes."""

    BB_GENUINE = "bb-genuine"
    BB_DEVELOPMENT = "bb-development"
    LIBRARIES = "libraries"
    CRS_GENUINE = "crs-genuine"
    CRS_DEVELOPMENT = "crs-development"
    WALLET_GENUINE = "wallet-genuine"
    WALLET_DEVELOPMENT = "wallet-development"


WALLETS: Mapping[TrustedSetup, Fix] = {
    TrustedSetup.GENUINE: Fix.WALLET_GENUINE,
    TrustedSetup.DEVELOPMENT: Fix.WALLET_DEVELOPMENT,
}
_PARTS = {
    "bb.download": Fix.BB_GENUINE,
    "bb.development": Fix.BB_DEVELOPMENT,
    "runtime.lists": Fix.LIBRARIES,
    "runtime.download": Fix.LIBRARIES,
    "runtime.check": Fix.LIBRARIES,
    "crs.download": Fix.CRS_GENUINE,
    "crs.import": Fix.CRS_GENUINE,
    "crs.development": Fix.CRS_DEVELOPMENT,
}


def part_of(task: TaskProgress | None, setup: TrustedSetup | None) -> Fix | None:
    """What a task installs; None for other work. setup: that of the run that it belongs to."""
    if task is None:
        return None
    if task.task.startswith("bridge."):
        return None if setup is None else WALLETS[setup]
    return _PARTS.get(task.task)


@dataclass(frozen=True, slots=True)
class SetupItem:
    """A requirement of local proving, or of flows.

    fix: installs it; None if only the user can. optional: the sample does not need it.
    """

    finding: Finding
    fix: Fix | None
    optional: bool


@dataclass(frozen=True, slots=True)
class SetupState:
    """This machine. items: None until examined. fixing: what is being installed now, in order.

    paused: the user stopped an installation. failures: why what is missing could not be installed.
    development: whether the sample can be proved under the development setup.
    """

    items: tuple[SetupItem, ...] | None = None
    fixing: tuple[Fix, ...] = ()
    progress: TaskProgress | None = None
    paused: bool = False
    failures: Mapping[Fix, Problem] = field(default_factory=dict)
    expanded: bool = False
    threads: int = 1
    bb_version: str = ""
    development: bool = False

    @property
    def missing(self) -> tuple[SetupItem, ...]:
        """What the sample still needs."""
        needed = (item for item in self.items or () if not item.optional)
        return tuple(item for item in needed if item.finding.verdict is not Verdict.READY)

    @property
    def download_bytes(self) -> int:
        """The size of what is being installed, else of what the sample still needs, as far as it is known."""
        return sum(item.finding.download_bytes or 0 for item in self._counted)

    @property
    def download_varies(self) -> bool:
        """Whether that size is not exact: the lists of an archive's packages change daily."""
        return any(item.fix is Fix.LIBRARIES and item.finding.download_bytes for item in self._counted)

    @property
    def _counted(self) -> tuple[SetupItem, ...]:
        if not self.fixing:
            return self.missing
        found = (item for item in self.items or () if item.fix in self.fixing)
        return tuple(item for item in found if item.finding.verdict is not Verdict.READY)

    def failed(self, fix: Fix, problem: Problem) -> SetupState:
        """The state after something could not be installed."""
        return replace(self, failures={**self.failures, fix: problem})
