"""Where things are inside an enclave image, and what the image's builder decided."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

import msgspec

from tee_rex.transaction.trusted_setup import TrustedSetup

SITE_PACKAGES: Final = PurePosixPath("/usr/lib/tee-rex")
"""Our modules and those they depend on."""
HOME: Final = PurePosixPath("/var/lib/tee-rex")
"""TEE_REX_HOME of the server: bb and the CRS, baked in or uploaded."""
CONFIGURATION_PATH: Final = PurePosixPath("/etc/tee-rex/guest.json")

SERVER_UID: Final = 10001
SERVER_GID: Final = 10001


class GuestConfiguration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is measured with the image, because whoever starts it must not decide it."""

    setups: list[TrustedSetup]
