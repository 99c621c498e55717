"""The provers that have joined a fleet: each is a worker of procrastinate, with its heartbeat."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec
from psycopg.types.json import Jsonb

from tee_rex.errors import TeeRexError
from tee_rex.openpgp import PublicKey
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.wire.protocol import JobBb
from tee_rex_server.errors import fleet as errors
from tee_rex_server.fleet.database import notify, procrastinate_query
from tee_rex_server.fleet.tickets import queue_of, release_tickets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tee_rex.wire.protocol import TeeMode
    from tee_rex.wire.tickets import Heartbeat, JoinRequest
    from tee_rex_server.fleet.database import Database
    from tee_rex_server.vsock import Stream

HEARTBEAT_SECONDS: Final = 2.0
LOST_SECONDS: Final = 10.0
"""Without a heartbeat: then a prover gets no tickets, and is lost if nobody listens at its address."""
GONE_SECONDS: Final = 60.0
"""Without a heartbeat: then it is lost in any case. A bb that has every core has delayed them by 14 s."""
_CONNECT_SECONDS: Final = 2.0
SHUNNED_SECONDS: Final = 10.0
"""How long a prover that refused or did not answer gets no tickets: until its next heartbeats say more."""
_HTTPS_PORT: Final = 443
_HTTP_PORT: Final = 80


@dataclass(frozen=True, slots=True)
class ProverAddress:
    """Where a dispatcher reaches a prover over TCP; tls: None for plain http on a private network.

    What travels is encrypted to the prover in any case; who listens learns of it what a host does.
    """

    name: str
    host: str
    port: int
    tls: ssl.SSLContext | None = None

    async def connect(self, port: int) -> Stream:
        """A stream to the prover, whose address has the port; raises OSError."""
        del port
        name = self.host if self.tls is not None else None
        return await asyncio.open_connection(self.host, self.port, ssl=self.tls, server_hostname=name)


@dataclass(frozen=True, slots=True)
class RegisteredProver:
    """A prover as its row has it; prefix: of the paths of its API, path: of its key and attestation."""

    worker: int
    name: str
    address: ProverAddress
    prefix: str
    path: str
    public_key: str
    tee_mode: TeeMode
    setups: tuple[TrustedSetup, ...]
    versions: tuple[str, ...]
    bb: tuple[JobBb, ...]
    slots: int
    held: int
    others: int
    accepting: bool


class Provers:
    """All provers. Every method raises DATABASE_UNAVAILABLE."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tls = ssl.create_default_context()

    async def join(self, request: JoinRequest) -> int:
        """Register a prover, in place of one of the same name and another key; its number.

        Raises JOIN_MALFORMED.
        """
        queues = _queues(request.setups, request.versions)
        try:
            key = PublicKey.parse_armored(request.public_key, at=datetime.now(UTC))
        except TeeRexError:
            raise errors.JOIN_MALFORMED() from None
        async with self._database.transaction() as connection:
            known = await connection.execute(
                "SELECT worker, public_key FROM tee_rex_provers WHERE name = %s FOR UPDATE", (request.name,)
            )
            for row in await known.fetchall():
                if row["public_key"] == request.public_key:  # the same process: its proofs go on
                    await connection.execute(
                        procrastinate_query("update_heartbeat"), {"worker_id": row["worker"]}
                    )
                    return int(row["worker"])
                # It was restarted.
                await release_tickets(connection, row["worker"], unsent_only=False)
                await connection.execute(
                    procrastinate_query("unregister_worker"), {"worker_id": row["worker"]}
                )
            registered = await (await connection.execute(procrastinate_query("register_worker"))).fetchone()
            assert registered is not None  # noqa: S101  # the function returns one row
            await connection.execute(
                _JOIN,
                {
                    "worker": registered["worker_id"],
                    "name": request.name,
                    "url": request.url,
                    "path": request.path,
                    "public_key": request.public_key,
                    "subkey": key.subkey.fingerprint.hex(),
                    "tee_mode": request.tee_mode,
                    "setups": [setup.value for setup in request.setups],
                    "versions": request.versions,
                    "bb": Jsonb(msgspec.to_builtins(request.bb)),
                    "queues": queues,
                    "slots": request.slots,
                },
            )
            await notify(connection)
        return int(registered["worker_id"])

    async def beat(self, worker: int, heartbeat: Heartbeat) -> bool:
        """Note a heartbeat; whether more tickets wait for its like than they have slots.

        Raises PROVER_UNKNOWN.
        """
        async with self._database.transaction() as connection:
            row = await (
                await connection.execute(
                    "SELECT setups, accepting, slots FROM tee_rex_provers WHERE worker = %s FOR UPDATE",
                    (worker,),
                )
            ).fetchone()
            if row is None:
                raise errors.PROVER_UNKNOWN()
            await connection.execute(procrastinate_query("update_heartbeat"), {"worker_id": worker})
            queues = _queues(map(TrustedSetup, row["setups"]), heartbeat.versions)
            await connection.execute(
                _BEAT,
                {
                    "worker": worker,
                    "slots": heartbeat.slots,
                    "busy": heartbeat.busy,
                    "accepting": heartbeat.accepting,
                    "versions": heartbeat.versions,
                    "queues": queues,
                },
            )
            if not heartbeat.accepting and row["accepting"]:
                await release_tickets(connection, worker, unsent_only=True)
            if (heartbeat.accepting, heartbeat.slots) != (row["accepting"], row["slots"]):
                await notify(connection)
            crowd = await (await connection.execute(_CROWD, {"worker": worker})).fetchone()
        return crowd is not None and bool(crowd["crowded"])

    async def leave(self, worker: int, *, silent_seconds: float = -1.0) -> bool:
        """Forget a prover, known or not; as after its loss. Whether it was there.

        silent_seconds: only if it has sent no heartbeat for so long.
        """
        async with self._database.transaction() as connection:
            # Its row first, as everybody does.
            found = await connection.execute(_LOCK_SILENT, {"worker": worker, "seconds": silent_seconds})
            if await found.fetchone() is None:
                return False
            await release_tickets(connection, worker, unsent_only=False)
            await connection.execute(procrastinate_query("unregister_worker"), {"worker_id": worker})
            await notify(connection)
        return True

    async def shun(self, worker: int) -> None:
        """Assign it nothing for a while."""
        await self._database.run(
            "UPDATE tee_rex_provers SET shunned = clock_timestamp() + %(seconds)s * interval '1 second'"
            " WHERE worker = %(worker)s",
            worker=worker,
            seconds=SHUNNED_SECONDS,
        )

    async def sweep(self, now: float | None = None) -> list[str]:
        """Forget the provers that are lost, and assign nothing to silent ones; the names of the lost.

        now: as for ``Tickets.sweep``.
        """
        lost = []
        for row in await self._database.rows(_SILENT, seconds=LOST_SECONDS, now=now):
            if row["silent"] >= GONE_SECONDS or await _nobody_listens(
                _address(row["name"], row["url"], None)
            ):
                if await self.leave(row["worker"], silent_seconds=LOST_SECONDS):
                    lost.append(row["name"])
            elif row["accepting"]:
                async with self._database.transaction() as connection:
                    await connection.execute(
                        "UPDATE tee_rex_provers SET accepting = false WHERE worker = %s", (row["worker"],)
                    )
                    await release_tickets(connection, row["worker"], unsent_only=True)
        return lost

    async def find(self, worker: int | None) -> RegisteredProver | None:
        """The prover with this number."""
        row = await self._database.row(_ONE, worker=worker)
        return None if row is None else self._prover(row)

    async def with_key(self, recipients: Sequence[bytes]) -> RegisteredProver | None:
        """The prover that can read a message for these keys, fingerprints of 20 octets."""
        row = await self._database.row(_WITH_KEY, keys=[recipient.hex() for recipient in recipients])
        return None if row is None else self._prover(row)

    async def all(self) -> Sequence[RegisteredProver]:
        """All of them, the least busy first."""
        rows = await self._database.rows(_ALL)
        provers = [self._prover(row) for row in rows]
        return sorted(provers, key=lambda one: (one.held + one.others) / max(one.slots, 1))

    def _prover(self, row: dict[str, Any]) -> RegisteredProver:
        return RegisteredProver(
            worker=row["worker"],
            name=row["name"],
            address=_address(row["name"], row["url"], self._tls),
            prefix=urlsplit(row["url"]).path.rstrip("/"),
            path=row["path"],
            public_key=row["public_key"],
            tee_mode=row["tee_mode"],
            setups=tuple(map(TrustedSetup, row["setups"])),
            versions=tuple(row["versions"]),
            bb=tuple(msgspec.convert(row["bb"], list[JobBb])),
            slots=row["slots"],
            held=row["held"],
            others=row["others"],
            accepting=row["accepting"],
        )


