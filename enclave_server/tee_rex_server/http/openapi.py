"""The OpenAPI document of this interface; its schemas are made from the models that the code uses."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from tee_rex.wire.protocol import (
    ATTESTATION_PATH,
    DECRYPT_DURATION_HEADER,
    HEALTH_PATH,
    JOB_ID_HEX_DIGITS,
    PROOFS_PATH,
    PROVE_DURATION_HEADER,
    PROVE_PATH,
    PUBLIC_KEY_PATH,
    REQUEST_ID_HEADER,
    VERSION_HEADER,
    AttestationAnswer,
    ErrorAnswer,
    JobAccepted,
    JobStatus,
    ProveAnswer,
    ProveBody,
    PublicKeyAnswer,
)
from tee_rex_server import __version__
from tee_rex_server.http.interface import HEALTHZ_PATH, METRICS_PATH, OPENAPI_PATH
from tee_rex_server.http.monitoring import HealthAnswer

Json: TypeAlias = dict[str, Any]

_MODELS = (
    AttestationAnswer,
    ErrorAnswer,
    HealthAnswer,
    JobAccepted,
    JobStatus,
    ProveAnswer,
    ProveBody,
    PublicKeyAnswer,
)
_ERRORS = {
    400: "The request, or what it holds encrypted, is malformed or cannot be proved here",
    404: "There is no such route or job",
    408: "The body came too slowly",
    413: "The body is too large",
    415: "The body's type is not accepted, or it is compressed",
    429: "This client's share, or the queue, is used up; see Retry-After",
    500: "The proof failed, or the server made a mistake",
    503: "The server is not ready, or is shutting down; see Retry-After",
}
_PROVING_ERRORS = (400, 408, 413, 415, 429, 500, 503)
_INTEGER = {"schema": {"type": "integer", "minimum": 0}}


def openapi_document() -> Json:
    """OpenAPI 3.1."""
    _, schemas = msgspec.json.schema_components(_MODELS, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TEE-Rex proving server",
            "version": __version__,
            "description": "Proves private Aztec transactions. Execution steps travel encrypted to the "
            "server's OpenPGP key: get the key, encrypt, and ask for a proof.",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "paths": _paths(),
        "components": {"schemas": schemas},
    }


def _paths() -> Json:
    job_id = _parameter("path", "job_id", f"^[0-9a-f]{{{JOB_ID_HEX_DIGITS}}}$", "The job's only credential")
    nonce = _parameter(
        "query", "nonce", "^([0-9a-fA-F]{2}){1,64}$", "Hex of 1 to 64 bytes that the document shall contain"
    )
    version = _parameter(
        "header", VERSION_HEADER, r"^[0-9A-Za-z.-]{1,64}$", "Must be the version that the steps belong to"
    )
    return {
        HEALTHZ_PATH: {"get": _route("Whether the process listens", _text("ok", "text/plain"))},
        HEALTH_PATH: {"get": _route("What it can prove, and how busy it is", _answer(HealthAnswer))},
        PUBLIC_KEY_PATH: {"get": _route("The key to encrypt to, armored", _answer(PublicKeyAnswer))},
        ATTESTATION_PATH: {
            "get": _route(
                "The key with its attestation document; 503 until the server is ready to prove",
                _answer(AttestationAnswer),
                errors=(400, 503),
                parameters=[nonce],
            )
        },
        PROVE_PATH: {
            "post": _route(
                "A proof, for as long as the connection lasts; closing it cancels the proof",
                _answer(
                    ProveAnswer, headers={PROVE_DURATION_HEADER: _INTEGER, DECRYPT_DURATION_HEADER: _INTEGER}
                ),
                errors=_PROVING_ERRORS,
                parameters=[version],
                body={"application/json": {"schema": _ref(ProveBody)}},
            )
        },
        PROOFS_PATH: {
            "post": _route(
                "A job that makes a proof, also after the connection has ended",
                _answer(JobAccepted, headers={"Location": {"schema": {"type": "string"}}}),
                status=202,
                errors=_PROVING_ERRORS,
                body={
                    "application/octet-stream": {},
                    "application/json": {"schema": _ref(ProveBody)},
                },
            )
        },
        f"{PROOFS_PATH}/{{job_id}}": {
            "get": _route(
                "How a job is; asking keeps it alive", _answer(JobStatus), errors=(404,), parameters=[job_id]
            ),
            "delete": _route(
                "Cancel and forget a job, known or not; when it has answered, nothing of it runs any more",
                {"description": "Done"},
                status=204,
                errors=(404,),
                parameters=[job_id],
            ),
        },
        f"{PROOFS_PATH}/{{job_id}}/events": {
            "get": _route(
                "A job's changes as server-sent events: state, circuit, and at the end done or failed, each "
                "with the JSON of JobStatus",
                _text("The events", "text/event-stream"),
                errors=(404,),
                parameters=[job_id],
            )
        },
        OPENAPI_PATH: {
            "get": _route(
                "This document", _text("OpenAPI 3.1", "application/json", schema={"type": "object"})
            )
        },
        METRICS_PATH: {"get": _route("Metrics for Prometheus", _text("The metrics", "text/plain"))},
    }


def _route(
    summary: str,
    success: Json,
    *,
    status: int = 200,
    errors: tuple[int, ...] = (),
    parameters: list[Json] | None = None,
    body: Json | None = None,
) -> Json:
    request_id: Json = {
        "name": REQUEST_ID_HEADER,
        "in": "header",
        "description": "Comes back in the answer if it is 1 to 64 letters, digits, dots, lines",
        "schema": {"type": "string"},
    }
    route: Json = {
        "summary": summary,
        "parameters": [request_id, *(parameters or ())],
        "responses": {
            str(status): success,
            **{str(code): _answer(ErrorAnswer, description=_ERRORS[code]) for code in errors},
        },
    }
    if body is not None:
        route["requestBody"] = {"required": True, "content": body}
    return route


def _answer(
    model: type[msgspec.Struct], *, description: str | None = None, headers: Json | None = None
) -> Json:
    answer: Json = {
        "description": description or (model.__doc__ or "").partition("\n")[0],
        "content": {"application/json": {"schema": _ref(model)}},
    }
    if headers:
        answer["headers"] = headers
    return answer


def _text(description: str, media_type: str, schema: Json | None = None) -> Json:
    return {"description": description, "content": {media_type: {"schema": schema or {"type": "string"}}}}


def _parameter(where: str, name: str, pattern: str, description: str) -> Json:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": description,
        "schema": {"type": "string", "pattern": pattern},
    }


def _ref(model: type[msgspec.Struct]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
