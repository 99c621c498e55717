"""The ASGI application around routes: request IDs, common headers, the log, errors, CORS."""

from __future__ import annotations

import re
import time
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.http import INTERNAL, METHOD_NOT_ALLOWED, ROUTE_UNKNOWN
from tee_rex.web.bodies import ClientGoneError
from tee_rex.web.log import traced
from tee_rex.web.responses import error_response
from tee_rex.wire.protocol import REQUEST_ID_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tee_rex.web.log import EventLog

_REQUEST_ID = re.compile(r"[0-9A-Za-z._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
_CLIENT_CLOSED_REQUEST = 499
"""nginx's status for a client that left before the answer; nobody receives it."""


class RequestMetrics(Protocol):
    """Counts requests."""

    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request. route: the name of its endpoint, "none" where no route matches."""


def create_app(
    routes: Sequence[BaseRoute],
    *,
    metrics: RequestMetrics,
    log: EventLog,
    client: Callable[[Scope], object],
    discreet: bool,
    exposed_headers: Sequence[str] = (),
) -> Starlette:
    """The ASGI application that answers ``routes``, and everything else with an error of ours.

    client: the address that the log names as a request's client. discreet: see
    :func:`tee_rex.web.responses.shown_texts`. exposed_headers: those of an answer that web pages of other
    origins can read; without any, such pages cannot send requests.
    """

    async def tee_rex_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, TeeRexError)  # noqa: S101  # the class it is registered for
        return error_response(request.scope, error, discreet=discreet)

    middleware = [Middleware(RequestEnvelope, metrics=metrics, log=log, client=client)]
    if exposed_headers:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["*"],
                expose_headers=exposed_headers,
            )
        )
    app = Starlette(
        routes=routes,
        middleware=middleware,
        exception_handlers={
            TeeRexError: tee_rex_error,
            HTTPStatus.NOT_FOUND: _not_found,
            HTTPStatus.METHOD_NOT_ALLOWED: _method_not_allowed,
        },
    )
    app.router.redirect_slashes = False
    return app


async def healthz(_request: Request) -> Response:
    """Liveness: the process listens, whatever its state."""
    return Response("ok", media_type="text/plain")


async def _not_found(request: Request, _error: Exception) -> Response:
    return error_response(request.scope, ROUTE_UNKNOWN())


async def _method_not_allowed(request: Request, error: Exception) -> Response:
    headers = dict(getattr(error, "headers", None) or {})
    refusal = METHOD_NOT_ALLOWED(allowed=headers.get("Allow", "other methods"))
    return error_response(request.scope, refusal, headers=headers)


class RequestEnvelope:
    """ASGI middleware for every request: its ID, common headers, its line in the log, uncaught errors."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: RequestMetrics,
        log: EventLog,
        client: Callable[[Scope], object],
    ) -> None:
        """client: the address that the log names as a request's client."""
        self._app = app
        self._metrics = metrics
        self._log = log
        self._client = client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; no exception leaves it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin = time.perf_counter()
        status = _CLIENT_CLOSED_REQUEST
        request_id = _request_id(Headers(scope=scope).get(REQUEST_ID_HEADER))
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID_HEADER] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientGoneError:
            pass
        except Exception as bug:  # noqa: BLE001  # answered without its text, and logged for the operator
            self._log.error("bug", request_id=request_id, trace=traced(bug))
            if status == _CLIENT_CLOSED_REQUEST:
                await error_response(scope, INTERNAL())(scope, receive, send_with_headers)
        finally:
            self._record(scope, status, time.perf_counter() - begin)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        # The path itself could hold a job's ID, which is a credential, so only the route's name is kept.
        route = getattr(scope.get("endpoint"), "__name__", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.request_ended(route, method, status, seconds)
        details: dict[str, Any] = {
            "request_id": scope["state"]["request_id"],
            "client": str(self._client(scope)),
        }
        if code := scope["state"].get("error_code"):
            details["code"] = code
        log = self._log.info if method not in ("GET", "HEAD") or status >= 400 else self._log.debug
        log("request", route=route, method=method, status=status, ms=round(seconds * 1000, 1), **details)


def _request_id(untrusted: str | None) -> str:
    if untrusted is not None and _REQUEST_ID.fullmatch(untrusted):
        return untrusted
    return str(uuid.uuid4())
