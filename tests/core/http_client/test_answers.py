from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import httpx2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.remote_client import QUICK_RETRIES, small_request
from support.scripted_server import JOB, done, event, status
from tee_rex.errors import ServerError, TeeRexError
from tee_rex.errors.tree import BadServerAnswerError, NotServedError, ProverNotAllowedError, ServerBusyError
from tee_rex.http_client.answers import Answer, decoded, refusal
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.retries import Retries
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.api import ProvingApi
from tee_rex.remote.jobs import JobsApi
from tee_rex.remote.original import OriginalApi
from tee_rex.transaction.events import PhaseClock, ignore_events
from tee_rex.wire.protocol import ErrorAnswer, JobAccepted, JobStatus, ProveAnswer, PublicKeyAnswer


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, "SERVER_ANSWER_INVALID"),
        (204, "SERVER_ANSWER_INVALID"),
        (302, "SERVER_ANSWER_INVALID"),
        (400, "SERVER_REFUSED"),
        (404, "SERVER_REFUSED"),
        (413, "SERVER_REFUSED"),
        (429, "SERVER_BUSY"),
        (500, "SERVER_FAILED"),
        (502, "SERVER_FAILED"),
        (503, "SERVER_BUSY"),
        (599, "SERVER_FAILED"),
    ],
)
@pytest.mark.parametrize(
    "text", ["", "x is not a constructor", "Retry-After: 0", "cannot decrypt", "404", "attestation failed"]
)
def test_the_status_decides_and_no_text_does(status: int, code: str, text: str) -> None:
    body = msgspec.json.encode(ErrorAnswer(error=text, request_id="r", title=text, hint=text))
    assert refusal(Answer(status, {}, body)).code == code


@pytest.mark.parametrize(
    ("code", "error_type"),
    [
        ("PROVER_NOT_ALLOWED", ProverNotAllowedError),
        ("NOT_SERVED", NotServedError),
        ("CIRCUIT_TOO_LARGE", ServerError),
    ],
)
def test_codes_of_a_refusal_that_have_their_own_error(code: str, error_type: type[TeeRexError]) -> None:
    body = msgspec.json.encode(ErrorAnswer(error="", request_id="", code=code))
    error = refusal(Answer(400, {}, body))
    assert (type(error), error.code) == (error_type, code)


def test_a_server_whose_bb_was_revoked_is_not_just_busy() -> None:
    """No wait helps, so nothing is tried again, whatever the server says of the time."""
    body = msgspec.json.encode(ErrorAnswer(error="", request_id="", code="BB_REVOKED"))
    error = refusal(Answer(503, {"Retry-After": "1"}, body))
    assert (type(error), error.code) == (ServerError, "SERVER_FAILED")
    assert error.title == "The server's prover was revoked"
    assert "prove on this machine" in error.hint


def test_what_the_server_says_is_shown_short_and_harmless() -> None:
    body = msgspec.json.encode(ErrorAnswer(error="\x1b[31mno\n" + "x" * 5000, request_id="42\x07"))
    message = refusal(Answer(400, {}, body)).message
    assert message.startswith("The server answered: HTTP status 400: �[31mno xxx")
    assert message.endswith("(request 42�).")
    assert len(message) < 400


def test_all_that_a_refusal_says_is_shown() -> None:
    served = "Not served: The server proves for 4.1.2."
    body = msgspec.json.encode(
        ErrorAnswer(error=served, request_id="", code="NOT_SERVED", title="Not served")
    )
    shown = refusal(Answer(400, {}, body)).message
    assert shown == f"The server answered: HTTP status 400: {served}"


