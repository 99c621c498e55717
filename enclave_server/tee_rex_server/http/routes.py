"""The routes of a proving server: each translates between HTTP and the service."""

from __future__ import annotations

import asyncio
import base64
import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response, StreamingResponse

from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.app import Cors, create_app, healthz
from tee_rex.web.bodies import BodyForm, body_form, declared_bytes, read_body, until_client_leaves
from tee_rex.web.clients import Shares
from tee_rex.web.responses import json_errors, json_response
from tee_rex.wire import protocol
from tee_rex_server.errors.serving import NONCE_MALFORMED, NOT_READY
from tee_rex_server.http import interface
from tee_rex_server.http.monitoring import health_answer
from tee_rex_server.http.openapi import DescribedRoute, openapi
from tee_rex_server.logs import request_log
from tee_rex_server.proving.provers import NOT_READY_RETRY_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette
    from starlette.requests import Request
    from structlog.typing import FilteringBoundLogger

    from tee_rex.web.clients import ClientAddresses
    from tee_rex_server.http.limits import RateLimit
    from tee_rex_server.http.monitoring import Metrics
    from tee_rex_server.proving.decoder import RequestDecoder, ServerKey
    from tee_rex_server.proving.jobs import Jobs
    from tee_rex_server.proving.provers import ServedProvers
    from tee_rex_server.proving.service import ProvingService, Reservation
    from tee_rex_server.tee.providers import TeeProvider

_NONCE = re.compile(r"(?:[0-9a-fA-F]{2}){1,64}")
_HEARTBEAT = b": no change\n\n"
READY_SECONDS = 8.0
"""How long a request for the key waits until the server is ready; clients of ky give up after ten."""
MAX_UPLOAD_BYTES_PER_CLIENT = 2 * protocol.MAX_JSON_BODY_BYTES
"""Of the bodies of one client that arrive at the same time: a quarter of the default memory for requests."""
MIN_UPLOAD_BYTES = MAX_UPLOAD_BYTES_PER_CLIENT // 8
"""What each counts at least, so that slow ones take no more than half of the default queue."""
UPLOAD_TURN_SECONDS = 20.0
"""How long a body waits, unread, until enough of its client's others have arrived; our client gives up a
connection on which nothing moves for 30 s, but tries again after a refusal."""


