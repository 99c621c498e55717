"""A genuine CRS of 8 MiB with pins of this test's own: no machine of ours has Aztec's, and no host is asked.

Only its first point is one of the curve, so nothing is ever proved with it.
"""

from __future__ import annotations

import hashlib
import random

import pytest

from support.patience import PATIENCE
from tee_rex.crs import bn254
from tee_rex.crs.crs import MIN_POINTS, POINT_BYTES, CrsPins
from tee_rex.crs.sources import PROBE_SECONDS
from tee_rex.transaction.trusted_setup import TrustedSetup

FIRST_POINT = bn254.encode(bn254.GENERATOR)
G1 = FIRST_POINT + random.Random(2).randbytes((MIN_POINTS - 1) * POINT_BYTES)
TWO_SECONDS = PROBE_SECONDS
"""What it is for people."""
NOBODY = "http://127.0.0.1:1/g1.dat"
"""A host that refuses every connection."""

UNKNOWN = "http://no-such-host.invalid/g1.dat"
"""A host that no name server knows (RFC 6761)."""


def use_hosts(monkeypatch: pytest.MonkeyPatch, *urls: str, probe_seconds: float = PATIENCE) -> None:
    """Download genuine points from these hosts alone, and accept no others than G1.

    probe_seconds: in place of the two seconds, which a busy machine may need for an answer.
    """
    shipped = CrsPins.shipped
    pins = CrsPins(TrustedSetup.GENUINE, bytes(128), (hashlib.sha256(G1).hexdigest(),))
    monkeypatch.setattr("tee_rex.crs.sources.AZTEC_CRS_URLS", urls)
    monkeypatch.setattr("tee_rex.crs.sources.PROBE_SECONDS", probe_seconds)
    monkeypatch.setattr(
        CrsPins, "shipped", lambda setup: pins if setup is TrustedSetup.GENUINE else shipped(setup)
    )