def test_a_full_stop_of_the_server_is_not_doubled() -> None:
    def message(request_id: str) -> str:
        body = msgspec.json.encode(ErrorAnswer(error="Rate limit exceeded.", request_id=request_id))
        return refusal(Answer(400, {}, body)).message

    assert message("") == "The server answered: HTTP status 400: Rate limit exceeded."
    assert message("7") == "The server answered: HTTP status 400: Rate limit exceeded (request 7)."


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", None),
        ("0", 0.0),
        ("120", 120.0),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 7, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_parsed_strictly(header: str, seconds: float | None) -> None:
    busy = refusal(Answer(429, httpx2.Headers([(b"retry-after", header.encode())]), b""))
    assert isinstance(busy, ServerBusyError)
    assert busy.retry_after == seconds


def test_unknown_fields_are_ignored() -> None:
    assert decoded(b'{"publicKey":"k","more":{"a":[1]}}', PublicKeyAnswer) == PublicKeyAnswer("k")


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[" * 50_000, b'{"x":' + b"[" * 50_000, b'{"publicKey":"\\ud800"}']
)
def test_malformed_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadServerAnswerError):
        decoded(body, PublicKeyAnswer)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
BYTES = st.binary(max_size=400) | JSON.map(msgspec.json.encode)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Bytes of ``whole`` replaced, removed or doubled."""
    changed = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(changed)))
        changed[at : at + draw(st.integers(0, 8))] = draw(st.binary(max_size=8))
    return bytes(changed)


@given(BYTES, st.sampled_from([PublicKeyAnswer, JobAccepted, JobStatus, ProveAnswer, ErrorAnswer]))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(body: bytes, form: type[msgspec.Struct]) -> None:
    with suppress(BadServerAnswerError):
        decoded(body, form)


@given(st.integers(100, 999), BYTES, st.text(max_size=20))
@settings(max_examples=200)
def test_any_refusal_becomes_a_tee_rex_error(code: int, body: bytes, retry_after: str) -> None:
    error = refusal(Answer(code, {"Retry-After": retry_after}, body))
    assert error.message.isprintable()
    assert len(error.message) < 1000


def _asked(
    api: Callable[[ServerConnection, Retries], ProvingApi],
    answer: Callable[[httpx2.Request], httpx2.Response],
) -> None:
    """Prove with a server that answers so; it must end in a proof or a TeeRexError."""

    async def prove() -> None:
        transport = httpx2.MockTransport(answer)
        async with httpx2.AsyncClient(transport=transport) as client:
            connection = ServerConnection(ServerUrl.parse("https://prover.example"), client)
            phases = PhaseClock(ignore_events)
            with suppress(TeeRexError):
                await api(connection, QUICK_RETRIES).prove(b"message", small_request(), phases)

    asyncio.run(prove())


STREAM = event(status("queued", position=1)) + event(status("proving")) + event(done())


@given(
    st.binary(max_size=400)
    | damaged(STREAM)
    | st.text(alphabet="data:evnt \r\n{}", max_size=200).map(str.encode)
)
@settings(max_examples=150)
def test_any_stream_of_events_ends_in_a_proof_or_an_error(stream: bytes) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            return httpx2.Response(202, json=status("queued"))
        if request.url.path.endswith("/events"):
            return httpx2.Response(200, content=stream, headers={"Content-Type": "text/event-stream"})
        return httpx2.Response(404, json={})

    _asked(JobsApi, answer)


@given(BYTES | damaged(msgspec.json.encode(done())), BYTES)
@settings(max_examples=150)
def test_any_answers_of_a_job_end_in_a_proof_or_an_error(told: bytes, accepted: bytes) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            fair = msgspec.json.encode(status("queued"))
            return httpx2.Response(202, content=accepted if len(accepted) % 2 else fair)
        if request.url.path == f"/v1/proofs/{JOB}":
            return httpx2.Response(200, content=told)
        return httpx2.Response(404)

    _asked(JobsApi, answer)


@given(BYTES, st.text(max_size=20))
@settings(max_examples=150)
def test_any_answer_of_the_original_server_is_a_proof_or_an_error(body: bytes, duration: str) -> None:
    headers = [(b"x-prove-duration-ms", duration.encode())]
    _asked(OriginalApi, lambda _request: httpx2.Response(200, content=body, headers=headers))
