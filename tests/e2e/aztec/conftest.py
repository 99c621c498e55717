"""One real Aztec network for all tests in this folder; it starts with the first and ends with the last."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from support.devnet import RestartableNetwork, prepared_packages
from support.ports import free_ports
from tee_rex.devnet.network import Devnet, NetworkStatus, lifeline
from tee_rex.transaction.trusted_setup import TrustedSetup


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def network(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RestartableNetwork]:
    """Installing takes two minutes, starting one."""
    folder, packages, ports = tmp_path_factory.mktemp("devnet"), await prepared_packages(), free_ports()
    devnet = Devnet(folder, TrustedSetup.DEVELOPMENT)
    with lifeline() as read_end:
        try:
            status = await devnet.up(packages, ports, lifeline=read_end)
            yield RestartableNetwork(devnet, packages, ports, folder, read_end, status)
        finally:
            await devnet.down()


@pytest.fixture
def devnet(network: RestartableNetwork) -> NetworkStatus:
    """Its ``node_url`` is where the node answers."""
    return network.status
