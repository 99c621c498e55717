"""Presto's interface over real sockets: every row of its table of errors, and their order."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from support.browser_listener import (
    HeldProver,
    Running,
    approvals_in,
    listening,
    some_result,
)
from support.errors import raises
from support.patience import PATIENCE
from support.proving_server import eventually
from support.raw_connection import raw_connection
from support.recorded_steps import V4, mock_transaction, wire, wire_of, wire_step
from support.scripted_server import SOME_PROOF
from support.small_bb import PINS, SmallSource
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand
from tee_rex.bb.user_store import UserBbStore
from tee_rex.browser import approvals as approving
from tee_rex.browser.approvals import ApprovalQuestion, Approvals
from tee_rex.browser.certificates import LEAF_LIFE, CertificateFolder, Certificates
from tee_rex.browser.origins import Origin
from tee_rex.browser.proving import MAX_IN_FLIGHT, MAX_IN_FLIGHT_OF_ORIGIN, MAX_OF_ORIGIN, DownloadBudget
from tee_rex.browser.routes import MAX_BODY_BYTES
from tee_rex.errors.catalogue.bb import BB_UNAVAILABLE_HERE
from tee_rex.errors.catalogue.browser import DOWNLOAD_BUDGET_EXHAUSTED, SERVICE_UNAVAILABLE
from tee_rex.errors.catalogue.proving import BB_REFUSED, PROOF_TIMED_OUT
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web import bodies

STEPS = wire_of(V4)
SITE = "https://dapp.example"
FROM_SITE = {"Origin": SITE}
CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "x-prove-duration-ms",
    "vary": "Origin",
    "cross-origin-resource-policy": "cross-origin",
}


@asynccontextmanager
async def served(
    folder: Path,
    prover: HeldProver | None = None,
    approvals: Approvals | None = None,
    installation: DownloadingInstallation | None = None,
    **options: Any,  # noqa: ANN401  # of listening
) -> AsyncIterator[tuple[Running, httpx2.AsyncClient]]:
    """A listener whose proofs are made of nothing, where SITE may prove, and a client."""
    async with (
        listening(
            prover or HeldProver(at_once=True),
            approvals or approvals_in(folder, None, SITE),
            installation,
            **options,
        ) as running,
        httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as client,
    ):
        yield running, client


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    """The status and code of an error, which is in the form that Presto's client reads."""
    assert answer.headers["content-type"].startswith("text/plain")
    assert CORS.items() <= dict(answer.headers).items()
    content = json.loads(answer.text)
    assert set(content) == {"error", "message"}
    return answer.status_code, content["error"]


async def exchange(running: Running, *parts: bytes) -> tuple[int, dict[str, str]]:
    """What comes back for raw bytes: status and JSON; the connection is closed afterwards."""
    async with raw_connection(running.url) as (reader, writer):
        for part in parts:
            writer.write(part)
            await writer.drain()
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await asyncio.wait_for(reader.readexactly(length), PATIENCE)
    return int(head.split()[1]), json.loads(body)


def head(running: Running, *lines: str, target: str = "POST /prove") -> bytes:
    """A request's head."""
    host = f"Host: 127.0.0.1:{running.listeners.http_port}"
    return "\r\n".join([f"{target} HTTP/1.1", host, *lines, "", ""]).encode()


# A proof.


async def test_a_proof_is_answered_as_presto_answers(tmp_path: Path) -> None:
    prover = HeldProver(at_once=True)
    async with served(tmp_path, prover) as (running, client):
        for headers in ({}, FROM_SITE, FROM_SITE | {"x-aztec-version": "4.1.2", "content-type": "x/y"}):
            answer = await client.post("/prove", content=STEPS, headers=headers)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-prove-duration-ms"] == "1234"
            assert CORS.items() <= dict(answer.headers).items()
            proof = base64.b64decode(answer.json()["proof"], validate=True)
            assert proof == SOME_PROOF.to_wire()
            assert int.from_bytes(proof[:4]) == (len(proof) - 4) // 32
        assert [details["origin"] for details in running.log.named("proof")] == ["a program", SITE, SITE]
    assert [origin for origin, _ in prover.asked] == [None, Origin.parse(SITE), Origin.parse(SITE)]


