"""A CRS in memory, every byte of it checked, and the pinned digests that decide what a CRS is.

The pins are part of TEE-Rex and never read from beside the points.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from tee_rex.errors.catalogue.crs import CRS_TOO_SMALL
from tee_rex.system.files import resource
from tee_rex.system.untrusted import Sha256
from tee_rex.transaction.trusted_setup import TrustedSetup

POINT_BYTES = 64
G2_BYTES = 128

# 2^17 points are one 8 MiB chunk, the unit that digests are published for; no Aztec proof needs fewer.
MIN_LOG2_POINTS = 17
MIN_POINTS = 1 << MIN_LOG2_POINTS
# What bb's largest circuits need: 16 chunks, 128 MiB. More are published, but cannot be used.
MAX_POINTS = 2**21

_G2 = Annotated[str, msgspec.Meta(pattern=f"^[0-9a-f]{{{2 * G2_BYTES}}}$")]


class _SetupPins(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    g2: _G2
    g1_chunks: Annotated[tuple[Sha256, ...], msgspec.Meta(min_length=1)]


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


@dataclass(frozen=True, slots=True)
class ChunkPin:
    """One chunk of the points: bytes ``offset`` to ``offset + length`` of g1.dat, with this SHA-256."""

    index: int
    offset: int
    length: int
    sha256: str

    @property
    def place(self) -> slice:
        """The slice of g1.dat that it is."""
        return slice(self.offset, self.offset + self.length)

    def matches(self, content: bytes | bytearray | memoryview) -> bool:
        """Whether these bytes are the chunk. 8 MiB take about 5 ms; other threads run meanwhile."""
        return len(content) == self.length and hashlib.sha256(content).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class CrsPins:
    """A trusted setup: the digest of each chunk of points, and the point of G2 itself.

    The genuine digests are those of barretenberg's ``srs/factories/bn254_g1_chunk_hashes.hpp``; the genuine
    G2 is the one compiled into bb.
    """

    setup: TrustedSetup
    g2: bytes
    g1_chunks: tuple[str, ...]
    chunk_points: int = MIN_POINTS

    @classmethod
    def shipped(cls, setup: TrustedSetup) -> CrsPins:
        """The pins of this release (``resources/pins/crs.json``)."""
        file = msgspec.json.decode(
            resource("pins", "crs.json").read_bytes(), type=dict[TrustedSetup, _SetupPins]
        )
        return cls(setup, bytes.fromhex(file[setup].g2), file[setup].g1_chunks)

    @property
    def max_points(self) -> int:
        """The number of pinned points."""
        return len(self.g1_chunks) * self.chunk_points

    def chunks(self, points: int) -> tuple[ChunkPin, ...]:
        """The chunks that make up the first ``points`` points, a multiple of ``chunk_points``.

        Raises CRS_TOO_SMALL for more than are pinned.
        """
        if points > self.max_points:
            raise CRS_TOO_SMALL(wanted=points, setup=self.setup.value, available=self.max_points)
        count, rest = divmod(points, self.chunk_points)
        if rest or count < 1:
            raise ValueError(f"{points} points are not whole chunks of {self.chunk_points}")
        length = self.chunk_points * POINT_BYTES
        return tuple(
            ChunkPin(index, index * length, length, sha256)
            for index, sha256 in enumerate(self.g1_chunks[:count])
        )
