"""``POST /prove/ultra-honk`` over real sockets, by the real bb where there is something to prove."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx2
import pytest

from support.bb_command_line import BbCommandLine
from support.browser_listener import HeldProver, KeptLog, Running, approvals_in, listening
from support.local_prover import real_installation
from support.noir_circuits import V4, V5, body_of, gzipped, request_of, witness_of
from support.patience import PATIENCE
from support.processes import running_bbs
from support.proving_server import eventually
from support.recorded_steps import mock_transaction
from tee_rex.browser import ultra_honk
from tee_rex.browser.approvals import Approvals
from tee_rex.browser.origins import Origin
from tee_rex.browser.proving import MAX_IN_FLIGHT, MAX_IN_FLIGHT_OF_ORIGIN, PROOF_SECONDS
from tee_rex.browser.ultra_honk import MAX_CIRCUIT_BODY_BYTES, HeadlessCircuits, read_circuit
from tee_rex.errors import RefusedError, TeeRexError, UsageError
from tee_rex.errors.catalogue.browser import CIRCUIT_NOT_READ, ORIGIN_DENIED
from tee_rex.local.backend import LocalOptions
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.ultra_honk import (
    MAX_BYTECODE_BYTES,
    MAX_KEY_BYTES,
    MAX_WITNESS_BYTES,
    UltraHonkProver,
    UltraHonkRequest,
    UltraHonkResult,
    VerifierTarget,
)
from tee_rex.transaction.trusted_setup import TrustedSetup

PATH = "/prove/ultra-honk"
SITE = "https://dapp.example"
FROM_SITE = {"Origin": SITE}
VERSION = {"x-aztec-version": "5.0.0"}
SQUARE = request_of("square")
LONG = request_of("compressions")

real_bb = pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux")


# Reading.


def read(body: bytes) -> UltraHonkRequest | TeeRexError:
    untrusted = bytearray(body)
    outcome = read_circuit(untrusted, V5, TrustedSetup.DEVELOPMENT)
    assert untrusted == b""
    return outcome


def test_a_request_is_read() -> None:
    request = replace(SQUARE, verification_key=bytes(3))
    assert read(body_of(request)) == request
    assert read(body_of(SQUARE, vk=None, later=[1])) == SQUARE


def test_padding_may_be_missing() -> None:
    unpadded = base64.b64encode(SQUARE.witness).rstrip(b"=").decode()
    assert read(body_of(SQUARE, witness=unpadded)) == SQUARE


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_base64_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(ultra_honk, "_PIECE_CHARACTERS", 8)
    content = bytes(range(1, 13 + count))
    assert read(body_of(replace(SQUARE, witness=content))) == replace(SQUARE, witness=content)
    refusal = read(body_of(SQUARE, witness="AAAAAA==AAAAAAAA"))
    assert isinstance(refusal, RefusedError)
    assert refusal.code == "INVALID_REQUEST"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(mock_transaction(), id="steps"),
        pytest.param(body_of(SQUARE, bytecode=None), id="no bytecode"),
        pytest.param(body_of(SQUARE, witness=None), id="no witness"),
        pytest.param(body_of(SQUARE, verifier_target=None), id="no target"),
        pytest.param(body_of(SQUARE, witness=1), id="a number"),
        pytest.param(body_of(SQUARE, witness="A A="), id="a space"),
        pytest.param(body_of(SQUARE, witness="AAAAA"), id="no base64"),
        pytest.param(body_of(SQUARE, witness="-_=="), id="other base64"),
        pytest.param(body_of(SQUARE, witness="\u0661AAA"), id="no ASCII"),
        pytest.param(body_of(SQUARE, vk=""), id="empty key"),
        pytest.param(body_of(replace(SQUARE, verification_key=bytes(MAX_KEY_BYTES + 1))), id="long key"),
        pytest.param(body_of(replace(SQUARE, bytecode=bytes(MAX_BYTECODE_BYTES + 1))), id="long bytecode"),
        pytest.param(b'{"later":' + b"[" * 9999 + b"]" * 9999 + body_of(SQUARE)[1:], id="deep"),
    ],
)
def test_what_is_not_read(body: bytes) -> None:
    refusal = read(body)
    assert isinstance(refusal, RefusedError)
    assert (refusal.code, refusal.http_status) == ("INVALID_REQUEST", 400)
    assert (refusal.__traceback__, refusal.__context__) == (None, None)


@pytest.mark.parametrize("target", ["", "EVM", "evm; rm", "plonk"])
def test_another_target_is_not_read(target: str) -> None:
    refusal = read(body_of(SQUARE, verifier_target=target))
    assert isinstance(refusal, UsageError)
    assert (refusal.code, refusal.http_status) == ("INVALID_VERIFIER_TARGET", 400)
    assert (refusal.__traceback__, refusal.__context__) == (None, None)


# Over sockets.


def circuits(installation: DownloadingInstallation | None = None) -> HeadlessCircuits:
    prover = UltraHonkProver(installation or real_installation(), LocalOptions(2))
    return HeadlessCircuits(prover, PROOF_SECONDS, TrustedSetup.DEVELOPMENT)


@asynccontextmanager
async def served(
    folder: Path, prover: HeldProver | None = None, approvals: Approvals | None = None
) -> AsyncIterator[tuple[Running, httpx2.AsyncClient]]:
    """A listener where SITE may prove; transactions wait, circuits are proved by the real bb."""
    installation = real_installation()
    approvals = approvals or approvals_in(folder, None, SITE)
    async with (
        listening(
            prover or HeldProver(), approvals, installation, circuits=circuits(installation)
        ) as running,
        httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE, headers=VERSION) as client,
    ):
        yield running, client


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    """The status and code of an error, in the form that Presto's client reads."""
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.status_code, json.loads(answer.text)["error"]


