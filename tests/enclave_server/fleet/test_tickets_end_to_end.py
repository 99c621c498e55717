"""The client library, dispatchers and provers together, over real sockets and a real PostgreSQL."""

from __future__ import annotations

import pytest

from support.fleet import small_fleet
from support.local_prover import deployment_request
from support.proving_server import GatedBackend, small_api
from support.remote_client import pinned, remote_backend
from tee_rex.transaction.events import ignore_events

pytestmark = pytest.mark.integration


async def test_a_proof_is_made_with_a_ticket(database: str) -> None:
    api = small_api(GatedBackend(is_open=True))
    async with small_fleet(database) as fleet:
        await fleet.prover("one", api)
        backend = remote_backend(fleet.url, pinned(api.key.fingerprint))
        result = await backend.prove(deployment_request(), ignore_events)
    assert result.proof
