"""A session with bb: started once with a CRS, then proof after proof.

bb's ECCVM and IPA proofs need Grumpkin points, the same for every transaction and trusted setup. bb generates
them at each start (about 0.3 s) unless it is given them. Those of the first bb are kept, and given to later
ones only if they are exactly the pinned ones.
"""

from __future__ import annotations

import asyncio
import hashlib
import signal
import time
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from tee_rex.errors import ErrorKind, Message, ProvingError, TeeRexError, message
from tee_rex.errors.catalogue import proving as errors
from tee_rex.errors.catalogue.transaction import AZTEC_VERSION_MISMATCH
from tee_rex.local.connection import (
    BbConnection,
    BbErrorResponse,
    ConnectionLostError,
    UnexpectedAnswerError,
)
from tee_rex.local.dialects import Dialect, dialect_of
from tee_rex.local.process import OVER_PIPES, BbProcess, bb_schema
from tee_rex.system.files import open_regular, replacing
from tee_rex.system.threads import finish_in_thread, read_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_msgpack
from tee_rex.transaction import events
from tee_rex.transaction.generations import StepKind
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.steps import InflationLimit

if TYPE_CHECKING:
    from pathlib import Path

    from tee_rex.bb.store import BbCommand
    from tee_rex.crs.crs import Crs
    from tee_rex.transaction.steps import ExecutionSteps

_START_SECONDS = 60.0
"""Until bb has its CRS: 0.1 s for 2^17 points, 2 s for 2^21, much longer on a machine that swaps."""
_ANSWER_SECONDS = 1800.0
"""For one circuit or the final proof, which takes 5 s on two cores; a bb that is silent for longer hangs."""
_SOCKET_POLL_SECONDS = 0.002
_CIRCUITS_SENT_AHEAD = 2
"""bb never waits for us, and at most two decompressed circuits (about 15 MB) are in memory."""

_SHORT_OF_MEMORY = ("std::bad_alloc", "Resource temporarily unavailable")
"""The only texts that a decision depends on: of bb's C++ library, which has no codes, where memory, or a
thread and its stack, was refused."""

_GRUMPKIN_BYTES = 2 << 20
"""32,768 points of 64 bytes: the ECCVM circuit of Chonk has a fixed size."""


T = TypeVar("T")


class _VerifyAnswer(msgspec.Struct):
    valid: bool


class _KeyAnswer(msgspec.Struct, rename={"content": "bytes"}):
    content: bytes
    fields: Sequence[bytes]


class _HashAnswer(msgspec.Struct):
    hash: bytes


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """The key of one circuit, fields of 32 bytes, and their Poseidon2 hash."""

    content: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class SessionProof:
    """A proof and its costs; bb has verified it (``ChonkProve`` checks its own result)."""

    proof: ChonkProof
    circuits: tuple[events.CircuitTiming, ...]
    accumulate_ms: float
    final_proof_ms: float
    peak_memory_bytes: int


