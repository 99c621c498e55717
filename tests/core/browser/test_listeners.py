"""The listeners on real sockets: start, stop, ports."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from support.browser_listener import HeldProver, approvals_in, listening
from support.errors import raises
from support.patience import PATIENCE
from support.proving_server import eventually
from support.raw_connection import raw_connection
from support.recorded_steps import development_deployment
from tee_rex.browser import listeners
from tee_rex.browser.approvals import ApprovalQuestion
from tee_rex.errors.catalogue.browser import PORT_TAKEN


async def test_programs_read_what_is_proved(tmp_path: Path) -> None:
    async with (
        listening(HeldProver(), approvals_in(tmp_path)) as running,
        httpx2.AsyncClient(base_url=running.url) as client,
    ):
        answer = await client.get("/health")
        details = answer.json()
    assert (details["status"], details["api_version"], details["schemes"]) == ("ok", 1, ["chonk"])
    assert details["available_versions"][0] == details["aztec_version"]
    assert "https_port" not in details
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_taken_port_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "_PORT_SECONDS", 0.3)
    async with listening(HeldProver(), approvals_in(tmp_path)) as running:
        second = listeners.Listeners(
            HeldProver(),
            approvals_in(tmp_path),
            running.listeners._installation,
            running.log,
            tls=None,
            http_port=running.listeners.http_port,
        )
        with raises(PORT_TAKEN):
            await second.serve(started=lambda: None)


async def test_a_port_that_becomes_free_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        waiting = asyncio.create_task(listeners._bound(other.getsockname()[1]))
        await asyncio.sleep(0.2)
        other.close()
        (await asyncio.wait_for(waiting, PATIENCE)).close()


async def test_stopping_ends_a_proof_with_an_answer(tmp_path: Path) -> None:
    prover = HeldProver()
    async with (
        listening(prover, approvals_in(tmp_path)) as running,
        httpx2.AsyncClient(base_url=running.url, timeout=60) as client,
    ):
        asking = asyncio.create_task(client.post("/prove", content=development_deployment()))
        await eventually(lambda: prover.waiting)
        running.task.cancel()
        answer = await asking
        assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")
        await asyncio.wait([running.task])
    assert prover.cancelled == 1


async def test_stopping_waits_for_no_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "_LAST_ANSWERS_SECONDS", 0.2)
    before = asyncio.all_tasks()
    async with (
        listening(HeldProver(), approvals_in(tmp_path)) as running,
        raw_connection(running.url) as (reader, writer),
    ):
        host = f"127.0.0.1:{running.listeners.http_port}"
        writer.write(f"POST /prove HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\n1".encode())
        await eventually(lambda: len(asyncio.all_tasks()) == len(before) + 3)
        running.task.cancel()
        with suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        await asyncio.wait([running.task])
    assert asyncio.all_tasks() == before


async def test_what_proves_nothing_at_the_moment_asks_nobody(tmp_path: Path) -> None:
    async def ask(_question: ApprovalQuestion) -> bool:
        raise AssertionError

    async with (
        listening(HeldProver(unavailable=True), approvals_in(tmp_path, ask)) as running,
        httpx2.AsyncClient(base_url=running.url) as client,
    ):
        for headers in ({}, {"Origin": "https://app.example"}):
            answer = await client.post("/prove", content=b"", headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")
        assert (await client.get("/health")).status_code == 200
