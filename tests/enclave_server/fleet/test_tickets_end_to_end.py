"""The client library, dispatchers and provers together, over real sockets and a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from support.cable import Cable
from support.enclave_stand_in import enclave_api, proxying, small_proxy, stand_in_enclave
from support.errors import raises
from support.fake_tee import FakeTee
from support.fleet import new_token, rows, running, serving_quietly, small_fleet
from support.local_prover import deployment_request, mock_request, real_installation
from support.patience import PATIENCE
from support.proving_server import BINARY, GatedBackend, eventually, job_body, small_api
from support.remote_client import no_bb_here, now, remote_backend
from support.streamed_steps import announced, hand_over, hand_over_all
from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.servers import PROVER_LOST
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.openpgp import PublicKey
from tee_rex.remote import jobs as jobs_api
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import KeyTrust, TrustOnFirstUse
from tee_rex.transaction.events import ProofEvent, ProofListener, QueuePosition, ignore_events
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex_server.errors.fleet import NO_PROVER
from tee_rex_server.fleet import dispatcher

pytestmark = pytest.mark.integration

TICKET = {"version": "4.1.2", "setup": "development"}


@pytest.fixture(autouse=True)
def time_to_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_api, "CANCEL_SECONDS", PATIENCE)
    monkeypatch.setattr("tee_rex.remote.tickets.CANCEL_SECONDS", PATIENCE)


@pytest.fixture
def trust(tmp_path: Path) -> KeyTrust:
    """The fleet's key, as it was at first."""
    return TrustOnFirstUse(KnownServers(tmp_path / "known-servers.json"), now)


class BackendOfWholes(GatedBackend):
    """Waits for all steps, as a bb would."""

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        await request.steps.ended()
        return await super().prove(request, listener)


def proving(url: str, trust: KeyTrust, events: list[ProofEvent] | None = None) -> asyncio.Task[ProofResult]:
    backend = remote_backend(url, trust)
    return asyncio.create_task(
        backend.prove(deployment_request(), ignore_events if events is None else events.append)
    )


def client_of(url: str, address: str = "10.0.0.1") -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url=url, trust_env=False, timeout=PATIENCE, headers={"X-Forwarded-For": address}
    )


async def test_a_proof_is_made_with_a_ticket_and_its_slot_is_free_at_once(
    database: str, trust: KeyTrust
) -> None:
    api = small_api(GatedBackend(is_open=True))
    async with small_fleet(database) as fleet:
        await fleet.prover("one", api)
        for _ in range(2):
            await proving(fleet.url, trust)
            assert await rows(database, "SELECT outcome FROM tee_rex_tickets WHERE ended IS NULL") == []
        outcomes = await rows(database, "SELECT outcome FROM tee_rex_tickets")
        assert [row["outcome"] for row in outcomes] == ["done", "done"]


async def test_positions_reach_the_client_at_another_dispatcher(database: str, trust: KeyTrust) -> None:
    backend = GatedBackend()
    api = small_api(backend)
    async with small_fleet(database) as fleet:
        await fleet.prover("one", api)
        other = await fleet.dispatcher()
        first = proving(fleet.url, trust)
        await eventually(lambda: backend.proving)
        events: list[list[ProofEvent]] = [[], []]
        second = proving(other, trust, events[0])
        await fleet.until("SELECT 1 FROM procrastinate_jobs WHERE status = 'todo'")
        third = proving(fleet.url, trust, events[1])
        await eventually(lambda: QueuePosition(1, None) in events[1])
        backend.gate.set()
        await asyncio.gather(first, second, third)
    assert QueuePosition(0, None) in events[0]
    positions = [event.position for event in events[1] if isinstance(event, QueuePosition)]
    assert positions == sorted(positions, reverse=True)


