from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from support.scripted_node import GENUINE_ROOT, V5_ROOT, ScriptedNode
from tee_rex.cli.commands import app
from tee_rex.errors import ExitCode


@dataclass(frozen=True)
class Result:
    exit_code: int | None
    stdout: str


async def shown(folder: Path, node: ScriptedNode, *options: str) -> Result:
    """What the command prints, in a process of its own, about a node."""
    program = Path(sys.executable).parent / "tee-rex"
    environment = {"TEE_REX_HOME": str(folder), "PATH": os.environ["PATH"]}
    async with node.serving() as url:
        command = ("network", "--node", url, *options)
        process = await asyncio.create_subprocess_exec(
            program, *command, stdout=asyncio.subprocess.PIPE, env=environment
        )
        stdout, _ = await process.communicate()
    return Result(process.returncode, stdout.decode())


async def test_a_network_that_everything_works_on(tmp_path: Path) -> None:
    result = await shown(tmp_path, ScriptedNode())

    assert result.exit_code == ExitCode.OK, result.stdout
    for words in (
        "local network, chain 31337",
        "Aztec 4.1.2",
        "node_…",
        "optional",
        "with bb 4.1.2",
        "tee-rex flow runs",
    ):
        assert words in result.stdout


async def test_a_network_without_a_wallet(tmp_path: Path) -> None:
    node = ScriptedNode(root=V5_ROOT, namespaces=("aztec",), nodeVersion="5.2.0", l1ChainId=1)
    result = await shown(tmp_path, node, "--json")

    assert result.exit_code == ExitCode.OK, result.stdout
    found = json.loads(result.stdout)
    assert found["name"] == "mainnet"
    assert found["node_version"] == "5.2.0"
    assert found["vk_tree_root"] == V5_ROOT
    assert found["rpc_namespace"] == "aztec"
    assert found["bb"]
    assert found["obstacle"] is None
    assert found["wallet"] is None


@pytest.mark.parametrize("options", [(), ("--json",)])
async def test_a_network_that_nothing_works_on(tmp_path: Path, options: tuple[str, ...]) -> None:
    node = ScriptedNode(root=None, namespaces=("aztec",), nodeVersion="6.1.0", l1ChainId=1)
    result = await shown(tmp_path, node, *options)

    assert result.exit_code == ExitCode.FAILED
    if options:
        found = json.loads(result.stdout)
        assert found["bb"] is None
        assert found["obstacle"]["code"] == "BB_NOT_PINNED"
    else:
        assert "✗ This machine does not prove its transactions" in result.stdout
        assert "no wallet" in result.stdout


async def test_a_node_that_contradicts_itself(tmp_path: Path) -> None:
    node = ScriptedNode(root=GENUINE_ROOT, nodeVersion="5.0.0")
    result = await shown(tmp_path, node, "--json")

    assert result.exit_code == ExitCode.BAD_INPUT
    assert json.loads(result.stdout)["error"]["code"] == "NODE_VERSION_MISMATCH"


def test_without_a_node(tmp_path: Path) -> None:
    result = CliRunner(env={"TEE_REX_HOME": str(tmp_path), "AZTEC_NODE_URL": ""}).invoke(app, ["network"])
    assert result.exit_code == ExitCode.BAD_INPUT
