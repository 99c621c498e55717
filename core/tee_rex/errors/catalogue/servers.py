"""Between this machine and a server: addresses, connections, answers, keys."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, ProvingError, ServerError, UnusableEnvironmentError, UsageError
from tee_rex.errors.tree import (
    BadServerAnswerError,
    NeverConnectedError,
    NotServedError,
    ServerBusyError,
    ServerCertificateError,
    ServerFailedError,
    ServerUnreachableError,
    TicketReturnedError,
)

# Addresses

SERVER_URL_INVALID = ErrorKind(UsageError, "SERVER_URL_INVALID", "Invalid server address").says(
    "The address must start with https:// and a host.",
    "Enter an address like https://prover.example.org, without user name, query or fragment.",
)
SERVER_URL_MALFORMED = SERVER_URL_INVALID.says("The address is malformed.")
SERVER_URL_BAD_PORT = SERVER_URL_INVALID.says("Invalid port: {port}.")
SERVER_URL_EXTRA_PARTS = SERVER_URL_INVALID.says("The address contains a user name, a query or a fragment.")
SERVER_URL_INSECURE = ErrorKind(
    UsageError, "SERVER_URL_INSECURE", "The connection would not be protected"
).says(
    "{host} is another machine, and http is not encrypted.",
    "Use https. Plain http is accepted for this machine only.",
)

# Connections

SERVER_UNREACHABLE = ErrorKind(
    ServerUnreachableError, "SERVER_UNREACHABLE", "The server does not respond"
).says(
    "The connection to {host} was lost ({reason}).", "Check its address, the network and the proxy settings."
)
SERVER_NEVER_CONNECTED = ErrorKind(
    NeverConnectedError, SERVER_UNREACHABLE.code, SERVER_UNREACHABLE.title
).says("Can't connect to {host}.", SERVER_UNREACHABLE.hint)
SERVER_TIMED_OUT = SERVER_UNREACHABLE.says("The answer took longer than {seconds:g} seconds.")
SERVER_CERTIFICATE_INVALID = ErrorKind(
    ServerCertificateError, "SERVER_CERTIFICATE_INVALID", "The server cannot prove its identity"
).says(
    "The TLS certificate of {host} is not valid for it.",
    "A captive portal, a proxy or an attacker may be in between. Check the address.",
)

# Answers. {answer}: the HTTP status and what the server says, or only what it says.

SERVER_ANSWER_INVALID = ErrorKind(
    BadServerAnswerError, "SERVER_ANSWER_INVALID", "The server's answer cannot be used"
).says("Malformed server response.", "Check that the address is that of a TEE-Rex server.")
SERVER_ANSWER_UNEXPECTED = SERVER_ANSWER_INVALID.says("Unexpected response: {answer}.")
SERVER_ANSWER_TOO_LARGE = SERVER_ANSWER_INVALID.says("The response has more than {limit:,} bytes.")
SERVER_ANSWER_COMPRESSED = SERVER_ANSWER_INVALID.says("The response is compressed.")
SERVER_ANSWER_NO_DOCUMENT = SERVER_ANSWER_INVALID.says(
    "It claims to run in a Nitro enclave, but sent no attestation document."
)
SERVER_ANSWER_NO_PROOF = SERVER_ANSWER_INVALID.says("The job is done, but the response has no proof.")
SERVER_ANSWER_BAD_PROOF = SERVER_ANSWER_INVALID.says("The response does not contain a proof: {reason}")
SERVER_BUSY = ErrorKind(ServerBusyError, "SERVER_BUSY", "The server is busy").says(
    "The server answered: {answer}.", "Try again later, use another server, or prove on this machine."
)
SERVER_FAILED = ErrorKind(ServerFailedError, "SERVER_FAILED", "The server failed").says(
    "The server answered: {answer}.",
    "Try again later. The server's operator can look up the request in its log.",
)
SERVER_BB_REVOKED = ErrorKind(ServerError, SERVER_FAILED.code, "The server's prover was revoked").says(
    "The server answered: {answer}.",
    "Use another server, or prove on this machine. The operator needs a newer release, or an update with the "
    "newest bb, and a restart.",
    "The operator runs: tee-rex-server update",
)
SERVER_REFUSED = ErrorKind(ServerError, "SERVER_REFUSED", "The server refused the request").says(
    "The server answered: {answer}.",
    "Its key may have changed in the meantime: try again. Otherwise ask the server's operator.",
)
NOT_SERVED = ErrorKind(NotServedError, "NOT_SERVED", "The server does not prove such transactions").says(
    "The server answered: {answer}.",
    "Its operator chooses the Aztec versions and the trusted setup.",
    "Options of tee-rex-server serve: --aztec-version and --crs.",
)
CIRCUIT_TOO_LARGE = ErrorKind(
    ServerError, "CIRCUIT_TOO_LARGE", "The transaction is too large for the server"
).says(
    "The server answered: {answer}.",
    "Prove on this machine, or on a server that proves larger circuits.",
    "The operator sets the limit: tee-rex-server serve --max-points",
)

# Jobs

REMOTE_PROOF_FAILED = ErrorKind(
    ProvingError, "REMOTE_PROOF_FAILED", "The server could not make the proof"
).says("The server answered: {answer}.", "Try again, or prove on this machine to see the reason.")
REMOTE_PROOF_FAILED_SILENTLY = REMOTE_PROOF_FAILED.says("The server gave no reason.")
JOB_LOST = ErrorKind(ProvingError, "JOB_LOST", "The server has lost the proof").says(
    "The server no longer knows the job.", "It may have been restarted. Try again."
)
PROVER_LOST = ErrorKind(ProvingError, "PROVER_LOST", "The prover was lost").says(
    "The server answered: {answer}.", "The transaction was sent to no other prover. Start the proof again."
)
JOB_CANCELLED = JOB_LOST.says("The job was cancelled by the server, or by someone else who knows its ID.")

# Tickets of a fleet

TICKET_EXPIRED = ErrorKind(ServerError, "TICKET_EXPIRED", "The place in the queue was lost").says(
    "The server no longer knows the ticket, because it was not asked for it in time.", "Try again."
)
TICKET_RETURNED = ErrorKind(TicketReturnedError, "TICKET_RETURNED", "The prover was lost").says(
    "The server answered: {answer}.", "Try again: the place in the queue was kept."
)

# Keys

FINGERPRINT_INVALID = ErrorKind(UsageError, "FINGERPRINT_INVALID", "Invalid key fingerprint").says(
    "Expected 40 hexadecimal digits.", "Copy the fingerprint that the server shows when it starts."
)
SERVER_KEY_MISMATCH = ErrorKind(
    ServerError, "SERVER_KEY_MISMATCH", "The server does not have the expected key"
).says(
    "Its key is {found}, not {expected}.",
    "Nothing was sent. Ask the server's operator for the fingerprint of its current key.",
)
FLEET_SIGNATURE_INVALID = ErrorKind(
    ServerError, "FLEET_SIGNATURE_INVALID", "The server does not vouch for its prover"
).says(
    "The signature of the prover's key is not valid.",
    "Nothing was sent. Somebody may be intercepting the connection; ask the server's operator.",
)
SERVER_KEY_CHANGED = ErrorKind(
    ServerError,
    "SERVER_KEY_CHANGED",
    "The server's key has changed",
).says(
    "It was {known} on {first_used} and is now {found}. Nothing was sent.",
    "TEE-Rex servers create a new key at each start. If the server's operator confirms the new fingerprint, "
    "forget the old key.",
    "Run: tee-rex servers forget {server}",
)
KNOWN_SERVERS_UNREADABLE = ErrorKind(
    UnusableEnvironmentError,
    "KNOWN_SERVERS_UNREADABLE",
    "The list of known servers cannot be read",
    remedy="Fix or delete the file. After deleting it, the next key of every server is accepted.",
).says(
    "{file}: {reason}.", "Fix or delete {file}. After deleting it, the next key of every server is accepted."
)
