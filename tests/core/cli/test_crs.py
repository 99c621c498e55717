from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tee_rex.cli.crs import app
from tee_rex.crs.crs import MAX_POINTS
from tee_rex.errors import ExitCode


@pytest.fixture
def runner(tmp_path: Path) -> CliRunner:
    return CliRunner(env={"TEE_REX_HOME": str(tmp_path / "home")})


def test_status_of_an_empty_machine(runner: CliRunner, tmp_path: Path) -> None:
    shown = runner.invoke(app, ["status", "--json"])
    assert shown.exit_code == ExitCode.OK
    home = tmp_path / "home"
    assert json.loads(shown.stdout) == [
        {"crs": crs, "insecure": insecure, "folder": str(home / crs / "crs"), "points": 0, "max_points": most}
        for crs, insecure, most in (("genuine", False, 1 << 21), ("development", True, 1 << 20))
    ]
    assert not home.exists()


def test_status_calls_the_development_setup_insecure(runner: CliRunner) -> None:
    lines = runner.invoke(app, ["status"]).stdout.splitlines()
    assert [("INSECURE" in line) for line in lines] == [False, True]


@pytest.mark.parametrize("content", [b"", bytes(8 << 20)])
def test_file_that_is_not_the_crs_is_refused(runner: CliRunner, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "g1.dat"
    file.write_bytes(content)
    refused = runner.invoke(app, ["download", "--from", str(file)])
    assert refused.exit_code == ExitCode.BAD_INPUT
    assert "CRS_FILE_REFUSED" in refused.stderr
    assert not list((tmp_path / "home").rglob("*.dat"))


@pytest.mark.parametrize("points", ["0", "-1", str(MAX_POINTS + 1), "many"])
def test_impossible_numbers_of_points(runner: CliRunner, points: str) -> None:
    assert runner.invoke(app, ["download", "--points", points]).exit_code == ExitCode.USAGE
