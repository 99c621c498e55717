from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperCommand

from tee_rex.errors import ExitCode
from tee_rex.web.server import LAST_ANSWERS_SECONDS
from tee_rex_server.assembly import COLLECT_SECONDS

_SYSTEMD_ANALYZE = shutil.which("systemd-analyze")
_WITH_SYSTEMD = [
    pytest.mark.integration,
    pytest.mark.skipif(_SYSTEMD_ANALYZE is None, reason="this system is not made with systemd"),
]
_MOST_EXPOSURE = 20
"""Tenths; systemd calls up to 2.0 "OK", and a service without any sandbox 9.6 "UNSAFE"."""


@pytest.fixture(scope="module")
def unit(deploy: Path) -> str:
    return (deploy / "tee-rex-server.service").read_text()


@pytest.fixture(scope="module")
def service(unit: str) -> dict[str, list[str]]:
    """The values of each directive of the section Service."""
    section = unit.partition("[Service]\n")[2].partition("\n[")[0]
    directives: dict[str, list[str]] = {}
    for line in section.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            directives.setdefault(name, []).append(value)
    return directives


def test_it_starts_the_command_of_the_package(
    service: dict[str, list[str]], serve_command: TyperCommand
) -> None:
    [start] = service["ExecStart"]
    program, subcommand = start.split()
    assert Path(program).name == "tee-rex-server"
    assert subcommand == serve_command.name


def test_the_steps_to_install_it_name_what_exists(unit: str, repository: Path) -> None:
    comment = unit.partition("[Unit]")[0]
    named = re.findall(
        r"(?<=\s)(?:enclave_server/tee_rex_server/deploy/\S+\.\w+|requirements\.lock)", comment
    )
    assert {Path(name).name for name in named} == {
        "requirements.lock",
        "tee-rex-server.env",
        "tee-rex-server.service",
    }
    assert all((repository / name).is_file() for name in named)
    assert all((repository / package).is_dir() for package in re.findall(r"--out-dir dist (\w+)", comment))


def test_it_reads_the_settings_that_the_steps_install(unit: str, service: dict[str, list[str]]) -> None:
    [settings] = service["EnvironmentFile"]
    assert f"tee-rex-server.env {settings.removeprefix('-')}\n" in unit


def test_all_it_writes_lies_in_its_state_directory(service: dict[str, list[str]]) -> None:
    [state] = service["StateDirectory"]
    assert f"TEE_REX_HOME=%S/{state}" in service["Environment"]
    assert service["StateDirectoryMode"] == ["0700"]
    assert service["ProtectSystem"] == ["strict"]


def test_a_stop_lets_proofs_end(service: dict[str, list[str]], serve_variables: dict[str, object]) -> None:
    """By default systemd sends SIGTERM to every process at once, and so would end bb."""
    assert service["KillMode"] == ["mixed"]
    grace = float(str(serve_variables["TEE_REX_GRACE"]))
    last = COLLECT_SECONDS + LAST_ANSWERS_SECONDS
    assert float(service["TimeoutStopSec"][0]) > grace + last


def test_invalid_settings_are_not_retried(service: dict[str, list[str]]) -> None:
    assert service["Restart"] == ["on-failure"]
    assert service["RestartPreventExitStatus"] == [str(int(ExitCode.USAGE))]


@pytest.mark.parametrize(
    ("directive", "value"),
    [
        ("DynamicUser", "yes"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("MemorySwapMax", "0"),
        ("MemoryMax", "80%"),
        ("OOMPolicy", "continue"),
        ("LimitCORE", "1"),
        ("UMask", "0077"),
    ],
)
def test_its_sandbox(service: dict[str, list[str]], directive: str, value: str) -> None:
    assert service[directive] == [value]


def _with_an_existing_program(unit: str, folder: Path) -> Path:
    path = folder / "tee-rex-server.service"
    path.write_text(unit.replace("/opt/tee-rex-server/bin", str(Path(sys.executable).parent)))
    return path


def _analyze(*arguments: str | Path) -> tuple[int, str]:
    ended = subprocess.run(
        [str(_SYSTEMD_ANALYZE), "--no-pager", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


class TestBySystemd:
    pytestmark = _WITH_SYSTEMD

    def test_finds_nothing_wrong(self, unit: str, tmp_path: Path) -> None:
        path = _with_an_existing_program(unit, tmp_path)
        assert _analyze("verify", "--man=no", "--recursive-errors=no", path) == (0, "")

    def test_would_find_a_misspelt_directive(self, unit: str, tmp_path: Path) -> None:
        path = _with_an_existing_program(unit.replace("ProtectHome=", "ProtectHouse="), tmp_path)
        _, output = _analyze("verify", "--man=no", "--recursive-errors=no", path)
        assert "ProtectHouse" in output

    def test_finds_little_exposure(self, unit: str, tmp_path: Path) -> None:
        path = _with_an_existing_program(unit, tmp_path)
        code, output = _analyze("security", "--offline=true", f"--threshold={_MOST_EXPOSURE}", path)
        assert code == 0, output
