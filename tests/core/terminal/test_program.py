"""Both programs as programs: help, versions, completion, and what `--json` prints of every error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import typer.main
from typer.testing import CliRunner

import tee_rex_server.cli
from tee_rex import __version__
from tee_rex.cli.commands import app
from tee_rex.cli.main import main
from tee_rex.errors import ExitCode
from tee_rex.terminal.program import version_text

PROGRAMS = {"tee-rex": app, "tee-rex-server": tee_rex_server.cli.app}


def commands(program: str) -> Iterator[tuple[str, ...]]:
    def below(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, child in getattr(command, "commands", {}).items():
            if not child.hidden:
                yield from below(child, (*path, name))

    yield from below(typer.main.get_command(PROGRAMS[program]), (program,))


ALL_COMMANDS = [path for program in PROGRAMS for path in commands(program)]


def help_of(path: tuple[str, ...], flag: str = "--help") -> str:
    done = CliRunner().invoke(PROGRAMS[path[0]], [*path[1:], flag], env={"COLUMNS": "80"}, prog_name=path[0])
    assert done.exit_code == ExitCode.OK, done.output
    return done.stdout


@pytest.mark.parametrize("path", ALL_COMMANDS, ids=" ".join)
def test_help_fits_80_columns_untruncated(path: tuple[str, ...]) -> None:
    text = help_of(path)
    assert text == help_of(path, "-h")
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    assert "..." not in text.replace("[ARGS]...", "")
    assert "<int range>" not in text


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_lists_the_exit_codes(program: str) -> None:
    text = " ".join(help_of((program,)).split())
    for code in ExitCode:
        assert f" {code.value} " in text


@pytest.mark.parametrize("path", ALL_COMMANDS, ids=" ".join)
def test_one_name_for_one_thing(path: tuple[str, ...]) -> None:
    words = help_of(path).replace(",", " ").split()
    assert not {"--setup", "--without-nonce", "--skip-nonce", "--output-json"} & set(words)


def test_the_version_has_what_a_bug_report_needs() -> None:
    for program, its_app in PROGRAMS.items():
        shown = CliRunner().invoke(its_app, ["--version"]).stdout
        assert shown.startswith(f"{program} {__version__} (")
        assert "\nbb 4." in shown
        assert f"\nPython {sys.version.split()[0]}, " in shown


def test_the_version_of_a_standalone_program_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert version_text("tee-rex", "1").startswith("tee-rex 1 (standalone program)\n")


def ended(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["tee-rex", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["prove"],
        ["prove", "x", "--threads", "0"],
        ["prove", "x", "--nonsense"],
        ["demo", "--mode", "nonsense"],
        ["flow", "nonsense"],
        ["attest", "--at", "x"],
        ["bb", "install", "4.9.9"],
        ["bb", "verify", "../x"],
        ["devnet", "up", "--port", "0"],
    ],
    ids=" ".join,
)
def test_json_of_wrong_usage(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path))
    assert ended([*arguments, "--json"], monkeypatch) == ExitCode.USAGE
    printed = capsys.readouterr()
    error = json.loads(printed.out)["error"]
    assert set(error) == {"code", "title", "message", "hint"}
    assert all(error.values())
    assert error["message"] in printed.err
    assert ended(arguments, monkeypatch) == ExitCode.USAGE
    assert capsys.readouterr().out == ""


def test_json_of_a_missing_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert ended(["prove", str(tmp_path / "x"), "--json"], monkeypatch) == ExitCode.BAD_INPUT
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "FILE_UNREADABLE"


def test_a_good_end_is_zero(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(["--version"], monkeypatch) == ExitCode.OK
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    done = CliRunner().invoke(app, ["--show-completion", shell], prog_name="tee-rex")
    assert done.exit_code == ExitCode.OK
    assert "_TEE_REX_COMPLETE" in done.stdout
