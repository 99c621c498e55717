from __future__ import annotations

from pathlib import Path

import pytest

from aztec.__main__ import RECORDED, ROOT
from aztec.rehearsal import rehearse, update_in
from tee_rex.transaction.versions import AztecVersion

VERSION = AztecVersion(5, 0, 0)
"""It proves faster than the others, which `make soak` adds too."""


@pytest.mark.integration
def test_a_version_is_added_in_one_run_from_a_clean_clone(tmp_path: Path) -> None:
    rehearsed = rehearse(ROOT, VERSION, RECORDED, tmp_path)
    assert rehearsed.same_file, rehearsed.output
    steps = ["executables", "messages", "protocol circuits", "development copy", "pins", "for people"]
    assert [line for line in rehearsed.output.splitlines() if not line.startswith(" ")] == [
        f"{step}: done" for step in steps
    ]

    again = update_in(tmp_path / "clone", VERSION, RECORDED)
    assert again.returncode == 0, again.stdout
    assert again.stdout.count(": already\n") == 4
