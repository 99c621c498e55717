"""Execution steps: what Aztec's PXE gives a prover, read strictly and within bounds.

Wire form (Aztec's ``serializePrivateExecutionSteps``): a msgpack array of maps ``{bytecode, witness, vk,
functionName}``, from v6 on with ``kind``; bytecode and witness gzip'ed, vk the raw verification key. A step
reveals everything about a private transaction, so nothing but its function's name is ever shown.

Steps may be proved while the wallet still makes them: then they are announced (which kinds, and so how many),
added one by one, and ended. Steps that are all there are the same, complete.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

import msgspec

from tee_rex.errors import ErrorKind, InputError, TeeRexError
from tee_rex.errors.catalogue import transaction as errors
from tee_rex.system.untrusted import (
    GzipFault,
    NotInflatableError,
    UndecodableError,
    decode_msgpack,
    inflated,
    msgpack_end,
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

MAX_CORRECTIONS = 16
"""Of the announced kinds: a wallet corrects them for each reset between calls, of which most transactions
have none. They are cheap: bb begins again at most ``local.backend.MAX_RESTARTS`` times."""

STEP_SECONDS = 60.0
"""Longest wait for the next step; a wallet on a busy machine makes one in a few seconds."""

_FIELD_BYTES = 32
_KEY_HEADER_BYTES = 3 * _FIELD_BYTES
"""Logarithm of the rows, number of public inputs, and their place; then come commitments (bb 4 and 5)."""
_ARRAY_SIZES: Final = {0xDC: 2, 0xDD: 4}
"""Heads of arrays in msgpack, and the bytes of their length."""
_MAX_STEP_ITEMS: Final = 64
"""Values of one step, its keys included; a well-formed one has 11."""


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

    @classmethod
    def from_bytes(cls, untrusted: bytes | bytearray | memoryview) -> ExecutionStep:
        """Parse one step, as in the list of :meth:`ExecutionSteps.from_bytes`; raises as that does."""
        if len(untrusted) > MAX_STEPS_BYTES:
            raise errors.STEPS_TOO_LARGE(limit_mb=MAX_STEPS_BYTES // 1_000_000)
        try:
            return _read(decode_msgpack(untrusted, _WireStep))
        except UndecodableError:
            raise errors.STEPS_MALFORMED() from None

    def to_bytes(self) -> bytes:
        """The wire form."""
        return msgspec.msgpack.encode(self._wire())

    @property
    def size(self) -> int:
        """Bytes of its parts, compressed."""
        return len(self.bytecode) + len(self.witness) + len(self.verification_key)

    def inflate_bytecode(self) -> bytes:
        """The circuit's bytecode; raises as :meth:`ExecutionSteps.check_inflation` does."""
        return b"".join(_inflated(self.bytecode, self.function_name))

    def inflate_witness(self) -> bytes:
        """The circuit's witness; raises as :meth:`ExecutionSteps.check_inflation` does."""
        return b"".join(_inflated(self.witness, self.function_name))

    def _wire(self) -> _WireStep:
        kind = msgspec.UNSET if self.kind is None else self.kind.value
        return _WireStep(self.bytecode, self.witness, self.verification_key, self.function_name, kind)


class InflationLimit:
    """What the parts of one transaction may still inflate to: MAX_TOTAL_INFLATED_BYTES in all."""

    def __init__(self) -> None:
        self._left = MAX_TOTAL_INFLATED_BYTES

    def inflate(self, part: bytes, function_name: str) -> Iterator[bytes]:
        """Decompress a part piece by piece; raises STEPS_BAD_GZIP or STEPS_INFLATE_LIMIT."""
        for piece in _inflated(part, function_name):
            self._left -= len(piece)
            if self._left < 0:
                raise errors.TOTAL_INFLATE_LIMIT(circuit=function_name, limit=MAX_TOTAL_INFLATED_BYTES)
            yield piece

    def check(self, step: ExecutionStep) -> None:
        """Decompress both parts and keep nothing; raises as :meth:`inflate` does."""
        for part in (step.bytecode, step.witness):
            for _piece in self.inflate(part, step.function_name):
                pass


