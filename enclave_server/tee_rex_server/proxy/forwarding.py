"""Forwarding one request to an enclave while its body arrives, and the answer back while it comes."""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.web.bodies import ClientGoneError, client_gone
from tee_rex.wire.protocol import (
    BB_VERSION_HEADER,
    DECRYPT_DURATION_HEADER,
    PROVE_DURATION_HEADER,
    REQUEST_ID_HEADER,
    VERSION_HEADER,
    ErrorAnswer,
)
from tee_rex_server.errors.proxy import PROXY_BUSY, EnclaveAnswerError, EnclaveUnreachableError
from tee_rex_server.errors.serving import SHUTTING_DOWN, ShuttingDownError
from tee_rex_server.logs import request_log
from tee_rex_server.proxy.exchange import connected, no_body, send_and_receive

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send
    from structlog.typing import FilteringBoundLogger

    from tee_rex.web.clients import ClientAddresses
    from tee_rex_server.proxy.enclaves import Enclave
    from tee_rex_server.proxy.exchange import AnswerHead, Exchange, Headers
    from tee_rex_server.proxy.monitoring import ProxyMetrics

MAX_IN_FLIGHT: Final = 400
"""Requests to enclaves at a time. Each has two sockets; many systems let a process open 1,024 files."""
RESTART_SECONDS: Final = 10
"""Retry-After of a host that restarts."""
_BUSY_SECONDS: Final = 5
_FORWARDED_HEADERS: Final = frozenset(
    {b"content-type", b"content-encoding", b"accept", VERSION_HEADER.lower().encode()}
)
"""The request headers that an enclave gets; the host sets all others or drops them."""
_RETURNED_HEADERS: Final = frozenset(
    name.lower().encode()
    for name in (
        *("Content-Type", "Content-Length", "Location", "Retry-After", "X-Accel-Buffering"),
        *(PROVE_DURATION_HEADER, DECRYPT_DURATION_HEADER, BB_VERSION_HEADER),
    )
)
"""The answer headers that a client gets from the enclave; all others are the host's own, or dropped."""
_MAX_ERROR_BYTES: Final = 16 * 1024
_CODE: Final = re.compile("[A-Z][A-Z0-9_]{1,63}")


class InFlight:
    """The requests that the host is forwarding. accepting: whether it takes new proofs."""

    def __init__(self, limit: int = MAX_IN_FLIGHT) -> None:
        """limit: of requests at a time."""
        self._limit = limit
        self.accepting = True
        self.count = 0
        self._proofs = 0
        self._no_proofs = asyncio.Event()
        self._no_proofs.set()

    def stop_accepting(self) -> None:
        """Refuse new proofs."""
        self.accepting = False

    async def wait_for_proofs(self) -> None:
        """Return when no proof is in flight."""
        await self._no_proofs.wait()

    @contextmanager
    def request(self, *, proof: bool = False) -> Iterator[None]:
        """Count one more request; raises SHUTTING_DOWN, PROXY_BUSY."""
        if proof and not self.accepting:
            raise SHUTTING_DOWN(retry_after=RESTART_SECONDS)
        if self.count >= self._limit:
            raise PROXY_BUSY(retry_after=_BUSY_SECONDS)
        self.count += 1
        self._proofs += proof
        if proof:
            self._no_proofs.clear()
        try:
            yield
        finally:
            self.count -= 1
            self._proofs -= proof
            if self._proofs == 0:
                self._no_proofs.set()


