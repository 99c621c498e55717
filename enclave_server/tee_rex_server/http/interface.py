"""The public HTTP interface: its operations, which a proving server answers and a host's proxy forwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

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
    JobAccepted,
    JobStatus,
    ProveAnswer,
    ProveBody,
    PublicKeyAnswer,
)
from tee_rex_server.errors.serving import JOB_UNKNOWN
from tee_rex_server.http.monitoring import HealthAnswer
from tee_rex_server.http.openapi import Content, Operation, Parameter

if TYPE_CHECKING:
    from starlette.requests import Request

EXPOSED_HEADERS: Final = (
    REQUEST_ID_HEADER,
    PROVE_DURATION_HEADER,
    DECRYPT_DURATION_HEADER,
    "Location",
    "Retry-After",
)
"""The headers of an answer that web pages of other origins can read."""

_JOB_PATH: Final = f"{PROOFS_PATH}/{{job_id}}"
_JOB_ID_PATTERN: Final = f"[0-9a-f]{{{JOB_ID_HEX_DIGITS}}}"
_JOB_ID: Final = Parameter("path", "job_id", "The job's only credential", f"^{_JOB_ID_PATTERN}$")
_INTEGER: Final = {"type": "integer", "minimum": 0}
_PROVING_ERRORS: Final = (400, 408, 413, 415, 429, 500, 503)

HEALTHZ: Final = Operation("GET", "/healthz", "Check that the process listens", Content("text/plain", "ok"))
HEALTH: Final = Operation("GET", HEALTH_PATH, "Get what the server proves, and its load", HealthAnswer)
PUBLIC_KEY: Final = Operation("GET", PUBLIC_KEY_PATH, "Get the armored key to encrypt to", PublicKeyAnswer)
ATTESTATION: Final = Operation(
    "GET",
    ATTESTATION_PATH,
    "Get the key with its attestation document; 503 until the server is ready to prove",
    AttestationAnswer,
    errors=(400, 503),
    parameters=(
        Parameter(
            "query", "nonce", "1 to 64 bytes in hex for the document to include", "^([0-9a-fA-F]{2}){1,64}$"
        ),
    ),
)
PROVE: Final = Operation(
    "POST",
    PROVE_PATH,
    "Prove within this request; closing the connection cancels the proof",
    ProveAnswer,
    errors=_PROVING_ERRORS,
    parameters=(
        Parameter(
            "header", VERSION_HEADER, "Must be the Aztec version of the steps", r"^[0-9A-Za-z.-]{1,64}$"
        ),
    ),
    bodies={"application/json": ProveBody},
    headers={PROVE_DURATION_HEADER: _INTEGER, DECRYPT_DURATION_HEADER: _INTEGER},
)
START_JOB: Final = Operation(
    "POST",
    PROOFS_PATH,
    "Start a job, which continues proving when the connection closes",
    JobAccepted,
    status=202,
    errors=_PROVING_ERRORS,
    bodies={"application/octet-stream": None, "application/json": ProveBody},
    headers={"Location": {"type": "string"}},
)
GET_JOB: Final = Operation(
    "GET",
    _JOB_PATH,
    "Get a job's status, which keeps the job alive",
    JobStatus,
    errors=(404,),
    parameters=(_JOB_ID,),
)
DELETE_JOB: Final = Operation(
    "DELETE",
    _JOB_PATH,
    "Cancel and forget a job, known or not; it has stopped by the time the answer arrives",
    None,
    status=204,
    errors=(404,),
    parameters=(_JOB_ID,),
)
JOB_EVENTS: Final = Operation(
    "GET",
    f"{_JOB_PATH}/events",
    "Get a job's changes as server-sent events: state, circuit, finally done or failed, each with the JSON "
    "of JobStatus",
    Content("text/event-stream", "The events"),
    errors=(404,),
    parameters=(_JOB_ID,),
)
OPENAPI: Final = Operation(
    "GET",
    "/openapi.json",
    "Get this document",
    Content("application/json", "OpenAPI 3.1", "object"),
)
METRICS: Final = Operation(
    "GET", "/metrics", "Get metrics for Prometheus", Content("text/plain", "The metrics")
)


def job_id_of(request: Request) -> str:
    """The job that a path names; raises JOB_UNKNOWN when no job can have such an ID."""
    job_id: str = request.path_params["job_id"]
    if not re.fullmatch(_JOB_ID_PATTERN, job_id):
        raise JOB_UNKNOWN()
    return job_id
