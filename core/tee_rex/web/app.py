"""The ASGI application around routes: request IDs, common headers, the log, errors, CORS."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.http import HEAD_TOO_LARGE, INTERNAL, METHOD_NOT_ALLOWED, ROUTE_UNKNOWN
from tee_rex.web.bodies import ClientGoneError
from tee_rex.web.clients import MAX_PER_CLIENT, Shares
from tee_rex.web.log import traced
from tee_rex.web.responses import error_response, machine_error
from tee_rex.wire.protocol import REQUEST_ID_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tee_rex.web.clients import Address
    from tee_rex.web.log import EventLog
    from tee_rex.web.responses import ErrorForm

MAX_HEAD_BYTES = 16 * 1024
"""Of a request: its target and headers."""
_REQUEST_ID = re.compile(r"[0-9A-Za-z._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
_CLIENT_CLOSED_REQUEST = 499
"""nginx's status for a client that left before the answer; nobody receives it."""


@dataclass(frozen=True, slots=True)
class Cors:
    """What web pages of any origin may send here and read of the answers (Fetch standard, section 3.3).

    exposed: headers of an answer that they can read. methods, request_headers: that they may send.
    private_network: whether pages of the internet may send requests to a private network. others: more
    headers of every answer.
    """

    exposed: Sequence[str]
    methods: str = "GET, POST, DELETE"
    request_headers: str = "*"
    private_network: bool = True
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every answer."""
        return {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": ", ".join(self.exposed),
            **self.others,
        }


class RequestMetrics(Protocol):
    """Counts requests."""

    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request. route: the name of its endpoint, "none" where no route matches."""


def create_app(
    routes: Sequence[BaseRoute],
    *,
    metrics: RequestMetrics,
    log: EventLog,
    client: Callable[[Scope], Address | None],
    errors: ErrorForm,
    cors: Cors | None = None,
) -> Starlette:
    """The ASGI application that answers ``routes``, and everything else with an error of ours.

    client: a request's client, whom the log names, and who may have MAX_PER_CLIENT requests in progress; None
    for the host of an enclave. errors: the form of answers to what failed. cors: what web pages of other
    origins may do; None: nothing.
    """

    async def tee_rex_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, TeeRexError)  # noqa: S101  # the class it is registered for
        return error_response(request.scope, error, errors)

    async def not_found(request: Request, _error: Exception) -> Response:
        return error_response(request.scope, ROUTE_UNKNOWN(), errors)

    async def method_not_allowed(request: Request, error: Exception) -> Response:
        allowed = dict(getattr(error, "headers", None) or {})
        refusal = METHOD_NOT_ALLOWED(allowed=allowed.get("Allow", "other methods"))
        response = error_response(request.scope, refusal, errors)
        response.headers.update(allowed)
        return response

    headers = {} if cors is None else cors.headers
    envelope = Middleware(
        RequestEnvelope, metrics=metrics, log=log, client=client, errors=errors, headers=headers
    )
    app = Starlette(
        routes=routes,
        middleware=[envelope] if cors is None else [envelope, Middleware(Preflights, cors)],
        exception_handlers={
            TeeRexError: tee_rex_error,
            HTTPStatus.NOT_FOUND: not_found,
            HTTPStatus.METHOD_NOT_ALLOWED: method_not_allowed,
        },
    )
    app.router.redirect_slashes = False
    return app


async def healthz(_request: Request) -> Response:
    """Liveness: the process listens, whatever its state."""
    return Response("ok", media_type="text/plain")


