"""Execution steps: what Aztec's PXE hands to a prover, read strictly and within bounds.

Wire form (Aztec's ``serializePrivateExecutionSteps``): a msgpack array of maps ``{bytecode, witness, vk,
functionName}``; bytecode and witness gzip'ed, vk the raw verification key. A step reveals everything about
a private transaction, so nothing of it is ever shown but its function's name.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

import msgspec

from tee_rex.errors import InputError

MAX_STEPS_BYTES = 50_000_000
"""Cap of the original system; a whole account deployment is 2.2 MB."""

MAX_CIRCUITS = 512
"""A transaction of the token flow has 11; two circuits come with each private call."""

MAX_FUNCTION_NAME_LENGTH = 256

VERIFICATION_KEY_BYTES = 4064
"""127 fields of 32 bytes (``CHONK_VK_LENGTH_IN_FIELDS`` of Aztec 4.1.2)."""

MAX_INFLATED_BYTES = 64 * 1024 * 1024
"""Of one bytecode or witness; the largest protocol circuit of Aztec 4.1.2 has 6.6 MB."""

MAX_TOTAL_INFLATED_BYTES = 512 * 1024 * 1024
"""Of all parts together: an account deployment has 28 MB; inflating as much as this takes about a second."""

_GZIP_WBITS = 31
_INFLATE_CHUNK = 256 * 1024
_ARRAY16, _ARRAY32 = 0xDC, 0xDD


class EmptyStepsError(InputError):
    """Nothing to prove."""

    code = "STEPS_EMPTY"
    title = "There are no execution steps"
    default_hint = "Give the file that Aztec's serializePrivateExecutionSteps wrote."


class MalformedStepsError(InputError):
    """Not the wire form."""

    code = "STEPS_MALFORMED"
    title = "These are not execution steps"
    default_hint = "Give the file that Aztec's serializePrivateExecutionSteps wrote, whole and unchanged."


class StepsTooLargeError(InputError):
    """More bytes than any transaction needs."""

    code = "STEPS_TOO_LARGE"
    default_status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "The execution steps are too large"
    default_hint = f"At most {MAX_STEPS_BYTES // 1_000_000} MB are accepted."


class TooManyCircuitsError(InputError):
    """More circuits than any transaction needs."""

    code = "STEPS_TOO_MANY_CIRCUITS"
    title = "There are too many circuits"
    default_hint = f"At most {MAX_CIRCUITS} are accepted."


class MissingVerificationKeyError(InputError):
    """A step without its verification key."""

    code = "STEPS_MISSING_VK"
    title = "A circuit has no verification key"
    default_hint = "Simulate the transaction again with proving switched on; then every step carries its key."


class BadVerificationKeyError(InputError):
    """A verification key of a form that this Aztec version does not have."""

    code = "STEPS_BAD_VK"
    title = "A verification key has the wrong form"
    default_hint = "The steps may come from another Aztec version than this prover's."


class BadGzipError(InputError):
    """A bytecode or witness that is not one whole gzip member."""

    code = "STEPS_BAD_GZIP"
    title = "A circuit's data is damaged"
    default_hint = "Record the transaction's steps again; this file has been cut or changed."


class InflateLimitError(InputError):
    """A gzip bomb."""

    code = "STEPS_INFLATE_LIMIT"
    title = "A circuit's data inflates beyond all bounds"
    default_hint = (
        f"At most {MAX_INFLATED_BYTES // 1024 // 1024} MiB are accepted for one bytecode or witness."
    )


class _WireStep(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    bytecode: bytes
    witness: bytes
    vk: bytes
    function_name: str


_decoder = msgspec.msgpack.Decoder(list[_WireStep])


@dataclass(frozen=True, slots=True)
class ExecutionStep:
    """One circuit of a transaction: its name, gzip'ed bytecode and witness, raw verification key."""

    function_name: str
    bytecode: bytes = field(repr=False)
    witness: bytes = field(repr=False)
    verification_key: bytes = field(repr=False)

    def inflate_bytecode(self) -> bytes:
        """The circuit's bytecode; raises as :meth:`ExecutionSteps.check_inflation` does."""
        return b"".join(_inflated(self.bytecode, self.function_name))

    def inflate_witness(self) -> bytes:
        """The circuit's witness; raises as :meth:`ExecutionSteps.check_inflation` does."""
        return b"".join(_inflated(self.witness, self.function_name))


