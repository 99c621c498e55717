"""The server's own entries of the catalogue of errors, and the classes that its code catches.

What any HTTP service refuses stands in :mod:`tee_rex.errors.catalogue.http`.
"""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, RefusedError, UnusableEnvironmentError, UsageError
from tee_rex.errors.catalogue.http import BODY_MALFORMED
from tee_rex.errors.catalogue.proving import PROOF_TIMED_OUT


class ShuttingDownError(RefusedError):
    """The server is being stopped."""


class UnknownJobError(RefusedError):
    """No such job: it never existed, was deleted or abandoned, or its result has expired."""


# Settings

BAD_OPTION = ErrorKind(UsageError, "BAD_SETTING", "Invalid setting")
"""An option or environment variable; its variants say which, and what is expected."""
RATE_LIMIT_MALFORMED = BAD_OPTION.says(
    "The rate limit {text!r} cannot be parsed.", "Write it as 10/hour, or off."
)
TRUSTED_PROXY_MALFORMED = BAD_OPTION.says(
    "The trusted proxy {text!r} is not an IP address or network.",
    "Write it as 10.0.0.7 or 10.0.0.0/8, without host bits.",
)
NO_BB_FOR_SETUPS = BAD_OPTION.says(
    "No bb is pinned for {of} under all of these trusted setups: {setups}.",
    "Choose another trusted setup with --crs, or other versions with --aztec-version.",
)
BB_NOT_FOR_ENCLAVES = BAD_OPTION.says(
    "This release does not pin the bb of {versions} itself, so no client of an enclave would accept it.",
    "Name pinned versions with --aztec-version.",
)

# Requests

PROVE_BODY_MALFORMED = BODY_MALFORMED.says(
    "The body is not the JSON that this route accepts.",
    'Send {{"data": the encrypted message in base64}}; /v1/proofs also accepts the message itself.',
)
PART_REFUSED = ErrorKind(RefusedError, "PART_REFUSED", "A part of the steps was refused").says(
    "The part is not the next one of this job's steps, or comes from somebody else. The job has ended.",
    "Start the proof again.",
)
PART_CUT_SHORT = PART_REFUSED.says("The connection ended within a part of the steps. The job has ended.")
STREAM_REPEATED = PART_REFUSED.says("A job with these steps exists already.")
NO_PARTS_EXPECTED = PART_REFUSED.says("This job had all of its steps at its start.")
NONCE_MALFORMED = ErrorKind(RefusedError, "NONCE_MALFORMED", "Invalid nonce").says(
    "Expected one nonce of 1 to 64 bytes in hexadecimal.",
    "Send the query parameter nonce once, with 2 to 128 hexadecimal digits.",
)
NOT_SERVED = ErrorKind(RefusedError, "NOT_SERVED", "The server does not prove such transactions").says(
    "The request is for Aztec {wanted} ({setup} setup); the server proves for {versions}.",
    "GET /health lists the Aztec versions; the operator chooses them and the trusted setup.",
)
NOTHING_SERVED_YET = NOT_SERVED.says("The server cannot prove for any Aztec version yet.")
CIRCUIT_TOO_LARGE = ErrorKind(
    RefusedError, "CIRCUIT_TOO_LARGE", "The transaction is too large for the server"
).says(
    "By its key, the largest circuit has {rows:,} rows; the server proves up to {most:,} ({setup} setup).",
    "Prove on your own computer, or ask the server's operator to serve larger circuits.",
)
PROVER_NOT_ALLOWED = ErrorKind(RefusedError, "PROVER_NOT_ALLOWED", "The server proves with another bb").says(
    "The server's bb {version} has the SHA-256 {sha256}.",
    "The client and the server may come from different releases; update the older one.",
)

# State of the server