class BbSession:
    """One bb process holding a CRS; one proof at a time.

    1. :meth:`start` runs bb and sends it the CRS.
    2. :meth:`prove`, :meth:`verify` or :meth:`verification_key`, one after another. After any error, or when
       cancelled, bb has ended and the session with it (:attr:`usable`).
    3. :meth:`close`.
    """

    def __init__(self, process: BbProcess, connection: BbConnection, dialect: Dialect, points: int) -> None:
        """Use :meth:`start`."""
        self._process = process
        self._connection = connection
        self._dialect = dialect
        self._points = points
        self._usable = True
        self._activity = message("starting")
        self._keep_grumpkin_points_in: Path | None = None

    @classmethod
    async def start(
        cls,
        bb: BbCommand,
        crs: Crs,
        *,
        threads: int,
        grumpkin_folder: Path | None = None,
        memory_limit: int | None = None,
        over_pipes: bool = OVER_PIPES,
    ) -> BbSession:
        """Start bb and hand it the CRS (0.1 s for 2^17 points).

        grumpkin_folder: where the Grumpkin points are kept; if they are missing, bb generates them and they
        are saved there. memory_limit: resident bytes. over_pipes: as in BbProcess.start. Raises
        BB_START_FAILED, BB_SCHEMA_UNKNOWN, MEMORY_LIMIT, or what explains the signal that ended bb.
        """
        dialect = dialect_of(bb.executable.version)
        if dialect.asks_schema or bb.executable.approved_by_user:
            dialect = dialect.with_names_from(await bb_schema(bb))
        pin = dialect.generation.grumpkin
        kept = None if grumpkin_folder is None else grumpkin_folder / pin.kept_as
        grumpkin = None if kept is None else await read_in_thread(read_grumpkin_points, kept, pin.sha256)
        process = await BbProcess.start(
            bb,
            threads=threads,
            memory_limit=memory_limit,
            files=dialect.files(crs, grumpkin),
            room=_GRUMPKIN_BYTES if grumpkin is None else 0,  # else it fails in the middle of a proof
            over_pipes=over_pipes,
        )
        try:
            async with asyncio.timeout(_START_SECONDS):
                session = cls(process, await _ready(process, dialect, crs, grumpkin), dialect, crs.points)
        except TimeoutError:
            await process.close()
            raise errors.BB_NOT_READY(seconds=_START_SECONDS) from None
        except BaseException:
            await process.close()
            raise
        session._keep_grumpkin_points_in = kept if grumpkin is None else None
        return session

    @property
    def usable(self) -> bool:
        """Whether another proof can be made with it."""
        return self._usable and self._process.running

    @property
    def pid(self) -> int:
        """The process id of bb."""
        return self._process.pid

    @property
    def peak_memory_bytes(self) -> int:
        """The most resident memory of bb so far."""
        return self._process.peak_memory_bytes

    async def prove(self, steps: ExecutionSteps, listener: events.ProofListener) -> SessionProof:
        """Load and accumulate every circuit as soon as it has arrived, then prove.

        Reports the phases ACCUMULATE and FINAL_PROOF and each circuit. Raises a ProvingError, DISK_FULL,
        BB_LACKS_INSTRUCTIONS, or as ``ExecutionSteps.step`` does. When it raises, or is cancelled, bb has
        ended. Steps of another generation than bb's raise AZTEC_VERSION_MISMATCH, and bb gets none of them.
        The caller cancels it when other circuits are expected than at its beginning.
        """
        if steps.generation != self._dialect.generation:
            raise AZTEC_VERSION_MISMATCH(found=str(steps.generation), asserted=str(self._dialect.generation))
        count = len(steps.kinds)
        sent_ahead = asyncio.Semaphore(_CIRCUITS_SENT_AHEAD)
        sending = self._send_steps(steps, sent_ahead)
        async with self._exchange(sending, short_of_points=errors.BB_REFUSED_SHORT_KEY):
            begin = time.perf_counter()
            listener(events.PhaseStarted(events.Phase.ACCUMULATE))
            self._activity = message("starting")
            await self._answer("ChonkStart")
            circuits = []
            for index in range(count):
                waited_ms, step = await _timed(steps.step(index, idle=True))
                name = step.function_name
                listener(events.CircuitStarted(index, count, name))
                self._activity = message("working on circuit {name}", name=name)
                load_ms, _ = await _timed(self._answer("ChonkLoad"))
                accumulate_ms, _ = await _timed(self._answer("ChonkAccumulate"))
                sent_ahead.release()
                circuits.append(events.CircuitTiming(name, load_ms, accumulate_ms, waited_ms))
                listener(events.CircuitEnded(index, count, circuits[-1]))
            await steps.ended(idle=True)
            all_accumulated_ms = (time.perf_counter() - begin) * 1000
            listener(events.PhaseEnded(events.Phase.ACCUMULATE, all_accumulated_ms))
            listener(events.PhaseStarted(events.Phase.FINAL_PROOF))
            self._activity = message("making the final proof")
            final_proof_ms, answer = await _timed(self._answer("ChonkProve"))
            listener(events.PhaseEnded(events.Phase.FINAL_PROOF, final_proof_ms))
            return SessionProof(
                proof=self._read_proof(answer),
                circuits=tuple(circuits),
                accumulate_ms=all_accumulated_ms,
                final_proof_ms=final_proof_ms,
                peak_memory_bytes=self.peak_memory_bytes,
            )

    async def verify(self, proof: ChonkProof, verification_key: bytes) -> bool:
        """Whether ``proof`` is valid under ``verification_key`` and the session's CRS.

        A proof or key that bb rejects with an error is not valid, nor is a proof of another generation.
        Raises as :meth:`prove` when bb ends, or gets too little memory or disk space.
        """
        if proof.generation != self._dialect.generation:
            return False
        request = self._connection.send(*self._dialect.verify(proof, verification_key))
        async with self._exchange(request):
            self._activity = message("verifying")
            try:
                answer = await self._answer("ChonkVerify")
            except BbErrorResponse as response:
                if self._shortage(response):
                    raise
                return False
            return _decoded(answer, _VerifyAnswer).valid

    async def verification_key(self, bytecode: bytes, kind: StepKind = StepKind.APP) -> VerificationKey:
        """The verification key of a circuit (gunzipped ACIR) under the session's CRS; takes 2 to 13 seconds.

        kind: bb 4 does not care. Raises a ProvingError, also where the CRS has too few points.
        """
        request = self._connection.send(*self._dialect.compute_key(bytecode, kind))
        async with self._exchange(request):
            self._activity = message("computing a verification key")
            key = _decoded(await self._answer("ChonkComputeVk"), _KeyAnswer)
        async with self._exchange(self._connection.send("Poseidon2Hash", {"inputs": key.fields})):
            self._activity = message("hashing a verification key")
            answer = _decoded(await self._answer("Poseidon2Hash"), _HashAnswer)
        return VerificationKey(key.content, answer.hash)

    async def ask(
        self,
        command: str,
        fields: Mapping[str, Any],
        form: type[T],
        *,
        activity: Message,
        answer: str | None = None,
    ) -> T:
        """What bb answers to one command that is no part of a transaction.

        answer: its name without "Response"; None: that of the command. Raises a ProvingError, or
        BbErrorResponse where bb reports an error, after which it can be asked again.
        """
        async with self._exchange(self._connection.send(command, fields)):
            self._activity = activity
            try:
                return _decoded(await self._answer(answer or command), form)
            except BbErrorResponse as response:
                if self._shortage(response):
                    raise
                refusal = response
        raise refusal

    def _read_proof(self, answer: bytes) -> ChonkProof:
        try:
            return self._dialect.read_proof(answer)
        except UndecodableError:
            raise UnexpectedAnswerError from None

    async def close(self) -> None:
        """End bb; safe to call at any time and more than once."""
        self._usable = False
        self._connection.abort()
        await self._process.close()

    async def _keep_grumpkin_points(self) -> None:
        file, self._keep_grumpkin_points_in = self._keep_grumpkin_points_in, None
        if file is not None:
            pin = self._dialect.generation.grumpkin
            points = await read_in_thread(read_grumpkin_points, self._process.file(pin.file), pin.sha256)
            if points is not None:
                await finish_in_thread(keep_grumpkin_points, points, file)

    @asynccontextmanager
    async def _exchange(
        self,
        sending: Coroutine[None, None, None],
        *,
        short_of_points: ErrorKind[ProvingError] = errors.BB_REFUSED,
    ) -> AsyncIterator[None]:
        """Send while the body receives; convert every failure, and end bb on each of them.

        short_of_points: what it means when bb needs more points than it was given.
        """
        if not self._usable:
            sending.close()
            raise RuntimeError("this session is in use or has ended")
        self._usable = False
        sender = asyncio.create_task(self._send_or_abort(sending))
        try:
            yield
            await sender
            await self._keep_grumpkin_points()
            self._usable = True
        except ConnectionLostError:
            reason = sender.exception() if sender.done() and not sender.cancelled() else None
            if reason is not None and not isinstance(reason, ConnectionLostError):
                raise reason from None
            raise await self._process.ended() from None
        except BbErrorResponse as response:
            if shortage := self._shortage(response):
                raise shortage from None
            short = self._dialect.is_short_of_points(self._process.file, self._points)
            kind = short_of_points if short else errors.BB_REFUSED
            raise kind(activity=self._activity, diagnostics=response.untrusted_text) from None
        except UnexpectedAnswerError:
            raise errors.BB_PROTOCOL(activity=self._activity, diagnostics=self._process.diagnostics) from None
        finally:
            sender.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await sender
            if not self._usable:
                await self.close()

    def _shortage(self, response: BbErrorResponse) -> TeeRexError | None:
        """The error of a bb that got too little memory or disk space; None for any other response."""
        if _is_short_of_memory(response):
            return errors.BB_SHORT_OF_MEMORY(activity=self._activity)
        # The one file that bb itself writes; bb 4 does without it, bb 5 does not.
        if self._process.lacks_room(self._dialect.generation.grumpkin.file, _GRUMPKIN_BYTES):
            return errors.BB_DISK_FULL(folder=str(self._process.folder), activity=self._activity)
        return None

    async def _answer(self, command: str) -> bytes:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await self._connection.receive(command)
        except TimeoutError:
            raise errors.BB_HUNG(
                minutes=_ANSWER_SECONDS / 60,
                activity=self._activity,
                diagnostics=self._process.diagnostics,
            ) from None

    async def _send_or_abort(self, sending: Coroutine[None, None, None]) -> None:
        try:
            await sending
        except BaseException:
            self._connection.abort()
            raise

    async def _send_steps(self, steps: ExecutionSteps, sent_ahead: asyncio.Semaphore) -> None:
        limit, kinds = InflationLimit(), steps.kinds
        await self._connection.send(*self._dialect.start(kinds))
        for index in range(len(kinds)):
            await sent_ahead.acquire()
            step = await steps.step(index)
            bytecode = await read_in_thread(_inflated, limit, step.bytecode, step.function_name)
            await self._connection.send(*self._dialect.load(step, bytecode))
            witness = await read_in_thread(_inflated, limit, step.witness, step.function_name)
            await self._connection.send("ChonkAccumulate", {"witness": witness})
        await steps.ended()
        await self._connection.send("ChonkProve", {})


