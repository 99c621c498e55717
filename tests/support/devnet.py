"""The real local network of the development setup, for tests that start one of their own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tee_rex.bb.pins import BbPins
from tee_rex.devnet.network import Devnet, NetworkStatus
from tee_rex.devnet.packages import DevnetPackages, PreparedPackages
from tee_rex.devnet.ports import Ports
from tee_rex.settings.paths import Paths
from tee_rex.transaction.trusted_setup import TrustedSetup

ON_DEVNET = [
    pytest.mark.integration,
    pytest.mark.devnet,
    pytest.mark.skipif(sys.platform != "linux", reason="development setup: Linux"),
]


async def prepared_packages() -> PreparedPackages:
    """Those in the user's data folder, installed if they are not there yet (two minutes)."""
    paths = Paths.from_environment(os.environ)
    return await DevnetPackages(paths, BbPins.shipped(), TrustedSetup.DEVELOPMENT).ensure()


@dataclass
class RestartableNetwork:
    """The network, which a test may break as long as it mends it. status: when it was last started."""

    devnet: Devnet
    packages: PreparedPackages
    ports: Ports
    folder: Path
    read_end: int
    status: NetworkStatus

    @property
    def url(self) -> str:
        """Of its node; the same for every start."""
        return f"http://127.0.0.1:{self.ports.node}"

    async def start(self) -> None:
        """Start it, or what is left of it, with a new chain."""
        self.status = await self.devnet.up(self.packages, self.ports, lifeline=self.read_end)
