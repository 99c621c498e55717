"""The host's server in front of real servers behind vsock: everything passes, nothing stays, nobody waits."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest
from starlette.responses import JSONResponse

from support.enclave_stand_in import StandInEnclave, enclave_api, proxying, small_proxy, stand_in_enclave
from support.local_prover import deployment_request
from support.patience import PATIENCE
from support.proving_server import (
    BINARY,
    JSON,
    PROVE_HEAD,
    GatedBackend,
    eventually,
    job_body,
    json_body,
    prove_json,
    some_proof,
)
from support.recorded_steps import development_deployment
from tee_rex.openpgp import PublicKey, encrypt
from tee_rex.web import bodies
from tee_rex.web.clients import MAX_PER_CLIENT
from tee_rex.wire.protocol import StreamOpening, StreamPart
from tee_rex_server.http.routes import Api
from tee_rex_server.proxy.routes import ProxyApi

pytestmark = pytest.mark.integration

STEPS = development_deployment()


def key_of(enclave: StandInEnclave) -> PublicKey:
    return enclave.api.key.private.public_key


def prove_body(enclave: StandInEnclave) -> bytes:
    return prove_json(key_of(enclave), STEPS)


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[httpx2.AsyncClient]:
    limits = httpx2.Limits(max_connections=300)
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as client:
        yield client


async def raw(client: httpx2.AsyncClient, request: bytes) -> bytes:
    """The first bytes of what is answered."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port, limit=2**20)
    writer.write(request)
    answer = await asyncio.wait_for(reader.readuntil(b"}"), PATIENCE)
    writer.close()
    return answer


@asynccontextmanager
async def host_and_enclave(
    folder: Path, *backends: GatedBackend, **options: object
) -> AsyncIterator[tuple[StandInEnclave, ProxyApi, httpx2.AsyncClient]]:
    """One enclave and a host before it."""
    async with stand_in_enclave(folder / "one", enclave_api(*backends)) as enclave:
        proxy = small_proxy(enclave.address, **options)  # type: ignore[arg-type]
        async with proxying(proxy) as url, asking(url) as client:
            yield enclave, proxy, client


