from __future__ import annotations

from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from tee_rex_server.cli import app


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[3]


@pytest.fixture(scope="session")
def deploy(repository: Path) -> Path:
    return repository / "enclave_server" / "tee_rex_server" / "deploy"


@pytest.fixture(scope="session")
def serve_command() -> TyperCommand:
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    serve = command.commands["serve"]
    assert isinstance(serve, TyperCommand)
    return serve


@pytest.fixture(scope="session")
def serve_variables(serve_command: TyperCommand) -> dict[str, object]:
    """The default of every setting, by its environment variable."""
    return {
        option.envvar: option.default for option in serve_command.params if isinstance(option.envvar, str)
    }
