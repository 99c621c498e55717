"""What a server can refuse, and how every error of the tree becomes an answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from tee_rex.errors import InputError, TeeRexError, UnusableEnvironmentError, UsageError
from tee_rex.local.errors import BbRefusedError
from tee_rex.transaction.steps import StepsTooLargeError
from tee_rex.wire.protocol import ErrorAnswer, JobError


class RefusedError(TeeRexError):
    """Base: the server does not do what was asked; retry_after: seconds until it may, None if never."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class MalformedBodyError(RefusedError):
    """Not the JSON, or not the headers, that a route takes."""

    code = "BODY_MALFORMED"
    title = "The request cannot be read"
    default_hint = 'Send {"data": base64 of the encrypted message}; /v1/proofs also takes the message itself.'


class MalformedHttpError(RefusedError):
    """Not HTTP at all."""

    code = "HTTP_MALFORMED"
    title = "This is not a request"
    default_hint = "Speak HTTP/1.1 to this server; https ends at a proxy before it."


class MalformedNonceError(RefusedError):
    """A nonce that is not hex, or too long."""

    code = "NONCE_MALFORMED"
    title = "The nonce cannot be used"
    default_hint = "Send 1 to 64 bytes as hex digits, once."


class NotServedError(RefusedError):
    """A transaction of another Aztec version or trusted setup than this server proves for."""

    code = "NOT_SERVED"
    title = "This server does not prove such transactions"
    default_hint = "GET /health lists the Aztec versions; the operator chooses them and the trusted setup."


class ProverNotAllowedError(RefusedError):
    """The client allows one bb, and this server proves with another."""

    code = "PROVER_NOT_ALLOWED"
    title = "This server proves with another bb"
    default_hint = "The client and the server may come from different releases; update the older one."


class UploadNotAllowedError(RefusedError):
    """The host uploads a bb that the enclave's image does not list."""

    code = "PROVER_NOT_ALLOWED"
    title = "The enclave does not take this bb"
    default_hint = (
        "GET /v1/inventory on the control port lists what it takes; another bb needs another image."
    )
    status = HTTPStatus.FORBIDDEN


class ChunkNotAllowedError(RefusedError):
    """The host uploads points that the enclave's image does not list."""

    code = "CRS_NOT_ALLOWED"
    title = "The enclave does not take these points"
    default_hint = (
        "It takes chunks of 8 MiB of Aztec's g1.dat; GET /v1/inventory on the control port lists them."
    )
    status = HTTPStatus.FORBIDDEN


class UnknownRouteError(RefusedError):
    """No such page."""

    code = "ROUTE_UNKNOWN"
    title = "There is nothing here"
    default_hint = "GET /openapi.json lists every route."
    status = HTTPStatus.NOT_FOUND


class UnknownJobError(RefusedError):
    """No such job: it never was, was deleted, was abandoned, or its result is no longer kept."""

    code = "JOB_UNKNOWN"
    title = "There is no such job"
    default_hint = "Jobs that nobody asks after are dropped; send the transaction again."
    status = HTTPStatus.NOT_FOUND


class MethodNotAllowedError(RefusedError):
    """A route that exists, asked in a way it does not answer."""

    code = "METHOD_NOT_ALLOWED"
    title = "This route is not asked that way"
    default_hint = "GET /openapi.json lists every route."
    status = HTTPStatus.METHOD_NOT_ALLOWED


class BodyTimeoutError(RefusedError):
    """The body comes too slowly."""

    code = "BODY_READ_TIMEOUT"
    title = "The request took too long to arrive"
    default_hint = "Try again over a faster connection."
    status = HTTPStatus.REQUEST_TIMEOUT


class BodyTooLargeError(RefusedError):
    """More bytes than any transaction needs."""

    code = "PAYLOAD_TOO_LARGE"
    title = "The request is too large"
    default_hint = "At most 50 MB of execution steps are accepted."
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedBodyError(RefusedError):
    """A content type or content encoding that the route does not take."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    title = "The request has a form that is not accepted"
    default_hint = "Send application/json, to /v1/proofs also application/octet-stream, never compressed."
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class RateLimitedError(RefusedError):
    """This client had its share."""

    code = "RATE_LIMITED"
    title = "Too many proofs were asked for"
    default_hint = "Wait as long as the header Retry-After says."
    status = HTTPStatus.TOO_MANY_REQUESTS


class QueueFullError(RefusedError):
    """Every slot and every place in the queue is taken."""

    code = "QUEUE_FULL"
    title = "The server is busy"
    default_hint = "Try again after the time that the header Retry-After says."
    status = HTTPStatus.TOO_MANY_REQUESTS


class InternalError(RefusedError):
    """A bug; nothing of it is shown."""

    code = "INTERNAL"
    title = "The server made a mistake"
    default_hint = "Try again; the operator finds the request's id in the log."
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class NotReadyError(RefusedError):
    """The server is still bringing what it needs."""

    code = "NOT_READY"
    title = "The server is not ready yet"
    default_hint = "Try again in a moment."
    status = HTTPStatus.SERVICE_UNAVAILABLE


class ShuttingDownError(RefusedError):
    """The server is being stopped."""

    code = "SHUTTING_DOWN"
    title = "The server is shutting down"
    default_hint = "Try again in a moment, or at another server."
    status = HTTPStatus.SERVICE_UNAVAILABLE


class ClientGoneError(Exception):
    """Whoever asked has closed the connection: nobody is left to answer."""


def status_of(error: TeeRexError) -> HTTPStatus:
    """The HTTP status that an error is answered with."""
    if isinstance(error, RefusedError):
        return error.status
    if isinstance(error, StepsTooLargeError):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if isinstance(error, InputError | UsageError | BbRefusedError):
        return HTTPStatus.BAD_REQUEST
    if isinstance(error, UnusableEnvironmentError):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.INTERNAL_SERVER_ERROR


def error_answer(error: TeeRexError, request_id: str, *, discreet: bool) -> ErrorAnswer:
    """The JSON of an error; see :func:`job_error` for ``discreet``."""
    described = job_error(error, discreet=discreet)
    text = f"{described.title}: {described.message}" if described.message else described.title
    return ErrorAnswer(
        error=text,
        request_id=request_id,
        code=described.code,
        title=described.title,
        hint=described.hint,
    )


def job_error(error: TeeRexError, *, discreet: bool) -> JobError:
    """The error as jobs tell it.

    discreet: without a message that may name a circuit, and so the contract that was called. In a TEE the
    answer passes through the host, which must not learn more than that a proof was made.
    """
    message = "" if discreet and not isinstance(error, RefusedError) else error.message
    return JobError(error.code, error.title, message, error.hint)
