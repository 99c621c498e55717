"""The units and settings of a server, and of an EC2 instance with enclaves, checked without either."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from tee_rex.crs.crs import MAX_POINTS, POINT_BYTES
from tee_rex.errors import ExitCode
from tee_rex.web import server as web_server
from tee_rex.wire.control import MAX_BB_BYTES
from tee_rex_server.assembly import COLLECT_SECONDS
from tee_rex_server.cli import app
from tee_rex_server.proxy.forwarding import MAX_IN_FLIGHT

Directives: TypeAlias = dict[str, list[str]]
_SYSTEMD_ANALYZE = shutil.which("systemd-analyze")
_UNITS = (
    *("tee-rex-enclave@.service", "tee-rex-enclave-log@.service"),
    *("tee-rex-proxy.service", "tee-rex-server.service"),
    *("tee-rex-update@.service", "tee-rex-update@.timer"),
)
_MOST_IMAGE_BYTES = 150_000_000
_PEAK_OF_BB_BYTES = 650_000_000


def directives(text: str) -> Directives:
    """The values of each directive of the section Service."""
    section = text.partition("[Service]\n")[2].partition("\n[")[0]
    found: Directives = {}
    for line in section.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def settings(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))


@pytest.fixture(scope="module")
def unit(deploy: Path) -> str:
    return (deploy / _UNITS[3]).read_text()


@pytest.fixture(scope="module")
def server(unit: str) -> Directives:
    return directives(unit)


@pytest.fixture(scope="module")
def enclave(deploy: Path) -> Directives:
    return directives((deploy / "tee-rex-enclave@.service").read_text())


@pytest.fixture(scope="module")
def enclave_settings(deploy: Path) -> dict[str, str]:
    return settings((deploy / "tee-rex-enclave.env").read_text())


@pytest.fixture(scope="module")
def proxy(deploy: Path) -> Directives:
    return directives((deploy / "tee-rex-proxy.service").read_text())


class TestServer:
    def test_it_starts_the_command_of_the_package(
        self, server: Directives, serve_command: TyperCommand
    ) -> None:
        [start] = server["ExecStart"]
        program, subcommand = start.split()
        assert Path(program).name == "tee-rex-server"
        assert subcommand == serve_command.name

    def test_the_steps_to_install_it_name_what_exists(self, unit: str, repository: Path) -> None:
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
        assert all(
            (repository / package).is_dir() for package in re.findall(r"--out-dir dist (\w+)", comment)
        )

    def test_it_reads_the_settings_that_the_steps_install(self, unit: str, server: Directives) -> None:
        [settings] = server["EnvironmentFile"]
        assert f"tee-rex-server.env {settings.removeprefix('-')}\n" in unit

    def test_all_it_writes_lies_in_its_state_directory(self, server: Directives) -> None:
        [state] = server["StateDirectory"]
        assert f"TEE_REX_HOME=%S/{state}" in server["Environment"]
        assert server["StateDirectoryMode"] == ["0700"]
        assert server["ProtectSystem"] == ["strict"]

    def test_a_stop_lets_proofs_end(self, server: Directives, serve_variables: dict[str, object]) -> None:
        """By default systemd sends SIGTERM to every process at once, and so would end bb."""
        assert server["KillMode"] == ["mixed"]
        grace = float(str(serve_variables["TEE_REX_GRACE"]))
        last = COLLECT_SECONDS + web_server.LAST_ANSWERS_SECONDS
        assert float(server["TimeoutStopSec"][0]) > grace + last

    def test_invalid_settings_are_not_retried(self, server: Directives) -> None:
        assert server["Restart"] == ["on-failure"]
        assert server["RestartPreventExitStatus"] == [str(int(ExitCode.USAGE))]

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
    def test_its_sandbox(self, server: Directives, directive: str, value: str) -> None:
        assert server[directive] == [value]


class TestEnclave:
    def test_it_is_started_from_its_settings_and_never_in_debug_mode(
        self, enclave: Directives, enclave_settings: dict[str, str]
    ) -> None:
        (start,) = enclave["ExecStart"]
        assert set(re.findall(r"\$\{(\w+)\}", start)) == enclave_settings.keys()
        assert "debug" not in start
        assert "--attach-console" not in start
        assert "--enclave-cid %i" in start

    def test_what_is_started_is_what_is_stopped(self, enclave: Directives) -> None:
        name = "--enclave-name tee-rex-%i"
        assert name in enclave["ExecStart"][0]
        assert enclave["ExecStop"] == [f"/usr/bin/nitro-cli terminate-enclave {name}"]
        assert enclave["Restart"] == ["always"]

    def test_its_memory_bears_the_image_and_a_proof(self, enclave_settings: dict[str, str]) -> None:
        """Four times the image, as nitro-cli asks; a bb that is being replaced; the CRS; bb's own peak."""
        needed = 4 * _MOST_IMAGE_BYTES + 2 * MAX_BB_BYTES + MAX_POINTS * POINT_BYTES + _PEAK_OF_BB_BYTES
        assert int(enclave_settings["TEE_REX_ENCLAVE_MEMORY"]) * 2**20 > needed

    def test_the_allocator_has_what_one_enclave_takes(
        self, deploy: Path, enclave_settings: dict[str, str]
    ) -> None:
        text = (deploy / "allocator.yaml").read_text()
        allocated = dict(re.findall(r"^(\w+): (\d+)$", text, re.MULTILINE))
        assert allocated == {
            "memory_mib": enclave_settings["TEE_REX_ENCLAVE_MEMORY"],
            "cpu_count": enclave_settings["TEE_REX_ENCLAVE_CPUS"],
        }

    def test_memory_comes_in_whole_huge_pages(self, enclave_settings: dict[str, str]) -> None:
        assert int(enclave_settings["TEE_REX_ENCLAVE_MEMORY"]) % 1024 == 0  # of 1 GiB or of 2 MiB


