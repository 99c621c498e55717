"""Paths, users and configuration of an enclave image, shared by its builder and its init process."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

import msgspec

from tee_rex.transaction.trusted_setup import TrustedSetup

SITE_PACKAGES: Final = PurePosixPath("/usr/lib/tee-rex")
"""Our modules and their dependencies."""
HOME: Final = PurePosixPath("/var/lib/tee-rex")
"""TEE_REX_HOME of the server: bb and the CRS, baked in or uploaded."""
CONFIGURATION_PATH: Final = PurePosixPath("/etc/tee-rex/guest.json")

SERVER_UID: Final = 10001
SERVER_GID: Final = 10001


class GuestConfiguration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measured with the image, because whoever starts the image must not decide it."""

    setups: list[TrustedSetup]