@dataclass(frozen=True, slots=True)
class Api:
    """The routes and what they use; ready: set when everything that proving needs is installed."""

    service: ProvingService
    jobs: Jobs
    decoder: RequestDecoder
    key: ServerKey
    tee: TeeProvider
    provers: ServedProvers
    threads_per_proof: int
    rate_limit: RateLimit
    addresses: ClientAddresses
    metrics: Metrics
    log: FilteringBoundLogger
    ready: asyncio.Event
    uploading: Shares = field(default_factory=lambda: Shares(MAX_UPLOAD_BYTES_PER_CLIENT))

    def app(self) -> Starlette:
        """The ASGI application."""
        return create_app(
            [
                DescribedRoute(healthz, interface.HEALTHZ),
                DescribedRoute(self.health, interface.HEALTH),
                DescribedRoute(self.public_key, interface.PUBLIC_KEY),
                DescribedRoute(self.attestation, interface.ATTESTATION),
                DescribedRoute(self.prove, interface.PROVE),
                DescribedRoute(self.start_job, interface.START_JOB),
                DescribedRoute(self.job, interface.GET_JOB, interface.DELETE_JOB),
                DescribedRoute(self.job_events, interface.JOB_EVENTS),
                DescribedRoute(self.job_steps, interface.ADD_STEPS),
                DescribedRoute(openapi, interface.OPENAPI),
                DescribedRoute(self.prometheus, interface.METRICS),
            ],
            metrics=self.metrics,
            log=self.log,
            client=self.addresses.of_request,
            errors=json_errors(discreet=self.tee.mode == "nitro"),
            cors=Cors(interface.EXPOSED_HEADERS),
        )

    async def health(self, _request: Request) -> Response:
        """State and load of the server, and what it proves."""
        return json_response(
            health_answer(
                self.service,
                self.provers,
                ready=self.ready.is_set(),
                threads_per_proof=self.threads_per_proof,
                tee_mode=self.tee.mode,
            )
        )

    async def public_key(self, _request: Request) -> Response:
        """The key to encrypt to."""
        return json_response(protocol.PublicKeyAnswer(self.key.armored))

    async def attestation(self, request: Request) -> Response:
        """The key, attested if there is a TEE; waits until the server is ready to prove, then NOT_READY."""
        nonce = _nonce(request.query_params.getlist("nonce"))
        try:
            async with asyncio.timeout(READY_SECONDS):
                await until_client_leaves(request.receive, self.ready.wait())
        except TimeoutError:
            raise NOT_READY(retry_after=NOT_READY_RETRY_SECONDS) from None
        user_data, manifest = self.provers.attested()
        attested = await self.tee.attest(
            public_key=self.key.armored.encode(), user_data=user_data, nonce=nonce
        )
        answer = protocol.AttestationAnswer(self.tee.mode, self.key.armored)
        if attested is not None:
            answer = msgspec.structs.replace(
                answer,
                attestation_document=base64.b64encode(attested).decode(),
                prover_manifest=None if manifest is None else base64.b64encode(manifest).decode(),
            )
        return json_response(answer)

    async def prove(self, request: Request) -> Response:
        """One proof, cancelled when the connection closes."""
        version = _version(request.headers.getlist(protocol.VERSION_HEADER))
        form = body_form(request.headers, {BodyForm.JSON})
        async with self._received(request, form) as (body, reservation):
            return await until_client_leaves(
                request.receive, self._decrypt_and_prove(body, form, version, reservation)
            )

    async def start_job(self, request: Request) -> Response:
        """One proof, which continues without the connection."""
        form = body_form(request.headers, set(BodyForm))
        async with self._received(request, form) as (body, reservation):
            decoded = await self.decoder.decode_payload(body, form)
            accepted = self.provers.accept(decoded.request, decoded.allowed_bb)
            decoded = replace(decoded, request=accepted)
            reservation.resize(decoded.size)
            status = self.jobs.start(reservation.hand_over(), decoded, request_log(request, self.log))
        return json_response(
            protocol.JobAccepted(status.id, status.state, status.position),
            status=HTTPStatus.ACCEPTED,
            headers={"Location": f"{protocol.PROOFS_PATH}/{status.id}"},
        )

    async def job(self, request: Request) -> Response:
        """The status of a job (GET), or its end (DELETE)."""
        job_id = interface.job_id_of(request)
        if request.method == "DELETE":
            await self.jobs.cancel(job_id)
            return Response(status_code=HTTPStatus.NO_CONTENT)
        return json_response(self.jobs.find(job_id))

    async def job_steps(self, request: Request) -> Response:
        """The next part of a job's steps."""
        job_id = interface.job_id_of(request)
        form = body_form(request.headers, {BodyForm.MESSAGE})
        size = declared_bytes(request.headers, form.value)
        client = self.addresses.of_request(request.scope)
        async with self.uploading.turn_of(client, max(size, MIN_UPLOAD_BYTES), UPLOAD_TURN_SECONDS):
            with self.jobs.taking_part(job_id, size) as (stream, reservation):
                body = await read_body(request.receive, form.value)
                reservation.grow(len(body) - size)
                part, decrypt_ms = await self.decoder.decode_part(body)
                stream.take(part, self.provers.check_rows)
                stream.decrypt_ms += decrypt_ms
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def job_events(self, request: Request) -> Response:
        """Every change of a job, as server-sent events."""
        return StreamingResponse(
            _event_stream(self.jobs.watch(interface.job_id_of(request))),
            headers={"X-Accel-Buffering": "no"},  # or nginx would buffer them
            media_type="text/event-stream",
        )

    async def prometheus(self, _request: Request) -> Response:
        """The metrics."""
        return self.metrics.response()

    async def _decrypt_and_prove(
        self, body: bytearray, form: BodyForm, version: AztecVersion | None, reservation: Reservation
    ) -> Response:
        decoded = await self.decoder.decode_steps(body, form, version)
        accepted = self.provers.accept(decoded.request, decoded.allowed_bb)
        reservation.resize(decoded.size)
        result = await self.service.prove(accepted)
        return json_response(
            protocol.ProveAnswer(result.proof.to_wire()),
            headers={
                protocol.PROVE_DURATION_HEADER: f"{result.timings.prove_ms:.0f}",
                protocol.DECRYPT_DURATION_HEADER: f"{decoded.decrypt_ms:.0f}",
                protocol.BB_VERSION_HEADER: str(result.bb.version if result.bb else result.version),
            },
        )

    @asynccontextmanager
    async def _received(
        self, request: Request, form: BodyForm
    ) -> AsyncIterator[tuple[bytearray, Reservation]]:
        """The body, and its share of the service, which is reserved before the body is read.

        Only requests that are admitted count towards the rate limit.
        """
        client = self.addresses.of_request(request.scope)
        self.rate_limit.check(client)
        size = declared_bytes(request.headers, form.value)
        async with AsyncExitStack() as resources:
            turn = self.uploading.turn_of(client, max(size, MIN_UPLOAD_BYTES), UPLOAD_TURN_SECONDS)
            async with turn:
                reservation = resources.enter_context(self.service.admit(size))
                self.rate_limit.count(client)
                body = await read_body(request.receive, form.value)
            yield body, reservation


async def _event_stream(
    changes: AsyncIterator[tuple[protocol.JobEvent, protocol.JobStatus] | None],
) -> AsyncIterator[bytes]:
    async for change in changes:
        if change is None:
            yield _HEARTBEAT
        else:
            name, status = change
            yield b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(status))


def _nonce(texts: list[str]) -> bytes | None:
    if not texts:
        return None
    if len(texts) != 1 or not _NONCE.fullmatch(texts[0]):
        raise NONCE_MALFORMED()
    return bytes.fromhex(texts[0])


def _version(headers: list[str]) -> AztecVersion | None:
    return AztecVersion.parse(", ".join(headers)) if headers else None
