"""Every route and every refusal, in this process without a socket."""

from __future__ import annotations

import asyncio
import base64
import errno
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network

import httpx2
import msgspec
import pytest

from support.errors import some_error
from support.proving_server import (
    BINARY,
    JSON,
    LIMITS,
    SOME_BB,
    GatedBackend,
    eventually,
    job_body,
    json_body,
    payload,
    prove_json,
    settle,
    small_api,
    some_proof,
)
from support.recorded_steps import (
    development_deployment,
    genuine_deployment,
    mock_transaction,
    wire,
    wire_step,
)
from tee_rex.errors import TeeRexError, UnusableEnvironmentError, message
from tee_rex.errors.catalogue.proving import BB_KILLED, BB_REFUSED
from tee_rex.openpgp import PublicKey, encrypt
from tee_rex.system.child_process import exit_reason
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.clients import ClientAddresses
from tee_rex.wire.protocol import MAX_JSON_BODY_BYTES, TeeMode
from tee_rex_server.http import routes
from tee_rex_server.http.limits import RateLimit
from tee_rex_server.http.routes import MAX_UPLOAD_BYTES_PER_CLIENT, Api
from tee_rex_server.settings import parse_rate_limit
from tee_rex_server.tee.providers import TeeProvider

STEPS = development_deployment()
JOB = "0123456789abcdef" * 2


@asynccontextmanager
async def connecting_to(api: Api, client: str = "203.0.113.7") -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(api.app(), client=(client, 50000))
    api.ready.set()
    try:
        async with httpx2.AsyncClient(transport=transport, base_url="http://server") as http:
            yield http
    finally:
        await api.jobs.close()
        api.decoder.close()


@pytest.fixture
def api() -> Api:
    """A server whose proofs never end."""
    return small_api(GatedBackend())


