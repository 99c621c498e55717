"""A smoke test on the network that AZTEC_NODE_URL names: connect, versions, sponsored fee, a deployment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.local_prover import real_backend
from support.real_flows import flow_on, ignore_flow_events
from support.recording_backend import RecordingBackend
from tee_rex.aztec.flows.report import FlowKind
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import AztecNode

URL = os.environ.get("AZTEC_NODE_URL", "")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.devnet,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(not URL, reason="AZTEC_NODE_URL names no live network"),
]


async def test_deploying_an_account_on_a_live_network(tmp_path: Path) -> None:
    async with AztecNode.open(URL) as node:
        network = Network.accepted(await node.info())
    backend = RecordingBackend(real_backend())
    flow = flow_on(URL, FlowKind.ACCOUNT, tmp_path, backend=backend)

    report = await flow.run(ignore_flow_events)

    assert report.network is not None
    assert report.network.crs == network.setup
    assert report.steps[0].block
    assert await backend.verdicts() == [True]
