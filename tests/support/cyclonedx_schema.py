"""CycloneDX's own schema, as its Python library has it."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema_rs

_HOME = "http://cyclonedx.org/schema"


def conforms(text: str) -> None:
    """Raises ``jsonschema_rs.ValidationError`` for what is not CycloneDX 1.6."""
    folder = resources.files("cyclonedx.schema") / "_res"
    bom, *others = (
        (f"{_HOME}/{file}", json.loads((folder / file).read_text("utf-8")))
        for file in (f"{name}.SNAPSHOT.schema.json" for name in ("bom-1.6", "spdx", "jsf-0.82"))
    )
    registry = jsonschema_rs.Registry(others)
    jsonschema_rs.validator_for(bom[1], registry=registry).validate(json.loads(text))
