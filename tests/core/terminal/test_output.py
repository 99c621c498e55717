"""Every command of both programs, where its output cannot be written or its data folder cannot be used.

The commands are found by walking the programs, so that a new one is tested too. They run without a network,
so that each of them ends within a second or two.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest
import typer.main

import tee_rex_server.cli
from support.patience import PATIENCE
from support.small_disk import make_read_only, small_disk
from tee_rex.cli.commands import app
from tee_rex.errors import ExitCode
from tee_rex.terminal.program import JSON_FLAG

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

PROGRAMS: Final = {"tee-rex": app, "tee-rex-server": tee_rex_server.cli.app}
# Servers would run until stopped: they get an address that is not this machine's, or a mode without a server.
NEEDED: Final = {
    "serve": ["--host", "192.0.2.1"],
    "dispatch": ["--host", "192.0.2.1"],
    "listen": ["--mode", "remote"],
    "attest": ["http://127.0.0.1:9"],
    "flow": ["--node", "http://127.0.0.1:9"],
}
NOBODY: Final = "http://127.0.0.1:9"


def commands() -> Iterator[tuple[str, ...]]:
    """Every command that can be run, with values for what it needs, plain and with --json."""

    def below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:  # noqa: ANN401
        children = getattr(command, "commands", {})
        for name, child in children.items():
            if not child.hidden:
                yield from below(child, (*path, name))
        if children:
            yield (*path, "--help")
            return
        values = [
            part for parameter in command.params if parameter.required for part in _value_for(parameter)
        ]
        line = (*path, *values, *NEEDED.get(path[-1], []))
        yield line
        if any(JSON_FLAG in parameter.opts for parameter in command.params):
            yield (*line, JSON_FLAG)

    for program, its_app in PROGRAMS.items():
        yield from below(typer.main.get_command(its_app), (program,))


def _value_for(parameter: Any) -> list[str]:  # noqa: ANN401  # typer's own types are private
    choices = getattr(parameter.type, "choices", None)
    value = str(next(iter(choices))) if choices else "4.1.2"
    return [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]


COMMANDS: Final = list(commands())


def environment(home: Path) -> dict[str, str]:
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    return {
        "HOME": str(home),
        "TEE_REX_HOME": str(home),
        "PATH": "/nonexistent",
        "npm_config_fetch_retries": "0",
        **dict.fromkeys(proxies, NOBODY),
    }


def run(
    command: tuple[str, ...], home: Path, redirected: str = "", stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """Run a command, with its standard streams redirected as a shell does it."""
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" "$@" {redirected}', program, *command[1:]],
        env=environment(home),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )
    assert b"Traceback" not in done.stderr, redirected
    return done


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_output_that_cannot_be_written(command: tuple[str, ...], tmp_path: Path) -> None:
    """Several at once, each with a data folder of its own: some wait seconds for a network."""
    homes = {name: tmp_path / name for name in ("usual", "closed", "full", "shut", "blind", "unread")}
    for home in homes.values():
        home.mkdir()

    def unread_by_anybody(home: Path) -> subprocess.CompletedProcess[bytes]:
        reading, writing = os.pipe()
        os.close(reading)
        try:
            return run(command, home, stdout=writing)  # as before `| head`, when it has seen enough
        finally:
            os.close(writing)

    with ThreadPoolExecutor() as runs:
        closed = runs.submit(run, command, homes["closed"], "<&- >&- 2>&-")
        usual = run(command, homes["usual"])
        code = usual.returncode or (ExitCode.ENVIRONMENT if usual.stdout else ExitCode.OK)
        assert closed.result().returncode == code
        if not usual.stdout:
            return
        lost = [
            runs.submit(run, command, homes[name], where)
            for name, where in (("full", ">/dev/full"), ("shut", ">&-"))
        ]
        blind = runs.submit(run, command, homes["blind"], "2>/dev/full")
        unread = runs.submit(unread_by_anybody, homes["unread"])
    for one in lost:
        assert b"[OUTPUT_NOT_WRITTEN]" in one.result().stderr
        assert one.result().returncode == code
    assert (blind.result().returncode, bool(blind.result().stdout)) == (usual.returncode, True)
    assert unread.result().returncode == usual.returncode
    assert b"OUTPUT_NOT_WRITTEN" not in unread.result().stderr


@pytest.fixture(params=["a folder of /proc", "a file", "a read-only disk"])
def unusable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    match request.param:
        case "a folder of /proc":
            yield Path("/proc/1")
        case "a file":
            (tmp_path / "file").touch()
            yield tmp_path / "file"
        case _:
            with small_disk(tmp_path / "disk", "64k") as disk:
                make_read_only(disk)
                yield disk


@pytest.mark.parametrize(
    "command", [one for one in COMMANDS if not {"--help", JSON_FLAG} & {*one}], ids=" ".join
)
def test_a_data_folder_that_cannot_be_used(command: tuple[str, ...], unusable: Path) -> None:
    done = run(command, unusable)
    assert done.returncode in set(ExitCode)
    if done.returncode == ExitCode.ENVIRONMENT and command[1] != "doctor":
        assert re.search(rb"\[[A-Z_]+\]", done.stderr)


@pytest.mark.parametrize("command", [one for one in COMMANDS if JSON_FLAG in one], ids=" ".join)
def test_a_data_folder_whose_name_is_not_utf_8(command: tuple[str, ...], tmp_path: Path) -> None:
    home = tmp_path / b"\xff".decode("utf-8", "surrogateescape")
    json.loads(run(command, home).stdout)
