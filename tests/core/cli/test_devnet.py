from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from support.ports import free_port
from support.small_network import SmallNetwork, packages, use
from tee_rex.cli.devnet import app
from tee_rex.devnet.packages import DevnetPackages, PreparedPackages
from tee_rex.errors import ExitCode


@pytest.fixture
def runner(tmp_path: Path) -> CliRunner:
    return CliRunner(env={"TEE_REX_HOME": str(tmp_path / "home")})


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ensure(_self: DevnetPackages, _progress: object, *, reinstall: bool) -> PreparedPackages:
        del reinstall
        return packages()

    use(monkeypatch, SmallNetwork())
    monkeypatch.setattr(DevnetPackages, "ensure", ensure)


def test_on_a_machine_where_it_never_ran(runner: CliRunner, tmp_path: Path) -> None:
    status = runner.invoke(app, ["status"])
    assert status.exit_code == ExitCode.FAILED
    assert status.stdout == "down: No local network is running.\n"
    down = runner.invoke(app, ["down"])
    assert down.exit_code == ExitCode.OK
    assert down.stdout == "No local network is running.\n"
    assert not (tmp_path / "home").exists()


def test_a_port_out_of_range_is_refused(runner: CliRunner) -> None:
    assert runner.invoke(app, ["up", "--port", "70000"]).exit_code == ExitCode.USAGE


@pytest.mark.integration
def test_up_status_down(runner: CliRunner, small: None) -> None:
    port = str(free_port())
    try:
        up = runner.invoke(app, ["up", "--port", port, "--l1-port", str(free_port())])
        assert up.exit_code == ExitCode.OK, up.output
        assert f"http://127.0.0.1:{port}" in up.stdout
        assert "tee-rex devnet down" in up.stdout
        assert "INSECURE" in up.stderr

        again = runner.invoke(app, ["up", "--json"])
        assert again.exit_code == ExitCode.OK
        assert json.loads(again.stdout)["node_url"] == f"http://127.0.0.1:{port}"
        assert "already running" in again.stderr

        elsewhere = runner.invoke(app, ["up", "--port", str(free_port())])
        assert elsewhere.exit_code == ExitCode.USAGE
        assert "DEVNET_RUNS_ELSEWHERE" in elsewhere.stderr

        status = runner.invoke(app, ["status"])
        assert status.exit_code == ExitCode.OK
        assert "ready: Aztec 4.1.2 answers." in status.stdout
        found = json.loads(runner.invoke(app, ["status", "--json"]).stdout)
        assert found["condition"] == "ready"
        assert found["setup"] == "development"
        assert set(found["processes"]) == {"supervisor", "anvil", "aztec"}
    finally:
        down = runner.invoke(app, ["down", "--json"])
    assert json.loads(down.stdout) == {"ended": True}
    assert runner.invoke(app, ["status"]).exit_code == ExitCode.FAILED


def test_a_port_in_use_is_said_before_anything_is_fetched(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch(*_arguments: object, **_options: object) -> PreparedPackages:
        raise AssertionError

    monkeypatch.setattr(DevnetPackages, "ensure", fetch)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = runner.invoke(app, ["up", "--port", str(port)])
    assert up.exit_code == ExitCode.ENVIRONMENT
    assert "PORT_IN_USE" in up.stderr
    assert f"port {port}" in up.stderr
    assert not (tmp_path / "home").exists()