class StepsReader:
    """The wire form of all steps, read as it arrives.

    count: the number of steps, as the head says; None before it is known.
    """

    def __init__(self) -> None:
        """Nothing has arrived."""
        self.count: int | None = None
        self._received = 0
        self._found = 0
        self._unread = bytearray()

    def read(self, untrusted: bytes | bytearray | memoryview) -> list[ExecutionStep]:
        """The steps that end in the next part, however the wire form is cut into parts.

        Raises STEPS_MALFORMED, STEPS_TOO_LARGE, STEPS_TOO_MANY_CIRCUITS or STEPS_MISSING_VK (InputErrors).
        """
        self._received += len(untrusted)
        if self._received > MAX_STEPS_BYTES:
            raise errors.STEPS_TOO_LARGE(limit_mb=MAX_STEPS_BYTES // 1_000_000)
        if self._unread:
            self._unread += untrusted
            with memoryview(self._unread) as unread:
                steps, end = self._steps(unread)
            del self._unread[:end]
        else:
            with memoryview(untrusted) as unread:
                steps, end = self._steps(unread)
                self._unread += unread[end:]
        return steps

    def end(self) -> None:
        """There is no more to come; raises STEPS_EMPTY or STEPS_MALFORMED."""
        if not self._received:
            raise errors.STEPS_EMPTY()
        if self._unread or self._found != self.count:
            raise errors.STEPS_MALFORMED()

    def _steps(self, unread: memoryview) -> tuple[list[ExecutionStep], int]:
        """The steps at the beginning, and where the last of them ends."""
        steps: list[ExecutionStep] = []
        position = 0
        if self.count is None:
            position = self._read_head(unread)
        try:
            while self.count is not None and self._found < self.count:
                rest = unread[position:]
                size = msgpack_end(rest, _MAX_STEP_ITEMS)
                if size is None or size > len(rest):
                    return steps, position
                steps.append(_read(decode_msgpack(rest[:size], _WireStep)))
                position += size
                self._found += 1
        except UndecodableError:
            raise errors.STEPS_MALFORMED() from None
        if self.count is not None and position < len(unread):
            raise errors.STEPS_MALFORMED()
        return steps, position

    def _read_head(self, unread: memoryview) -> int:
        """Read how many steps there are, which is not believed beyond MAX_CIRCUITS; returns its bytes."""
        if not unread:
            return 0
        head, size = unread[0], _ARRAY_SIZES.get(unread[0], 0)
        if head & 0xF0 != 0x90 and not size:
            raise errors.NOT_A_LIST_OF_CIRCUITS()
        if len(unread) <= size:
            return 0
        count = int.from_bytes(unread[1 : 1 + size]) if size else head & 0x0F
        if count > MAX_CIRCUITS:
            raise errors.STEPS_TOO_MANY_CIRCUITS(count=count)
        self.count = count
        return 1 + size


@dataclass(slots=True)
class ExecutionSteps:
    """The circuits of one private transaction, in proving order: all of them, or those that have arrived.

    Whoever proves awaits :meth:`step`, in order, and :meth:`ended`; whoever makes the steps announces them,
    then calls :meth:`add` for each, :meth:`expect` when the announcement was wrong, and :meth:`end` or
    :meth:`fail`.

    steps: those that have arrived. kinds: those expected, in order, and so the number of circuits; where
    steps do not name theirs, all are kernels but the last. complete: whether there is no more to come.
    patience: seconds in all that whoever proves waits for steps with nothing else to do.
    """

    steps: tuple[ExecutionStep, ...]
    generation: Generation
    kinds: tuple[StepKind, ...] = field(default=(), compare=False)
    complete: bool = True
    patience: float = field(default=math.inf, init=False, repr=False, compare=False)
    _waited: float = field(default=0.0, init=False, repr=False, compare=False)
    _last_arrival: float = field(default_factory=time.monotonic, init=False, repr=False, compare=False)
    _corrections: int = field(default=0, init=False, repr=False, compare=False)
    _failure: TeeRexError | None = field(default=None, init=False, repr=False, compare=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.complete:
            self.kinds = _kinds(self.steps)

    @classmethod
    def from_bytes(cls, untrusted: bytes | bytearray | memoryview) -> ExecutionSteps:
        """Parse the wire form of all steps.

        The length of the last key tells the generation. Raises STEPS_EMPTY, STEPS_MALFORMED, STEPS_TOO_LARGE,
        STEPS_TOO_MANY_CIRCUITS, STEPS_INCOMPLETE, STEPS_MISSING_VK, STEPS_BAD_VK or STEPS_BAD_KINDS
        (InputErrors). Gzip'ed parts are kept compressed: see :meth:`check_inflation`.
        """
        reader = StepsReader()
        steps = reader.read(untrusted)
        reader.end()
        return cls.of(steps)

    @classmethod
    def of(cls, steps: Sequence[ExecutionStep]) -> ExecutionSteps:
        """All steps of a transaction, read before; raises as :meth:`from_bytes` does."""
        if not steps:
            raise errors.NO_CIRCUITS()
        generation = _generation_of(steps[-1])
        for step in steps:
            _check_naming(step, generation)
        _check_kinds(_kinds(steps), generation)
        for step, kind in zip(steps, _kinds(steps), strict=True):
            _check_key(step, generation.key_bytes.of(kind))
        return cls(tuple(steps), generation)

    @classmethod
    def announced(cls, kinds: Sequence[StepKind], generation: Generation) -> ExecutionSteps:
        """Steps that are still to be made; raises as :meth:`from_bytes` does for these kinds.

        kinds: of each, where the generation's steps name them; else as of :func:`unnamed_kinds`.
        """
        _check_kinds(tuple(kinds), generation)
        return cls((), generation, tuple(kinds), complete=False)

    def expect(self, kinds: Sequence[StepKind]) -> None:
        """Correct the announcement; what has arrived must fit it. Whoever proves begins again.

        Raises as :meth:`announced` does, STEPS_OUT_OF_ORDER, or STEPS_TOO_MANY_CORRECTIONS.
        """
        self.require_open()
        _check_kinds(tuple(kinds), self.generation)
        named = [step.kind for step in self.steps if step.kind is not None]
        if self.complete or len(kinds) < len(self.steps) or named != [*kinds[: len(named)]]:
            raise errors.STEPS_NOT_AS_ANNOUNCED()
        if self._corrections == MAX_CORRECTIONS:
            raise errors.STEPS_TOO_MANY_CORRECTIONS(most=MAX_CORRECTIONS)
        for step, kind in zip(self.steps, kinds, strict=False):
            _check_key(step, self.generation.key_bytes.of(kind))
        self._corrections += 1
        self.kinds = tuple(kinds)
        self._wake()

    def add(self, index: int, step: ExecutionStep) -> None:
        """Add the step with this index, from 0.

        Raises as :meth:`from_bytes` does, and STEPS_OUT_OF_ORDER or STEPS_MORE_THAN_ANNOUNCED.
        """
        self.require_open()
        if self.complete or index != len(self.steps):
            raise errors.STEPS_OUT_OF_ORDER(found=index + 1, expected=len(self.steps) + 1)
        if index >= len(self.kinds):
            raise errors.STEPS_MORE_THAN_ANNOUNCED(count=len(self.kinds))
        if sum(one.size for one in self.steps) + step.size > MAX_STEPS_BYTES:
            raise errors.STEPS_TOO_LARGE(limit_mb=MAX_STEPS_BYTES // 1_000_000)
        _check_naming(step, self.generation)
        if step.kind not in (None, self.kinds[index]):
            raise errors.STEPS_NOT_AS_ANNOUNCED()
        _check_key(step, self.generation.key_bytes.of(self.kinds[index]))
        self.steps = (*self.steps, step)
        self._last_arrival = time.monotonic()
        self._wake()

    def end(self) -> None:
        """There is no more to come; raises STEPS_CUT_SHORT when some were announced that did not arrive."""
        self.require_open()
        if len(self.steps) != len(self.kinds):
            raise errors.STEPS_CUT_SHORT(count=len(self.steps), expected=len(self.kinds))
        self.complete = True
        self._wake()

    def fail(self, error: TeeRexError) -> None:
        """No more will come, because of ``error``: whoever waits or adds more, or will, raises it."""
        self._failure = self._failure or error
        self._wake()

    def close(self, error: TeeRexError) -> None:
        """As :meth:`fail`; also forget the steps, which the traceback of an error may refer to."""
        self.fail(error)
        self.steps = ()
        if self._failure is not None:
            self._failure.__traceback__ = self._failure.__context__ = self._failure.__cause__ = None

    async def step(self, index: int, *, idle: bool = False) -> ExecutionStep:
        """The step with this index, as soon as it has arrived.

        idle: whoever proves does nothing else meanwhile, which counts towards ``patience``. Raises
        STEPS_STOPPED when no step has arrived for STEP_SECONDS or ``patience`` is at its end, or the error
        given to :meth:`fail`.
        """
        await self._until(lambda: index < len(self.steps), idle=idle)
        return self.steps[index]

    async def ended(self, *, idle: bool = False) -> None:
        """Wait until all have arrived; as :meth:`step`."""
        await self._until(lambda: self.complete, idle=idle)

    async def news(self, count: int, kinds: Sequence[StepKind]) -> None:
        """Wait until more than ``count`` have arrived, other kinds are expected, or it is complete.

        Raises as :meth:`step` does.
        """
        await self._until(lambda: len(self.steps) > count or self.kinds != kinds or self.complete)

    async def corrected(self, kinds: Sequence[StepKind], log2_rows: int) -> None:
        """Wait until other kinds than these are expected, or a circuit of more rows has arrived."""
        while self.kinds == kinds and self.log2_rows <= log2_rows:
            # Complete ones do not change, and belong to no event loop: each proof of them can have its own.
            await (asyncio.Event() if self.complete else self._changed).wait()

    async def _until(self, holds: Callable[[], bool], *, idle: bool = False) -> None:
        begun = time.monotonic()
        patient_until = begun + self.patience - self._waited if idle else math.inf
        try:
            while self._failure is None and not holds():
                await self._change(patient_until)
        finally:
            if idle:
                self._waited += time.monotonic() - begun
        self.require_open()

    async def _change(self, patient_until: float) -> None:
        """Wait for a change; other changes than a step do not prolong the wait for one."""
        stopped_at = self._last_arrival + STEP_SECONDS
        try:
            async with asyncio.timeout(min(stopped_at, patient_until) - time.monotonic()):
                await self._changed.wait()
        except TimeoutError:
            kind, seconds = errors.STEPS_STOPPED, STEP_SECONDS
            if patient_until < stopped_at:
                kind, seconds = errors.STEPS_TOO_SLOW, self.patience
            raise kind(seconds=seconds, count=len(self.steps), expected=len(self.kinds)) from None

    def require_open(self) -> None:
        """Raise the error given to :meth:`fail` or :meth:`close`."""
        if self._failure is not None:
            raise self._failure.with_traceback(None)

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def check_inflation(self) -> None:
        """Decompress all that is there and keep nothing, in constant memory (33 ms for a deployment).

        Raises STEPS_BAD_GZIP or STEPS_INFLATE_LIMIT, naming the circuit.
        """
        limit = InflationLimit()
        for step in self.steps:
            limit.check(step)

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
        return max((log2_rows(step.verification_key) for step in self.steps), default=0)

    def to_bytes(self) -> bytes:
        """The wire form."""
        return msgspec.msgpack.encode([step._wire() for step in self.steps])  # noqa: SLF001


def unnamed_kinds(count: int) -> tuple[StepKind, ...]:
    """The kinds of ``count`` steps that do not name theirs: apps and kernels are not told apart.

    Raises STEPS_TOO_MANY_CIRCUITS.
    """
    if count > MAX_CIRCUITS:
        raise errors.STEPS_TOO_MANY_CIRCUITS(count=count)
    return (*[StepKind.KERNEL] * (count - 1), StepKind.HIDING)


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


def _read(step: _WireStep) -> ExecutionStep:
    name = step.function_name
    if not name or len(name) > MAX_FUNCTION_NAME_LENGTH or not name.isprintable():
        raise errors.BAD_CIRCUIT_NAME()
    if not step.vk:
        raise errors.STEPS_MISSING_VK(circuit=name)
    kind = None if step.kind is msgspec.UNSET else StepKind(step.kind)
    return ExecutionStep(name, step.bytecode, step.witness, step.vk, kind)


def _check_naming(step: ExecutionStep, generation: Generation) -> None:
    """Check that a step names its kind exactly where the generation's do."""
    if step.kind is None and generation.steps_name_kinds:
        raise errors.STEPS_WITHOUT_KIND(circuit=step.function_name, generation=str(generation))
    if step.kind is not None and not generation.steps_name_kinds:
        raise errors.STEPS_WITH_KIND(circuit=step.function_name, generation=str(generation))


def _check_kinds(kinds: Sequence[StepKind], generation: Generation) -> None:
    """Check that these are as many kinds, and in an order, as bb proves."""
    if len(kinds) < generation.least_circuits:
        raise errors.STEPS_TOO_FEW_CIRCUITS(
            count=len(kinds), generation=str(generation), least=generation.least_circuits
        )
    if len(kinds) > MAX_CIRCUITS:
        raise errors.STEPS_TOO_MANY_CIRCUITS(count=len(kinds))
    *others, last = kinds
    first_is_app = others[:1] == [StepKind.APP] or not generation.steps_name_kinds
    if not first_is_app or last is not StepKind.HIDING or StepKind.HIDING in others:
        raise errors.STEPS_BAD_KINDS()


def _kinds(steps: Sequence[ExecutionStep]) -> tuple[StepKind, ...]:
    """The kind of each step; without a name, apps and kernels are not told apart, nor are their keys."""
    return tuple(
        unnamed if step.kind is None else step.kind
        for step, unnamed in zip(steps, unnamed_kinds(len(steps)), strict=True)
    )


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
