"""Proofs for websites: which versions, how many at once, and how much is downloaded for them.

A request's steps pass from here to the prover in memory; nothing of them is written or logged.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from tee_rex.bb.user_store import user_store
from tee_rex.browser.sites import readers_in
from tee_rex.browser.ultra_honk import read_circuit
from tee_rex.errors import RefusedError, TeeRexError
from tee_rex.errors.catalogue import browser as errors
from tee_rex.errors.catalogue.bb import INVALID_VERSION
from tee_rex.errors.tree import BbNotPinnedError, BbUnavailableHereError
from tee_rex.system.progress import ignore_progress
from tee_rex.system.threads import read_in_thread
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

if TYPE_CHECKING:
    from tee_rex.browser.approvals import Approvals
    from tee_rex.browser.origins import Origin
    from tee_rex.browser.sites import Readers
    from tee_rex.browser.ultra_honk import SiteCircuits
    from tee_rex.browser.uploads import Upload
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.local.ultra_honk import UltraHonkResult
    from tee_rex.provers import Prover
    from tee_rex.transaction.request import ProofResult
    from tee_rex.web.log import EventLog

MAX_IN_FLIGHT: Final = 8
"""Requests of all websites and programs whose body arrives, or that wait or prove."""
MAX_IN_FLIGHT_OF_ORIGIN: Final = 4
"""Of those, requests of one website, so that none can keep out the others."""
MAX_OF_ORIGIN: Final = 16
"""Requests of one website, those that wait for its approval included."""
PROOF_SECONDS: Final = 300.0
DOWNLOADS: Final = 6
DOWNLOADS_OF_ORIGIN: Final = 3
DOWNLOAD_WINDOW_SECONDS: Final = 600.0

ResultT = TypeVar("ResultT")

_VERSION: Final = re.compile(r"(?!.*\.\.)(?!\.)[A-Za-z0-9._-]{1,128}(?<!\.)")


class SiteProver(Protocol):
    """What makes the proofs."""

    @property
    def readers(self) -> Readers:
        """Who else can read the witness in the present mode."""

    def require_available(self, *, local: bool = False) -> None:
        """Raise SERVICE_UNAVAILABLE while it makes no proofs for websites and programs.

        local: none on this machine, whatever the mode.
        """

    async def prove(self, origin: Origin | None, request: ProofRequest) -> ProofResult:
        """Make one proof, in the mode that is present when it begins; cancelling it ends bb.

        Raises PROOF_TIMED_OUT after PROOF_SECONDS of proving.
        """


@dataclass(frozen=True, slots=True)
class HeadlessProver:
    """A SiteProver without a window: the prover of a command, in its mode.

    prover_url: the server of remote mode.
    """

    prover: Prover
    prover_url: str

    @property
    def readers(self) -> Readers:
        """The server of remote mode; nobody in the others."""
        return readers_in(self.prover.mode, self.prover_url)

    def require_available(self, *, local: bool = False) -> None:
        """Return: it always is."""

    async def prove(self, origin: Origin | None, request: ProofRequest) -> ProofResult:
        """Make one proof."""
        del origin
        return await self.prover.prove(request, time_limit=PROOF_SECONDS)


class DownloadBudget:
    """How many downloads websites may cause: DOWNLOADS_OF_ORIGIN each, and DOWNLOADS in all, in a window."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """clock: seconds, monotonic."""
        self._clock = clock
        self._spent: deque[tuple[float, Origin | None]] = deque()

    def spend(self, origin: Origin | None, version: AztecVersion) -> None:
        """Count one download; raises DOWNLOAD_BUDGET_EXHAUSTED."""
        now = self._clock()
        while self._spent and self._spent[0][0] <= now - DOWNLOAD_WINDOW_SECONDS:
            self._spent.popleft()
        of_origin = sum(spender == origin for _when, spender in self._spent)
        if len(self._spent) >= DOWNLOADS or (origin is not None and of_origin >= DOWNLOADS_OF_ORIGIN):
            raise errors.DOWNLOAD_BUDGET_EXHAUSTED(minutes=DOWNLOAD_WINDOW_SECONDS / 60, version=str(version))
        self._spent.append((now, origin))


class SiteProofs:
    """Proofs one at a time.

    1. ``admitted`` waits until the website may prove, and ``in_flight`` counts the request, or refuses it.
    2. ``prove`` reads its steps, installs the bb that it lacks, waits for its turn, and proves;
       ``prove_circuit`` does it with a Noir circuit, on this machine whatever the mode.
    3. ``stop`` ends all of them.
    """

    def __init__(
        self,
        prover: SiteProver,
        approvals: Approvals,
        installation: DownloadingInstallation,
        log: EventLog,
        *,
        clock: Callable[[], float],
    ) -> None:
        """installation: where bb is looked for, and downloaded to. clock: seconds, monotonic."""
        self._prover = prover
        self._approvals = approvals
        self._installation = installation
        self._log = log
        self._budget = DownloadBudget(clock)
        self._one_at_a_time = asyncio.Lock()
        self._one_download = asyncio.Lock()
        self._of_origin: Counter[Origin] = Counter()
        self._in_flight: Counter[Origin | None] = Counter()
        self._deadlines: set[asyncio.Timeout] = set()
        self._stopped = False

    def approved(self, origin: Origin) -> bool:
        """Whether a website may prove in the present mode."""
        return self._approvals.approved(origin, self._prover.readers)

    @asynccontextmanager
    async def admitted(self, origin: Origin | None, *, local: bool = False) -> AsyncIterator[None]:
        """A request of a website that may prove, which is asked for if it is not known.

        local: it is proved on this machine, whatever the mode. Raises SERVICE_UNAVAILABLE,
        TOO_MANY_OF_ORIGIN, what ``Approvals.admit`` raises, and ORIGIN_DENIED in the block when the website
        is revoked. None, a program on this machine, may prove.
        """
        if self._stopped:
            raise errors.SERVICE_UNAVAILABLE()
        self._prover.require_available(local=local)
        if origin is None:
            yield
            return
        if self._of_origin[origin] >= MAX_OF_ORIGIN:
            raise errors.TOO_MANY_OF_ORIGIN(origin=str(origin), most=MAX_OF_ORIGIN)
        self._of_origin[origin] += 1
        try:
            await self._approvals.admit(origin, self._readers(local=local), local=local)
            async with self._approvals.holding(origin):
                yield
        finally:
            self._of_origin[origin] -= 1
            if not self._of_origin[origin]:
                del self._of_origin[origin]

    @contextmanager
    def in_flight(self, origin: Origin | None) -> Iterator[None]:
        """Count one request that is read or proved.

        Raises ORIGIN_QUEUE_FULL, PROVE_QUEUE_FULL, SERVICE_UNAVAILABLE.
        """
        if self._stopped:
            raise errors.SERVICE_UNAVAILABLE()
        if origin is not None and self._in_flight[origin] >= MAX_IN_FLIGHT_OF_ORIGIN:
            raise errors.ORIGIN_QUEUE_FULL(origin=str(origin), most=MAX_IN_FLIGHT_OF_ORIGIN)
        if self._in_flight.total() >= MAX_IN_FLIGHT:
            raise errors.PROVE_QUEUE_FULL(most=MAX_IN_FLIGHT)
        self._in_flight[origin] += 1
        try:
            yield
        finally:
            self._in_flight[origin] -= 1
            if not self._in_flight[origin]:
                del self._in_flight[origin]

    async def prove(self, origin: Origin | None, version: str | None, upload: Upload) -> ProofResult:
        """The proof of a request's steps, which begins while they arrive, if nothing else is proved.

        version: what the request says. Raises INVALID_VERSION, VERSION_NOT_ALLOWED,
        DOWNLOAD_BUDGET_EXHAUSTED, DOWNLOAD_FAILED, SERVICE_UNAVAILABLE; PROVE_FAILED for all that has to do
        with the steps, whose reason is logged.
        """
        asserted = None if version is None else self._known_version(version)
        async with self._until_stopped():
            request = await self._read(origin, upload.request(asserted))
            await self._install(origin, request.version, request.setup)
            if self._one_at_a_time.locked():  # then nothing is gained, and one that stalls holds up others
                await self._read(origin, request.steps.ended())
            async with self._turn(origin) as waited:
                result = await self._proved(origin, request.version, self._prover.prove(origin, request))
            if origin is not None:
                await self._approvals.proved(origin)
            self._log.info(
                "proof",
                origin=shown(origin),
                version=str(result.version),
                setup=result.setup,
                mode=result.mode,
                circuits=len(request.steps.steps),
                waited_ms=round(waited * 1000),
                prove_ms=round(result.timings.prove_ms),
                total_ms=round(result.timings.total_ms),
            )
            return result

    async def _read(self, origin: Origin | None, reading: Coroutine[None, None, ResultT]) -> ResultT:
        try:
            return await reading
        except TeeRexError as error:
            raise self._failed(origin, error) from None

    async def prove_circuit(
        self, origin: Origin | None, version: str | None, body: bytearray, circuits: SiteCircuits
    ) -> UltraHonkResult:
        """The proof of a request's Noir circuit by ``circuits``; empties ``body``.

        version: of bb, which exactly that one proves. Raises as ``prove``, and INVALID_REQUEST,
        INVALID_VERIFIER_TARGET; PROVE_FAILED for a witness that does not satisfy the circuit, among others.
        """
        named = self._installation.pins.default_version if version is None else self._known_version(version)
        try:
            self._installation.expected_bb(named, circuits.setup)
        except TeeRexError:
            raise errors.VERSION_NOT_ALLOWED(version=str(named)) from None
        async with self._until_stopped():
            request = await read_in_thread(read_circuit, body, named, circuits.setup)
            if isinstance(request, TeeRexError):
                raise request
            await self._install(origin, named, request.setup)
            async with self._turn(origin, local=True) as waited:
                result = await self._proved(origin, named, circuits.prove(origin, request))
            if origin is not None:
                await self._approvals.proved(origin)
            self._log.info(
                "circuit proof",
                origin=shown(origin),
                version=str(named),
                setup=result.setup,
                target=result.target,
                waited_ms=round(waited * 1000),
                prove_ms=round(result.prove_ms),
                total_ms=round(result.total_ms),
            )
            return result

    @asynccontextmanager
    async def _until_stopped(self) -> AsyncIterator[None]:
        """What ``stop`` ends; raises SERVICE_UNAVAILABLE then."""
        deadline = asyncio.timeout(None)
        self._deadlines.add(deadline)
        try:
            async with deadline:
                if self._stopped:
                    raise errors.SERVICE_UNAVAILABLE()
                yield
        except TimeoutError:
            if not deadline.expired():
                raise
            raise errors.SERVICE_UNAVAILABLE() from None
        finally:
            self._deadlines.discard(deadline)

    def stop(self) -> None:
        """End every proof, running or waiting, with SERVICE_UNAVAILABLE, and refuse others; ask nobody."""
        self._stopped = True
        self._approvals.withdraw_questions()
        for deadline in self._deadlines:
            if not deadline.expired():
                deadline.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def _turn(self, origin: Origin | None, *, local: bool = False) -> AsyncIterator[float]:
        """The prover, in a mode for which the website is approved: the mode can change while it waits.

        Gives the seconds that it waited.
        """
        begin = asyncio.get_running_loop().time()
        while True:
            async with self._one_at_a_time:
                if origin is None or self._approvals.approved(origin, self._readers(local=local)):
                    yield asyncio.get_running_loop().time() - begin
                    return
            await self._approvals.admit(origin, self._readers(local=local), local=local)

    def _readers(self, *, local: bool) -> Readers:
        return () if local else self._prover.readers

    async def _proved(
        self, origin: Origin | None, version: AztecVersion, proving: Coroutine[None, None, ResultT]
    ) -> ResultT:
        try:
            return await proving
        except (BbUnavailableHereError, BbNotPinnedError) as error:
            raise self._failed(origin, error, errors.VERSION_NOT_ALLOWED(version=str(version))) from None
        except RefusedError:
            raise
        except TeeRexError as error:
            raise self._failed(origin, error) from None

    async def _install(self, origin: Origin | None, version: AztecVersion, setup: TrustedSetup) -> None:
        """Download the bb that a request lacks, within the budget; downloads wait for each other."""
        installation = self._installation
        try:
            if not installation.would_download(version, setup):
                return
            async with self._one_download:
                if not installation.would_download(version, setup):
                    return
                self._budget.spend(origin, version)
                self._log.info("downloading bb", origin=shown(origin), version=str(version), setup=setup)
                await installation.bb(version, setup, ignore_progress)
        except BbUnavailableHereError:
            return  # a server may have it: the prover decides
        except BbNotPinnedError as error:
            raise self._failed(origin, error, errors.VERSION_NOT_ALLOWED(version=str(version))) from None
        except TeeRexError as error:
            if error.code == errors.DOWNLOAD_BUDGET_EXHAUSTED.code:
                raise
            raise self._failed(origin, error, errors.DOWNLOAD_FAILED(version=str(version))) from None

    def _known_version(self, text: str) -> AztecVersion:
        """The version that a request names, if a bb of it, or of its circuits, is known."""
        if not _VERSION.fullmatch(text):
            raise INVALID_VERSION(version=repr(text[:64]))
        try:
            version = AztecVersion.parse(text)
            with suppress(BbUnavailableHereError):  # a server may have it
                self._installation.would_download(version, TrustedSetup.GENUINE)
        except TeeRexError:
            raise errors.VERSION_NOT_ALLOWED(version=text) from None
        return version

    def _failed(
        self, origin: Origin | None, reason: TeeRexError, answer: TeeRexError | None = None
    ) -> TeeRexError:
        """The answer to a website, PROVE_FAILED by default; the reason is for this machine's owner alone."""
        self._log.error("proof failed", origin=shown(origin), code=reason.code, reason=str(reason))
        return answer or errors.PROVE_FAILED()


def installed_versions(installation: DownloadingInstallation) -> list[AztecVersion]:
    """The versions, oldest first, whose own bb is installed and known; none on a system without bb."""
    setup = TrustedSetup.GENUINE
    known = []
    with suppress(BbUnavailableHereError):
        store = user_store(installation.paths, installation.pins)
        for version in store.installed(setup):
            with suppress(TeeRexError):
                if store.version_that_proves(version, setup) == version:
                    known.append(version)
    return known


def shown(origin: Origin | None) -> str:
    """Who asks, in the log."""
    return "a program" if origin is None else str(origin)
