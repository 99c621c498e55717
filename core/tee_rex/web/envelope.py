"""What surrounds every request: its id, its answer's common headers, its line in the log, its errors."""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from tee_rex.wire.protocol import REQUEST_ID_HEADER
from tee_rex_server.errors import ClientGoneError, InternalError, RefusedError, error_answer, status_of
from tee_rex_server.logs import traced

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from structlog.typing import FilteringBoundLogger

    from tee_rex.errors import TeeRexError
    from tee_rex_server.http.metrics import RequestMetrics

_REQUEST_ID = re.compile(r"[0-9A-Za-z._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
_CLIENT_LEFT = 499
"""nginx's status for it; nobody receives it."""


def json_response(answer: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The JSON of a msgspec struct."""
    return Response(msgspec.json.encode(answer), status, headers, media_type="application/json")


def error_response(
    scope: Scope, error: TeeRexError, *, discreet: bool = True, headers: dict[str, str] | None = None
) -> Response:
    """The answer to a request that failed; noted for its line in the log."""
    scope["state"]["error_code"] = error.code
    answer = error_answer(error, scope["state"]["request_id"], discreet=discreet)
    retry_after = error.retry_after if isinstance(error, RefusedError) else None
    wait = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return json_response(answer, status=status_of(error), headers={**wait, **(headers or {})})


def request_log(request: Request, log: FilteringBoundLogger) -> FilteringBoundLogger:
    """A log whose lines carry the request's id."""
    return log.bind(request_id=request.state.request_id)


class Envelope:
    """ASGI middleware around everything else."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: RequestMetrics,
        log: FilteringBoundLogger,
        client: Callable[[Scope], object],
    ) -> None:
        """client: whom the log names as the one who asked."""
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
        status = _CLIENT_LEFT
        request_id = _request_id(Headers(scope=scope).get(REQUEST_ID_HEADER))
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID_HEADER] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except ClientGoneError:
            pass
        except Exception as bug:  # noqa: BLE001  # answered without its text, and logged for the operator
            self._log.error("bug", request_id=request_id, trace=traced(bug))
            if status == _CLIENT_LEFT:
                error = InternalError("Its log says more.")
                await error_response(scope, error)(scope, receive, send_marked)
        finally:
            self._note(scope, status, time.perf_counter() - begin)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # The path itself could hold a job's id, which is a credential, so only the route's name is kept.
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
