"""Remote and TEE mode as a whole, against a scripted server on a real socket."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from support.errors import raises, raises_with
from support.nitro_fake import FakeNitro
from support.patience import PATIENCE
from support.proving_server import some_proof
from support.recorded_steps import V5
from support.remote_client import (
    PHASES,
    PROVER,
    QUICK_RETRIES,
    attested,
    now,
    pinned,
    remote_backend,
    small_request,
)
from support.scripted_server import (
    JOB,
    SOME_PROOF,
    Answer,
    Handler,
    ScriptedServer,
    done,
    event,
    events,
    json_answer,
    never,
    status,
)
from tee_rex.errors.catalogue.attestation import PROVER_VERSION_ABSENT
from tee_rex.errors.catalogue.proving import PROOF_TIMED_OUT
from tee_rex.errors.tree import ServerBusyError
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.provers import Prover
from tee_rex.remote import jobs as jobs_api
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import KeyTrust, TrustOnFirstUse
from tee_rex.transaction.events import (
    AttestationExamined,
    BytesSent,
    CircuitStarted,
    FinalProofStarted,
    Phase,
    PhaseEnded,
    PhaseStarted,
    ProofEvent,
    QueuePosition,
    RetryScheduled,
    ServerAnswered,
    ServerSilent,
)
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import BbIdentity, ProofResult, ProvingMode
from tee_rex.transaction.versions import AztecVersion
from tee_rex.wire.protocol import ProofPayload

pytestmark = pytest.mark.integration

EVENTS = f"GET /v1/proofs/{JOB}/events"


@pytest.fixture(autouse=True)
def time_to_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second is the client's promise; these tests show that cancelling reaches even a slow server."""
    monkeypatch.setattr(jobs_api, "CANCEL_SECONDS", PATIENCE)


@dataclass
class Listener:
    events: list[ProofEvent] = field(default_factory=list)

    def __call__(self, event: ProofEvent) -> None:
        self.events.append(event)

    def of(self, kind: type[ProofEvent]) -> list[ProofEvent]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def phases(self) -> list[Phase]:
        return [event.phase for event in self.events if isinstance(event, PhaseStarted)]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module")
def nitro() -> FakeNitro:
    return FakeNitro(now())


async def prove(server: ScriptedServer, listener: Listener, trust: KeyTrust | None = None) -> ProofResult:
    trust = trust or pinned(server.key.public_key.fingerprint)
    async with server.serving() as url:
        prover = Prover(lambda _mode: remote_backend(url, trust), trust.mode)
        return await prover.prove(small_request(), listener=listener, time_limit=PATIENCE)


async def test_a_job_reports_every_phase(listener: Listener) -> None:
    server = ScriptedServer()
    result = await prove(server, listener)
    assert listener.phases == PHASES
    assert [timing.phase for timing in result.timings.phases] == listener.phases
    assert [event.ms for event in listener.events if isinstance(event, PhaseEnded)] == [
        timing.ms for timing in result.timings.phases
    ]
    assert sum(timing.ms for timing in result.timings.phases) <= result.timings.total_ms
    assert listener.of(QueuePosition) == [QueuePosition(2)]
    assert listener.of(CircuitStarted) == [CircuitStarted(0, 1, "Contract:function")]
    message = server.asked("POST /v1/proofs")[0]
    assert listener.of(BytesSent)[-1] == BytesSent(len(message.body), len(message.body))
    payload = ProofPayload.from_bytes(server.decrypted(message.body))
    request = small_request()
    assert payload == ProofPayload(request.version, request.setup, None, request.steps)
    timings = result.timings
    assert (timings.prove_ms, timings.final_proof_ms) == (4000.5, 1500.25)
    assert [(c.name, c.load_ms, c.accumulate_ms) for c in timings.circuits] == [
        ("Contract:function", 1.5, 2.5)
    ]
    assert (result.proof, result.mode) == (SOME_PROOF, ProvingMode.REMOTE)
    assert (result.verified, result.bb, result.attestation, result.peak_memory_bytes) == (None,) * 4


