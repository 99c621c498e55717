"""The local mode: proofs made, and verified, by bb on this machine."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tee_rex.crs.crs import MIN_LOG2_POINTS, MIN_POINTS
from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.bb import BB_REPLACED
from tee_rex.local.session import BbSession
from tee_rex.system.threads import read_in_thread, run_both
from tee_rex.transaction.events import Phase, PhaseClock, PhaseTiming, ProofRestarted, ProofTimings
from tee_rex.transaction.request import BbIdentity, ProofResult, ProverBackend, ProvingMode

if TYPE_CHECKING:
    from tee_rex.bb.store import BbCommand
    from tee_rex.local.installation import Installation
    from tee_rex.local.session import SessionProof
    from tee_rex.system.progress import ProgressListener
    from tee_rex.transaction.events import ProofListener
    from tee_rex.transaction.proof import ChonkProof
    from tee_rex.transaction.request import ProofRequest
    from tee_rex.transaction.steps import ExecutionSteps
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex.transaction.versions import AztecVersion


MAX_WARM: Final = 2
"""How many running bb are kept for the next proof: those of the versions and setups used last.

Idle, bb 4 holds 160 MB after an account deployment, and bb 5 100 MB after 7 circuits.
"""

MAX_RESTARTS: Final = 2
"""How often bb begins again because of steps that were not announced so: the second time with all steps.

