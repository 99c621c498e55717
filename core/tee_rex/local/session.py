"""A session with bb: started once with a CRS, then proof after proof.

bb's ECCVM and IPA proofs need Grumpkin points, the same for every transaction and trusted setup. bb generates
them at each start (about 0.3 s) unless it is given them. Those of the first bb are kept, and given to later
ones only if they are exactly the pinned ones.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tee_rex.errors import message
from tee_rex.errors.catalogue import proving as errors
from tee_rex.errors.tree import MalformedProofError
from tee_rex.local.connection import (
    BbConnection,
    BbErrorResponse,
    ConnectionLostError,
    UnexpectedAnswerError,
)
from tee_rex.local.process import BbProcess
from tee_rex.system.files import open_regular, replacing
from tee_rex.system.threads import finish_in_thread, read_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_msgpack
from tee_rex.transaction import events
from tee_rex.transaction.proof import ChonkProof, ChonkProofParts

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

_TOO_FEW_POINTS = "prover trying to get too many points"
_SHORT_OF_MEMORY = ("std::bad_alloc", "Resource temporarily unavailable")
"""The only texts that a decision depends on: those of the pinned bb 4.1.2, which has no codes, and of its
C++ library, where memory, or a thread and its stack, was refused."""

_GRUMPKIN_POINT_BYTES = 64
_GRUMPKIN_POINTS = 2**15
"""The ECCVM circuit of Chonk has a fixed size."""
_GRUMPKIN_SHA256 = "df929cc1d1a35961e41b43d090c45f30b76a745c9b27c36f64e448d83ee11558"
"""Of what bb 4.1.2 generates: 2 MiB, x and y of each point."""


T = TypeVar("T")


class MorePointsNeededError(Exception):
    """The transaction needs more CRS points than the session was started with; the session has ended."""


class _GoblinProof(msgspec.Struct):
    merge_proof: Sequence[bytes]
    eccvm_proof: Sequence[bytes]
    ipa_proof: Sequence[bytes]
    translator_proof: Sequence[bytes]


class _ChonkProof(msgspec.Struct):
    mega_proof: Sequence[bytes]
    goblin_proof: _GoblinProof


class _ProveAnswer(msgspec.Struct):
    proof: _ChonkProof


class _VerifyAnswer(msgspec.Struct):
    valid: bool


class _KeyAnswer(msgspec.Struct, rename={"content": "bytes"}):
    content: bytes
    fields: Sequence[bytes]


class _HashAnswer(msgspec.Struct):
    hash: bytes


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """The key of one circuit: 4,064 bytes, the same as 127 fields of 32 bytes, and their Poseidon2 hash."""

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

    def __init__(self, process: BbProcess, connection: BbConnection) -> None:
        """Use :meth:`start`."""
        self._process = process
        self._connection = connection
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
        grumpkin_file: Path | None = None,
        memory_limit: int | None = None,
    ) -> BbSession:
        """Start bb and send it the CRS (0.1 s for 2^17 points).

        grumpkin_file: where the Grumpkin points are kept; if it is missing, bb generates them and they are
        saved there. memory_limit: resident bytes. Raises BB_START_FAILED or MEMORY_LIMIT.
        """
        process = await BbProcess.start(bb, threads=threads, memory_limit=memory_limit)
        try:
            async with asyncio.timeout(_START_SECONDS):
                return await cls._ready(process, crs, grumpkin_file)
        except TimeoutError:
            await process.close()
            raise errors.BB_NOT_READY(seconds=_START_SECONDS) from None
        except BaseException:
            await process.close()
            raise

    @classmethod
    async def _ready(cls, process: BbProcess, crs: Crs, grumpkin_file: Path | None) -> BbSession:
        kept = None if grumpkin_file is None else await read_in_thread(read_grumpkin_points, grumpkin_file)
        try:
            connection = await _connected(process)
            try:
                await _hand_over(connection, crs, kept)
            except BaseException:
                connection.abort()
                raise
        except ConnectionLostError:
            ended = await process.ended()
            if process.passed_memory_limit:
                raise ended from None
            kind = errors.BB_START_SHORT_OF_MEMORY if process.aborted else errors.BB_START_FAILED
            raise kind(reason=ended.message_parts) from None
        except BbErrorResponse as response:
            if _is_short_of_memory(response):
                raise errors.BB_SHORT_OF_MEMORY(activity=message("loading the CRS")) from None
            raise errors.BB_REFUSED_CRS() from None
        except UnexpectedAnswerError:
            raise errors.BB_REFUSED_CRS() from None
        session = cls(process, connection)
        if kept is None:
            session._keep_grumpkin_points_in = grumpkin_file
        return session

    @property
    def usable(self) -> bool:
        """Whether another proof can be made with it."""
        return self._usable and self._process.running

    @property
    def pid(self) -> int:
        """The process id of bb."""
        return self._process.pid

    async def prove(self, steps: ExecutionSteps, listener: events.ProofListener) -> SessionProof:
        """Load and accumulate every circuit, then prove.

        Reports the phases ACCUMULATE and FINAL_PROOF and each circuit. Raises a ProvingError, or
        MorePointsNeededError. When it raises, or is cancelled, bb has ended.
        """
        sent_ahead = asyncio.Semaphore(_CIRCUITS_SENT_AHEAD)
        async with self._exchange(self._send_steps(steps, sent_ahead)):
            begin = time.perf_counter()
            listener(events.PhaseStarted(events.Phase.ACCUMULATE))
            self._activity = message("starting")
            await self._answer("ChonkStart")
            circuits = []
            for index, name in enumerate(names := steps.function_names):
                listener(events.CircuitStarted(index, len(names), name))
                self._activity = message("working on circuit {name}", name=name)
                load_ms, _ = await _timed(self._answer("ChonkLoad"))
                accumulate_ms, _ = await _timed(self._answer("ChonkAccumulate"))
                sent_ahead.release()
                circuits.append(events.CircuitTiming(name, load_ms, accumulate_ms))
                listener(events.CircuitEnded(index, len(names), circuits[-1]))
            all_accumulated_ms = (time.perf_counter() - begin) * 1000
            listener(events.PhaseEnded(events.Phase.ACCUMULATE, all_accumulated_ms))
            listener(events.PhaseStarted(events.Phase.FINAL_PROOF))
            self._activity = message("making the final proof")
            final_proof_ms, answer = await _timed(self._answer("ChonkProve"))
            listener(events.PhaseEnded(events.Phase.FINAL_PROOF, final_proof_ms))
            return SessionProof(
                proof=_read_proof(answer),
                circuits=tuple(circuits),
                accumulate_ms=all_accumulated_ms,
                final_proof_ms=final_proof_ms,
                peak_memory_bytes=self._process.peak_memory_bytes,
            )

    async def verify(self, proof: ChonkProof, verification_key: bytes) -> bool:
        """Whether ``proof`` is valid under ``verification_key`` (4,064 bytes) and the session's CRS.

        A proof or key that bb rejects with an error is not valid. Raises a ProvingError when bb ends, or gets
        too little memory.
        """
        parts = proof.parts
        goblin = _GoblinProof(parts.merge, parts.eccvm, parts.ipa, parts.translator)
        request = self._connection.send(
            "ChonkVerify", proof=_ChonkProof(parts.mega, goblin), vk=verification_key
        )
        async with self._exchange(request):
            self._activity = message("verifying")
            try:
                answer = await self._answer("ChonkVerify")
            except BbErrorResponse as response:
                if _is_short_of_memory(response):
                    raise
                return False
            return _decoded(answer, _VerifyAnswer).valid

    async def verification_key(self, bytecode: bytes) -> VerificationKey:
        """The verification key of a circuit (gunzipped ACIR) under the session's CRS; takes 2 to 13 seconds.

        Raises a ProvingError, or MorePointsNeededError.
        """
        circuit = {"name": "circuit", "bytecode": bytecode}
        async with self._exchange(self._connection.send("ChonkComputeVk", circuit=circuit)):
            self._activity = message("computing a verification key")
            key = _decoded(await self._answer("ChonkComputeVk"), _KeyAnswer)
        async with self._exchange(self._connection.send("Poseidon2Hash", inputs=key.fields)):
            self._activity = message("hashing a verification key")
            answer = _decoded(await self._answer("Poseidon2Hash"), _HashAnswer)
        return VerificationKey(key.content, answer.hash)

    async def close(self) -> None:
        """End bb; safe to call at any time and more than once."""
        self._usable = False
        self._connection.abort()
        await self._process.close()

    async def _keep_grumpkin_points(self) -> None:
        file, self._keep_grumpkin_points_in = self._keep_grumpkin_points_in, None
        if file is not None:
            points = await read_in_thread(read_grumpkin_points, self._process.generated_grumpkin_points)
            if points is not None:
                await finish_in_thread(keep_grumpkin_points, points, file)

    @asynccontextmanager
    async def _exchange(self, sending: Coroutine[None, None, None]) -> AsyncIterator[None]:
        """Send while the body receives; convert every failure, and end bb on each of them."""
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
            if _TOO_FEW_POINTS in response.untrusted_text:
                raise MorePointsNeededError from None
            if _is_short_of_memory(response):
                raise errors.BB_SHORT_OF_MEMORY(activity=self._activity) from None
            raise errors.BB_REFUSED(activity=self._activity, diagnostics=response.untrusted_text) from None
        except UnexpectedAnswerError:
            raise errors.BB_PROTOCOL(activity=self._activity, diagnostics=self._process.diagnostics) from None
        finally:
            sender.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await sender
            if not self._usable:
                await self.close()

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
        await self._connection.send("ChonkStart", num_circuits=len(steps.steps))
        for step in steps.steps:
            await sent_ahead.acquire()
            bytecode = await read_in_thread(step.inflate_bytecode)
            circuit = {
                "name": step.function_name,
                "bytecode": bytecode,
                "verification_key": step.verification_key,
            }
            await self._connection.send("ChonkLoad", circuit=circuit)
            witness = await read_in_thread(step.inflate_witness)
            await self._connection.send("ChonkAccumulate", witness=witness)
        await self._connection.send("ChonkProve")


def _is_short_of_memory(response: BbErrorResponse) -> bool:
    return any(text in response.untrusted_text for text in _SHORT_OF_MEMORY)


async def _connected(process: BbProcess) -> BbConnection:
    """Wait until bb listens; raises ConnectionLostError when it ends before."""
    while process.running:
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return BbConnection(*await asyncio.open_unix_connection(process.socket_path))
        await asyncio.sleep(_SOCKET_POLL_SECONDS)
    raise ConnectionLostError


async def _hand_over(connection: BbConnection, crs: Crs, grumpkin_points: bytes | None) -> None:
    """Send bb the points of BN254 and, if known, of Grumpkin, before it answers for either."""
    await connection.send("SrsInitSrs", points_buf=crs.g1, num_points=crs.points, g2_point=crs.g2)
    if grumpkin_points is not None:
        count = len(grumpkin_points) // _GRUMPKIN_POINT_BYTES
        await connection.send("SrsInitGrumpkinSrs", points_buf=grumpkin_points, num_points=count)
    await connection.receive("SrsInitSrs")
    if grumpkin_points is not None:
        await connection.receive("SrsInitGrumpkinSrs")


def read_grumpkin_points(file: Path) -> bytes | None:
    """The kept Grumpkin points, or None if the file is missing, damaged or of another bb."""
    try:
        with open_regular(file) as stream:
            content = stream.read(_GRUMPKIN_POINTS * _GRUMPKIN_POINT_BYTES + 1)
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == _GRUMPKIN_SHA256 else None


def keep_grumpkin_points(points: bytes, file: Path) -> None:
    """Replace ``file`` atomically; a disk that refuses it costs the next start 0.3 s, and nothing else."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file, private=True) as new:
            new.write_bytes(points)


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


def _read_proof(answer: bytes) -> ChonkProof:
    proof = _decoded(answer, _ProveAnswer).proof
    goblin = proof.goblin_proof
    try:
        return ChonkProof.from_parts(
            ChonkProofParts(
                mega=proof.mega_proof,
                merge=goblin.merge_proof,
                eccvm=goblin.eccvm_proof,
                ipa=goblin.ipa_proof,
                translator=goblin.translator_proof,
            )
        )
    except MalformedProofError as error:
        raise UnexpectedAnswerError from error
