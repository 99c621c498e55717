"""The public HTTP interface, which a proving server has and a host's proxy passes on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tee_rex.wire.protocol import (
    DECRYPT_DURATION_HEADER,
    JOB_ID_HEX_DIGITS,
    PROVE_DURATION_HEADER,
    REQUEST_ID_HEADER,
)
from tee_rex_server.errors.serving import JOB_UNKNOWN

if TYPE_CHECKING:
    from starlette.requests import Request

HEALTHZ_PATH: Final = "/healthz"
OPENAPI_PATH: Final = "/openapi.json"
METRICS_PATH: Final = "/metrics"

EXPOSED_HEADERS: Final = (
    REQUEST_ID_HEADER,
    PROVE_DURATION_HEADER,
    DECRYPT_DURATION_HEADER,
    "Location",
    "Retry-After",
)
"""The headers of an answer that web pages of other origins can read."""

_JOB_ID: Final = re.compile(rf"[0-9a-f]{{{JOB_ID_HEX_DIGITS}}}")


def job_id_of(request: Request) -> str:
    """The job that a path names; raises JOB_UNKNOWN when no job can have such an ID."""
    job_id: str = request.path_params["job_id"]
    if not _JOB_ID.fullmatch(job_id):
        raise JOB_UNKNOWN()
    return job_id
