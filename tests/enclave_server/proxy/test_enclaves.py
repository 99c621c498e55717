"""Several enclaves behind one host: a message reaches the one that can read it, whatever the others do."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx2
import pytest

from support.enclave_stand_in import (
    PATIENT,
    QUICK,
    StandInEnclave,
    enclave_api,
    proxying,
    small_proxy,
    stand_in_enclave,
)
from support.errors import raises
from support.patience import PATIENCE
from support.proving_server import BINARY, JSON, GatedBackend, eventually, job_body, prove_json
from support.recorded_steps import development_deployment
from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED
from tee_rex_server.errors.proxy import JOB_UNREACHABLE, KEY_UNREACHABLE
from tee_rex_server.logs import json_logger
from tee_rex_server.proxy import routing
from tee_rex_server.proxy.enclaves import Enclave, Fleet, HealthPolicy
from tee_rex_server.proxy.routes import ProxyApi
from tee_rex_server.vsock import VhostSocket

pytestmark = pytest.mark.integration

STEPS = development_deployment()
JOB = "0123456789abcdef" * 2


@dataclass
class Host:
    """A host with two enclaves, each with one backend."""

    folder: Path
    proxy: ProxyApi
    client: httpx2.AsyncClient
    stack: AsyncExitStack
    log: io.StringIO
    backends: list[GatedBackend] = field(default_factory=list)
    enclaves: list[StandInEnclave] = field(default_factory=list)
    lives: list[AsyncExitStack] = field(default_factory=list)

    async def start(self, number: int) -> StandInEnclave:
        """Start an enclave, or start it again: with a new key."""
        backend = GatedBackend()
        life = AsyncExitStack()
        enclave = await life.enter_async_context(
            stand_in_enclave(self.folder / f"enclave-{number}", enclave_api(backend))
        )
        self.stack.push_async_exit(life)
        self.backends[number : number + 1] = [backend]
        self.enclaves[number : number + 1] = [enclave]
        self.lives[number : number + 1] = [life]
        await self.poll_again()
        return enclave

    async def poll_again(self) -> None:
        """Poll both, and not with an earlier result."""
        await asyncio.sleep(PATIENT.freshness * 1.5)
        await self.proxy.fleet.poll()

    async def kill(self, number: int) -> None:
        """Terminate an enclave, as nitro-cli does."""
        await self.lives[number].aclose()

    def open_gates(self) -> None:
        for backend in self.backends:
            backend.gate.set()

    async def prove(self, number: int) -> httpx2.Response:
        """A proof of a message for one of them."""
        key = self.enclaves[number].api.key.private.public_key
        return await self.client.post("/prove", content=prove_json(key, STEPS), headers=JSON)

    async def start_job(self, number: int) -> httpx2.Response:
        key = self.enclaves[number].api.key.private.public_key
        return await self.client.post("/v1/proofs", content=job_body(key), headers=BINARY)


@asynccontextmanager
async def host_of_two(folder: Path, policy: HealthPolicy = PATIENT) -> AsyncIterator[Host]:
    log = io.StringIO()
    addresses = [VhostSocket(folder / f"enclave-{number}") for number in range(2)]
    proxy = small_proxy(*addresses, log_to=log, policy=policy)
    async with (
        AsyncExitStack() as stack,
        proxying(proxy) as url,
        httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as client,
    ):
        host = Host(folder, proxy, client, stack, log)
        for number in range(2):
            await host.start(number)
        await eventually(lambda: len(proxy.fleet.reachable) == 2)
        yield host


async def test_a_message_goes_to_the_enclave_that_can_read_it(tmp_path: Path) -> None:
    async with host_of_two(tmp_path) as host:
        host.open_gates()
        for number in (0, 1, 1, 0, 1):
            assert (await host.prove(number)).status_code == 200
        made = [bytes(enclave.api.metrics.response().body).decode() for enclave in host.enclaves]
    assert ['tee_rex_proofs_total{outcome="done"} 2.0' in made[0], 'outcome="done"} 3.0' in made[1]] == [
        True,
        True,
    ]


async def test_jobs_are_found_even_after_the_host_forgot_their_enclaves(tmp_path: Path) -> None:
    async with host_of_two(tmp_path) as host:
        jobs = [(await host.start_job(number)).headers["Location"] for number in range(2)]
        await eventually(lambda: all(backend.proving for backend in host.backends))
        for _ in range(2):
            states = [(await host.client.get(job)).json()["state"] for job in jobs]
            assert states == ["proving", "proving"]
            host.proxy.jobs._enclaves.clear()  # as after a restart of the host
        host.open_gates()
        for number, job in enumerate(jobs):
            async with host.client.stream("GET", f"{job}/events") as stream:
                lines = [line async for line in stream.aiter_lines() if line.startswith("event: ")]
            assert lines[-1] == "event: done", number
        unknown = "/v1/proofs/" + "0" * 32
        assert (await host.client.get(unknown)).json()["code"] == "JOB_UNKNOWN"
        assert (await host.client.delete(unknown)).status_code == 204
        assert (await host.client.delete(jobs[0])).status_code == 204
        assert (await host.client.get(jobs[0])).json()["code"] == "JOB_UNKNOWN"
        assert (await host.client.get(jobs[1])).json()["state"] == "done"


async def test_clients_get_the_key_of_the_least_busy_enclave(tmp_path: Path) -> None:
    # Each poll resets the count of keys given: none but those of this test.
    async with host_of_two(tmp_path, replace(PATIENT, interval=3600.0)) as host:
        keys = [enclave.api.key.armored for enclave in host.enclaves]
        proving = asyncio.create_task(host.prove(0))
        await eventually(lambda: host.backends[0].proving)
        await host.poll_again()
        assert (await host.client.get("/attestation")).json()["publicKey"] == keys[1]
        host.open_gates()
        await proving
        await host.poll_again()
        given = [(await host.client.get("/encryption-public-key")).json()["publicKey"] for _ in range(2)]
        assert sorted(given) == sorted(keys)


async def test_a_dead_enclave_is_reported_and_the_other_continues(tmp_path: Path) -> None:
    async with host_of_two(tmp_path) as host:
        host.open_gates()
        job = (await host.start_job(0)).headers["Location"]
        await host.kill(0)
        lost = await host.prove(0)
        assert (lost.status_code, lost.json()["code"]) == (503, "ENCLAVE_UNREACHABLE")
        assert int(lost.headers["Retry-After"]) > 0
        assert (await host.client.get(job)).json()["code"] == "ENCLAVE_UNREACHABLE"
        assert (await host.prove(1)).status_code == 200
        assert (await host.client.get("/attestation")).json()["publicKey"] == host.enclaves[1].api.key.armored
        health = (await host.client.get("/health")).json()
        assert health["enclave"] == "ok"
        assert [one["state"] for one in health["enclaves"]] == ["unreachable", "ok"]
        metrics = (await host.client.get("/metrics")).text
        assert 'tee_rex_enclave_up{enclave="enclave-0"} 0.0' in metrics
        assert 'tee_rex_enclave_up{enclave="enclave-1"} 1.0' in metrics
        assert "tee_rex_slots 1.0" in (await host.client.get("/metrics/enclaves/enclave-1")).text
        assert (await host.client.get("/metrics/enclaves/none")).json()["code"] == "ENCLAVE_UNKNOWN"


async def test_a_client_that_asks_for_a_key_does_not_notice_a_dead_enclave(tmp_path: Path) -> None:
    async with host_of_two(tmp_path) as host:
        await host.kill(0)
        for _ in range(3):
            answer = await host.client.get("/attestation")
            assert answer.json()["publicKey"] == host.enclaves[1].api.key.armored


async def test_a_restarted_enclave_has_a_new_key_and_is_used_at_once(tmp_path: Path) -> None:
    async with host_of_two(tmp_path) as host:
        old = host.enclaves[0].api.key.private.public_key
        await host.kill(0)
        await host.start(0)
        host.open_gates()
        assert (await host.prove(0)).status_code == 200
        stale = await host.client.post("/prove", content=prove_json(old, STEPS), headers=JSON)
        assert (stale.status_code, stale.json()["code"]) == (400, "DECRYPTION_FAILED")
    states = [json.loads(line) for line in host.log.getvalue().splitlines() if '"event": "enclave"' in line]
    assert [line["name"] for line in states if line["starts"] == 2] == ["enclave-0"]


async def test_an_enclave_that_dies_in_the_middle_ends_its_requests_at_once(tmp_path: Path) -> None:
    async with host_of_two(tmp_path) as host:
        proving = asyncio.create_task(host.prove(0))
        await eventually(lambda: host.backends[0].proving)
        job = (await host.start_job(0)).headers["Location"]
        async with host.client.stream("GET", f"{job}/events") as stream:
            lines = stream.aiter_lines()
            assert (await anext(lines)).startswith("event: ")
            host.enclaves[0].adapter.cut()
            with pytest.raises(httpx2.RemoteProtocolError):  # cut short, and so not mistaken for the end
                async for _ in lines:
                    pass
        answer = await asyncio.wait_for(proving, PATIENCE)
        assert (answer.status_code, answer.json()["code"]) == (503, "ENCLAVE_UNREACHABLE")
        await eventually(lambda: host.proxy.in_flight.count == 0)


async def test_the_requests_of_a_hanging_enclave_are_aborted(tmp_path: Path) -> None:
    async with host_of_two(tmp_path, QUICK) as host:
        proving = asyncio.create_task(host.prove(0))
        await eventually(lambda: host.backends[0].proving)
        host.enclaves[0].adapter.stall()
        answer = await asyncio.wait_for(proving, PATIENCE)
        assert (answer.status_code, answer.json()["code"]) == (503, "ENCLAVE_UNREACHABLE")
        assert host.proxy.fleet.enclaves[0].state == "unreachable"
        host.proxy.jobs.remember(JOB, host.proxy.fleet.enclaves[0])
        later = await asyncio.wait_for(host.client.get(f"/v1/proofs/{JOB}"), PATIENCE)
        assert (later.status_code, later.json()["code"]) == (503, "ENCLAVE_UNREACHABLE")
        host.enclaves[0].adapter.go_on()
        await eventually(lambda: len(host.proxy.fleet.reachable) == 2)


async def test_the_host_answers_without_any_enclave(tmp_path: Path) -> None:
    async with host_of_two(tmp_path) as host:
        for number in range(2):
            await host.kill(number)
        assert (await host.client.get("/healthz")).status_code == 200
        await host.poll_again()
        health = (await host.client.get("/health")).json()
        assert (health["status"], health["enclave"], health["ready"]) == ("ok", "unreachable", False)
        assert (health["available_versions"], health["bb_hashes"]) == ([], [])
        for path in ("/attestation", "/encryption-public-key"):
            answer = await host.client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "ENCLAVE_UNREACHABLE")
        assert (await host.prove(0)).status_code == 503


async def test_the_health_of_both_enclaves_is_summed(tmp_path: Path) -> None:
    async with host_of_two(tmp_path) as host:
        proving = asyncio.create_task(host.prove(1))
        await eventually(lambda: host.backends[1].proving)
        await asyncio.sleep(PATIENT.freshness)
        health = (await host.client.get("/health")).json()
        host.open_gates()
        await proving
    assert health["available_versions"] == ["4.1.2"]
    assert [one["version"] for one in health["bb_hashes"]] == ["4.1.2"]
    assert (health["slots"], health["slots_busy"], health["queue_limit"]) == (2, 1, 8)
    assert [one["slots_busy"] for one in health["enclaves"]] == [0, 1]
    assert health["enclaves"][1]["requests"] >= 1
    assert health["runtime"]["tee_mode"] == "standard"


async def test_the_host_logs_an_enclaves_state_once(tmp_path: Path) -> None:
    log = io.StringIO()
    fleet = small_proxy(VhostSocket(tmp_path / "none"), log_to=log).fleet
    for _ in range(3):
        await fleet.poll()
        await asyncio.sleep(PATIENT.freshness)
    (line,) = [json.loads(one) for one in log.getvalue().splitlines()]
    assert (line["event"], line["name"], line["state"]) == ("enclave", "none", "unreachable")


async def test_the_number_of_known_jobs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "MAX_KNOWN_JOBS", 3)
    enclaves = [Enclave(VhostSocket(Path(f"/nowhere/{number}")), 5000, QUICK) for number in range(2)]
    jobs = routing.JobLocations(Fleet(enclaves, QUICK, json_logger(io.StringIO())))
    for number in range(5):
        jobs.remember(f"{number:032x}", enclaves[number % 2])
    assert await jobs.find(f"{4:032x}") is enclaves[0]
    assert await jobs.find(f"{3:032x}") is enclaves[1]
    with raises(JOB_UNREACHABLE):
        await jobs.find(f"{0:032x}")


async def test_a_message_for_no_enclave_is_refused(tmp_path: Path) -> None:
    async with host_of_two(tmp_path) as host:
        with raises(DECRYPTION_FAILED):
            await host.proxy.fleet.for_recipients([bytes(20)])
        await host.kill(1)
        await asyncio.sleep(PATIENT.freshness)
        with raises(KEY_UNREACHABLE):
            await host.proxy.fleet.for_recipients([bytes(19) + b"1"])
