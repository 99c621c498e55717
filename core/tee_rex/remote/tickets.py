"""Tickets of a fleet: a place in the queue first, then the key of the prover whose turn it is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

from tee_rex.errors.catalogue import servers as errors
from tee_rex.errors.tree import BadServerAnswerError, ServerUnreachableError
from tee_rex.http_client import answers
from tee_rex.http_client.retries import NO_ANSWER, NOT_SEEN
from tee_rex.remote.jobs import CANCEL_SECONDS, EVENTS_SILENCE_SECONDS, POLL_RETRIES, finish_within
from tee_rex.transaction.events import Phase, QueuePosition
from tee_rex.wire import protocol
from tee_rex.wire import tickets as wire
from tee_rex.wire.tickets import TicketState

if TYPE_CHECKING:
    from tee_rex.http_client.connection import ServerConnection
    from tee_rex.http_client.retries import Retries
    from tee_rex.transaction.events import PhaseClock
    from tee_rex.transaction.request import ProofRequest

POLL_SECONDS: Final = 2.0
"""Where there are no events: a ticket is kept for a minute after it was asked for."""
MAX_ANSWER_BYTES: Final = 128 * 1024
MAX_EVENTS_BYTES: Final = 8 * 1024 * 1024
"""All events of one ticket: half a day of positions."""
_TICKET: Final = re.compile(f"[0-9a-f]{{{wire.TICKET_ID_HEX_DIGITS}}}")


class _Health(msgspec.Struct):
    features: tuple[str, ...] = ()


async def takes_tickets(connection: ServerConnection) -> bool:
    """Whether ``GET /health`` lists them; the original's servers list nothing."""
    answer = await connection.exchange("GET", protocol.HEALTH_PATH, limit=MAX_ANSWER_BYTES)
    if answer.status != HTTPStatus.OK:
        return False
    try:
        return wire.TICKETS_FEATURE in answers.decoded(answer.body, _Health).features
    except BadServerAnswerError:
        return False


class Ticket:
    """A place in the queue of a fleet.

    1. :meth:`taken` asks for it.
    2. :meth:`ready` waits for a prover, whose own interface then answers over the connection that it returns.
    3. If that prover is lost before it has the whole request, TICKET_RETURNED is raised, and the place is
       kept: call :meth:`ready` again, and encrypt to the next prover's key.
    """

    def __init__(self, connection: ServerConnection, status: wire.TicketStatus, phases: PhaseClock) -> None:
        """Use :meth:`taken`."""
        self._connection = connection
        self._status = status
        self._phases = phases
        self._path = wire.ticket_path(status.id)
        self._shown: tuple[int, float | None] | None = None

    @classmethod
    @asynccontextmanager
    async def taken(
        cls, connection: ServerConnection, request: ProofRequest, retries: Retries, phases: PhaseClock
    ) -> AsyncIterator[Ticket]:
        """A new ticket; leaving the context gives it up, within CANCEL_SECONDS."""
        wanted = msgspec.json.encode(wire.TicketRequest(str(request.version), request.setup))
        phases.begin(Phase.QUEUE)

        async def take() -> wire.TicketStatus:
            answer = await connection.exchange(
                "POST",
                wire.TICKETS_PATH,
                limit=MAX_ANSWER_BYTES,
                content=wanted,
                headers={"Content-Type": "application/json"},
            )
            status = answers.decoded(answer.expect(HTTPStatus.ACCEPTED), wire.TicketStatus)
            if not _TICKET.fullmatch(status.id):
                raise errors.SERVER_ANSWER_INVALID()
            return status

        async def give_up(taking: asyncio.Task[wire.TicketStatus]) -> None:
            path = wire.ticket_path((await taking).id)
            await connection.exchange("DELETE", path, limit=MAX_ANSWER_BYTES)

        taking = asyncio.create_task(retries.run(take, NOT_SEEN, phases.listener))
        try:
            ticket = cls(connection, await asyncio.shield(taking), phases)
        except asyncio.CancelledError:
            await finish_within(CANCEL_SECONDS, give_up(taking))  # only the answer names the ticket
            taking.cancel()
            await asyncio.wait([taking])
            raise
        proved = False
        try:
            yield ticket
            proved = True
        finally:
            if not proved:
                await finish_within(CANCEL_SECONDS, give_up(taking))

    async def ready(self) -> ServerConnection:
        """Wait for a prover; the connection to its interface. Raises TICKET_EXPIRED."""
        if self._phases.phase is not Phase.QUEUE:
            self._phases.begin(Phase.QUEUE)
        status = self._status if self._is_ready(self._status) else await self._listen() or await self._poll()
        self._status = msgspec.structs.replace(status, state=TicketState.WAITING)  # should it be returned
        path = "" if status.prover is None else status.prover.path
        if not re.fullmatch(f"{re.escape(self._path)}/provers/[0-9]{{1,9}}", path, re.ASCII):
            raise errors.SERVER_ANSWER_INVALID()
        return self._connection.below(path)

    async def _listen(self) -> wire.TicketStatus | None:
        """Follow the ticket's events until it is ready; None when they break off or there are none."""
        with suppress(ServerUnreachableError, BadServerAnswerError):
            events = self._connection.events(
                f"{self._path}/events",
                silence_seconds=EVENTS_SILENCE_SECONDS,
                max_event_bytes=MAX_ANSWER_BYTES,
                max_bytes=MAX_EVENTS_BYTES,
            )
            async with aclosing(events):
                async for event in events:
                    status = answers.decoded(event, wire.TicketStatus)
                    if self._is_ready(status):
                        return status
        return None

    async def _poll(self) -> wire.TicketStatus:
        while True:
            status = await POLL_RETRIES.run(self._get, NO_ANSWER, self._phases.listener)
            if self._is_ready(status):
                return status
            await asyncio.sleep(POLL_SECONDS)

    async def _get(self) -> wire.TicketStatus:
        answer = await self._connection.exchange("GET", self._path, limit=MAX_ANSWER_BYTES)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise errors.TICKET_EXPIRED()
        return answers.decoded(answer.expect(HTTPStatus.OK), wire.TicketStatus)

    def _is_ready(self, status: wire.TicketStatus) -> bool:
        """Whether a prover waits; tells of a new position. Raises for a ticket that has ended."""
        if status.state is TicketState.READY:
            return True
        if status.state is not TicketState.WAITING:
            raise errors.TICKET_EXPIRED()
        shown = (status.position, status.seconds)
        if shown != self._shown and status.position >= 0:
            self._shown = shown
            self._phases.listener(QueuePosition(*shown))
        return False
