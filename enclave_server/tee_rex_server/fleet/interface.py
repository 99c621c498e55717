"""The operations of a dispatcher's HTTP interface."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tee_rex.wire import tickets as wire
from tee_rex_server.errors.fleet import PROVER_UNKNOWN, TICKET_RETURNED, TICKET_UNKNOWN
from tee_rex_server.fleet.monitoring import FleetHealthAnswer
from tee_rex_server.http import interface as server
from tee_rex_server.http.openapi import Content, Operation, Parameter

if TYPE_CHECKING:
    from starlette.requests import Request

_TICKET: Final = f"{wire.TICKETS_PATH}/{{ticket}}"
_TICKET_PATTERN: Final = f"[0-9a-f]{{{wire.TICKET_ID_HEX_DIGITS}}}"
_TICKET_ID: Final = Parameter("path", "ticket", "The ticket's only credential", f"^{_TICKET_PATTERN}$")
_ASSIGNMENT_PATTERN: Final = "[0-9]{1,9}"
_ASSIGNMENT: Final = Parameter(
    "path", "assignment", "Which of the ticket's provers, from its path", f"^{_ASSIGNMENT_PATTERN}$"
)
_WORKER_PATTERN: Final = "[0-9]{1,18}"
_WORKER: Final = Parameter("path", "prover", "The number from its registration", f"^{_WORKER_PATTERN}$")
_FORWARDED_ERRORS: Final = (404, 409, 502, 503)

HEALTH: Final = replace(server.HEALTH, answer=FleetHealthAnswer, errors=(503,))
TAKE: Final = Operation(
    "POST",
    wire.TICKETS_PATH,
    "Take a ticket: a place in the queue, without the request itself",
    wire.TicketStatus,
    status=202,
    errors=(400, 401, 408, 413, 415, 503),
    bodies={"application/json": wire.TicketRequest},
    headers={"Location": {"type": "string"}},
)
GET_TICKET: Final = Operation(
    "GET",
    _TICKET,
    "Get a ticket's state, which keeps it alive",
    wire.TicketStatus,
    errors=(404, 503),
    parameters=(_TICKET_ID,),
)
DELETE_TICKET: Final = Operation(
    "DELETE",
    _TICKET,
    "Cancel a ticket, known or not, and the proof that was begun with it",
    None,
    status=204,
    errors=(404, 503),
    parameters=(_TICKET_ID,),
)
TICKET_EVENTS: Final = Operation(
    "GET",
    f"{_TICKET}/events",
    "Get a ticket's changes as server-sent events: position, ready, finally expired or ended, each with the "
    "JSON of TicketStatus",
    Content("text/event-stream", "The events"),
    errors=(404, 503),
    parameters=(_TICKET_ID,),
)


def of_prover(operation: Operation) -> Operation:
    """An operation of a server, as the prover of a ticket answers it."""
    return replace(
        operation,
        path=f"{_TICKET}/provers/{{assignment}}{operation.path}",
        summary=f"{operation.summary}, of the ticket's prover",
        errors=tuple(sorted({*operation.errors, *_FORWARDED_ERRORS})),
        parameters=(_TICKET_ID, _ASSIGNMENT, *operation.parameters),
    )


JOIN: Final = Operation(
    "POST",
    wire.PROVERS_PATH,
    "Register a prover, in place of one of the same name",
    wire.JoinAnswer,
    status=201,
    errors=(400, 403, 408, 413, 415, 503),
    bodies={"application/json": wire.JoinRequest},
)
BEAT: Final = Operation(
    "PUT",
    f"{wire.PROVERS_PATH}/{{prover}}",
    "Say that a prover lives, and how busy it is",
    wire.HeartbeatAnswer,
    errors=(400, 403, 404, 408, 413, 415, 503),
    parameters=(_WORKER,),
    bodies={"application/json": wire.Heartbeat},
)
LEAVE: Final = Operation(
    "DELETE",
    f"{wire.PROVERS_PATH}/{{prover}}",
    "Forget a prover, known or not; its tickets whose requests were not sent get their places back",
    None,
    status=204,
    errors=(403, 404, 503),
    parameters=(_WORKER,),
)


def ticket_of(request: Request) -> str:
    """The ticket that a path names; raises TICKET_UNKNOWN when no ticket can have such an ID."""
    ticket: str = request.path_params["ticket"]
    if not re.fullmatch(_TICKET_PATTERN, ticket):
        raise TICKET_UNKNOWN()
    return ticket


def assignment_of(request: Request) -> int:
    """The assignment that a path names; raises TICKET_RETURNED for a number that none can have."""
    assignment: str = request.path_params["assignment"]
    if not re.fullmatch(_ASSIGNMENT_PATTERN, assignment, re.ASCII):
        raise TICKET_RETURNED()
    return int(assignment)


def worker_of(request: Request) -> int:
    """The prover that a path names; raises PROVER_UNKNOWN."""
    worker: str = request.path_params["prover"]
    if not re.fullmatch(_WORKER_PATTERN, worker, re.ASCII):
        raise PROVER_UNKNOWN()
    return int(worker)
