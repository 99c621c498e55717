"""Stands before an emulated enclave and signs its documents, as the real hypervisor does.

QEMU puts everything into a document but a signature. This front passes every request on, untouched, and in
the answer of ``/attestation`` puts QEMU's payload under the chain and the signature of a ``FakeNitro``; a
client that is given its root then sees what it would see of AWS.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeAlias

import cbor2
import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from support.nitro_fake import FakeNitro
from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.web.server import listening_socket
from tee_rex.wire.protocol import ATTESTATION_PATH

_OF_ONE_CONNECTION = frozenset(("connection", "host", "keep-alive", "transfer-encoding"))


Attest: TypeAlias = Callable[[dict[str, Any], bytes], bytes]
"""From a server's answer to ``/attestation``, and the nonce, to the document to put into it."""


@asynccontextmanager
async def signing_front(url: str, nitro: FakeNitro) -> AsyncIterator[str]:
    """Serve before the host at ``url``; yields the front's own address."""

    def sign(content: dict[str, Any], _nonce: bytes) -> bytes:
        return signed(base64.b64decode(content["attestationDocument"]), nitro)

    async with _front(url, sign) as address:
        yield address


@asynccontextmanager
async def attesting_front(url: str, nitro: FakeNitro, provers: Sequence[Prover]) -> AsyncIterator[str]:
    """Serve before a server without a TEE as an enclave with its key and these provers would be seen."""
    user_data, _ = encode_provers(provers)

    def attest(content: dict[str, Any], nonce: bytes) -> bytes:
        content["mode"] = "nitro"
        return nitro.document(
            public_key=content["publicKey"].encode(),
            user_data=user_data,
            nonce=nonce or None,
            timestamp=datetime.now(UTC),
        )

    async with _front(url, attest) as address:
        yield address


@asynccontextmanager
async def _front(url: str, attest: Attest) -> AsyncIterator[str]:
    async with httpx2.AsyncClient(base_url=url, timeout=900) as client:

        async def attestation(request: Request) -> Response:
            answer = await client.get(request.url.path, params=dict(request.query_params))
            if answer.status_code != HTTPStatus.OK:
                return Response(answer.content, answer.status_code, answer.headers)
            content = answer.json()
            nonce = bytes.fromhex(request.query_params.get("nonce", ""))
            content["attestationDocument"] = base64.b64encode(attest(content, nonce)).decode()
            return JSONResponse(content, answer.status_code)

        async def passed_on(request: Request) -> Response:
            headers = [(name, value) for name, value in request.headers.items() if _is_of_the_request(name)]
            passed = client.build_request(
                request.method,
                request.url.path,
                params=dict(request.query_params),
                headers=headers,
                content=request.stream(),
            )
            answer = await client.send(passed, stream=True)
            return StreamingResponse(
                answer.aiter_raw(),
                answer.status_code,
                {name: value for name, value in answer.headers.items() if _is_of_the_request(name)},
                background=BackgroundTask(answer.aclose),
            )

        methods = ["GET", "POST", "PUT", "DELETE"]
        app = Starlette(
            routes=[
                Route(ATTESTATION_PATH, attestation),
                Route("/enclaves/{name}" + ATTESTATION_PATH, attestation),
                Route("/{path:path}", passed_on, methods=methods),
            ]
        )
        listener = listening_socket("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
            listener.close()


def signed(unsigned: bytes, nitro: FakeNitro) -> bytes:
    """QEMU's document with such a signature as AWS's have; all else stays as the enclave asked for it."""
    payload = cbor2.loads(cbor2.loads(unsigned)[2])
    return nitro.sign({**payload, "certificate": nitro.chain[-1], "cabundle": nitro.chain[:-1]})


def _is_of_the_request(header: str) -> bool:
    return header.lower() not in _OF_ONE_CONNECTION
