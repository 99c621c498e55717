"""What a proof tells while it is made, and how long each of its parts took.

All times are wall-clock milliseconds from a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tee_rex.task_progress import TaskProgress


class Phase(StrEnum):
    """The parts of a proof's way, in order; a mode has those that it needs.

    PREPARE: checking the steps, finding or installing bb and the CRS. START: starting bb and handing it
    the CRS. ACCUMULATE: the circuits, one after another. FINAL_PROOF: bb's last command, which verifies
    its own proof.
    """

    PREPARE = "prepare"
    START = "start"
    ACCUMULATE = "accumulate"
    FINAL_PROOF = "final-proof"


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase has begun."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class PhaseEnded:
    """A phase has ended well."""

    phase: Phase
    ms: float


@dataclass(frozen=True, slots=True)
class CircuitStarted:
    """Circuit ``index`` (from 0) of ``count`` is being loaded and accumulated."""

    index: int
    count: int
    name: str


@dataclass(frozen=True, slots=True)
class CircuitTiming:
    """How long bb took for one circuit's ``ChonkLoad`` and ``ChonkAccumulate``."""

    name: str
    load_ms: float
    accumulate_ms: float


@dataclass(frozen=True, slots=True)
class CircuitEnded:
    """Circuit ``index`` (from 0) of ``count`` is accumulated."""

    index: int
    count: int
    timing: CircuitTiming


ProofEvent: TypeAlias = PhaseStarted | PhaseEnded | CircuitStarted | CircuitEnded | TaskProgress
"""TaskProgress tells of set-up work on the way, such as a first download of the CRS."""

ProofListener: TypeAlias = Callable[[ProofEvent], None]


def ignore_events(_event: ProofEvent) -> None:
    """A listener for callers that want none."""


@dataclass(frozen=True, slots=True)
class PhaseTiming:
    """How long one phase took."""

    phase: Phase
    ms: float


@dataclass(frozen=True, slots=True)
class ProofTimings:
    """Where the time of a proof went.

    final_proof_ms: bb's ``ChonkProve``. prove_ms: first circuit to finished proof (what the header
    ``x-prove-duration-ms`` means). total_ms: all that the caller waited for.
    """

    circuits: tuple[CircuitTiming, ...]
    final_proof_ms: float
    prove_ms: float
    total_ms: float
    phases: tuple[PhaseTiming, ...]

    @property
    def bb_ms(self) -> float:
        """The sum of bb's own command times."""
        return self.final_proof_ms + sum(c.load_ms + c.accumulate_ms for c in self.circuits)