class Preflights:
    """ASGI middleware that answers every OPTIONS request itself, so that web pages may send any other.

    It refuses none: what a page may send is for its browser to compare (Fetch standard, section 3.3.4), and
    a route that does not exist says so when it is asked.
    """

    def __init__(self, app: ASGIApp, cors: Cors) -> None:
        self._app = app
        self._cors = cors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer OPTIONS, and pass on everything else."""
        if scope["type"] != "http" or scope["method"] != "OPTIONS":
            await self._app(scope, receive, send)
            return
        headers = {
            "Access-Control-Allow-Methods": self._cors.methods,
            "Access-Control-Allow-Headers": self._cors.request_headers,
            "Access-Control-Max-Age": "600",
        }
        if self._cors.private_network and "access-control-request-private-network" in Headers(scope=scope):
            headers["Access-Control-Allow-Private-Network"] = "true"
        await Response(headers=headers)(scope, receive, send)


class RequestEnvelope:
    """ASGI middleware for every request: its ID, limits, common headers, line in the log, uncaught errors."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: RequestMetrics,
        log: EventLog,
        client: Callable[[Scope], Address | None],
        errors: ErrorForm,
        headers: Mapping[str, str],
    ) -> None:
        """client: a request's client. errors: the form of answers to failures. headers: of every answer."""
        self._app = app
        self._metrics = metrics
        self._log = log
        self._client = client
        self._errors = errors
        self._headers = headers
        self._in_progress = Shares(MAX_PER_CLIENT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; no exception leaves it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = time.perf_counter()
        status = _CLIENT_CLOSED_REQUEST
        received = Headers(scope=scope)
        request_id = _request_id(received.get(REQUEST_ID_HEADER))
        scope.setdefault("state", {})["request_id"] = request_id
        client = self._client(scope)
        oversized = _head_bytes(scope) > MAX_HEAD_BYTES
        # Two lengths of one body are a sign of smuggling: RFC 9112, section 6.1.
        closing = oversized or {"content-length", "transfer-encoding"} <= {*received}

        share = ExitStack()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID_HEADER] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
                headers.update(self._headers)
                if closing:
                    headers["Connection"] = "close"
            elif not message.get("more_body", False):
                share.close()  # before the client can send its next request
            await send(message)

        async def answer(error: TeeRexError) -> None:
            await error_response(scope, error, self._errors)(scope, receive, send_with_headers)

        try:
            if oversized:
                raise HEAD_TOO_LARGE(limit=MAX_HEAD_BYTES)  # noqa: TRY301  # answered as other refusals
            share.enter_context(self._in_progress.held_by(client))
            await self._app(scope, receive, send_with_headers)
        except ClientGoneError:
            pass
        except TeeRexError as refusal:
            await answer(refusal)
        except Exception as fault:  # noqa: BLE001  # answered without its text, and logged for the operator
            error = machine_error(fault)
            self._log.error(
                "bug" if error is None else "fault of the machine",
                request_id=request_id,
                trace=traced(fault),
            )
            if status == _CLIENT_CLOSED_REQUEST:
                await answer(error or INTERNAL())
        finally:
            share.close()
            self._record(scope, client, status, time.perf_counter() - begin)

    def _record(self, scope: Scope, client: Address | None, status: int, seconds: float) -> None:
        # The path itself could hold a job's ID, which is a credential, so only the route's name is kept.
        route = getattr(scope.get("endpoint"), "__name__", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.request_ended(route, method, status, seconds)
        details: dict[str, Any] = {
            "request_id": scope["state"]["request_id"],
            "client": "host" if client is None else str(client),
        }
        if code := scope["state"].get("error_code"):
            details["code"] = code
        log = self._log.info if method not in ("GET", "HEAD") or status >= 400 else self._log.debug
        log("request", route=route, method=method, status=status, ms=round(seconds * 1000, 1), **details)


def _head_bytes(scope: Scope) -> int:
    """The length of a request's target and headers, these with ``: `` and a line end each."""
    target = len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"])
    return target + sum(len(name) + len(value) + 4 for name, value in scope["headers"])


def _request_id(untrusted: str | None) -> str:
    if untrusted is not None and _REQUEST_ID.fullmatch(untrusted):
        return untrusted
    return str(uuid.uuid4())
