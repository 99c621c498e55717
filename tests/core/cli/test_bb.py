from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support.small_bb import CONTENT
from tee_rex.bb.pins import BbPins
from tee_rex.cli.bb import app
from tee_rex.errors import ExitCode
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def wrong_bb(home: Path) -> Path:
    path = home / "genuine" / "bb" / "4.1.2" / "bb"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def _run(*arguments: str, exit_code: ExitCode = ExitCode.OK) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == exit_code, result.output
    return result.stdout


def _run_json(*arguments: str, exit_code: ExitCode = ExitCode.OK) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = json.loads(_run(*arguments, "--json", exit_code=exit_code))
    return result


def test_an_empty_machine(home: Path) -> None:
    listed = _run_json("list")
    assert {(bb["version"], bb["crs"], bb["installed"]) for bb in listed} >= {("4.1.2", "genuine", False)}
    digest = BbPins.shipped().digest(
        BbPins.shipped().default_version, TrustedSetup.GENUINE, Platform.current()
    )
    assert listed[0]["sha256"] == digest
    assert "4.1.2 genuine: not installed" in _run("list")
    assert _run_json("verify") == []
    assert "No bb" in _run("verify")
    assert not home.exists()


def test_a_damaged_bb_is_shown_with_a_hint(wrong_bb: Path) -> None:
    assert _run_json("list")[0]["installed"] is True
    (checked,) = _run_json("verify", exit_code=ExitCode.ENVIRONMENT)
    assert checked["error"]["code"] == "BB_CORRUPT"
    assert "tee-rex bb install 4.1.2" in _run("verify", "4.1.2", exit_code=ExitCode.ENVIRONMENT)
    _run("remove", "4.1.2")
    assert not wrong_bb.exists()


def test_a_version_without_pins_is_listed_as_never_used(wrong_bb: Path) -> None:
    wrong_bb.parent.rename(wrong_bb.parent.parent / "4.0.0")
    assert "4.0.0 genuine: installed" in _run("list")
    assert "never used" in _run("list")
    (checked,) = _run_json("verify", exit_code=ExitCode.ENVIRONMENT)
    assert checked["error"]["code"] == "BB_NOT_PINNED"


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["install", "9.9.9"], ExitCode.BAD_INPUT),
        (["install", "../4.1.2"], ExitCode.USAGE),
        (["verify", "4.1.2"], ExitCode.ENVIRONMENT),
        (["verify", "9.9.9"], ExitCode.BAD_INPUT),
        (["remove", "4.1.2"], ExitCode.ENVIRONMENT),
        (["remove", "4.1.2", "--crs", "development"], ExitCode.ENVIRONMENT),
        (["remove", "/"], ExitCode.USAGE),
    ],
)
def test_failures_have_their_exit_codes(arguments: list[str], exit_code: ExitCode, home: Path) -> None:
    _run(*arguments, exit_code=exit_code)
    assert not home.exists()
