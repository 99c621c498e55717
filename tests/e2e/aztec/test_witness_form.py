"""The bridge writes steps by itself, because noir's own function takes ten times as long."""

from __future__ import annotations

import subprocess
from importlib.resources import as_file
from pathlib import Path

import pytest

from support.devnet import ON_DEVNET, prepared_packages
from tee_rex.system.files import resource

pytestmark = [*ON_DEVNET, pytest.mark.timeout(600)]

_PROGRAM = Path(__file__).parents[2] / "support" / "witness_forms.mjs"


async def test_witnesses_are_as_noir_writes_them() -> None:
    packages = await prepared_packages()
    with (
        as_file(resource("bridge", "4", "src", "steps.mjs")) as steps,
        as_file(resource("samples", "dev-deploy-account.msgpack")) as recording,
    ):
        done = subprocess.run(
            [packages.node, _PROGRAM, packages.tree, steps, recording],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert (done.stdout.strip(), done.returncode) == ("14 alike", 0), done.stderr
