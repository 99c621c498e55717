"""A server's answer, read within bounds, and the error for a status that is not the expected one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeVar

import httpx2
import msgspec

from tee_rex.errors import ErrorKind, Message, TeeRexError, message
from tee_rex.errors.catalogue import servers as errors
from tee_rex.errors.catalogue.attestation import PROVER_REFUSED_BY_SERVER
from tee_rex.errors.catalogue.bb import BB_REVOKED
from tee_rex.errors.tree import BadServerAnswerError
from tee_rex.system.text import quoted
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.wire.protocol import ErrorAnswer

MAX_ERROR_BYTES: Final = 65_536
"""Errors are a few sentences."""
_MAX_RETRY_AFTER_DIGITS: Final = 6

_KINDS_BY_CODE: Final[Mapping[str, ErrorKind[TeeRexError]]] = {
    BB_REVOKED.code: errors.SERVER_BB_REVOKED,
    **{
        kind.code: kind
        for kind in (
            PROVER_REFUSED_BY_SERVER,
            errors.NOT_SERVED,
            errors.CIRCUIT_TOO_LARGE,
            errors.PROVER_LOST,
            errors.TICKET_RETURNED,
        )
    },
}
"""The codes of a server's answers that make a difference to callers."""

_FormT = TypeVar("_FormT", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; the body has at most as many bytes as the caller allowed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def expect(self, status: int) -> bytes:
        """The body, if the status is this one; otherwise raises the error of :func:`refusal`."""
        if self.status != status:
            raise refusal(self)
        return self.body


async def read_body(response: httpx2.Response, limit: int) -> bytes:
    """All of the body; raises BadServerAnswerError when it has more than ``limit`` bytes."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            raise errors.SERVER_ANSWER_TOO_LARGE(limit=limit)
    return bytes(body)


def decoded(body: bytes | str, form: type[_FormT]) -> _FormT:
    """Decode JSON of this form, ignoring unknown fields; raises BadServerAnswerError."""
    try:
        return decode_json(body, form)
    except UndecodableError:
        raise errors.SERVER_ANSWER_INVALID() from None


def refusal(answer: Answer) -> TeeRexError:
    """The error for an answer's status. What the server says is shown; of it only the code is evaluated."""
    shown = _shown(answer)
    code = _error_answer(answer.body).code
    if code == BB_REVOKED.code:  # 503, and not for a moment
        return errors.SERVER_BB_REVOKED(answer=shown)
    if answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return errors.SERVER_BUSY(
            answer=shown, retry_after=_retry_after(answer.headers.get("Retry-After", ""))
        )
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return errors.SERVER_FAILED(answer=shown)
    if answer.status < HTTPStatus.BAD_REQUEST:
        return errors.SERVER_ANSWER_UNEXPECTED(answer=shown)
    return kind_for_code(code, errors.SERVER_REFUSED)(answer=shown)


def loss(answer: Answer) -> TeeRexError:
    """Why a server does not know a job: JOB_LOST, or PROVER_LOST where a fleet's dispatcher says so."""
    if _error_answer(answer.body).code == errors.PROVER_LOST.code:
        return errors.PROVER_LOST(answer=_shown(answer))
    return errors.JOB_LOST()


def kind_for_code(code: str, otherwise: ErrorKind[TeeRexError]) -> ErrorKind[TeeRexError]:
    """The catalogue's entry for a code that a server sent: one that callers handle, or ``otherwise``."""
    return _KINDS_BY_CODE.get(code, otherwise)


def _shown(answer: Answer) -> Message:
    """What the server answered, to stand inside a sentence."""
    said = _error_answer(answer.body)
    words, request = quoted(said.error or said.title), quoted(said.request_id)
    shown = message("HTTP status {status}", status=answer.status)
    if words:
        shown = message("HTTP status {status}: {words}", status=answer.status, words=words)
    return message("{answer} (request {request})", answer=shown, request=request) if request else shown


def _error_answer(body: bytes) -> ErrorAnswer:
    try:
        return decoded(body, ErrorAnswer)
    except BadServerAnswerError:
        return ErrorAnswer(error="", request_id="")


def _retry_after(value: str) -> float | None:
    """Seconds; None for a date, the other form of RFC 9110."""
    if value.isascii() and value.isdigit() and len(value) <= _MAX_RETRY_AFTER_DIGITS:
        return float(value)
    return None
