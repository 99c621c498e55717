"""The interface of Presto's client: who may ask, /health, /prove and /prove/ultra-honk."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from tee_rex import __version__
from tee_rex.browser.origins import Origin
from tee_rex.browser.proving import installed_versions, shown
from tee_rex.browser.ultra_honk import MAX_CIRCUIT_BODY_BYTES, CircuitAnswer
from tee_rex.browser.uploads import Upload
from tee_rex.errors import ErrorKind, RefusedError, TeeRexError, UsageError
from tee_rex.errors.catalogue import browser as errors
from tee_rex.errors.catalogue import http
from tee_rex.web.app import Cors, create_app
from tee_rex.web.bodies import body_parts, declared_bytes, until_client_leaves, while_body_arrives
from tee_rex.web.responses import json_response
from tee_rex.wire.protocol import PROVE_DURATION_HEADER, ProveAnswer

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.datastructures import Headers
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from tee_rex.browser.proving import SiteProofs
    from tee_rex.browser.ultra_honk import SiteCircuits
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.web.log import EventLog

MAX_BODY_BYTES: Final = 50 << 20
API_VERSION: Final = 1
CHONK: Final = "chonk"
ULTRA_HONK: Final = "ultra_honk"
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
    http.QUEUE_FULL.code: errors.TOO_MANY_ORIGINS,
    http.INTERNAL.code: errors.PROVE_FAILED,
}
"""Errors that the client knows by another name. What it does not know, it passes on to its page instead of
proving by itself."""
_OF_THIS_MACHINE: Final = frozenset({errors.PROVE_FAILED.code, errors.DOWNLOAD_FAILED.code})


def presto_errors(error: TeeRexError, _request_id: str) -> Response:
    """An error as the client reads it: ``{"error": code, "message": text}``, declared as text.

    Refusals have their message; other errors only their title, because a message can name a file or a
    circuit. Those that the client does not know are SERVICE_UNAVAILABLE to it.
    """
    code, status = error.code, error.http_status
    text = error.title
    if isinstance(error, RefusedError | UsageError):
        text = f"{error.title}: {error.message}"
    elif code not in _OF_THIS_MACHINE:
        code, status = errors.SERVICE_UNAVAILABLE.code, HTTPStatus.SERVICE_UNAVAILABLE
    if (kind := _SAID_AS.get(code)) is not None:
        code, status = kind.code, kind.status or kind.error_type.default_status
    content = {"error": code.lower(), "message": text}
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


def _origin(headers: Headers) -> Origin | None:
    """The website that asks; None: a program, which sends no Origin. Raises INVALID_ORIGIN."""
    given = headers.getlist("origin")
    return Origin.parse(", ".join(given)) if given else None


def _body(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """The body as it arrives; raises PAYLOAD_TOO_LARGE at once, and as ``body_parts`` does.

    limit: of the body, in bytes.
    """
    headers = request.headers
    declared = declared_bytes(headers, limit)
    if {"transfer-encoding", "content-length"} <= {*headers}:  # RFC 9112, section 6.1
        raise http.PAYLOAD_TOO_LARGE(limit=limit)
    return body_parts(request.receive, declared, bytes_per_second=math.inf)


def _named_version(headers: Headers) -> str | None:
    versions = headers.getlist(VERSION_HEADER)
    return ", ".join(versions) if versions else None


class _NoMetrics:
    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts nothing."""


@dataclass(frozen=True, slots=True)
class BrowserApi:
    """The routes and what they use.

    https_port: that of the listener with TLS while it listens, else None. circuits: None: no Noir circuits.
    """

    proofs: SiteProofs
    installation: DownloadingInstallation
    log: EventLog
    https_port: Callable[[], int | None] = field(default=lambda: None)
    circuits: SiteCircuits | None = None

    def app(self) -> Starlette:
        """The ASGI application, which HostGuard is put in front of."""
        routes = [
            Route("/health", self.health, methods=["GET"]),
            Route("/prove", self.prove, methods=["POST"]),
        ]
        if self.circuits is not None:
            prove_circuit = partial(self.prove_circuit, self.circuits)
            routes.append(Route("/prove/ultra-honk", prove_circuit, methods=["POST"]))
        return create_app(
            routes,
            metrics=_NoMetrics(),
            log=self.log,
            client=lambda _scope: None,  # all that browsers send comes from the same address
            errors=presto_errors,
            cors=CORS,
        )

    async def health(self, request: Request) -> Response:
        """That something listens; for programs and approved websites also what it proves."""
        schemes = [CHONK] if self.circuits is None else [CHONK, ULTRA_HONK]
        answer: dict[str, object] = {"status": "ok", "api_version": API_VERSION, "schemes": schemes}
        if self._may_know(request.headers):
            answer |= self._details()
        return json_response(answer)

    async def prove(self, request: Request) -> Response:
        """One proof, which begins while its steps arrive, and ends when the client leaves."""
        origin = _origin(request.headers)
        with self._logged_refusal(origin):
            async with self.proofs.admitted(origin):
                with self.proofs.in_flight(origin):
                    upload = Upload(self.installation.pins.circuits)
                    reading = upload.read(_body(request, MAX_BODY_BYTES))
                    proving = self.proofs.prove(origin, _named_version(request.headers), upload)
                    result = await while_body_arrives(request.receive, reading, proving)
        bb_ms = result.timings.prove_ms - result.timings.waited_ms
        return json_response(
            ProveAnswer(result.proof.to_wire()), headers={PROVE_DURATION_HEADER: f"{bb_ms:.0f}"}
        )

    async def prove_circuit(self, circuits: SiteCircuits, request: Request) -> Response:
        """The proof of one Noir circuit, which ends when the client leaves."""
        origin = _origin(request.headers)
        with self._logged_refusal(origin):
            async with self.proofs.admitted(origin, local=True):
                with self.proofs.in_flight(origin):
                    body = bytearray()
                    async for part in _body(request, MAX_CIRCUIT_BODY_BYTES):
                        body += part
                    version = _named_version(request.headers)
                    proving = self.proofs.prove_circuit(origin, version, body, circuits)
                    result = await until_client_leaves(request.receive, proving)
        return json_response(
            CircuitAnswer(result.proof, result.public_inputs, result.setup, result.verification_key),
            headers={PROVE_DURATION_HEADER: f"{result.prove_ms:.0f}"},
        )

    @contextmanager
    def _logged_refusal(self, origin: Origin | None) -> Iterator[None]:
        try:
            yield
        except TeeRexError as error:
            if error.code not in _OF_THIS_MACHINE:  # whose reason is logged where it is known
                self.log.info(
                    "refused", origin=shown(origin), code=error.code, reason=str(error.message_parts)
                )
            raise

    def _may_know(self, headers: Headers) -> bool:
        try:
            origin = _origin(headers)
        except RefusedError:
            return False
        return origin is None or self.proofs.approved(origin)

    def _details(self) -> dict[str, object]:
        default = self.installation.pins.default_version
        installed = installed_versions(self.installation)
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
