"""The routes of a dispatcher: tickets, the interface of each ticket's prover, and provers that join."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from starlette.responses import Response, StreamingResponse

from tee_rex.errors import RefusedError
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.web.app import Cors, create_app, healthz
from tee_rex.web.bodies import BodyForm, body_form, body_parts, declared_bytes, read_body
from tee_rex.web.clients import client_key
from tee_rex.web.responses import json_errors, json_response
from tee_rex.wire import protocol
from tee_rex.wire import tickets as wire
from tee_rex.wire.tickets import TicketState
from tee_rex_server.errors import fleet as errors
from tee_rex_server.errors.proxy import (
    ENCLAVE_ANSWER_INVALID,
    ENCLAVE_UNREACHABLE,
    EnclaveAnswerError,
    EnclaveUnreachableError,
)
from tee_rex_server.fleet import interface
from tee_rex_server.fleet.dispatcher import require_alive
from tee_rex_server.fleet.monitoring import fleet_health, fleet_load
from tee_rex_server.http import interface as server
from tee_rex_server.http.openapi import DescribedRoute, openapi
from tee_rex_server.proxy.enclaves import Enclave, HealthPolicy
from tee_rex_server.proxy.exchange import connected, get, no_body, time_limit
from tee_rex_server.proxy.forwarding import (
    Forwarded,
    Forwarder,
    InFlight,
    StreamedResponse,
    framing,
    joined,
)
from tee_rex_server.proxy.routing import read_message_head

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.types import Receive, Send
    from structlog.typing import FilteringBoundLogger

    from tee_rex.web.clients import ClientAddresses
    from tee_rex_server.fleet.database import Database
    from tee_rex_server.fleet.dispatcher import Dispatcher
    from tee_rex_server.fleet.key import FleetKey
    from tee_rex_server.fleet.monitoring import FleetMetrics
    from tee_rex_server.fleet.provers import Provers, RegisteredProver
    from tee_rex_server.fleet.tickets import Position, Ticket, TicketLimits
    from tee_rex_server.fleet.tokens import Tokens
    from tee_rex_server.http.limits import RateLimit
    from tee_rex_server.proxy.exchange import AnswerHead, Headers

_T = TypeVar("_T")

_MAX_JSON_BYTES: Final = 16 * 1024
"""Of a ticket's request, or a registration."""
_MAX_ATTESTATION_BYTES: Final = 64 * 1024
_HEARTBEAT: Final = b": no change\n\n"
_PROVER_SECONDS: Final = 10.0
"""For a prover's short answers to the dispatcher itself."""
_RETRY_SECONDS: Final = 2
_MAX_IN_FLIGHT: Final = 4_000
"""Requests to provers at a time: each proof has one, with two sockets, in which its client follows it."""
_REFUSED_FOR_NOW: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_JOB_LOCATION: Final = re.compile(
    rf"{protocol.PROOFS_PATH}/([0-9a-f]{{{protocol.JOB_ID_HEX_DIGITS}}})".encode()
)
_JOB_ENDED: Final = re.compile(rb'"state":"(done|failed|cancelled)"')
_OUTCOMES: Final = {
    b"done": TicketState.DONE,
    b"failed": TicketState.FAILED,
    b"cancelled": TicketState.CANCELLED,
}
_POLICY: Final = HealthPolicy()


