"""What a web page is refused. The code in lower case is the one that Presto's client reads."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, RefusedError

INVALID_HOST = ErrorKind(
    RefusedError, "INVALID_HOST", "Not addressed to this machine", status=HTTPStatus.FORBIDDEN
).says(
    "The Host header does not name this listener.",
    "Send the request to 127.0.0.1, localhost or [::1] with the listener's port.",
)
INVALID_ORIGIN = ErrorKind(RefusedError, "INVALID_ORIGIN", "Malformed origin").says(
    "The Origin header is not a website's or an extension's origin.",
    "Prove from a page served over http or https, or from an extension; a local file has no origin.",
)
ORIGIN_DENIED = ErrorKind(
    RefusedError, "ORIGIN_DENIED", "The website may not prove", status=HTTPStatus.FORBIDDEN
).says(
    "The user denied {origin}.", "To allow the website, open Sites in TEE-Rex, or use: tee-rex sites allow"
)
AUTHORIZATION_TIMEOUT = ErrorKind(
    RefusedError, "AUTHORIZATION_TIMEOUT", "Nobody answered", status=HTTPStatus.FORBIDDEN
).says(
    "The question whether {origin} may prove was not answered within {seconds:.0f} s.",
    "Try again, and answer the question in TEE-Rex's window.",
)
AUTHORIZATION_CANCELLED = ErrorKind(
    RefusedError, "AUTHORIZATION_CANCELLED", "The question was cancelled", status=HTTPStatus.FORBIDDEN
).says("TEE-Rex closed before {origin} was approved.", "Try again while TEE-Rex is open.")
AUTHORIZATION_COOLDOWN = ErrorKind(
    RefusedError, "AUTHORIZATION_COOLDOWN", "Denied a moment ago", status=HTTPStatus.FORBIDDEN
).says("{origin} was denied a moment ago.", "Try again in {seconds:.0f} s.")