async def test_cancelling_leaves_nothing_at_every_stage(database: str, trust: KeyTrust) -> None:
    backend = GatedBackend()
    api = small_api(backend)
    async with small_fleet(database) as fleet:
        await fleet.prover("one", api)
        at_work = proving(fleet.url, trust)
        await eventually(lambda: backend.proving)
        waiting = proving(fleet.url, trust)
        await fleet.until("SELECT 1 FROM procrastinate_jobs WHERE status = 'todo'")
        for task in (waiting, at_work):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert backend.proving == 0
        assert await rows(database, "SELECT 1 FROM tee_rex_tickets WHERE ended IS NULL") == []


async def test_a_prover_lost_before_the_upload_is_replaced(database: str, trust: KeyTrust) -> None:
    """Its server is gone, which nobody has noticed yet."""
    lost, other = small_api(GatedBackend(is_open=True)), small_api(GatedBackend(is_open=True))
    async with small_fleet(database) as fleet:
        await fleet.prover("a-lost", lost)
        # Nothing listens there; it leads, because tickets go to the least busy first and then by age.
        await rows(database, "UPDATE tee_rex_provers SET url = 'http://127.0.0.1:9' WHERE name = 'a-lost'")
        task = proving(fleet.url, trust)
        await asyncio.sleep(0.3)
        await fleet.prover("other", other)
        await task
        assert await rows(database, "SELECT outcome FROM tee_rex_tickets") == [{"outcome": "done"}]


async def test_a_prover_that_lies_about_its_slots_is_shunned(database: str) -> None:
    """It refuses what it has no room for; the ticket keeps its place, and goes to the next one."""
    liar, honest = small_api(GatedBackend(is_open=True)), small_api(GatedBackend(is_open=True))
    async with small_fleet(database) as fleet:
        await fleet.prover("liar", liar)
        await rows(database, "UPDATE tee_rex_provers SET slots = 64, others = 0")
        async with client_of(fleet.url) as client:
            ticket = (await client.post("/v1/tickets", json=TICKET)).json()
            liar.service.stop_admitting()
            path = ticket["prover"]["path"]
            body = job_body(PublicKey.parse_armored(liar.key.armored, at=now()))
            refused = await client.post(f"{path}/v1/proofs", content=body, headers=BINARY)
            assert (refused.status_code, refused.json()["code"]) == (409, "TICKET_RETURNED")
            await fleet.prover("honest", honest)
            await fleet.until("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'")
            stale = await client.get(f"{path}/encryption-public-key")
            assert (stale.status_code, stale.json()["code"]) == (409, "TICKET_RETURNED")
            path = (await client.get(f"/v1/tickets/{ticket['id']}")).json()["prover"]["path"]
            key = (await client.get(f"{path}/encryption-public-key")).json()["publicKey"]
            assert key == honest.key.armored


async def test_a_prover_lost_after_the_upload_ends_the_job(database: str, trust: KeyTrust) -> None:
    backend = GatedBackend()
    api = small_api(backend)
    async with small_fleet(database) as fleet:
        life = await fleet.prover("one", api)
        task = proving(fleet.url, trust)
        await eventually(lambda: backend.proving)
        await life.aclose()
        with raises(PROVER_LOST):
            await task
        assert await rows(database, "SELECT outcome FROM tee_rex_tickets") == [{"outcome": "lost"}]


async def test_a_ticket_names_its_prover_and_takes_one_request(database: str) -> None:
    api = small_api(GatedBackend())
    async with small_fleet(database) as fleet:
        await fleet.prover("one", api)
        async with client_of(fleet.url) as client, client_of(fleet.url, "10.0.0.2") as second:
            answer = await client.post("/v1/tickets", json=TICKET | {"nonce": "ab" * 32})
            assert answer.status_code == 202
            ticket = answer.json()
            assert ticket["state"] == "ready"
            assert ticket["prover"]["attestation"]["publicKey"] == api.key.armored
            assert (await second.post("/v1/tickets", json=TICKET)).json()["state"] == "waiting"
            path = ticket["prover"]["path"]
            key = PublicKey.parse_armored(ticket["prover"]["attestation"]["publicKey"], at=now())
            started = await client.post(f"{path}/v1/proofs", content=job_body(key), headers=BINARY)
            assert started.status_code == 202
            assert started.headers["Location"] == f"{path}/v1/proofs/{started.json()['id']}"
            assert (await client.get(started.headers["Location"])).json()["state"] == "proving"
            again = await client.post(f"{path}/v1/proofs", content=job_body(key), headers=BINARY)
            assert (again.status_code, again.json()["code"]) == (409, "TICKET_USED")
            assert (await client.delete(answer.headers["Location"])).status_code == 204
            async with asyncio.timeout(PATIENCE):
                async with second.stream("GET", "/v1/tickets/" + "0" * 32 + "/events") as unknown:
                    assert unknown.status_code == 404
            assert (await client.get(started.headers["Location"])).status_code == 404


