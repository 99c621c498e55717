"""Answers in JSON: models, and errors in the form that our servers use."""

from __future__ import annotations

import errno
import math
from collections.abc import Callable
from http import HTTPStatus
from string import Formatter
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from starlette.responses import Response

from tee_rex.errors import RefusedError, TeeRexError
from tee_rex.errors.catalogue.system import TOO_MANY_OPEN_FILES
from tee_rex.wire.protocol import ErrorAnswer

if TYPE_CHECKING:
    from starlette.types import Scope


ErrorForm: TypeAlias = Callable[[TeeRexError, str], Response]
"""Makes the answer to a request that failed, from the error and the request's ID."""

SERVER_FAULT_HINT: Final = "Try again, or use another server. The operator finds the request in its log."


def json_response(answer: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The JSON of a msgspec struct."""
    return Response(msgspec.json.encode(answer), status, headers, media_type="application/json")


def json_errors(*, discreet: bool) -> ErrorForm:
    """Errors as our servers answer them: ErrorAnswer in JSON. discreet: see :func:`shown_texts`."""

    def form(error: TeeRexError, request_id: str) -> Response:
        answer = error_answer(error, request_id, discreet=discreet)
        return json_response(answer, status=error.http_status, headers=retry_after_header(error))

    return form


def error_response(scope: Scope, error: TeeRexError, form: ErrorForm) -> Response:
    """The answer to a request that failed; its code is noted for the request's line in the log."""
    scope["state"]["error_code"] = error.code
    return form(error, scope["state"]["request_id"])


def error_answer(error: TeeRexError, request_id: str, *, discreet: bool) -> ErrorAnswer:
    """The body of an error's answer. discreet: see :func:`shown_texts`."""
    message, hint = shown_texts(error, discreet=discreet)
    return ErrorAnswer(
        error=f"{error.title}: {message}" if message else error.title,
        request_id=request_id,
        code=error.code,
        title=error.title,
        hint=hint,
    )


def retry_after_header(error: TeeRexError) -> dict[str, str]:
    """``Retry-After`` in whole seconds, where the error says when to ask again."""
    return {} if error.retry_after is None else {"Retry-After": str(math.ceil(error.retry_after))}


def shown_texts(error: TeeRexError, *, discreet: bool) -> tuple[str, str]:
    """The error's message and hint as a client gets them.

    The catalogue's hints on a server's faults are for its operator, who finds the code in the log. discreet:
    the answer passes through a host that must learn no more than that a proof was made. A field of a text may
    name a circuit, and so the contract that was called. So only refusals, which are made before proving, have
    a message, and other errors a hint only if it has no fields.
    """
    if isinstance(error, RefusedError):
        return error.message, error.hint
    message = "" if discreet else error.message
    if error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return message, SERVER_FAULT_HINT
    template = f"{error.hint_parts.words.template} {error.hint_parts.terminal.template}"
    constant = all(name is None for _, name, _, _ in Formatter().parse(template))
    return message, error.hint if constant or not discreet else ""


def machine_error(fault: BaseException) -> TeeRexError | None:
    """The error of an exception that is the machine's fault, wherever it was raised; None for a bug's."""
    if isinstance(fault, OSError) and fault.errno in (errno.EMFILE, errno.ENFILE):
        return TOO_MANY_OPEN_FILES()
    return None
