"""The recording is that of the circuits beside their recorder."""

from __future__ import annotations

from pathlib import Path

import pytest

from noir_circuits.__main__ import RECORDING, record


@pytest.mark.integration
async def test_circuits_compiled_and_executed_again_are_the_same(tmp_path: Path) -> None:
    assert await record(tmp_path) == RECORDING.read_bytes()