async def test_tokens(database: str) -> None:
    token = await new_token(database, "alice")
    async with small_fleet(database) as fleet:
        closed = await fleet.dispatcher(tokens_required=True)
        await fleet.prover("one", small_api(GatedBackend()))
        async with client_of(closed) as client:
            refused = await client.post("/v1/tickets", json=TICKET)
            assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_REQUIRED")
            client.headers["Authorization"] = f"Bearer {token}"
            assert (await client.post("/v1/tickets", json=TICKET)).status_code == 202
            client.headers["Authorization"] = f"Bearer {fleet.join_token}"
            assert (await client.post("/v1/tickets", json=TICKET)).status_code == 401
            client.headers["Authorization"] = f"Bearer {token}"
            assert (await client.put("/v1/provers/1", json={})).status_code == 403
    found = await rows(database, "SELECT client FROM tee_rex_tickets")
    assert found == [{"client": "token alice"}]


async def test_a_streamed_proof_by_the_enclave_that_has_attested_to_the_client(
    database: str, tmp_path: Path
) -> None:
    """Everything at once, with the real bb: steps in parts, a ticket, a host that joined, an attestation."""
    tee, request = FakeTee(), mock_request()
    bb = LocalBackend(real_installation(), LocalOptions(threads=2))
    stream = announced(request)
    async with (
        stand_in_enclave(tmp_path / "one", enclave_api(bb, tee=tee, versions=())) as enclave,
        proxying(small_proxy(enclave.address)) as host,
        small_fleet(database) as fleet,
        fleet.joined("host", host),
    ):
        backend = remote_backend(fleet.url, tee.trust(), real_installation())
        result, _ = await asyncio.gather(
            backend.prove(stream.request, ignore_events),
            hand_over_all(stream, request.steps.steps, 0.2),
        )
        names = await rows(database, "SELECT name FROM tee_rex_provers")
    assert (result.mode, result.verified) == (ProvingMode.TEE, True)
    assert names == [{"name": "host.one"}]
    assert await rows(database, "SELECT outcome FROM tee_rex_tickets") == [{"outcome": "done"}]


@pytest.mark.soak
@pytest.mark.timeout(1200)
async def test_200_clients_are_served_alike_beside_a_greedy_one(database: str, trust: KeyTrust) -> None:
    """Jain's index of the numbers of their proofs, while all have work; the greedy one has 32 tickets."""
    names = ["greedy", *(f"client {number}" for number in range(200))]
    proofs = Counter[str]()

    async def prove_forever(url: str, name: str) -> None:
        backend = RemoteBackend(ServerUrl.parse(url), trust, no_bb_here(), token=tokens[name])
        while True:
            await backend.prove(deployment_request(), ignore_events)
            proofs[name] += 1

    async with small_fleet(database) as fleet:
        urls = [fleet.url, await fleet.dispatcher()]
        tokens = {name: await new_token(database, name) for name in names}
        for prover in ("one", "two"):
            await fleet.prover(prover, small_api(*(GatedBackend(is_open=True) for _ in range(4))))
        async with AsyncExitStack() as stack:
            for number, name in enumerate([*["greedy"] * 32, *names[1:]]):
                await stack.enter_async_context(running(prove_forever(urls[number % 2], name)))
            await eventually(lambda: min(proofs[name] for name in names) >= 3, seconds=1000)
    numbers = [proofs[name] for name in names]
    assert sum(numbers) ** 2 / (len(numbers) * sum(one * one for one in numbers)) >= 0.95, proofs


