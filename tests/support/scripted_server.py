"""A proving server on a real socket, true to its interfaces except where a test scripts it otherwise."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

from support.nitro_fake import FakeNitro
from support.patience import PATIENCE
from support.recorded_steps import V4
from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.openpgp import PrivateKey, decrypt
from tee_rex.transaction.proof import FIELD_BYTES, ChonkProof
from tee_rex.transaction.steps import MAX_STEPS_BYTES

JOB: Final = "0123456789abcdef" * 2
SOME_PROOF: Final = ChonkProof(bytes(V4.proof_fields * FIELD_BYTES), V4)
"""A proof in form only."""
TIMINGS: Final = {
    "queue_ms": 1.0,
    "decrypt_ms": 2.0,
    "prove_ms": 4000.5,
    "final_proof_ms": 1500.25,
    "circuits": [{"name": "the server's name", "load_ms": 1.5, "accumulate_ms": 2.5}],
}


@dataclass(frozen=True, slots=True)
class Request:
    """What came; query: each name's last value."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent. A body of several pieces is sent chunked; after a piece None the connection is cut."""

    body: bytes | AsyncIterator[bytes | None] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler: TypeAlias = Callable[[Request], Awaitable[Answer]]
Script: TypeAlias = Answer | Handler | list[Answer]
"""One answer for ever, a function, or answers one after another, the last for ever."""


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """JSON."""
    return Answer(json.dumps(value).encode(), status, headers or {})


def status(state: str, **fields: object) -> dict[str, object]:
    """A JobStatus as the server writes it."""
    return {"id": JOB, "state": state, "position": 0, **fields}


def done(proof: bytes | None = None, **fields: object) -> dict[str, object]:
    """The status of a job with its proof."""
    wire = SOME_PROOF.to_wire() if proof is None else proof
    return status("done", proof=base64.b64encode(wire).decode(), timings=TIMINGS, **fields)


def event(value: Mapping[str, object], name: str = "state") -> bytes:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(value)}\n\n".encode()


def events(*pieces: bytes | float | None) -> Handler:
    """A stream of pieces; a number waits so many seconds, None cuts the connection."""

    async def body() -> AsyncIterator[bytes | None]:
        for piece in pieces:
            if isinstance(piece, float):
                await asyncio.sleep(piece)
            else:
                yield piece

    async def handle(_request: Request) -> Answer:
        return Answer(body(), headers={"Content-Type": "text/event-stream"})

    return handle


async def never(_request: Request) -> Answer:
    """No answer as long as the client waits."""
    await asyncio.Event().wait()
    raise AssertionError


class ScriptedServer:
    """The jobs interface, or the original one; attests itself when it is given a Nitro."""

    def __init__(self, *, original: bool = False, nitro: FakeNitro | None = None) -> None:
        """Make a key."""
        self.key = PrivateKey.generate("a server for tests", datetime.now(UTC) - timedelta(hours=1))
        self.nitro = nitro
        self.attested: dict[str, Any] = {}
        self.provers = [Prover("4.1.2", "ab" * 32)]
        self.requests: list[Request] = []
        self._connections = 0
        self._unconnected = asyncio.Event()
        self.scripts: dict[str, Script] = {
            "GET /encryption-public-key": self._public_key,
            "GET /attestation": self._attestation,
        }
        if original:
            proof = base64.b64encode(SOME_PROOF.to_wire()).decode()
            self.scripts["POST /prove"] = json_answer(
                {"proof": proof}, headers={"x-prove-duration-ms": "1234"}
            )
        else:
            self.scripts |= {
                "GET /v1/proofs": json_answer({"error": "", "requestId": ""}, 405),
                "POST /v1/proofs": json_answer(status("queued"), 202),
                f"GET /v1/proofs/{JOB}/events": events(
                    event(status("queued", position=2)),
                    event(status("proving", circuit={"index": 0, "count": 1, "name": "the server's name"})),
                    event(done()),
                ),
                f"GET /v1/proofs/{JOB}": json_answer(done()),
                f"DELETE /v1/proofs/{JOB}": Answer(status=204),
            }

    def asked(self, route: str) -> list[Request]:
        """The requests of a route such as ``POST /prove``."""
        return [one for one in self.requests if f"{one.method} {one.path}" == route]

    @property
    def received_secrets(self) -> list[Request]:
        """Every request that could carry a witness."""
        return [one for one in self.requests if one.method == "POST" or one.body]

    def decrypted(self, message: bytes) -> bytes:
        """With the server's own key."""
        return bytes(decrypt(self.key, message, max_plaintext=MAX_STEPS_BYTES))

    def attest(self, nonce: bytes | None) -> bytes:
        """A genuine document, with ``attested`` in place of the right fields."""
        assert self.nitro is not None
        fields: dict[str, Any] = {
            "nonce": nonce,
            "public_key": self.key.public_key.armored().encode(),
            "user_data": encode_provers(self.provers)[0],
            **self.attested,
        }
        return self.nitro.document(**fields)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Listen on a loopback port; yields the URL; every connection must have been closed at the end."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            if self._connections:
                await asyncio.wait_for(self._unconnected.wait(), PATIENCE)

    async def _public_key(self, _request: Request) -> Answer:
        return json_answer({"publicKey": self.key.public_key.armored()})

    async def _attestation(self, request: Request) -> Answer:
        answer = {"mode": "standard", "publicKey": self.key.public_key.armored()}
        if self.nitro is not None:
            document = self.attest(bytes.fromhex(request.query.get("nonce", "")))
            answer |= {"mode": "nitro", "attestationDocument": base64.b64encode(document).decode()}
        return json_answer(answer)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        self._unconnected.clear()
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                request = await _read(reader)
                self.requests.append(request)
                answering = asyncio.create_task(self._answer(request, writer))
                leaving = asyncio.create_task(reader.read())
                await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
                for task in (answering, leaving):
                    task.cancel()
                await asyncio.gather(answering, leaving, return_exceptions=True)
        finally:
            writer.transport.abort() if writer.transport.is_closing() else writer.close()
            self._connections -= 1
            if not self._connections:
                self._unconnected.set()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        script = self.scripts.get(f"{request.method} {request.path}", Answer(status=404))
        if isinstance(script, list):
            script = script.pop(0) if len(script) > 1 else script[0]
        answer = script if isinstance(script, Answer) else await script(request)
        whole = isinstance(answer.body, bytes)
        headers = {
            "Connection": "close",
            **({"Content-Length": str(len(answer.body))} if isinstance(answer.body, bytes) else {}),
            **({} if whole else {"Transfer-Encoding": "chunked"}),
            **answer.headers,
        }
        reason = HTTPStatus(answer.status).phrase
        head = f"HTTP/1.1 {answer.status} {reason}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        writer.write(head.encode() + b"\r\n")
        if isinstance(answer.body, bytes):
            writer.write(answer.body)
        else:
            async for piece in answer.body:
                if piece is None:
                    await writer.drain()
                    writer.transport.close()
                    return
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                await writer.drain()
            writer.write(b"0\r\n\r\n")
        await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _version = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    url = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, url.path, query, headers, body)
