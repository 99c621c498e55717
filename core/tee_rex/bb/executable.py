"""A bb that was checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class BbExecutable:
    """A bb whose SHA-256 (64 hex digits) was compared with the pinned one when this object was made."""

    version: AztecVersion
    setup: TrustedSetup
    path: Path
    sha256: str
