"""``GET /attestation``: a server's attestation document and its key, none of it judged yet."""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import dataclass
from typing import Final

import httpx2
import msgspec

from tee_rex.attestation.errors import AttestationError, UnreadableError
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.errors import BadServerAnswerError, ServerUnreachableError
from tee_rex.wire.protocol import ATTESTATION_PATH, AttestationAnswer

MAX_ANSWER_BYTES: Final = 65_536
"""The largest document, key and manifest in base64, and JSON around them, stay below."""
ANSWER_SECONDS: Final = 30.0
"""For connecting and the whole answer; an enclave makes a document in milliseconds."""


class NoTeeError(AttestationError):
    """The server says itself that it runs outside of a TEE."""

    code = "NO_TEE"
    title = "This server has no TEE"
    default_hint = "Its operator could read what it proves. To use it all the same, choose remote mode."


@dataclass(frozen=True, slots=True)
class UntrustedAttestation:
    """What a server sent: the raw document, the key beside it (UTF-8, armored), the manifest beside it."""

    document: bytes
    key: bytes | None
    manifest: bytes | None


async def fetch_attestation(
    client: httpx2.AsyncClient, server: ServerUrl, nonce: bytes
) -> UntrustedAttestation:
    """Ask a server to attest itself for ``nonce`` (32 bytes).

    Raises what ServerConnection and ``answers.refusal`` do; NoTeeError for a server without a TEE;
    UnreadableError when the document is not base64.
    """
    answer = _parse(await _get(ServerConnection(server, client), nonce))
    if answer.mode == "standard":
        raise NoTeeError("It answers that it runs in standard mode, outside of a TEE.")
    if answer.attestation_document is None:
        raise BadServerAnswerError("It says that it runs in a Nitro enclave, but sent no document.")
    return UntrustedAttestation(
        document=_from_base64(answer.attestation_document),
        key=None if answer.public_key is None else answer.public_key.encode(),
        manifest=None if answer.prover_manifest is None else _from_base64(answer.prover_manifest),
    )


async def _get(connection: ServerConnection, nonce: bytes) -> bytes:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await connection.exchange(
                "GET", ATTESTATION_PATH, limit=MAX_ANSWER_BYTES, query={"nonce": nonce.hex()}
            )
    except TimeoutError as error:
        raise ServerUnreachableError(f"The answer took longer than {ANSWER_SECONDS:g} seconds.") from error
    return answer.expect(httpx2.codes.OK)


def _parse(body: bytes) -> AttestationAnswer:
    try:
        return msgspec.json.decode(body, type=AttestationAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadServerAnswerError("The answer is not the JSON of an attestation.") from error


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError("What the server sent as its attestation is not base64.") from error
