"""Requests to one server: no redirects, no compression, every answer bounded."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

import httpx2

from tee_rex import __version__
from tee_rex.errors.catalogue import servers as errors
from tee_rex.http_client.answers import Answer, read_body
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.system.threads import read_in_thread

CONNECT_SECONDS: Final = 10.0
STALLED_SECONDS: Final = 30.0
"""Longest time without a byte in either direction; a live server reads and answers at once."""


class ServerConnection:
    """A client of one server, for one proof or one question."""

    def __init__(self, server: ServerUrl, client: httpx2.AsyncClient, prefix: str = "") -> None:
        """Use :meth:`open`. prefix: of all routes."""
        self.server = server
        self._client = client
        self._prefix = prefix

    @classmethod
    @asynccontextmanager
    async def open(
        cls, server: ServerUrl, *, trust_env: bool, token: str | None = None
    ) -> AsyncIterator[ServerConnection]:
        """A client that keeps nothing afterwards: no connection that the server may have closed, no cookie.

        trust_env: whether the environment's proxies and certificates count; for loopback they never do.
        token: sent with every request, for servers that only let owners of tokens in.
        """
        trust_env = trust_env and not server.is_loopback
        if server.base.scheme == "https":
            verify = await read_in_thread(httpx2.create_ssl_context, trust_env=trust_env)
        else:
            verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used, and made ten times faster
        async with httpx2.AsyncClient(
            verify=verify,
            trust_env=trust_env,
            headers={
                "User-Agent": f"tee-rex/{__version__}",
                **({} if token is None else {"Authorization": f"Bearer {token}"}),
            },
        ) as client:
            yield cls(server, client)

    def below(self, prefix: str) -> ServerConnection:
        """The same server, whose routes all begin with ``prefix``."""
        return ServerConnection(self.server, self._client, prefix)

    async def exchange(
        self,
        method: str,
        route: str,
        *,
        limit: int,
        content: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and read its answer of at most ``limit`` bytes; raises as :meth:`stream` does."""
        async with self.stream(method, route, content=content, headers=headers, query=query) as response:
            return Answer(response.status_code, response.headers, await read_body(response, limit))

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        route: str,
        *,
        content: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        silence_seconds: float = STALLED_SECONDS,
    ) -> AsyncIterator[httpx2.Response]:
        """Send a request and read the head of its answer; the caller reads the body.

        silence_seconds: longest time without a byte from the server. Raises NeverConnectedError when the
        server has not seen the request, ServerCertificateError, ServerUnreachableError when it may have seen
        it, and BadServerAnswerError.
        """
        timeout = httpx2.Timeout(STALLED_SECONDS, connect=CONNECT_SECONDS, read=silence_seconds)
        try:
            async with self._client.stream(
                method,
                self.server.at(self._prefix + route),
                params=query,
                content=content,
                # Unpacking a compressed answer could take any amount of memory.
                headers={"Accept-Encoding": "identity", **(headers or {})},
                follow_redirects=False,
                timeout=timeout,
            ) as response:
                if response.headers.get("Content-Encoding", "identity") != "identity":
                    raise errors.SERVER_ANSWER_COMPRESSED()
                yield response
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
            if _is_about_certificates(error):
                raise errors.SERVER_CERTIFICATE_INVALID(host=self._host) from error
            raise errors.SERVER_NEVER_CONNECTED(host=self._host) from error
        except httpx2.HTTPError as error:
            raise errors.SERVER_UNREACHABLE(host=self._host, reason=type(error).__name__) from error

    async def events(
        self, route: str, *, silence_seconds: float, max_event_bytes: int, max_bytes: int
    ) -> AsyncGenerator[str, None]:
        """The data of the server-sent events of a route, which must be closed (``aclosing``).

        Ends where the server says so, has none, or has sent more than ``max_bytes`` in all. Raises as
        :meth:`stream` does.
        """
        headers = {"Accept": "text/event-stream"}
        async with self.stream("GET", route, headers=headers, silence_seconds=silence_seconds) as response:
            if response.status_code != HTTPStatus.OK:
                return
            async for event in httpx2.EventSource(response, max_event_size=max_event_bytes):
                yield event.data
                if response.num_bytes_downloaded > max_bytes:
                    return

    @property
    def _host(self) -> str:
        return self.server.base.netloc.decode("ascii")


def _is_about_certificates(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
