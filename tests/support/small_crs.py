"""A CRS of a few small chunks with pins of its own, for tests of the store and its sources."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tee_rex.crs.crs import POINT_BYTES, CrsPins
from tee_rex.transaction.trusted_setup import TrustedSetup

CHUNK_POINTS = 16
CHUNK_BYTES = CHUNK_POINTS * POINT_BYTES
CHUNKS = 4
G1 = random.Random(1).randbytes(CHUNKS * CHUNK_BYTES)
PINS = CrsPins(
    TrustedSetup.GENUINE,
    bytes(range(128)),
    tuple(
        hashlib.sha256(G1[start : start + CHUNK_BYTES]).hexdigest()
        for start in range(0, len(G1), CHUNK_BYTES)
    ),
    CHUNK_POINTS,
)


@contextmanager
def file_size_limit(octets: int) -> Iterator[None]:
    """No file of this process can grow beyond ``octets``, as if the disk were full."""
    resource = pytest.importorskip("resource", reason="no such limits on Windows")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def file_names(folder: Path) -> list[str]:
    """What is in the store's folder, apart from its lock."""
    return sorted(path.name for path in folder.glob("*") if path.name != "lock")


def chunk(index: int) -> bytes:
    """The right content of one chunk."""
    return G1[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES]