def test_the_servers_settings_are_shown_with_their_defaults(
    deploy: Path, serve_variables: dict[str, object]
) -> None:
    """All of them are commented out."""
    text = (deploy / "tee-rex-server.env").read_text()
    assert not re.search("^[^#\n]", text, re.MULTILINE)
    shown = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert shown.keys() == serve_variables.keys()
    computed = {"TEE_REX_THREADS": "", "TEE_REX_CRS": "genuine", "AZTEC_VERSIONS": ""}
    assert shown == {name: _written(default) for name, default in serve_variables.items()} | computed


class TestProxy:
    def test_every_setting_is_there_with_its_default(
        self, deploy: Path, proxy_variables: dict[str, object]
    ) -> None:
        text = (deploy / "tee-rex-proxy.env").read_text()
        shown = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE))
        defaults = {name: _written(value) for name, value in proxy_variables.items()}
        assert shown == defaults | {"TEE_REX_CIDS": "16"}

    def test_a_stop_lets_proofs_end(self, proxy: Directives, proxy_variables: dict[str, object]) -> None:
        grace = float(str(proxy_variables["TEE_REX_GRACE"]))
        assert float(proxy["TimeoutStopSec"][0]) > grace + web_server.LAST_ANSWERS_SECONDS

    def test_it_stops_before_the_enclaves_do(self, deploy: Path) -> None:
        assert "\nBefore=tee-rex-proxy.service\n" in (deploy / "tee-rex-enclave@.service").read_text()

    def test_it_may_open_two_files_for_each_request(self, proxy: Directives) -> None:
        assert int(proxy["LimitNOFILE"][0]) > 2 * MAX_IN_FLIGHT + web_server.MAX_CONNECTIONS

    def test_invalid_settings_are_not_retried(self, proxy: Directives) -> None:
        assert proxy["RestartPreventExitStatus"] == [str(int(ExitCode.USAGE))]

    def test_it_has_its_own_state_and_can_reach_enclaves(self, proxy: Directives) -> None:
        (state,) = proxy["StateDirectory"]
        assert f"TEE_REX_HOME=%S/{state}" in proxy["Environment"]
        assert "AF_VSOCK" in proxy["RestrictAddressFamilies"][0].split()


class TestUpdate:
    @pytest.mark.parametrize("of", ["server", "proxy"])
    def test_it_is_in_the_same_sandbox_as_what_it_updates_and_writes_to_its_folder(
        self, deploy: Path, of: str
    ) -> None:
        mine = directives((deploy / "tee-rex-update@.service").read_text().replace("%i", of))
        updated = directives((deploy / f"tee-rex-{of}.service").read_text())
        for name in (
            "User",
            "StateDirectory",
            "StateDirectoryMode",
            "Environment",
            "EnvironmentFile",
            "UMask",
        ):
            assert mine[name] == updated[name]
        confining = [name for name in updated if name.startswith(("Protect", "Private", "Restrict"))]
        confining = [name for name in confining if not name.startswith("RestartPrevent")]
        for name in (
            *confining,
            "NoNewPrivileges",
            "CapabilityBoundingSet",
            "DynamicUser",
            "LockPersonality",
        ):
            assert name == "RestrictAddressFamilies" or mine[name] == updated[name]
        assert set(mine["SystemCallFilter"]) < set(updated["SystemCallFilter"])
        assert "AF_VSOCK" not in mine["RestrictAddressFamilies"][0]

    def test_only_its_timer_can_be_enabled(self, deploy: Path) -> None:
        timer = (deploy / "tee-rex-update@.timer").read_text()
        assert "\n[Install]\nWantedBy=timers.target\n" in timer
        assert "\nOnCalendar=daily\n" in timer
        assert "[Install]" not in (deploy / "tee-rex-update@.service").read_text()


