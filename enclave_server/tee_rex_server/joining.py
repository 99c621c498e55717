"""A prover's side of a fleet: it tells a dispatcher what it is and how busy it is, until it ends.

Everything is asked of the prover's own ``GET /health``, as anybody could. So an enclave needs nothing for it:
the proxy of its host joins for it.
"""

from __future__ import annotations

import asyncio
import math
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import httpx2
import msgspec

from tee_rex.errors import TeeRexError
from tee_rex.http_client.answers import MAX_ERROR_BYTES, decoded
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.wire import protocol
from tee_rex.wire.tickets import MAX_SLOTS, PROVERS_PATH, Heartbeat, HeartbeatAnswer, JoinAnswer, JoinRequest
from tee_rex_server.errors.fleet import JOIN_WITHOUT_TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Mapping

    from structlog.typing import FilteringBoundLogger

    from tee_rex.bb.pins import BbPins

TOKEN_VARIABLE: Final = "TEE_REX_JOIN_TOKEN"  # noqa: S105  # the name of a variable
POLL_SECONDS: Final = 0.5
LEAVE_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 3.0
SLOTS_SECONDS: Final = 20.0
"""Between two changes of the slots that are offered: about a proof, or they would change back at once."""
_MAX_HEALTH_BYTES: Final = 256 * 1024


class _Enclave(msgspec.Struct):
    name: str
    ready: bool
    draining: bool
    slots: int
    slots_busy: int
    queue_length: int


class _Runtime(msgspec.Struct):
    tee_mode: protocol.TeeMode


class _Health(msgspec.Struct):
    """What is read of a server's or a proxy's health."""

    available_versions: list[str]
    bb_hashes: list[protocol.JobBb]
    runtime: _Runtime
    ready: bool
    accepting: bool
    slots: int
    slots_busy: int
    queue_length: int
    enclaves: list[_Enclave] | None = None


@dataclass(frozen=True, slots=True)
class JoinSettings:
    """How to join.

    dispatcher: its address. name: the prover's. url: at which the dispatcher reaches it. idle_slots: those
    that it offers while the fleet has no more to do, so that each proof has more cores; None: all.
    """

    dispatcher: ServerUrl
    token: str
    name: str
    url: str
    idle_slots: int | None = None

    @classmethod
    def read(
        cls,
        dispatcher: str,
        name: str | None,
        url: str,
        environ: Mapping[str, str],
        idle_slots: int | None = None,
    ) -> JoinSettings:
        """From options; raises SERVER_URL_INVALID, SERVER_URL_INSECURE, BAD_SETTING."""
        token = environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            raise JOIN_WITHOUT_TOKEN()
        return cls(
            ServerUrl.parse(dispatcher),
            token,
            name or f"{socket.gethostname().partition('.')[0]}-{ServerUrl.parse(url).base.port or 443}",
            url.rstrip("/"),
            idle_slots,
        )


@dataclass(slots=True)
class _Member:
    """One prover of this machine, as last told. id: its registration's."""

    request: JoinRequest
    heartbeat: Heartbeat
    id: int | None = None
    told: Heartbeat | None = None
    told_at: float = 0.0
    seconds: float = 2.0


