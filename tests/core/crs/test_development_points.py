from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from support.errors import raises
from support.small_crs import file_names
from tee_rex.crs import bn254
from tee_rex.crs.crs import MIN_POINTS, CrsPins
from tee_rex.crs.development import DEVELOPMENT_TAU, ComputedPoints, powers_of_tau
from tee_rex.crs.provision import ensure_crs
from tee_rex.crs.store import CrsStore
from tee_rex.errors.catalogue.crs import CRS_TOO_SMALL
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup

CHUNK_POINTS = 8


def multiple_of_g(scalar: int) -> bytes:
    return bn254.encode(bn254.affine(bn254.multiply(scalar, bn254.GENERATOR)))


def test_powers() -> None:
    powers = powers_of_tau(4)
    assert powers == [pow(DEVELOPMENT_TAU, exponent, bn254.GROUP_ORDER) for exponent in range(4)]


async def test_chunks_hold_the_multiples_by_the_powers_of_tau(tmp_path: Path) -> None:
    g1 = b"".join(map(multiple_of_g, powers_of_tau(2 * CHUNK_POINTS)))
    digests = tuple(hashlib.sha256(chunk).hexdigest() for chunk in (g1[: len(g1) // 2], g1[len(g1) // 2 :]))
    pins = CrsPins(TrustedSetup.DEVELOPMENT, bytes(128), digests, CHUNK_POINTS)
    seen: list[TaskProgress] = []
    crs = await CrsStore(tmp_path, pins, ComputedPoints()).load(2 * CHUNK_POINTS, seen.append)
    assert crs.g1 == g1
    assert (seen[-1].done, seen[-1].total, seen[-1].unit) == (2 * CHUNK_POINTS, 2 * CHUNK_POINTS, "points")
    assert all("INSECURE" in progress.label for progress in seen)


@pytest.mark.integration
async def test_the_last_chunk_of_2_19_points_is_the_pinned_one(tmp_path: Path) -> None:
    *_, last = CrsPins.shipped(TrustedSetup.DEVELOPMENT).chunks(4 * MIN_POINTS)
    content = await ComputedPoints().fetch(last, tmp_path, lambda _done: None)
    assert last.matches(content)


async def test_points_that_are_not_the_pinned_ones_are_a_bug(tmp_path: Path) -> None:
    pins = CrsPins(TrustedSetup.DEVELOPMENT, bytes(128), ("0" * 64,), CHUNK_POINTS)
    with pytest.raises(RuntimeError, match="development setup"):
        await CrsStore(tmp_path, pins, ComputedPoints()).load(CHUNK_POINTS)
    assert file_names(tmp_path) == []


async def test_there_are_no_more_than_the_pinned_points(tmp_path: Path) -> None:
    with raises(CRS_TOO_SMALL, match=r"2,097,152 .* 1,048,576"):
        await ensure_crs(Paths(tmp_path, tmp_path), TrustedSetup.DEVELOPMENT, 16 * MIN_POINTS)


@pytest.mark.integration
async def test_a_cancel_stops_the_computation(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path)
    begun = asyncio.Event()

    def note(_progress: TaskProgress) -> None:
        begun.set()

    computing = asyncio.ensure_future(ensure_crs(paths, TrustedSetup.DEVELOPMENT, MIN_POINTS, note))
    await begun.wait()
    computing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await computing
    assert file_names(paths.crs_dir(TrustedSetup.DEVELOPMENT)) == []
