from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support.installed import link_libraries
from support.small_bb import CONTENT, SHA256
from tee_rex.bb.install import ensure_bb
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbExecutable
from tee_rex.bb.user_store import UserBbStore
from tee_rex.cli.bb import app
from tee_rex.errors import ExitCode
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_USERS_OWN = Paths.from_environment(os.environ)


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


@pytest.fixture
def approved_bb(home: Path) -> Path:
    """6.1.0, as if it had been approved and were a real bb 6."""
    store = UserBbStore(Paths(home, home / "config"), BbPins.shipped(), Platform.current())
    (home.parent / "given").write_bytes(CONTENT)

    async def accept(_bb: BbExecutable) -> None:
        pass

    bb = asyncio.run(store.approve(AztecVersion(6, 1, 0), SHA256, accept, home.parent / "given"))
    return bb.path


def test_a_bb_that_the_user_approved_is_shown_as_that(approved_bb: Path) -> None:
    listed = {bb["version"]: bb for bb in _run_json("list")}
    assert listed["6.1.0"] == {
        "version": "6.1.0",
        "crs": "genuine",
        "installed": True,
        "path": str(approved_bb),
        "sha256": SHA256,
        "archive_sha256": None,
        "approved_by_user": True,
        "proved_for_real": False,
        "usable": True,
    }
    assert "(approved by you; not covered by our tests)" in _run("list")
    (checked,) = _run_json("verify")
    assert (checked["version"], checked["approved_by_user"], checked["error"]) == ("6.1.0", True, None)
    assert "✓ bb 6.1.0 (genuine)" in _run("verify", "6.1.0")
    assert _run("verify").endswith("(approved by you)\n")
    _run("remove", "6.1.0")
    assert not approved_bb.parent.exists()


def test_a_damaged_record_is_shown_with_a_hint(approved_bb: Path) -> None:
    approved_bb.with_name("record.json").write_bytes(b"{}")
    (checked,) = _run_json("verify", exit_code=ExitCode.ENVIRONMENT)
    assert checked["error"]["code"] == "BB_CORRUPT"
    assert checked["error"]["hint"] == "Run: tee-rex bb install 6.1.0 --sha256 DIGEST"
    (listed,) = [bb for bb in _run_json("list") if bb["version"] == "6.1.0"]
    assert (listed["installed"], listed["usable"], listed["approved_by_user"]) == (True, False, False)
    _run("remove", "6.1.0")


def test_what_each_version_rests_on_is_listed(home: Path) -> None:
    listed = {(bb["version"], bb["crs"]): bb for bb in _run_json("list")}
    pins = BbPins.shipped()
    here = Platform.current()
    for version in pins.available(TrustedSetup.GENUINE, here):
        bb = listed[str(version), "genuine"]
        assert bb["sha256"] == pins.pinned(TrustedSetup.GENUINE, here).get(version)
        assert bb["archive_sha256"] == pins.archive(version, here)
        assert bb["proved_for_real"] == pins.versions[version].proved_for_real
        assert bb["usable"]
        assert not bb["approved_by_user"]
    assert "v6: no version is pinned" in _run("list")
    assert not home.exists()


_DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["latest"], "INVALID_VERSION"),
        (["null"], "INVALID_VERSION"),
        (["6" * 200], "INVALID_VERSION"),
        (["6.1.0+build.1"], "INVALID_VERSION"),
        (["6.1.0/../4.1.2"], "INVALID_VERSION"),
        (["7.0.0"], "AZTEC_GENERATION_UNKNOWN"),
        (["6.1.0"], "BB_NOT_PINNED"),
        (["7.0.0", "--sha256", _DIGEST], "AZTEC_GENERATION_UNKNOWN"),
        (["4.1.2", "--sha256", _DIGEST], "BB_PINNED"),
        (["--sha256", _DIGEST], "BB_PINNED"),
        (["6.1.0", "--sha256", _DIGEST[:-1]], "BB_DIGEST_INVALID"),
        (["6.1.0", "--sha256", ""], "BB_DIGEST_INVALID"),
        (["6.1.0", "--from", "/etc/passwd"], "BB_NOT_PINNED"),
        (["--from", "/nowhere/bb"], "FILE_UNREADABLE"),
        (["4.1.2", "--from", "/dev/zero"], "FILE_UNREADABLE"),
        (["4.1.2", "--from", "/"], "FILE_UNREADABLE"),
        (["6.1.0", "--sha256", _DIGEST, "--from", "/nowhere/bb"], "FILE_UNREADABLE"),
        (["6.1.0", "--sha256", _DIGEST, "--from", "/dev/zero"], "FILE_UNREADABLE"),
        (["6.1.0", "--sha256", _DIGEST, "--from", "/"], "FILE_UNREADABLE"),
    ],
)
def test_what_cannot_be_installed(arguments: list[str], code: str, home: Path) -> None:
    result = CliRunner().invoke(app, ["install", *arguments, "--json"])
    assert json.loads(result.stdout)["error"]["code"] == code
    assert not home.exists()


@pytest.mark.parametrize("digest", ["ab" * 32, "AB" * 32])
def test_a_file_with_another_digest_is_not_installed(digest: str, home: Path, tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(CONTENT)
    given = str(tmp_path / "given")
    result = CliRunner().invoke(app, ["install", "6.1.0", "--sha256", digest, "--from", given, "--json"])
    assert json.loads(result.stdout)["error"]["code"] == "BB_OTHER_DIGEST"
    assert [path.name for path in home.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


@pytest.mark.integration
def test_what_the_user_vouches_for_is_said_in_plain_words(home: Path) -> None:
    real = _USERS_OWN
    link_libraries(real, Paths(home, home / "config"))
    pins = BbPins.shipped()
    bb = asyncio.run(ensure_bb(real, pins, AztecVersion(5, 0, 0), TrustedSetup.GENUINE)).executable
    arguments = ["install", "5.9.0", "--sha256", bb.sha256.upper(), "--from", str(bb.path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "You vouch for this bb 5.9.0" in result.stderr
    assert "including the secrets of your transactions" in result.stderr
    assert "not yet been run" not in result.stderr
    assert result.stdout.startswith("✓ Installed bb 5.9.0 (approved by you): ")
    installed = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert (installed["sha256"], installed["approved_by_user"]) == (bb.sha256, True)


@pytest.mark.integration
def test_a_pinned_bb_is_installed_from_a_file(home: Path, tmp_path: Path) -> None:
    real, pins = _USERS_OWN, BbPins.shipped()
    link_libraries(real, Paths(home, home / "config"))
    bb = asyncio.run(ensure_bb(real, pins, pins.default_version, TrustedSetup.GENUINE)).executable
    installed = CliRunner().invoke(app, ["install", "--from", str(bb.path), "--json"])
    assert installed.exit_code == 0, installed.output
    printed = json.loads(installed.stdout)
    assert (printed["sha256"], printed["approved_by_user"]) == (bb.sha256, False)
    told = subprocess.run([*printed["argv"], "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "4.1.2"
    refused = CliRunner().invoke(app, ["install", "4.4.0", "--from", str(bb.path), "--json"])
    error = json.loads(refused.stdout)["error"]
    assert (refused.exit_code, error["code"]) == (ExitCode.BAD_INPUT, "BB_FILE_UNUSABLE")
    assert f"is bb {bb.version} for {Platform.current()}, not bb 4.4.0" in error["message"]


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
