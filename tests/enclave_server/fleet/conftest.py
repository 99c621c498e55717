"""One PostgreSQL for all tests of fleets, emptied for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.fleet import emptied, own_postgres
from tee_rex_server.fleet.postgres import OwnPostgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[OwnPostgres]:
    with own_postgres() as server:
        yield server


@pytest.fixture
def database(postgres: OwnPostgres) -> str:
    return emptied(postgres)