async def test_a_proof_is_forwarded_with_its_headers(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        answer = await client.post(
            "/prove",
            content=prove_body(enclave),
            headers=JSON
            | {"X-Aztec-Version": "4.1.2", "X-Request-Id": "mine", "Origin": "https://dapp.example"},
        )
    assert answer.status_code == 200
    assert answer.json()["proof"]
    assert answer.headers.get_list("X-Request-Id") == ["mine"]
    assert answer.headers.get_list("Access-Control-Allow-Origin") == ["*"]
    assert "x-upload-duration-ms" in answer.headers["Access-Control-Expose-Headers"].lower()
    assert answer.headers["x-prove-duration-ms"] == "6"
    assert int(answer.headers["x-decrypt-duration-ms"]) >= 0
    assert answer.headers["content-length"] == str(len(answer.content))


async def test_key_and_attestation_are_forwarded(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        key = (await client.get("/encryption-public-key")).json()["publicKey"]
        attested = (await client.get("/attestation", params={"nonce": "00ff"})).json()
        refused = await client.get("/attestation?nonce=zz")
    assert key == attested["publicKey"] == enclave.api.key.armored
    assert attested["mode"] == "standard"
    assert (refused.status_code, refused.json()["code"]) == (400, "NONCE_MALFORMED")


async def test_a_job_is_forwarded_with_its_status_events_and_deletion(tmp_path: Path) -> None:
    backend = GatedBackend()
    async with host_and_enclave(tmp_path, backend) as (enclave, _, client):
        accepted = await client.post("/v1/proofs", content=job_body(key_of(enclave)), headers=BINARY)
        job = accepted.headers["Location"]
        assert accepted.status_code == 202
        assert (await client.get(job)).json()["state"] in ("queued", "proving")
        names = []
        async with client.stream("GET", f"{job}/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["x-accel-buffering"] == "no"
            async for line in stream.aiter_lines():
                names += [line.removeprefix("event: ")] if line.startswith("event: ") else []
                if names:  # told while the proof still waits: nothing was held back
                    backend.gate.set()
        assert names[-1] == "done"
        done = (await client.get(job)).json()
        assert done["state"] == "done"
        assert (await client.delete(job)).status_code == 204
        assert (await client.get(job)).json()["code"] == "JOB_UNKNOWN"


async def test_chunked_and_json_jobs_are_forwarded(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        body = job_body(key_of(enclave))

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 1000):
                yield body[start : start + 1000]

        chunked = await client.post("/v1/proofs", content=pieces(), headers=BINARY)
        in_json = await client.post("/v1/proofs", content=json_body(body), headers=JSON)
    assert (chunked.status_code, in_json.status_code) == (202, 202)


async def test_refusals_of_host_and_enclave_have_one_format(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        stranger = enclave_api(GatedBackend())
        asked = {
            "of the host": await client.get("/nothing"),
            "another method": await client.delete("/prove"),
            "another type": await client.post("/prove", content=b"x", headers=BINARY),
            "for another key": await client.post(
                "/prove", content=prove_json(stranger.key.private.public_key, STEPS), headers=JSON
            ),
            "of the enclave": await client.post(
                "/prove", content=prove_json(key_of(enclave), STEPS[:-1]), headers=JSON
            ),
            "no message": await client.post("/prove", content=b'{"data": ""}', headers=JSON),
            "no JSON": await client.post("/prove", content=b"[" * 1000, headers=JSON),
            "no job": await client.get("/v1/proofs/" + "0" * 32),
            "no job id": await client.get("/v1/proofs/..%2f..%2fmetrics"),
        }
    codes = {name: (answer.status_code, answer.json()["code"]) for name, answer in asked.items()}
    assert codes == {
        "of the host": (404, "ROUTE_UNKNOWN"),
        "another method": (405, "METHOD_NOT_ALLOWED"),
        "another type": (415, "UNSUPPORTED_MEDIA_TYPE"),
        "for another key": (400, "DECRYPTION_FAILED"),
        "of the enclave": (400, "STEPS_MALFORMED"),
        "no message": (400, "DECRYPTION_FAILED"),
        "no JSON": (400, "BODY_MALFORMED"),
        "no job": (404, "JOB_UNKNOWN"),
        "no job id": (404, "ROUTE_UNKNOWN"),
    }
    for answer in asked.values():
        assert {"error", "requestId", "code", "title"} <= set(answer.json())
        assert answer.headers["X-Request-Id"] == answer.json()["requestId"]


async def test_the_control_port_is_not_forwarded(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        enclave.adapter.recording = True
        for path in ("/v1/inventory", "/v1/bb/" + "0" * 64, "/v1/crs/genuine/0"):
            for method in ("GET", "PUT"):
                assert (await client.request(method, path)).json()["code"] == "ROUTE_UNKNOWN"
        heard = bytes(enclave.adapter.heard)
    assert not any(path in heard for path in (b"inventory", b"/v1/bb", b"/v1/crs"))


async def test_the_host_reads_ciphertext_only(tmp_path: Path) -> None:
    """Every byte that passes it, and all that it logs."""
    log = io.StringIO()
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True), log_to=log) as (enclave, _, client):
        enclave.adapter.recording = True
        proved = await client.post("/prove", content=prove_body(enclave), headers=JSON)
        job = await client.post("/v1/proofs", content=job_body(key_of(enclave)), headers=BINARY)
        assert (proved.status_code, job.status_code) == (200, 202)
        await client.get(job.headers["Location"])
        heard = bytes(enclave.adapter.heard)
    assert len(heard) > 1.5 * len(STEPS)
    windows = [STEPS[start : start + 16] for start in range(0, len(STEPS) - 16, 9_973)]
    assert not any(window in heard for window in windows)
    assert job.json()["id"] not in log.getvalue()
    logged = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {"prove", "start_job"} <= {line["route"] for line in logged if line["event"] == "request"}


async def test_steps_in_parts_are_forwarded_to_the_enclave_that_has_the_job(tmp_path: Path) -> None:
    """All that the host reads of them is ciphertext, and what an enclave refuses is refused."""
    request = deployment_request()
    kinds = [*request.steps.kinds]
    opening = StreamOpening(str(request.version), None, request.setup, kinds, bytes(32))
    async with host_and_enclave(tmp_path, GatedBackend()) as (enclave, _, client):
        enclave.adapter.recording = True
        assert (await client.get("/health")).json()["features"] == ["stream"]
        content = bytes(encrypt(key_of(enclave), opening.to_bytes()))
        accepted = await client.post("/v1/proofs", content=content, headers=BINARY)
        assert accepted.status_code == 202
        job = accepted.headers["Location"]
        for number, step in enumerate(request.steps.steps):
            last = number == len(kinds) - 1
            part = StreamPart(bytes(32), number, kinds, [step.to_bytes()], last=last)
            content = bytes(encrypt(key_of(enclave), part.to_bytes()))
            answer = await client.post(f"{job}/steps", content=content, headers=BINARY)
            assert answer.status_code == 204
        (running,) = enclave.api.jobs._jobs.values()
        assert running.stream is not None
        assert running.stream.request.steps == request.steps
        again = await client.post(f"{job}/steps", content=content, headers=BINARY)
        assert (again.status_code, again.json()["code"]) == (400, "PART_REFUSED")
        unknown = await client.post(f"/v1/proofs/{'0' * 32}/steps", content=content, headers=BINARY)
        assert unknown.status_code == 404
        heard = bytes(enclave.adapter.heard)
    windows = [STEPS[start : start + 16] for start in range(0, len(STEPS) - 16, 9_973)]
    assert len(heard) > len(STEPS)
    assert not any(window in heard for window in windows)


async def test_memory_does_not_grow_with_bodies(tmp_path: Path) -> None:
    """The host holds pieces of a body, never the whole one."""
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, proxy, client):
        enclave.adapter.stall()  # the enclave takes nothing: all that the host would hold, it holds now
        begin = job_body(key_of(enclave))[:10_000]
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            yield begin
            while True:
                yield bytes(65536)
                sent += 65536

        tracemalloc.start()
        try:
            task = asyncio.create_task(client.post("/v1/proofs", content=endless(), headers=BINARY))
            await eventually(lambda: proxy.in_flight.count)
            await asyncio.sleep(0.5)
            gc.collect()
            assert sent < 8_000_000  # the kernel's buffers are full, and so the client waits
            assert tracemalloc.get_traced_memory()[0] < 4_000_000
        finally:
            tracemalloc.stop()
            task.cancel()
            await asyncio.wait([task])
            enclave.adapter.go_on()
        await eventually(lambda: proxy.in_flight.count == 0)


@pytest.mark.parametrize("route", ["/prove", "/v1/proofs"])
async def test_a_client_that_disconnects_in_its_body_frees_its_place(tmp_path: Path, route: str) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, proxy, client):
        body = prove_body(enclave)

        async def half() -> AsyncIterator[bytes]:
            yield body[: len(body) // 2]
            await asyncio.sleep(3600)

        task = asyncio.create_task(client.post(route, content=half(), headers=JSON))
        await eventually(lambda: enclave.api.service._admitted)
        task.cancel()
        await asyncio.wait([task])
        await eventually(lambda: enclave.api.service._admitted == 0)
        await eventually(lambda: proxy.in_flight.count == 0)


async def test_a_client_that_disconnects_frees_its_slot(tmp_path: Path) -> None:
    backend = GatedBackend()
    async with host_and_enclave(tmp_path, backend) as (enclave, proxy, client):
        task = asyncio.create_task(client.post("/prove", content=prove_body(enclave), headers=JSON))
        await eventually(lambda: backend.proving)
        task.cancel()
        await asyncio.wait([task])
        await eventually(lambda: backend.proving == 0)
        await eventually(lambda: proxy.in_flight.count == 0)


async def test_a_listener_that_disconnects_is_noticed(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend()) as (enclave, proxy, client):
        job = (await client.post("/v1/proofs", content=job_body(key_of(enclave)), headers=BINARY)).headers[
            "Location"
        ]
        async with client.stream("GET", f"{job}/events") as stream:
            await anext(stream.aiter_lines())
            assert proxy.in_flight.count == 1
        await eventually(lambda: proxy.in_flight.count == 0)
        assert (await client.delete(job)).status_code == 204


async def test_a_body_that_trickles_is_answered_with_408(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.3)
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, proxy, client):
        answer = await raw(client, PROVE_HEAD + b"Content-Length: 9000\r\n\r\n" + prove_body(enclave)[:2000])
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"BODY_READ_TIMEOUT" in answer
        await eventually(lambda: proxy.in_flight.count == 0 and enclave.api.service._admitted == 0)


async def test_a_body_with_both_a_length_and_chunks_is_not_smuggled(tmp_path: Path) -> None:
    """How requests are smuggled past proxies; here the enclave gets the one request that the host read."""
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        enclave.adapter.recording = True
        body = prove_body(enclave)
        both = PROVE_HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = await raw(client, both + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"\r\nconnection: close\r\n" in answer.lower()
        heard = bytes(enclave.adapter.heard)
        assert heard.count(b"POST /prove HTTP/1.1") == 1
        assert b"content-length: 5\r\n" not in heard.lower()


async def test_other_client_headers_do_not_reach_the_enclave(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        enclave.adapter.recording = True
        secrets = {"Cookie": "session=1", "Authorization": "Bearer 1", "X-Forwarded-For": "1.2.3.4"}
        answer = await client.get("/encryption-public-key", headers=secrets)
        head = await client.head("/encryption-public-key", headers=secrets)
        assert (answer.status_code, head.status_code, head.content) == (200, 200, b"")
        heard = bytes(enclave.adapter.heard).lower()
        assert b"cookie" not in heard
        assert b"authorization" not in heard
        assert b"1.2.3.4" not in heard
        assert b"x-forwarded-for: 127.0.0.1\r\n" in heard


async def test_a_declared_length_over_the_limit_is_refused(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        enclave.adapter.recording = True
        answer = await raw(client, PROVE_HEAD + b"Content-Length: 99999999\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"PAYLOAD_TOO_LARGE" in answer
        assert b"/prove" not in bytes(enclave.adapter.heard)


async def test_a_client_that_reads_slowly_gets_everything(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        address = client.base_url
        reader, writer = await asyncio.open_connection(address.host, address.port, limit=1024)
        body = prove_body(enclave)
        writer.write(
            b"POST /prove HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        )
        writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = bytearray()
        while piece := await reader.read(8000):
            answer += piece
            await asyncio.sleep(0.002)
        writer.close()
    head, _, content = bytes(answer).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(content)["proof"]
    assert len(content) > len(some_proof().to_wire())


def from_client(number: int) -> dict[str, str]:
    """What a proxy on loopback adds to a client's request."""
    return {"X-Forwarded-For": f"203.0.113.{number}"}


async def test_two_hundred_clients_at_once(tmp_path: Path) -> None:
    async with host_and_enclave(
        tmp_path, GatedBackend(is_open=True), trusted_proxies=(ip_network("127.0.0.1"),)
    ) as (enclave, proxy, client):
        routes = ("/health", "/attestation", "/encryption-public-key")
        answers = await asyncio.gather(
            *(client.get(routes[n % 3], headers=from_client(n)) for n in range(200))
        )
        assert [answer.status_code for answer in answers] == [200] * 200
        body = prove_body(enclave)
        # On connections of their own: idle ones may just be given up by the host when a request comes.
        async with asking(str(client.base_url)) as others:
            proofs = await asyncio.gather(
                *(others.post("/prove", content=body, headers=JSON | from_client(n)) for n in range(60))
            )
        statuses = [answer.status_code for answer in proofs]
        assert set(statuses) <= {200, 429}
        assert statuses.count(200) >= 5  # one slot and four places in the queue
        assert all(
            answer.json()["code"] == "QUEUE_FULL" and answer.headers["Retry-After"]
            for answer in proofs
            if answer.status_code == 429
        )
        await eventually(lambda: proxy.in_flight.count == 0)


async def test_one_clients_streams_leave_room_for_others(tmp_path: Path) -> None:
    backend = GatedBackend()
    async with host_and_enclave(tmp_path, backend, trusted_proxies=(ip_network("127.0.0.1"),)) as (
        enclave,
        proxy,
        client,
    ):
        accepted = await client.post("/v1/proofs", content=job_body(key_of(enclave)), headers=BINARY)
        job = accepted.headers["Location"]
        async with AsyncExitStack() as streams:
            statuses = [
                (
                    await streams.enter_async_context(client.stream("GET", f"{job}/events", headers=one))
                ).status_code
                for one in [from_client(7)] * 100
            ]
            assert statuses == [200] * MAX_PER_CLIENT + [429] * (100 - MAX_PER_CLIENT)
            assert proxy.in_flight.count == MAX_PER_CLIENT
            assert (await client.get(job, headers=from_client(8))).status_code == 200
            assert (await client.get("/encryption-public-key", headers=from_client(7))).status_code == 429


async def test_the_log_has_the_code_of_an_enclaves_refusal(tmp_path: Path) -> None:
    log = io.StringIO()
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True), log_to=log) as (enclave, _, client):
        answer = await client.post("/prove", content=prove_json(key_of(enclave), b"\x90"), headers=JSON)
    (line,) = [json.loads(one) for one in log.getvalue().splitlines() if '"route": "prove"' in one]
    assert (line["status"], line["code"]) == (400, answer.json()["code"]) == (400, "STEPS_EMPTY")


async def test_a_forged_host_does_not_change_what_is_forwarded(tmp_path: Path) -> None:
    async with host_and_enclave(tmp_path, GatedBackend(is_open=True)) as (enclave, _, client):
        enclave.adapter.recording = True
        answer = await raw(client, b"GET /encryption-public-key HTTP/1.1\r\nHost: a/metrics?\r\n\r\n")
        assert b"publicKey" in answer
        assert b"GET /encryption-public-key HTTP/1.1" in bytes(enclave.adapter.heard)


async def test_only_listed_headers_of_an_enclave_are_returned(tmp_path: Path) -> None:
    listed = {"Content-Type": "application/json", "Retry-After": "5", "x-prove-duration-ms": "1"}
    others = {"Set-Cookie": "a=1", "Strict-Transport-Security": "max-age=9", "Refresh": "0", "Vary": "*"}
    api = enclave_api(GatedBackend())
    key = api.key.armored

    async def public_key(_api: object, _request: object) -> JSONResponse:
        return JSONResponse({"publicKey": key}, headers=listed | others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Api, "public_key", public_key)
        async with (
            stand_in_enclave(tmp_path / "one", api) as enclave,
            proxying(small_proxy(enclave.address)) as url,
            asking(url) as client,
        ):
            answer = await client.get("/encryption-public-key")
    assert answer.json() == {"publicKey": key}
    assert {name: answer.headers.get(name) for name in listed} == listed
    assert not {name.lower() for name in others} & set(answer.headers)


async def test_requests_in_flight_are_bounded(tmp_path: Path) -> None:
    backend = GatedBackend()
    async with host_and_enclave(tmp_path, backend) as (enclave, proxy, client):
        proxy.in_flight._limit = 1
        first = asyncio.create_task(client.post("/prove", content=prove_body(enclave), headers=JSON))
        await eventually(lambda: backend.proving)
        second = await client.get("/encryption-public-key")
        assert (second.status_code, second.json()["code"]) == (429, "QUEUE_FULL")
        unknown = await client.get(f"/v1/proofs/{'ab' * 16}/events")  # each enclave may have to be asked
        assert (unknown.status_code, unknown.json()["code"]) == (429, "QUEUE_FULL")
        assert (await client.get("/healthz")).status_code == 200
        backend.gate.set()
        assert (await first).status_code == 200


class TestRateLimit:
    async def test_the_host_limits_each_client_and_a_full_queue_does_not_count(self, tmp_path: Path) -> None:
        log = io.StringIO()
        backend = GatedBackend()
        networks = (ip_network("127.0.0.0/8"),)
        async with host_and_enclave(
            tmp_path, backend, rate_limit="6/hour", trusted_proxies=networks, log_to=log
        ) as (enclave, _, client):
            body = prove_body(enclave)

            def prove(address: str) -> asyncio.Task[httpx2.Response]:
                headers = JSON | {"X-Forwarded-For": f"127.0.0.1, {address}"}
                return asyncio.create_task(client.post("/prove", content=body, headers=headers))

            admitted = [prove("203.0.113.7") for _ in range(5)]
            await eventually(lambda: enclave.api.service._admitted == 5)
            assert [(await prove("203.0.113.7")).json()["code"] for _ in range(3)] == ["QUEUE_FULL"] * 3
            backend.gate.set()
            assert [(await one).status_code for one in admitted] == [200] * 5
            assert (await prove("203.0.113.7")).status_code == 200
            refused = await prove("203.0.113.7")
            assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMITED")
            assert (await prove("203.0.113.8")).status_code == 200
        assert '"client": "203.0.113.7"' in log.getvalue()

    async def test_the_enclave_hears_who_asks_from_its_host(self, tmp_path: Path) -> None:
        log = io.StringIO()
        api = enclave_api(GatedBackend(is_open=True), log_to=log)
        async with stand_in_enclave(tmp_path / "one", api) as enclave:
            proxy = small_proxy(enclave.address)
            async with proxying(proxy) as url, asking(url) as client:
                headers = JSON | {"X-Forwarded-For": "198.51.100.9"}  # made up, as no proxy is trusted
                await client.post("/prove", content=prove_body(enclave), headers=headers)
        (line,) = [one for one in log.getvalue().splitlines() if '"route": "prove"' in one]
        assert json.loads(line)["client"] == "127.0.0.1"
