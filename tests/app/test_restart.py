"""Real processes: the app updates itself, restarts, and goes back from a release that does not start."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support.app_releases import DOES_NOT_START, app_program
from support.patience import PATIENCE
from support.update_feed import Stage, stage_in
from tee_rex.updates.releases import ReleaseVersion


def start(stage: Stage) -> tuple[int, list[str]]:
    """Start the app as its menu entry does; its exit code, and what it and what it becomes say."""
    ended = subprocess.run(
        [stage.folder.top / "tee-rex-app"],
        env={**os.environ, "TEE_REX_HOME": str(stage.home), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    return ended.returncode, ended.stdout.splitlines() or [ended.stderr]


@pytest.mark.integration
def test_it_restarts_as_the_new_version_and_goes_back_from_one_that_does_not_start(tmp_path: Path) -> None:
    source = tmp_path / "source"
    with stage_in(tmp_path, app=app_program("0.1.0", source)) as stage:
        stage.feed.write_source(stage.server.url, source)
        stage.feed.release("0.2.0", app=app_program("0.2.0", source))
        assert start(stage) == (0, ["0.1.0 starts", "0.2.0 starts"])
        assert stage.folder.current() == ReleaseVersion(0, 2, 0)
        assert not (stage.folder.top / "previous").exists(), "it started well, so it stays"
        stage.feed.release("0.3.0", app=DOES_NOT_START)
        assert start(stage)[1] == ["0.2.0 starts"]
        assert stage.folder.current() == ReleaseVersion(0, 3, 0)
        assert start(stage) == (0, ["0.2.0 starts", "0.2.0 says that 0.3.0 did not start"])
        assert stage.folder.current() == ReleaseVersion(0, 2, 0)
