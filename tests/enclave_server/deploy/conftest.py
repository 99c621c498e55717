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


def subcommand(name: str) -> TyperCommand:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    command = group.commands[name]
    assert isinstance(command, TyperCommand)
    return command


@pytest.fixture(scope="session")
def serve_command() -> TyperCommand:
    return subcommand("serve")


@pytest.fixture(scope="session")
def serve_variables(serve_command: TyperCommand) -> dict[str, object]:
    """The default of every setting, by its environment variable."""
    return variables_of(serve_command)


@pytest.fixture(scope="session")
def proxy_variables() -> dict[str, object]:
    """The same of ``tee-rex-server proxy``."""
    return variables_of(subcommand("proxy"))


def variables_of(command: TyperCommand) -> dict[str, object]:
    return {option.envvar: option.default for option in command.params if isinstance(option.envvar, str)}
