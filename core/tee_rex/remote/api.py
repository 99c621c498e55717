"""What the two proving interfaces of servers share: the contract, the request bodies, bounded answers."""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from tee_rex.errors import UsageError
from tee_rex.errors.catalogue.servers import SERVER_ANSWER_BAD_PROOF
from tee_rex.errors.tree import MalformedProofError
from tee_rex.transaction.events import BytesSent, ProofListener
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.versions import AztecVersion

if TYPE_CHECKING:
    from tee_rex.transaction.events import CircuitTiming, PhaseClock
    from tee_rex.transaction.request import BbIdentity, ProofRequest

MAX_MILLISECONDS: Final = 1e9
"""Eleven days; a larger number from a server is not a time."""

_PIECE_BYTES: Final = 192 * 1024
"""Of the message; a multiple of 3, so that the pieces' base64 put together is that of the whole."""
_JSON_BEFORE: Final = b'{"data":"'
_JSON_AFTER: Final = b'"}'


@dataclass(frozen=True, slots=True)
class MadeProof:
    """A proof as received, not verified, and what the server reports; None where it does not.

    bb: the version of the bb that it says it used. final_proof_ms, prove_ms: milliseconds. restarts: see
    ProofTimings.
    """

    proof: ChonkProof
    circuits: tuple[CircuitTiming, ...]
    final_proof_ms: float | None
    prove_ms: float | None
    bb: AztecVersion | None = None
    restarts: int = 0


class ProvingApi(ABC):
    """One interface of a server for having a proof made."""

    @abstractmethod
    def plaintext(self, request: ProofRequest, steps: bytes, bb: BbIdentity | None) -> bytes:
        """The plaintext to encrypt.

        steps: those of the request in their wire form. bb: the one that must prove; None lets the server
        choose.
        """

    async def streams(self) -> bool:
        """Whether the server takes steps in parts, while they are made.

        Raises a ServerUnreachableError or a ServerError.
        """
        return False

    @abstractmethod
    async def prove(
        self,
        message: bytes | bytearray,
        request: ProofRequest,
        phases: PhaseClock,
        parts: AsyncIterator[bytearray] | None = None,
    ) -> MadeProof:
        """Have the encrypted ``message`` proved, and report the phases TRANSMIT to RECEIVE.

        parts: encrypted messages that follow it, where :meth:`streams` is true. Raises a
        ServerUnreachableError, a ServerError, a ProvingError, or what making the parts raises. Cancelling it
        ends the proof at the server.
        """


def read_proof(untrusted: bytes, request: ProofRequest) -> ChonkProof:
    """The proof in the answer to ``request``; raises BadServerAnswerError."""
    try:
        return ChonkProof.from_wire(untrusted, request.steps.generation)
    except MalformedProofError as error:
        raise SERVER_ANSWER_BAD_PROOF(reason=error.message_parts) from error


def claimed_version(untrusted: str, request: ProofRequest) -> AztecVersion | None:
    """The version of the bb that a server says it used; None when that bb cannot have made this proof."""
    try:
        version = AztecVersion.parse(untrusted)
    except UsageError:
        return None
    return version if version.major == request.steps.generation.number else None


def checked_milliseconds(untrusted: float) -> float | None:
    """A server's time in milliseconds, None when it is out of range."""
    return untrusted if 0 <= untrusted <= MAX_MILLISECONDS else None


class MessageBody:
    """The message in binary, in pieces; can be iterated again for a retry.

    last_piece_begun: whether the server may have the whole message.
    """

    content_type: ClassVar[str] = "application/octet-stream"

    def __init__(self, message: bytes | bytearray, listener: ProofListener) -> None:
        """message: as ``tee_rex.openpgp.encrypt`` made it; never empty."""
        self._message = memoryview(message)
        self._listener = listener
        self.last_piece_begun = False

    @property
    def headers(self) -> dict[str, str]:
        """The headers that describe the body."""
        return {"Content-Type": self.content_type, "Content-Length": str(self.length)}

    @property
    def length(self) -> int:
        """Bytes."""
        return len(self._message)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces; when one is requested, those before it are in the system's socket."""
        self.last_piece_begun = False
        sent = 0
        for at in range(0, len(self._message), _PIECE_BYTES):
            end = at + _PIECE_BYTES
            self.last_piece_begun = end >= len(self._message)
            piece = self._encoded(self._message[at:end], first=at == 0, last=self.last_piece_begun)
            yield piece
            sent += len(piece)
            self._listener(BytesSent(sent, self.length))

    def _encoded(self, piece: memoryview, *, first: bool, last: bool) -> bytes:
        del first, last
        return bytes(piece)


class JsonBody(MessageBody):
    """``{"data": base64 of the message}``, the only form that the original server accepts."""

    content_type: ClassVar[str] = "application/json"

    @property
    def length(self) -> int:
        """Bytes."""
        return len(_JSON_BEFORE) + (len(self._message) + 2) // 3 * 4 + len(_JSON_AFTER)

    def _encoded(self, piece: memoryview, *, first: bool, last: bool) -> bytes:
        encoded = base64.b64encode(piece)
        return (_JSON_BEFORE if first else b"") + encoded + (_JSON_AFTER if last else b"")
