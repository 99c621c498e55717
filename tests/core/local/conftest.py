"""What every test of bb's process is held to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from support.processes import running_bbs


@pytest.fixture
def nothing_left(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Whatever a test does: no bb and no temporary file stays. Gives the folder for such files.

    Its name is short, whatever pytest's own folder is called: bb's socket must fit into it.
    """
    tmp_path_factory.getbasetemp()  # pytest makes its own folder where temporary files belong now
    with TemporaryDirectory() as made:
        monkeypatch.setattr("tempfile.tempdir", made)
        yield Path(made)
        assert running_bbs() == []
        assert list(Path(made).iterdir()) == []
