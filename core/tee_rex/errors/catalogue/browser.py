"""What a web page is refused. The code in lower case is the one that Presto's client reads."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, ExitCode, RefusedError, UnusableEnvironmentError

INVALID_HOST = ErrorKind(
    RefusedError, "INVALID_HOST", "Not addressed to this machine", status=HTTPStatus.FORBIDDEN
).says(
    "The Host header does not name this listener.",
    "Send the request to 127.0.0.1, localhost or [::1] with the listener's port.",
)
INVALID_ORIGIN = ErrorKind(RefusedError, "INVALID_ORIGIN", "Malformed origin", exit_code=ExitCode.USAGE).says(
    "Expected the origin of a website or an extension, such as https://app.example, without a path.",
    "Pages served over http or https and extensions have one; a local file has none.",
)
ORIGIN_DENIED = ErrorKind(
    RefusedError, "ORIGIN_DENIED", "The website may not prove", status=HTTPStatus.FORBIDDEN
).says(
    "{origin} may not prove.",
    "Answer the question in TEE-Rex's window with Allow, or run: tee-rex sites allow {origin}",
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
TOO_MANY_ORIGINS = ErrorKind(
    RefusedError, "TOO_MANY_REQUESTS", "Too many requests", status=HTTPStatus.TOO_MANY_REQUESTS
).says("The user is being asked about {limit} websites already.", "Answer the questions in TEE-Rex's window.")
SITES_UNREADABLE = ErrorKind(
    UnusableEnvironmentError,
    "SITES_UNREADABLE",
    "The list of approved websites cannot be read",
    remedy="Fix or delete the file. After deleting it, every website is asked about again.",
).says("{file}: {reason}.", "Fix or delete {file}. After deleting it, every website is asked about again.")