@dataclass(frozen=True, slots=True)
class ExecutionSteps:
    """The circuits of one private transaction, in proving order; at least one."""

    steps: tuple[ExecutionStep, ...]

    @classmethod
    def from_bytes(cls, untrusted: bytes | bytearray | memoryview) -> ExecutionSteps:
        """Read the wire form.

        Raises an InputError: EmptySteps, MalformedSteps, StepsTooLarge, TooManyCircuits,
        MissingVerificationKey or BadVerificationKey. Gzip'ed parts are left as they are:
        see :meth:`check_inflation`.
        """
        if len(untrusted) > MAX_STEPS_BYTES:
            raise StepsTooLargeError(f"{len(untrusted):,} bytes are more than {MAX_STEPS_BYTES:,}.")
        count = _claimed_circuits(untrusted)
        if count == 0:
            raise EmptyStepsError("The list has no circuits.")
        if count > MAX_CIRCUITS:
            raise TooManyCircuitsError(f"{count:,} circuits are more than {MAX_CIRCUITS}.")
        try:
            wire_steps = _decoder.decode(untrusted)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # The reason could quote the input, so it is neither shown nor chained.
            raise MalformedStepsError("The data is cut off, damaged, or of another form.") from None
        return cls(tuple(_checked(step) for step in wire_steps))

    def check_inflation(self) -> None:
        """Inflate everything once and keep nothing, in constant memory (33 ms for an account deployment).

        Raises BadGzipError or InflateLimitError, naming the circuit.
        """
        total = 0
        for step in self.steps:
            for part in (step.bytecode, step.witness):
                for piece in _inflated(part, step.function_name):
                    total += len(piece)
                    if total > MAX_TOTAL_INFLATED_BYTES:
                        reason = (
                            f"With that of {step.function_name} all pass {MAX_TOTAL_INFLATED_BYTES:,} bytes."
                        )
                        raise InflateLimitError(reason)

    @property
    def function_names(self) -> tuple[str, ...]:
        """The circuits' names, in proving order."""
        return tuple(step.function_name for step in self.steps)

    @property
    def final_verification_key(self) -> bytes:
        """The key that the whole proof is verified against, 4,064 bytes."""
        return self.steps[-1].verification_key

    def to_bytes(self) -> bytes:
        """The wire form again."""
        return msgspec.msgpack.encode(
            [_WireStep(s.bytecode, s.witness, s.verification_key, s.function_name) for s in self.steps]
        )


def checked_verification_key(untrusted: bytes) -> bytes:
    """The key, when it has the length of one; raises BadVerificationKeyError."""
    if len(untrusted) != VERIFICATION_KEY_BYTES:
        raise BadVerificationKeyError(f"It has {len(untrusted):,} bytes, not {VERIFICATION_KEY_BYTES:,}.")
    return untrusted


def _claimed_circuits(untrusted: bytes | bytearray | memoryview) -> int:
    """The array's length as its head claims it, so that no decoder allocates for a lie."""
    if len(untrusted) == 0:
        raise EmptyStepsError("The input is empty.")
    head = bytes(untrusted[:5])
    if head[0] & 0xF0 == 0x90:
        return head[0] & 0x0F
    if head[0] == _ARRAY16 and len(head) >= 3:
        return int(struct.unpack_from(">H", head, 1)[0])
    if head[0] == _ARRAY32 and len(head) == 5:
        return int(struct.unpack_from(">I", head, 1)[0])
    raise MalformedStepsError("The data does not begin as a list of circuits.")


def _checked(step: _WireStep) -> ExecutionStep:
    name = step.function_name
    if not name or len(name) > MAX_FUNCTION_NAME_LENGTH or not name.isprintable():
        raise MalformedStepsError("A circuit's name is empty, too long, or not printable.")
    if not step.vk:
        raise MissingVerificationKeyError(f"The circuit {name} comes without one.")
    if len(step.vk) != VERIFICATION_KEY_BYTES:
        raise BadVerificationKeyError(
            f"That of {name} has {len(step.vk):,} bytes, not {VERIFICATION_KEY_BYTES:,}."
        )
    return ExecutionStep(name, step.bytecode, step.witness, step.vk)


def _inflated(part: bytes, function_name: str) -> Iterator[bytes]:
    """The pieces of exactly one gzip member that fills ``part``."""
    inflater = zlib.decompressobj(_GZIP_WBITS)
    unread = memoryview(part)
    pending: bytes | memoryview = b""
    total = 0
    while True:
        if not pending:
            pending, unread = unread[:_INFLATE_CHUNK], unread[_INFLATE_CHUNK:]
        at_end = not pending
        try:
            piece = inflater.decompress(pending, _INFLATE_CHUNK)
        except zlib.error:
            raise BadGzipError(f"That of {function_name} is not valid gzip.") from None
        pending = inflater.unconsumed_tail
        total += len(piece)
        if total > MAX_INFLATED_BYTES:
            raise InflateLimitError(f"That of {function_name} passes {MAX_INFLATED_BYTES:,} bytes.")
        yield piece
        if inflater.eof:
            break
        if at_end and not piece:
            raise BadGzipError(f"That of {function_name} is cut off.")
    if inflater.unused_data or unread:
        raise BadGzipError(f"That of {function_name} has data after its end.")
