"""Execution steps: what Aztec's PXE gives a prover, read strictly and within bounds.

Wire form (Aztec's ``serializePrivateExecutionSteps``): a msgpack array of maps ``{bytecode, witness, vk,
functionName}``, from v6 on with ``kind``; bytecode and witness gzip'ed, vk the raw verification key. A step
reveals everything about a private transaction, so nothing but its function's name is ever shown.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

import msgspec

from tee_rex.errors import ErrorKind, InputError
from tee_rex.errors.catalogue import transaction as errors
from tee_rex.system.untrusted import (
    GzipFault,
    NotInflatableError,
    UndecodableError,
    decode_msgpack,
    inflated,
)
from tee_rex.transaction.generations import Generation, StepKind, generation_by_final_key, generations

MAX_STEPS_BYTES = 50_000_000
"""Cap of the original system; a whole account deployment is 2.2 MB."""

MAX_CIRCUITS = 512
"""A transaction of the token flow has 11; each private call adds two circuits."""

MAX_FUNCTION_NAME_LENGTH = 256

MAX_VERIFICATION_KEY_BYTES = 8192
"""The longest key of a known generation has 5,216 bytes."""

MAX_LOG2_ROWS = 24
"""Of a circuit; the largest protocol circuit has 2^20 rows."""

MAX_INFLATED_BYTES = 64 * 1024 * 1024
"""Of one bytecode or witness; the largest protocol circuit has 6.6 MB."""

MAX_TOTAL_INFLATED_BYTES = 512 * 1024 * 1024
"""Of all parts together: an account deployment has 28 MB; decompressing this much takes about a second."""

_FIELD_BYTES = 32
_KEY_HEADER_BYTES = 3 * _FIELD_BYTES
"""Logarithm of the rows, number of public inputs, and their place; then come commitments (bb 4 and 5)."""
_ARRAY16, _ARRAY32 = 0xDC, 0xDD


class _WireStep(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    bytecode: bytes
    witness: bytes
    vk: bytes
    function_name: str
    kind: Annotated[int, msgspec.Meta(ge=0, le=2)] | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class ExecutionStep:
    """One circuit of a transaction: its name, gzip'ed bytecode and witness, raw verification key.

    kind: None where the generation's steps do not name it.
    """

    function_name: str
    bytecode: bytes = field(repr=False)
    witness: bytes = field(repr=False)
    verification_key: bytes = field(repr=False)
    kind: StepKind | None = None

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
    generation: Generation

    @classmethod
    def from_bytes(cls, untrusted: bytes | bytearray | memoryview) -> ExecutionSteps:
        """Parse the wire form.

        The length of the last key tells the generation. Raises STEPS_EMPTY, STEPS_MALFORMED, STEPS_TOO_LARGE,
        STEPS_TOO_MANY_CIRCUITS, STEPS_INCOMPLETE, STEPS_MISSING_VK, STEPS_BAD_VK or STEPS_BAD_KINDS
        (InputErrors). Gzip'ed parts are kept compressed: see :meth:`check_inflation`.
        """
        if len(untrusted) > MAX_STEPS_BYTES:
            raise errors.STEPS_TOO_LARGE(limit_mb=MAX_STEPS_BYTES // 1_000_000)
        count = _claimed_circuits(untrusted)
        if count == 0:
            raise errors.NO_CIRCUITS()
        if count > MAX_CIRCUITS:
            raise errors.STEPS_TOO_MANY_CIRCUITS(count=count)
        try:
            wire_steps = decode_msgpack(untrusted, list[_WireStep])
        except UndecodableError:
            raise errors.STEPS_MALFORMED() from None
        steps = tuple(_read(step) for step in wire_steps)
        generation = _generation_of(steps[-1])
        _check_kinds(steps, generation)
        for step, kind in zip(steps, _kinds(steps), strict=True):
            _check_key(step, generation.key_bytes.of(kind))
        return cls(steps, generation)

    def check_inflation(self) -> None:
        """Decompress everything once and keep nothing, in constant memory (33 ms for an account deployment).

        Raises STEPS_BAD_GZIP or STEPS_INFLATE_LIMIT, naming the circuit.
        """
        total = 0
        for step in self.steps:
            for part in (step.bytecode, step.witness):
                for piece in _inflated(part, step.function_name):
                    total += len(piece)
                    if total > MAX_TOTAL_INFLATED_BYTES:
                        raise errors.TOTAL_INFLATE_LIMIT(
                            circuit=step.function_name, limit=MAX_TOTAL_INFLATED_BYTES
                        )

    @property
    def function_names(self) -> tuple[str, ...]:
        """The circuits' names, in proving order."""
        return tuple(step.function_name for step in self.steps)

    @property
    def final_verification_key(self) -> bytes:
        """The key that the whole proof is verified against."""
        return self.steps[-1].verification_key

    @property
    def log2_rows(self) -> int:
        """Binary logarithm of the rows of the largest circuit, as its key says: bb needs as many points."""
        return max(log2_rows(step.verification_key) for step in self.steps)

    def to_bytes(self) -> bytes:
        """The wire form."""
        return msgspec.msgpack.encode(
            [
                _WireStep(
                    step.bytecode,
                    step.witness,
                    step.verification_key,
                    step.function_name,
                    msgspec.UNSET if step.kind is None else step.kind.value,
                )
                for step in self.steps
            ]
        )


