"""The OpenAPI document of a host: that of the server, and what stands in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from tee_rex.wire.protocol import HEALTH_PATH, ErrorAnswer
from tee_rex_server.http.interface import HEALTHZ_PATH, METRICS_PATH, OPENAPI_PATH
from tee_rex_server.http.openapi import openapi_document
from tee_rex_server.proxy.health import ProxyHealthAnswer

if TYPE_CHECKING:
    from tee_rex_server.http.openapi import Json

ENCLAVE_METRICS_PATH: Final = f"{METRICS_PATH}/enclaves"

_OWN_PATHS = frozenset({HEALTHZ_PATH, HEALTH_PATH, OPENAPI_PATH, METRICS_PATH})
_ERRORS = {
    "429": "Too many requests are being passed on, or this client's share is used up; see Retry-After",
    "502": "The enclave's answer cannot be used",
    "503": "The enclave does not answer, is not ready, or the host is shutting down; see Retry-After",
}


def proxy_openapi_document() -> Json:
    """OpenAPI 3.1."""
    document = openapi_document()
    template = "#/components/schemas/{name}"
    _, schemas = msgspec.json.schema_components((ProxyHealthAnswer,), ref_template=template)
    document["components"]["schemas"] |= schemas
    paths = document["paths"]
    health = paths[HEALTH_PATH]["get"]["responses"]["200"]
    health["content"] = _json(ProxyHealthAnswer)
    request_id = paths[METRICS_PATH]["get"]["parameters"][0]
    paths[f"{ENCLAVE_METRICS_PATH}/{{name}}"] = {
        "get": {
            "summary": "Metrics of one enclave for Prometheus",
            "parameters": [
                request_id,
                {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}},
            ],
            "responses": {
                "200": {
                    "description": "The metrics",
                    "content": {"text/plain": {"schema": {"type": "string"}}},
                },
                "404": {"description": "There is no such enclave", "content": _json(ErrorAnswer)},
            },
        }
    }
    for path, operations in paths.items():
        if path in _OWN_PATHS:
            continue
        for operation in operations.values():
            for status, description in _ERRORS.items():
                operation["responses"].setdefault(
                    status, {"description": description, "content": _json(ErrorAnswer)}
                )
    return document


def _json(model: type[msgspec.Struct]) -> Json:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
