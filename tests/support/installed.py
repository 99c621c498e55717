"""The real bb on this machine, for the integration tests of every package."""

from __future__ import annotations

import os

from tee_rex.bb.install import ensure_bb
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand
from tee_rex.runtime.store import runtime_store
from tee_rex.settings.paths import Paths
from tee_rex.transaction.trusted_setup import TrustedSetup


def link_libraries(real: Paths, other: Paths) -> None:
    """Give another data folder the newer system libraries of the user's, where this system needs any.

    Only they are linked: copies of Node that are made for the other folder must not get into the user's.
    """
    other.runtime_dir.mkdir(parents=True, exist_ok=True)
    libraries = runtime_store(real).libraries
    if libraries.exists():
        (other.runtime_dir / libraries.name).symlink_to(libraries)


async def installed_bb() -> BbCommand:
    """The genuine bb of the default version, installed in the user's data folder if it is not there yet."""
    pins = BbPins.shipped()
    paths = Paths.from_environment(os.environ)
    return await ensure_bb(paths, pins, pins.default_version, TrustedSetup.GENUINE)
