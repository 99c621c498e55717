"""The real network: it has the development keys, listens on this machine only, and ends completely."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from support.devnet import RestartableNetwork, prepared_packages
from support.errors import raises
from support.interrupted_flows import circuit, programs
from support.processes import running
from support.real_flows import flow_on, ignore_flow_events
from tee_rex.aztec.flows.events import FlowEvent
from tee_rex.aztec.flows.report import FlowKind
from tee_rex.aztec.flows.runner import AztecFlow
from tee_rex.aztec.networks import LOCAL_CHAIN, Network
from tee_rex.aztec.node import AztecNode
from tee_rex.devnet.network import Condition, NetworkStatus
from tee_rex.devnet.ports import is_free
from tee_rex.devnet.run_folder import RunFolder
from tee_rex.errors.catalogue.aztec import NODE_UNREACHABLE
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = [pytest.mark.integration, pytest.mark.devnet, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[3]
DEVELOPMENT_ROOT = "0x02f520835e552c3dd17baa30b829013441b75e6791c9eda3189c27c61665dba5"


# First: it ends the network of all tests, and starts it again.
async def test_a_node_killed_during_a_flow_that_restarts_with_another_chain(
    network: RestartableNetwork, tmp_path: Path
) -> None:
    up, members = network.status, RunFolder(network.folder).members()
    assert up.condition is Condition.READY
    assert (await network.devnet.up(network.packages, network.ports)).processes == up.processes
    assert len(members) > len(up.processes)  # bb is one of them

    def kill(event: FlowEvent) -> None:
        if circuit(3)(event):
            os.kill(up.processes["aztec"], signal.SIGKILL)

    with raises(NODE_UNREACHABLE):
        await account_flow(network, tmp_path, proofs=True).run(kill)
    assert not programs()
    while (status := await network.devnet.status()).condition is not Condition.BROKEN:
        pass
    assert "aztec" in str(status.detail)
    await network.devnet.down()
    assert not [process for process in members if running(process.pid)]
    assert network.ports.l1 is not None
    assert is_free(network.ports.node)
    assert is_free(network.ports.l1)
    assert {path.name for path in network.folder.iterdir()} == {"logs", "lock"}
    assert not list(Path("/dev/shm").glob(f"bb-sync-{up.processes['aztec']}-*"))

    await network.start()
    report = await account_flow(network, tmp_path, proofs=False).run(ignore_flow_events)
    assert report.steps[0].block
    (keys,) = tmp_path.glob("development/wallet/*/accounts.json")
    assert len(json.loads(keys.read_bytes())["accounts"]) == 2


def account_flow(network: RestartableNetwork, wallet: Path, *, proofs: bool) -> AztecFlow:
    return flow_on(network.url, FlowKind.ACCOUNT, wallet, proofs=proofs)


async def test_the_node_has_the_development_keys(devnet: NetworkStatus) -> None:
    assert devnet.node_url is not None
    async with AztecNode.open(devnet.node_url) as node:
        info = await node.info()
    assert info.vk_tree_root == DEVELOPMENT_ROOT
    assert info.chain_id == LOCAL_CHAIN
    network = Network.accepted(info)
    assert (network.setup, network.version) == (TrustedSetup.DEVELOPMENT, AztecVersion(4, 1, 2))


def test_it_listens_on_this_machine_only(devnet: NetworkStatus) -> None:
    listening = [
        connection.laddr[0]
        for pid in devnet.processes.values()
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 2
    assert set(listening) == {"127.0.0.1"}


async def test_keys_that_are_computed_again_are_the_shipped_ones() -> None:
    """Of three circuits and three contracts; the program computes all, in some minutes, for each release."""
    tree = (await prepared_packages()).tree
    names = (
        *("private_kernel_init", "private_kernel_tail", "hiding_kernel_to_rollup"),
        *("SchnorrAccount", "SponsoredFPC", "MultiCallEntrypoint"),
    )
    generator = ROOT / "tools" / "generate_development_keys.py"
    done = subprocess.run(
        [sys.executable, generator, tree, "--only", *names], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "The keys of 6 circuits and contracts match the shipped ones." in done.stdout