@dataclass(frozen=True, slots=True)
class DispatchApi:
    """The routes and what they use. tokens_required: whether clients need a token."""

    database: Database
    dispatcher: Dispatcher
    provers: Provers
    key: FleetKey
    tokens: Tokens
    tokens_required: bool
    limits: TicketLimits
    rate_limit: RateLimit
    addresses: ClientAddresses
    metrics: FleetMetrics
    log: FilteringBoundLogger
    in_flight: InFlight = field(default_factory=lambda: InFlight(_MAX_IN_FLIGHT))

    def app(self) -> Starlette:
        """The ASGI application."""
        of_prover = interface.of_prover
        return create_app(
            [
                DescribedRoute(healthz, server.HEALTHZ),
                DescribedRoute(self.health, interface.HEALTH),
                DescribedRoute(self.take_ticket, interface.TAKE),
                DescribedRoute(self.ticket, interface.GET_TICKET, interface.DELETE_TICKET),
                DescribedRoute(self.ticket_events, interface.TICKET_EVENTS),
                DescribedRoute(self.prover_health, of_prover(server.HEALTH)),
                DescribedRoute(self.prover_key, of_prover(server.PUBLIC_KEY)),
                DescribedRoute(self.prover_attestation, of_prover(server.ATTESTATION)),
                DescribedRoute(self.start_job, of_prover(server.START_JOB)),
                DescribedRoute(self.job, of_prover(server.GET_JOB), of_prover(server.DELETE_JOB)),
                DescribedRoute(self.job_events, of_prover(server.JOB_EVENTS)),
                DescribedRoute(self.job_steps, of_prover(server.ADD_STEPS)),
                DescribedRoute(self.join, interface.JOIN),
                DescribedRoute(self.joined, interface.BEAT, interface.LEAVE),
                DescribedRoute(self.public_key, server.PUBLIC_KEY),
                DescribedRoute(self.attestation, server.ATTESTATION),
                DescribedRoute(self.prove, server.PROVE),
                DescribedRoute(openapi, server.OPENAPI),
                DescribedRoute(self.prometheus, server.METRICS),
            ],
            metrics=self.metrics,
            log=self.log,
            client=self.addresses.of_request,
            errors=json_errors(discreet=True),
            cors=Cors(server.EXPOSED_HEADERS),
        )

    # The fleet

    async def health(self, _request: Request) -> Response:
        """State and load of the fleet."""
        provers, load = await self.dispatcher.overview()
        return json_response(
            fleet_health(
                provers,
                load,
                queue_limit=self.limits.of_all,
                accepting=self.in_flight.accepting,
            )
        )

    async def prometheus(self, _request: Request) -> Response:
        """The metrics."""
        self.metrics.show(await fleet_load(self.database), self.dispatcher.watchers)
        return self.metrics.response()

    # Tickets

    async def take_ticket(self, request: Request) -> Response:
        """A new ticket, ready at once where a slot is free."""
        client = await self._client(request)
        wanted = await _body(request, wire.TicketRequest, errors.TICKET_MALFORMED)
        address = self.addresses.of_request(request.scope)
        self.rate_limit.check(address)
        ticket, job = await self.dispatcher.tickets.create(client, wanted)
        self.rate_limit.count(address)
        await self.dispatcher.assign_now()
        found = await self.dispatcher.find(ticket)
        status = await self._status(ticket, found, await self.dispatcher.position(found))
        self.log.info("ticket", job=job, state=status.state, position=status.position)
        return json_response(
            status, status=HTTPStatus.ACCEPTED, headers={"Location": wire.ticket_path(ticket)}
        )

    async def ticket(self, request: Request) -> Response:
        """The state of a ticket (GET), or its end (DELETE)."""
        ticket = interface.ticket_of(request)
        if request.method == "DELETE":
            with suppress(errors.TicketUnknownError):
                found = await self.dispatcher.find(ticket)
                await self.dispatcher.tickets.end(found.job, TicketState.CANCELLED)
                if found.state is TicketState.PROVING:
                    await self.abandon(found)
            return Response(status_code=HTTPStatus.NO_CONTENT)
        found = await self.dispatcher.find(ticket)
        return json_response(await self._status(ticket, found, await self.dispatcher.position(found)))

    async def ticket_events(self, request: Request) -> Response:
        """Every change of a ticket, as server-sent events."""
        ticket = interface.ticket_of(request)
        await self.dispatcher.find(ticket)  # an unknown one is answered with 404

        async def events() -> AsyncIterator[bytes]:
            with suppress(RefusedError):  # the database was lost: the client asks again
                async with aclosing(self.dispatcher.watch(ticket)) as changes:
                    async for change in changes:
                        if change is None:
                            yield _HEARTBEAT
                            continue
                        status = await self._status(ticket, *change)
                        yield b"event: %b\ndata: %b\n\n" % (_event(status), msgspec.json.encode(status))

        return StreamingResponse(
            events(), headers={"X-Accel-Buffering": "no"}, media_type="text/event-stream"
        )

    async def _status(self, ticket: str, found: Ticket, position: Position) -> wire.TicketStatus:
        """What the client is told; a ready ticket's prover was asked first, and replaced if it is lost."""
        if found.state is not TicketState.READY:
            return wire.TicketStatus(ticket, found.state, position.ahead, position.seconds)
        prover = await self.provers.find(found.worker)
        if prover is not None:
            try:
                attestation = None if found.nonce is None else await self._attestation(prover, found.nonce)
            except (EnclaveUnreachableError, EnclaveAnswerError):
                await self._replace(found, prover)
            else:
                path = wire.prover_path(ticket, found.assignment)
                return wire.TicketStatus(
                    ticket, found.state, prover=wire.TicketProver(prover.name, path, attestation)
                )
        again = await self.dispatcher.find(ticket)
        if again.state is TicketState.READY:
            return wire.TicketStatus(ticket, TicketState.WAITING)
        return await self._status(ticket, again, await self.dispatcher.position(again))

    async def _attestation(self, prover: RegisteredProver, nonce: str) -> protocol.AttestationAnswer:
        return await get(
            prover.address,
            prover.address.port,
            f"{prover.prefix}{prover.path}{protocol.ATTESTATION_PATH}?nonce={nonce}",
            protocol.AttestationAnswer,
            limit=_MAX_ATTESTATION_BYTES,
            seconds=_PROVER_SECONDS,
        )

    async def _replace(self, ticket: Ticket, prover: RegisteredProver) -> None:
        self.log.warning("prover replaced", name=prover.name)
        await self.provers.shun(prover.worker)
        await self.dispatcher.tickets.give_back(ticket)
        await self.dispatcher.assign_now()

    async def abandon(self, ticket: Ticket) -> None:
        """End the proof of a ticket at its prover, as far as that answers."""
        prover = await self.provers.find(ticket.worker)
        if prover is None or ticket.proof is None:
            return
        address = prover.address
        with suppress(EnclaveUnreachableError, EnclaveAnswerError):
            async with (
                time_limit(_PROVER_SECONDS, prover.name),
                connected(address, address.port) as exchange,
            ):
                target = f"{prover.prefix}{protocol.PROOFS_PATH}/{ticket.proof}"
                await exchange.send_head("DELETE", target.encode(), [])
                await exchange.send_body(no_body())
                await exchange.short_answer(_MAX_JSON_BYTES)

    # A ticket's prover

    async def prover_health(self, request: Request) -> Response:
        """What the ticket's prover proves."""
        return await self._of_prover(request, protocol.HEALTH_PATH)

    async def prover_key(self, request: Request) -> Response:
        """The key of the ticket's prover, for which the fleet vouches."""
        _, ticket, prover = await self._holder(request)
        try:
            return json_response(await self._vouched(prover))
        except (EnclaveUnreachableError, EnclaveAnswerError):
            if ticket.state is TicketState.READY:
                await self._replace(ticket, prover)
                raise errors.TICKET_RETURNED() from None
            raise errors.PROVER_SILENT(retry_after=_RETRY_SECONDS) from None

    async def _vouched(self, prover: RegisteredProver) -> wire.FleetKeyAnswer:
        """The key that a prover publishes, which must be the one that it has joined with."""
        published = await get(
            prover.address,
            prover.address.port,
            f"{prover.prefix}{prover.path}{protocol.PUBLIC_KEY_PATH}",
            protocol.PublicKeyAnswer,
            limit=_MAX_JSON_BYTES,
            seconds=_PROVER_SECONDS,
        )
        if published.public_key != prover.public_key:  # another server is at its address, or it was restarted
            raise ENCLAVE_ANSWER_INVALID(enclave=prover.name, path=protocol.PUBLIC_KEY_PATH)
        return self.key.vouch(published.public_key)

    async def prover_attestation(self, request: Request) -> Response:
        """The attested key of the ticket's prover."""
        return await self._of_prover(request, protocol.ATTESTATION_PATH, of_key=True)

    async def start_job(self, request: Request) -> Response:
        """The request of a ticket, sent to its prover and no other, once."""
        form = body_form(request.headers, set(BodyForm))
        length = declared_bytes(request.headers, form.value)
        ticket_id, ticket, prover = await self._holder(request)
        tickets = self.dispatcher.tickets
        proving = ticket
        complete = False

        async def parts(receive: Receive) -> AsyncIterator[bytes]:
            nonlocal complete
            forwarded = 0
            async for part in body_parts(receive, form.value):
                forwarded += len(part)
                complete = forwarded >= length  # or it could be proved, and sent again
                yield part
            complete = True

        async def returned() -> RefusedError:
            await self._replace(proving, prover)
            return errors.TICKET_RETURNED()

        async def lost() -> RefusedError:
            await tickets.end(ticket.job, TicketState.LOST)
            return errors.PROVER_LOST()

        async def on_error(status: int, code: str | None) -> None:
            if status in _REFUSED_FOR_NOW:
                # A proxy says so of an enclave that hung up, and that may have the whole request.
                sure = not complete or code != ENCLAVE_UNREACHABLE.code
                raise await (returned() if sure else lost())

        async def on_head(head: AnswerHead) -> Headers:
            job = _JOB_LOCATION.fullmatch(head.header(b"location"))
            if head.status != HTTPStatus.ACCEPTED or job is None:
                await tickets.end(ticket.job, TicketState.FAILED)
                return []
            await tickets.sent(ticket.job, job[1].decode())
            return [(b"location", wire.prover_path(ticket_id, ticket.assignment).encode() + job[0])]

        async def stream(receive: Receive, send: Send) -> None:
            nonlocal proving
            with self.in_flight.request(proof=True):
                proving = await tickets.begin_sending(ticket)
                target = f"{prover.prefix}{protocol.PROOFS_PATH}"
                forwarded = Forwarded(
                    request, target, parts(receive), [framing(request)], on_head, on_error=on_error
                )
                try:
                    await self._forwarder.forward(forwarded, _as_enclave(prover), receive, send)
                except (EnclaveUnreachableError, EnclaveAnswerError):
                    raise await (lost() if complete else returned()) from None
                except BaseException:
                    if not complete:
                        await asyncio.shield(tickets.end(ticket.job, TicketState.CANCELLED))
                    raise

        return StreamedResponse(stream)

    async def job(self, request: Request) -> Response:
        """The status of the ticket's job, or (DELETE) its cancellation."""
        target = f"{protocol.PROOFS_PATH}/{server.job_id_of(request)}"
        return await self._of_prover(request, target, of_job=True)

    async def job_events(self, request: Request) -> Response:
        """The changes of the ticket's job."""
        target = f"{protocol.PROOFS_PATH}/{server.job_id_of(request)}/events"
        return await self._of_prover(request, target, of_job=True)

    async def job_steps(self, request: Request) -> Response:
        """The next part of the steps of the ticket's job."""
        target = protocol.steps_path(server.job_id_of(request))
        form = body_form(request.headers, {BodyForm.MESSAGE})
        declared_bytes(request.headers, form.value)
        return await self._of_prover(request, target, form=form)

    async def _holder(self, request: Request) -> tuple[str, Ticket, RegisteredProver]:
        """The ticket of a request, and its prover.

        Raises TICKET_UNKNOWN, TICKET_RETURNED, PROVER_LOST.
        """
        ticket_id = interface.ticket_of(request)
        ticket = await self.dispatcher.find(ticket_id)
        require_alive(ticket)
        another = ticket.assignment != interface.assignment_of(request)
        if ticket.state is TicketState.WAITING or (another and not ticket.state.ended):
            raise errors.TICKET_RETURNED()
        prover = await self.provers.find(ticket.worker)
        if prover is None:
            raise errors.TICKET_RETURNED() if ticket.state is TicketState.READY else errors.PROVER_LOST()
        return ticket_id, ticket, prover

    async def _of_prover(
        self,
        request: Request,
        target: str,
        *,
        of_key: bool = False,
        of_job: bool = False,
        form: BodyForm | None = None,
    ) -> Response:
        """The prover's answer. of_key: is below its path. of_job: may say that the job has ended."""
        _, ticket, prover = await self._holder(request)
        query = request.scope["query_string"].decode("latin-1")
        target = f"{prover.prefix}{prover.path if of_key else ''}{target}" + (f"?{query}" if query else "")
        of_job = of_job and ticket.state is TicketState.PROVING
        watch = _JobWatch(self.dispatcher, ticket) if of_job else None

        async def stream(receive: Receive, send: Send) -> None:
            with self.in_flight.request():
                forwarded = Forwarded(
                    request,
                    target,
                    no_body() if form is None else body_parts(receive, form.value),
                    [] if form is None else [framing(request)],
                    None if watch is None else watch.on_head,
                    None if watch is None else watch.on_part,
                )
                try:
                    await self._forwarder.forward(forwarded, _as_enclave(prover), receive, send)
                except (EnclaveUnreachableError, EnclaveAnswerError):
                    if ticket.state is TicketState.READY:
                        await self._replace(ticket, prover)
                        raise errors.TICKET_RETURNED() from None
                    raise errors.PROVER_SILENT(retry_after=_RETRY_SECONDS) from None

        return StreamedResponse(stream)

    # Provers

    async def join(self, request: Request) -> Response:
        """Register a prover."""
        await self._require_prover(request)
        wanted = await _body(request, wire.JoinRequest, errors.JOIN_MALFORMED)
        worker = await self.provers.join(wanted)
        self.log.info("prover joined", name=wanted.name, slots=wanted.slots, versions=wanted.versions)
        from tee_rex_server.fleet.provers import HEARTBEAT_SECONDS

        return json_response(wire.JoinAnswer(worker, HEARTBEAT_SECONDS), status=HTTPStatus.CREATED)

    async def joined(self, request: Request) -> Response:
        """A prover's heartbeat (PUT), or its leaving (DELETE)."""
        worker = interface.worker_of(request)
        await self._require_prover(request)
        if request.method == "DELETE":
            await self.provers.leave(worker)
            return Response(status_code=HTTPStatus.NO_CONTENT)
        heartbeat = await _body(request, wire.Heartbeat, errors.JOIN_MALFORMED)
        return json_response(wire.HeartbeatAnswer(await self.provers.beat(worker, heartbeat)))

    async def _require_prover(self, request: Request) -> None:
        if await self.tokens.owner(request.headers.get("authorization"), prover=True) is None:
            raise errors.JOIN_REFUSED()

    # Without tickets, as the original's clients

    async def public_key(self, _request: Request) -> Response:
        """The key of the least busy prover, for which the fleet vouches."""
        return json_response(self.key.vouch((await self._least_busy()).public_key))

    async def attestation(self, request: Request) -> Response:
        """The attested key of the least busy prover."""
        return await self._of_least_busy(request, protocol.ATTESTATION_PATH)

    async def prove(self, request: Request) -> Response:
        """One proof, by the prover that can read the message, in its own queue."""
        form = body_form(request.headers, {BodyForm.JSON})
        declared_bytes(request.headers, form.value)
        await self._client(request)
        address = self.addresses.of_request(request.scope)
        self.rate_limit.check(address)

        async def stream(receive: Receive, send: Send) -> None:
            with self.in_flight.request(proof=True):
                self.rate_limit.count(address)
                parts = body_parts(receive, form.value)
                recipients, start = await read_message_head(parts, form)
                prover = await self.provers.with_key(recipients)
                if prover is None:
                    raise errors.NO_PROVER(retry_after=_RETRY_SECONDS)
                target = f"{prover.prefix}{protocol.PROVE_PATH}"
                forwarded = Forwarded(request, target, joined(start, parts), [framing(request)])
                await self._forwarder.forward(forwarded, _as_enclave(prover), receive, send)

        return StreamedResponse(stream)

    async def _of_least_busy(self, request: Request, target: str) -> Response:
        prover = await self._least_busy()
        query = request.scope["query_string"].decode("latin-1")
        target = f"{prover.prefix}{prover.path}{target}" + (f"?{query}" if query else "")

        async def stream(receive: Receive, send: Send) -> None:
            with self.in_flight.request():
                await self._forwarder.forward(Forwarded(request, target), _as_enclave(prover), receive, send)

        return StreamedResponse(stream)

    async def _least_busy(self) -> RegisteredProver:
        prover = next((one for one in await self.provers.all() if one.accepting), None)
        if prover is None:
            raise errors.NO_PROVER(retry_after=_RETRY_SECONDS)
        return prover

    async def _client(self, request: Request) -> str:
        """Who is served in turn: the owner of a token, else an address. Raises TOKEN_REQUIRED."""
        owner = await self.tokens.owner(request.headers.get("authorization"), prover=False)
        if owner is not None:
            return f"token {owner}"
        if self.tokens_required:
            raise errors.TOKEN_REQUIRED()
        address = self.addresses.of_request(request.scope)
        return "" if address is None else client_key(address)

    @property
    def _forwarder(self) -> Forwarder:
        return Forwarder(self.addresses, self.metrics, self.log)


