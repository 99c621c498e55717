"""What a server's ways of taking proofs have in common, and which of them a server has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tee_rex.remote.errors import BadServerAnswerError
from tee_rex.transaction.proof import ChonkProof, MalformedProofError

if TYPE_CHECKING:
    from tee_rex.transaction.events import CircuitTiming
    from tee_rex.transaction.phase_clock import PhaseClock
    from tee_rex.transaction.request import BbIdentity, ProofRequest

MAX_MILLISECONDS: Final = 1e9
"""Eleven days; what a server says beyond it is not a time."""


@dataclass(frozen=True, slots=True)
class MadeProof:
    """A proof as it came, not verified, and what the server says of its making; None where it does not."""

    proof: ChonkProof
    circuits: tuple[CircuitTiming, ...]
    final_proof_ms: float | None
    prove_ms: float | None


class ProvingApi(ABC):
    """One way of having a proof made."""

    @abstractmethod
    def plaintext(self, request: ProofRequest, steps: bytes, bb: BbIdentity | None) -> bytes:
        """What is to be encrypted.

        steps: those of the request in their wire form. bb: the one that must prove, None to leave that to
        the server.
        """

    @abstractmethod
    async def prove(self, message: bytes | bytearray, request: ProofRequest, phases: PhaseClock) -> MadeProof:
        """Have the encrypted ``message`` proved, telling of the phases TRANSMIT to RECEIVE.

        Raises the errors of ``tee_rex.remote.errors``. Cancelling it ends the proof at the server.
        """


def read_proof(untrusted: bytes) -> ChonkProof:
    """The proof in an answer; raises BadServerAnswerError."""
    try:
        return ChonkProof.from_wire(untrusted)
    except MalformedProofError as error:
        raise BadServerAnswerError(f"What it sent is not a proof. {error.message}") from error


def checked_milliseconds(untrusted: float) -> float | None:
    """A server's time, if it can be one."""
    return untrusted if 0 <= untrusted <= MAX_MILLISECONDS else None
