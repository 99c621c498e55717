"""The queue itself, in a real PostgreSQL: order, fairness, positions, and that nothing is proved twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from support.errors import raises
from support.fleet import opened, rows
from tee_rex.openpgp import PrivateKey
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.wire.tickets import Heartbeat, JoinRequest, TicketRequest, TicketState
from tee_rex_server.errors import fleet as errors
from tee_rex_server.fleet import tickets as module
from tee_rex_server.fleet.database import Database, migrations_since
from tee_rex_server.fleet.provers import Provers
from tee_rex_server.fleet.tickets import Position, Ticket, TicketLimits, Tickets

pytestmark = pytest.mark.integration

V4 = TicketRequest("4.1.2", TrustedSetup.GENUINE)
V5 = TicketRequest("5.0.0", TrustedSetup.GENUINE)
KEY = PrivateKey.generate("prover", datetime(2026, 1, 1, tzinfo=UTC)).public_key.armored()


@pytest.fixture
async def open_database(database: str) -> AsyncIterator[Database]:
    async with opened(database) as found:
        yield found


@pytest.fixture
def tickets(open_database: Database) -> Tickets:
    return Tickets(open_database, TicketLimits())


@pytest.fixture
def provers(open_database: Database) -> Provers:
    return Provers(open_database)


async def join(
    provers: Provers,
    name: str = "one",
    *,
    slots: int = 1,
    accepting: bool = True,
    versions: tuple[str, ...] = ("4.1.2",),
) -> int:
    request = JoinRequest(
        name, "http://127.0.0.1:1", "", "standard", KEY, [TrustedSetup.GENUINE], list(versions), [], slots
    )
    worker = await provers.join(request)
    await provers.beat(worker, Heartbeat(slots, 0, accepting, list(versions)))
    return worker


async def send(tickets: Tickets, job: int) -> Ticket:
    """Begin to send the request of a ticket to its prover."""
    return await tickets.begin_sending((await tickets.states([job]))[job])


async def ready(tickets: Tickets, jobs: list[int]) -> list[int]:
    return [job for job, found in (await tickets.states(jobs)).items() if found.state is TicketState.READY]


async def order_of(tickets: Tickets, owners: dict[int, str]) -> str:
    """The clients in the order in which one slot serves them."""
    served = ""
    while await tickets.assign():
        (job,) = await ready(tickets, list(owners))
        served += owners[job]
        await send(tickets, job)
        await tickets.end(job, TicketState.DONE)
    return served


async def test_clients_take_turns(tickets: Tickets, provers: Provers) -> None:
    await join(provers, accepting=False)
    owners = {(await tickets.create(client, V4))[1]: client for client in "aaaabbc"}
    await join(provers)
    assert await order_of(tickets, owners) == "abcabaa"


async def test_a_newcomer_neither_waits_for_a_greedy_client_nor_starves_it(
    tickets: Tickets, provers: Provers
) -> None:
    await join(provers, accepting=False)
    owners = {(await tickets.create("g", V4))[1]: "g" for _ in range(10)}
    await join(provers)
    served = Counter[str]()
    waiting = {}
    for _ in range(5):
        waiting[(await tickets.create("n", V4))[1]] = "n"
        for _ in range(2):
            assert await tickets.assign()
            (job,) = await ready(tickets, [*owners, *waiting])
            served[(owners | waiting)[job]] += 1
            await send(tickets, job)
            await tickets.end(job, TicketState.DONE)
    assert served == {"g": 5, "n": 5}


async def test_200_clients_and_a_greedy_one(tickets: Tickets, provers: Provers) -> None:
    """Who is first in line is served next, always; and all are served alike while they have tickets.

    Fair means here: Jain's index of the numbers of proofs, (sum x)^2 / (n sum x^2), of at least 0.95.
    """
    generator = random.Random(18)
    await join(provers, accepting=False)
    clients = [f"client {number}" for number in range(200)]
    owners: dict[int, str] = {}
    for client in [*["greedy"] * 50, *clients]:
        owners[(await tickets.create(client, V4))[1]] = client
    await join(provers)
    served = Counter[str]()
    for turn in range(2 * 201):
        await tickets.assign()
        (job,) = await ready(tickets, list(owners))
        await send(tickets, job)
        await tickets.end(job, TicketState.DONE)
        client = owners.pop(job)
        served[client] += 1
        owners[(await tickets.create(client, V4))[1]] = client
        if turn % 10 == 0:
            line = (await tickets.line()).positions()
            assert [place.ahead for place in line.values()] == list(range(len(line)))
            first, some = next(iter(line)), generator.choice(list(line))
            assert await tickets.position(some) == line[some]
            await tickets.assign()
            assert await ready(tickets, [first]) == [first]
            await tickets.give_back((await tickets.states([first]))[first])
    numbers = served.values()
    assert len(numbers) == 201
    assert sum(numbers) ** 2 / (len(numbers) * sum(one * one for one in numbers)) >= 0.95


async def test_positions_are_exact_in_both_ways_of_asking(tickets: Tickets, provers: Provers) -> None:
    await join(provers, "both", versions=("4.1.2", "5.0.0"), accepting=False)
    generator = random.Random(18)
    jobs = [
        (await tickets.create(generator.choice("abcd"), generator.choice([V4, V5])))[1] for _ in range(12)
    ]
    await join(provers, "both", versions=("4.1.2", "5.0.0"), slots=3)
    while True:
        by_line = (await tickets.line()).positions()
        assert sorted(place.ahead for place in by_line.values()) == list(range(len(by_line)))
        assert by_line == {job: await tickets.position(job) for job in by_line}
        if not await tickets.assign():
            break
        for job in await ready(tickets, jobs):
            await tickets.end(job, generator.choice([TicketState.CANCELLED, TicketState.DONE]))


async def test_tickets_that_no_prover_shares_do_not_count(tickets: Tickets, provers: Provers) -> None:
    await join(provers, "four", accepting=False)
    await join(provers, "five", versions=("5.0.0",), accepting=False)
    await tickets.create("a", V4)
    _, job = await tickets.create("b", V5)
    assert await tickets.position(job) == Position(0, None)


async def test_a_ticket_gets_its_place_back(tickets: Tickets, provers: Provers, database: str) -> None:
    worker = await join(provers, slots=1)
    first, second = [(await tickets.create(client, V4))[1] for client in "ab"]
    await tickets.assign()
    assert await ready(tickets, [first, second]) == [first]
    await provers.shun(worker)
    await tickets.give_back((await tickets.states([first]))[first])
    assert (await tickets.position(first)).ahead == 0
    assert (await tickets.position(second)).ahead == 1
    assert not await tickets.assign()
    await rows(database, "UPDATE tee_rex_provers SET shunned = now()")
    await tickets.assign()
    assert await ready(tickets, [first, second]) == [first]


async def test_a_request_is_sent_once(tickets: Tickets, provers: Provers) -> None:
    await join(provers)
    _, job = await tickets.create("a", V4)
    with raises(errors.TICKET_RETURNED):
        await send(tickets, job)
    await tickets.assign()
    outcomes = await asyncio.gather(*(send(tickets, job) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(outcome, Ticket) for outcome in outcomes) == 1
    await tickets.end(job, TicketState.DONE)
    with raises(errors.TICKET_UNKNOWN):
        await send(tickets, job)


async def test_what_one_prover_was_chosen_for_never_goes_to_the_next(
    tickets: Tickets, provers: Provers
) -> None:
    """A request that comes late, or a failure that is noticed late, is about an earlier assignment."""
    worker = await join(provers)
    _, job = await tickets.create("a", V4)
    await tickets.assign()
    before = (await tickets.states([job]))[job]
    await tickets.give_back(before)
    with raises(errors.TICKET_RETURNED):
        await tickets.begin_sending(before)
    await tickets.assign()
    after = (await tickets.states([job]))[job]
    assert (after.worker, after.assignment) == (worker, before.assignment + 1)
    with raises(errors.TICKET_RETURNED):
        await tickets.begin_sending(before)
    proving = await tickets.begin_sending(after)
    for stale in (before, after):
        await tickets.give_back(stale)
    assert (await tickets.states([job]))[job] == proving
    await tickets.give_back(proving)  # its upload broke off
    assert (await tickets.states([job]))[job].state is TicketState.WAITING


async def test_a_lost_prover_returns_what_was_not_sent_and_loses_the_rest(
    tickets: Tickets, provers: Provers, database: str
) -> None:
    worker = await join(provers, slots=2)
    sent, unsent = [(await tickets.create(client, V4))[1] for client in "ab"]
    await tickets.assign()
    await send(tickets, sent)
    await rows(
        database,
        "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute' WHERE id = %s",
        worker,
    )
    assert await provers.sweep() == ["one"]  # nobody listens at its address
    states = await tickets.states([sent, unsent])
    assert [states[sent].state, states[unsent].state] == [TicketState.LOST, TicketState.WAITING]
    assert await provers.find(worker) is None


async def test_a_draining_prover_gets_nothing_and_returns_what_was_not_sent(
    tickets: Tickets, provers: Provers
) -> None:
    worker = await join(provers, slots=2)
    sent, unsent = [(await tickets.create(client, V4))[1] for client in "ab"]
    await tickets.assign()
    await send(tickets, sent)
    await provers.beat(worker, Heartbeat(2, 1, accepting=False, versions=["4.1.2"]))
    assert not await tickets.assign()
    states = await tickets.states([sent, unsent])
    assert [states[sent].state, states[unsent].state] == [TicketState.PROVING, TicketState.WAITING]


async def test_several_dispatchers_never_give_more_than_there_is(database: str) -> None:
    async with opened(database) as one, opened(database) as two:
        provers = Provers(one)
        for number in range(3):
            await join(provers, f"p{number}", slots=2)
        both = [Tickets(one, TicketLimits()), Tickets(two, TicketLimits())]
        jobs = [(await both[n % 2].create(str(n % 5), V4))[1] for n in range(20)]
        await asyncio.gather(*(tickets.assign() for tickets in both for _ in range(3)))
        assert len(await ready(both[0], jobs)) == 6
        assert {prover.held for prover in await provers.all()} == {2}


async def test_concurrent_tickets_of_one_client_get_rounds_of_their_own(database: str) -> None:
    async with opened(database) as one, opened(database) as two:
        await join(Provers(one), accepting=False)
        both = [Tickets(one, TicketLimits()), Tickets(two, TicketLimits())]
        await asyncio.gather(*(both[n % 2].create("greedy", V4) for n in range(16)))
    found = await rows(database, "SELECT priority FROM procrastinate_jobs")
    assert sorted(row["priority"] for row in found) == list(range(-15, 1))


async def test_requests_without_tickets_take_slots_too(tickets: Tickets, provers: Provers) -> None:
    worker = await join(provers, slots=2)
    await provers.beat(worker, Heartbeat(2, 1, accepting=True, versions=["4.1.2"]))
    jobs = [(await tickets.create(client, V4))[1] for client in "ab"]
    await tickets.assign()
    assert len(await ready(tickets, jobs)) == 1


async def test_unseen_tickets_expire_and_seen_ones_do_not(
    tickets: Tickets, provers: Provers, database: str
) -> None:
    await join(provers)
    jobs = [(await tickets.create(client, V4))[1] for client in "abc"]
    await tickets.assign()
    await rows(database, "UPDATE tee_rex_tickets SET seen = seen - interval '2 minutes'")
    await tickets.saw([jobs[1]])
    assert {ticket.job for ticket in await tickets.sweep()} == {jobs[0], jobs[2]}
    await tickets.assign()
    assert await ready(tickets, jobs) == [jobs[1]]


async def test_a_ready_ticket_that_nothing_is_sent_with_expires(
    tickets: Tickets, provers: Provers, database: str
) -> None:
    await join(provers)
    ticket, job = await tickets.create("a", V4)
    await tickets.assign()
    await rows(database, "UPDATE tee_rex_tickets SET ready = ready - interval '31 seconds'")
    await tickets.sweep()
    assert (await tickets.find(ticket)).state is TicketState.EXPIRED
    await rows(database, "UPDATE tee_rex_tickets SET ended = ended - interval '1 hour'")
    await tickets.sweep()
    with raises(errors.TICKET_UNKNOWN):
        await tickets.find(ticket)
    assert await rows(database, "SELECT 1 FROM procrastinate_events WHERE job_id = %s", job) == []


async def test_after_a_step_of_the_clock_nothing_expires(
    tickets: Tickets, provers: Provers, database: str
) -> None:
    await join(provers)
    await tickets.create("a", V4)
    await rows(database, "UPDATE tee_rex_tickets SET seen = seen - interval '1 day'")
    await rows(database, "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 day'")
    await tickets.restart_times()
    assert await tickets.sweep() == []
    assert await provers.sweep() == []


async def test_limits(open_database: Database, provers: Provers) -> None:
    tickets = Tickets(open_database, TicketLimits(of_client=2, of_all=3))
    with raises(errors.NO_PROVER):
        await tickets.create("a", V4)
    await join(provers)
    with raises(errors.NO_PROVER_FOR):
        await tickets.create("a", V5)
    for _ in range(2):
        await tickets.create("a", V4)
    with raises(errors.TICKETS_OF_CLIENT):
        await tickets.create("a", V4)
    await tickets.create("b", V4)
    with raises(errors.TICKETS_FULL):
        await tickets.create("c", V4)


async def test_a_schema_is_upgraded_with_tickets_inside(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(database) as before:
        await join(Provers(before), accepting=False)
        ticket, _ = await Tickets(before, TicketLimits()).create("a", V4)
    assert migrations_since("3.9.9") == []  # none since 3.4.0: this release's schema is that of the last one
    await rows(database, "UPDATE tee_rex_schema SET procrastinate = '3.9.0'")
    statement = "ALTER TABLE procrastinate_jobs ADD COLUMN newer text"
    monkeypatch.setattr("tee_rex_server.fleet.database.migrations_since", lambda _version: [statement])
    async with opened(database) as after:
        assert (await Tickets(after, TicketLimits()).find(ticket)).state is TicketState.WAITING
    await rows(database, "UPDATE tee_rex_schema SET procrastinate = '99.0.0'")
    with raises(errors.DATABASE_NEWER):
        async with opened(database):
            pass


async def test_the_estimate_follows_the_last_proofs(
    tickets: Tickets, provers: Provers, database: str
) -> None:
    await join(provers, slots=2)
    for client in "ab":
        _, job = await tickets.create(client, V4)
        await tickets.assign()
        await send(tickets, job)
        await tickets.end(job, TicketState.DONE)
    await rows(database, "UPDATE tee_rex_tickets SET sent = ended - interval '20 seconds'")
    jobs = [(await tickets.create(client, V4))[1] for client in "cdef"]
    await tickets.assign()
    assert await tickets.position(jobs[2]) == Position(0, 5.0)
    assert await tickets.position(jobs[3]) == Position(1, 15.0)


def test_limits_are_consistent() -> None:
    assert module.READY_SECONDS < module.UNSEEN_SECONDS < module.PROVING_SECONDS


async def test_a_prover_hears_when_more_wait_than_there_are_slots(tickets: Tickets, provers: Provers) -> None:
    worker = await join(provers, slots=2)
    heartbeat = Heartbeat(2, 0, accepting=True, versions=["4.1.2"])
    for _ in range(4):
        await tickets.create("a", V4)
        await tickets.assign()
    assert not await provers.beat(worker, heartbeat)
    await tickets.create("b", V4)
    assert await provers.beat(worker, heartbeat)


async def test_a_silent_prover_that_still_listens_keeps_its_proofs(
    tickets: Tickets, provers: Provers, database: str
) -> None:
    """Such as one whose bb has every core."""
    worker = await join(provers, slots=2)
    jobs = [(await tickets.create(client, V4))[1] for client in "ab"]
    await tickets.assign()
    await send(tickets, jobs[0])
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await rows(database, "UPDATE tee_rex_provers SET url = %s", f"http://127.0.0.1:{port}")
        for seconds, expected in ((20, []), (70, ["one"])):
            await rows(
                database,
                "UPDATE procrastinate_workers SET last_heartbeat = now() - %s * interval '1 second'",
                seconds,
            )
            if not expected:
                assert await provers.sweep() == []
                states = await tickets.states(jobs)
                assert [states[job].state for job in jobs] == [TicketState.PROVING, TicketState.WAITING]
                assert not await tickets.assign()
                assert await join(provers, slots=2) == worker  # the same key: nothing was lost
                assert (await tickets.states(jobs))[jobs[0]].state is TicketState.PROVING
            else:
                assert await provers.sweep() == expected
                assert (await tickets.states(jobs))[jobs[0]].state is TicketState.LOST
