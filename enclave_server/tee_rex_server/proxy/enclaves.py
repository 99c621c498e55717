"""The enclaves behind this host: which of them answer, whose key is whose, and who takes the next request."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

import msgspec

from tee_rex.errors import RefusedError, TeeRexError
from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED
from tee_rex.openpgp import PublicKey
from tee_rex.wire.protocol import HEALTH_PATH, PUBLIC_KEY_PATH, PublicKeyAnswer
from tee_rex_server.http.monitoring import HealthAnswer
from tee_rex_server.proxy.errors import EnclaveAnswerError, EnclaveUnreachableError
from tee_rex_server.proxy.exchange import RETRY_SECONDS, fetch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from structlog.typing import FilteringBoundLogger

    from tee_rex_server.vsock import EnclaveAddress

EnclaveState: TypeAlias = Literal["ok", "unreachable"]
FormT = TypeVar("FormT")

_MAX_ANSWER_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Watching:
    """How enclaves are looked after, in seconds.

    interval: between two looks. freshness: so long a look stands for another one that somebody asks for.
    patience: for the answers of one look. After ``misses`` looks without an answer, what the enclave still
    works on is given up.
    """

    interval: float = 5.0
    freshness: float = 1.0
    patience: float = 15.0
    misses: int = 3


class Enclave:
    """One enclave, as it was when it was last looked at.

    health: its own, None while it is unreachable. problem: why the last look failed, None when it did not.
    subkey: fingerprint (20 octets) of the key that clients
    encrypt to, kept when it becomes unreachable. generation: counts its keys, and so its starts.
    """

    def __init__(self, address: EnclaveAddress, http_port: int, watching: Watching) -> None:
        self.address = address
        self.name = address.name
        self.http_port = http_port
        self.health: HealthAnswer | None = None
        self.problem: str | None = None
        self.subkey: bytes | None = None
        self.generation = 0
        self.keys_given = 0
        self._watching = watching
        self._misses = 0
        self._looked_at = -math.inf
        self._last_seen: tuple[EnclaveState, int] | None = None
        self._looking = asyncio.Lock()
        self._exchanges: set[asyncio.Timeout] = set()
        self._given_up_because: RefusedError = unreachable(self.name)

    @property
    def state(self) -> EnclaveState:
        """Whether it answered when it was last looked at."""
        return "unreachable" if self.health is None else "ok"

    @property
    def exchanges(self) -> int:
        """Requests that it is being asked now."""
        return len(self._exchanges)

    @property
    def load(self) -> float:
        """Proofs that wait or run there, and those that may soon; infinite where nothing can be proved."""
        if self.health is None or not (self.health.ready and self.health.accepting):
            return math.inf
        return self.health.slots_busy + self.health.queue_length + self.keys_given

    async def look(self) -> bool:
        """Ask how it is, unless that was just done; tells whether anything changed, and never raises."""
        async with self._looking:
            if time.monotonic() - self._looked_at < self._watching.freshness:
                return False
            before = self._last_seen
            try:
                async with asyncio.timeout(self._watching.patience):
                    health = await self.ask(HEALTH_PATH, HealthAnswer)
                    armored = (await self.ask(PUBLIC_KEY_PATH, PublicKeyAnswer)).public_key
                    key = PublicKey.parse_armored(armored, at=datetime.now(UTC))
            except (TeeRexError, TimeoutError) as error:
                self.problem = error.message if isinstance(error, TeeRexError) else "It does not answer."
                self._missed(silent=isinstance(error.__cause__ or error, TimeoutError))
            else:
                self.problem = None
                self._misses = 0
                self.keys_given = 0
                self.health = health
                if key.subkey.fingerprint != self.subkey:
                    self.subkey = key.subkey.fingerprint
                    self.generation += 1
            self._looked_at = time.monotonic()
            self._last_seen = (self.state, self.generation)
            return self._last_seen != before

    async def ask(self, path: str, form: type[FormT]) -> FormT:
        """The JSON of an answer. Raises EnclaveUnreachableError, EnclaveAnswerError."""
        body = await fetch(
            self.address,
            self.http_port,
            path,
            limit=_MAX_ANSWER_BYTES,
            seconds=self._watching.patience,
        )
        try:
            return msgspec.json.decode(body, type=form)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise EnclaveAnswerError(f"Enclave {self.name} answers {path} in another form.") from None

    @asynccontextmanager
    async def attached(self) -> AsyncIterator[None]:
        """Ends what runs inside, when the enclave is given up, with the error that tells why."""
        deadline = asyncio.timeout(None)
        self._exchanges.add(deadline)
        try:
            async with deadline:
                yield
        except TimeoutError:
            if not deadline.expired():
                raise
            raise self._given_up_because from None
        finally:
            self._exchanges.discard(deadline)

    def lost(self) -> None:
        """A request to it failed: it counts as unreachable until it was looked at again."""
        self.health = None
        self._looked_at = -math.inf

    def give_up(self, reason: RefusedError) -> None:
        """End all that is attached, with ``reason``."""
        self._given_up_because = reason
        now = asyncio.get_running_loop().time()
        for deadline in self._exchanges:
            if not deadline.expired():
                deadline.reschedule(now)

    def _missed(self, *, silent: bool) -> None:
        self._misses += 1
        if not silent or self._misses >= self._watching.misses:
            self.health = None
        if self._misses == self._watching.misses:
            self.give_up(unreachable(self.name))


class Fleet:
    """All enclaves of this host."""

    def __init__(self, enclaves: Sequence[Enclave], watching: Watching, log: FilteringBoundLogger) -> None:
        """enclaves: at least one, of different names."""
        self.enclaves = tuple(enclaves)
        self._watching = watching
        self._log = log

    async def keep_looking(self) -> None:
        """Look at all of them for ever."""
        while True:
            await self.look()
            await asyncio.sleep(self._watching.interval)

    async def look(self) -> None:
        """Look at all of them, at the same time."""
        changes = await asyncio.gather(*(enclave.look() for enclave in self.enclaves))
        for enclave, changed in zip(self.enclaves, changes, strict=True):
            if changed:
                details = {} if enclave.problem is None else {"problem": enclave.problem}
                log = self._log.info if enclave.state == "ok" else self._log.warning
                log("enclave", name=enclave.name, state=enclave.state, starts=enclave.generation, **details)

    def named(self, name: str) -> Enclave | None:
        """The enclave of that name."""
        return next((enclave for enclave in self.enclaves if enclave.name == name), None)

    @property
    def reachable(self) -> list[Enclave]:
        """Those that answered."""
        return [enclave for enclave in self.enclaves if enclave.state == "ok"]

    async def least_busy(self) -> Enclave:
        """Who shall have the next client; raises EnclaveUnreachableError when nobody answers."""
        if not self.reachable:
            await self.look()
        if not self.reachable:
            raise unreachable()
        return min(self.reachable, key=lambda enclave: enclave.load)

    async def for_recipients(self, recipients: Sequence[bytes]) -> Enclave:
        """The enclave whose key a message is for; any that answers when there are no recipients.

        Raises DECRYPTION_FAILED, as the enclaves would, when the message is for none of them, and
        EnclaveUnreachableError when it is for one that does not answer, or that cannot be told.
        """
        if not recipients:
            return await self.least_busy()
        found = self._owner(recipients)
        if found is None or found.state != "ok":
            await self.look()  # it may have been restarted a moment ago
            found = self._owner(recipients)
        if found is None:
            if len(self.reachable) < len(self.enclaves):
                raise unreachable()
            raise DECRYPTION_FAILED()
        if found.state != "ok":
            raise unreachable(found.name)
        return found

    def _owner(self, recipients: Sequence[bytes]) -> Enclave | None:
        return next((enclave for enclave in self.enclaves if enclave.subkey in recipients), None)


def unreachable(name: str | None = None) -> EnclaveUnreachableError:
    """For an enclave, or for all of them."""
    message = "No enclave answers." if name is None else f"Enclave {name} does not answer."
    return EnclaveUnreachableError(message, retry_after=RETRY_SECONDS)
