"""The interface of Presto's client: who may ask, /health and /prove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from tee_rex import __version__
from tee_rex.bb.user_store import user_store
from tee_rex.errors import ErrorKind, TeeRexError
from tee_rex.errors.catalogue import browser as errors
from tee_rex.errors.catalogue import http
from tee_rex.errors.catalogue.system import TOO_MANY_OPEN_FILES
from tee_rex.errors.tree import BbUnavailableHereError
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.web.app import Cors, create_app
from tee_rex.web.bodies import declared_bytes, read_body, until_client_leaves
from tee_rex.web.responses import json_response
from tee_rex.wire.protocol import PROVE_DURATION_HEADER, ProveAnswer

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from tee_rex.browser.proving import SiteProofs
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.web.log import EventLog

MAX_BODY_BYTES: Final = 50 << 20
API_VERSION: Final = 1
SCHEMES: Final = ("chonk",)
VERSION_HEADER: Final = "x-aztec-version"

CORS: Final = Cors(
    exposed=(PROVE_DURATION_HEADER,),
    methods="GET, POST",
    request_headers=f"content-type, {VERSION_HEADER}",
    private_network=False,
    others={"Vary": "Origin", "Cross-Origin-Resource-Policy": "cross-origin"},
)

_SAID_AS: Final[dict[str, ErrorKind[Any]]] = {
    http.HTTP_MALFORMED.code: errors.INVALID_REQUEST,
    http.BODY_MALFORMED.code: http.PAYLOAD_TOO_LARGE,
    http.QUEUE_FULL.code: errors.TOO_MANY_REQUESTS,
    http.INTERNAL.code: errors.PROVE_FAILED,
    TOO_MANY_OPEN_FILES.code: errors.SERVICE_UNAVAILABLE,
}
"""Errors that the client knows by another name; of a status or code that it does not know, it tells its page
instead of proving by itself."""


def presto_errors(error: TeeRexError, _request_id: str) -> Response:
    """An error as the client reads it: ``{"error": code, "message": text}``, declared as text."""
    kind = _SAID_AS.get(error.code)
    code, status = error.code, error.http_status
    if kind is not None:
        code, status = kind.code, kind.status or kind.error_type.default_status
    content = {"error": code.lower(), "message": f"{error.title}: {error.message}"}
    return Response(msgspec.json.encode(content), status, CORS.headers, media_type="text/plain")


def is_own_host(untrusted: bytes, port: int) -> bool:
    """Whether a Host header names this machine's loopback interface and exactly this port.

    So no name that somebody else's DNS resolves to 127.0.0.1 gets an answer.
    """
    name, separator, its_port = untrusted.lower().rpartition(b":")
    return separator == b":" and its_port == b"%d" % port and name in _OWN_NAMES


_OWN_NAMES: Final = frozenset({b"127.0.0.1", b"localhost", b"localhost.", b"[::1]"})


class HostGuard:
    """ASGI middleware of one listener: refuses requests whose Host header is not its own address."""

    def __init__(self, app: ASGIApp, port: int, log: EventLog) -> None:
        """port: of the listener."""
        self._app = app
        self._port = port
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse without the headers that would let a page read it."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) == 1 and is_own_host(hosts[0], self._port):
            await self._app(scope, receive, send)
            return
        self._log.info("request", route="none", status=HTTPStatus.FORBIDDEN, code=errors.INVALID_HOST.code)
        refusal = json_response({"error": errors.INVALID_HOST.code.lower()}, status=HTTPStatus.FORBIDDEN)
        await refusal(scope, receive, send)


class _NoMetrics:
    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts nothing."""


@dataclass(frozen=True, slots=True)
class BrowserApi:
    """The routes and what they use; https_port: that of the listener with TLS while it listens, else None."""

    proofs: SiteProofs
    installation: DownloadingInstallation
    log: EventLog
    https_port: Callable[[], int | None] = field(default=lambda: None)

    def app(self) -> Starlette:
        """The ASGI application, which HostGuard is put in front of."""
        return create_app(
            [
                Route("/health", self.health, methods=["GET"]),
                Route("/prove", self.prove, methods=["POST"]),
            ],
            metrics=_NoMetrics(),
            log=self.log,
            client=lambda _scope: None,  # all that browsers send comes from the same address
            errors=presto_errors,
            cors=CORS,
        )

    async def health(self, request: Request) -> Response:
        """That something listens; for programs and approved websites also what it proves."""
        answer: dict[str, object] = {"status": "ok", "api_version": API_VERSION, "schemes": SCHEMES}
        if "origin" not in request.headers:
            answer |= self._details()
        return json_response(answer)

    async def prove(self, request: Request) -> Response:
        """One proof, which ends when the client leaves."""
        if "origin" in request.headers:
            raise errors.ORIGIN_DENIED(origin=request.headers["origin"])
        with self.proofs.in_flight():
            declared = declared_bytes(request.headers, MAX_BODY_BYTES)
            if "transfer-encoding" in request.headers and "content-length" in request.headers:
                raise http.PAYLOAD_TOO_LARGE(limit=MAX_BODY_BYTES)
            body = await read_body(request.receive, declared, bytes_per_second=float("inf"))
            versions = request.headers.getlist(VERSION_HEADER)
            version = ", ".join(versions) if versions else None
            result = await until_client_leaves(request.receive, self.proofs.prove(None, version, body))
        return json_response(
            ProveAnswer(result.proof.to_wire()),
            headers={PROVE_DURATION_HEADER: f"{result.timings.prove_ms:.0f}"},
        )

    def _details(self) -> dict[str, object]:
        pins = self.installation.pins
        default = pins.default_version
        installed = []
        try:
            store = user_store(self.installation.paths, pins)
        except BbUnavailableHereError:
            pass
        else:
            installed = store.installed(TrustedSetup.GENUINE)
        available = [str(default), *(str(one) for one in installed if one != default)]
        details: dict[str, object] = {
            "version": __version__,
            "aztec_version": str(default),
            "available_versions": available,
            "versions": [{"aztec_version": one, "bb_version": one} for one in available],
            "bb_available": default in installed or self.installation.bb_binary_path is not None,
        }
        if (port := self.https_port()) is not None:
            details["https_port"] = port
        return details
