"""Schemathesis sends a running server requests inside and outside of its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from support.proving_server import GatedBackend, server_process, small_api
from tee_rex_server.http.openapi import openapi_document

pytestmark = pytest.mark.integration

schema = schemathesis.openapi.from_dict(dict(openapi_document(small_api(GatedBackend()).app().routes)))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server_process() as server:
        yield server.url
        assert not any('"event": "bug"' in line for line in server.log)


@schema.parametrize()
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_the_server_conforms_to_its_document(case: Case[Any], url: str) -> None:
    # No schema can say that bytes are encrypted to this server's key.
    case.call_and_validate(base_url=url, excluded_checks=[positive_data_acceptance])