@pytest.mark.parametrize(
    "name", ["tee-rex-enclave-log@.service", "tee-rex-proxy.service", "tee-rex-update@.service"]
)
def test_units_start_commands_of_the_package(deploy: Path, name: str) -> None:
    (start,) = directives((deploy / name).read_text())["ExecStart"]
    program, subcommand, *_ = start.split()
    assert program == "/opt/tee-rex-server/bin/tee-rex-server"
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    assert subcommand in group.commands


def test_asyncio_has_the_sockets_that_it_needs(deploy: Path) -> None:
    """Every event loop makes a pair of Unix sockets."""
    for name in _UNITS[1:3]:
        families = directives((deploy / name).read_text())["RestrictAddressFamilies"][0].split()
        assert {"AF_UNIX", "AF_VSOCK"} <= set(families)


def test_the_runbook_names_every_file_and_files_that_exist(deploy: Path, repository: Path) -> None:
    runbook = (repository / "docs" / "runbook-enclave.md").read_text()
    for name in (*_UNITS[:3], "tee-rex-enclave.env", "tee-rex-proxy.env", "allocator.yaml"):
        assert name in runbook
        assert (deploy / name).is_file()
    for path in re.findall(r"enclave_server/tee_rex_server/deploy/([\w@.-]+\.\w+)", runbook):
        assert (deploy / path).is_file(), path


@pytest.mark.integration
@pytest.mark.skipif(_SYSTEMD_ANALYZE is None, reason="this system is not made with systemd")
class TestBySystemd:
    @pytest.mark.parametrize("name", _UNITS)
    def test_finds_nothing_wrong(self, deploy: Path, tmp_path: Path, name: str) -> None:
        assert _verified(deploy, tmp_path, name) == (0, "")

    def test_would_find_a_misspelt_directive(self, deploy: Path, tmp_path: Path) -> None:
        _, output = _verified(deploy, tmp_path, _UNITS[0], misspell=("ProtectHome=", "ProtectHouse="))
        assert "ProtectHouse" in output

    @pytest.mark.parametrize(("name", "most"), [*zip(_UNITS[:5], (50, 25, 20, 20, 20), strict=True)])
    def test_finds_little_exposure(self, deploy: Path, tmp_path: Path, name: str, most: int) -> None:
        """Tenths: systemd calls up to 2.0 "OK"; the enclave's unit needs a device, and nitro-cli is AWS's."""
        path = _runnable(deploy, tmp_path, name)
        code, output = _analyze("security", "--offline=true", f"--threshold={most}", path)
        assert code == 0, output


def _runnable(deploy: Path, folder: Path, name: str, misspell: tuple[str, str] = ("", "")) -> Path:
    """The unit with programs that exist here, and an instance of a template."""
    text = (deploy / name).read_text().replace("/opt/tee-rex-server/bin", str(Path(sys.executable).parent))
    text = text.replace("/usr/bin/nitro-cli", "/bin/true")
    path = folder / name.replace("@.", "@16.")
    path.write_text(text.replace(*misspell) if misspell[0] else text)
    return path


def _verified(deploy: Path, folder: Path, name: str, misspell: tuple[str, str] = ("", "")) -> tuple[int, str]:
    path = _runnable(deploy, folder, name, misspell)
    if path.suffix == ".timer":
        _runnable(deploy, folder, name.replace(".timer", ".service"))
    for other in ("nitro-enclaves-allocator.service", "tee-rex-enclave@16.service"):
        if not (folder / other).exists():
            (folder / other).write_text("[Service]\nExecStart=/bin/true\n")
    return _analyze("verify", "--man=no", "--recursive-errors=no", path)


def _analyze(*arguments: str | Path) -> tuple[int, str]:
    ended = subprocess.run(
        [str(_SYSTEMD_ANALYZE), "--no-pager", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def _written(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, float):
        return f"{default:g}"
    if default is None or (isinstance(default, Iterable) and not default):
        return ""
    return str(default)
