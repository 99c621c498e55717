"""The real local network of the development setup, for tests that start one of their own."""

from __future__ import annotations

import os

from tee_rex.bb.pins import BbPins
from tee_rex.devnet.packages import DevnetPackages, PreparedPackages
from tee_rex.paths import Paths
from tee_rex.trusted_setup import TrustedSetup


async def prepared_packages() -> PreparedPackages:
    """Those in the user's data folder, installed if they are not there yet (two minutes)."""
    paths = Paths.from_environment(os.environ)
    return await DevnetPackages(paths, BbPins.shipped(), TrustedSetup.DEVELOPMENT).ensure()
