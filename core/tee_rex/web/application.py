"""The application around routes: what the server, an enclave's control port and its host have in common.

One envelope, one form of every error, one rule for web pages of other origins.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from tee_rex.errors import TeeRexError
from tee_rex.web.envelope import Envelope, error_response
from tee_rex.wire.protocol import (
    DECRYPT_DURATION_HEADER,
    JOB_ID_HEX_DIGITS,
    PROVE_DURATION_HEADER,
    REQUEST_ID_HEADER,
)
from tee_rex_server.errors import MethodNotAllowedError, UnknownJobError, UnknownRouteError
from tee_rex_server.http.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Scope
    from structlog.typing import FilteringBoundLogger

    from tee_rex_server.http.metrics import RequestMetrics

HEADERS_FOR_PAGES: Final = (
    REQUEST_ID_HEADER,
    PROVE_DURATION_HEADER,
    DECRYPT_DURATION_HEADER,
    "Location",
    "Retry-After",
)
"""Of an answer of the public API: what a web page of another origin may read."""

_JOB_ID: Final = re.compile(rf"[0-9a-f]{{{JOB_ID_HEX_DIGITS}}}")


def application(
    routes: Sequence[BaseRoute],
    *,
    metrics: RequestMetrics,
    log: FilteringBoundLogger,
    client: Callable[[Scope], object],
    discreet: bool,
    headers_for_pages: Sequence[str] = (),
) -> Starlette:
    """The ASGI application that answers ``routes``, and everything else with an error of ours.

    client: whom the log names as the one who asked. discreet: see :func:`job_error`. headers_for_pages: what
    web pages of other origins may read of an answer; without any, they may not ask at all.
    """

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, TeeRexError)  # noqa: S101  # the class it is registered for
        return error_response(request.scope, error, discreet=discreet)

    middleware = [Middleware(Envelope, metrics=metrics, log=log, client=client)]
    if headers_for_pages:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["*"],
                expose_headers=headers_for_pages,
            )
        )
    app = Starlette(
        routes=routes,
        middleware=middleware,
        exception_handlers={
            TeeRexError: refused,
            HTTPStatus.NOT_FOUND: _unknown_route,
            HTTPStatus.METHOD_NOT_ALLOWED: _wrong_method,
        },
    )
    app.router.redirect_slashes = False
    return app


async def healthz(_request: Request) -> Response:
    """The process listens, whatever else is the matter."""
    return Response("ok", media_type="text/plain")


def metrics_response(metrics: RequestMetrics) -> Response:
    """The metrics, as Prometheus reads them."""
    return Response(metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})


def job_id_of(request: Request) -> str:
    """The job that a path names; raises UnknownJobError when no job has such an id."""
    job_id: str = request.path_params["job_id"]
    if not _JOB_ID.fullmatch(job_id):
        raise UnknownJobError("It was never there, or is no longer kept.")
    return job_id


async def _unknown_route(request: Request, _error: Exception) -> Response:
    return error_response(request.scope, UnknownRouteError("This path is not one of the server's."))


async def _wrong_method(request: Request, error: Exception) -> Response:
    headers = dict(getattr(error, "headers", None) or {})
    refusal = MethodNotAllowedError(f"It answers {headers.get('Allow', 'other methods')}.")
    return error_response(request.scope, refusal, headers=headers)
