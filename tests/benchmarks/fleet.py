"""What tickets cost: for one client, for the database, and for a dispatcher while many wait."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import psutil
import psycopg

from support.fleet import emptied, opened, own_postgres, rows, small_fleet
from support.local_prover import deployment_request
from support.proving_server import GatedBackend, small_api
from support.remote_client import now, remote_backend
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import TrustOnFirstUse
from tee_rex.transaction.events import ProofListener, ignore_events
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.wire.tickets import TicketRequest, TicketState
from tee_rex_server.fleet.database import Connection, Database
from tee_rex_server.fleet.tickets import TicketLimits, Tickets

_ROUNDS = 100
_WAITING = 10_000
_WATCHERS = 10_000
_PROOF_SECONDS = 15.3
_WATCH_SECONDS = 15.0
_TICKET = {"version": "4.1.2", "setup": "development"}


async def measure() -> dict[str, float]:
    """Milliseconds unless named otherwise; a dispatcher, a prover and the client share a process.

    ticket_overhead: what taking a ticket and giving it up cost a client whose turn it is at once.
    """
    figures: dict[str, float] = {}
    with own_postgres() as postgres:
        url = emptied(postgres)
        async with small_fleet(url) as fleet:
            await fleet.prover("one", small_api(*(GatedBackend() for _ in range(8))))
            figures |= await _one_client(fleet.url, postgres.pid())
            ids = await _many_waiting(url)
            figures |= await _with_many_waiting(url)
            figures |= await _watched(url, ids)
        one = await _four_proofs(emptied(postgres), 1)
        two = await _four_proofs(emptied(postgres), 2)
        figures["time_of_two_provers_over_one"] = two / one
    return figures


class _TimedBackend(GatedBackend):
    """Takes as long as a bb does with two cores."""

    def __init__(self) -> None:
        super().__init__(is_open=True)

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        await asyncio.sleep(_PROOF_SECONDS)
        return await super().prove(request, listener)


async def _four_proofs(url: str, provers: int) -> float:
    """Seconds for four clients, by so many provers."""
    with TemporaryDirectory() as folder:
        trust = TrustOnFirstUse(KnownServers(Path(folder) / "known-servers.json"), now)
        async with small_fleet(url) as fleet:
            for number in range(provers):
                await fleet.prover(f"p{number}", small_api(_TimedBackend()))
            begin = time.monotonic()
            backend = remote_backend(fleet.url, trust)
            await asyncio.gather(*(backend.prove(deployment_request(), ignore_events) for _ in range(4)))
            return time.monotonic() - begin


async def _one_client(dispatcher: str, postgres: int) -> dict[str, float]:
    times = []
    database_cpu_ms = 0.0
    counted = _Counted()
    async with httpx2.AsyncClient(base_url=dispatcher, trust_env=False) as client:
        for number in range(_ROUNDS + 3):
            if number == 3:
                counted.start()
                database_cpu_ms = _cpu_ms(postgres)
            begin = time.perf_counter()
            ticket = (await client.post("/v1/tickets", json=_TICKET)).json()
            assert ticket["state"] == "ready", ticket
            await client.delete(f"/v1/tickets/{ticket['id']}")
            if number >= 3:  # connections are made by then
                times.append((time.perf_counter() - begin) * 1000)
    counted.stop()
    database_cpu_ms = _cpu_ms(postgres) - database_cpu_ms
    return {
        "ticket_overhead_ms": statistics.median(times),
        "ticket_overhead_p95_ms": statistics.quantiles(times, n=20)[-1],
        "ticket_cpu_of_all_but_the_database_ms": counted.cpu_ms / _ROUNDS,
        "transactions_a_ticket": counted.transactions / _ROUNDS,
        "database_cpu_ms_a_ticket": database_cpu_ms / _ROUNDS,
    }


def _cpu_ms(process: int) -> float:
    """What a process and its children have used."""
    first = psutil.Process(process)
    times = [one.cpu_times() for one in (first, *first.children(recursive=True))]
    return sum(one.user + one.system for one in times) * 1000


class _Counted:
    """Uses of the database by this process, and its CPU time."""

    def __init__(self) -> None:
        self.transactions = 0
        self.cpu_ms = 0.0

    def start(self) -> None:
        self._original, self._began = Database._connection, time.process_time()
        original = self._original

        def counting(database: Database) -> AbstractAsyncContextManager[Connection]:
            self.transactions += 1
            return original(database)

        Database._connection = counting  # type: ignore[method-assign,assignment]  # for a while

    def stop(self) -> None:
        Database._connection = self._original  # type: ignore[method-assign]  # as it was
        self.cpu_ms = (time.process_time() - self._began) * 1000


async def _many_waiting(url: str) -> list[str]:
    """Tickets of 1,000 clients, written at once, for which no slot is free; their IDs."""
    await rows(url, "UPDATE tee_rex_provers SET others = slots")
    ids = [secrets.token_hex(16) for _ in range(_WAITING)]
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = connection.cursor()
        await cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority)"
            " SELECT 'development/v4', 'ticket', -(n / 1000) FROM generate_series(0, %s) AS n RETURNING id",
            (_WAITING - 1,),
        )
        jobs = [row[0] for row in await cursor.fetchall()]
        async with cursor.copy("COPY tee_rex_tickets (job, key, client) FROM STDIN") as copy:
            for number, (job, ticket) in enumerate(zip(jobs, ids, strict=True)):
                await copy.write_row((job, hashlib.sha256(ticket.encode()).digest(), str(number % 1000)))
    await rows(url, "ANALYZE")
    return ids


async def _with_many_waiting(url: str) -> dict[str, float]:
    async with opened(url) as database:
        tickets = Tickets(database, TicketLimits(of_client=1_000_000))
        wanted = TicketRequest("4.1.2", TrustedSetup.DEVELOPMENT)
        line = await tickets.line()
        begin = time.process_time()
        line.positions()
        computing = (time.process_time() - begin) * 1000
        job = line.waiting[_WAITING // 2][0]

        async def one_life() -> None:
            _, new = await tickets.create("somebody", wanted)
            await tickets.end(new, TicketState.CANCELLED)

        return {
            "line_of_10000_query_ms": await _median(tickets.line, 5),
            "line_of_10000_computing_ms": computing,
            "position_among_10000_ms": await _median(lambda: tickets.position(job), 20),
            "create_and_cancel_among_10000_ms": await _median(one_life, 20),
            "note_10000_seen_ms": await _median(lambda: tickets.saw([one for one, _ in line.waiting]), 3),
        }


async def _median(work: Callable[[], Awaitable[object]], times: int) -> float:
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)


async def _watched(url: str, ids: list[str]) -> dict[str, float]:
    """A dispatcher as a process, with as many event streams: its memory, and its share of one core."""
    async with _dispatcher_process(url) as (process, port), AsyncExitStack() as streams:
        await asyncio.sleep(2)
        empty = process.memory_info().rss
        for number, ticket in enumerate(ids[:_WATCHERS]):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            streams.callback(writer.transport.abort)
            writer.write(
                f"GET /v1/tickets/{ticket}/events HTTP/1.1\r\nHost: x\r\n"
                f"X-Forwarded-For: 10.0.{number // 250}.{number % 250}\r\n\r\n".encode()
            )
            await reader.readuntil(b"\n\n")
        before, begin = process.cpu_times(), time.monotonic()
        await asyncio.sleep(_WATCH_SECONDS)
        after, seconds = process.cpu_times(), time.monotonic() - begin
        return {
            "dispatcher_mb": empty / 1e6,
            "dispatcher_kb_a_watcher": (process.memory_info().rss - empty) / 1e3 / _WATCHERS,
            "dispatcher_cpu_with_10000_watchers": (
                (after.user + after.system - before.user - before.system) / seconds
            ),
        }


@asynccontextmanager
async def _dispatcher_process(url: str) -> AsyncIterator[tuple[psutil.Process, int]]:
    from support.ports import free_port

    port = free_port()
    options = ("dispatch", f"--port={port}", "--trusted-proxy=127.0.0.0/8", f"--database={url}")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tee_rex_server", *options, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx2.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    await client.get(f"http://127.0.0.1:{port}/healthz")
                    break
                except httpx2.HTTPError:
                    await asyncio.sleep(0.2)
        yield psutil.Process(process.pid), port
    finally:
        process.kill()
        await process.wait()
