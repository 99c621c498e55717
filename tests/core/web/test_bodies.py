"""Limits on the form, size and duration of request bodies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.datastructures import Headers

from support.errors import raises, raises_with
from support.patience import PATIENCE
from tee_rex.errors import RefusedError
from tee_rex.errors.catalogue.http import BODY_READ_TIMEOUT, PAYLOAD_TOO_LARGE
from tee_rex.web import bodies
from tee_rex.web.bodies import BodyForm, ClientGoneError, body_form, client_gone, declared_bytes, read_body

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]


def receiving(*messages: Message, pause: float = 0) -> Receive:
    """A client that sends these messages, each after a pause, and then nothing."""
    left = list(messages)

    async def receive() -> Message:
        await asyncio.sleep(pause if left else 3600)
        return left.pop(0)

    return receive


def part(content: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": content, "more_body": more}


GONE: Message = {"type": "http.disconnect"}


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ({"content-type": "application/json"}, BodyForm.JSON),
        ({"content-type": "Application/JSON; charset=utf-8"}, BodyForm.JSON),
        ({"content-type": "application/octet-stream", "content-encoding": "identity"}, BodyForm.MESSAGE),
        ({}, None),
        ({"content-type": "text/plain"}, None),
        ({"content-type": "application/json", "content-encoding": "gzip"}, None),
    ],
)
def test_the_headers_declare_the_form(headers: dict[str, str], form: BodyForm | None) -> None:
    if form is not None:
        assert body_form(Headers(headers), set(BodyForm)) is form
        return
    with pytest.raises(RefusedError) as refused:
        body_form(Headers(headers), set(BodyForm))
    assert refused.value.http_status == 415


@pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain;charset=UTF-8"}])
def test_where_one_form_alone_is_accepted_no_type_is_needed(headers: dict[str, str]) -> None:
    assert body_form(Headers(headers), {BodyForm.JSON}) is BodyForm.JSON
    with pytest.raises(RefusedError):
        body_form(Headers(headers | {"content-encoding": "gzip"}), {BodyForm.JSON})
    with pytest.raises(RefusedError):
        body_form(Headers({"content-type": "application/octet-stream"}), {BodyForm.JSON})


def test_a_form_that_the_route_does_not_accept_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        body_form(Headers({"content-type": "application/octet-stream"}), {BodyForm.JSON})
    assert refused.value.http_status == 415


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (None, BodyForm.MESSAGE.value),
        ("0", 0),
        ("00012", 12),
        (str(BodyForm.MESSAGE.value), BodyForm.MESSAGE.value),
    ],
)
def test_the_declared_length_is_used(length: str | None, expected: int) -> None:
    headers = Headers({} if length is None else {"content-length": length})
    assert declared_bytes(headers, BodyForm.MESSAGE.value) == expected


@pytest.mark.parametrize(
    ("length", "code"),
    [
        (str(BodyForm.MESSAGE.value + 1), "PAYLOAD_TOO_LARGE"),
        ("9" * 5000, "PAYLOAD_TOO_LARGE"),
        ("-1", "BODY_MALFORMED"),
        ("1e3", "BODY_MALFORMED"),
        ("²", "BODY_MALFORMED"),
        ("", "BODY_MALFORMED"),
    ],
)
def test_a_malformed_length_is_refused_before_reading(length: str, code: str) -> None:
    with raises_with(code):
        declared_bytes(Headers({"content-length": length}), BodyForm.MESSAGE.value)


async def test_parts_are_joined() -> None:
    receive = receiving(part(b"ab"), part(b""), part(b"c", more=False))
    assert await read_body(receive, BodyForm.MESSAGE.value) == b"abc"


async def test_a_body_beyond_its_forms_limit_is_refused() -> None:
    receive = receiving(part(bytes(BodyForm.MESSAGE.value)), part(b"x"))
    with raises(PAYLOAD_TOO_LARGE):
        await read_body(receive, BodyForm.MESSAGE.value)


async def test_a_client_that_disconnects_midway_is_noticed() -> None:
    with pytest.raises(ClientGoneError):
        await read_body(receiving(part(b"ab"), GONE), BodyForm.MESSAGE.value)
    await asyncio.wait_for(client_gone(receiving(part(b""), GONE)), PATIENCE)


async def test_a_body_that_stops_or_trickles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.5)
    with raises(BODY_READ_TIMEOUT, match="2 bytes"):
        await read_body(receiving(part(b"ab")), BodyForm.MESSAGE.value)
    with raises(BODY_READ_TIMEOUT):
        await read_body(receiving(*[part(b"a")] * 100, pause=0.1), BodyForm.MESSAGE.value)


async def test_a_large_steady_body_has_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 1.0)
    monkeypatch.setattr(bodies, "BODY_BYTES_PER_SECOND", 1)
    steady = [part(bytes(int(PATIENCE)))] * 4
    body = await read_body(receiving(*steady, part(b"", more=False), pause=0.3), BodyForm.MESSAGE.value)
    assert len(body) == 4 * int(PATIENCE)