def _address(name: str, url: str, tls: ssl.SSLContext | None) -> ProverAddress:
    """tls: for an address of https."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (_HTTPS_PORT if secure else _HTTP_PORT)
    return ProverAddress(name, parts.hostname or "", port, tls if secure else None)


async def _nobody_listens(address: ProverAddress) -> bool:
    """Whether the system at an address says so; False where nothing answers at all."""
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await address.connect(address.port)
    except ConnectionRefusedError:
        return True
    except OSError:  # TimeoutError is one
        return False
    writer.transport.abort()
    return False


def _queues(setups: Iterable[TrustedSetup], versions: Sequence[str]) -> list[str]:
    """Those of the tickets that it can prove; raises JOIN_MALFORMED."""
    try:
        parsed = [AztecVersion.parse(version) for version in versions]
        return sorted({queue_of(setup, version) for setup in setups for version in parsed})
    except TeeRexError:
        raise errors.JOIN_MALFORMED() from None


_JOIN: Final = """
INSERT INTO tee_rex_provers
    (worker, name, url, path, public_key, subkey, tee_mode, setups, versions, bb, queues, slots)
VALUES (%(worker)s, %(name)s, %(url)s, %(path)s, %(public_key)s, %(subkey)s, %(tee_mode)s, %(setups)s,
    %(versions)s, %(bb)s, %(queues)s, %(slots)s)
