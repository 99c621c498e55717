"""A smoke test of the network that AZTEC_NODE_URL names: version, what works there, and a deployment."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from support.errors import raises_code
from support.local_prover import real_backend, real_installation
from support.real_flows import flow_on, ignore_flow_events
from support.recording_backend import RecordingBackend
from tee_rex.aztec.flows.report import FlowKind
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import AztecNode
from tee_rex.aztec.support import NetworkSupport
from tee_rex.errors import ExitCode
from tee_rex.errors.catalogue.aztec import BRIDGE_VERSION_UNSUPPORTED

URL = os.environ.get("AZTEC_NODE_URL", "")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.devnet,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(not URL, reason="AZTEC_NODE_URL names no live network"),
]


async def live_network() -> NetworkSupport:
    async with AztecNode.open(URL) as node:
        return NetworkSupport.of(Network.accepted(await node.info()), real_installation())


async def test_what_works_on_a_live_network() -> None:
    """Prints it: the network's version, the root of its keys, the bb that proves for it, the wallet."""
    program = Path(sys.executable).parent / "tee-rex"
    process = await asyncio.create_subprocess_exec(
        program, "network", "--node", URL, "--json", stdout=asyncio.subprocess.PIPE
    )
    stdout, _ = await process.communicate()
    sys.stdout.write(stdout.decode())

    told, found = json.loads(stdout), await live_network()
    assert process.returncode == (ExitCode.OK if found.bb else ExitCode.FAILED)
    assert told["node_version"] == str(found.network.version)
    assert (told["bb"] or {}).get("version") == (str(found.bb) if found.bb else None)
    assert told["wallet"] == (str(found.wallet) if found.wallet else None)


async def test_deploying_an_account_on_a_live_network(tmp_path: Path) -> None:
    """Where this release has no wallet, the flow says so before anything is installed."""
    network = await live_network()
    backend = RecordingBackend(real_backend())
    flow = flow_on(URL, FlowKind.ACCOUNT, tmp_path, backend=backend)
    if network.wallet is None:
        with raises_code(BRIDGE_VERSION_UNSUPPORTED):
            await flow.run(ignore_flow_events)
        return

    report = await flow.run(ignore_flow_events)

    assert report.network is not None
    assert report.network.crs == network.network.setup
    assert report.steps[0].block
    assert await backend.verdicts() == [True]