async def test_the_original_server_is_recognised_and_gets_its_own_format(listener: Listener) -> None:
    server = ScriptedServer(original=True)
    result = await prove(server, listener)
    assert listener.phases == [phase for phase in PHASES if phase is not Phase.QUEUE]
    timings = result.timings
    assert (timings.prove_ms, timings.final_proof_ms, timings.circuits) == (1234.0, None, ())
    (request,) = server.received_secrets
    assert (request.path, request.headers["x-aztec-version"]) == ("/prove", "4.1.2")
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("4.4.0", "4.4.0"),
        ("5.0.0", None),
        ("4.1.2+build", None),
        ("latest", None),
        ("4" * 200, None),
        (None, None),
    ],
)
async def test_what_a_server_says_of_its_bb_is_kept_as_a_claim(
    said: str | None, claimed: str | None, listener: Listener
) -> None:
    original = ScriptedServer(original=True)
    headers = {} if said is None else {"x-bb-version": said}
    proof = {"proof": base64.b64encode(SOME_PROOF.to_wire()).decode()}
    original.scripts["POST /prove"] = json_answer(proof, headers=headers)
    result = await prove(original, listener)
    assert (result.bb, result.claimed_bb and str(result.claimed_bb)) == (None, claimed)
    assert ProofReport.of_result(result).claimed_bb_version == claimed
    if said in ("4.4.0", "5.0.0"):
        server = ScriptedServer()
        server.scripts[EVENTS] = events(event(done(bb={"version": said, "sha256": "ab" * 32})))
        result = await prove(server, listener)
        assert (result.bb, result.claimed_bb and str(result.claimed_bb)) == (None, claimed)


@pytest.mark.parametrize(
    "bb",
    [
        {"version": "4.1.2+build", "sha256": "ab" * 32},
        {"version": "4" * 200, "sha256": "ab" * 32},
        {"version": "4.1.2", "sha256": "AB" * 32},
        {"version": "4.1.2"},
        "4.1.2",
    ],
)
async def test_a_malformed_bb_makes_the_answer_invalid(bb: object, listener: Listener) -> None:
    server = ScriptedServer()
    server.scripts[EVENTS] = Answer(status=404)
    server.scripts[f"GET /v1/proofs/{JOB}"] = json_answer(done(bb=bb))
    with raises_with("SERVER_ANSWER_INVALID"):
        await prove(server, listener)


async def test_an_attested_bb_of_the_same_circuits_proves(nitro: FakeNitro, listener: Listener) -> None:
    server = ScriptedServer(nitro=nitro)
    trust = attested(nitro)
    async with server.serving() as url:
        request = replace(small_request(), version=AztecVersion(4, 4, 0))
        result = await remote_backend(url, trust).prove(request, listener)
        assert result.bb == BbIdentity(AztecVersion(4, 1, 2), PROVER.sha256)
        assert result.claimed_bb is None
        other = replace(small_request(), version=AztecVersion(5, 0, 0))
        server.requests.clear()
        with raises(PROVER_VERSION_ABSENT, match=r"circuits of Aztec 5\.0\.0, only for 4\.1\.2"):
            await remote_backend(url, trust).prove(other, listener)
    assert server.received_secrets == []


async def test_an_attested_bb_that_the_user_approved_is_shown_as_that(
    nitro: FakeNitro, listener: Listener
) -> None:
    provers = AllowedProvers(frozenset({PROVER}), approved_by_user=frozenset({PROVER}))
    result = await prove(ScriptedServer(nitro=nitro), listener, replace(attested(nitro), provers=provers))
    assert result.bb == BbIdentity(AztecVersion(4, 1, 2), PROVER.sha256, approved_by_user=True)


