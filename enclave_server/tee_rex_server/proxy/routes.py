"""The routes of a host: the enclaves' public HTTP API, forwarded, and the state of host and enclaves."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.app import Cors, create_app, healthz
from tee_rex.web.bodies import BodyForm, body_form, body_parts, declared_bytes
from tee_rex.web.responses import json_errors, json_response
from tee_rex.wire import protocol
from tee_rex_server.errors.proxy import ENCLAVE_UNKNOWN, EnclaveAnswerError, EnclaveUnreachableError
from tee_rex_server.errors.serving import UnknownJobError
from tee_rex_server.http import interface
from tee_rex_server.http.openapi import DescribedRoute, Operation, Parameter, openapi
from tee_rex_server.proxy.forwarding import (
    Forwarded,
    Forwarder,
    InFlight,
    StreamedResponse,
    framing,
    joined,
)
from tee_rex_server.proxy.monitoring import ProxyHealthAnswer, proxy_health
from tee_rex_server.proxy.routing import read_message_head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.types import Receive, Send
    from structlog.typing import FilteringBoundLogger

    from tee_rex.web.clients import ClientAddresses
    from tee_rex_server.http.limits import RateLimit
    from tee_rex_server.proxy.enclaves import Enclave, Fleet
    from tee_rex_server.proxy.exchange import AnswerHead, Headers
    from tee_rex_server.proxy.monitoring import ProxyMetrics
    from tee_rex_server.proxy.routing import JobLocations
    from tee_rex_server.proxy.uploads import Uploads

_HEALTH_SECONDS: Final = 3.0
_JOB_LOCATION: Final = re.compile(
    rf"{protocol.PROOFS_PATH}/([0-9a-f]{{{protocol.JOB_ID_HEX_DIGITS}}})".encode()
)
_NOT_ADMITTED: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_ENCLAVE_METRICS: Final = replace(
    interface.METRICS,
    path=f"{interface.METRICS.path}/enclaves/{{name}}",
    summary="Get the metrics of one enclave for Prometheus",
    errors=(404,),
    parameters=(Parameter("path", "name", "The enclave's name; GET /health lists them"),),
)
_ENCLAVE_ATTESTATION: Final = replace(
    interface.ATTESTATION,
    path=f"/enclaves/{{name}}{interface.ATTESTATION.path}",
    summary="Get the attested key of one enclave, also of one that is draining",
    errors=tuple(sorted({*interface.ATTESTATION.errors, 404})),
    parameters=(
        Parameter("path", "name", "The enclave's name; GET /health lists them"),
        *interface.ATTESTATION.parameters,
    ),
)


@dataclass(frozen=True, slots=True)
class ProxyApi:
    """The routes and what they need; uploads: by the enclave's name."""

    fleet: Fleet
    jobs: JobLocations
    uploads: Mapping[str, Uploads]
    rate_limit: RateLimit
    addresses: ClientAddresses
    metrics: ProxyMetrics
    log: FilteringBoundLogger
    in_flight: InFlight = field(default_factory=InFlight)

    def app(self) -> Starlette:
        """The ASGI application."""
        return create_app(
            [
                DescribedRoute(healthz, interface.HEALTHZ),
                DescribedRoute(self.health, replace(interface.HEALTH, answer=ProxyHealthAnswer)),
                DescribedRoute(self.public_key, _forwarded(interface.PUBLIC_KEY)),
                DescribedRoute(self.attestation, _forwarded(interface.ATTESTATION)),
                DescribedRoute(self.enclave_attestation, _forwarded(_ENCLAVE_ATTESTATION)),
                DescribedRoute(self.prove, _forwarded(interface.PROVE)),
                DescribedRoute(self.start_job, _forwarded(interface.START_JOB)),
                DescribedRoute(self.job, _forwarded(interface.GET_JOB), _forwarded(interface.DELETE_JOB)),
                DescribedRoute(self.job_events, _forwarded(interface.JOB_EVENTS)),
                DescribedRoute(self.job_steps, _forwarded(interface.ADD_STEPS)),
                DescribedRoute(openapi, interface.OPENAPI),
                DescribedRoute(self.prometheus, interface.METRICS),
                DescribedRoute(self.enclave_prometheus, _forwarded(_ENCLAVE_METRICS)),
            ],
            metrics=self.metrics,
            log=self.log,
            client=self.addresses.of_request,
            errors=json_errors(discreet=True),
            cors=Cors(
                (
                    *interface.EXPOSED_HEADERS,
                    protocol.DOWNLOAD_DURATION_HEADER,
                    protocol.UPLOAD_DURATION_HEADER,
                )
            ),
        )

    async def health(self, _request: Request) -> Response:
        """State of the host and its enclaves; an enclave that answers slowly is shown as last polled."""
        polling = asyncio.create_task(self.fleet.poll())
        try:
            await asyncio.wait([polling], timeout=_HEALTH_SECONDS)
        finally:
            polling.cancel()
        return json_response(proxy_health(self.fleet, accepting=self.in_flight.accepting))

    async def public_key(self, request: Request) -> Response:
        """The key of the least busy enclave."""
        return self._key_of_least_busy(request)

    async def attestation(self, request: Request) -> Response:
        """The attested key of the least busy enclave."""
        return self._key_of_least_busy(request)

    async def enclave_attestation(self, request: Request) -> Response:
        """The attested key of the named enclave: `tee-rex attest HOST/enclaves/NAME`."""
        query = request.scope["query_string"].decode("latin-1")
        target = interface.ATTESTATION.path + (f"?{query}" if query else "")
        return self._without_body(request, self._named(request), target)

    async def prove(self, request: Request) -> Response:
        """One proof, in the enclave that can read the message."""
        return await self._proof(request, {BodyForm.JSON})

    async def start_job(self, request: Request) -> Response:
        """One job, in the enclave that can read the message."""
        return await self._proof(request, set(BodyForm))

    async def job(self, request: Request) -> Response:
        """A job's status, or (DELETE) its cancellation."""
        job_id = interface.job_id_of(request)
        try:
            enclave = await self._enclave_of(job_id)
        except UnknownJobError:
            if request.method == "DELETE":
                return Response(status_code=HTTPStatus.NO_CONTENT)
            raise
        return self._without_body(request, enclave, f"{protocol.PROOFS_PATH}/{job_id}")

    async def job_events(self, request: Request) -> Response:
        """A job's changes as server-sent events."""
        job_id = interface.job_id_of(request)
        return self._without_body(
            request, await self._enclave_of(job_id), f"{protocol.PROOFS_PATH}/{job_id}/events"
        )

    async def job_steps(self, request: Request) -> Response:
        """The next part of a job's steps, in the enclave that has the job."""
        job_id = interface.job_id_of(request)
        form = body_form(request.headers, {BodyForm.MESSAGE})
        declared_bytes(request.headers, form.value)
        enclave = await self._enclave_of(job_id)

        async def stream(receive: Receive, send: Send) -> None:
            with self.in_flight.request():
                parts = body_parts(receive, form.value)
                forwarded = Forwarded(request, protocol.steps_path(job_id), parts, [framing(request)])
                await self._forwarder.forward(forwarded, enclave, receive, send)

        return StreamedResponse(stream)

    async def prometheus(self, _request: Request) -> Response:
        """The host's metrics."""
        return self.metrics.response()

    async def enclave_prometheus(self, request: Request) -> Response:
        """An enclave's metrics."""
        return self._without_body(request, self._named(request), interface.METRICS.path)

    def _named(self, request: Request) -> Enclave:
        enclave = self.fleet.named(request.path_params["name"])
        if enclave is None:
            raise ENCLAVE_UNKNOWN()
        return enclave

    def _key_of_least_busy(self, request: Request) -> Response:
        query = request.scope["query_string"].decode("latin-1")
        target = request.scope["path"] + (f"?{query}" if query else "")

        async def stream(receive: Receive, send: Send) -> None:
            with self.in_flight.request():
                for tries_left in reversed(range(len(self.fleet.enclaves))):
                    enclave = await self.fleet.least_busy()
                    enclave.keys_given += 1
                    try:
                        await self._forwarder.forward(Forwarded(request, target), enclave, receive, send)
                    except EnclaveUnreachableError:
                        if not tries_left:
                            raise
                    else:
                        return

        return StreamedResponse(stream)

    async def _enclave_of(self, job_id: str) -> Enclave:
        with self.in_flight.request():  # the enclaves may have to be asked
            return await self.jobs.find(job_id)

    def _without_body(self, request: Request, enclave: Enclave, target: str) -> Response:
        async def stream(receive: Receive, send: Send) -> None:
            with self.in_flight.request():
                await self._forwarder.forward(Forwarded(request, target), enclave, receive, send)

        return StreamedResponse(stream)

    async def _proof(self, request: Request, forms: set[BodyForm]) -> Response:
        form = body_form(request.headers, forms)
        declared_bytes(request.headers, form.value)
        client = self.addresses.of_request(request.scope)
        self.rate_limit.check(client)

        async def stream(receive: Receive, send: Send) -> None:
            with self.in_flight.request(proof=True):
                self.rate_limit.count(client)
                try:
                    await self._forward_proof(request, form, receive, send)
                except (EnclaveUnreachableError, EnclaveAnswerError):
                    self.rate_limit.give_back(client)
                    raise

        return StreamedResponse(stream)

    async def _forward_proof(self, request: Request, form: BodyForm, receive: Receive, send: Send) -> None:
        parts = body_parts(receive, form.value)
        recipients, start = await read_message_head(parts, form)
        enclave = await self.fleet.for_recipients(recipients)
        timing = await self._wait_for_upload(request, enclave)

        async def on_head(head: AnswerHead) -> Headers:
            if head.status in _NOT_ADMITTED:
                self.rate_limit.give_back(self.addresses.of_request(request.scope))
            job = _JOB_LOCATION.fullmatch(head.header(b"location"))
            if head.status == HTTPStatus.ACCEPTED and job:
                self.jobs.remember(job[1].decode(), enclave)
            return timing

        forwarded = Forwarded(
            request, request.scope["path"], joined(start, parts), [framing(request)], on_head
        )
        await self._forwarder.forward(forwarded, enclave, receive, send)

    async def _wait_for_upload(self, request: Request, enclave: Enclave) -> Headers:
        """Wait while the bb of the request's version is being uploaded; headers with the time that took."""
        uploads, version = self.uploads.get(enclave.name), request.headers.get(protocol.VERSION_HEADER)
        if uploads is None or version is None:
            return []
        timing = await uploads.wait_for(AztecVersion.parse(version))
        if timing is None:
            return []
        return [
            (protocol.DOWNLOAD_DURATION_HEADER.encode(), f"{timing.download_ms:.0f}".encode()),
            (protocol.UPLOAD_DURATION_HEADER.encode(), f"{timing.upload_ms:.0f}".encode()),
        ]

    @property
    def _forwarder(self) -> Forwarder:
        return Forwarder(self.addresses, self.metrics, self.log)


def _forwarded(operation: Operation) -> Operation:
    """The operation with the errors that a host adds."""
    return replace(operation, errors=tuple(sorted({*operation.errors, 502, 503})))
