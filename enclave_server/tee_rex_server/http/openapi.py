"""OpenAPI 3.1 documents, generated from routes that carry the description of their operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import msgspec
from starlette.routing import BaseRoute, Route

from tee_rex.web.responses import json_response
from tee_rex.wire.protocol import REQUEST_ID_HEADER, ErrorAnswer
from tee_rex_server import __version__

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

Json: TypeAlias = Mapping[str, Any]

_ERRORS = {
    400: "The request, or what it holds encrypted, is malformed or cannot be proved here",
    401: "The server accepts only clients with a valid token",
    403: "The token is not one for provers",
    404: "There is no such route, job or enclave",
    408: "The body arrived too slowly",
    409: "It is not the ticket's turn, or it was used, or its prover was lost and it has its place back",
    413: "The body is too large",
    415: "The content type is not accepted, or the body is compressed",
    429: "The client's rate limit or share, or the server's queue, is exhausted; see Retry-After",
    500: "The proof failed, or the server made a mistake",
    502: "The enclave's answer is invalid",
    503: "The server or its enclave is not ready, does not answer or is shutting down; see Retry-After",
}


class Parameter(NamedTuple):
    """A parameter of an operation. location: path, query or header; pattern: of its value, if any."""

    location: str
    name: str
    description: str
    pattern: str | None = None

    def described(self) -> Json:
        """The parameter's OpenAPI object."""
        return {
            "name": self.name,
            "in": self.location,
            "required": self.location == "path",
            "description": self.description,
            "schema": {"type": "string", **({"pattern": self.pattern} if self.pattern else {})},
        }


class Content(NamedTuple):
    """The body of an answer that is not the JSON of a model; json_type: its type in JSON schema."""

    media_type: str
    description: str
    json_type: str = "string"


_REQUEST_ID = Parameter(
    "header",
    REQUEST_ID_HEADER,
    "Returned in the answer if it is 1 to 64 letters, digits, dots, hyphens and underscores",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    answer: the model of its JSON, other content, or None for an empty body. errors: HTTP statuses besides
    429. bodies: the accepted media types and their models, None for bytes. headers: schemas of those of the
    answer.
    """

    method: str
    path: str
    summary: str
    answer: type[msgspec.Struct] | Content | None
    status: int = 200
    errors: tuple[int, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    bodies: Mapping[str, type[msgspec.Struct] | None] = field(default_factory=dict)
    headers: Mapping[str, Json] = field(default_factory=dict)

    def models(self) -> Iterable[type[msgspec.Struct]]:
        """The models that its answers and bodies refer to."""
        for model in (self.answer, *self.bodies.values()):
            if isinstance(model, type):
                yield model

    def described(self) -> Json:
        """The operation's OpenAPI object."""
        answer: dict[str, Any] = {"description": "No content"}
        if isinstance(self.answer, Content):
            media_type, description, json_type = self.answer
            answer = {"description": description, "content": {media_type: {"schema": {"type": json_type}}}}
        elif self.answer is not None:
            answer = _json_answer(self.answer, (self.answer.__doc__ or "").partition("\n")[0])
        if self.headers:
            answer["headers"] = {name: {"schema": schema} for name, schema in self.headers.items()}
        operation: dict[str, Any] = {
            "summary": self.summary,
            "parameters": [parameter.described() for parameter in (_REQUEST_ID, *self.parameters)],
            "responses": {
                str(self.status): answer,
                **{
                    str(status): _json_answer(ErrorAnswer, _ERRORS[status])
                    for status in sorted({*self.errors, 429})  # every request counts for its client's share
                },
            },
        }
        if self.bodies:
            content = {name: {} if model is None else _schema(model) for name, model in self.bodies.items()}
            operation["requestBody"] = {"required": True, "content": content}
        return operation


class DescribedRoute(Route):
    """A route of one path, with the description of each of its methods."""

    def __init__(self, endpoint: Callable[[Request], Awaitable[Response]], *operations: Operation) -> None:
        super().__init__(operations[0].path, endpoint, methods=[one.method for one in operations])
        self.operations = operations


def openapi_document(routes: Iterable[BaseRoute]) -> Json:
    """The OpenAPI document of all described routes."""
    operations = [one for route in routes if isinstance(route, DescribedRoute) for one in route.operations]
    models = {ErrorAnswer, *(model for operation in operations for model in operation.models())}
    _, schemas = msgspec.json.schema_components(
        sorted(models, key=lambda model: model.__name__), ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, dict[str, Json]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = operation.described()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TEE-Rex proving server",
            "version": __version__,
            "description": "Proves private Aztec transactions. Clients encrypt execution steps to the "
            "server's OpenPGP key: fetch the key, encrypt, and request a proof.",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "paths": paths,
        "components": {"schemas": {name: _with_ecma_patterns(schema) for name, schema in schemas.items()}},
    }


def _with_ecma_patterns(schema: Json) -> Json:
    """The schema with patterns as JSON Schema writes them, whose ``$`` matches at the very end alone."""
    properties = {
        name: {**form, "pattern": form["pattern"].replace(r"\Z", "$")} if "pattern" in form else form
        for name, form in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties} if properties else schema


async def openapi(request: Request) -> Response:
    """The OpenAPI document of the application that answers."""
    return json_response(openapi_document(request.app.routes))


def _json_answer(model: type[msgspec.Struct], description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": _schema(model)}}


def _schema(model: type[msgspec.Struct]) -> Json:
    return {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}
