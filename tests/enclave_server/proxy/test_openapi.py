"""Schemathesis asks a host before an enclave all that its OpenAPI document allows, and much more."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from support.enclave_stand_in import enclave_api, proxying, small_proxy, stand_in_enclave
from support.proving_server import GatedBackend
from tee_rex_server.http.openapi import openapi_document
from tee_rex_server.vsock import VhostSocket

pytestmark = pytest.mark.integration

schema = schemathesis.openapi.from_dict(
    dict(openapi_document(small_proxy(VhostSocket(Path("none"))).app().routes))
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A host and its enclave, in an event loop of their own."""
    log = io.StringIO()
    folder: Path = tmp_path_factory.mktemp("host")
    up, found, over = threading.Event(), [""], threading.Event()

    async def serve() -> None:
        async with (
            stand_in_enclave(folder / "u", enclave_api(GatedBackend(is_open=True), log_to=log)) as enclave,
            proxying(small_proxy(enclave.address, log_to=log)) as address,
        ):
            found[0] = address
            up.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    assert up.wait(20)
    yield found[0]
    over.set()
    thread.join()
    assert '"event": "bug"' not in log.getvalue()


@schema.parametrize()
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_the_host_conforms_to_its_openapi_document(case: Case[Any], url: str) -> None:
    # No schema can say that bytes are encrypted to an enclave's key.
    case.call_and_validate(base_url=url, excluded_checks=[positive_data_acceptance])
