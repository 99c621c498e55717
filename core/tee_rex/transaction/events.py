"""What a proof tells while it is made, and how long each of its parts took.

All times are wall-clock milliseconds from a monotonic clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from tee_rex.system.progress import TaskProgress

if TYPE_CHECKING:
    from tee_rex.attestation.report import AttestationReport


class Phase(StrEnum):
    """The parts of a proof's way, in order; a mode has those that it needs.

    On this machine: PREPARE: checking the steps, finding or installing bb and the CRS. START: starting bb
    and handing it the CRS. ACCUMULATE: the circuits, one after another. FINAL_PROOF: bb's last command,
    which verifies its own proof.

    On a server (names of the original system where it has them): SERIALIZE: checking the steps and writing
    their wire form. FETCH_ATTESTATION: getting the server's key, in TEE mode with the attestation that
    vouches for it. ENCRYPT. TRANSMIT: until the server has taken the request. QUEUE: behind other proofs.
    PROVING: until the server says that it is done. PROVED: asking for the proof. RECEIVE: reading it.
    VERIFY: bb on this machine checks it.
    """

    PREPARE = "prepare"
    START = "start"
    ACCUMULATE = "accumulate"
    FINAL_PROOF = "final-proof"

    SERIALIZE = "serialize"
    FETCH_ATTESTATION = "fetch-attestation"
    ENCRYPT = "encrypt"
    TRANSMIT = "transmit"
    QUEUE = "queue"
    PROVING = "proving"
    PROVED = "proved"
    RECEIVE = "receive"
    VERIFY = "verify"


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
    """Circuit ``index`` (from 0) of ``count`` is being loaded and accumulated.

    From a server some may be missing: it is asked now and then where its events do not come through.
    """

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
    """Circuit ``index`` (from 0) of ``count`` is accumulated; told of local proofs alone."""

    index: int
    count: int
    timing: CircuitTiming


@dataclass(frozen=True, slots=True)
class AttestationExamined:
    """A server's attestation was examined, before anything secret is sent; a refused one ends the proof."""

    report: AttestationReport


@dataclass(frozen=True, slots=True)
class BytesSent:
    """``sent`` of ``total`` bytes of the encrypted request are on their way."""

    sent: int
    total: int


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """``position`` proofs are before this one at the server."""

    position: int


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """The server could not be reached, or is busy: it is asked again in ``seconds``."""

    seconds: float


ProofEvent: TypeAlias = (
    PhaseStarted
    | PhaseEnded
    | CircuitStarted
    | CircuitEnded
    | AttestationExamined
    | BytesSent
    | QueuePosition
    | RetryScheduled
    | TaskProgress
)
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

    circuits: empty when a server does not tell. final_proof_ms: bb's ``ChonkProve``, None when a server does
    not tell. prove_ms: first circuit to finished proof (what the header ``x-prove-duration-ms`` means).
    total_ms: all that the caller waited for.
    """

    circuits: tuple[CircuitTiming, ...]
    final_proof_ms: float | None
    prove_ms: float
    total_ms: float
    phases: tuple[PhaseTiming, ...]

    @property
    def bb_ms(self) -> float:
        """The sum of bb's own command times, as far as they are known."""
        return (self.final_proof_ms or 0.0) + sum(c.load_ms + c.accumulate_ms for c in self.circuits)
