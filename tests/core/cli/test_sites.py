from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tee_rex.cli.sites import app
from tee_rex.errors import ExitCode


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path))


def sites(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, prog_name="tee-rex sites")


def test_a_site_is_allowed_listed_and_revoked() -> None:
    assert "No websites are approved." in sites("list").output
    assert "https://app.example may prove" in sites("allow", "HTTPS://App.example:443/").output
    assert "nobody else" in sites("list").output
    sites(
        "allow", "https://app.example", "--may-read", "https://b.example/", "--may-read", "https://a.example"
    )
    (listed,) = json.loads(sites("list", "--json").stdout)
    assert (listed["origin"], listed["readers"], listed["proofs"], listed["last_used"]) == (
        *("https://app.example", ["https://a.example", "https://b.example"]),
        *(0, None),
    )
    assert json.loads(sites("revoke", "https://app.example", "--json").stdout)["revoked"] is True
    assert "is not approved" in sites("revoke", "https://app.example").output
    assert json.loads(sites("list", "--json").stdout) == []


def test_json_of_an_allowed_site() -> None:
    done = sites("allow", "https://app.example", "--json")
    assert json.loads(done.stdout)["origin"] == "https://app.example"


@pytest.mark.parametrize("command", ["allow", "revoke"])
@pytest.mark.parametrize("origin", ["null", "app.example", "https://app.example/path", ""])
def test_what_is_no_origin_is_refused(command: str, origin: str) -> None:
    done = sites(command, origin, "--json")
    assert done.exit_code == ExitCode.USAGE
    assert json.loads(done.stdout)["error"]["code"] == "INVALID_ORIGIN"


def test_who_may_read_is_named_by_an_address() -> None:
    done = sites("allow", "https://app.example", "--may-read", "prover")
    assert done.exit_code == ExitCode.USAGE


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "sites.json").write_text("{")
    for command in (["list"], ["allow", "https://a.example"], ["revoke", "https://a.example"]):
        done = sites(*command)
        assert (done.exit_code, "SITES_UNREADABLE" in done.output) == (ExitCode.ENVIRONMENT, True)
