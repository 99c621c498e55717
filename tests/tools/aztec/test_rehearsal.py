from __future__ import annotations

from pathlib import Path

import pytest

from aztec.__main__ import RECORDED, ROOT
from aztec.combine import NEEDS_HUMAN
from aztec.rehearsal import rehearse, update_in
from tee_rex.transaction.versions import AztecVersion

VERSION = AztecVersion(5, 0, 0)
"""It proves faster than the others, which `make soak` adds too."""


@pytest.mark.integration
def test_a_version_is_added_in_one_run_from_a_clean_clone(tmp_path: Path) -> None:
    rehearsed = rehearse(ROOT, VERSION, RECORDED, tmp_path)
    assert rehearsed.as_expected, rehearsed.output
    assert rehearsed.steps == {
        "executables": "done",
        "second witness": "needs-human",
        "protocol circuits": "done",
        "development copy": "done",
        "messages": "done",
        "proof": "done",
        "pins": "done",
        "for people": "done",
    }

    again = update_in(tmp_path / "clone", VERSION, RECORDED)
    assert again.returncode == NEEDS_HUMAN, again.stdout
    assert again.stdout.count(": already\n") == 5