class Joining:
    """Keeps the provers of one server or proxy registered; :meth:`run` does it."""

    def __init__(
        self,
        settings: JoinSettings,
        own: ServerUrl,
        setups: Callable[[Collection[str]], list[TrustedSetup]],
        log: FilteringBoundLogger,
    ) -> None:
        """own: the server's address on this machine. setups: of bb with these SHA-256."""
        self._settings = settings
        self._own = own
        self._setups = setups
        self._log = log
        self._members: dict[str, _Member] = {}
        self._crowded = False
        self._changed_at = -math.inf

    async def run(self) -> None:
        """Join, and send heartbeats, until cancelled; then leave, as far as the dispatcher answers."""
        async with (
            ServerConnection.open(self._own, trust_env=False) as own,
            ServerConnection.open(self._settings.dispatcher, trust_env=True) as dispatcher,
        ):
            try:
                while True:
                    try:
                        async with asyncio.timeout(ANSWER_SECONDS):
                            await self._look(own)
                            for member in [*self._members.values()]:
                                await self._tell(dispatcher, member)
                    except (TeeRexError, TimeoutError) as error:
                        code = error.code if isinstance(error, TeeRexError) else "timeout"
                        self._log.warning("cannot join", dispatcher=str(dispatcher.server.base), code=code)
                        await asyncio.sleep(RETRY_SECONDS)
                    await asyncio.sleep(POLL_SECONDS)
            finally:
                with suppress(TeeRexError, TimeoutError):
                    async with asyncio.timeout(LEAVE_SECONDS):
                        await self._leave(dispatcher)

    async def _look(self, own: ServerConnection) -> None:
        """Note how this server's provers are."""
        answer = await own.exchange("GET", protocol.HEALTH_PATH, limit=_MAX_HEALTH_BYTES)
        health = decoded(answer.expect(HTTPStatus.OK), _Health)
        if health.enclaves is None:
            accepting = health.ready and health.accepting
            busy = health.slots_busy + health.queue_length
            await self._note(own, self._settings.name, "", health, health.slots, busy, accepting=accepting)
            return
        for enclave in health.enclaves:
            accepting = health.accepting and enclave.ready and not enclave.draining
            busy = enclave.slots_busy + enclave.queue_length
            name = f"{self._settings.name}.{enclave.name}"
            path = f"/enclaves/{enclave.name}"
            await self._note(own, name, path, health, enclave.slots, busy, accepting=accepting)

    async def _note(
        self,
        own: ServerConnection,
        name: str,
        path: str,
        health: _Health,
        slots: int,
        busy: int,
        *,
        accepting: bool,
    ) -> None:
        idle = self._settings.idle_slots
        most = MAX_SLOTS if idle is None or self._crowded else idle
        heartbeat = Heartbeat(min(slots, most), busy, accepting, health.available_versions)
        known = self._members.get(name)
        if not accepting:  # its key cannot be asked, or is about to be gone
            if known is not None:
                known.heartbeat = heartbeat
            return
        key = await self._key(own, path)
        if known is not None and known.request.public_key == key:
            known.heartbeat = heartbeat
            return
        request = JoinRequest(
            name=name,
            url=self._settings.url,
            path=path,
            tee_mode=health.runtime.tee_mode,
            public_key=key,
            setups=self._setups([bb.sha256 for bb in health.bb_hashes]),
            versions=health.available_versions,
            bb=health.bb_hashes,
            slots=heartbeat.slots,
        )
        self._members[name] = _Member(request, heartbeat)

    @staticmethod
    async def _key(own: ServerConnection, path: str) -> str:
        """The armored key; of an enclave, from its attestation, which clients examine."""
        if not path:
            answer = await own.exchange("GET", protocol.PUBLIC_KEY_PATH, limit=MAX_ERROR_BYTES)
            return decoded(answer.expect(HTTPStatus.OK), protocol.PublicKeyAnswer).public_key
        answer = await own.exchange("GET", path + protocol.ATTESTATION_PATH, limit=MAX_ERROR_BYTES)
        return decoded(answer.expect(HTTPStatus.OK), protocol.AttestationAnswer).public_key or ""

    async def _tell(self, dispatcher: ServerConnection, member: _Member) -> None:
        now = time.monotonic()
        if member.id is None:
            answer = await dispatcher.exchange(
                "POST",
                PROVERS_PATH,
                limit=MAX_ERROR_BYTES,
                content=msgspec.json.encode(member.request),
                headers=self._headers,
            )
            joined = decoded(answer.expect(HTTPStatus.CREATED), JoinAnswer)
            member.id, member.seconds, member.told = joined.id, joined.heartbeat_seconds, None
            self._log.info("joined", dispatcher=str(dispatcher.server.base), name=member.request.name)
        if member.told == member.heartbeat and now - member.told_at < member.seconds:
            return
        heartbeat = member.heartbeat
        answer = await dispatcher.exchange(
            "PUT",
            f"{PROVERS_PATH}/{member.id}",
            limit=MAX_ERROR_BYTES,
            content=msgspec.json.encode(heartbeat),
            headers=self._headers,
        )
        if answer.status == HTTPStatus.NOT_FOUND:  # it was taken for lost
            member.id = None
            return
        crowded = decoded(answer.expect(HTTPStatus.OK), HeartbeatAnswer).crowded
        member.told, member.told_at = heartbeat, now
        if crowded != self._crowded and now - self._changed_at >= SLOTS_SECONDS:
            self._crowded, self._changed_at = crowded, now

    async def _leave(self, dispatcher: ServerConnection) -> None:
        for member in self._members.values():
            if member.id is not None:
                await dispatcher.exchange(
                    "DELETE", f"{PROVERS_PATH}/{member.id}", limit=MAX_ERROR_BYTES, headers=self._headers
                )

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._settings.token}", "Content-Type": "application/json"}


def setups_by_pins(pins: BbPins) -> Callable[[Collection[str]], list[TrustedSetup]]:
    """Tells the setups of bb by their pinned SHA-256."""

    def setups(digests: Collection[str]) -> list[TrustedSetup]:
        return [
            setup
            for setup in TrustedSetup
            if any(
                digest in digests
                for version in pins.versions.values()
                for digest in version.digests(setup).values()
            )
        ]

    return setups


def own_address(listener: socket.socket) -> ServerUrl:
    """Where a process reaches its own server."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104  # compared
    return ServerUrl(httpx2.URL(scheme="http", host=host, port=port))


async def beside(joining: Coroutine[Any, Any, None], serving: Coroutine[Any, Any, None]) -> None:
    """Serve, and join meanwhile; leaves when serving has ended. What either raises ends the other."""
    tasks = [asyncio.create_task(serving), asyncio.create_task(joining)]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