async def _ready(process: BbProcess, dialect: Dialect, crs: Crs, grumpkin: bytes | None) -> BbConnection:
    """A connection to a bb that has taken its CRS."""
    first_messages = dialect.first_messages(crs, grumpkin)
    try:
        connection = await _connected(process, dialect)
        try:
            for first in first_messages:
                await connection.send(*first)
            for command, _fields in first_messages:
                await connection.receive(command)
        except BaseException:
            connection.abort()
            raise
    except ConnectionLostError:
        ended = await process.ended()
        if process.returncode == -signal.SIGABRT:
            raise errors.BB_START_SHORT_OF_MEMORY(reason=ended.message_parts) from None
        if process.passed_memory_limit or (process.returncode or 0) < 0:
            raise ended from None
        raise errors.BB_START_FAILED(reason=ended.message_parts) from None
    except BbErrorResponse as response:
        if _is_short_of_memory(response):
            raise errors.BB_SHORT_OF_MEMORY(activity=message("loading the CRS")) from None
        raise errors.BB_REFUSED_CRS() from None
    except UnexpectedAnswerError:
        raise errors.BB_REFUSED_CRS() from None
    return connection


def _is_short_of_memory(response: BbErrorResponse) -> bool:
    return any(text in response.untrusted_text for text in _SHORT_OF_MEMORY)


