"""Tickets: places in the queue for provers, kept in PostgreSQL, without the requests themselves.

A ticket is a job of procrastinate, whose worker is the prover that it was assigned to:

=============  ==========================================  =============================================
job            ticket                                      meaning
=============  ==========================================  =============================================
todo           waiting                                     for a prover
doing          ready, then proving once its request is     the prover holds a slot for it
               being sent
the others     ended, with an outcome                      kept for KEPT_SECONDS, so that it can be asked
=============  ==========================================  =============================================

Order is procrastinate's, by priority and then by number. The priority is minus the ticket's round: that of
the first ticket that waits, but later than every other ticket of the same client (start-time fair queueing,
Goyal 1996). So clients take turns however many tickets one of them has, and a ticket that gets its place
back stands where it stood.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector

from tee_rex.transaction.generations import generation_of
from tee_rex.transaction.versions import AztecVersion
from tee_rex.wire.tickets import TICKET_ID_HEX_DIGITS, TicketState
from tee_rex_server.errors import fleet as errors
from tee_rex_server.fleet.database import CHANNEL, procrastinate_query

if TYPE_CHECKING:
    from collections.abc import Collection

    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex.wire.tickets import TicketRequest
    from tee_rex_server.fleet.database import Connection, Database

UNSEEN_SECONDS: Final = 60.0
"""A ticket that nobody has asked for so long has expired, as jobs of servers have."""
READY_SECONDS: Final = 30.0
"""How long a prover waits for the request of its ticket."""
PROVING_SECONDS: Final = 900.0
"""After which the end of a proof was missed: no server allows more by default (600 s)."""
KEPT_SECONDS: Final = 600.0
MAX_TICKETS: Final = 100_000
RETRY_SECONDS: Final = 10
_TASK: Final = "ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it is now.

    job: its number. assignment: how often it was given back, which tells its provers apart (one more when it
    has ended). worker: that of its prover, None where it has none or had one that is gone. nonce: in hex, for
    an attestation. proof: the prover's ID of the proof.
    """

    job: int
    state: TicketState
    assignment: int
    queue: str
    worker: int | None
    nonce: str | None
    proof: str | None