def generation_of_key(final_verification_key: bytes) -> Generation:
    """The generation whose transactions end with a key like this one; raises STEPS_BAD_VK."""
    generation = generation_by_final_key(len(final_verification_key))
    if generation is None:
        raise errors.FINAL_KEY_OF_NO_GENERATION(
            count=len(final_verification_key), known=", ".join(map(str, generations()))
        )
    return generation


def _generation_of(last: ExecutionStep) -> Generation:
    """As generation_of_key; raises STEPS_INCOMPLETE for a circuit that some generation has before its end."""
    count = len(last.verification_key)
    if generation_by_final_key(count) is None and any(
        count in (one.key_bytes.app, one.key_bytes.kernel) for one in generations()
    ):
        raise errors.STEPS_INCOMPLETE(circuit=last.function_name)
    return generation_of_key(last.verification_key)


def _claimed_circuits(untrusted: bytes | bytearray | memoryview) -> int:
    """The array's length as its header claims it, so that no decoder allocates for a false one."""
    if len(untrusted) == 0:
        raise errors.STEPS_EMPTY()
    head = bytes(untrusted[:5])
    if head[0] & 0xF0 == 0x90:
        return head[0] & 0x0F
    if head[0] == _ARRAY16 and len(head) >= 3:
        return int(struct.unpack_from(">H", head, 1)[0])
    if head[0] == _ARRAY32 and len(head) == 5:
        return int(struct.unpack_from(">I", head, 1)[0])
    raise errors.NOT_A_LIST_OF_CIRCUITS()


def _read(step: _WireStep) -> ExecutionStep:
    name = step.function_name
    if not name or len(name) > MAX_FUNCTION_NAME_LENGTH or not name.isprintable():
        raise errors.BAD_CIRCUIT_NAME()
    if not step.vk:
        raise errors.STEPS_MISSING_VK(circuit=name)
    kind = None if step.kind is msgspec.UNSET else StepKind(step.kind)
    return ExecutionStep(name, step.bytecode, step.witness, step.vk, kind)


def _check_kinds(steps: Sequence[ExecutionStep], generation: Generation) -> None:
    """Check that steps name their kind exactly where the generation does, and in an order that bb proves."""
    for step in steps:
        if step.kind is None and generation.steps_name_kinds:
            raise errors.STEPS_WITHOUT_KIND(circuit=step.function_name, generation=str(generation))
        if step.kind is not None and not generation.steps_name_kinds:
            raise errors.STEPS_WITH_KIND(circuit=step.function_name, generation=str(generation))
    if len(steps) < generation.least_circuits:
        raise errors.STEPS_TOO_FEW_CIRCUITS(
            count=len(steps), generation=str(generation), least=generation.least_circuits
        )
    if generation.steps_name_kinds:
        *others, last = _kinds(steps)
        if others[0] is not StepKind.APP or last is not StepKind.HIDING or StepKind.HIDING in others:
            raise errors.STEPS_BAD_KINDS()


def _kinds(steps: Sequence[ExecutionStep]) -> Iterator[StepKind]:
    """The kind of each step; without a name, apps and kernels are not told apart, nor are their keys."""
    for index, step in enumerate(steps):
        unnamed = StepKind.HIDING if index == len(steps) - 1 else StepKind.KERNEL
        yield unnamed if step.kind is None else step.kind


def _check_key(step: ExecutionStep, expected: int) -> None:
    name, key = step.function_name, step.verification_key
    if len(key) != expected:
        raise errors.STEPS_BAD_VK(circuit=name, count=len(key), expected=expected)
    if log2_rows(key) > MAX_LOG2_ROWS:
        raise errors.CIRCUIT_TOO_LARGE(circuit=name, most=MAX_LOG2_ROWS)
    # bb takes points at infinity, of which the keys of small circuits have many, and refuses such a key only
    # after the whole proof; a point that is not on the curve it refuses at once.
    if not any(key[_KEY_HEADER_BYTES:]):
        raise errors.KEY_WITHOUT_COMMITMENTS(circuit=name)


def log2_rows(verification_key: bytes) -> int:
    """Binary logarithm of a circuit's rows: the first field of every key (bb 4 and 5)."""
    return int.from_bytes(verification_key[:_FIELD_BYTES])


_GZIP_FAULTS: Final[Mapping[GzipFault, ErrorKind[InputError]]] = {
    GzipFault.DAMAGED: errors.STEPS_BAD_GZIP,
    GzipFault.TRUNCATED: errors.GZIP_TRUNCATED,
    GzipFault.TRAILING_DATA: errors.GZIP_TRAILING_DATA,
    GzipFault.TOO_LONG: errors.STEPS_INFLATE_LIMIT,
}


def _inflated(part: bytes, function_name: str) -> Iterator[bytes]:
    """Decompress ``part`` piece by piece."""
    try:
        yield from inflated(part, MAX_INFLATED_BYTES)
    except NotInflatableError as error:
        raise _GZIP_FAULTS[error.fault](circuit=function_name, limit=MAX_INFLATED_BYTES) from None
