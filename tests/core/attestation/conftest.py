from __future__ import annotations

from datetime import UTC, datetime

import pytest

from support.nitro_fake import FakeNitro

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def nitro() -> FakeNitro:
    return FakeNitro(NOW)
