from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def test_every_command_has_help() -> None:
    import typer.main

    from tee_rex.cli.commands import app

    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        assert command.help, name


@pytest.mark.parametrize("arguments", [["--version"], ["prove", "/nonexistent", "--json"]])
def test_slow_imports_are_deferred(arguments: list[str]) -> None:
    code = (
        "import sys; from tee_rex.cli.main import main; sys.argv = ['tee-rex', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'rich.console', 'httpx2', 'psutil', 'cryptography', 'pydantic'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_command_is_installed() -> None:
    assert Path(sys.executable).with_name("tee-rex").exists()
