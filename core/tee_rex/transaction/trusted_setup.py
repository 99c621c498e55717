"""The two trusted setups."""

from __future__ import annotations

from enum import StrEnum


class TrustedSetup(StrEnum):
    """Genuine: Aztec's ceremony. Development: INSECURE, its tau is public, so anyone can forge proofs."""

    GENUINE = "genuine"
    DEVELOPMENT = "development"
