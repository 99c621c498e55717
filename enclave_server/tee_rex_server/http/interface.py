"""The public HTTP interface: its operations, which a proving server answers and a host's proxy forwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tee_rex.wire import protocol
from tee_rex_server.errors.serving import JOB_UNKNOWN
from tee_rex_server.http.monitoring import HealthAnswer
from tee_rex_server.http.openapi import Content, Operation, Parameter

if TYPE_CHECKING:
    from starlette.requests import Request

EXPOSED_HEADERS: Final = (
    protocol.REQUEST_ID_HEADER,
    protocol.PROVE_DURATION_HEADER,
    protocol.DECRYPT_DURATION_HEADER,
    protocol.BB_VERSION_HEADER,
    "Location",
    "Retry-After",
)
"""The headers of an answer that web pages of other origins can read."""

_JOB_PATH: Final = f"{protocol.PROOFS_PATH}/{{job_id}}"
_JOB_ID_PATTERN: Final = f"[0-9a-f]{{{protocol.JOB_ID_HEX_DIGITS}}}"
_JOB_ID: Final = Parameter("path", "job_id", "The job's only credential", f"^{_JOB_ID_PATTERN}$")
_INTEGER: Final = {"type": "integer", "minimum": 0}
_PROVING_ERRORS: Final = (400, 408, 413, 415, 500, 503)

HEALTHZ: Final = Operation("GET", "/healthz", "Check that the process listens", Content("text/plain", "ok"))
HEALTH: Final = Operation(
    "GET", protocol.HEALTH_PATH, "Get what the server proves, and its load", HealthAnswer
)
PUBLIC_KEY: Final = Operation(
    "GET", protocol.PUBLIC_KEY_PATH, "Get the armored key to encrypt to", protocol.PublicKeyAnswer
)
ATTESTATION: Final = Operation(
    "GET",
    protocol.ATTESTATION_PATH,
    "Get the key with its attestation document; 503 until the server is ready to prove",
    protocol.AttestationAnswer,
    errors=(400, 503),
    parameters=(
        Parameter(
            "query", "nonce", "1 to 64 bytes in hex for the document to include", "^([0-9a-fA-F]{2}){1,64}$"
        ),
    ),
)
PROVE: Final = Operation(
    "POST",
    protocol.PROVE_PATH,
    "Prove within this request; closing the connection cancels the proof",
    protocol.ProveAnswer,
    errors=_PROVING_ERRORS,
    parameters=(
        Parameter(
            "header",
            protocol.VERSION_HEADER,
            "The Aztec version of the steps, or one with the same circuits",
            r"^[0-9A-Za-z.-]{1,64}$",
        ),
    ),
    bodies={"application/json": protocol.ProveBody},
    headers={
        protocol.PROVE_DURATION_HEADER: _INTEGER,
        protocol.DECRYPT_DURATION_HEADER: _INTEGER,
        protocol.BB_VERSION_HEADER: {"type": "string"},
    },
)
START_JOB: Final = Operation(
    "POST",
    protocol.PROOFS_PATH,
    "Start a job, which continues proving when the connection closes",
    protocol.JobAccepted,
    status=202,
    errors=_PROVING_ERRORS,
    bodies={"application/octet-stream": None, "application/json": protocol.ProveBody},
    headers={"Location": {"type": "string"}},
)
GET_JOB: Final = Operation(
    "GET",
    _JOB_PATH,
    "Get a job's status, which keeps the job alive",
    protocol.JobStatus,
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
ADD_STEPS: Final = Operation(
    "POST",
    f"{_JOB_PATH}/steps",
    "Add the next part of the steps of a job opened without them; a part that is refused ends it",
    None,
    status=204,
    errors=(*_PROVING_ERRORS[:2], 404, *_PROVING_ERRORS[2:]),
    parameters=(_JOB_ID,),
    bodies={"application/octet-stream": None},
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
