"""Proofs of any Noir circuit: UltraHonk, made by bb's ``CircuitProve`` on this machine.

Only on this machine: servers and enclaves of TEE-Rex prove transactions, and what an enclave measures has no
other command of bb's. So nothing of a circuit or its witness leaves this machine, in whatever mode
transactions are proved.

bb makes a proof of a witness that does not satisfy the circuit, too, and of the circuit's own invention where
the witness is empty. So a witness must not be empty, and every proof is verified before it is returned.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from tee_rex.bb.store import BbCommand, how_to_repair
from tee_rex.crs.crs import MAX_POINTS, MIN_POINTS
from tee_rex.errors import ErrorKind, InputError, message
from tee_rex.errors.catalogue import ultra_honk as errors
from tee_rex.errors.catalogue.bb import BB_NOT_INSTALLED
from tee_rex.errors.catalogue.proving import PROOF_TIMED_OUT
from tee_rex.local.connection import BbErrorResponse
from tee_rex.local.session import BbSession
from tee_rex.system.threads import read_in_thread, run_both
from tee_rex.system.untrusted import GzipFault, NotInflatableError, inflated
from tee_rex.transaction.events import Phase, PhaseClock, PhaseTiming, ProofListener
from tee_rex.transaction.request import BbIdentity
from tee_rex.transaction.steps import log2_rows
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

if TYPE_CHECKING:
    from tee_rex.local.backend import LocalOptions
    from tee_rex.local.installation import Installation
    from tee_rex.system.progress import ProgressListener

MAX_BYTECODE_BYTES: Final = 16 << 20
MAX_WITNESS_BYTES: Final = 32 << 20
MAX_KEY_BYTES: Final = 64 << 10
MAX_INFLATED_BYTES: Final = 256 << 20
"""Of bytecode and witness together; 2^18 rows of additions and multiplications have 34 MB."""

_OLDEST_GENERATION: Final = 4
_MAX_LOG2_POINTS: Final = MAX_POINTS.bit_length() - 1
_NO_ZK: Final = "-no-zk"
_MAKING: Final = message("making the proof")
_GZIP_FAULTS: Final[Mapping[GzipFault, ErrorKind[InputError]]] = {
    GzipFault.DAMAGED: errors.CIRCUIT_MALFORMED,
    GzipFault.TRUNCATED: errors.PART_TRUNCATED,
    GzipFault.TRAILING_DATA: errors.PART_TRAILING_DATA,
    GzipFault.TOO_LONG: errors.INFLATE_LIMIT,
}


class VerifierTarget(StrEnum):
    """What verifies a proof (bb's ``--verifier_target``); it decides hash and zero knowledge.

    EVM: a Solidity contract (Keccak). NOIR_RECURSIVE: a Noir circuit (Poseidon2). NOIR_ROLLUP: Aztec's rollup
    circuits (Poseidon2, with an IPA claim); bb 4 and 5 make no zero-knowledge proof for either of its names.
    STARKNET: Garaga's contracts; bb as Aztec publishes it is built without.
    """

    EVM = "evm"
    EVM_NO_ZK = "evm-no-zk"
    NOIR_RECURSIVE = "noir-recursive"
    NOIR_RECURSIVE_NO_ZK = "noir-recursive-no-zk"
    NOIR_ROLLUP = "noir-rollup"
    NOIR_ROLLUP_NO_ZK = "noir-rollup-no-zk"
    STARKNET = "starknet"
    STARKNET_NO_ZK = "starknet-no-zk"

    @classmethod
    def parse(cls, name: str) -> VerifierTarget:
        """The target of this name; raises INVALID_VERIFIER_TARGET (a UsageError)."""
        try:
            return cls(name)
        except ValueError:
            raise errors.INVALID_VERIFIER_TARGET(known=", ".join(cls)) from None

    @property
    def settings(self) -> Mapping[str, Any]:
        """The ``ProofSystemSettings`` of bb."""
        verifier = self.removesuffix(_NO_ZK)
        return {
            "ipa_accumulation": verifier == self.NOIR_ROLLUP,
            "oracle_hash_type": _HASHES.get(verifier, "poseidon2"),
            "disable_zk": self.endswith(_NO_ZK),
            "optimized_solidity_verifier": False,
        }

    @property
    def key_bytes(self) -> int:
        """The length of a verification key in bb 4 and 5."""
        return 3680 if self.settings["oracle_hash_type"] == "poseidon2" else 1888


_TARGET_OF_EVERY_BB: Final = VerifierTarget.EVM_NO_ZK
_HASHES: Final[Mapping[str, str]] = {
    VerifierTarget.EVM: "keccak",
    VerifierTarget.STARKNET: "starknet",
}


@dataclass(frozen=True, slots=True)
class UltraHonkRequest:
    """A circuit and its witness, to be proved.

    bytecode, witness: as Noir's compiler and executor write them, gzip'ed; the witness is secret.
    verification_key: bb's own for this circuit and target, which saves computing it; None: it is computed.
    version: of the bb that proves; no other one may, because their circuits and keys can differ. setup: a
    circuit belongs to none by itself; INSECURE proofs of the development setup are made only when asked for.
    """

    bytecode: bytes = field(repr=False)
    witness: bytes = field(repr=False)
    target: VerifierTarget
    version: AztecVersion
    verification_key: bytes | None = field(default=None, repr=False)
    setup: TrustedSetup = TrustedSetup.GENUINE

    def check_lengths(self) -> None:
        """Raises CIRCUIT_MALFORMED (an InputError) for parts beyond their limits, or an impossible key."""
        limits = (
            ("bytecode", self.bytecode, MAX_BYTECODE_BYTES),
            ("witness", self.witness, MAX_WITNESS_BYTES),
        )
        for part, content, limit in limits:
            if len(content) > limit:
                raise errors.PART_TOO_LARGE(part=part, limit=limit)
        key = self.verification_key
        if key is None:
            return
        if not key:
            raise errors.PART_EMPTY(part="verification key")
        if len(key) > MAX_KEY_BYTES:
            raise errors.PART_TOO_LARGE(part="verification key", limit=MAX_KEY_BYTES)
        # bb 4 reads past the end of a shorter key; later ones refuse every other length themselves.
        if self.version.major == _OLDEST_GENERATION and len(key) != self.target.key_bytes:
            raise errors.KEY_LENGTH(target=self.target.value, expected=self.target.key_bytes, count=len(key))

    def inflated(self) -> tuple[bytes, bytes]:
        """Bytecode and witness as bb takes them; raises CIRCUIT_MALFORMED (an InputError). Blocking."""
        bytecode = _inflated("bytecode", self.bytecode, MAX_INFLATED_BYTES)
        return bytecode, _inflated("witness", self.witness, MAX_INFLATED_BYTES - len(bytecode))


@dataclass(frozen=True, slots=True)
class UltraHonkResult:
    """A proof that bb has verified, and how it was made.

    proof, public_inputs: fields of 32 bytes, big-endian; a circuit can have no public inputs.
    verification_key: the computed one, None where the request had one. setup: under which the proof verifies;
    it proves nothing under the development one. prove_ms: bb's time for the proof and for verifying it.
    peak_memory_bytes: of bb.
    """

    proof: bytes = field(repr=False)
    public_inputs: bytes = field(repr=False)
    verification_key: bytes | None = field(repr=False)
    target: VerifierTarget
    setup: TrustedSetup
    bb: BbIdentity
    prove_ms: float
    total_ms: float
    phases: tuple[PhaseTiming, ...]
    peak_memory_bytes: int


@dataclass(frozen=True, slots=True)
class _WarmSession:
    command: BbCommand
    points: int
    session: BbSession


class UltraHonkProver:
    """Proves one circuit at a time; a second caller waits for the first.

    With ``keep_warm`` it keeps the bb of the last proof, which holds 100 MB after a circuit of 2^16 rows.
    """

    def __init__(self, installation: Installation, options: LocalOptions) -> None:
        self._installation = installation
        self._options = options
        self._one_at_a_time = asyncio.Lock()
        self._warm: _WarmSession | None = None

    async def prove(
        self, request: UltraHonkRequest, listener: ProofListener, *, time_limit: float | None = None
    ) -> UltraHonkResult:
        """Make one proof; installs what is missing first.

        Reports the phases PREPARE, START, FINAL_PROOF and VERIFY, the first three again where bb finds that
        the circuit needs more points. time_limit: seconds, from the end of the proof before. Raises
        CIRCUIT_MALFORMED (an InputError), BB_NOT_PINNED, an UnusableEnvironmentError, CRS_TOO_SMALL for a
        circuit with more rows than the setup has points, PROOF_TIMED_OUT or another ProvingError. When it
        raises, or is cancelled, the bb that proved has ended.
        """
        request.check_lengths()
        async with self._one_at_a_time:
            limit = asyncio.timeout(time_limit)
            try:
                async with limit:
                    return await self._prove(request, PhaseClock(listener))
            except TimeoutError:
                if not limit.expired() or time_limit is None:
                    raise
                raise PROOF_TIMED_OUT(seconds=time_limit) from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the bb that was kept for the next proof; ``async with`` does it too."""
        warm, self._warm = self._warm, None
        if warm is not None:
            await warm.session.close()

    async def _prove(self, request: UltraHonkRequest, phases: PhaseClock) -> UltraHonkResult:
        phases.begin(Phase.PREPARE)
        command, (bytecode, witness) = await run_both(
            self._bb(request, phases.listener), read_in_thread(request.inflated)
        )
        points = _points_by_key(request.verification_key)
        while True:
            session = await self._session(command, points, phases)
            kept = False
            try:
                result = await _proved(session, command, request, bytecode, witness, phases)
            except BbErrorResponse as refusal:
                points = await _points_lacking(session, request, bytecode, points, refusal)
            else:
                if self._options.keep_warm:
                    self._warm = _WarmSession(command, points, session)
                    kept = True
                return result
            finally:
                if not kept:
                    await session.close()
            phases.begin(Phase.PREPARE)

    async def _session(self, command: BbCommand, points: int, phases: PhaseClock) -> BbSession:
        """The warm one, if it is of this bb and has the points; else a new one."""
        warm, self._warm = self._warm, None
        if warm is not None:
            if warm.command == command and warm.points >= points and warm.session.usable:
                return warm.session
            await warm.session.close()
        crs = await self._installation.crs(command.executable.setup, points, phases.listener)
        phases.begin(Phase.START)
        return await BbSession.start(
            command,
            crs,
            threads=self._options.threads,
            grumpkin_folder=self._installation.paths.data,
            memory_limit=self._options.memory_limit,
        )

    async def _bb(self, request: UltraHonkRequest, progress: ProgressListener) -> BbCommand:
        """The bb of exactly that version; that of the disk is not hashed while the same one is warm."""
        version, setup = request.version, request.setup
        expected = self._installation.expected_bb(version, setup)
        if self._warm is not None:
            bb = self._warm.command.executable
            if (bb.version, bb.setup, bb.sha256) == (version, setup, expected.sha256):
                return self._warm.command
        command = await self._installation.bb(version, setup, progress)
        if command.executable.version != version:
            hint = how_to_repair(version, setup, self._installation.bb_binary_path)
            raise BB_NOT_INSTALLED(version=str(version), setup=setup, hint=hint)
        return command


class _Key(msgspec.Struct, rename={"content": "bytes"}):
    content: bytes


class _Proved(msgspec.Struct):
    public_inputs: list[bytes]
    proof: list[bytes]
    vk: _Key


class _Verified(msgspec.Struct):
    verified: bool


class _Stats(msgspec.Struct):
    num_gates_dyadic: int


async def _proved(
    session: BbSession,
    command: BbCommand,
    request: UltraHonkRequest,
    bytecode: bytes,
    witness: bytes,
    phases: PhaseClock,
) -> UltraHonkResult:
    """Prove and verify; raises BbErrorResponse where bb does not take circuit, witness or key."""
    key = request.verification_key
    settings = request.target.settings
    phases.begin(Phase.FINAL_PROOF)
    begin = time.perf_counter()
    made = await session.ask(
        "CircuitProve",
        {"circuit": _circuit(bytecode, key or b""), "witness": witness, "settings": settings},
        _Proved,
        activity=_MAKING,
    )
    phases.begin(Phase.VERIFY)
    asked = {
        "verification_key": key or made.vk.content,
        "public_inputs": made.public_inputs,
        "proof": made.proof,
        "settings": settings,
    }
    try:
        valid = (await session.ask("CircuitVerify", asked, _Verified, activity=message("verifying"))).verified
    except BbErrorResponse:
        valid = False
    if not valid:
        raise errors.CIRCUIT_UNSATISFIED() if key is None else errors.UNSATISFIED_OR_OTHER_KEY()
    prove_ms = (time.perf_counter() - begin) * 1000
    phases.end()
    bb = command.executable
    return UltraHonkResult(
        proof=b"".join(made.proof),
        public_inputs=b"".join(made.public_inputs),
        verification_key=made.vk.content if key is None else None,
        target=request.target,
        setup=request.setup,
        bb=BbIdentity(bb.version, bb.sha256, bb.approved_by_user),
        prove_ms=prove_ms,
        total_ms=phases.total_ms,
        phases=phases.timings,
        peak_memory_bytes=session.peak_memory_bytes,
    )


async def _points_lacking(
    session: BbSession, request: UltraHonkRequest, bytecode: bytes, points: int, refusal: BbErrorResponse
) -> int:
    """With how many points to try again what bb refused with ``points``.

    bb counts the rows of a circuit without some that it adds to a proof: 1,020 of them, it pads to 2,048.
    Raises CIRCUIT_REFUSED where points are not the reason, or TARGET_UNAVAILABLE.
    """
    version, target = str(request.version), request.target
    rows = await _padded_rows(session, bytecode, target)
    if rows is None and await _padded_rows(session, bytecode, _TARGET_OF_EVERY_BB) is not None:
        raise errors.TARGET_UNAVAILABLE(version=version, target=target.value)
    if rows is None or rows < points:
        activity = _MAKING if rows else message("reading the circuit")
        raise errors.CIRCUIT_REFUSED(version=version, activity=activity, diagnostics=refusal.untrusted_text)
    return max(rows, 2 * points)


async def _padded_rows(session: BbSession, bytecode: bytes, target: VerifierTarget) -> int | None:
    """A power of two that the circuit's rows do not exceed; None where bb cannot read the circuit."""
    asked = {
        "circuit": _circuit(bytecode, b""),
        "include_gates_per_opcode": False,
        "settings": target.settings,
    }
    try:
        stats = await session.ask(
            "CircuitStats",
            asked,
            _Stats,
            activity=message("counting the circuit's rows"),
            answer="CircuitInfo",
        )
    except BbErrorResponse:
        return None
    return stats.num_gates_dyadic


def _circuit(bytecode: bytes, key: bytes) -> Mapping[str, Any]:
    return {"name": "circuit", "bytecode": bytecode, "verification_key": key}


def _points_by_key(key: bytes | None) -> int:
    """As many as the key claims, where that can be; a false claim costs its sender the proof, or time."""
    log2 = log2_rows(key or b"")
    return max(MIN_POINTS, 1 << log2) if log2 <= _MAX_LOG2_POINTS else MIN_POINTS


def _inflated(part: str, content: bytes, most: int) -> bytes:
    try:
        whole = b"".join(inflated(content, most))
    except NotInflatableError as error:
        raise _GZIP_FAULTS[error.fault](part=part, limit=MAX_INFLATED_BYTES) from None
    if not whole:
        raise errors.PART_EMPTY(part=part)
    return whole
