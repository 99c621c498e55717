from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def test_every_command_has_help() -> None:
    import typer.main

    from tee_rex.cli.main import app

    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        assert command.help, name


@pytest.mark.integration
def test_help_needs_neither_rich_nor_network_libraries() -> None:
    heavy = "('rich.console', 'httpx2', 'psutil', 'cryptography')"
    code = f"import sys, tee_rex.cli.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert Path(sys.executable).with_name("tee-rex").exists()