@dataclass(frozen=True, slots=True)
class TicketLimits:
    """How many tickets there may be, waiting or proving. of_client: of one client."""

    of_client: int = 64
    of_all: int = MAX_TICKETS


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the queue: tickets before it, and seconds until it is ready, None where nothing is known."""

    ahead: int
    seconds: float | None


def queue_of(setup: TrustedSetup, version: AztecVersion) -> str:
    """The queue of tickets that the same provers can serve: one setup, one generation of circuits.

    Raises AZTEC_GENERATION_UNKNOWN.
    """
    return f"{setup.value}/{generation_of(version)}"


class Tickets:
    """All tickets. Every method raises DATABASE_UNAVAILABLE."""

    def __init__(self, database: Database, limits: TicketLimits) -> None:
        self._database = database
        self._limits = limits
        self._jobs = JobManager(PsycopgConnector())

    async def create(self, client: str, wanted: TicketRequest) -> tuple[str, int]:
        """A new ticket's ID and number, at the end of the queue.

        client: who is served in turn. Raises NOT_SERVED, NO_PROVER, QUEUE_FULL, INVALID_VERSION.
        """
        version = AztecVersion.parse(wanted.version)
        queue = queue_of(wanted.setup, version)
        ticket = secrets.token_hex(TICKET_ID_HEX_DIGITS // 2)
        async with self._database.transaction() as connection:
            # Or two dispatchers could give two tickets of one client the same round.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (client,))
            row = await _first(connection, _ADMISSION, client=client, queue=queue)
            if not row["provers"]:
                raise errors.NO_PROVER(retry_after=RETRY_SECONDS)
            if not row["served"]:
                raise errors.NO_PROVER_FOR(version=wanted.version, setup=wanted.setup.value)
            if row["of_client"] >= self._limits.of_client:
                raise errors.TICKETS_OF_CLIENT(most=self._limits.of_client, retry_after=RETRY_SECONDS)
            if row["of_all"] >= self._limits.of_all:
                raise errors.TICKETS_FULL(retry_after=RETRY_SECONDS)
            job = await self._jobs.defer_job_async(
                Job(
                    id=None,
                    queue=queue,
                    lock=None,
                    queueing_lock=None,
                    task_name=_TASK,
                    priority=-row["round"],
                    task_kwargs={"version": wanted.version, "size": wanted.size},
                ),
                connection,
            )
            await connection.execute(
                "INSERT INTO tee_rex_tickets (job, key, client, nonce) VALUES (%s, %s, %s, %s)",
                (job.id, _key(ticket), client, wanted.nonce),
            )
        assert job.id is not None  # noqa: S101  # procrastinate's promise
        return ticket, job.id

    async def find(self, ticket: str) -> Ticket:
        """The ticket with this ID; raises TICKET_UNKNOWN."""
        row = await self._database.row(_FIND, key=_key(ticket))
        if row is None:
            raise errors.TICKET_UNKNOWN()
        return _ticket(row)

    async def states(self, jobs: Collection[int]) -> dict[int, Ticket]:
        """The tickets with these numbers."""
        rows = await self._database.rows(_STATES, jobs=list(jobs))
        return {row["job"]: _ticket(row) for row in rows}

    async def line(self) -> Line:
        """All tickets that wait, in order."""
        async with self._database.transaction() as connection:
            waiting = await (await connection.execute(_WAITING)).fetchall()
            provers = await (await connection.execute(_SLOTS)).fetchall()
            usual = await _first(connection, _USUAL)
        return Line(
            [(row["id"], row["queue_name"]) for row in waiting],
            [(frozenset(row["queues"]), row["slots"]) for row in provers],
            usual["seconds"],
        )

    async def position(self, job: int) -> Position:
        """Where one ticket stands now, by one query."""
        row = await self._database.row(_POSITION, job=job)
        assert row is not None  # noqa: S101  # an aggregate
        return _position(row["ahead"], row["usual"], row["slots"])

    async def assign(self) -> bool:
        """Assign tickets to free slots until either is used up; whether any was assigned.

        Several dispatchers may do so at once: one after the other for each prover.
        """
        assigned = False
        while workers := await self._database.rows(_FREE):
            taken = 0
            for row in workers:
                taken += await self._assign_to(row["worker"])
            if not taken:
                break
            assigned = True
        return assigned

    async def _assign_to(self, worker: int) -> bool:
        async with self._database.transaction() as connection:
            if await (await connection.execute(_LOCK_PROVER, {"worker": worker})).fetchone() is None:
                return False  # it has left
            assigned = await connection.execute(_ASSIGN, {"worker": worker, "channel": CHANNEL})
            return await assigned.fetchone() is not None

    async def begin_sending(self, ticket: Ticket) -> Ticket:
        """Note that its request is being sent, which no later one may be; the ticket, now proving.

        ticket: as it was when its prover was chosen. Raises TICKET_RETURNED if it has another since, or none;
        TICKET_USED, TICKET_UNKNOWN.
        """
        async with self._database.transaction() as connection:
            now = await _locked(connection, ticket.job)
            if now is None or now.state.ended:
                raise errors.TICKET_UNKNOWN()
            another = (now.assignment, now.worker) != (ticket.assignment, ticket.worker)
            if another or now.state is TicketState.WAITING:
                raise errors.TICKET_RETURNED()
            if now.state is not TicketState.READY:
                raise errors.TICKET_USED()
            await connection.execute(_SENT, {"job": ticket.job, "channel": CHANNEL})
        return replace(now, state=TicketState.PROVING)

    async def sent(self, job: int, proof: str) -> None:
        """Note the prover's own ID of the proof, to cancel it by."""
        await self._database.run(
            "UPDATE tee_rex_tickets SET proof = %(proof)s WHERE job = %(job)s", job=job, proof=proof
        )

    async def give_back(self, ticket: Ticket) -> None:
        """Let it wait again, where it stood, unless it has changed since.

        For a ticket whose prover has nothing of its request: one that is ready, or proving, whose request was
        refused or broke off.
        """
        async with self._database.transaction() as connection:
            if await _locked(connection, ticket.job) == ticket:
                await _return(connection, ticket.job)

    async def end(self, job: int, outcome: TicketState) -> bool:
        """End it, unless it has ended; whether it had not."""
        async with self._database.transaction() as connection:
            ticket = await _locked(connection, job)
            if ticket is None or ticket.state.ended:
                return False
            await _end(connection, job, ticket.state, outcome)
        return True

    async def saw(self, jobs: Collection[int]) -> None:
        """Note that these were asked for."""
        await self._database.run(
            "UPDATE tee_rex_tickets SET seen = clock_timestamp() WHERE job = ANY(%(jobs)s) AND ended IS NULL",
            jobs=sorted(jobs),
        )

    async def restart_times(self) -> None:
        """Count all times from now, because the database's clock was changed."""
        async with self._database.transaction() as connection:
            await connection.execute(_RESTART_TICKETS)
            await connection.execute("UPDATE procrastinate_workers SET last_heartbeat = clock_timestamp()")

    async def sweep(self, now: float | None = None) -> list[Ticket]:
        """End the tickets that nobody asks for, or that hold a prover for too long; as they were before.

        Old ended ones are forgotten. now: what the database's clock should say; if it was changed, no ticket
        is ended.
        """
        rows = await self._database.rows(
            _STALE, unseen=UNSEEN_SECONDS, ready=READY_SECONDS, proving=PROVING_SECONDS, now=now
        )
        stale = await self.states([row["job"] for row in rows])
        ended = [ticket for job, ticket in stale.items() if await self.end(job, TicketState.EXPIRED)]
        await self._database.run(_FORGET, kept=KEPT_SECONDS)
        return ended


