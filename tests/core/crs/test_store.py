from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.altered import last_bit_changed
from support.errors import raises
from support.small_crs import CHUNK_BYTES, CHUNK_POINTS, CHUNKS, G1, PINS, chunk, file_names, file_size_limit
from tee_rex.crs.crs import MAX_POINTS, MIN_POINTS, ChunkPin, Crs, CrsPins
from tee_rex.crs.sources import LocalFile
from tee_rex.crs.store import CrsStore, WorkUnit
from tee_rex.errors import InputError
from tee_rex.errors.catalogue.crs import CRS_CHUNK_REFUSED, CRS_FILE_REFUSED, CRS_MISSING, CRS_TOO_SMALL
from tee_rex.errors.catalogue.files import DISK_FULL, DISK_NOT_WRITABLE
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup

ALL_POINTS = CHUNKS * CHUNK_POINTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "crs"


@pytest.fixture
def g1_file(tmp_path: Path) -> LocalFile:
    path = tmp_path / "g1.dat"
    path.write_bytes(G1)
    return LocalFile(path)


async def test_loads_exactly_the_points_asked_for(folder: Path, g1_file: LocalFile) -> None:
    store = CrsStore(folder, PINS, g1_file)
    for points in (CHUNK_POINTS, 2 * CHUNK_POINTS, ALL_POINTS):
        crs = await store.load(points)
        assert (crs.setup, crs.points, crs.g2) == (PINS.setup, points, PINS.g2)
        assert crs.g1 == G1[: points * 64]
        assert crs.g1.readonly


async def test_grows_by_what_is_missing_alone(folder: Path, g1_file: LocalFile) -> None:
    await CrsStore(folder, PINS, g1_file).load(CHUNK_POINTS)
    seen: list[TaskProgress] = []
    await CrsStore(folder, PINS, g1_file).load(2 * CHUNK_POINTS, seen.append)
    assert seen == [
        TaskProgress("crs.import", "Importing the CRS", done, CHUNK_BYTES, "bytes")
        for done in (0, CHUNK_BYTES)  # its size is told before it begins
    ]
    assert file_names(folder) == ["g1-00.dat", "g1-01.dat"]


async def test_complete_store_needs_neither_source_nor_lock(folder: Path, g1_file: LocalFile) -> None:
    await CrsStore(folder, PINS, g1_file).load(ALL_POINTS)
    (folder / "lock").unlink()
    assert (await CrsStore(folder, PINS).load(ALL_POINTS)).g1 == G1
    assert not (folder / "lock").exists()


