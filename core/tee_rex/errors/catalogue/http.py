"""What any HTTP service of ours refuses, whatever it serves, and why one cannot start to listen."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, InputError, RefusedError, UnusableEnvironmentError

HTTP_MALFORMED = ErrorKind(RefusedError, "HTTP_MALFORMED", "Not an HTTP request").says(
    "The data is not valid HTTP/1.1.",
    "Send HTTP/1.1 without TLS; a proxy in front of the server terminates HTTPS.",
)
HEAD_TOO_LARGE = HTTP_MALFORMED.says(
    "The request's head has more than {limit:,} bytes.", "Send fewer or shorter headers."
)

ROUTE_UNKNOWN = ErrorKind(RefusedError, "ROUTE_UNKNOWN", "Route not found", status=HTTPStatus.NOT_FOUND).says(
    "The server has no route with this path.", "GET /openapi.json lists every route."
)
METHOD_NOT_ALLOWED = ErrorKind(
    RefusedError, "METHOD_NOT_ALLOWED", "Method not allowed", status=HTTPStatus.METHOD_NOT_ALLOWED
).says("This route accepts only: {allowed}.", "GET /openapi.json lists every route.")

BODY_MALFORMED = ErrorKind(RefusedError, "BODY_MALFORMED", "Malformed request").says(
    "The Content-Length header is not one number.",
    "Send the length of the body in bytes, or use chunked transfer encoding.",
)
BODY_READ_TIMEOUT = ErrorKind(
    RefusedError,
    "BODY_READ_TIMEOUT",
    "The request took too long to arrive",
    status=HTTPStatus.REQUEST_TIMEOUT,
).says("Only {received:,} bytes arrived in time.", "Try again over a faster connection.")
PAYLOAD_TOO_LARGE = ErrorKind(
    RefusedError, "PAYLOAD_TOO_LARGE", "The request is too large", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
).says("The body has more than {limit:,} bytes.", "At most 50 MB of execution steps are accepted.")
PAYLOAD_MALFORMED = ErrorKind(InputError, "PAYLOAD_MALFORMED", "The encrypted request cannot be read").says(
    "The decrypted payload is malformed.", "The versions of client and server may be incompatible."
)
PAYLOAD_OF_OTHER_FORM = PAYLOAD_MALFORMED.says("The payload has form {found}, not {expected}.")
UNSUPPORTED_MEDIA_TYPE = ErrorKind(
    RefusedError, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type", status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE
).says(
    "This route does not accept the content type.",
    "Send an uncompressed body; GET /openapi.json lists the content types of every route.",
)
BODY_COMPRESSED = UNSUPPORTED_MEDIA_TYPE.says("Compressed bodies are not accepted.")

RATE_LIMITED = ErrorKind(
    RefusedError, "RATE_LIMITED", "Rate limit exceeded", status=HTTPStatus.TOO_MANY_REQUESTS
).says(
    "The limit for proofs is {amount} in {seconds:,} s.",
    "Wait for the time in the Retry-After header.",
)
QUEUE_FULL = ErrorKind(
    RefusedError, "QUEUE_FULL", "The server is busy", status=HTTPStatus.TOO_MANY_REQUESTS
).says("Requests ahead of this one: {admitted}.", "Try again after the time in the Retry-After header.")
TOO_MANY_CONNECTIONS = QUEUE_FULL.says("Too many connections are open.")
TOO_MANY_OF_CLIENT = QUEUE_FULL.says(
    "This address has as many connections, requests or uploads open as one may have.",
    "Wait until some of them have ended, or for the time in the Retry-After header.",
)

INTERNAL = ErrorKind(
    RefusedError, "INTERNAL", "Internal server error", status=HTTPStatus.INTERNAL_SERVER_ERROR
).says(
    "The server's log has the details.",
    "Try again. If it fails again, give the request ID to the server's operator.",
)

LISTEN_FAILED = ErrorKind(UnusableEnvironmentError, "LISTEN_FAILED", "Cannot listen on this address").says(
    "{address}: {reason}.", "Choose another address or port; another program may be using this one."
)
