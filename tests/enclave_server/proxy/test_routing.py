"""Reading whom a body is for from its beginning, in either form, however it is cut."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rex.openpgp import PrivateKey, encrypt
from tee_rex.web.bodies import BodyForm
from tee_rex_server.proxy.routing import read_message_head, recipients_in

KEY = PrivateKey.generate("enclave", datetime.now(UTC)).public_key
MESSAGE = bytes(encrypt(KEY, bytes(300_000)))
JSON_BODY = b'{"data":"' + base64.b64encode(MESSAGE) + b'"}'
BODIES = {BodyForm.MESSAGE: MESSAGE, BodyForm.JSON: JSON_BODY}
MINE = (KEY.subkey.fingerprint,)
FORMS = pytest.mark.parametrize("form", list(BodyForm))


async def in_pieces(body: bytes, size: int, taken: list[int] | None = None) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        if taken is not None:
            taken.append(size)
        yield body[start : start + size]


@FORMS
@pytest.mark.parametrize("size", [1, 7, 100, 65536, 10**6])
async def test_reads_no_more_than_needed_and_returns_all_of_it(form: BodyForm, size: int) -> None:
    taken: list[int] = []
    found, head = await read_message_head(in_pieces(BODIES[form], size, taken), form)
    assert found == MINE
    assert BODIES[form].startswith(head)
    assert len(head) == min(sum(taken), len(BODIES[form]))
    assert len(head) <= 300 + size


@pytest.mark.parametrize(
    "begin", [b'{"data":"', b'{ "data" : "', b'\r\n\t {\n  "data":\n "', b" " * 60 + b'{"data":"']
)
def test_white_space_of_json_does_not_matter(begin: bytes) -> None:
    assert recipients_in(begin + base64.b64encode(MESSAGE)[:1000], BodyForm.JSON) == MINE


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"more":1,"data":"' + base64.b64encode(MESSAGE), id="something before data"),
        pytest.param(b'{"data":1}' + bytes(400), id="no text"),
        pytest.param(b'{"data":"\\u0041' + bytes(400), id="escaped"),
        pytest.param(b'{"data":"****' + bytes(400), id="no base64"),
        pytest.param(b"[" * 1000, id="nested"),
        pytest.param(b" " * 1000, id="white space alone"),
    ],
)
async def test_other_json_has_no_recipients_and_is_not_read_to_its_end(body: bytes) -> None:
    taken: list[int] = []
    found, _ = await read_message_head(in_pieces(body * 100, 100, taken), BodyForm.JSON)
    assert found == ()
    assert sum(taken) <= 500


@FORMS
async def test_a_truncated_body_has_no_recipients(form: BodyForm) -> None:
    for length in (0, 1, 5, 60):
        found, head = await read_message_head(in_pieces(BODIES[form][:length], 16), form)
        assert (found, head) == ((), BODIES[form][:length])


@FORMS
async def test_an_endless_head_is_read_only_up_to_a_limit(form: BodyForm) -> None:
    """A packet that announces more and more, in JSON too: 11 KB, and no more."""
    endless = b"\xc1\xff" + bytes([255]) * 3 + bytes(1_000_000)
    body = endless if form is BodyForm.MESSAGE else b'{"data":"' + base64.b64encode(endless)
    taken: list[int] = []
    found, _ = await read_message_head(in_pieces(body, 1000, taken), form)
    assert found == ()
    assert sum(taken) <= 13_000


@given(form=st.sampled_from(list(BodyForm)), body=st.binary(max_size=2000))
def test_any_bytes_can_be_read(form: BodyForm, body: bytes) -> None:
    for begin in (b"", b'{"data":"', MESSAGE[:60]):
        found = recipients_in(begin + body, form)
        assert found is None or all(len(one) == 20 for one in found)
