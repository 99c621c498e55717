"""A proxy in front of a real Aztec node that records calls and injects faults."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2

from support.scripted_server import Answer, Request, ScriptedServer

_FORWARDED_HEADERS = ("content-type", "x-aztec-l2circuitsvktreeroot", "x-aztec-packageversion")


class NodeFront(ScriptedServer):
    """on_call: called with every method before it is forwarded. away: every connection is cut.

    lost: methods whose next response is lost on the way back. silent: methods that are never answered.
    slow: additional seconds of a method. version: what the node says that it is; None for what it is.
    """

    def __init__(self, url: str) -> None:
        """The real node is at ``url``."""
        super().__init__()
        self.calls: list[str] = []
        self.on_call: Callable[[str], None] | None = None
        self.away = False
        self.lost: set[str] = set()
        self.silent: set[str] = set()
        self.slow: dict[str, float] = {}
        self.version: str | None = None
        self.scripts = {"POST /": self._forward, "GET /status": Answer(b"OK")}
        self._url = url
        self._client = httpx2.AsyncClient(timeout=60, trust_env=False)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Yields the proxy's address."""
        async with self._client, super().serving() as url:
            yield url

    async def _forward(self, request: Request) -> Answer:
        if self.away:
            return _cut()
        questions = json.loads(request.body)
        methods = {one["method"] for one in (questions if isinstance(questions, list) else [questions])}
        self.calls.extend(methods)
        for method in methods:
            if self.on_call is not None:
                self.on_call(method)
        if methods & self.silent:
            await asyncio.Event().wait()
        await asyncio.sleep(max(self.slow.get(method, 0.0) for method in methods))
        answer = await self._client.post(
            self._url, content=request.body, headers={"Content-Type": "application/json"}
        )
        if methods & self.lost:
            self.lost -= methods
            return _cut()
        headers = {name: answer.headers[name] for name in _FORWARDED_HEADERS if name in answer.headers}
        content = answer.content
        if self.version is not None:
            content = re.sub(rb'"nodeVersion":"[^"]+"', f'"nodeVersion":"{self.version}"'.encode(), content)
        return Answer(content, answer.status_code, headers)


def _cut() -> Answer:
    async def nothing() -> AsyncIterator[bytes | None]:
        yield None

    return Answer(nothing())
