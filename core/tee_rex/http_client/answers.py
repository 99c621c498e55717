"""What a server answers, read within bounds; and the error that an unwelcome status stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import httpx2
import msgspec

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.attestation import PROVER_REFUSED_BY_SERVER
from tee_rex.remote.errors import (
    BadServerAnswerError,
    NotServedError,
    ServerBusyError,
    ServerFailedError,
    ServerRefusedError,
)
from tee_rex.system.text import printable
from tee_rex.wire.protocol import ErrorAnswer

MAX_ERROR_BYTES: Final = 65_536
"""An error is a few sentences."""
MAX_SHOWN_CHARACTERS: Final = 300
_MAX_RETRY_AFTER_DIGITS: Final = 6
_CLIENT_ERRORS_END: Final = 500

_FormT = TypeVar("_FormT", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; the body has at most as many bytes as the caller allowed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def expect(self, status: int) -> bytes:
        """The body, if the status is this one; raises what :func:`refusal` makes of it otherwise."""
        if self.status != status:
            raise refusal(self)
        return self.body


async def read_body(response: httpx2.Response, limit: int) -> bytes:
    """All of the body; raises BadServerAnswerError when it has more than ``limit`` bytes."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            raise BadServerAnswerError(f"The answer has more than {limit:,} bytes.")
    return bytes(body)


def decoded(body: bytes | str, form: type[_FormT]) -> _FormT:
    """The JSON of this form, unknown fields ignored; raises BadServerAnswerError."""
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise BadServerAnswerError("The answer has not the form it should have.") from None


def refusal(answer: Answer) -> TeeRexError:
    """The error that the answer's status stands for. What the server says is shown and decides nothing."""
    message = f"It answered with HTTP status {answer.status}{_said(answer.body)}."
    if answer.status in (httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.SERVICE_UNAVAILABLE):
        return ServerBusyError(message, _retry_after(answer.headers.get("Retry-After", "")))
    if answer.status >= _CLIENT_ERRORS_END:
        return ServerFailedError(message)
    if answer.status < httpx2.codes.BAD_REQUEST:
        return BadServerAnswerError(message)
    return error_with_code(_error_answer(answer.body).code, message) or ServerRefusedError(message)


def error_with_code(code: str, message: str) -> TeeRexError | None:
    """The error of ours that a server's code stands for; None for the codes that make no difference here."""
    if code == PROVER_REFUSED_BY_SERVER.code:
        return PROVER_REFUSED_BY_SERVER(answer=message)
    return NotServedError(message) if code == NotServedError.code else None


def _said(body: bytes) -> str:
    answer = _error_answer(body)
    words = f": {answer.title or answer.error}" if answer.title or answer.error else ""
    request = f" (request {answer.request_id})" if answer.request_id else ""
    return printable(words, MAX_SHOWN_CHARACTERS) + printable(request, MAX_SHOWN_CHARACTERS)


def _error_answer(body: bytes) -> ErrorAnswer:
    try:
        return decoded(body, ErrorAnswer)
    except BadServerAnswerError:
        return ErrorAnswer(error="", request_id="")


def _retry_after(value: str) -> float | None:
    """Seconds; a date, the other form of RFC 9110, counts as nothing said."""
    if value.isascii() and value.isdigit() and len(value) <= _MAX_RETRY_AFTER_DIGITS:
        return float(value)
    return None
