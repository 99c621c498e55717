"""A session on bb: started once with a CRS, then proof after proof."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tee_rex.errors.tree import MalformedProofError
from tee_rex.local.connection import (
    BbConnection,
    BbErrorResponse,
    ConnectionLostError,
    UnexpectedAnswerError,
)
from tee_rex.local.errors import (
    BbEndedError,
    BbHungError,
    BbProtocolError,
    BbRefusedError,
    BbStartError,
    MemoryLimitError,
)
from tee_rex.local.grumpkin import POINT_BYTES as GRUMPKIN_POINT_BYTES
from tee_rex.local.grumpkin import keep_grumpkin_points, read_grumpkin_points
from tee_rex.local.process import BbProcess
from tee_rex.transaction.events import (
    CircuitEnded,
    CircuitStarted,
    CircuitTiming,
    Phase,
    PhaseEnded,
    PhaseStarted,
)
from tee_rex.transaction.proof import ChonkProof, ChonkProofParts

if TYPE_CHECKING:
    from pathlib import Path

    from tee_rex.crs.crs import Crs
    from tee_rex.transaction.events import ProofListener
    from tee_rex.transaction.steps import ExecutionSteps

_START_SECONDS = 60.0
"""Until bb has its CRS: 0.1 s for 2^17 points, 2 s for 2^21, much more on a machine that swaps."""
_ANSWER_SECONDS = 1800.0
"""For one circuit or the final proof, which takes 5 s on two cores; a bb that is silent for longer hangs."""
_SOCKET_POLL_SECONDS = 0.002
_CIRCUITS_SENT_AHEAD = 2
"""bb never waits for us, and no more than two inflated circuits (about 15 MB) are in memory."""

_TOO_FEW_POINTS = "prover trying to get too many points"
"""The one text that decides something: that of the pinned bb 4.1.2, which has no code for it."""


T = TypeVar("T")


class MorePointsNeededError(Exception):
    """The transaction needs more CRS points than the session was started with; the session is over."""


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
    """A proof and what it cost; bb has verified it (``ChonkProve`` checks its own result)."""

    proof: ChonkProof
    circuits: tuple[CircuitTiming, ...]
    accumulate_ms: float
    final_proof_ms: float
    peak_memory_bytes: int


class BbSession:
    """One bb process holding a CRS. One proof at a time; after any error or cancel the session is over."""

    def __init__(self, process: BbProcess, connection: BbConnection) -> None:
        """Use :meth:`start`."""
        self._process = process
        self._connection = connection
        self._usable = True
        self._doing = ""
        self._keep_grumpkin_points_in: Path | None = None

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        crs: Crs,
        *,
        threads: int,
        grumpkin_file: Path | None = None,
        memory_limit: int | None = None,
    ) -> BbSession:
        """Start bb and hand it the CRS (0.1 s for 2^17 points).

        argv: how bb is run, loader included. grumpkin_file: where the Grumpkin points are kept; when they are
        not there, bb generates them and they are put there. memory_limit: resident bytes. Raises BbStartError
        or MemoryLimitError.
        """
        process = await BbProcess.start(argv, threads=threads, memory_limit=memory_limit)
        try:
            async with asyncio.timeout(_START_SECONDS):
                return await cls._ready(process, crs, grumpkin_file)
        except TimeoutError:
            await process.close()
            raise BbStartError(f"It was not ready within {_START_SECONDS:.0f} seconds.") from None
        except BaseException:
            await process.close()
            raise

    @classmethod
    async def _ready(cls, process: BbProcess, crs: Crs, grumpkin_file: Path | None) -> BbSession:
        kept = None if grumpkin_file is None else await asyncio.to_thread(read_grumpkin_points, grumpkin_file)
        try:
            connection = await _connected(process)
            try:
                await _hand_over(connection, crs, kept)
            except BaseException:
                connection.abort()
                raise
        except ConnectionLostError:
            raise _at_start(await process.ended()) from None
        except (BbErrorResponse, UnexpectedAnswerError):
            raise BbStartError("It refused the CRS.") from None
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

    async def prove(self, steps: ExecutionSteps, listener: ProofListener) -> SessionProof:
        """Load and accumulate every circuit, then prove.

        Tells of the phases ACCUMULATE and FINAL_PROOF and of each circuit. Raises a ProvingError, or
        MorePointsNeededError. When it raises, or is cancelled, bb has ended.
        """
        sent_ahead = asyncio.Semaphore(_CIRCUITS_SENT_AHEAD)
        async with self._exchange(self._send_steps(steps, sent_ahead)):
            begin = time.perf_counter()
            listener(PhaseStarted(Phase.ACCUMULATE))
            self._doing = "starting"
            await self._answer("ChonkStart")
            circuits = []
            for index, name in enumerate(names := steps.function_names):
                listener(CircuitStarted(index, len(names), name))
                self._doing = f"working on the circuit {name}"
                load_ms, _ = await _timed(self._answer("ChonkLoad"))
                accumulate_ms, _ = await _timed(self._answer("ChonkAccumulate"))
                sent_ahead.release()
                circuits.append(CircuitTiming(name, load_ms, accumulate_ms))
                listener(CircuitEnded(index, len(names), circuits[-1]))
            all_accumulated_ms = (time.perf_counter() - begin) * 1000
            listener(PhaseEnded(Phase.ACCUMULATE, all_accumulated_ms))
            listener(PhaseStarted(Phase.FINAL_PROOF))
            self._doing = "making the final proof"
            final_proof_ms, answer = await _timed(self._answer("ChonkProve"))
            listener(PhaseEnded(Phase.FINAL_PROOF, final_proof_ms))
            return SessionProof(
                proof=_read_proof(answer),
                circuits=tuple(circuits),
                accumulate_ms=all_accumulated_ms,
                final_proof_ms=final_proof_ms,
                peak_memory_bytes=self._process.peak_memory_bytes,
            )

    async def verify(self, proof: ChonkProof, verification_key: bytes) -> bool:
        """Whether ``proof`` is valid under ``verification_key`` (4,064 bytes) and the session's CRS.

        A proof or key that bb answers with an error is not valid. Raises a ProvingError when bb ends.
        """
        parts = proof.parts
        goblin = _GoblinProof(parts.merge, parts.eccvm, parts.ipa, parts.translator)
        request = self._connection.send(
            "ChonkVerify", proof=_ChonkProof(parts.mega, goblin), vk=verification_key
        )
        async with self._exchange(request):
            self._doing = "verifying"
            try:
                answer = await self._answer("ChonkVerify")
            except BbErrorResponse:
                return False
            return _decoded(answer, _VerifyAnswer).valid

    async def verification_key(self, bytecode: bytes) -> VerificationKey:
        """The verification key of a circuit (gunzipped ACIR) under the session's CRS; takes 2 to 13 seconds.

        Raises a ProvingError, or MorePointsNeededError.
        """
        circuit = {"name": "circuit", "bytecode": bytecode}
        async with self._exchange(self._connection.send("ChonkComputeVk", circuit=circuit)):
            self._doing = "computing a verification key"
            key = _decoded(await self._answer("ChonkComputeVk"), _KeyAnswer)
        async with self._exchange(self._connection.send("Poseidon2Hash", inputs=key.fields)):
            self._doing = "hashing a verification key"
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
            points = await asyncio.to_thread(read_grumpkin_points, self._process.generated_grumpkin_points)
            if points is not None:
                await asyncio.to_thread(keep_grumpkin_points, points, file)

    @asynccontextmanager
    async def _exchange(self, sending: Coroutine[None, None, None]) -> AsyncIterator[None]:
        """Send beside the body, which receives; translate every failure, and end bb on each of them."""
        if not self._usable:
            sending.close()
            raise RuntimeError("This session is in use or over.")
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
            raise BbRefusedError(
                f"It answered with an error while {self._doing}.", diagnostics=response.untrusted_text
            ) from None
        except UnexpectedAnswerError:
            raise BbProtocolError(
                f"Its answer could not be read while {self._doing}.", diagnostics=self._process.diagnostics
            ) from None
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
            raise BbHungError(
                f"It was silent for {_ANSWER_SECONDS / 60:.0f} minutes while {self._doing}.",
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
            bytecode = await asyncio.to_thread(step.inflate_bytecode)
            circuit = {
                "name": step.function_name,
                "bytecode": bytecode,
                "verification_key": step.verification_key,
            }
            await self._connection.send("ChonkLoad", circuit=circuit)
            witness = await asyncio.to_thread(step.inflate_witness)
            await self._connection.send("ChonkAccumulate", witness=witness)
        await self._connection.send("ChonkProve")


async def _connected(process: BbProcess) -> BbConnection:
    """Wait until bb listens; raises ConnectionLostError when it ends before."""
    while process.running:
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return BbConnection(*await asyncio.open_unix_connection(process.socket_path))
        await asyncio.sleep(_SOCKET_POLL_SECONDS)
    raise ConnectionLostError


async def _hand_over(connection: BbConnection, crs: Crs, grumpkin_points: bytes | None) -> None:
    """Give bb both curves' points, the second ones only where they are known, before it answers for any."""
    await connection.send("SrsInitSrs", points_buf=crs.g1, num_points=crs.points, g2_point=crs.g2)
    if grumpkin_points is not None:
        count = len(grumpkin_points) // GRUMPKIN_POINT_BYTES
        await connection.send("SrsInitGrumpkinSrs", points_buf=grumpkin_points, num_points=count)
    await connection.receive("SrsInitSrs")
    if grumpkin_points is not None:
        await connection.receive("SrsInitGrumpkinSrs")


def _at_start(ended: BbEndedError | MemoryLimitError) -> BbStartError | MemoryLimitError:
    """What the end of a bb that has not taken the CRS yet means."""
    return ended if isinstance(ended, MemoryLimitError) else BbStartError(ended.message)


async def _timed(work: Coroutine[None, None, T]) -> tuple[float, T]:
    """The milliseconds until ``work`` was done, and its result."""
    begin = time.perf_counter()
    result = await work
    return (time.perf_counter() - begin) * 1000, result


def _decoded(answer: bytes, form: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(answer, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError):
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
