"""The real bb on this machine, for the integration tests of every room."""

from __future__ import annotations

import os

from tee_rex.bb.command import BbCommand, ensure_bb
from tee_rex.bb.pins import BbPins
from tee_rex.paths import Paths
from tee_rex.trusted_setup import TrustedSetup


async def installed_bb() -> BbCommand:
    """The genuine bb of the default version, installed in the user's data folder if it is not there yet."""
    pins = BbPins.shipped()
    paths = Paths.from_environment(os.environ)
    return await ensure_bb(paths, pins, pins.default_version, TrustedSetup.GENUINE)