def reasons(log: KeptLog) -> list[object]:
    """The codes of what failed, for this machine's owner."""
    return [details["code"] for details in log.named("proof failed")]


async def test_the_scheme_is_listed_where_it_is_served(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        for headers in (FROM_SITE, {"Origin": "https://stranger.example"}):
            assert (await client.get("/health", headers=headers)).json()["schemes"] == ["chonk", "ultra_honk"]
    async with (
        listening(HeldProver(), approvals_in(tmp_path)) as running,
        httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as client,
    ):
        assert (await client.get("/health")).json()["schemes"] == ["chonk"]
        assert (await client.post(PATH, content=body_of(SQUARE))).status_code == 404


@pytest.mark.integration
@real_bb
@pytest.mark.parametrize("version", [V4, V5], ids=str)
async def test_a_proof_is_answered_as_presto_answers(tmp_path: Path, version: object) -> None:
    request = request_of("square", VerifierTarget.NOIR_RECURSIVE_NO_ZK, V4 if version == V4 else V5)
    folder = tmp_path / "bb"
    folder.mkdir()
    written = (await BbCommandLine.of(request.version, folder)).prove(request)
    headers = FROM_SITE | {"x-aztec-version": str(version), "content-type": "application/json"}
    async with served(tmp_path) as (running, client):
        first = await client.post(PATH, content=body_of(request), headers=headers)
        with_key = body_of(replace(request, verification_key=written.key))
        second = await client.post(PATH, content=with_key, headers=headers)
    assert (first.status_code, second.status_code) == (200, 200), (first.text, second.text)
    assert first.headers["content-type"] == "application/json"
    assert first.headers["access-control-expose-headers"] == "x-prove-duration-ms"
    proof = {
        "proof": base64.b64encode(written.proof).decode(),
        "public_inputs": base64.b64encode(written.public_inputs).decode(),
        "crs": "development",
    }
    assert first.json() == proof | {"vk": base64.b64encode(written.key).decode()}
    assert second.json() == proof
    logged = running.log.named("circuit proof")
    assert [one["origin"] for one in logged] == [SITE, SITE]
    assert [int(answer.headers["x-prove-duration-ms"]) for answer in (first, second)] == [
        one["prove_ms"] for one in logged
    ]
    assert {(one["target"], one["setup"]) for one in logged} == {("noir-recursive-no-zk", "development")}


@pytest.mark.integration
@real_bb
@pytest.mark.parametrize(
    ("body", "said", "reason"),
    [
        pytest.param(
            body_of(request_of("square", witness=witness_of("square_plus_one"))),
            (500, "prove_failed"),
            "CIRCUIT_UNSATISFIED",
            id="unsatisfied",
        ),
        pytest.param(
            body_of(request_of("square", version=V4)),
            (500, "prove_failed"),
            "CIRCUIT_REFUSED",
            id="other bb's",
        ),
        pytest.param(
            body_of(request_of("square", VerifierTarget.STARKNET)),
            (500, "prove_failed"),
            "TARGET_UNAVAILABLE",
            id="starknet",
        ),
        pytest.param(
            body_of(request_of("square", witness=gzipped(b"")), later=1),
            (400, "invalid_request"),
            None,
            id="empty witness",
        ),
        pytest.param(
            body_of(request_of("square", witness=gzipped(bytes(300 << 20)))),
            (400, "invalid_request"),
            None,
            id="bomb",
        ),
        pytest.param(body_of(SQUARE)[:-1], (400, "invalid_request"), None, id="no JSON"),
        pytest.param(
            body_of(SQUARE, verifier_target="plonk"),
            (400, "invalid_verifier_target"),
            None,
            id="other target",
        ),
    ],
)
async def test_what_is_refused(
    tmp_path: Path, body: bytes, said: tuple[int, str], reason: str | None
) -> None:
    async with served(tmp_path) as (running, client):
        assert refusal(await client.post(PATH, content=body, headers=FROM_SITE)) == said
        assert reasons(running.log) == ([] if reason is None else [reason])
        logged = len(running.log.named("refused"))
        assert logged == (0 if reason else 1)
    assert running_bbs() == []


@pytest.mark.parametrize(
    ("version", "code"),
    [("4.9.9", "version_not_allowed"), ("9.0.0", "version_not_allowed"), ("4..1", "invalid_version")],
)
async def test_exactly_the_version_named_proves(tmp_path: Path, version: str, code: str) -> None:
    """Not one with the same protocol circuits, as for transactions."""
    async with served(tmp_path) as (_, client):
        answer = await client.post(PATH, content=body_of(SQUARE), headers={"x-aztec-version": version})
        assert refusal(answer)[1] == code


async def test_strangers_are_refused_before_their_body_is_read(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, client):
        answer = await client.post(PATH, content=b"", headers={"Origin": "https://stranger.example"})
        assert refusal(answer) == (403, "origin_denied")
        assert refusal(await client.post(PATH, content=b"", headers={"Origin": "null"})) == (
            400,
            "invalid_origin",
        )
        assert refusal(
            await client.post(PATH, content=bytes(MAX_CIRCUIT_BODY_BYTES + 1), headers=FROM_SITE)
        ) == (
            413,
            "payload_too_large",
        )


@dataclass
class ReadCircuits:
    """SiteCircuits that only keep what arrives."""

    setup: TrustedSetup = TrustedSetup.GENUINE
    arrived: list[UltraHonkRequest] = field(default_factory=list)

    async def prove(self, origin: Origin | None, request: UltraHonkRequest) -> UltraHonkResult:
        del origin
        self.arrived.append(request)
        raise CIRCUIT_NOT_READ(reason="only kept")


async def test_the_largest_circuit_that_is_allowed_arrives(tmp_path: Path) -> None:
    largest = replace(
        SQUARE,
        bytecode=bytes(MAX_BYTECODE_BYTES),
        witness=bytes(MAX_WITNESS_BYTES),
        verification_key=bytes(MAX_KEY_BYTES),
        version=V5,
        setup=TrustedSetup.GENUINE,
    )
    kept = ReadCircuits()
    async with (
        listening(HeldProver(), approvals_in(tmp_path), circuits=kept) as running,
        httpx2.AsyncClient(base_url=running.url, timeout=PATIENCE) as client,
    ):
        headers = {"x-aztec-version": str(V5)}
        answer = await client.post(PATH, content=body_of(largest), headers=headers)
        assert refusal(answer) == (400, "invalid_request")
    assert kept.arrived == [largest]


@asynccontextmanager
async def waiting_circuits(client: httpx2.AsyncClient, count: int, origin: str) -> AsyncIterator[None]:
    """So many requests; their clients leave after the block."""
    asking = [
        asyncio.create_task(client.post(PATH, content=body_of(SQUARE), headers={"Origin": origin}))
        for _ in range(count)
    ]
    yield
    for task in asking:
        task.cancel()
    await asyncio.wait(asking)


async def _refused(running: Running) -> set[object]:
    """The codes of what was refused, once anything was."""
    await eventually(lambda: running.log.named("refused"))
    codes = {one["code"] for one in running.log.named("refused")}
    running.log.events.clear()
    return codes


@pytest.mark.integration
@real_bb
async def test_a_website_has_four_in_flight(tmp_path: Path) -> None:
    """They wait behind a transaction that is proved."""
    prover, others = HeldProver(), ("https://one.example", "https://other.example")
    async with served(tmp_path, prover, approvals_in(tmp_path, None, SITE, *others)) as (running, client):
        transaction = asyncio.create_task(client.post("/prove", content=mock_transaction()))
        await eventually(lambda: prover.waiting)
        async with waiting_circuits(client, MAX_IN_FLIGHT_OF_ORIGIN + 1, SITE):
            assert await _refused(running) == {"ORIGIN_QUEUE_FULL"}
        assert MAX_IN_FLIGHT == 2 * MAX_IN_FLIGHT_OF_ORIGIN
        async with (
            waiting_circuits(client, MAX_IN_FLIGHT_OF_ORIGIN, others[0]),
            waiting_circuits(client, MAX_IN_FLIGHT_OF_ORIGIN, others[1]),
        ):
            assert await _refused(running) == {"PROVE_QUEUE_FULL"}
        transaction.cancel()
        await asyncio.wait([transaction])
        status = 0
        async with asyncio.timeout(PATIENCE):
            while status != 200:  # those before leave one after another
                status = (await client.post(PATH, content=body_of(SQUARE), headers=FROM_SITE)).status_code


@pytest.mark.integration
@real_bb
async def test_circuits_stay_on_this_machine_in_every_mode(tmp_path: Path) -> None:
    """So a website that was approved while nobody else could read is not asked about again."""
    asked: list[tuple[str, ...]] = []

    async def ask(question: object) -> bool:
        asked.append(question.readers)  # type: ignore[attr-defined]
        return True

    prover = HeldProver(readers=("https://prover.example",), at_once=True)
    approvals = approvals_in(tmp_path, ask)
    async with served(tmp_path, prover, approvals) as (_, client):
        assert (await client.post(PATH, content=body_of(SQUARE), headers=FROM_SITE)).status_code == 200
        assert asked == [()]
        assert (await client.post(PATH, content=body_of(SQUARE), headers=FROM_SITE)).status_code == 200
        assert asked == [()]
        answer = await client.post("/prove", content=mock_transaction(), headers=FROM_SITE)
        assert answer.status_code == 200
    assert asked == [(), ("https://prover.example",)]


async def _proving(running: Running) -> int:
    """The bb of a proof that is being made."""
    await eventually(running_bbs)
    await asyncio.sleep(0.3)
    (pid,) = running_bbs()
    assert running.log.named("circuit proof") == []
    return pid


@pytest.mark.integration
@real_bb
async def test_a_client_that_leaves_ends_bb(tmp_path: Path) -> None:
    async with served(tmp_path) as (running, client):
        asking = asyncio.create_task(client.post(PATH, content=body_of(LONG)))
        await _proving(running)
        asking.cancel()
        await eventually(lambda: running_bbs() == [])


@pytest.mark.integration
@real_bb
async def test_revoking_ends_bb(tmp_path: Path) -> None:
    async def ask(_question: object) -> bool:
        return True

    approvals = approvals_in(tmp_path, ask)
    async with served(tmp_path, approvals=approvals) as (running, client):
        asking = asyncio.create_task(client.post(PATH, content=body_of(LONG), headers=FROM_SITE))
        await _proving(running)
        await approvals.revoke(Origin.parse(SITE))
        assert refusal(await asking) == (403, ORIGIN_DENIED.code.lower())
        assert running_bbs() == []


@pytest.mark.integration
@real_bb
async def test_stopping_ends_bb(tmp_path: Path) -> None:
    async with served(tmp_path) as (running, client):
        asking = asyncio.create_task(client.post(PATH, content=body_of(LONG)))
        await _proving(running)
        running.task.cancel()
        assert refusal(await asking) == (503, "service_unavailable")
        assert running_bbs() == []
