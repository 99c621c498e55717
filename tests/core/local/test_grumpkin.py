from __future__ import annotations

from pathlib import Path

import pytest

from support.recorded_steps import V4
from tee_rex.local.session import keep_grumpkin_points, read_grumpkin_points

SIZE = 2 * 1024 * 1024


@pytest.mark.parametrize("content", [b"", bytes(SIZE), bytes(SIZE + 1)])
def test_other_points_are_not_used(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "points"
    file.write_bytes(content)
    assert read_grumpkin_points(file, V4.grumpkin.sha256) is None


def test_a_missing_file_and_a_folder_are_not_used(tmp_path: Path) -> None:
    assert read_grumpkin_points(tmp_path / "missing", V4.grumpkin.sha256) is None
    assert read_grumpkin_points(tmp_path, V4.grumpkin.sha256) is None


def test_a_place_that_refuses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    keep_grumpkin_points(b"points", tmp_path / "file" / "points")
    (tmp_path / "taken").mkdir()
    keep_grumpkin_points(b"points", tmp_path / "taken")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]