def remove(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip_last_bit(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(last_bit_changed(content))


def swap_for_another_chunk(path: Path) -> None:
    path.write_bytes(chunk(0))


@pytest.mark.parametrize("damage", [remove, truncate, flip_last_bit, swap_for_another_chunk])
async def test_damaged_chunk_is_never_used_and_replaced(
    folder: Path, g1_file: LocalFile, damage: Callable[[Path], None]
) -> None:
    store = CrsStore(folder, PINS, g1_file)
    await store.load(ALL_POINTS)
    damage(folder / "g1-02.dat")
    assert await store.intact_chunks() == (True, True, False, True)
    with raises(CRS_MISSING):
        await CrsStore(folder, PINS).load(ALL_POINTS)
    assert (await store.load(ALL_POINTS)).g1 == G1
    assert await store.intact_chunks() == (True,) * CHUNKS
    assert file_names(folder) == [f"g1-{index:02}.dat" for index in range(CHUNKS)]


@given(content=st.binary(max_size=2 * CHUNK_BYTES))
def test_whatever_stands_in_a_chunks_place_is_not_used(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("crs")
    (folder / "g1-00.dat").write_bytes(content)
    with raises(CRS_MISSING):
        asyncio.run(CrsStore(folder, PINS).load(CHUNK_POINTS))


@given(position=st.integers(0, CHUNK_BYTES - 1), flip=st.integers(1, 255))
def test_every_changed_byte_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, position: int, flip: int
) -> None:
    folder = tmp_path_factory.mktemp("crs")
    content = bytearray(chunk(0))
    content[position] ^= flip
    (folder / "g1-00.dat").write_bytes(content)
    with raises(CRS_MISSING):
        asyncio.run(CrsStore(folder, PINS).load(CHUNK_POINTS))


class LyingSource:
    work_unit = WorkUnit("test", "test")

    async def fetch(self, chunk: ChunkPin, unfinished: Path, report: Callable[[int], None]) -> bytes:
        return bytes(chunk.length)


async def test_source_that_checks_nothing_is_found_out(folder: Path) -> None:
    with pytest.raises(RuntimeError, match="not checked"):
        await CrsStore(folder, PINS, LyingSource()).load(CHUNK_POINTS)
    assert await CrsStore(folder, PINS).intact_chunks() == (False,) * CHUNKS


async def test_two_tasks_fetch_each_chunk_once(folder: Path, g1_file: LocalFile) -> None:
    seen: list[TaskProgress] = []
    both = [CrsStore(folder, PINS, g1_file).load(ALL_POINTS, seen.append) for _ in range(2)]
    assert [crs.g1 for crs in await asyncio.gather(*both)] == [G1, G1]
    assert len(seen) == 1 + CHUNKS


async def test_more_points_than_are_pinned(folder: Path) -> None:
    with raises(CRS_TOO_SMALL) as caught:
        await CrsStore(folder, PINS).load(ALL_POINTS + CHUNK_POINTS)
    assert caught.value.code == "CRS_TOO_SMALL"
    assert file_names(folder) == []


@pytest.mark.parametrize("points", [-CHUNK_POINTS, 0, 1, CHUNK_POINTS + 1])
async def test_parts_of_chunks_cannot_be_asked_for(folder: Path, points: int) -> None:
    with pytest.raises(ValueError, match="chunks"):
        await CrsStore(folder, PINS).load(points)


async def test_folder_that_cannot_be_made(tmp_path: Path, g1_file: LocalFile) -> None:
    (tmp_path / "file").touch()
    with raises(DISK_NOT_WRITABLE):
        await CrsStore(tmp_path / "file" / "crs", PINS, g1_file).load(CHUNK_POINTS)


async def test_chunks_place_that_cannot_be_written_to(folder: Path, g1_file: LocalFile) -> None:
    (folder / "g1-00.dat").mkdir(parents=True)
    with raises(DISK_NOT_WRITABLE):
        await CrsStore(folder, PINS, g1_file).load(CHUNK_POINTS)


async def test_full_disk(folder: Path, g1_file: LocalFile) -> None:
    with file_size_limit(CHUNK_BYTES // 2), raises(DISK_FULL):
        await CrsStore(folder, PINS, g1_file).load(CHUNK_POINTS)
    assert (await CrsStore(folder, PINS, g1_file).load(CHUNK_POINTS)).g1 == chunk(0)


async def test_import_takes_the_whole_chunks_of_a_file(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "beginning.dat"
    path.write_bytes(G1[: 2 * CHUNK_BYTES + 1])
    file = LocalFile(path)
    assert file.points(PINS) == 2 * CHUNK_POINTS
    assert (await CrsStore(folder, PINS, file).load(2 * CHUNK_POINTS)).g1 == G1[: 2 * CHUNK_BYTES]
    path.write_bytes(G1 + G1)
    assert file.points(PINS) == ALL_POINTS


@pytest.mark.parametrize("content", [None, b"", G1[: CHUNK_BYTES - 1], bytes(CHUNK_BYTES), G1[1:]])
async def test_import_refuses_other_files(folder: Path, tmp_path: Path, content: bytes | None) -> None:
    file = LocalFile(tmp_path / "g1.dat")
    if content is not None:
        file.path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        await CrsStore(folder, PINS, file).load(file.points(PINS))
    assert refused.value.code == CRS_FILE_REFUSED.code
    assert await CrsStore(folder, PINS).intact_chunks() == (False,) * CHUNKS


@pytest.mark.parametrize(("setup", "points"), [("genuine", MAX_POINTS), ("development", 2**20)])
def test_shipped_pins_reach_as_far_as_they_should(setup: str, points: int) -> None:
    pins = CrsPins.shipped(TrustedSetup(setup))
    assert pins.max_points == points
    assert pins.chunks(MIN_POINTS) == (ChunkPin(0, 0, 8 << 20, pins.g1_chunks[0]),)
    assert len(pins.g2) == 128
    assert len(set(pins.g1_chunks)) == len(pins.g1_chunks)


def test_crs_of_inconsistent_lengths_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="lengths"):
        Crs(TrustedSetup.GENUINE, 2, memoryview(bytes(64)), bytes(128))


async def test_keeping_a_chunk_from_elsewhere(folder: Path) -> None:
    store = CrsStore(folder, PINS)
    first, second = store.pinned_chunks[:2]
    assert not store.stored(first)
    await store.keep(first, chunk(0))
    assert (store.stored(first), store.stored(second)) == (True, False)
    assert (await store.load(CHUNK_POINTS)).g1 == chunk(0)


@pytest.mark.parametrize("content", [b"", chunk(1), chunk(0)[:-1], chunk(0) + b"0", bytes(CHUNK_BYTES)])
async def test_other_points_are_not_kept(folder: Path, content: bytes) -> None:
    store = CrsStore(folder, PINS)
    with raises(CRS_CHUNK_REFUSED):
        await store.keep(store.pinned_chunks[0], content)
    assert file_names(folder) == []
    await store.keep(store.pinned_chunks[0], chunk(0))
    with raises(CRS_CHUNK_REFUSED):
        await store.keep(store.pinned_chunks[0], content)
    assert (await store.load(CHUNK_POINTS)).g1 == chunk(0)


async def test_points_of_the_package_are_read_where_they_are(folder: Path, g1_file: LocalFile) -> None:
    bundled = folder.with_name("package")
    await CrsStore(bundled, PINS, g1_file).load(CHUNK_POINTS)
    store = CrsStore(folder, PINS, bundled=bundled)
    assert (await store.load(CHUNK_POINTS)).g1 == G1[: CHUNK_POINTS * 64]
    assert [store.stored(chunk) for chunk in store.pinned_chunks] == [True, *[False] * (CHUNKS - 1)]
    assert not folder.exists()
    # What the package lacks is kept in the data folder, beside nothing else.
    await CrsStore(folder, PINS, g1_file, bundled=bundled).load(2 * CHUNK_POINTS)
    assert file_names(folder) == ["g1-01.dat"]
    (bundled / "g1-00.dat").write_bytes(b"damaged")
    with raises(CRS_MISSING):
        await store.load(CHUNK_POINTS)