@dataclass(frozen=True, slots=True)
class Line:
    """The tickets that wait, in order, each with its queue; the provers' queues and slots.

    usual: seconds that a proof takes, None where nothing is known.
    """

    waiting: list[tuple[int, str]]
    provers: list[tuple[frozenset[str], int]]
    usual: float | None

    def positions(self) -> dict[int, Position]:
        """The position of every ticket: those before it that take a slot which it could have."""
        rivals: dict[str, frozenset[str]] = {}
        slots: dict[str, int] = {}
        for queue in {queue for _, queue in self.waiting}:
            serving = [(queues, number) for queues, number in self.provers if queue in queues]
            rivals[queue] = frozenset({queue}).union(*(queues for queues, _ in serving))
            slots[queue] = sum(number for _, number in serving)
        before: Counter[str] = Counter()
        positions: dict[int, Position] = {}
        for job, queue in self.waiting:
            ahead = sum(before[rival] for rival in rivals[queue])
            positions[job] = _position(ahead, self.usual, slots[queue])
            before[queue] += 1
        return positions


async def release_tickets(connection: Connection, worker: int, *, unsent_only: bool) -> list[int]:
    """What happens to the tickets of a prover that drains (unsent_only) or was lost; the numbers of the lost.

    Those whose requests were not sent get their places back; the others end: a request goes to one prover.
    """
    rows = await (await connection.execute(_OF_WORKER, {"worker": worker})).fetchall()
    lost = []
    for row in rows:
        ticket = await _locked(connection, row["id"])
        if ticket is None or ticket.worker != worker:
            continue
        if ticket.state is TicketState.READY:
            await _return(connection, row["id"])
        elif ticket.state is TicketState.PROVING and not unsent_only:
            await _end(connection, row["id"], ticket.state, TicketState.LOST)
            lost.append(row["id"])
    return lost


def _position(ahead: int, usual: float | None, slots: int) -> Position:
    """On average the next slot is free after half of a proof, divided by all slots."""
    seconds = None if usual is None or slots == 0 else round((ahead + 0.5) * usual / slots, 1)
    return Position(ahead, seconds)


async def _locked(connection: Connection, job: int) -> Ticket | None:
    """A ticket whose rows, here and in procrastinate's table, are locked until the transaction ends."""
    row = await (await connection.execute(_LOCK, {"job": job})).fetchone()
    return None if row is None else _ticket(row)


async def _return(connection: Connection, job: int) -> None:
    await connection.execute(
        procrastinate_query("retry_job"),
        {"job_id": job, "retry_at": None, "new_priority": None, "new_queue_name": None, "new_lock": None},
    )
    await connection.execute(_RETURNED, {"job": job, "channel": CHANNEL})


async def _end(connection: Connection, job: int, state: TicketState, outcome: TicketState) -> None:
    if state is TicketState.WAITING:
        arguments: dict[str, Any] = {"job_id": job, "abort": False, "delete_job": False}
        await connection.execute(procrastinate_query("cancel_job"), arguments)
    else:
        status = {TicketState.DONE: "succeeded", TicketState.FAILED: "failed", TicketState.LOST: "failed"}
        arguments = {"job_id": job, "status": status.get(outcome, "aborted"), "delete_job": False}
        await connection.execute(procrastinate_query("finish_job"), arguments)
    await connection.execute(_ENDED, {"job": job, "outcome": outcome.value, "channel": CHANNEL})


async def _first(connection: Connection, query: Any, **arguments: object) -> dict[str, Any]:  # noqa: ANN401  # LiteralString
    row = await (await connection.execute(query, arguments)).fetchone()
    assert row is not None  # noqa: S101  # these queries always have one
    return row


def _ticket(row: dict[str, Any]) -> Ticket:
    if row["outcome"] is not None:
        state = TicketState(row["outcome"])
    elif row["status"] == "todo":
        state = TicketState.WAITING
    else:
        state = TicketState.READY if row["sent"] is None else TicketState.PROVING
    return Ticket(
        row["job"],
        state,
        row["attempts"],
        row["queue_name"],
        row["worker_id"],
        row["nonce"],
        row["proof"],
    )


def _key(ticket: str) -> bytes:
    """What is stored of a ticket's ID, which is a credential."""
    return hashlib.sha256(ticket.encode()).digest()


