"""One real Aztec network for all tests in this folder; it starts with the first and ends with the last."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from support.devnet import prepared_packages
from support.ports import free_ports
from tee_rex.devnet.network import NetworkStatus, running_devnet


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def devnet(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[NetworkStatus]:
    """Its ``node_url`` is where the node answers. Installing takes two minutes, starting one."""
    folder = tmp_path_factory.mktemp("devnet")
    async with running_devnet(folder, await prepared_packages(), free_ports()) as status:
        yield status