async def test_tee_mode_encrypts_to_the_attested_key_and_names_the_bb(
    nitro: FakeNitro, listener: Listener
) -> None:
    server = ScriptedServer(nitro=nitro)
    result = await prove(server, listener, attested(nitro))
    payload = ProofPayload.from_bytes(server.decrypted(server.asked("POST /v1/proofs")[0].body))
    assert payload.bb_sha256 == bytes.fromhex(PROVER.sha256)
    assert result.bb is not None
    assert (result.mode, result.bb.sha256) == (ProvingMode.TEE, PROVER.sha256)
    assert result.attestation is not None
    assert result.attestation.expected_code is True
    (examined,) = listener.of(AttestationExamined)
    assert isinstance(examined, AttestationExamined)
    assert examined.report == result.attestation


async def test_every_request_has_a_nonce_of_its_own(nitro: FakeNitro, listener: Listener) -> None:
    server = ScriptedServer(nitro=nitro)
    for _ in range(2):
        await prove(server, listener, attested(nitro))
    nonces = [request.query["nonce"] for request in server.asked("GET /attestation")]
    assert len(set(nonces)) == 2
    assert all(len(bytes.fromhex(nonce)) == 32 for nonce in nonces)


async def test_a_server_is_remembered_and_another_key_stops_everything(
    tmp_path: Path, listener: Listener
) -> None:
    server = ScriptedServer()
    known = KnownServers(tmp_path / "known-servers.json")
    trust = TrustOnFirstUse(known, now)
    async with server.serving() as url:
        backend = remote_backend(url, trust)
        await backend.prove(small_request(), listener)
        await backend.prove(small_request(), listener)
        server.key = ScriptedServer().key
        server.requests.clear()
        with raises_with("SERVER_KEY_CHANGED") as refused:
            await backend.prove(small_request(), listener)
        assert server.received_secrets == []
        assert f"tee-rex servers forget {url}" in refused.value.hint
        await known.forget(ServerUrl.parse(url))
        await backend.prove(small_request(), listener)


def _queued(place: int) -> bytes:
    return event(status("queued", position=place))


def _circuit(index: int) -> bytes:
    return event(status("proving", circuit={"index": index, "count": 1, "name": ""}), "circuit")