"""
_BEAT: Final = """
UPDATE tee_rex_provers SET slots = %(slots)s, accepting = %(accepting)s, versions = %(versions)s,
    queues = %(queues)s, others = greatest(0, %(busy)s - (
        SELECT count(*) FROM procrastinate_jobs j JOIN tee_rex_tickets t ON t.job = j.id
        WHERE j.worker_id = %(worker)s AND j.status = 'doing' AND t.sent IS NOT NULL))
WHERE worker = %(worker)s
"""
_CROWD: Final = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM procrastinate_jobs
        WHERE status = 'todo' AND queue_name = ANY(mine.queues)
        LIMIT (SELECT sum(slots) + 1 FROM tee_rex_provers WHERE accepting)) AS waiting)
    > (SELECT coalesce(sum(slots), 0) FROM tee_rex_provers WHERE accepting AND queues && mine.queues)
    AS crowded
FROM tee_rex_provers AS mine WHERE worker = %(worker)s
"""
_SILENT: Final = """
SELECT worker, name, url, accepting,
    extract(epoch FROM clock_timestamp() - last_heartbeat)::float8 AS silent
FROM tee_rex_provers JOIN procrastinate_workers ON id = worker
WHERE last_heartbeat < clock_timestamp() - %(seconds)s * interval '1 second' AND tee_rex_clock_says(%(now)s)
"""
_LOCK_SILENT: Final = """
SELECT 1 FROM tee_rex_provers JOIN procrastinate_workers ON id = worker
WHERE worker = %(worker)s AND last_heartbeat < clock_timestamp() - %(seconds)s * interval '1 second'
FOR UPDATE OF tee_rex_provers
"""
_ONE: Final = "SELECT * FROM tee_rex_prover_loads WHERE worker = %(worker)s"
_WITH_KEY: Final = "SELECT * FROM tee_rex_prover_loads WHERE subkey = ANY(%(keys)s)"
_ALL: Final = "SELECT * FROM tee_rex_prover_loads ORDER BY name"
