"""bb never uses the network, also where it gets fewer points than it needs.

Each session runs in a network namespace of its own, without any network. Its counters show every packet that
anybody in it tried to send: a name to look up, a connection to open.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.local_prover import development_crs, real_installation
from support.recorded_steps import V4, V5
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.generations import Generation
from tee_rex.transaction.trusted_setup import TrustedSetup

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="namespaces: Linux"),
]

PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from support.local_prover import deployment_request, development_crs, real_installation
from support.recorded_steps import mock_transaction
from tee_rex.crs.crs import Crs
from tee_rex.errors import TeeRexError
from tee_rex.local.dialects import Dialect5
from tee_rex.local.session import BbSession
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup

def counters():
    return {name: Path("/proc/net", name).read_text() for name in ("snmp", "snmp6")}

async def code(steps, points):
    installation = real_installation()
    command = await installation.bb(steps.generation.default, TrustedSetup.DEVELOPMENT, lambda _: None)
    whole = await development_crs()
    few = Crs(whole.setup, points, whole.g1[: points * 64], whole.g2)
    session = await BbSession.start(command, few, threads=1)
    try:
        await session.prove(steps, ignore_events)
    except TeeRexError as error:
        return error.code, error.diagnostics

if sys.argv[2] == "without zeros":
    files = Dialect5.files
    def without_zeros(self, crs, grumpkin):
        return {name: one for name, one in files(self, crs, grumpkin).items() if not isinstance(one, int)}
    Dialect5.files = without_zeros
steps = {"4": deployment_request().steps, "5": ExecutionSteps.from_bytes(mock_transaction())}[sys.argv[1]]
before = counters()
result, diagnostics = asyncio.run(code(steps, 1024))
print(json.dumps({"code": result, "diagnostics": diagnostics, "quiet": counters() == before}))
"""


async def too_few_points(generation: Generation, *, without_zeros: bool = False) -> Mapping[str, Any]:
    """What a session in a namespace of its own came to, and whether nothing was sent in it."""
    await real_installation().bb(generation.default, TrustedSetup.DEVELOPMENT, ignore_progress)
    await development_crs()  # both could not be had inside
    arguments = (str(generation.number), "without zeros" if without_zeros else "")
    done = subprocess.run(
        ["unshare", "--net", "--map-root-user", sys.executable, "-c", PROGRAM, *arguments],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=False,
    )
    if b"unshare failed" in done.stderr or b"uid_map" in done.stderr:
        pytest.skip("this system allows no namespaces")
    assert done.returncode == 0, done.stderr.decode()
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("generation", [V4, V5], ids=str)
async def test_a_bb_with_too_few_points_refuses_and_sends_nothing(generation: Generation) -> None:
    found = await too_few_points(generation)
    assert found["code"] == "BB_REFUSED"
    assert found["quiet"]


async def test_without_the_zeros_bb_5_would_look_for_a_server() -> None:
    found = await too_few_points(V5, without_zeros=True)
    assert "HTTP request failed" in found["diagnostics"]
    assert not found["quiet"]
