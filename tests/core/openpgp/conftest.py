from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tee_rex.openpgp import PrivateKey


@pytest.fixture(scope="session")
def key() -> PrivateKey:
    return PrivateKey.generate("TEE-Rex", datetime(2026, 1, 1, tzinfo=UTC))
