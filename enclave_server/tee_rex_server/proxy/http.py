"""The routes of a host: what its enclaves answer, passed on as it comes, and how host and enclaves are."""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.app import create_app, healthz
from tee_rex.web.bodies import BodyForm, ClientGoneError, body_form, body_parts, client_gone, declared_bytes
from tee_rex.web.responses import json_response
from tee_rex.wire.protocol import (
    DOWNLOAD_DURATION_HEADER,
    JOB_ID_HEX_DIGITS,
    PROOFS_PATH,
    REQUEST_ID_HEADER,
    UPLOAD_DURATION_HEADER,
    VERSION_HEADER,
)
from tee_rex_server.errors.serving import PROXY_BUSY, SHUTTING_DOWN, ShuttingDownError, UnknownJobError
from tee_rex_server.http.interface import (
    ATTESTATION,
    DELETE_JOB,
    EXPOSED_HEADERS,
    GET_JOB,
    HEALTH,
    HEALTHZ,
    JOB_EVENTS,
    METRICS,
    OPENAPI,
    PROVE,
    PUBLIC_KEY,
    START_JOB,
    job_id_of,
)
from tee_rex_server.http.openapi import DescribedRoute, Operation, Parameter, openapi
from tee_rex_server.logs import request_log
from tee_rex_server.proxy.errors import EnclaveAnswerError, EnclaveUnreachableError, UnknownEnclaveError
from tee_rex_server.proxy.exchange import answered, connected
from tee_rex_server.proxy.health import ProxyHealthAnswer, proxy_health
from tee_rex_server.proxy.message_head import read_message_head

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send
    from structlog.typing import FilteringBoundLogger

    from tee_rex_server.http.limits import ClientAddresses, RateLimit
    from tee_rex_server.proxy.enclaves import Enclave, Fleet
    from tee_rex_server.proxy.exchange import AnswerHead, Exchange, Headers
    from tee_rex_server.proxy.job_places import JobPlaces
    from tee_rex_server.proxy.metrics import ProxyMetrics
    from tee_rex_server.proxy.uploads import Uploads

MAX_EXCHANGES: Final = 400
"""Requests to enclaves at the same time. Each has two sockets, and a process may open 1,024 files."""
_BUSY_SECONDS = 5
RESTART_SECONDS: Final = 10
"""What a client is told to wait for a host that restarts."""
_HEALTH_PATIENCE_SECONDS = 3.0
_JOB_LOCATION = re.compile(rf"{PROOFS_PATH}/([0-9a-f]{{{JOB_ID_HEX_DIGITS}}})".encode())
_PASSED_ON = frozenset({b"content-type", b"content-encoding", b"accept", VERSION_HEADER.lower().encode()})
"""Of a request's headers; all others are this host's own, or nobody's business."""
_NOT_PASSED_BACK = frozenset(
    {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"trailer", b"server", b"date", b"vary"}
)
_ENCLAVE_METRICS: Final = replace(
    METRICS,
    path=f"{METRICS.path}/enclaves/{{name}}",
    summary="Get the metrics of one enclave for Prometheus",
    errors=(404,),
    parameters=(Parameter("path", "name", "The enclave's name; GET /health lists them"),),
)
_NOT_ADMITTED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Work:
    """What a host does now: admits or not, and how much is under way."""

    def __init__(self) -> None:
        self.accepting = True
        self.exchanges = 0
        self._proofs = 0
        self._no_proofs = asyncio.Event()
        self._no_proofs.set()

    def stop_accepting(self) -> None:
        """Refuse new proofs."""
        self.accepting = False

    async def proofs_passed_on(self) -> None:
        """Return when no request for a proof is under way."""
        await self._no_proofs.wait()

    @contextmanager
    def exchange(self, *, proof: bool) -> Iterator[None]:
        """One more request to an enclave; raises SHUTTING_DOWN, PROXY_BUSY."""
        if proof and not self.accepting:
            raise SHUTTING_DOWN(retry_after=RESTART_SECONDS)
        if self.exchanges >= MAX_EXCHANGES:
            raise PROXY_BUSY(retry_after=_BUSY_SECONDS)
        self.exchanges += 1
        self._proofs += proof
        if proof:
            self._no_proofs.clear()
        try:
            yield
        finally:
            self.exchanges -= 1
            self._proofs -= proof
            if self._proofs == 0:
                self._no_proofs.set()


