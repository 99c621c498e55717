"""What can fail in a fleet: between clients, dispatchers, provers and the database."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, RefusedError, UnusableEnvironmentError
from tee_rex.errors.catalogue.http import QUEUE_FULL
from tee_rex_server.errors.serving import BAD_OPTION


class TicketUnknownError(RefusedError):
    """No such ticket: it never existed, was cancelled, or has expired."""


# Settings

DATABASE_MALFORMED = BAD_OPTION.says(
    "The database's address cannot be parsed.", "Write it as postgresql://USER@HOST/NAME."
)
JOIN_WITHOUT_TOKEN = BAD_OPTION.says(
    "A prover needs a token to join a fleet.",
    "Set TEE_REX_JOIN_TOKEN to one that tee-rex-server tokens add NAME --prover has made.",
)
TOKEN_EXISTS = BAD_OPTION.says("A token named {name} already exists.", "Choose another name.")
TOKEN_NAME_UNKNOWN = BAD_OPTION.says("There is no token named {name}.", "Run: tee-rex-server tokens list")

# The database

DATABASE_UNAVAILABLE = ErrorKind(
    RefusedError,
    "DATABASE_UNAVAILABLE",
    "The database does not answer",
    status=HTTPStatus.SERVICE_UNAVAILABLE,
).says("The dispatcher cannot reach its database.", "Try again in a moment; tickets are kept.")
DATABASE_NEWER = ErrorKind(
    UnusableEnvironmentError, "DATABASE_NEWER", "The database belongs to a newer release"
).says("Its schema has version {found}; this release supports {known}.", "Update this dispatcher.")
FLEET_EXTRA_MISSING = ErrorKind(
    UnusableEnvironmentError, "FLEET_EXTRA_MISSING", "The fleet's packages are not installed"
).says("{module} is missing.", "Install them: pip install 'tee-rex-server[fleet]'")
POSTGRESQL_MISSING = ErrorKind(
    UnusableEnvironmentError, "POSTGRESQL_MISSING", "PostgreSQL is not installed"
).says("No initdb and pg_ctl were found.", "On Debian or Ubuntu run: apt install postgresql")
POSTGRESQL_FAILED = ErrorKind(
    UnusableEnvironmentError, "POSTGRESQL_FAILED", "PostgreSQL could not be started"
).says("{program} failed: {reason}", "Its log is {log}.")

# Tickets

TICKET_MALFORMED = ErrorKind(RefusedError, "TICKET_MALFORMED", "Malformed ticket request").says(
    "The body is not the JSON that this route accepts.",
    'Send {{"version": "4.1.2", "setup": "genuine", "size": bytes of the message}}.',
)
TICKET_UNKNOWN = ErrorKind(
    TicketUnknownError, "TICKET_UNKNOWN", "Ticket not found", status=HTTPStatus.NOT_FOUND
).says(
    "The ticket never existed, was cancelled, or has expired.",
    "Tickets that nobody asks for are dropped after a minute; take another one.",
)
TICKET_USED = ErrorKind(
    RefusedError, "TICKET_USED", "The ticket has been used", status=HTTPStatus.CONFLICT
).says("A ticket is good for one proof, and the request of this one has been sent.", "Take another ticket.")
TICKET_RETURNED = ErrorKind(
    RefusedError, "TICKET_RETURNED", "The prover was lost", status=HTTPStatus.CONFLICT
).says(
    "The prover does not answer or is not this ticket's, and has nothing of the request. The ticket has its "
    "place back.",
    "Wait for the event ready, and encrypt to the key of the next prover.",
)
PROVER_LOST = ErrorKind(RefusedError, "PROVER_LOST", "The prover was lost", status=HTTPStatus.NOT_FOUND).says(
    "The prover that had the request has ended. The request is not sent to another one.",
    "Start the proof again.",
)
PROVER_SILENT = ErrorKind(
    RefusedError, "PROVER_SILENT", "The prover does not answer", status=HTTPStatus.SERVICE_UNAVAILABLE
).says("The ticket's prover did not answer.", "Try again in a moment.")
NO_PROVER_FOR = ErrorKind(RefusedError, "NOT_SERVED", "No prover of the fleet proves such transactions").says(
    "No prover has joined for Aztec {version} ({setup} setup).",
    "GET /health lists the versions that the fleet proves for.",
)
NO_PROVER = ErrorKind(
    RefusedError, "NO_PROVER", "No prover is available", status=HTTPStatus.SERVICE_UNAVAILABLE
).says("No prover of the fleet is ready.", "Try again in a minute.")
TICKETS_FULL = QUEUE_FULL.says("The fleet has no room for more tickets.")
TICKETS_OF_CLIENT = QUEUE_FULL.says(
    "This client has {most} tickets, the most that one may have.", "Wait until some of its proofs have ended."
)

# Who may do what

TOKEN_REQUIRED = ErrorKind(
    RefusedError, "TOKEN_REQUIRED", "A token is needed", status=HTTPStatus.UNAUTHORIZED
).says("The server accepts only clients with a valid token.", "Ask the server's operator for one.")
JOIN_REFUSED = ErrorKind(
    RefusedError, "JOIN_REFUSED", "The prover may not join", status=HTTPStatus.FORBIDDEN
).says("The token is not one for provers.", "Make one: tee-rex-server tokens add NAME --prover")
JOIN_MALFORMED = ErrorKind(RefusedError, "JOIN_MALFORMED", "Malformed registration").says(
    "The body is not the JSON that this route accepts.",
    "The prover and the dispatcher may come from different releases; update the older one.",
)
PROVER_UNKNOWN = ErrorKind(
    RefusedError, "PROVER_UNKNOWN", "Prover not found", status=HTTPStatus.NOT_FOUND
).says("The prover is not registered, or was silent for too long.", "Register it again.")