async def _connected(process: BbProcess, dialect: Dialect) -> BbConnection:
    """Wait until bb listens; raises ConnectionLostError when it ends before."""
    while process.running:
        with suppress(FileNotFoundError, ConnectionRefusedError):
            reader, writer = await process.open_streams()
            return BbConnection(reader, writer, prefix=dialect.prefix)
        await asyncio.sleep(_SOCKET_POLL_SECONDS)
    raise ConnectionLostError


def read_grumpkin_points(file: Path, sha256: str) -> bytes | None:
    """The kept Grumpkin points, or None if the file is missing, damaged or of another bb."""
    try:
        with open_regular(file) as stream:
            content = stream.read(_GRUMPKIN_BYTES + 1)
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def keep_grumpkin_points(points: bytes, file: Path) -> None:
    """Replace ``file`` atomically; a disk that refuses it costs the next start 0.3 s, and nothing else."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file, private=True) as new:
            new.write_bytes(points)


def _inflated(limit: InflationLimit, part: bytes, function_name: str) -> bytes:
    return b"".join(limit.inflate(part, function_name))


async def _timed(work: Coroutine[None, None, T]) -> tuple[float, T]:
    """The milliseconds until ``work`` was done, and its result."""
    begin = time.perf_counter()
    result = await work
    return (time.perf_counter() - begin) * 1000, result


def _decoded(answer: bytes, form: type[T]) -> T:
    try:
        return decode_msgpack(answer, form)
    except UndecodableError:
        raise UnexpectedAnswerError from None
