"""What a web page is refused. The code in lower case is the one that Presto's client reads."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, ExitCode, ProvingError, RefusedError, UnusableEnvironmentError

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
    "Answer the question in TEE-Rex's window with Allow.",
    "Or run: tee-rex sites allow {origin}",
)
AUTHORIZATION_TIMEOUT = ErrorKind(
    RefusedError, "AUTHORIZATION_TIMEOUT", "No answer", status=HTTPStatus.FORBIDDEN
).says(
    "Nobody answered within {seconds:.0f} s whether {origin} may prove.",
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
).says(
    "TEE-Rex is already asking its user about {limit} websites.", "Answer the questions in TEE-Rex's window."
)
SITES_UNREADABLE = ErrorKind(
    UnusableEnvironmentError,
    "SITES_UNREADABLE",
    "The list of approved websites cannot be read",
    remedy="Fix or delete the file. After deleting it, every website is asked about again.",
).says("{file}: {reason}.", "Fix or delete {file}. After deleting it, every website is asked about again.")

INVALID_REQUEST = ErrorKind(RefusedError, "INVALID_REQUEST", "Not a request to prove").says(
    "The request is not one that this listener reads.", "Use Presto's client, or see docs/browser.md."
)
CIRCUIT_NOT_READ = INVALID_REQUEST.says("{reason}")
VERSION_NOT_ALLOWED = ErrorKind(
    RefusedError, "VERSION_NOT_ALLOWED", "Unknown Aztec version", status=HTTPStatus.FORBIDDEN
).says(
    "This release has no bb for Aztec {version}.",
    "A newer release of TEE-Rex may support it.",
    "tee-rex bb list shows the versions that this release supports.",
)
DOWNLOAD_BUDGET_EXHAUSTED = ErrorKind(
    RefusedError,
    "DOWNLOAD_BUDGET_EXHAUSTED",
    "Too many downloads",
    status=HTTPStatus.TOO_MANY_REQUESTS,
).says(
    "Websites have asked for more versions of bb than may be downloaded within {minutes:.0f} minutes.",
    "Wait a few minutes, then try again.",
    "Or install the version: tee-rex bb install {version}",
)
DOWNLOAD_FAILED = ErrorKind(
    UnusableEnvironmentError,
    "DOWNLOAD_FAILED",
    "bb could not be installed",
    status=HTTPStatus.INTERNAL_SERVER_ERROR,
).says("The bb of Aztec {version} could not be installed.", "TEE-Rex's log has the reason.")
TOO_MANY_OF_ORIGIN = TOO_MANY_ORIGINS.says(
    "{origin} has {most} requests in progress, as many as a website may have.",
    "Wait until some of them have ended.",
)
PROVE_QUEUE_FULL = ErrorKind(
    RefusedError, "PROVE_QUEUE_FULL", "The prover is busy", status=HTTPStatus.TOO_MANY_REQUESTS
).says("{most} proofs are in progress or waiting.", "Wait until some of them have ended.")
ORIGIN_QUEUE_FULL = ErrorKind(
    RefusedError,
    "ORIGIN_QUEUE_FULL",
    "The website asks for too many proofs",
    status=HTTPStatus.TOO_MANY_REQUESTS,
).says(
    "{origin} has {most} proofs in progress or waiting, as many as a website may have.",
    "Wait until some of them have ended.",
)
PROVE_FAILED = ErrorKind(ProvingError, "PROVE_FAILED", "No proof was made").says(
    "The transaction or circuit could not be proved.", "TEE-Rex's log has the reason."
)
SERVICE_UNAVAILABLE = ErrorKind(
    RefusedError,
    "SERVICE_UNAVAILABLE",
    "TEE-Rex is not proving now",
    status=HTTPStatus.SERVICE_UNAVAILABLE,
).says("TEE-Rex is closing.", "Start TEE-Rex again.")

SITES_PAUSED = SERVICE_UNAVAILABLE.says("Proving for websites is paused.", "Resume it in TEE-Rex's window.")
MODE_UNUSABLE = SERVICE_UNAVAILABLE.says(
    "TEE-Rex cannot prove in the mode that its user chose.", "TEE-Rex's window says why."
)
PROOF_STOPPED = ErrorKind(ProvingError, "PROOF_STOPPED", "The proof was cancelled").says(
    "The user cancelled the proof.", "Ask for the proof again."
)

PORT_TAKEN = ErrorKind(UnusableEnvironmentError, "PORT_TAKEN", "Another program uses the port").says(
    "Port {port} of this machine is in use, probably by Presto, or by another TEE-Rex.",
    "Close the other program, then try again. Websites look for a prover only on this port.",
)

HTTPS_CERTIFICATE_UNUSABLE = ErrorKind(
    UnusableEnvironmentError, "HTTPS_CERTIFICATE_UNUSABLE", "The certificate for HTTPS is not usable"
).says(
    "{file}: {reason}.",
    "Renew it on the Sites page.",
    "Or run: tee-rex https enable",
)
HTTPS_CERTIFICATE_EXPIRED = HTTPS_CERTIFICATE_UNUSABLE.says("The certificate is valid from {begin} to {end}.")

HTTPS_NOT_TRUSTED = ErrorKind(
    RefusedError,
    "HTTPS_NOT_TRUSTED",
    "A browser does not trust the certificate",
    remedy="Run `tee-rex https enable`, or use *Trust* on the Sites page; then restart the browser. "
    "`tee-rex https status` shows which browsers trust it, and which TEE-Rex cannot reach.",
).says(
    "A browser does not trust TEE-Rex's certificate, so its websites prove without TEE-Rex.",
    "Trust it on the Sites page, then restart the browser.",
    "Or run: tee-rex https enable",
)

CERTUTIL_MISSING = ErrorKind(
    UnusableEnvironmentError,
    "CERTUTIL_MISSING",
    "certutil is not installed",
    remedy="Install it: on Debian and Ubuntu with `sudo apt install libnss3-tools`, on Fedora with "
    "`sudo dnf install nss-tools`.",
).says(
    "Browsers on Linux keep what they trust in databases that certutil changes.",
    "Install the package {package}, then try again.",
    "Run: {command}",
)
TRUST_STORE_FAILED = ErrorKind(
    UnusableEnvironmentError, "TRUST_STORE_FAILED", "What a browser trusts could not be read or changed"
).says("{place}: {reason}.", "Close the browser, then try again.")
TRUST_STORE_LOCKED = ErrorKind(
    UnusableEnvironmentError, "TRUST_STORE_LOCKED", "A primary password protects what a browser trusts"
).says(
    "Only the browser itself can change {place}.",
    "In the browser's settings, open Certificates, then Authorities, and import {file}.",
)
