"""A CRS in memory, every byte of it checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from tee_rex.transaction.trusted_setup import TrustedSetup

POINT_BYTES = 64
G2_BYTES = 128

# 2^17 points are one 8 MiB chunk, the unit that digests are published for; no Aztec proof needs fewer.
MIN_POINTS = 2**17
# What bb's largest circuits need: 16 chunks, 128 MiB. More are published; none of them can be used.
MAX_POINTS = 2**21


@dataclass(frozen=True, slots=True)
class Crs:
    """What bb's ``SrsInitSrs`` takes; made only by a CrsStore, from chunks that match their pinned digests.

    g1: ``points`` times 64 bytes, read-only, the point tau^i * G at i * 64, x and y big-endian.
    g2: 128 bytes, tau times the generator of G2 (x.c0, x.c1, y.c0, y.c1, big-endian).
    """

    setup: TrustedSetup
    points: int
    g1: memoryview = field(repr=False)
    g2: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.g1) != self.points * POINT_BYTES or len(self.g2) != G2_BYTES:
            raise ValueError("lengths of points and buffers differ")
