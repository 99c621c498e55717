"""What every test of bb's process is held to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes import running_bbs


@pytest.fixture
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Whatever a test does: no bb and no temporary file stays. Gives the folder for such files."""
    folder = tmp_path / "t"  # short, for the names of sockets
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    assert running_bbs() == []
    assert list(folder.iterdir()) == []