class PassedOn(Response):
    """An answer that is sent while it comes in."""

    def __init__(self, passing: Callable[[Receive, Send], Awaitable[None]]) -> None:
        self._passing = passing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do it."""
        del scope
        await self._passing(receive, send)


@dataclass(frozen=True, slots=True)
class ProxyApi:
    """What the routes need, and the routes; uploads: by the enclave's name."""

    fleet: Fleet
    jobs: JobPlaces
    uploads: Mapping[str, Uploads]
    rate_limit: RateLimit
    addresses: ClientAddresses
    metrics: ProxyMetrics
    log: FilteringBoundLogger
    work: Work = field(default_factory=Work)

    def app(self) -> Starlette:
        """The ASGI application."""
        return create_app(
            [
                DescribedRoute(healthz, HEALTHZ),
                DescribedRoute(self.health, replace(HEALTH, answer=ProxyHealthAnswer)),
                DescribedRoute(self.public_key, _forwarded(PUBLIC_KEY)),
                DescribedRoute(self.attestation, _forwarded(ATTESTATION)),
                DescribedRoute(self.prove, _forwarded(PROVE)),
                DescribedRoute(self.start_job, _forwarded(START_JOB)),
                DescribedRoute(self.job, _forwarded(GET_JOB), _forwarded(DELETE_JOB)),
                DescribedRoute(self.job_events, _forwarded(JOB_EVENTS)),
                DescribedRoute(openapi, OPENAPI),
                DescribedRoute(self.prometheus, METRICS),
                DescribedRoute(self.enclave_prometheus, _forwarded(_ENCLAVE_METRICS)),
            ],
            metrics=self.metrics,
            log=self.log,
            client=self.addresses.of_request,
            discreet=True,
            exposed_headers=(*EXPOSED_HEADERS, DOWNLOAD_DURATION_HEADER, UPLOAD_DURATION_HEADER),
        )

    async def health(self, _request: Request) -> Response:
        """How the host and its enclaves are; an enclave that is slow to tell is shown as it was."""
        looking = asyncio.create_task(self.fleet.look())
        try:
            await asyncio.wait([looking], timeout=_HEALTH_PATIENCE_SECONDS)
        finally:
            looking.cancel()
        return json_response(proxy_health(self.fleet, accepting=self.work.accepting))

    async def public_key(self, request: Request) -> Response:
        """The key of the least busy enclave."""
        return await self._key_of_least_busy(request)

    async def attestation(self, request: Request) -> Response:
        """The attested key of the least busy enclave."""
        return await self._key_of_least_busy(request)

    async def prove(self, request: Request) -> Response:
        """One proof, in the enclave that can read the message."""
        return await self._pass_proof(request, {BodyForm.JSON})

    async def start_job(self, request: Request) -> Response:
        """One job, in the enclave that can read the message."""
        return await self._pass_proof(request, set(BodyForm))

    async def job(self, request: Request) -> Response:
        """How a job is, or (DELETE) its end."""
        job_id = job_id_of(request)
        try:
            enclave = await self._enclave_of(job_id)
        except UnknownJobError:
            if request.method == "DELETE":
                return Response(status_code=HTTPStatus.NO_CONTENT)
            raise
        return self._pass(request, enclave, f"{PROOFS_PATH}/{job_id}")

    async def job_events(self, request: Request) -> Response:
        """Every change of a job, as server-sent events."""
        job_id = job_id_of(request)
        return self._pass(request, await self._enclave_of(job_id), f"{PROOFS_PATH}/{job_id}/events")

    async def prometheus(self, _request: Request) -> Response:
        """The host's metrics."""
        return self.metrics.response()

    async def enclave_prometheus(self, request: Request) -> Response:
        """An enclave's metrics."""
        enclave = self.fleet.named(request.path_params["name"])
        if enclave is None:
            raise UnknownEnclaveError("No enclave of this host has that name.")
        return self._pass(request, enclave, METRICS.path)

    async def _enclave_of(self, job_id: str) -> Enclave:
        with self.work.exchange(proof=False):  # it may have to be asked for
            return await self.jobs.find(job_id)

    async def _key_of_least_busy(self, request: Request) -> Response:
        query = request.scope["query_string"].decode("latin-1")
        target = request.url.path + (f"?{query}" if query else "")

        async def passing(receive: Receive, send: Send) -> None:
            with self.work.exchange(proof=False):
                for tries_left in reversed(range(len(self.fleet.enclaves))):
                    enclave = await self.fleet.least_busy()
                    enclave.keys_given += 1
                    try:
                        await self._exchange(request, enclave, target, _joined(b""), [], receive, send)
                    except EnclaveUnreachableError:
                        if not tries_left:
                            raise
                    else:
                        return

        return PassedOn(passing)

    def _pass(self, request: Request, enclave: Enclave, target: str) -> Response:
        """A request without a body."""

        async def passing(receive: Receive, send: Send) -> None:
            with self.work.exchange(proof=False):
                await self._exchange(request, enclave, target, _joined(b""), [], receive, send)

        return PassedOn(passing)

    async def _pass_proof(self, request: Request, forms: set[BodyForm]) -> Response:
        form = body_form(request.headers, forms)
        declared_bytes(request.headers, form)
        client = self.addresses.of_request(request.scope)
        await self.rate_limit.check(client)

        async def passing(receive: Receive, send: Send) -> None:
            with self.work.exchange(proof=True):
                await self.rate_limit.count(client)
                try:
                    await self._exchange_proof(request, form, receive, send)
                except (EnclaveUnreachableError, EnclaveAnswerError):
                    await self.rate_limit.give_back(client)
                    raise

        return PassedOn(passing)

    async def _exchange_proof(self, request: Request, form: BodyForm, receive: Receive, send: Send) -> None:
        parts = body_parts(receive, form.value)
        recipients, begin = await read_message_head(parts, form)
        enclave = await self.fleet.for_recipients(recipients)
        waited = await self._wait_for_bb(request, enclave)
        # Where both stand, the encoding is how the body came (RFC 9112, section 6.3).
        chunked = "transfer-encoding" in request.headers
        length = None if chunked else request.headers.get("content-length")
        framing = (
            (b"transfer-encoding", b"chunked") if length is None else (b"content-length", length.encode())
        )

        async def on_head(head: AnswerHead) -> None:
            if head.status in _NOT_ADMITTED:
                await self.rate_limit.give_back(self.addresses.of_request(request.scope))
            accepted = _JOB_LOCATION.fullmatch(head.header(b"location"))
            if head.status == HTTPStatus.ACCEPTED and accepted:
                self.jobs.remember(accepted[1].decode(), enclave)

        await self._exchange(
            request,
            enclave,
            request.url.path,
            _joined(begin, parts),
            [framing],
            receive,
            send,
            answer_headers=waited,
            on_head=on_head,
        )

    async def _wait_for_bb(self, request: Request, enclave: Enclave) -> Headers:
        """The headers that tell of it, when the bb of the request's version was only just being brought."""
        uploads, text = self.uploads.get(enclave.name), request.headers.get(VERSION_HEADER)
        if uploads is None or text is None:
            return []
        brought = await uploads.wait_for(str(AztecVersion.parse(text)))
        if brought is None:
            return []
        return [
            (DOWNLOAD_DURATION_HEADER.encode(), f"{brought.download_ms:.0f}".encode()),
            (UPLOAD_DURATION_HEADER.encode(), f"{brought.upload_ms:.0f}".encode()),
        ]

    async def _exchange(
        self,
        request: Request,
        enclave: Enclave,
        target: str,
        body: AsyncIterator[bytes],
        framing: Headers,
        receive: Receive,
        send: Send,
        *,
        answer_headers: Sequence[tuple[bytes, bytes]] = (),
        on_head: Callable[[AnswerHead], Awaitable[None]] | None = None,
    ) -> None:
        """Ask the enclave and pass its answer on; whoever leaves, or dies, ends it for the other."""
        begun = False

        async def ask(exchange: Exchange) -> None:
            await exchange.send_body(body)
            await client_gone(receive)
            raise ClientGoneError

        async def pass_back(exchange: Exchange) -> None:
            nonlocal begun
            head = await exchange.head()
            if on_head is not None:
                await on_head(head)
            headers = [*_passed_back(head.headers), *answer_headers]
            begun = True
            await send({"type": "http.response.start", "status": head.status, "headers": headers})
            async for part in exchange.parts():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        try:
            async with enclave.attached(), connected(enclave.address, enclave.http_port) as exchange:
                await exchange.send_head(request.method, target.encode(), [*self._headers(request), *framing])
                await answered(ask(exchange), pass_back(exchange))
        except (EnclaveUnreachableError, EnclaveAnswerError, ShuttingDownError) as error:
            if not isinstance(error, ShuttingDownError):
                self.metrics.enclave_failed(enclave.name)
            if isinstance(error, EnclaveUnreachableError):
                enclave.lost()
            log = request_log(request, self.log)
            log.warning("enclave failed", enclave=enclave.name, code=error.code, answer_begun=begun)
            if not begun:
                raise
            # The client sees that the answer was cut short: the server closes the connection.

    def _headers(self, request: Request) -> Headers:
        client = self.addresses.of_request(request.scope)
        passed: Headers = [(name, value) for name, value in request.scope["headers"] if name in _PASSED_ON]
        passed.append((REQUEST_ID_HEADER.lower().encode(), request.state.request_id.encode()))
        if client is not None:
            passed.append((b"x-forwarded-for", str(client).encode()))
        return passed


def _forwarded(operation: Operation) -> Operation:
    """The operation with the errors of a host that forwards it."""
    return replace(operation, errors=tuple(sorted({*operation.errors, 429, 502, 503})))


def _passed_back(headers: Headers) -> Headers:
    return [
        (name, value)
        for name, value in headers
        if name not in _NOT_PASSED_BACK and not name.startswith(b"access-control-")
    ]


async def _joined(begin: bytes, rest: AsyncIterator[bytes] | None = None) -> AsyncIterator[bytes]:
    if begin:
        yield begin
    if rest is not None:
        async for part in rest:
            yield part