class _JobWatch:
    """Sees in a prover's answers about a ticket's job that it has ended, before the client does."""

    def __init__(self, dispatcher: Dispatcher, ticket: Ticket) -> None:
        self._dispatcher = dispatcher
        self._ticket = ticket
        self._rest = b""
        self._shown = False

    async def on_head(self, head: AnswerHead) -> Headers:
        self._shown = head.status == HTTPStatus.OK
        if head.status in (HTTPStatus.NOT_FOUND, HTTPStatus.NO_CONTENT):  # forgotten, or cancelled
            await self._end(TicketState.CANCELLED)
        return []

    async def on_part(self, part: bytes) -> None:
        self._dispatcher.saw(self._ticket.job)
        if not self._shown:
            return
        seen = self._rest + part
        if (ended := _JOB_ENDED.search(seen)) is not None:
            self._shown = False
            with suppress(RefusedError):  # without a database the client gets its proof all the same
                await self._end(_OUTCOMES[ended[1]])
        self._rest = seen[-32:]

    async def _end(self, outcome: TicketState) -> None:
        if await self._dispatcher.tickets.end(self._ticket.job, outcome):
            await self._dispatcher.assign_now()


async def _body(request: Request, form: type[_T], malformed: Callable[[], Exception]) -> _T:
    """The small JSON of a request's body."""
    body_form(request.headers, {BodyForm.JSON})
    declared_bytes(request.headers, _MAX_JSON_BYTES)
    return parsed_body(await read_body(request.receive, _MAX_JSON_BYTES), form, malformed)


def parsed_body(untrusted: bytes | bytearray, form: type[_T], malformed: Callable[[], Exception]) -> _T:
    """JSON of this form, or the error ``malformed``."""
    try:
        return decode_json(untrusted, form)
    except UndecodableError:
        raise malformed() from None


def _event(status: wire.TicketStatus) -> bytes:
    if status.state is TicketState.WAITING:
        return b"position"
    if status.state in (TicketState.READY, TicketState.EXPIRED):
        return status.state.encode()
    return b"ended" if status.state.ended else b"proving"


def _as_enclave(prover: RegisteredProver) -> Enclave:
    """What the proxy's code forwards to."""
    return Enclave(prover.address, prover.address.port, _POLICY)