@pytest.mark.parametrize(
    ("version", "proved_as"),
    [("4.4.0", "4.4.0"), ("4.9.9", "4.9.9"), (None, "4.1.2")],
)
async def test_a_version_with_the_same_circuits_is_served(
    tmp_path: Path, version: str | None, proved_as: str
) -> None:
    prover = HeldProver(at_once=True)
    async with served(tmp_path, prover) as (_, client):
        headers = {} if version is None else {"x-aztec-version": version}
        assert (await client.post("/prove", content=STEPS, headers=headers)).status_code == 200
    assert [str(request.version) for _, request in prover.asked] == [proved_as]


# /health and CORS.


@pytest.mark.parametrize("origin", ["https://stranger.example", "null", "https://dapp.example/"])
async def test_strangers_learn_only_that_something_listens(tmp_path: Path, origin: str) -> None:
    async with served(tmp_path) as (_, client):
        answer = await client.get("/health", headers={"Origin": origin})
    assert answer.json() == {"status": "ok", "api_version": 1, "schemes": ["chonk"]}
    assert CORS.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("headers", [{}, FROM_SITE], ids=["a program", "an approved site"])
async def test_approved_sites_and_programs_learn_what_is_proved(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    for version in ("5.0.0", "4.4.0", "7.0.0"):
        bb = tmp_path / "genuine" / "bb" / version / "bb"
        bb.parent.mkdir(parents=True)
        bb.touch()
    installation = DownloadingInstallation(Paths(tmp_path, tmp_path), BbPins.shipped())
    async with served(tmp_path, installation=installation) as (_, client):
        details = (await client.get("/health", headers=headers)).json()
    assert details.pop("version")
    available = ["4.1.2", "4.4.0", "5.0.0"]
    assert details == {
        "status": "ok",
        "api_version": 1,
        "schemes": ["chonk"],
        "aztec_version": "4.1.2",
        "available_versions": available,
        "versions": [{"aztec_version": one, "bb_version": one} for one in available],
        "bb_available": False,
    }


@pytest.mark.parametrize("path", ["/health", "/prove", "/other"])
@pytest.mark.parametrize("origin", [SITE, "https://stranger.example", "null"])
async def test_every_preflight_is_allowed(tmp_path: Path, path: str, origin: str) -> None:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-aztec-version",
        "Access-Control-Request-Private-Network": "true",
    }
    async with served(tmp_path) as (_, client):
        answer = await client.options(path, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert CORS.items() <= dict(answer.headers).items()
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert answer.headers["access-control-allow-headers"] == "content-type, x-aztec-version"
    assert "access-control-allow-private-network" not in answer.headers


# The Host guard.


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{}", "localhost:{}", "LocalHost:{}", "localhost.:{}", "[::1]:{}"]
)
async def test_own_names_are_answered(tmp_path: Path, host: str) -> None:
    async with served(tmp_path) as (running, client):
        own = host.format(running.listeners.http_port)
        assert (await client.get("/health", headers={"Host": own})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example:{}",
        "127.0.0.1",
        "localhost",
        "localhost:1",
        "localhost:0{}",
        "localhost..:{}",
        "127.0.0.2:{}",
        "127.1:{}",
        "[::2]:{}",
        "::1:{}",
        "user@localhost:{}",
        "localhost:{}@x.example",
        "localhost:{} ",
        "localhost.x.example:{}",
        "",
    ],
)
@pytest.mark.parametrize("request_line", ["GET /health", "POST /prove", "OPTIONS /prove", "GET /other"])
async def test_other_names_are_refused_before_everything(
    tmp_path: Path, host: str, request_line: str
) -> None:
    async with served(tmp_path) as (running, _), raw_connection(running.url) as (reader, writer):
        name = host.format(running.listeners.http_port)
        lines = f"{request_line} HTTP/1.1\r\nHost: {name}\r\nOrigin: null\r\nContent-Length: 0\r\n"
        writer.write(f"{lines}Connection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), PATIENCE)
    if name.endswith(" "):  # white space around a value is none of it: RFC 9112, section 5
        assert b'"invalid_host"' not in answer
        return
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"content-type: application/json" in answer
    assert answer.endswith(b'{"error":"invalid_host"}')
    assert b"access-control" not in answer.lower()


async def test_an_old_request_without_a_host_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as (running, _):
        assert await exchange(running, b"GET /health HTTP/1.0\r\n\r\n") == (403, {"error": "invalid_host"})


# Errors, in the order of the table.


@pytest.mark.parametrize(
    "version", ["", ".4.1.2", "4.1.2.", "4..1", "4.1.2, 4.1.2", "4/1", "a" * 129, "4.1.2\u00e9", "latest!"]
)
async def test_a_malformed_version_is_400(tmp_path: Path, version: str) -> None:
    async with served(tmp_path) as (_, client):
        headers = FROM_SITE | {"x-aztec-version": version.encode()}
        answer = await client.post("/prove", content=STEPS, headers=headers)  # type: ignore[arg-type]
        assert refusal(answer) == (400, "invalid_version")


async def test_two_versions_are_400(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        headers = [("x-aztec-version", "4.1.2"), ("x-aztec-version", "4.4.0")]
        answer = await client.post("/prove", content=STEPS, headers=headers)
        assert refusal(answer) == (400, "invalid_version")


@pytest.mark.parametrize(
    "origin",
    ["null", "https://dapp.example/", "https://user@dapp.example", "https://dapp.example.", "file://", ""],
)
async def test_a_malformed_origin_is_400(tmp_path: Path, origin: str) -> None:
    async with served(tmp_path) as (_, client):
        answer = await client.post("/prove", content=STEPS, headers={"Origin": origin})
        assert refusal(answer) == (400, "invalid_origin")


async def test_two_origins_are_400(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        headers = [("Origin", SITE), ("Origin", SITE)]
        assert refusal(await client.post("/prove", content=STEPS, headers=headers)) == (400, "invalid_origin")


@pytest.mark.parametrize(
    "sent",
    [b"HELLO\r\n\r\n", b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000],
    ids=["SMTP", "TLS", "a huge head"],
)
async def test_what_is_no_request_is_400(tmp_path: Path, sent: bytes) -> None:
    async with served(tmp_path) as (running, _):
        status, content = await exchange(running, sent)
    assert (status, content["error"]) == (400, "invalid_request")


async def test_a_head_over_16_kib_is_400(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        answer = await client.get("/health", headers={"X": "y" * 17_000})
        assert refusal(answer) == (400, "invalid_request")


@pytest.mark.parametrize("version", ["3.0.0", "99.0.0", "latest", "v4.1.2", "4.1", "4.1.2_1"])
async def test_a_version_that_no_bb_is_known_for_is_403(tmp_path: Path, version: str) -> None:
    async with served(tmp_path) as (_, client):
        answer = await client.post("/prove", content=b"no steps", headers={"x-aztec-version": version})
        assert refusal(answer) == (403, "version_not_allowed")


async def test_a_system_without_bb_is_403(tmp_path: Path) -> None:
    prover = HeldProver()
    async with served(tmp_path, prover) as (_, client):
        asking = asyncio.create_task(client.post("/prove", content=STEPS))
        await eventually(lambda: prover.waiting)
        prover.waiting[0].set_exception(BB_UNAVAILABLE_HERE(system="Plan 9", machine="pdp11"))
        assert refusal(await asking) == (403, "version_not_allowed")


async def test_a_stranger_is_403(tmp_path: Path) -> None:
    async with served(tmp_path) as (running, client):
        answer = await client.post("/prove", content=STEPS, headers={"Origin": "https://stranger.example"})
        assert refusal(answer) == (403, "origin_denied")
        assert running.log.named("refused")[0]["origin"] == "https://stranger.example"


async def test_answers_of_the_user(tmp_path: Path) -> None:
    answers = [False, True]

    async def ask(_question: ApprovalQuestion) -> bool:
        return answers.pop(0)

    approvals = approvals_in(tmp_path, ask)
    async with served(tmp_path, approvals=approvals) as (_, client):
        answer = await client.post("/prove", content=STEPS, headers=FROM_SITE)
        assert refusal(answer) == (403, "origin_denied")
        answer = await client.post("/prove", content=STEPS, headers=FROM_SITE)
        assert refusal(answer) == (403, "authorization_cooldown")
        other = {"Origin": "https://other.example"}
        assert (await client.post("/prove", content=STEPS, headers=other)).status_code == 200
        site = approvals._store.read()[Origin.parse("https://other.example")]
        assert site.proofs == 1


async def never(_question: ApprovalQuestion) -> bool:
    await asyncio.sleep(3600)
    return True


async def test_a_question_that_nobody_answers_is_403(tmp_path: Path) -> None:
    approvals = approvals_in(tmp_path, never)
    approvals._answer_seconds = 0.05
    async with served(tmp_path, approvals=approvals) as (_, client):
        answer = await client.post("/prove", content=STEPS, headers=FROM_SITE)
        assert refusal(answer) == (403, "authorization_timeout")


async def test_a_question_that_is_withdrawn_is_403(tmp_path: Path) -> None:
    approvals = approvals_in(tmp_path, never)
    async with served(tmp_path, approvals=approvals) as (_, client):
        asking = asyncio.create_task(client.post("/prove", content=STEPS, headers=FROM_SITE))
        await eventually(lambda: approvals._pending)
        approvals.withdraw_questions()
        assert refusal(await asking) == (403, "authorization_cancelled")


async def test_a_body_that_does_not_arrive_is_408(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.2)
    async with served(tmp_path) as (running, _):
        status, content = await exchange(running, head(running, "Content-Length: 100"), b"x")
    assert (status, content["error"]) == (408, "body_read_timeout")


async def test_a_steady_body_gets_no_more_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 1.0)
    monkeypatch.setattr(bodies, "BODY_BYTES_PER_SECOND", 1)  # which servers give, and this listener does not
    async with served(tmp_path) as (running, _), raw_connection(running.url) as (reader, writer):
        writer.write(head(running, f"Content-Length: {1 << 20}"))
        answering = asyncio.create_task(reader.readuntil(b"\r\n"))
        while not answering.done():
            writer.write(bytes(1000))
            await asyncio.sleep(0.02)
        assert b" 408 " in answering.result()


@pytest.mark.parametrize(
    "lines",
    [
        [f"Content-Length: {MAX_BODY_BYTES + 1}"],
        ["Content-Length: " + "9" * 30],
        ["Content-Length: x"],
        ["Content-Length: -1"],
        ["Content-Length: +5"],
        ["Content-Length: 0x5"],
        ["Content-Length: 5, 6"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
    ],
)
async def test_a_length_that_is_too_large_or_in_doubt_is_413(tmp_path: Path, lines: list[str]) -> None:
    prover = HeldProver(at_once=True)
    async with served(tmp_path, prover) as (running, _):
        status, content = await exchange(running, head(running, *lines), b"5\r\nabcde\r\n0\r\n\r\n")
    assert (status, content["error"]) == (413, "payload_too_large")
    assert not prover.asked


async def test_a_body_that_grows_too_large_is_413(tmp_path: Path) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(51):
            yield bytes(1 << 20)

    async with served(tmp_path) as (_, client):
        answer = await client.post("/prove", content=parts())
        assert refusal(answer) == (413, "payload_too_large")


async def test_a_17th_request_of_a_site_is_429(tmp_path: Path) -> None:
    approvals = approvals_in(tmp_path, never)
    async with served(tmp_path, approvals=approvals) as (running, client):
        asking = [
            asyncio.create_task(exchange(running, head(running, f"Origin: {SITE}", "Content-Length: 1")))
            for _ in range(MAX_OF_ORIGIN)
        ]
        pending = Origin.parse(SITE)
        await eventually(lambda: pending in approvals._pending)
        await eventually(lambda: approvals._pending[pending].waiting == MAX_OF_ORIGIN)
        answer = await client.post("/prove", content=STEPS, headers=FROM_SITE)
        assert refusal(answer) == (429, "too_many_requests")
        approvals.withdraw_questions()
        assert {content["error"] for _, content in await asyncio.gather(*asking)} == {
            "authorization_cancelled"
        }


async def test_an_11th_site_that_asks_is_429(tmp_path: Path) -> None:
    approvals = approvals_in(tmp_path, never)
    async with served(tmp_path, approvals=approvals) as (running, client):
        asking = [
            asyncio.create_task(
                exchange(running, head(running, f"Origin: https://{one}.example", "Content-Length: 1"))
            )
            for one in range(approving.MAX_PENDING)
        ]
        await eventually(lambda: len(approvals._pending) == approving.MAX_PENDING)
        answer = await client.post("/prove", content=STEPS, headers=FROM_SITE)
        assert refusal(answer) == (429, "too_many_requests")
        approvals.withdraw_questions()
        await asyncio.gather(*asking)


async def test_a_9th_request_in_flight_is_429(tmp_path: Path) -> None:
    prover = HeldProver()
    async with served(tmp_path, prover) as (_, client):
        asking = [asyncio.create_task(client.post("/prove", content=STEPS)) for _ in range(MAX_IN_FLIGHT)]
        await eventually(lambda: prover.waiting)
        await asyncio.sleep(0.2)
        assert len(prover.asked) == 1  # one proof at a time
        assert refusal(await client.post("/prove", content=STEPS)) == (429, "prove_queue_full")
        assert (await client.get("/health")).status_code == 200
        for done in range(MAX_IN_FLIGHT):
            await eventually(lambda: len(prover.waiting) > done)  # noqa: B023  # awaited at once
            prover.waiting[done].set_result(some_result(prover.asked[done][1]))
        assert {answer.status_code for answer in await asyncio.gather(*asking)} == {200}
        asking.append(asyncio.create_task(client.post("/prove", content=STEPS)))
        await eventually(lambda: len(prover.waiting) > MAX_IN_FLIGHT)
        prover.waiting[-1].set_result(some_result(prover.asked[-1][1]))
        assert (await asking[-1]).status_code == 200


async def test_stalled_uploads_of_a_site_do_not_keep_out_another(tmp_path: Path) -> None:
    other = "https://other.example"
    async with served(tmp_path, approvals=approvals_in(tmp_path, None, SITE, other)) as (running, client):
        stalled = head(running, f"Origin: {SITE}", f"Content-Length: {len(STEPS)}")
        uploads = [asyncio.create_task(exchange(running, stalled)) for _ in range(MAX_IN_FLIGHT)]
        refused = MAX_IN_FLIGHT - MAX_IN_FLIGHT_OF_ORIGIN
        await eventually(lambda: len(running.log.named("refused")) == refused)
        assert {one["code"] for one in running.log.named("refused")} == {"ORIGIN_QUEUE_FULL"}
        answer = await client.post("/prove", content=STEPS, headers=FROM_SITE)
        assert refusal(answer) == (429, "origin_queue_full")
        assert (await client.post("/prove", content=STEPS, headers={"Origin": other})).status_code == 200
        for upload in uploads:
            upload.cancel()
        await asyncio.wait(uploads)
        status = 429
        async with asyncio.timeout(PATIENCE):
            while status == 429:  # until the connections that closed are noticed
                status = (await client.post("/prove", content=STEPS, headers=FROM_SITE)).status_code
        assert status == 200


def source_of(monkeypatch: pytest.MonkeyPatch, source: SmallSource) -> None:
    """Downloads come from ``source``."""
    monkeypatch.setattr(
        "tee_rex.bb.install.downloading_store",
        lambda paths, pins: UserBbStore(paths, pins, Platform.AMD64_LINUX, (source,)),
    )


async def test_downloads_are_counted_and_their_failure_is_500(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SmallSource(failure="no network")
    source_of(monkeypatch, source)
    installation = DownloadingInstallation(Paths(tmp_path, tmp_path), BbPins.shipped())
    sites = [f"https://{name}.example" for name in ("a", "b", "c")]
    async with served(
        tmp_path, approvals=approvals_in(tmp_path, None, *sites), installation=installation
    ) as (
        running,
        client,
    ):

        async def asked_by(site: str) -> tuple[int, str]:
            return refusal(await client.post("/prove", content=STEPS, headers={"Origin": site}))

        failed, exhausted = (500, "download_failed"), (429, "download_budget_exhausted")
        assert [await asked_by(sites[0]) for _ in range(4)] == [failed] * 3 + [exhausted]
        assert [await asked_by(sites[1]) for _ in range(4)] == [failed] * 3 + [exhausted]
        assert await asked_by(sites[2]) == exhausted  # six in all
        assert refusal(await client.post("/prove", content=STEPS)) == exhausted
        reasons = [details["reason"] for details in running.log.named("proof failed")]
    assert source.asked == len(reasons) == 6
    assert all("no network" in str(reason) for reason in reasons)


async def test_requests_for_one_missing_version_wait_for_one_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SmallSource(pause=asyncio.Event())
    source_of(monkeypatch, source)

    async def startable(
        paths: Paths, pins: BbPins, version: AztecVersion, *_: object, **__: object
    ) -> BbCommand:
        store = UserBbStore(paths, pins, Platform.AMD64_LINUX, (source,))
        return BbCommand(await store.install(version))

    monkeypatch.setattr("tee_rex.local.downloading.ensure_bb", startable)
    installation = DownloadingInstallation(Paths(tmp_path, tmp_path), PINS)
    prover = HeldProver(at_once=True)
    async with served(tmp_path, prover, installation=installation) as (running, client):
        asking = [asyncio.create_task(client.post("/prove", content=STEPS)) for _ in range(5)]
        await source.started.wait()
        assert not prover.asked
        assert source.pause is not None
        source.pause.set()
        assert {answer.status_code for answer in await asyncio.gather(*asking)} == {200}
        assert (await client.get("/health")).json()["bb_available"] is True
    assert source.asked == 1
    assert len(running.log.named("downloading bb")) == 1


async def test_a_client_that_leaves_ends_its_download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SmallSource(pause=asyncio.Event())
    source_of(monkeypatch, source)
    installation = DownloadingInstallation(Paths(tmp_path, tmp_path), PINS)
    async with served(tmp_path, installation=installation) as (running, client):
        asking = asyncio.create_task(client.post("/prove", content=STEPS))
        await source.started.wait()
        asking.cancel()
        await eventually(lambda: not [*tmp_path.rglob("bb.tar.gz")])
        await eventually(lambda: running.log.named("request"))
    assert not running.log.named("proof failed")


def test_the_budget_is_of_a_moving_window() -> None:
    times = [0.0, 100.0, 200.0, 599.0, 600.0]
    budget = DownloadBudget(lambda: times.pop(0))
    site, version = Origin.parse(SITE), AztecVersion(4, 1, 2)
    for _ in range(3):
        budget.spend(site, version)
    with raises(DOWNLOAD_BUDGET_EXHAUSTED):
        budget.spend(site, version)
    budget.spend(site, version)


@pytest.mark.parametrize(
    ("body", "version", "reason"),
    [
        (b"", None, "STEPS_EMPTY"),
        (b"no steps", None, "STEPS_MALFORMED"),
        (STEPS[:-1], None, "STEPS_MALFORMED"),
        (wire(wire_step(bytecode=bytes(50_000_001))), None, "STEPS_TOO_LARGE"),
        (STEPS, "5.0.0", "AZTEC_VERSION_MISMATCH"),
        (mock_transaction(), "4.1.2", "AZTEC_VERSION_MISMATCH"),
    ],
    ids=["empty", "malformed", "cut", "50 MB", "v4 as v5", "v5 as v4"],
)
async def test_steps_that_cannot_be_read_are_500(
    tmp_path: Path, body: bytes, version: str | None, reason: str
) -> None:
    async with served(tmp_path) as (running, client):
        headers = FROM_SITE | ({} if version is None else {"x-aztec-version": version})
        answer = await client.post("/prove", content=body, headers=headers)
        assert refusal(answer) == (500, "prove_failed")
        assert answer.json()["message"] == "No proof was made"
        assert [(one["code"], one["origin"]) for one in running.log.named("proof failed")] == [(reason, SITE)]


async def ended_with(client: httpx2.AsyncClient, prover: HeldProver, error: Exception) -> httpx2.Response:
    asking = asyncio.create_task(client.post("/prove", content=STEPS, headers=FROM_SITE))
    await eventually(lambda: prover.waiting)
    prover.waiting.pop().set_exception(error)
    return await asking


async def test_a_proof_that_fails_is_500_and_names_no_circuit(tmp_path: Path) -> None:
    prover = HeldProver()
    async with served(tmp_path, prover) as (running, client):
        failure = BB_REFUSED(activity="working on Token:transfer", diagnostics="a value of the witness")
        answer = await ended_with(client, prover, failure)
        assert refusal(answer) == (500, "prove_failed")
        assert "Token" not in answer.text
        logged = running.log.named("proof failed")
        assert (logged[0]["code"], "Token:transfer" in str(logged[0]["reason"])) == ("BB_REFUSED", True)
        assert "witness" not in repr(running.log.events)


async def test_a_bug_is_500_and_shows_nothing(tmp_path: Path) -> None:
    prover = HeldProver()
    async with served(tmp_path, prover) as (running, client):
        answer = await ended_with(client, prover, LookupError("MARKER-of-the-witness"))
        assert refusal(answer) == (500, "prove_failed")
        assert "MARKER" not in answer.text + repr(running.log.events)
        assert len(running.log.named("bug")) == 1


async def test_a_proof_that_takes_too_long_is_500(tmp_path: Path) -> None:
    prover = HeldProver()
    async with served(tmp_path, prover) as (running, client):
        answer = await ended_with(client, prover, PROOF_TIMED_OUT(seconds=300))
        assert refusal(answer) == (500, "prove_failed")
        assert running.log.named("proof failed")[0]["code"] == "PROOF_TIMED_OUT"


async def test_a_pause_is_503(tmp_path: Path) -> None:
    prover = HeldProver()
    async with served(tmp_path, prover) as (_, client):
        answer = await ended_with(client, prover, SERVICE_UNAVAILABLE())
        assert refusal(answer) == (503, "service_unavailable")


async def test_a_damaged_list_of_sites_is_503_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "sites.json").write_text("{")
    async with served(tmp_path) as (_, client):
        answer = await client.post("/prove", content=STEPS, headers={"Origin": "https://stranger.example"})
        assert refusal(answer) == (503, "service_unavailable")
        assert str(tmp_path) not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("POST", "/prove/ultra-honk", 404), ("GET", "/prove", 405), ("POST", "/health", 405)],
)
async def test_other_routes_are_refused_in_the_same_form(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    async with served(tmp_path) as (_, client):
        assert refusal(await client.request(method, path))[0] == status


# The order of checks.


async def test_checks_come_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.2)
    prover = HeldProver()
    stranger, known = "Origin: https://stranger.example", f"Origin: {SITE}"
    long, bad = f"Content-Length: {MAX_BODY_BYTES + 1}", "x-aztec-version: .."
    async with served(tmp_path, prover) as (running, client):

        async def code(*lines: str) -> str:
            return (await exchange(running, head(running, *lines)))[1]["error"]

        assert await code("Origin: null", long, bad) == "invalid_origin"
        assert await code(stranger, long, bad) == "origin_denied"
        assert await code(known, long, bad) == "payload_too_large"
        assert await code(known, "Content-Length: 1", bad) == "body_read_timeout"
        assert await code(known, "Content-Length: 0", bad) == "invalid_version"
        assert await code(known, "Content-Length: 0", "x-aztec-version: 99.0.0") == "version_not_allowed"
        assert await code(known, "Content-Length: 0", "x-aztec-version: 4.1.2") == "prove_failed"
        asking = [asyncio.create_task(client.post("/prove", content=STEPS)) for _ in range(MAX_IN_FLIGHT)]
        await eventually(lambda: prover.waiting)
        await eventually(lambda: len(running.log.named("request")) == 7)
        assert await code(known, long, bad) == "prove_queue_full"
        assert await code(stranger, long, bad) == "origin_denied"
        for task in asking:
            task.cancel()


# Clients that leave, and sites that are revoked.


async def test_a_client_that_leaves_ends_its_proof_and_the_next_one_begins(tmp_path: Path) -> None:
    prover = HeldProver()
    async with served(tmp_path, prover) as (_, client):
        first, second, third = (
            asyncio.create_task(client.post("/prove", content=STEPS, headers=headers))
            for headers in (FROM_SITE, FROM_SITE, {})
        )
        await eventually(lambda: prover.waiting)
        second.cancel()  # while it waits for its turn
        first.cancel()
        await eventually(lambda: len(prover.waiting) == 2)
        assert prover.cancelled == 1
        prover.waiting[1].set_result(some_result(prover.asked[1][1]))
        assert (await third).status_code == 200
        assert len(prover.asked) == 2


async def test_a_client_that_stops_sending_has_left(tmp_path: Path) -> None:
    prover = HeldProver()
    async with served(tmp_path, prover) as (running, _), raw_connection(running.url) as (reader, writer):
        writer.write(head(running, f"Content-Length: {len(STEPS)}") + STEPS)
        await eventually(lambda: prover.waiting)
        writer.write_eof()
        await eventually(lambda: prover.cancelled)
        assert await asyncio.wait_for(reader.read(), PATIENCE) == b""


async def test_revoking_a_site_ends_its_proofs(tmp_path: Path) -> None:
    prover = HeldProver()

    async def yes(_question: ApprovalQuestion) -> bool:
        return True

    approvals = approvals_in(tmp_path, yes)
    async with served(tmp_path, prover, approvals) as (_, client):
        asking = [
            asyncio.create_task(client.post("/prove", content=STEPS, headers=FROM_SITE)) for _ in range(3)
        ]
        await eventually(lambda: prover.waiting and len(approvals._holders) == 3)
        await approvals.revoke(Origin.parse(SITE))
        for answer in await asyncio.gather(*asking):
            assert refusal(answer) == (403, "origin_denied")
    assert (prover.cancelled, len(prover.asked)) == (1, 1)


async def test_a_mode_in_which_more_can_read_is_asked_about_again(tmp_path: Path) -> None:
    prover = HeldProver()
    questions: list[ApprovalQuestion] = []

    async def ask(question: ApprovalQuestion) -> bool:
        questions.append(question)
        return len(questions) == 1

    async with served(tmp_path, prover, approvals_in(tmp_path, ask)) as (_, client):
        first, second = (
            asyncio.create_task(client.post("/prove", content=STEPS, headers=FROM_SITE)) for _ in range(2)
        )
        await eventually(lambda: prover.waiting)
        prover.readers = ("https://prover.example",)  # the mode is changed while the second waits
        prover.waiting[0].set_result(some_result(prover.asked[0][1]))
        done, [waiting] = await asyncio.wait((first, second), return_when=asyncio.FIRST_COMPLETED)
        answers = [task.result() for task in done] + [await waiting]
        assert sorted(answer.status_code for answer in answers) == [200, 403]
    assert [(one.readers, one.asked_again) for one in questions] == [
        ((), False),
        (("https://prover.example",), True),
    ]
    assert len(prover.asked) == 1


# Both listeners.


@contextmanager
def tls(folder: Path) -> Iterator[tuple[ssl.SSLContext, ssl.SSLContext]]:
    """What a listener serves with, and what a client trusts."""
    certificates = CertificateFolder(folder / "https")
    certificates.write(Certificates.make(datetime.now(UTC)))
    yield certificates.server_context(), ssl.create_default_context(cafile=certificates.authority_file)


async def test_https_has_the_same_routes_and_its_own_port(tmp_path: Path) -> None:
    prover = HeldProver(at_once=True)
    with tls(tmp_path) as (server, client_side):
        async with (
            served(tmp_path, prover, tls=server) as (running, http),
            httpx2.AsyncClient(base_url=running.https_url, verify=client_side, timeout=PATIENCE) as https,
        ):
            port = running.listeners.https_port
            for client in (http, https):
                assert (await client.get("/health")).json()["https_port"] == port
                assert (await client.post("/prove", content=STEPS, headers=FROM_SITE)).status_code == 200
            other = {"Host": f"127.0.0.1:{running.listeners.http_port}"}
            assert (await https.get("/health", headers=other)).status_code == 403
            assert (await http.get("/health", headers={"Host": f"localhost:{port}"})).status_code == 403
    assert len(prover.asked) == 2


async def test_a_certificate_that_ended_while_it_listened_is_logged(tmp_path: Path) -> None:
    certificates = CertificateFolder(tmp_path / "https")
    certificates.write(Certificates.make(datetime.now(UTC) - LEAF_LIFE))
    trusting = ssl.create_default_context(cafile=certificates.authority_file)
    async with served(tmp_path, tls=certificates.server_context()) as (running, _):

        def greet() -> None:
            with (
                socket.create_connection(("127.0.0.1", running.listeners.https_port)) as plain,
                pytest.raises(ssl.SSLError, match="expired"),
            ):
                trusting.wrap_socket(plain, server_hostname="127.0.0.1")

        await asyncio.to_thread(greet)
        await eventually(lambda: running.log.named("not trusted"))


async def test_both_listeners_share_the_limits(tmp_path: Path) -> None:
    prover = HeldProver()
    with tls(tmp_path) as (server, client_side):
        async with (
            served(tmp_path, prover, tls=server) as (running, http),
            httpx2.AsyncClient(base_url=running.https_url, verify=client_side, timeout=PATIENCE) as https,
        ):
            asking = [
                asyncio.create_task(client.post("/prove", content=STEPS))
                for client in (http, https)
                for _ in range(MAX_IN_FLIGHT // 2)
            ]
            await eventually(lambda: prover.waiting)
            await asyncio.sleep(0.5)
            for client in (http, https):
                assert refusal(await client.post("/prove", content=STEPS)) == (429, "prove_queue_full")
            for task in asking:
                task.cancel()