class StreamedResponse(Response):
    """An answer that ``stream`` sends while the enclave produces it."""

    def __init__(self, stream: Callable[[Receive, Send], Awaitable[None]]) -> None:
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        del scope
        await self._stream(receive, send)


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What an enclave gets of a request, and what its answer goes through.

    target: path and query. body: its parts; framing: the headers that declare how it is framed.
    on_head: called with the answer's head before it is sent on; returns headers to add, or to put in place of
    those of the same names. on_part: called with each part of the answer before it is sent on. on_error:
    called with an error's status and code, before its head is sent on.
    """

    request: Request
    target: str
    body: AsyncIterator[bytes] = field(default_factory=no_body)
    framing: Headers = field(default_factory=list)
    on_head: Callable[[AnswerHead], Awaitable[Headers]] | None = None
    on_part: Callable[[bytes], Awaitable[None]] | None = None
    on_error: Callable[[int, str | None], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Forwarder:
    """Forwards requests to enclaves."""

    addresses: ClientAddresses
    metrics: ProxyMetrics
    log: FilteringBoundLogger

    async def forward(self, forwarded: Forwarded, enclave: Enclave, receive: Receive, send: Send) -> None:
        """Send the request to the enclave and its answer to the client; if either leaves, end the other side.

        Raises EnclaveUnreachableError, EnclaveAnswerError or ShuttingDownError if nothing of the answer was
        sent. Later failures only end the answer: the server then closes the connection, so that the client
        sees that it is incomplete.
        """
        answer_started = False

        async def send_request(exchange: Exchange) -> None:
            await exchange.send_body(forwarded.body)
            await client_gone(receive)
            raise ClientGoneError

        async def send_answer(exchange: Exchange) -> None:
            nonlocal answer_started
            head = await exchange.head()
            answer = exchange.parts()
            error = bytearray()
            if head.status >= HTTPStatus.BAD_REQUEST:
                async for part in answer:
                    error += part
                    if len(error) > _MAX_ERROR_BYTES:
                        break
                if forwarded.on_error is not None:
                    await forwarded.on_error(head.status, _error_code(error))
            headers = [(name, value) for name, value in head.headers if name in _RETURNED_HEADERS]
            if forwarded.on_head is not None:
                added = await forwarded.on_head(head)
                names = {name.lower() for name, _ in added}
                headers = [*(one for one in headers if one[0].lower() not in names), *added]
            answer_started = True
            await send({"type": "http.response.start", "status": head.status, "headers": headers})
            async for part in joined(bytes(error), answer):
                if forwarded.on_part is not None:
                    await forwarded.on_part(part)
                await send({"type": "http.response.body", "body": part, "more_body": True})
            if code := _error_code(error):
                forwarded.request.scope["state"]["error_code"] = code
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        try:
            async with enclave.request(), connected(enclave.address, enclave.http_port) as exchange:
                headers = [*self._request_headers(forwarded.request), *forwarded.framing]
                await exchange.send_head(forwarded.request.method, forwarded.target.encode(), headers)
                await send_and_receive(send_request(exchange), send_answer(exchange))
        except (EnclaveUnreachableError, EnclaveAnswerError, ShuttingDownError) as error:
            if not isinstance(error, ShuttingDownError):
                self.metrics.enclave_failed(enclave.name)
            if isinstance(error, EnclaveUnreachableError):
                enclave.mark_unreachable()
            log = request_log(forwarded.request, self.log)
            log.warning("enclave failed", enclave=enclave.name, code=error.code, answer_begun=answer_started)
            if not answer_started:
                raise

    def _request_headers(self, request: Request) -> Headers:
        client = self.addresses.of_request(request.scope)
        headers = [(name, value) for name, value in request.scope["headers"] if name in _FORWARDED_HEADERS]
        headers.append((REQUEST_ID_HEADER.lower().encode(), request.state.request_id.encode()))
        if client is not None:
            headers.append((b"x-forwarded-for", str(client).encode()))
        return headers


def _error_code(untrusted: bytes | bytearray) -> str | None:
    """The code in an enclave's error answer, for the host's log."""
    try:
        code = decode_json(untrusted, ErrorAnswer).code
    except UndecodableError:
        return None
    return code if _CODE.fullmatch(code) else None


async def joined(start: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts of a body whose start was read before."""
    if start:
        yield start
    async for part in rest:
        yield part


def framing(request: Request) -> tuple[bytes, bytes]:
    """How the enclave is told where the body ends."""
    # With both headers, Transfer-Encoding says how the body is framed (RFC 9112, section 6.3).
    chunked = "transfer-encoding" in request.headers
    length = None if chunked else request.headers.get("content-length")
    return (b"transfer-encoding", b"chunked") if length is None else (b"content-length", length.encode())
