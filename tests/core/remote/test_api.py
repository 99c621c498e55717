from __future__ import annotations

import base64
import json

import pytest

from tee_rex.remote.api import JsonBody, MessageBody
from tee_rex.transaction.events import BytesSent, ProofEvent, ignore_events

PIECE = 192 * 1024


async def _whole(body: MessageBody) -> bytes:
    return b"".join([piece async for piece in body])


@pytest.mark.parametrize("size", [1, 2, 3, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5])
async def test_the_pieces_make_the_message_and_its_json(size: int) -> None:
    message = bytes(range(256)) * (size // 256 + 1)
    message = message[:size]
    for body, expected in (
        (MessageBody(message, ignore_events), message),
        (JsonBody(message, ignore_events), json.dumps({"data": base64.b64encode(message).decode()})),
    ):
        written = await _whole(body)
        assert len(written) == body.length == int(body.headers["Content-Length"])
        assert (
            written == expected
            if isinstance(expected, bytes)
            else json.loads(written) == json.loads(expected)
        )
        assert await _whole(body) == written


async def test_it_reports_sent_bytes_and_when_the_server_may_have_the_whole_message() -> None:
    events: list[ProofEvent] = []
    body = MessageBody(bytes(2 * PIECE), events.append)
    pieces = aiter(body)
    assert not body.last_piece_begun
    await anext(pieces)
    assert (body.last_piece_begun, events) == (False, [])
    await anext(pieces)
    assert (body.last_piece_begun, events) == (True, [BytesSent(PIECE, 2 * PIECE)])
    assert await anext(pieces, None) is None
    assert events[-1] == BytesSent(2 * PIECE, 2 * PIECE)