JOB_UNKNOWN = ErrorKind(UnknownJobError, "JOB_UNKNOWN", "Job not found", status=HTTPStatus.NOT_FOUND).says(
    "The job never existed or is no longer kept.",
    "Jobs that nobody polls are dropped; send the transaction again.",
)
NOT_READY = ErrorKind(
    RefusedError, "NOT_READY", "The server is not ready yet", status=HTTPStatus.SERVICE_UNAVAILABLE
).says("bb or the CRS is not installed yet.", "Try again in a moment.")
SHUTTING_DOWN = ErrorKind(
    ShuttingDownError, "SHUTTING_DOWN", "The server is shutting down", status=HTTPStatus.SERVICE_UNAVAILABLE
).says("The server only finishes what it has started.", "Try again in a moment, or use another server.")
STOPPED_IN_QUEUE = SHUTTING_DOWN.says("The request was still waiting in the queue.")
PROOF_LIMIT_PASSED = PROOF_TIMED_OUT.says(
    "The server allows one proof {seconds:g} s.",
    "Try again when it is less busy, use another server, or prove on your own computer. Its operator sets "
    "the limit.",
)
STOPPED_UNFINISHED = SHUTTING_DOWN.says("The request did not finish in time.")

# Enclaves

VSOCK_UNAVAILABLE = ErrorKind(
    UnusableEnvironmentError, "VSOCK_UNAVAILABLE", "vsock is not available on this system"
).says(
    "{reason}.",
    "vsock needs Linux; on the parent instance load the kernel module vsock (nitro-cli includes it).",
)
UPLOAD_NOT_ALLOWED = ErrorKind(
    RefusedError, "PROVER_NOT_ALLOWED", "The enclave does not accept this bb", status=HTTPStatus.FORBIDDEN
).says(
    "Its SHA-256 is not in the image's list.",
    "GET /v1/inventory on the control port lists what the enclave accepts; another bb needs another image.",
)
UPLOAD_DIFFERS = UPLOAD_NOT_ALLOWED.says("The SHA-256 of the uploaded file differs from the one in the path.")
CHUNK_NOT_ALLOWED = ErrorKind(
    RefusedError,
    "CRS_NOT_ALLOWED",
    "The enclave does not accept this part of the CRS",
    status=HTTPStatus.FORBIDDEN,
).says(
    "The image has no digest for it.",
    "It accepts chunks of 8 MiB of Aztec's g1.dat; GET /v1/inventory on the control port lists them.",
)
CHUNK_DIFFERS = CHUNK_NOT_ALLOWED.says("The uploaded bytes are not chunk {index} of this setup.")

# The Nitro Secure Module, an enclave's device

NSM_MISSING = ErrorKind(UnusableEnvironmentError, "NSM_MISSING", "No Nitro Secure Module").says(
    "{path} cannot be opened ({reason}).",
    "Run the server inside a Nitro enclave, or with TEE_MODE=standard outside of one.",
)
NSM_FAILED = ErrorKind(
    UnusableEnvironmentError, "NSM_FAILED", "The Nitro Secure Module does not answer"
).says("The device's driver reports {errno}.", "Restart the enclave.")
NSM_REFUSED = ErrorKind(
    UnusableEnvironmentError, "NSM_REFUSED", "The Nitro Secure Module refused the request"
).says("Its error code is {error_code}.", "Restart the enclave.")
NSM_ANSWER_INVALID = ErrorKind(
    UnusableEnvironmentError, "NSM_ANSWER_INVALID", "Invalid answer from the Nitro Secure Module"
).says(
    "The answer to {request} does not have the form that AWS describes.",
    "Its interface may be newer than this server; look for a newer release.",
)
NSM_ANSWER_TOO_LONG = NSM_ANSWER_INVALID.says("The answer claims to be longer than its buffer.")
NSM_ANSWER_UNREADABLE = NSM_ANSWER_INVALID.says("The answer cannot be decoded: {reason}.")
NSM_ERROR_CODE_UNKNOWN = NSM_ANSWER_INVALID.says("The answer has an unknown error code.")
