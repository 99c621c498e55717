"""The wallet's process, and what of a flow is neither bb, nor the simulation, nor the network's blocks."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from support.devnet import prepared_packages
from support.local_prover import real_installation
from support.ports import free_ports
from support.real_flows import flow_on, ignore_flow_events
from tee_rex.aztec.flows.report import FlowKind, FlowReport
from tee_rex.aztec.wallet.client import BridgeClient
from tee_rex.aztec.wallet.runtime import InstalledBridges
from tee_rex.devnet.network import running_devnet
from tee_rex.system.files import bytes_below
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_STARTS = 5


async def measure() -> dict[str, float]:
    """A token flow in local mode on a network of its own.

    overhead_share: of the steps' wall time. bridge_start_ms: from its start until it is ready, the best of 5.
    """
    bridges = InstalledBridges(real_installation().paths)
    command = await bridges.command(TrustedSetup.DEVELOPMENT, AztecVersion(4, 1, 2), ignore_progress)
    starts, memory = [], []
    for _ in range(_STARTS):
        bridge = await BridgeClient.start(command)
        starts.append(bridge.start_ms)
        memory.append(bridge.peak_memory_bytes)
        await bridge.close()
    report = await _token_flow()
    assert report.steps_ms is not None
    assert report.overhead_ms is not None
    assert report.bridge is not None
    transactions = report.steps[:-1]
    return {
        "flow_overhead_share": report.overhead_ms / report.steps_ms,
        "flow_overhead_ms_each_transaction": statistics.median(
            step.overhead_ms or 0 for step in transactions
        ),
        "simulation_ms_median": statistics.median(
            step.simulate.total_ms for step in transactions if step.simulate
        ),
        "bridge_start_ms": min(starts),
        "bridge_memory_when_ready_mb": statistics.median(memory) / 1e6,
        "bridge_peak_memory_mb": (report.bridge.peak_memory_bytes or 0) / 1e6,
        "runtime_folder_mb": bytes_below(command.folder) / 1e6,
    }


async def _token_flow() -> FlowReport:
    with tempfile.TemporaryDirectory() as folder:
        packages = await prepared_packages()
        async with running_devnet(Path(folder, "network"), packages, free_ports()) as network:
            assert network.node_url is not None
            flow = flow_on(network.node_url, FlowKind.TOKEN, Path(folder, "wallet"))
            return await flow.run(ignore_flow_events)