BROKEN_STREAMS = {
    "cut off": events(event(status("queued")), None),
    "ended early": events(event(status("queued"))),
    "stalled": events(event(status("queued")), 60.0),
    "not json": events(b"data: {\n\n"),
    "huge": events(b"data: " + b"x" * (1 << 20)),
    "many and cut off": events(*[b": comment\n\n" + _queued(n) for n in range(100)], None),
    "another type": Answer(b"event: done\n\n", headers={"Content-Type": "text/html"}),
    "failed": Answer(status=500),
    "absent": Answer(status=404),
    "compressed": Answer(b"", headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("stream", BROKEN_STREAMS.values(), ids=BROKEN_STREAMS)
async def test_when_events_break_the_job_is_polled(
    stream: Callable[..., object] | Answer, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_api, "EVENTS_SILENCE_SECONDS", 0.2)
    monkeypatch.setattr(jobs_api, "POLL_SECONDS", 0.01)
    server = ScriptedServer()
    server.scripts[EVENTS] = stream  # type: ignore[assignment]  # a Script
    server.scripts[f"GET /v1/proofs/{JOB}"] = [
        json_answer(status("queued", position=1)),
        json_answer(status("proving", circuit={"index": 0, "count": 1, "name": ""})),
        json_answer(status("proving", circuit={"index": 0, "count": 1, "name": ""})),
        json_answer(done()),
    ]
    result = await prove(server, listener)
    assert result.proof == SOME_PROOF
    assert listener.of(CircuitStarted) == [CircuitStarted(0, 1, "Contract:function")]
    assert len(server.asked("POST /v1/proofs")) == 1
    assert server.asked(f"DELETE /v1/proofs/{JOB}") == []


async def test_after_a_done_event_without_a_proof_the_proof_is_requested(listener: Listener) -> None:
    server = ScriptedServer()
    server.scripts[EVENTS] = events(event(status("done")))
    assert (await prove(server, listener)).proof == SOME_PROOF
    assert listener.phases[-4:] == [Phase.PROVING, Phase.PROVED, Phase.RECEIVE, Phase.VERIFY]


async def test_endless_events_are_abandoned_for_polling(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_api, "MAX_EVENTS_BYTES", 1000)
    server = ScriptedServer()
    places = [_queued(place) for place in range(100)]
    server.scripts[EVENTS] = events(*places, 60.0)
    assert (await prove(server, listener)).proof == SOME_PROOF
    assert 1 < len(listener.of(QueuePosition)) < 100


async def test_each_queue_position_is_reported_once(listener: Listener) -> None:
    server = ScriptedServer()
    places = [_queued(place) for place in (3, 3, -1, 1, 1)]
    server.scripts[EVENTS] = events(*places, event(done()))
    await prove(server, listener)
    assert listener.of(QueuePosition) == [QueuePosition(3), QueuePosition(1)]


async def test_the_final_proof_is_reported_once(listener: Listener) -> None:
    server = ScriptedServer()
    final = event(status("proving", circuit={"index": 0, "count": 1, "name": ""}, final_proof=True))
    server.scripts[EVENTS] = events(_circuit(0), final, final, event(done()))
    await prove(server, listener)
    told = [event for event in listener.events if isinstance(event, CircuitStarted | FinalProofStarted)]
    assert told == [CircuitStarted(0, 1, "Contract:function"), FinalProofStarted()]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a silent server."""
    monkeypatch.setattr(jobs_api, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(jobs_api, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(jobs_api, "POLL_SECONDS", 0.01)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("answer", [never, Answer(status=502)], ids=["frozen", "dead behind a proxy"])
async def test_a_server_that_falls_silent_is_noticed_at_once_and_again_when_it_answers(
    answer: Handler | Answer, listener: Listener
) -> None:
    server = ScriptedServer()
    server.scripts[EVENTS] = events(_circuit(0), 1.0, event(done()))
    server.scripts[f"GET /v1/proofs/{JOB}"] = [*[answer] * 3, json_answer(status("proving"))]  # type: ignore[list-item]
    await prove(server, listener)
    (silent,) = [event for event in listener.events if isinstance(event, ServerSilent)]
    assert 0.05 <= silent.seconds < 1.0
    assert listener.of(ServerAnswered) == [ServerAnswered()]
    assert listener.of(RetryScheduled) == []


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_answers_while_nothing_changes_is_not_called_silent(listener: Listener) -> None:
    server = ScriptedServer()
    server.scripts[EVENTS] = events(_circuit(0), 0.5, event(done()))
    server.scripts[f"GET /v1/proofs/{JOB}"] = json_answer(status("proving"))
    await prove(server, listener)
    assert len(server.asked(f"GET /v1/proofs/{JOB}")) > 1
    assert listener.of(ServerSilent) == listener.of(ServerAnswered) == []


async def test_circuits_that_the_steps_lack_are_not_reported(listener: Listener) -> None:
    server = ScriptedServer()
    server.scripts[EVENTS] = events(*map(_circuit, (-1, 0, 0, 7, 1)), event(done()))
    await prove(server, listener)
    assert listener.of(CircuitStarted) == [CircuitStarted(0, 1, "Contract:function")]


@pytest.mark.parametrize("circuits", [[], [{"name": "", "load_ms": -1, "accumulate_ms": 1}]])
async def test_impossible_times_are_dropped(circuits: list[object], listener: Listener) -> None:
    server = ScriptedServer()
    timings: dict[str, object] = {"queue_ms": 0, "decrypt_ms": 0, "prove_ms": -1.0, "final_proof_ms": 1e300}
    answer = done() | {"timings": timings | {"circuits": circuits}}
    server.scripts[EVENTS] = events(event(answer))
    made = (await prove(server, listener)).timings
    assert (made.circuits, made.final_proof_ms) == ((), None)
    assert made.prove_ms == next(timing.ms for timing in made.phases if timing.phase is Phase.PROVING)


@pytest.mark.parametrize(
    ("route", "answers"),
    [
        ("GET /encryption-public-key", [json_answer({}, 503, {"Retry-After": "0"})]),
        ("GET /encryption-public-key", [Answer(status=502)]),
        ("GET /v1/proofs", [Answer(status=500)]),
        ("POST /v1/proofs", [json_answer({}, 429, {"Retry-After": "1"})]),
        ("POST /v1/proofs", [json_answer({}, 503, {"Retry-After": "0"})]),
        (f"GET /v1/proofs/{JOB}", [Answer(status=502), Answer(status=503, headers={"Retry-After": "0"})]),
    ],
)
async def test_requests_without_side_effects_are_retried(
    route: str, answers: list[Answer], listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_api, "POLL_RETRIES", QUICK_RETRIES)
    server = ScriptedServer()
    server.scripts[EVENTS] = Answer(status=404)
    server.scripts[route] = [*answers, server.scripts[route]]  # type: ignore[list-item]  # an Answer or a Handler
    assert (await prove(server, listener)).proof == SOME_PROOF
    assert len(server.asked(route)) >= len(answers) + 1
    assert len(listener.of(RetryScheduled)) == len(answers)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(status=500), "SERVER_FAILED"),
        (Answer(status=503), "SERVER_BUSY"),
        (json_answer({}, 429, {"Retry-After": "3600"}), "SERVER_BUSY"),
        (json_answer({}, 429, {"Retry-After": "soon"}), "SERVER_BUSY"),
        (Answer(status=307, headers={"Location": "http://127.0.0.1:1/v1/proofs"}), "SERVER_ANSWER_INVALID"),
        (json_answer({"error": "x", "requestId": "r", "code": "BODY_MALFORMED"}, 400), "SERVER_REFUSED"),
        (
            json_answer({"error": "", "requestId": "r", "code": "PROVER_NOT_ALLOWED"}, 400),
            "PROVER_NOT_ALLOWED",
        ),
        (json_answer({"id": "../../x", "state": "queued", "position": 0}, 202), "SERVER_ANSWER_INVALID"),
        (json_answer({"id": JOB.upper(), "state": "queued", "position": 0}, 202), "SERVER_ANSWER_INVALID"),
        (json_answer({}, 202), "SERVER_ANSWER_INVALID"),
        (Answer(b"\xff", 202), "SERVER_ANSWER_INVALID"),
        (Answer(b"[" * 60_000, 202), "SERVER_ANSWER_INVALID"),
        (Answer(b" " * 70_000, 202), "SERVER_ANSWER_INVALID"),
        (events(b"{", None), "SERVER_UNREACHABLE"),
    ],
)
async def test_a_witness_is_sent_once_whatever_is_answered(
    answer: Answer, code: str, listener: Listener
) -> None:
    server = ScriptedServer()
    server.scripts["POST /v1/proofs"] = answer
    with raises_with(code):
        await prove(server, listener)
    assert len(server.received_secrets) == 1


def failed_with(code: str, title: str, message: str, hint: str) -> Answer:
    error = {"code": code, "title": title, "message": message, "hint": hint}
    return json_answer(status("failed", error=error))


@pytest.mark.parametrize(
    ("answer", "code", "called_off"),
    [
        (json_answer({}, 404), "JOB_LOST", True),
        (json_answer(status("cancelled")), "JOB_LOST", True),
        (json_answer(status("failed")), "REMOTE_PROOF_FAILED", True),
        (failed_with("BB_CRASHED", "t\x1b[31m", "m" * 999, "h"), "REMOTE_PROOF_FAILED", True),
        (failed_with("PROVER_NOT_ALLOWED", "", "", ""), "PROVER_NOT_ALLOWED", True),
        (json_answer(status("sleeping")), "SERVER_ANSWER_INVALID", True),
        (json_answer(status("done")), "SERVER_ANSWER_INVALID", False),
        (json_answer(status("done", proof="not base64!")), "SERVER_ANSWER_INVALID", True),
        (json_answer(done(b"not a proof")), "SERVER_ANSWER_INVALID", False),
        (json_answer(done(some_proof(V5).to_wire())), "SERVER_ANSWER_INVALID", False),
        (json_answer(done(b"\xff" * len(SOME_PROOF.to_wire()))), "SERVER_ANSWER_INVALID", False),
        (Answer(b" " * (1 << 20)), "SERVER_ANSWER_INVALID", True),
        (Answer(status=400), "SERVER_REFUSED", True),
    ],
)
async def test_a_job_that_fails_is_an_error_and_is_cancelled(
    answer: Answer, code: str, called_off: bool, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_api, "POLL_RETRIES", QUICK_RETRIES)
    server = ScriptedServer()
    server.scripts[EVENTS] = Answer(status=404)
    server.scripts[f"GET /v1/proofs/{JOB}"] = answer
    with raises_with(code) as refused:
        await prove(server, listener)
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 400
    assert bool(server.asked(f"DELETE /v1/proofs/{JOB}")) is called_off


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (json_answer({"proof": "AAAA"}), "SERVER_ANSWER_INVALID"),
        (json_answer({"error": "no"}), "SERVER_ANSWER_INVALID"),
        (json_answer({"error": "cannot decrypt", "requestId": "r"}, 400), "SERVER_REFUSED"),
        (json_answer({"error": "x is not a constructor", "requestId": "r"}, 500), "SERVER_FAILED"),
        (json_answer({"error": "too many", "requestId": "r"}, 429), "SERVER_BUSY"),
        (Answer(b" " * (1 << 20)), "SERVER_ANSWER_INVALID"),
    ],
)
async def test_the_original_server_never_proves_twice(answer: Answer, code: str, listener: Listener) -> None:
    server = ScriptedServer(original=True)
    server.scripts["POST /prove"] = answer
    with raises_with(code):
        await prove(server, listener)
    assert len(server.received_secrets) == 1


async def test_the_time_limit_ends_it_everywhere(listener: Listener) -> None:
    server, limit, route = ScriptedServer(), 0.2, EVENTS
    server.scripts[route] = never
    trust = pinned(server.key.public_key.fingerprint)
    async with server.serving() as url:
        prover = Prover(lambda _mode: remote_backend(url, trust), ProvingMode.REMOTE)
        while not server.asked(route):  # it must be enough to get that far
            server.requests.clear()
            limit *= 2
            with raises(PROOF_TIMED_OUT):
                await prover.prove(small_request(), listener=listener, time_limit=limit)
    assert len(server.asked(f"DELETE /v1/proofs/{JOB}")) == 1


async def test_a_busy_server_says_when_to_retry(listener: Listener) -> None:
    server = ScriptedServer()
    server.scripts["POST /v1/proofs"] = json_answer({}, 429, {"Retry-After": "1800"})
    with pytest.raises(ServerBusyError) as busy:
        await prove(server, listener)
    assert busy.value.retry_after == 1800
    assert listener.of(RetryScheduled) == []


async def test_an_unreachable_server_is_tried_three_times(listener: Listener) -> None:
    async with ScriptedServer().serving() as url:
        pass
    with raises_with("SERVER_UNREACHABLE"):
        await remote_backend(url, pinned("0" * 40)).prove(small_request(), listener)
    assert listener.of(RetryScheduled) == [RetryScheduled(0.01), RetryScheduled(0.01)]


async def test_steps_that_do_not_inflate_never_leave_this_machine(listener: Listener) -> None:
    server = ScriptedServer()
    async with server.serving() as url:
        with raises_with("STEPS_BAD_GZIP"):
            await remote_backend(url, pinned("0" * 40)).prove(small_request(witness=b"no gzip"), listener)
    assert server.requests == []
