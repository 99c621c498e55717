"""``POST /prove``: one request that lasts as long as the proof, as on the original TypeScript server."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from tee_rex.http_client.answers import MAX_ERROR_BYTES, Answer, decoded, read_body
from tee_rex.http_client.retries import NOT_SEEN, Retries
from tee_rex.remote.api import (
    JsonBody,
    MadeProof,
    ProvingApi,
    checked_milliseconds,
    claimed_version,
    read_proof,
)
from tee_rex.transaction.events import Phase
from tee_rex.transaction.proof import MAX_PROOF_BYTES
from tee_rex.wire import protocol

if TYPE_CHECKING:
    from tee_rex.http_client.connection import ServerConnection
    from tee_rex.transaction.events import PhaseClock
    from tee_rex.transaction.request import BbIdentity, ProofRequest

PROVING_SILENCE_SECONDS: Final = 900.0
"""The server sends nothing while it queues and proves; callers set their own, shorter limit."""
_MAX_PROOF_ANSWER_BYTES: Final = MAX_PROOF_BYTES // 3 * 4 + 1024
_MILLISECONDS = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,20})?")


class OriginalApi(ProvingApi):
    """The interface of the original server; it reports neither queue nor circuits."""

    def __init__(self, connection: ServerConnection, retries: Retries) -> None:
        """retries: of the request."""
        self._connection = connection
        self._retries = retries

    def plaintext(self, request: ProofRequest, steps: bytes, bb: BbIdentity | None) -> bytes:
        """The bare steps; this interface cannot name a bb, which the attestation binds anyway."""
        del request, bb
        return steps

    async def prove(
        self,
        message: bytes | bytearray,
        request: ProofRequest,
        phases: PhaseClock,
        parts: AsyncIterator[bytearray] | None = None,
    ) -> MadeProof:
        """See ProvingApi; the proof ends with the connection."""
        del parts
        body = JsonBody(message, phases.listener)
        headers = {
            **body.headers,
            protocol.VERSION_HEADER: str(request.version),
            protocol.REQUEST_ID_HEADER: str(uuid.uuid4()),
        }
        answer = await self._retries.run(lambda: self._post(body, headers, phases), NOT_SEEN, phases.listener)
        proof = read_proof(decoded(answer.expect(HTTPStatus.OK), protocol.ProveAnswer).proof, request)
        return MadeProof(
            proof,
            (),
            None,
            _milliseconds(answer.headers.get(protocol.PROVE_DURATION_HEADER, "")),
            claimed_version(answer.headers.get(protocol.BB_VERSION_HEADER, ""), request),
        )

    async def _post(self, body: JsonBody, headers: dict[str, str], phases: PhaseClock) -> Answer:
        phases.begin(Phase.TRANSMIT)

        async def content() -> AsyncIterator[bytes]:
            async for piece in body:
                yield piece
            phases.begin(Phase.PROVING)

        async with self._connection.stream(
            "POST",
            protocol.PROVE_PATH,
            content=content(),
            headers=headers,
            silence_seconds=PROVING_SILENCE_SECONDS,
        ) as response:
            succeeded = response.status_code == HTTPStatus.OK
            if succeeded:
                phases.begin(Phase.PROVED)
                phases.begin(Phase.RECEIVE)
            limit = _MAX_PROOF_ANSWER_BYTES if succeeded else MAX_ERROR_BYTES
            return Answer(response.status_code, response.headers, await read_body(response, limit))


def _milliseconds(header: str) -> float | None:
    return checked_milliseconds(float(header)) if _MILLISECONDS.fullmatch(header) else None
