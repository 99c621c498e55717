"""What can fail between a host and its enclaves."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, ExitCode, RefusedError, UnusableEnvironmentError
from tee_rex.errors.catalogue.http import QUEUE_FULL
from tee_rex_server.errors.serving import BAD_OPTION


class EnclaveUnreachableError(RefusedError):
    """The enclave is not running, does not answer, or ended in the middle of an answer."""


class EnclaveAnswerError(RefusedError):
    """The enclave's answer is not one that our server gives."""


# Settings

NO_ENCLAVE = BAD_OPTION.says(
    "No enclave is given.", "Give --cid (nitro-cli describe-enclaves shows it), or --vsock-socket."
)
CID_OUT_OF_RANGE = BAD_OPTION.says(
    "An enclave's CID is a number from {first} to {last}.", "nitro-cli describe-enclaves shows it."
)
ENCLAVE_TWICE = BAD_OPTION.says(
    "The same enclave is given twice.", "Give each enclave once, and sockets with different file names."
)
# Enclaves

ENCLAVE_UNREACHABLE = ErrorKind(
    EnclaveUnreachableError,
    "ENCLAVE_UNREACHABLE",
    "The enclave does not answer",
    exit_code=ExitCode.ENVIRONMENT,
    status=HTTPStatus.SERVICE_UNAVAILABLE,
).says("Enclave {enclave} does not answer.", "Try again in a moment; a restarted enclave has a new key.")
NO_ENCLAVE_ANSWERS = ENCLAVE_UNREACHABLE.says("No enclave answers.")
ENCLAVES_DRAINING = ENCLAVE_UNREACHABLE.says(
    "The enclaves of this host that answer are about to be replaced.", "Try again in a minute."
)
KEY_UNREACHABLE = ENCLAVE_UNREACHABLE.says("The message may be for an enclave that does not answer.")
JOB_UNREACHABLE = ENCLAVE_UNREACHABLE.says("The job may be in an enclave that does not answer.")
ENCLAVE_NOT_CONNECTED = ENCLAVE_UNREACHABLE.says("Cannot connect to enclave {enclave} on port {port}.")
ENCLAVE_TIMED_OUT = ENCLAVE_UNREACHABLE.says("Enclave {enclave} did not answer within {seconds:g} s.")
ENCLAVE_HUNG_UP = ENCLAVE_UNREACHABLE.says(
    "Enclave {enclave} closed the connection before its answer was complete."
)
LOG_UNREACHABLE = ErrorKind(
    UnusableEnvironmentError, ENCLAVE_UNREACHABLE.code, ENCLAVE_UNREACHABLE.title
).says(
    "Cannot connect to the log of enclave {enclave}.",
    "Check that the enclave runs: nitro-cli describe-enclaves shows it and its CID. It listens some seconds "
    "after its start.",
)
ENCLAVE_UNKNOWN = ErrorKind(
    RefusedError, "ENCLAVE_UNKNOWN", "Enclave not found", status=HTTPStatus.NOT_FOUND
).says("This host has no enclave of that name.", "GET /health lists the enclaves.")
PROXY_BUSY = QUEUE_FULL.says("The host is already forwarding too many requests.")

# Their answers

ENCLAVE_ANSWER_INVALID = ErrorKind(
    EnclaveAnswerError,
    "ENCLAVE_ANSWER_INVALID",
    "The enclave's answer is invalid",
    status=HTTPStatus.BAD_GATEWAY,
).says(
    "Enclave {enclave} answered {path} in an unknown format.",
    "The host and the enclave may come from different releases; update the older one.",
)
ANSWER_STATUS = ENCLAVE_ANSWER_INVALID.says("Enclave {enclave} answered {path} with status {status}.")
ANSWER_STATUS_UNKNOWN = ENCLAVE_ANSWER_INVALID.says(
    "Enclave {enclave} answered with status {status}, which our server does not use."
)
ANSWER_TOO_LARGE = ENCLAVE_ANSWER_INVALID.says(
    "The answer of enclave {enclave} has more than {limit:,} bytes."
)
ANSWER_NOT_HTTP = ENCLAVE_ANSWER_INVALID.says("Enclave {enclave} does not speak HTTP/1.1.")
UPLOAD_REFUSED = ErrorKind(
    RefusedError, "UPLOAD_REFUSED", "The enclave refused an upload", status=HTTPStatus.BAD_GATEWAY
).says("{path}: {code}.", "See the enclave's log; the enclave may be out of memory.")
