"""The events of a proof while it is made, and how long each part took.

All times are wall-clock milliseconds from a monotonic clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from tee_rex.system.progress import TaskProgress


class Phase(StrEnum):
    """The phases of a proof, in order; each mode has those that it needs.

    On this machine: PREPARE: checking the steps, finding or installing bb and the CRS. START: starting bb
    and giving it the CRS. ACCUMULATE: the circuits, one after another. FINAL_PROOF: bb's last command,
    which verifies its own proof.

    On a server (names of the original system where it has them): SERIALIZE: checking and encoding the steps.
    FETCH_ATTESTATION: getting the server's key, in TEE mode with the attestation that vouches for it.
    ENCRYPT. TRANSMIT: until the server has accepted the request. QUEUE: behind other proofs. PROVING: until
    the server reports the end. PROVED: requesting the proof. RECEIVE: reading it. VERIFY: bb on this machine
    verifies it.
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

    Some may be missing for a server, which is polled where its events do not arrive.
    """

    index: int
    count: int
    name: str


@dataclass(frozen=True, slots=True)
class CircuitTiming:
    """How long bb took for one circuit's ``ChonkLoad`` and ``ChonkAccumulate``.

    waited_ms: before that, for the wallet, which was still making the circuit's step.
    """

    name: str
    load_ms: float
    accumulate_ms: float
    waited_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class ProofRestarted:
    """The wallet made other circuits than it had announced, or a larger one, so that bb has to start again.

    lost_ms: since the first circuit of the attempt that was given up; the next begins with circuit 0.
    """

    lost_ms: float


@dataclass(frozen=True, slots=True)
class CircuitEnded:
    """Circuit ``index`` (from 0) of ``count`` is accumulated; local mode only."""

    index: int
    count: int
    timing: CircuitTiming


@dataclass(frozen=True, slots=True)
class FinalProofStarted:
    """A server has accumulated the circuits and makes the final proof; older ones do not say so."""


class BbReport(msgspec.Struct, frozen=True):
    """A bb binary: the Aztec version that it proves for, and its SHA-256."""

    version: str
    sha256: str


class ReportedCertificate(msgspec.Struct, frozen=True):
    """A certificate of the chain; times in ISO 8601, UTC; sha256 of the DER, hex."""

    subject: str
    not_before: datetime
    not_after: datetime
    sha256: str


class AttestationReport(msgspec.Struct, frozen=True):
    """The JSON of ``tee-rex attest --json``: hashes and bytes as lower-case hex, null where not reached.

    genuine: AWS vouches for the document. code: of the first refusal, null when every check holds.
    """

    genuine: bool
    debug: bool | None = None
    expected_code: bool | None = None
    code: str | None = None
    module_id: str | None = None
    timestamp_ms: int | None = None
    pcrs: dict[str, str] | None = None
    public_key: str | None = None
    user_data: str | None = None
    nonce: str | None = None
    bb: tuple[BbReport, ...] | None = None
    chain: tuple[ReportedCertificate, ...] | None = None

    def to_json(self) -> str:
        """One line."""
        return msgspec.json.encode(self).decode()


@dataclass(frozen=True, slots=True)
class AttestationExamined:
    """A server's attestation was examined, before anything secret is sent; a refused one ends the proof."""

    report: AttestationReport


@dataclass(frozen=True, slots=True)
class BytesSent:
    """``sent`` of ``total`` bytes of the encrypted request have been sent."""

    sent: int
    total: int


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """``position`` proofs are ahead of this one on the server.

    seconds: until its turn, as the server estimates; None where it does not.
    """

    position: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """The next attempt follows in ``seconds``.

    busy: the server says that it is; otherwise it did not answer, or failed.
    """

    seconds: float
    busy: bool = False


@dataclass(frozen=True, slots=True)
class ServerSilent:
    """A server that proves has not answered for ``seconds``, and is asked again and again; once a silence."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ServerAnswered:
    """It answers again."""


ProofEvent: TypeAlias = (
    PhaseStarted
    | PhaseEnded
    | CircuitStarted
    | CircuitEnded
    | ProofRestarted
    | FinalProofStarted
    | AttestationExamined
    | BytesSent
    | QueuePosition
    | RetryScheduled
    | ServerSilent
    | ServerAnswered
    | TaskProgress
)
"""TaskProgress reports set-up work on the way, such as a first download of the CRS."""

ProofListener: TypeAlias = Callable[[ProofEvent], None]


def ignore_events(_event: ProofEvent) -> None:
    """A listener that does nothing."""


@dataclass(frozen=True, slots=True)
class PhaseTiming:
    """How long one phase took."""

    phase: Phase
    ms: float


@dataclass(frozen=True, slots=True)
class ProofTimings:
    """Where the time of a proof went.

    circuits: empty when a server does not report them. final_proof_ms: bb's ``ChonkProve``, None when a
    server does not report it. prove_ms: first circuit to finished proof, as ``x-prove-duration-ms``.
    total_ms: everything that the caller waited for. restarts: how often bb had to start again, see
    ProofRestarted.
    """

    circuits: tuple[CircuitTiming, ...]
    final_proof_ms: float | None
    prove_ms: float
    total_ms: float
    phases: tuple[PhaseTiming, ...]
    restarts: int = 0

    @property
    def waited_ms(self) -> float:
        """For the wallet, which was still making steps."""
        return sum(circuit.waited_ms for circuit in self.circuits)

    @property
    def bb_ms(self) -> float:
        """The sum of bb's known command times."""
        return (self.final_proof_ms or 0.0) + sum(c.load_ms + c.accumulate_ms for c in self.circuits)


class PhaseClock:
    """Times phases one after another, from its creation on; reports them to ``listener``."""

    def __init__(self, listener: ProofListener) -> None:
        self.listener = listener
        self._spent: dict[Phase, float] = {}
        self._phase: Phase | None = None
        self._created = self._begun = time.perf_counter()

    def begin(self, phase: Phase) -> None:
        """End the current phase, if any, and begin ``phase``, which may have been begun before."""
        self.end()
        self._phase, self._begun = phase, time.perf_counter()
        self.listener(PhaseStarted(phase))

    def end(self) -> None:
        """End the current phase, if any."""
        if self._phase is not None:
            phase, self._phase = self._phase, None
            ms = (time.perf_counter() - self._begun) * 1000
            self._spent[phase] = self._spent.get(phase, 0.0) + ms
            self.listener(PhaseEnded(phase, ms))

    @property
    def phase(self) -> Phase | None:
        """The current phase."""
        return self._phase

    def spent_ms(self, phase: Phase) -> float:
        """The time of a phase that has ended; 0 if it never began."""
        return self._spent.get(phase, 0.0)

    @property
    def timings(self) -> tuple[PhaseTiming, ...]:
        """The phases that have ended, in the order of their beginnings."""
        return tuple(PhaseTiming(phase, ms) for phase, ms in self._spent.items())

    @property
    def total_ms(self) -> float:
        """Since the creation."""
        return (time.perf_counter() - self._created) * 1000
