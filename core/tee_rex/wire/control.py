"""Messages between a host and its enclave on the control port; both sides parse them strictly."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from tee_rex.system.untrusted import Sha256
from tee_rex.transaction.trusted_setup import TrustedSetup

INVENTORY_PATH: Final = "/v1/inventory"
BB_PATH: Final = "/v1/bb"
CRS_PATH: Final = "/v1/crs"

MAX_BB_BYTES: Final = 192 << 20
"""bb has 40 to 50 MB; an enclave holds two of them in memory during an upload."""

CONTROL_ANSWER_BYTES: Final = 64 * 1024
"""No answer of the control API is longer."""

_Version = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}\Z")]


class BbEntry(msgspec.Struct, frozen=True):
    """A bb that the enclave accepts; present: uploaded, together with its CRS, and able to prove."""

    version: _Version
    setup: TrustedSetup
    sha256: Sha256
    present: bool


class CrsEntry(msgspec.Struct, frozen=True):
    """An 8 MiB chunk that the enclave accepts, index from 0; present: a file of its length exists."""

    setup: TrustedSetup
    index: Annotated[int, msgspec.Meta(ge=0, le=255)]
    sha256: Sha256
    present: bool


class Inventory(msgspec.Struct, frozen=True):
    """Everything that the enclave accepts; ready: it has enough to prove something."""

    bb: Annotated[list[BbEntry], msgspec.Meta(max_length=64)]
    crs: Annotated[list[CrsEntry], msgspec.Meta(max_length=64)]
    ready: bool


def bb_path(sha256: str) -> str:
    """Where to PUT the bb with this SHA-256 (64 hex digits)."""
    return f"{BB_PATH}/{sha256}"


def crs_path(setup: TrustedSetup, index: int) -> str:
    """Where to PUT a chunk of the CRS."""
    return f"{CRS_PATH}/{setup}/{index}"