@pytest.fixture
async def http(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    async with connecting_to(api) as client:
        yield client


def proving_body(api: Api, steps: bytes = STEPS) -> bytes:
    return prove_json(api.key.private.public_key, steps)


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code, after checking the form that all errors share."""
    body = answer.json()
    assert set(body) <= {"error", "requestId", "code", "title", "hint"}
    assert body["error"]
    assert body["requestId"] == answer.headers["X-Request-Id"]
    assert "Traceback" not in answer.text
    return answer.status_code, body["code"]


async def test_a_proof_has_the_answer_of_the_original_system() -> None:
    api = small_api(GatedBackend(is_open=True))
    async with connecting_to(api) as http:
        answer = await http.post(
            "/prove",
            content=proving_body(api),
            headers=JSON
            | {"X-Aztec-Version": "4.1.2", "X-Request-Id": "mine-1", "Origin": "https://dapp.example"},
        )
    assert answer.status_code == 200
    assert answer.json() == {"proof": base64.b64encode(some_proof().to_wire()).decode()}
    assert answer.headers["X-Request-Id"] == "mine-1"
    assert answer.headers["x-prove-duration-ms"] == "6"
    assert int(answer.headers["x-decrypt-duration-ms"]) >= 0
    assert answer.headers["x-bb-version"] == "4.1.2"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = answer.headers["Access-Control-Expose-Headers"].lower()
    assert all(name in exposed for name in ("x-request-id", "x-prove-duration-ms", "x-decrypt-duration-ms"))


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/plain"}, JSON])
async def test_the_originals_client_is_served(headers: dict[str, str]) -> None:
    """It names the release candidate that it was built with; other clients of it set no content type."""
    api = small_api(GatedBackend(is_open=True))
    async with connecting_to(api) as http:
        sent = headers | {"X-Aztec-Version": "4.1.2-rc.1"}
        answer = await http.post("/prove", content=proving_body(api), headers=sent)
        other = await http.post(
            "/prove", content=proving_body(api), headers=headers | {"X-Aztec-Version": "5.0.0"}
        )
    assert (answer.status_code, answer.headers["x-bb-version"]) == (200, "4.1.2")
    assert refusal(other) == (400, "AZTEC_VERSION_MISMATCH")
    assert "circuits of Aztec v4, not those of 5.0.0" in other.json()["error"]
    assert "--" not in other.json()["hint"]


async def test_a_client_may_upload_only_so_much_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    api = small_api(GatedBackend(), limits=replace(LIMITS, queue=16))
    going_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await going_on.wait()

    large = JSON | {"Content-Length": str(MAX_UPLOAD_BYTES_PER_CLIENT // 4 + 1)}
    small = JSON | {"Content-Length": "1"}
    async with connecting_to(api) as http, connecting_to(api, "203.0.113.8") as other:
        uploads = [
            asyncio.create_task(http.post("/prove", content=slow(), headers=headers))
            for headers in (*[large] * 3, small)
        ]
        await eventually(lambda: api.service._admitted == 4)
        waiting = asyncio.create_task(http.post("/prove", content=b"{", headers=small))
        await settle()
        assert api.service._admitted == 4
        assert refusal(await other.post("/prove", content=b"{", headers=JSON))[0] == 400
        monkeypatch.setattr(routes, "UPLOAD_TURN_SECONDS", 0.05)
        assert refusal(await http.post("/prove", content=b"{", headers=small)) == (429, "QUEUE_FULL")
        assert not waiting.done()
        going_on.set()
        assert {refusal(await upload)[0] for upload in (*uploads, waiting)} == {400}


async def test_browsers_may_send_preflight_requests(http: httpx2.AsyncClient) -> None:
    answer = await http.options(
        "/prove",
        headers={
            "Origin": "https://dapp.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,x-aztec-version",
        },
    )
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert answer.headers["Access-Control-Allow-Headers"] == "*"


async def test_health_and_keys() -> None:
    api = small_api(GatedBackend(), GatedBackend())
    async with connecting_to(api) as http:
        assert (await http.get("/healthz")).text == "ok"
        health = (await http.get("/health")).json()
        key = (await http.get("/encryption-public-key")).json()
        attestation = (await http.get("/attestation", params={"nonce": "00ff"})).json()
    assert (health["status"], health["api_version"], health["available_versions"]) == ("ok", 1, ["4.1.2"])
    assert set(health["runtime"]) == {
        *("hardware_concurrency", "available_parallelism", "cpu_count", "tee_mode", "node_env", "crs_path")
    }
    assert (health["runtime"]["hardware_concurrency"], health["runtime"]["node_env"]) == ("1", "unset")
    assert (health["slots"], health["slots_busy"], health["ready"], health["accepting"]) == (2, 0, True, True)
    parsed = PublicKey.parse_armored(key["publicKey"], at=datetime.now(UTC))
    assert parsed.fingerprint == api.key.fingerprint
    assert attestation == {"mode": "standard", "publicKey": key["publicKey"]}


class EchoTee(TeeProvider):
    """Attests by repeating what it is given."""

    mode: TeeMode = "nitro"

    async def attest(self, *, public_key: bytes, user_data: bytes | None, nonce: bytes | None) -> bytes:
        return b"|".join((public_key, user_data or b"", nonce or b"none"))


@pytest.mark.parametrize(("query", "nonce"), [({}, b"none"), ({"nonce": "ab" * 64}, b"\xab" * 64)])
async def test_an_attestation_binds_the_key_the_provers_and_the_nonce(
    query: dict[str, str], nonce: bytes
) -> None:
    api = small_api(GatedBackend(), tee=EchoTee())
    async with connecting_to(api) as http:
        answer = (await http.get("/attestation", params=query)).json()
    assert (answer["mode"], answer["publicKey"]) == ("nitro", api.key.armored)
    key, provers, attested_nonce = base64.b64decode(answer["attestationDocument"]).split(b"|")
    assert (key, attested_nonce) == (api.key.armored.encode(), nonce)
    assert [one["version"] for one in json.loads(provers)["versions"]] == ["4.1.2"]


@pytest.mark.parametrize(
    "query", ["nonce=", "nonce=0", "nonce=0g", "nonce=" + "00" * 65, "nonce=00&nonce=00"]
)
async def test_a_malformed_nonce_is_refused(query: str, http: httpx2.AsyncClient) -> None:
    assert refusal(await http.get(f"/attestation?{query}")) == (400, "NONCE_MALFORMED")


async def test_a_request_for_the_key_waits_until_the_server_is_ready(
    api: Api, http: httpx2.AsyncClient
) -> None:
    api.ready.clear()
    waiting = asyncio.create_task(http.get("/attestation"))
    await settle()
    assert not waiting.done()
    api.ready.set()
    assert (await waiting).status_code == 200


async def test_attestation_is_refused_until_the_server_is_ready(
    api: Api, http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "READY_SECONDS", 0.05)
    api.ready.clear()
    answer = await http.get("/attestation")
    assert refusal(answer) == (503, "NOT_READY")
    assert int(answer.headers["Retry-After"]) > 0
    assert (await http.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nothing", (404, "ROUTE_UNKNOWN")),
        ("GET", "/prove/", (404, "ROUTE_UNKNOWN")),
        ("GET", "/v1/proofs/../../etc/passwd", (404, "ROUTE_UNKNOWN")),
        ("GET", "/prove", (405, "METHOD_NOT_ALLOWED")),
        ("PUT", f"/v1/proofs/{JOB}", (405, "METHOD_NOT_ALLOWED")),
        ("GET", f"/v1/proofs/{JOB}", (404, "JOB_UNKNOWN")),
        ("GET", f"/v1/proofs/{JOB}/events", (404, "JOB_UNKNOWN")),
        ("GET", f"/v1/proofs/{JOB.upper()}", (404, "JOB_UNKNOWN")),
        ("DELETE", "/v1/proofs/1", (404, "JOB_UNKNOWN")),
    ],
)
async def test_unknown_routes_methods_and_jobs(
    method: str, path: str, expected: tuple[int, str], http: httpx2.AsyncClient
) -> None:
    answer = await http.request(method, path)
    assert refusal(answer) == expected
    if expected[0] == 405:
        assert set(answer.headers["Allow"].split(", ")) in ({"POST"}, {"GET", "HEAD", "DELETE"})


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        pytest.param(JSON, b"{", (400, "BODY_MALFORMED"), id="cut JSON"),
        pytest.param(JSON, b'{"a":' * 60_000, (400, "BODY_MALFORMED"), id="deep nesting"),
        pytest.param(JSON, json_body(b"x"), (400, "DECRYPTION_FAILED"), id="not encrypted"),
        pytest.param(BINARY, b"", (415, "UNSUPPORTED_MEDIA_TYPE"), id="raw"),
        pytest.param(
            JSON | {"Content-Encoding": "gzip"}, b"{}", (415, "UNSUPPORTED_MEDIA_TYPE"), id="compressed"
        ),
        pytest.param(
            JSON | {"Content-Length": str(MAX_JSON_BODY_BYTES + 1)},
            b"",
            (413, "PAYLOAD_TOO_LARGE"),
            id="large",
        ),
        pytest.param(JSON | {"Content-Length": "x"}, b"", (400, "BODY_MALFORMED"), id="length of letters"),
        pytest.param(
            JSON | {"X-Aztec-Version": "../../etc"}, b"{}", (400, "INVALID_VERSION"), id="a path as version"
        ),
        pytest.param(JSON | {"X-Aztec-Version": ""}, b"{}", (400, "INVALID_VERSION"), id="an empty version"),
    ],
)
async def test_malformed_requests_are_refused_with_their_status(
    headers: dict[str, str], body: bytes, expected: tuple[int, str], api: Api, http: httpx2.AsyncClient
) -> None:
    assert refusal(await http.post("/prove", content=body, headers=headers)) == expected
    api.service.admit(LIMITS.request_memory).release()


@pytest.mark.parametrize("form", [JSON, BINARY])
async def test_deeply_nested_steps_of_a_job_are_refused(
    form: dict[str, str], api: Api, http: httpx2.AsyncClient
) -> None:
    fields = msgspec.msgpack.decode(payload())
    nested = msgspec.msgpack.encode(fields | {"steps": msgspec.Raw(b"\x91" * 1_000_000)})
    message = bytes(encrypt(api.key.private.public_key, nested))
    body = json_body(message) if form is JSON else message
    answer = await http.post("/v1/proofs", content=body, headers=form)
    assert refusal(answer) == (400, "PAYLOAD_MALFORMED")


async def test_two_version_headers_are_refused(http: httpx2.AsyncClient) -> None:
    headers = [("Content-Type", "application/json"), *[("X-Aztec-Version", "4.1.2")] * 2]
    assert refusal(await http.post("/prove", content=b"{}", headers=headers)) == (400, "INVALID_VERSION")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(genuine_deployment(), (400, "NOT_SERVED"), id="another setup"),
        pytest.param(wire(wire_step()), (400, "NOT_SERVED"), id="unknown circuit"),
        pytest.param(mock_transaction(), (400, "NOT_SERVED"), id="another generation"),
    ],
)
async def test_transactions_that_the_server_does_not_prove_are_refused(
    steps: bytes, expected: tuple[int, str]
) -> None:
    api = small_api(GatedBackend(is_open=True))
    async with connecting_to(api) as http:
        assert refusal(await http.post("/prove", content=proving_body(api, steps), headers=JSON)) == expected


BAD_VERSIONS = [
    ("4.1.2+build.5", "INVALID_VERSION"),
    ("latest", "INVALID_VERSION"),
    ("null", "INVALID_VERSION"),
    ("4.1.2" + "0" * 195, "INVALID_VERSION"),
    ("v4.1.2", "INVALID_VERSION"),
    ("7.0.0", "AZTEC_GENERATION_UNKNOWN"),
]


@pytest.mark.parametrize(
    ("steps", "version", "code"),
    [
        *[(STEPS, version, code) for version, code in BAD_VERSIONS],
        pytest.param(STEPS, "5.0.0", "AZTEC_VERSION_MISMATCH", id="steps of v4 as v5"),
        pytest.param(mock_transaction(), "4.1.2", "AZTEC_VERSION_MISMATCH", id="steps of v5 as v4"),
        pytest.param(mock_transaction(), "6.1.0", "AZTEC_VERSION_MISMATCH", id="steps of v5 as v6"),
    ],
)
async def test_a_version_that_contradicts_the_steps_is_refused_and_the_next_proof_is_right(
    steps: bytes, version: str, code: str
) -> None:
    api = small_api(GatedBackend(is_open=True), versions=())
    async with connecting_to(api) as http:
        answer = await http.post(
            "/prove", content=proving_body(api, steps), headers=JSON | {"X-Aztec-Version": version}
        )
        assert refusal(answer) == (400, code)
        named = encoded_payload(steps, version)
        answer = await http.post("/v1/proofs", content=encrypted(api, named), headers=BINARY)
        assert refusal(answer) == (400, code)
        assert "--" not in answer.json()["hint"]
        for good, bb in ((STEPS, "4.1.2"), (mock_transaction(), "5.0.0")):
            proved = await http.post("/prove", content=proving_body(api, good), headers=JSON)
            assert (proved.status_code, proved.headers["x-bb-version"]) == (200, bb)


@pytest.mark.parametrize(
    ("steps", "wanted", "bb"),
    [
        (STEPS, "4.1.2-rc.1", "4.1.2"),
        (STEPS, "4.3.0", "4.1.2"),
        (STEPS, "4.4.0", "4.4.0"),
        (mock_transaction(), "5.2.0", "5.0.0"),
    ],
)
async def test_versions_of_the_same_circuits_are_served_and_the_answer_names_the_bb(
    steps: bytes, wanted: str, bb: str
) -> None:
    versions = tuple(map(AztecVersion.parse, ("4.1.2", "4.4.0", "5.0.0")))
    api = small_api(GatedBackend(is_open=True), versions=versions)
    async with connecting_to(api) as http:
        assert (await http.get("/health")).json()["available_versions"] == ["4.1.2", "4.4.0", "5.0.0"]
        proved = await http.post(
            "/prove", content=proving_body(api, steps), headers=JSON | {"X-Aztec-Version": wanted}
        )
        assert (proved.status_code, proved.headers["x-bb-version"]) == (200, bb)
        payload = encoded_payload(steps, wanted)
        job = await http.post("/v1/proofs", content=encrypted(api, payload), headers=BINARY)
        async with http.stream("GET", f"{job.headers['Location']}/events") as events:
            await events.aread()
        done = (await http.get(job.headers["Location"])).json()
    assert (done["state"], done["bb"]) == ("done", {"version": bb, "sha256": SOME_BB})


async def test_a_refusal_says_what_was_asked_for_and_what_is_served() -> None:
    api = small_api(GatedBackend())
    async with connecting_to(api) as http:
        answer = await http.post("/prove", content=proving_body(api, mock_transaction()), headers=JSON)
    assert refusal(answer) == (400, "NOT_SERVED")
    assert "Aztec 5.0.0 (development setup); the server proves for 4.1.2 (dev" in answer.json()["error"]


def encoded_payload(steps: bytes, version: str) -> bytes:
    """As a client may write it that checks nothing."""
    return msgspec.msgpack.encode(
        {
            "v": 1,
            "aztec_version": version,
            "bb_sha256": None,
            "crs": "development",
            "steps": msgspec.Raw(steps),
        }
    )


def encrypted(api: Api, plaintext: bytes) -> bytes:
    return bytes(encrypt(api.key.private.public_key, plaintext))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (BB_KILLED(reason=exit_reason(-9)), (500, "BB_KILLED")),
        (BB_REFUSED(activity=message("working on X:y")), (400, "BB_REFUSED")),
        (some_error(UnusableEnvironmentError), (503, "SOME_ERROR")),
        (ValueError("the witness is 42"), (500, "INTERNAL")),
        (OSError(errno.EMFILE, "the witness is 42"), (503, "TOO_MANY_OPEN_FILES")),
    ],
)
@pytest.mark.parametrize("tee", [None, EchoTee()])
async def test_a_failed_proof_has_its_errors_status_and_code(
    error: Exception, expected: tuple[int, str], tee: TeeProvider | None
) -> None:
    log = io.StringIO()
    api = small_api(GatedBackend(error, is_open=True), tee=tee, log_to=log)
    async with connecting_to(api) as http:
        answer = await http.post("/prove", content=proving_body(api), headers=JSON)
    assert refusal(answer) == expected
    assert "42" not in answer.text.replace(answer.headers["X-Request-Id"], "")
    assert "the witness" not in log.getvalue()
    assert ("X:y" in answer.text) is (expected[1] == "BB_REFUSED" and tee is None)
    assert "X:y" not in log.getvalue()
    event = "bug" if expected[1] == "INTERNAL" else "fault of the machine"
    assert isinstance(error, TeeRexError) or f'"event": "{event}"' in log.getvalue()


async def test_a_full_queue_refuses_before_the_body_is_read() -> None:
    backend = GatedBackend()
    api = small_api(backend, limits=replace(LIMITS, queue=0))

    async def never_read() -> AsyncIterator[bytes]:
        yield pytest.fail("the body was read")

    async with connecting_to(api) as http:
        first = asyncio.create_task(http.post("/prove", content=proving_body(api), headers=JSON))
        await eventually(lambda: api.service.busy)
        answer = await http.post("/prove", content=never_read(), headers=JSON)
        assert refusal(answer) == (429, "QUEUE_FULL")
        assert int(answer.headers["Retry-After"]) > 0
        backend.gate.set()
        assert (await first).status_code == 200


async def test_only_admitted_requests_count_for_the_rate_limit() -> None:
    backend = GatedBackend()
    rate_limit = RateLimit(parse_rate_limit("2/hour"), exempt_loopback=True)
    api = small_api(backend, limits=replace(LIMITS, queue=0), rate_limit=rate_limit)
    async with connecting_to(api) as http:
        first = asyncio.create_task(http.post("/prove", content=proving_body(api), headers=JSON))
        await eventually(lambda: api.service.busy)
        for _ in range(3):
            assert refusal(await http.post("/prove", content=b"{}", headers=JSON))[1] == "QUEUE_FULL"
        backend.gate.set()
        await first
        assert refusal(await http.post("/v1/proofs", content=b"", headers=BINARY))[0] == 400
        limited = await http.post("/prove", content=b"{}", headers=JSON)
        assert refusal(limited) == (429, "RATE_LIMITED")
        assert 3500 < int(limited.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize(("proxies", "limited"), [((), False), ((ip_network("127.0.0.1"),), True)])
async def test_a_spoofed_forwarded_address_changes_nothing(
    proxies: tuple[object, ...], limited: bool
) -> None:
    """On the original system, X-Forwarded-For: 127.0.0.1 switched the rate limit off."""
    api = small_api(
        GatedBackend(),
        rate_limit=RateLimit(parse_rate_limit("1/hour"), exempt_loopback=not proxies),
        addresses=ClientAddresses(proxies),  # type: ignore[arg-type]
    )
    headers = JSON | {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}
    async with connecting_to(api, client="127.0.0.1") as http:
        codes = [refusal(await http.post("/prove", content=b"{", headers=headers))[1] for _ in range(2)]
    assert codes == ["BODY_MALFORMED", "RATE_LIMITED" if limited else "BODY_MALFORMED"]
    async with connecting_to(small_api(GatedBackend(), rate_limit=api.rate_limit)) as http:
        spoofed = [await http.post("/prove", content=b"{", headers=headers) for _ in range(2)]
    assert refusal(spoofed[1]) == (429, "RATE_LIMITED")


async def test_the_whole_life_of_a_job() -> None:
    backend = GatedBackend()
    api = small_api(backend)
    pinned = next(iter(api.provers.digests.values()))
    message = job_body(api.key.private.public_key, bb_sha256=bytes.fromhex(pinned))
    async with connecting_to(api) as http:
        accepted = await http.post("/v1/proofs", content=message, headers=BINARY)
        assert accepted.status_code == 202
        job_id = accepted.json()["id"]
        assert accepted.headers["Location"] == f"/v1/proofs/{job_id}"
        assert (accepted.json()["state"], accepted.json()["position"]) == ("queued", 0)
        await eventually(lambda: api.service.busy)
        backend.gate.set()
        await eventually(lambda: not api.service.busy)
        status = (await http.get(accepted.headers["Location"])).json()
        assert status["state"] == "done"
        assert base64.b64decode(status["proof"]) == some_proof().to_wire()
        for _ in range(2):
            assert (await http.delete(f"/v1/proofs/{job_id}")).status_code == 204
        assert refusal(await http.get(f"/v1/proofs/{job_id}")) == (404, "JOB_UNKNOWN")


async def test_a_job_can_be_sent_as_json() -> None:
    api = small_api(GatedBackend(is_open=True))
    body = json_body(job_body(api.key.private.public_key))
    async with connecting_to(api) as http:
        assert (await http.post("/v1/proofs", content=body, headers=JSON)).status_code == 202


async def test_a_job_for_another_bb_is_refused_at_once() -> None:
    api = small_api(GatedBackend())
    message = job_body(api.key.private.public_key, bb_sha256=bytes(32))
    async with connecting_to(api) as http:
        answer = await http.post("/v1/proofs", content=message, headers=BINARY)
    assert refusal(answer) == (400, "PROVER_NOT_ALLOWED")
    api.service.admit(LIMITS.request_memory).release()


async def test_while_shutting_down_nothing_is_admitted(api: Api, http: httpx2.AsyncClient) -> None:
    api.service.stop_admitting()
    for path, headers in (("/prove", JSON), ("/v1/proofs", BINARY)):
        answer = await http.post(path, content=b"", headers=headers)
        assert refusal(answer) == (503, "SHUTTING_DOWN")
        assert int(answer.headers["Retry-After"]) > 0
    assert (await http.get("/health")).json()["accepting"] is False


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "line\tbreak", '{"json":1}'])
async def test_an_invalid_request_id_is_replaced(sent: str, http: httpx2.AsyncClient) -> None:
    answer = await http.get("/healthz", headers={"X-Request-Id": sent})
    assert answer.headers["X-Request-Id"] != sent
    assert len(answer.headers["X-Request-Id"]) == 36


async def test_the_log_has_a_line_for_each_request_and_no_credential() -> None:
    log = io.StringIO()
    api = small_api(GatedBackend(is_open=True), log_to=log)
    message = job_body(api.key.private.public_key)
    async with connecting_to(api) as http:
        accepted = await http.post("/v1/proofs", content=message, headers=BINARY | {"X-Request-Id": "mine-7"})
        job_id = accepted.json()["id"]
        await http.delete(f"/v1/proofs/{job_id}")
        await http.get("/secret?token=hunter2")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["route"], line["method"], line["status"]) for line in requests] == [
        ("start_job", "POST", 202),
        ("job", "DELETE", 204),
        ("none", "GET", 404),
    ]
    assert requests[0]["request_id"] == "mine-7"
    assert requests[0]["client"] == "203.0.113.7"
    assert not any(secret in log.getvalue() for secret in (job_id, "hunter2", "SchnorrAccount"))


async def test_metrics_name_routes_and_never_paths(http: httpx2.AsyncClient) -> None:
    for path in ("/healthz", "/some/path", f"/v1/proofs/{JOB}"):
        await http.get(path)
    await http.request("BREW", "/healthz")
    answer = await http.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain")
    for line in (
        'tee_rex_requests_total{method="GET",route="healthz",status="200"} 1.0',
        'tee_rex_requests_total{method="GET",route="none",status="404"} 1.0',
        'tee_rex_requests_total{method="GET",route="job",status="404"} 1.0',
        'tee_rex_requests_total{method="other",route="healthz",status="405"} 1.0',
        "process_resident_memory_bytes",
    ):
        assert line in answer.text
    assert JOB not in answer.text


async def test_the_openapi_document_describes_exactly_the_routes(api: Api, http: httpx2.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    described = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    served = {
        (route.path, method)  # type: ignore[attr-defined]
        for route in api.app().routes
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
    }
    assert described == served
    assert document["openapi"].startswith("3.1")
