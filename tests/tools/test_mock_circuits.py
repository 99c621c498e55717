"""The recordings are those of the circuits beside their recorder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mock_circuits.__main__ import record


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux")
async def test_transactions_recorded_again_are_the_same(tmp_path: Path) -> None:
    assert await record(tmp_path, ["v4-2-calls", "v5-2-calls"], write=False) == []