@pytest.mark.parametrize("again", [True, False])
async def test_the_network_is_cut_between_parts(database: str, trust: KeyTrust, *, again: bool) -> None:
    """again: it comes back, and the proof is made; else it fails with a clear code."""
    api = small_api(BackendOfWholes(is_open=True), versions=())
    request = mock_request()
    stream = announced(request)
    steps = request.steps.steps
    async with (
        small_fleet(database) as fleet,
        serving_quietly(api) as url,
        Cable.to(url) as cable,
        fleet.joined("one", url),
    ):
        await rows(database, "UPDATE tee_rex_provers SET url = %s", cable.url)
        proof = asyncio.create_task(remote_backend(fleet.url, trust).prove(stream.request, ignore_events))
        await hand_over(stream, steps[:2])
        await eventually(lambda: api.service.busy)
        cable.cut()
        if again:
            cable.mend()
        await hand_over(stream, steps[2:], begin=2)
        stream.end()
        if again:
            await proof
        else:
            with pytest.raises(TeeRexError) as failed:
                await proof
            assert failed.value.code in ("PROVER_LOST", "SERVER_BUSY")
    assert await rows(database, "SELECT 1 FROM tee_rex_tickets WHERE ended IS NULL") == []


async def test_a_step_of_the_databases_clock_ends_nothing(
    database: str, trust: KeyTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the dispatchers see it: what their queries take for the time jumps by a day."""
    for name, value in (("SWEEP_SECONDS", 0.05), ("UNSEEN_SECONDS", 1.0), ("LOST_SECONDS", 1.0)):
        monkeypatch.setattr(dispatcher, name, value)
    await rows(database, "CREATE TABLE step (by interval)")
    await rows(database, "INSERT INTO step VALUES ('0')")
    for clock in ("now", "clock_timestamp"):
        await rows(
            database,
            f"CREATE FUNCTION public.{clock}() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
            f" 'SELECT pg_catalog.{clock}() + by FROM public.step'",
        )
    backend = GatedBackend()
    searched = f"{database}&options={quote('-c search_path=public,pg_catalog')}"
    async with small_fleet(searched) as fleet:
        await fleet.prover("one", small_api(backend))
        at_work = proving(fleet.url, trust)
        await eventually(lambda: backend.proving)
        waiting = proving(fleet.url, trust)
        await fleet.until("SELECT 1 FROM procrastinate_jobs WHERE status = 'todo'")
        for by in ("1 day", "-1 day"):
            await asyncio.sleep(1.5)  # past the time in which nothing expires anyway
            await rows(database, "UPDATE step SET by = %s", by)
        await asyncio.sleep(1.5)
        assert "the database's clock was changed" in fleet.log.getvalue()
        backend.gate.set()
        await asyncio.gather(at_work, waiting)


async def test_the_originals_routes(database: str) -> None:
    api = small_api(GatedBackend(is_open=True))
    async with small_fleet(database) as fleet, client_of(fleet.url) as client:
        none = await client.get("/encryption-public-key")
        assert (none.status_code, none.json()["code"]) == (503, NO_PROVER.code)
        await fleet.prover("one", api)
        assert (await client.get("/encryption-public-key")).json()["publicKey"] == api.key.armored
        assert (await client.get("/attestation")).json()["mode"] == "standard"


async def test_lost_connections_to_the_database_are_made_again(database: str) -> None:
    async with small_fleet(database) as fleet:
        await fleet.prover("one", small_api(GatedBackend()))
        await rows(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND application_name = 'tee-rex'",
        )
        async with client_of(fleet.url) as client:
            assert (await client.post("/v1/tickets", json=TICKET)).status_code == 202