_FIND: Final = "SELECT * FROM tee_rex_ticket_states WHERE key = %(key)s"
_STATES: Final = "SELECT * FROM tee_rex_ticket_states WHERE job = ANY(%(jobs)s)"
_LOCK: Final = "SELECT * FROM tee_rex_ticket_states WHERE job = %(job)s FOR UPDATE"
_ADMISSION: Final = """
SELECT
    EXISTS (SELECT 1 FROM tee_rex_provers) AS provers,
    EXISTS (SELECT 1 FROM tee_rex_provers WHERE %(queue)s = ANY(queues)) AS served,
    (SELECT count(*) FROM tee_rex_tickets WHERE client = %(client)s AND ended IS NULL) AS of_client,
    (SELECT count(*) FROM tee_rex_tickets WHERE ended IS NULL) AS of_all,
    greatest(
        coalesce(
            (SELECT -priority FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = %(queue)s
                ORDER BY priority DESC, id LIMIT 1),
            (SELECT round FROM tee_rex_rounds)),
        (SELECT max(-j.priority) + 1 FROM tee_rex_tickets t JOIN procrastinate_jobs j ON j.id = t.job
            WHERE t.client = %(client)s AND (t.ended IS NULL OR t.sent IS NOT NULL))
    ) AS round
"""
_WAITING: Final = (
    "SELECT id, queue_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id"
)
_SLOTS: Final = "SELECT queues, slots FROM tee_rex_provers WHERE accepting"
_USUAL: Final = "SELECT seconds FROM tee_rex_usual"
_POSITION: Final = """
WITH mine AS (SELECT id, priority, queue_name FROM procrastinate_jobs WHERE id = %(job)s AND status = 'todo'),
serving AS (SELECT queues, slots FROM tee_rex_provers, mine WHERE accepting AND queue_name = ANY(queues)),
rivals AS (SELECT unnest(queues) AS queue FROM serving UNION SELECT queue_name FROM mine)
SELECT
    (SELECT count(*) FROM procrastinate_jobs AS other, mine
        WHERE other.status = 'todo' AND other.queue_name IN (SELECT queue FROM rivals)
        AND (other.priority > mine.priority OR (other.priority = mine.priority AND other.id < mine.id))
    ) AS ahead,
    (SELECT coalesce(sum(slots), 0)::int FROM serving) AS slots,
    (SELECT seconds FROM tee_rex_usual) AS usual
"""
_FREE: Final = """
SELECT worker FROM tee_rex_open_provers AS prover
WHERE EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = ANY(prover.queues))
ORDER BY load, worker
"""
_LOCK_PROVER: Final = "SELECT 1 FROM tee_rex_provers WHERE worker = %(worker)s FOR UPDATE"
_ASSIGN: Final = """
WITH fetched AS (
    SELECT job.id, job.priority FROM tee_rex_open_provers AS prover,
        LATERAL procrastinate_fetch_job_v2(prover.queues, prover.worker) AS job
    WHERE prover.worker = %(worker)s AND job.id IS NOT NULL),
ready AS (
    UPDATE tee_rex_tickets SET ready = clock_timestamp() FROM fetched WHERE job = fetched.id),
round AS (
    UPDATE tee_rex_rounds SET round = -fetched.priority FROM fetched)
SELECT pg_notify(%(channel)s, id::text) FROM fetched
"""
_OF_WORKER: Final = "SELECT id FROM procrastinate_jobs WHERE worker_id = %(worker)s AND status = 'doing'"
_SENT: Final = """
WITH changed AS (UPDATE tee_rex_tickets SET sent = clock_timestamp() WHERE job = %(job)s)
SELECT pg_notify(%(channel)s, %(job)s::text)
"""
_RETURNED: Final = """
WITH changed AS (UPDATE tee_rex_tickets SET ready = NULL, sent = NULL WHERE job = %(job)s)
SELECT pg_notify(%(channel)s, %(job)s::text)
"""
_ENDED: Final = """
WITH changed AS (
    UPDATE tee_rex_tickets SET ended = clock_timestamp(), outcome = %(outcome)s WHERE job = %(job)s)
SELECT pg_notify(%(channel)s, %(job)s::text)
"""
_STALE: Final = """
SELECT job FROM tee_rex_tickets
WHERE ended IS NULL AND tee_rex_clock_says(%(now)s) AND (
    seen < clock_timestamp() - %(unseen)s * interval '1 second'
    OR (sent IS NULL AND ready < clock_timestamp() - %(ready)s * interval '1 second')
    OR sent < clock_timestamp() - %(proving)s * interval '1 second')
"""
_RESTART_TICKETS: Final = """
UPDATE tee_rex_tickets SET seen = clock_timestamp(), ready = ready + (clock_timestamp() - ready),
    sent = sent + (clock_timestamp() - sent)
WHERE ended IS NULL
"""
_FORGET: Final = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT job FROM tee_rex_tickets WHERE ended < clock_timestamp() - %(kept)s * interval '1 second')
"""
