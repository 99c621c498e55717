"""A whole server on a real socket, with a fake backend: clients that disconnect, jobs, shutdown."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import signal
import tracemalloc

import httpx2
import pytest

from support.errors import raises
from support.patience import PATIENCE
from support.proving_server import (
    BINARY,
    JSON,
    PROVE_HEAD,
    GatedBackend,
    NothingToInstall,
    eventually,
    job_body,
    prove_json,
    serving,
    small_api,
)
from support.raw_connection import raw_connection
from support.recorded_steps import development_deployment
from tee_rex.errors.catalogue.http import LISTEN_FAILED
from tee_rex.web import bodies
from tee_rex.web.server import listening_socket
from tee_rex_server.assembly import serve_until_signalled
from tee_rex_server.http.routes import Api
from tee_rex_server.proving import jobs

pytestmark = pytest.mark.integration

STEPS = development_deployment()


def client_of(url: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=url, timeout=PATIENCE)


def prove_request(api: Api) -> bytes:
    body = prove_json(api.key.private.public_key, STEPS)
    return PROVE_HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize("where", ["in its slot", "in the queue"])
async def test_a_disconnecting_client_frees_its_slot(where: str) -> None:
    backend = GatedBackend()
    api = small_api(backend)
    async with serving(api) as url, raw_connection(url) as (_, stays), raw_connection(url) as (_, leaves):
        first, second = (leaves, stays) if where == "in its slot" else (stays, leaves)
        first.write(prove_request(api))
        await eventually(lambda: backend.proving)
        second.write(prove_request(api))
        await eventually(lambda: api.service.queued)
        leaves.close()
        await eventually(lambda: api.service.queued == 0)
        stays.close()
        await eventually(lambda: backend.proving == 0 and api.service.busy == 0)
        await api.service.drained()


async def test_a_client_that_disconnects_in_its_body_frees_its_reservation() -> None:
    api = small_api(GatedBackend())
    async with serving(api) as url, raw_connection(url) as (_, writer):
        writer.write(prove_request(api)[:100_000])
        await writer.drain()
        await eventually(lambda: api.service._admitted)
        writer.close()
        await asyncio.wait_for(api.service.drained(), PATIENCE)


@pytest.mark.parametrize("route", ["/prove", "/v1/proofs"])
async def test_nothing_of_a_request_stays_in_memory(route: str) -> None:
    """Not even until the next garbage collection."""
    api = small_api(GatedBackend())
    body = prove_json(api.key.private.public_key, b"\x91" + bytes(20_000_000))
    head = PROVE_HEAD.replace(b"/prove", route.encode()) + b"Content-Length: %d\r\n\r\n" % len(body)
    async with serving(api) as url, raw_connection(url) as (reader, writer):
        tracemalloc.start()
        gc.disable()
        try:
            for part in (head, body):
                writer.write(part)
                await writer.drain()
            answer = await asyncio.wait_for(reader.readuntil(b"}"), PATIENCE)
            assert b"HTTP/1.1 400" in answer
            assert tracemalloc.get_traced_memory()[0] < 5_000_000
        finally:
            gc.enable()
            tracemalloc.stop()


async def test_a_slow_body_is_answered_with_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.2)
    api = small_api(GatedBackend())
    async with serving(api) as url, raw_connection(url) as (reader, writer):
        writer.write(prove_request(api)[:1000])
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        assert head.startswith(b"HTTP/1.1 408")
        await asyncio.wait_for(api.service.drained(), PATIENCE)


@pytest.mark.parametrize("rest", [b"zz\r\n", b"5\r\nabc"], ids=["not hex", "cut"])
async def test_a_malformed_chunk_frees_the_reservation(rest: bytes) -> None:
    api = small_api(GatedBackend())
    async with serving(api) as url, raw_connection(url) as (_, writer):
        writer.write(PROVE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        await eventually(lambda: api.service._admitted)
        writer.write(rest)
        await writer.drain()
        writer.close()
        await asyncio.wait_for(api.service.drained(), PATIENCE)


async def test_events_follow_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.02)
    backend = GatedBackend()
    api = small_api(backend)
    message = job_body(api.key.private.public_key)
    events: list[tuple[str, dict[str, object]]] = []
    async with serving(api) as url, client_of(url) as client:
        accepted = await client.post("/v1/proofs", content=message, headers=BINARY)
        async with client.stream("GET", accepted.headers["Location"] + "/events") as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            async for line in stream.aiter_lines():
                kind, _, value = line.partition(": ")
                if kind == "event":
                    events.append((value, {}))
                elif kind == "data":
                    events[-1][1].update(json.loads(value))
                elif line.startswith(":"):
                    backend.gate.set()  # a heartbeat: nothing happens until then
    assert [name for name, _ in events if name != "circuit"] in (
        ["state", "done"],
        ["state", "state", "done"],
    )
    assert events[-1][1]["state"] == "done"


async def test_disconnecting_from_the_events_keeps_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = GatedBackend()
    api = small_api(backend)
    message = job_body(api.key.private.public_key)
    async with serving(api) as url, client_of(url) as client:
        accepted = await client.post("/v1/proofs", content=message, headers=BINARY)
        path = accepted.headers["Location"]
        async with client.stream("GET", path + "/events") as stream:
            await anext(stream.aiter_lines())
        await eventually(lambda: backend.proving)
        assert (await client.get(path)).json()["state"] == "proving"
        assert (await client.delete(path)).status_code == 204
        assert backend.proving == 0


async def test_after_a_signal_running_proofs_finish_and_results_can_be_fetched() -> None:
    backend = GatedBackend()
    api = small_api(backend)
    message = job_body(api.key.private.public_key)
    async with serving(api) as url, client_of(url) as client:
        job = (await client.post("/v1/proofs", content=message, headers=BINARY)).headers["Location"]
        await eventually(lambda: backend.proving)
        waiting = asyncio.create_task(
            client.post("/prove", content=prove_json(api.key.private.public_key, STEPS), headers=JSON)
        )
        await eventually(lambda: api.service.queued)
        signal.raise_signal(signal.SIGTERM)
        refused = await waiting
        assert (refused.status_code, refused.json()["code"]) == (503, "SHUTTING_DOWN")
        assert (await client.post("/prove", content=b"", headers=JSON)).status_code == 503
        assert (await client.get(job)).json()["state"] == "proving"
        backend.gate.set()
        await eventually(lambda: not api.service.busy)
        assert (await client.get(job)).json()["state"] == "done"
    assert backend.closed


@pytest.mark.parametrize(("grace", "signals"), [(0.05, 1), (600, 2)], ids=["grace over", "a second signal"])
async def test_a_proof_that_does_not_finish_in_time_has_an_error(grace: float, signals: int) -> None:
    backend = GatedBackend()
    log = io.StringIO()
    api = small_api(backend, log_to=log)
    async with serving(api, grace_seconds=grace) as url, client_of(url) as client:
        asking = asyncio.create_task(
            client.post("/prove", content=prove_json(api.key.private.public_key, STEPS), headers=JSON)
        )
        await eventually(lambda: backend.proving)
        for _ in range(signals):
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0.01)
        answer = await asyncio.wait_for(asking, PATIENCE)
        assert (answer.status_code, answer.json()["code"]) == (503, "SHUTTING_DOWN")
    assert (backend.proving, backend.closed) == (0, True)
    assert '"event": "aborting proofs"' in log.getvalue()


class BrokenInstallation(NothingToInstall):
    async def crs(self, *_arguments: object) -> None:  # type: ignore[override]
        raise LISTEN_FAILED(address="here", reason="stands for anything that cannot be prepared")


async def test_a_server_that_cannot_prepare_ends_with_the_reason() -> None:
    listener = listening_socket("127.0.0.1", 0)
    with raises(LISTEN_FAILED):
        await asyncio.wait_for(
            serve_until_signalled(small_api(GatedBackend()), listener, BrokenInstallation(), grace_seconds=5),
            PATIENCE,
        )


async def test_a_bug_in_a_background_task_ends_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: jobs.Jobs) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(jobs.Jobs, "sweep", broken)
    monkeypatch.setattr(jobs, "_SWEEP_SECONDS", 0)
    with pytest.raises(RuntimeError, match="a bug"):
        await asyncio.wait_for(
            serve_until_signalled(
                small_api(), listening_socket("127.0.0.1", 0), NothingToInstall(), grace_seconds=0
            ),
            30,
        )
