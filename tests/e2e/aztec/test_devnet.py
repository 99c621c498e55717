"""The real network: it has the development keys, listens on this machine alone, and ends whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from support.devnet import prepared_packages
from support.ports import free_ports
from support.processes import running
from tee_rex.aztec.network import LOCAL_CHAIN, Network
from tee_rex.aztec.node_client import AztecNode
from tee_rex.bb.version import AztecVersion
from tee_rex.devnet.network import Condition, Devnet, NetworkStatus
from tee_rex.devnet.ports import is_free
from tee_rex.devnet.run_folder import RunFolder
from tee_rex.trusted_setup import TrustedSetup

pytestmark = [pytest.mark.integration, pytest.mark.devnet, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[3]
DEVELOPMENT_ROOT = "0x02f520835e552c3dd17baa30b829013441b75e6791c9eda3189c27c61665dba5"


# First, so that it does not run beside the network of the others.
async def test_a_network_of_which_a_part_is_killed_is_noticed_and_cleaned_up(tmp_path: Path) -> None:
    packages, ports = await prepared_packages(), free_ports()
    devnet = Devnet(tmp_path / "run", TrustedSetup.DEVELOPMENT)
    try:
        up = await devnet.up(packages, ports)
        assert up.condition is Condition.READY
        assert (await devnet.up(packages, ports)).processes == up.processes
        members = RunFolder(tmp_path / "run").members()
        assert len(members) > len(up.processes)  # bb is one of them
        os.kill(up.processes["aztec"], signal.SIGKILL)
        while (status := await devnet.status()).condition is not Condition.BROKEN:
            pass
        assert "aztec" in status.detail
    finally:
        await devnet.down()
    assert not [process for process in members if running(process.pid)]
    assert is_free(ports.node)
    assert ports.l1 is not None
    assert is_free(ports.l1)
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"logs", "lock"}
    assert not list(Path("/dev/shm").glob(f"bb-sync-{up.processes['aztec']}-*"))


async def test_the_node_has_the_development_keys(devnet: NetworkStatus) -> None:
    assert devnet.node_url is not None
    async with AztecNode.open(devnet.node_url) as node:
        info = await node.info()
    assert info.vk_tree_root == DEVELOPMENT_ROOT
    assert info.chain_id == LOCAL_CHAIN
    network = Network.accepted(info)
    assert (network.setup, network.version) == (TrustedSetup.DEVELOPMENT, AztecVersion(4, 1, 2))


def test_it_listens_on_this_machine_alone(devnet: NetworkStatus) -> None:
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
    generator = ROOT / "installer" / "generate_development_keys.py"
    done = subprocess.run(
        [sys.executable, generator, tree, "--only", *names], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "6 circuits and contracts have the shipped keys." in done.stdout