Whoever announced wrongly twice may do so once more, and each time what bb has done is lost; waiting costs no
more than beginning early could save.
"""


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """What bb may use.

    threads: number of bb's threads. memory_limit: resident bytes of one bb, None for no limit. keep_warm:
    keep a bb and its CRS in memory for the next proof, for each of the MAX_WARM versions used last.
    """

    threads: int
    memory_limit: int | None = None
    keep_warm: bool = False


@dataclass(frozen=True, slots=True)
class _WarmSession:
    session: BbSession
    points: int


class LocalBackend(ProverBackend):
    """Proves with the embedded prover, one proof at a time; a second caller waits for the first."""

    def __init__(self, installation: Installation, options: LocalOptions) -> None:
        self._installation = installation
        self._options = options
        self._one_at_a_time = asyncio.Lock()
        self._warm: dict[BbCommand, _WarmSession] = {}  # the one used last at the end

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        """Make one proof; installs what is missing first.

        Raises an InputError for steps that do not decompress, an UnusableEnvironmentError (BB_REPLACED where
        bb is not the required one), or a ProvingError.
        """
        async with self._one_at_a_time:
            return await self._prove(request, PhaseClock(listener))

    async def close(self) -> None:
        """End every bb that was kept warm."""
        await self._keep_at_most(0)

    async def _prove(self, request: ProofRequest, phases: PhaseClock) -> ProofResult:
        phases.begin(Phase.PREPARE)
        await self._end_refused()
        command, _ = await run_both(
            self._installation.bb(request.version, request.setup, phases.listener),
            read_in_thread(request.steps.check_inflation),
        )
        if request.required_bb not in (None, command.executable.sha256):
            raise BB_REPLACED(version=str(request.version))
        attempts: list[float] = []
        lost_ms = 0.0
        while True:
            if len(attempts) == MAX_RESTARTS:
                await request.steps.ended(idle=True)
            log2_rows = max(MIN_LOG2_POINTS, request.steps.log2_rows)
            session = await self._session(command, request, 1 << log2_rows, phases)
            if request.steps.log2_rows > log2_rows:  # such a circuit has arrived meanwhile
                await session.close()
                continue
            attempts.append(time.perf_counter())
            made = await self._attempt(session, request.steps, log2_rows, phases.listener)
            if made is not None:
                break
            lost_ms += _ms_since(attempts[-1])
            phases.listener(ProofRestarted(_ms_since(attempts[-1])))
        prove_ms = _ms_since(attempts[0])
        if self._options.keep_warm:
            self._warm[command] = _WarmSession(session, 1 << log2_rows)
        else:
            await session.close()
        bb = command.executable
        return ProofResult(
            proof=made.proof,
            mode=ProvingMode.LOCAL,
            setup=request.setup,
            bb=BbIdentity(bb.version, bb.sha256, bb.approved_by_user),
            verified=True,
            timings=ProofTimings(
                circuits=made.circuits,
                final_proof_ms=made.final_proof_ms,
                prove_ms=prove_ms,
                total_ms=phases.total_ms,
                phases=(
                    *phases.timings,
                    PhaseTiming(Phase.ACCUMULATE, lost_ms + made.accumulate_ms),
                    PhaseTiming(Phase.FINAL_PROOF, made.final_proof_ms),
                ),
                restarts=len(attempts) - 1,
            ),
            version=request.version,
            peak_memory_bytes=made.peak_memory_bytes,
        )

    async def _session(
        self, command: BbCommand, request: ProofRequest, points: int, phases: PhaseClock
    ) -> BbSession:
        """A bb with this many points, warm or new."""
        session = await self._take_warm(command, points)
        if session is None:
            await self._keep_at_most(MAX_WARM - 1)
            crs = await self._installation.crs(request.setup, points, phases.listener)
            phases.begin(Phase.START)
            session = await BbSession.start(
                command,
                crs,
                threads=self._options.threads,
                grumpkin_folder=self._installation.paths.data,
                memory_limit=self._options.memory_limit,
            )
        phases.end()
        return session

    async def _attempt(
        self, session: BbSession, steps: ExecutionSteps, log2_rows: int, listener: ProofListener
    ) -> SessionProof | None:
        """The proof; None when the steps turn out to be others than bb was started for, which ends it."""
        proving = asyncio.create_task(session.prove(steps, listener))
        corrected = asyncio.create_task(steps.corrected(steps.kinds, log2_rows))
        try:
            await asyncio.wait((proving, corrected), return_when=asyncio.FIRST_COMPLETED)
            if proving.done():
                return proving.result()
            corrected.result()
            return None
        finally:
            for task in (proving, corrected):
                task.cancel()
            await asyncio.wait((proving, corrected))
            if proving.cancelled() or proving.exception() is not None:
                await session.close()

    async def _take_warm(self, command: BbCommand, points: int) -> BbSession | None:
        """The warm session of this bb, if it has the points; it is taken out until it has proved."""
        warm = self._warm.pop(command, None)
        if warm is None:
            return None
        if warm.session.usable and warm.points >= points:
            return warm.session
        await warm.session.close()
        return None

    async def _end_refused(self) -> None:
        """End those that must not prove any more, such as a revoked one, whichever is needed now."""
        for command in await read_in_thread(lambda: [one for one in self._warm if self._is_refused(one)]):
            await self._warm.pop(command).session.close()

    def _is_refused(self, command: BbCommand) -> bool:
        bb = command.executable
        try:
            return self._installation.expected_bb(bb.version, bb.setup).sha256 != bb.sha256
        except TeeRexError:
            return True

    async def _keep_at_most(self, count: int) -> None:
        """End those that were used least recently."""
        while len(self._warm) > count:
            oldest = self._warm.pop(next(iter(self._warm)))
            await oldest.session.close()


def _ms_since(begin: float) -> float:
    return (time.perf_counter() - begin) * 1000


async def verify_proof(
    installation: Installation,
    proof: ChonkProof,
    verification_key: bytes,
    setup: TrustedSetup,
    version: AztecVersion,
    progress: ProgressListener,
) -> bool:
    """Whether ``proof`` is valid under ``verification_key`` and ``setup``.

    Takes about 0.3 s with everything installed. Raises PROOF_OF_OTHER_TRANSACTION (a MalformedProofError), an
    UnusableEnvironmentError or a ProvingError.
    """
    proof.check_length(verification_key)
    command = await installation.bb(version, setup, progress)
    crs = await installation.crs(setup, MIN_POINTS, progress)
    session = await BbSession.start(command, crs, threads=1, grumpkin_folder=installation.paths.data)
    try:
        return await session.verify(proof, verification_key)
    finally:
        await session.close()
