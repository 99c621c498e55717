"""The enclaves of this host: which of them answer, whose key is whose, and which one is the least busy."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

from tee_rex.errors import Message, TeeRexError, message
from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED
from tee_rex.openpgp import PublicKey
from tee_rex.wire.protocol import HEALTH_PATH, PUBLIC_KEY_PATH, PublicKeyAnswer
from tee_rex_server.errors.proxy import (
    ENCLAVE_UNREACHABLE,
    ENCLAVES_DRAINING,
    KEY_UNREACHABLE,
    NO_ENCLAVE_ANSWERS,
)
from tee_rex_server.http.monitoring import HealthAnswer
from tee_rex_server.proxy.exchange import RETRY_SECONDS, get

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from structlog.typing import FilteringBoundLogger

    from tee_rex.errors import RefusedError
    from tee_rex_server.vsock import EnclaveAddress

EnclaveState: TypeAlias = Literal["ok", "unreachable"]
T = TypeVar("T")

_MAX_ANSWER_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """How enclaves are polled; times in seconds.

    interval: between two polls. freshness: how long the result of a poll counts as current. timeout: for the
    answers of one poll. max_missed: from so many polls in a row without an answer on, the enclave's requests
    are aborted.
    """

    interval: float = 5.0
    freshness: float = 1.0
    timeout: float = 15.0
    max_missed: int = 3


class Enclave:
    """One enclave, in the state of the last poll.

    health: its own, None while it is unreachable. problem: why the last poll failed, None if it did not.
    subkey: fingerprint (20 octets) of the key that clients encrypt to, kept while it is unreachable. starts:
    counts its keys, and so its starts. keys_given: since the last poll.
    """

    def __init__(
        self,
        address: EnclaveAddress,
        http_port: int,
        policy: HealthPolicy,
        draining_folder: Path | None = None,
    ) -> None:
        """draining_folder: a file of the enclave's name in it keeps new clients away."""
        self._draining_mark = None if draining_folder is None else draining_folder / address.name
        self.address = address
        self.name = address.name
        self.http_port = http_port
        self.health: HealthAnswer | None = None
        self.problem: Message | None = None
        self.subkey: bytes | None = None
        self.starts = 0
        self.keys_given = 0
        self._policy = policy
        self._missed = 0
        self._polled_at = -math.inf
        self._reported: tuple[EnclaveState, int] | None = None
        self._polling = asyncio.Lock()
        self._requests: set[asyncio.Timeout] = set()
        self._abort_reason: RefusedError = self.unreachable()

    @property
    def state(self) -> EnclaveState:
        """Whether it answered the last poll."""
        return "unreachable" if self.health is None else "ok"

    @property
    def requests(self) -> int:
        """The number of requests to it that are in flight."""
        return len(self._requests)

    @property
    def draining(self) -> bool:
        """Whether no new client gets its key, because it is to be replaced; those that have it are served."""
        return self._draining_mark is not None and self._draining_mark.exists()

    @property
    def load(self) -> float:
        """Proofs that wait or run there, and those that may follow soon; infinite if it cannot prove."""
        if self.health is None or not (self.health.ready and self.health.accepting):
            return math.inf
        return self.health.slots_busy + self.health.queue_length + self.keys_given

    async def poll(self) -> bool:
        """Ask for its health and key, unless that was just done; true if either changed. Never raises."""
        async with self._polling:
            if time.monotonic() - self._polled_at < self._policy.freshness:
                return False
            before = self._reported
            try:
                async with asyncio.timeout(self._policy.timeout):
                    health = await self._get(HEALTH_PATH, HealthAnswer)
                    armored = (await self._get(PUBLIC_KEY_PATH, PublicKeyAnswer)).public_key
                    key = PublicKey.parse_armored(armored, at=datetime.now(UTC))
            except (TeeRexError, TimeoutError) as error:
                self.problem = (
                    error.message_parts if isinstance(error, TeeRexError) else message("The poll timed out.")
                )
                self._poll_failed(silent=isinstance(error.__cause__ or error, TimeoutError))
            else:
                self.problem = None
                self._missed = 0
                self.keys_given = 0
                self.health = health
                if key.subkey.fingerprint != self.subkey:
                    self.subkey = key.subkey.fingerprint
                    self.starts += 1
            self._polled_at = time.monotonic()
            self._reported = (self.state, self.starts)
            return self._reported != before

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Counts a request in flight, and lets :meth:`abort_requests` end it."""
        deadline = asyncio.timeout(None)
        self._requests.add(deadline)
        try:
            async with deadline:
                yield
        except TimeoutError:
            if not deadline.expired():
                raise
            raise self._abort_reason from None
        finally:
            self._requests.discard(deadline)

    def mark_unreachable(self) -> None:
        """Count it as unreachable until the next poll, because a request to it failed."""
        self.health = None
        self._polled_at = -math.inf

    def abort_requests(self, reason: RefusedError) -> None:
        """End every request in flight with ``reason``."""
        self._abort_reason = reason
        now = asyncio.get_running_loop().time()
        for deadline in self._requests:
            if not deadline.expired():
                deadline.reschedule(now)

    def unreachable(self) -> RefusedError:
        """The error that says that it does not answer."""
        return ENCLAVE_UNREACHABLE(enclave=self.name, retry_after=RETRY_SECONDS)

    async def _get(self, path: str, answer: type[T]) -> T:
        return await get(
            self.address,
            self.http_port,
            path,
            answer,
            limit=_MAX_ANSWER_BYTES,
            seconds=self._policy.timeout,
        )

    def _poll_failed(self, *, silent: bool) -> None:
        self._missed += 1
        if not silent or self._missed >= self._policy.max_missed:
            self.health = None
        if self._missed >= self._policy.max_missed:  # later requests too, such as one for a job it has
            self.abort_requests(self.unreachable())


class Fleet:
    """All enclaves of this host."""

    def __init__(self, enclaves: Sequence[Enclave], policy: HealthPolicy, log: FilteringBoundLogger) -> None:
        """enclaves: at least one, with distinct names."""
        self.enclaves = tuple(enclaves)
        self._policy = policy
        self._log = log

    async def poll_forever(self) -> None:
        """Poll all enclaves at the policy's interval."""
        while True:
            await self.poll()
            await asyncio.sleep(self._policy.interval)

    async def poll(self) -> None:
        """Poll all enclaves at the same time, and log changes."""
        changes = await asyncio.gather(*(enclave.poll() for enclave in self.enclaves))
        for enclave, changed in zip(self.enclaves, changes, strict=True):
            if changed:
                details = {} if enclave.problem is None else {"problem": str(enclave.problem)}
                log = self._log.info if enclave.state == "ok" else self._log.warning
                log("enclave", name=enclave.name, state=enclave.state, starts=enclave.starts, **details)

    def named(self, name: str) -> Enclave | None:
        """The enclave of that name."""
        return next((enclave for enclave in self.enclaves if enclave.name == name), None)

    @property
    def reachable(self) -> list[Enclave]:
        """The enclaves that answered the last poll."""
        return [enclave for enclave in self.enclaves if enclave.state == "ok"]

    async def least_busy(self) -> Enclave:
        """The enclave for the next client, none that is draining; raises EnclaveUnreachableError."""
        if not self._open_to_clients:
            await self.poll()
        if not self.reachable:
            raise NO_ENCLAVE_ANSWERS(retry_after=RETRY_SECONDS)
        if not self._open_to_clients:
            raise ENCLAVES_DRAINING(retry_after=RETRY_SECONDS)
        return min(self._open_to_clients, key=lambda enclave: enclave.load)

    async def for_recipients(self, recipients: Sequence[bytes]) -> Enclave:
        """The enclave that can read a message for these keys; without recipients, any that answers.

        recipients: fingerprints of 20 octets. Raises DECRYPTION_FAILED, as enclaves would, when the message
        is for none of them, and EnclaveUnreachableError when its enclave does not answer, or may be one of
        those that do not.
        """
        if not recipients:  # the enclave then answers what is wrong with the message
            return await self.least_busy()
        found = self._owner(recipients)
        if found is None or found.state != "ok":
            await self.poll()  # it may just have been restarted
            found = self._owner(recipients)
        if found is None:
            if len(self.reachable) < len(self.enclaves):
                raise KEY_UNREACHABLE(retry_after=RETRY_SECONDS)
            raise DECRYPTION_FAILED()
        if found.state != "ok":
            raise found.unreachable()
        return found

    @property
    def _open_to_clients(self) -> list[Enclave]:
        return [enclave for enclave in self.reachable if not enclave.draining]

    def _owner(self, recipients: Sequence[bytes]) -> Enclave | None:
        return next((enclave for enclave in self.enclaves if enclave.subkey in recipients), None)
