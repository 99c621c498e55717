from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from support.errors import raises
from support.patience import PATIENCE
from support.range_server import Fault, RangeServer, range_server
from support.small_crs import CHUNK_BYTES, CHUNK_POINTS, CHUNKS, G1, PINS, chunk, file_names, file_size_limit
from tee_rex.crs.sources import AZTEC_CRS_URLS, HttpDownload
from tee_rex.crs.store import CrsStore
from tee_rex.errors import ErrorKind, UnusableEnvironmentError
from tee_rex.errors.catalogue.crs import CRS_DOWNLOAD_FAILED, CRS_REFUSED
from tee_rex.errors.catalogue.files import DISK_FULL
from tee_rex.system.progress import TaskProgress

pytestmark = pytest.mark.integration

ALL_POINTS = CHUNKS * CHUNK_POINTS
HALF = CHUNK_BYTES // 2
LEAVES_SOMETHING = (Fault.HALF, Fault.HALF_THEN_SILENCE, Fault.DRIP)
UNREACHABLE = "http://127.0.0.1:1/g1.dat"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "crs"


def store_of(
    folder: Path, *servers: RangeServer | str, stall: float = PATIENCE, whole: float = PATIENCE
) -> CrsStore:
    urls = tuple(server if isinstance(server, str) else server.url for server in servers)
    return CrsStore(folder, PINS, HttpDownload(urls, stall_seconds=stall, chunk_seconds=whole))


async def test_fetches_whole_chunks_and_only_what_is_missing(folder: Path) -> None:
    async with range_server(G1) as server:
        assert (await store_of(folder, server).load(CHUNK_POINTS)).g1 == chunk(0)
        seen: list[TaskProgress] = []
        assert (await store_of(folder, server).load(ALL_POINTS, seen.append)).g1 == G1
        (folder / "g1-01.dat").write_bytes(b"damaged")
        assert (await store_of(folder, server).load(ALL_POINTS)).g1 == G1
    assert [first // CHUNK_BYTES for first, _ in server.ranges] == [0, 1, 2, 3, 1]
    assert all(last - first == CHUNK_BYTES - 1 for first, last in server.ranges)
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert (seen[-1].done, seen[-1].total) == (3 * CHUNK_BYTES, 3 * CHUNK_BYTES)


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (Fault.NOT_FOUND, CRS_DOWNLOAD_FAILED, "404"),
        (Fault.NO_ANSWER, CRS_DOWNLOAD_FAILED, "disconnected"),
        (Fault.WHOLE_FILE, CRS_DOWNLOAD_FAILED, "200 to a range request"),
        (Fault.OTHER_RANGE, CRS_DOWNLOAD_FAILED, "different range"),
        (Fault.OTHER_BYTES, CRS_REFUSED, "different bytes"),
        (Fault.HALF, CRS_DOWNLOAD_FAILED, "peer closed"),
        (Fault.HALF_THEN_SILENCE, CRS_DOWNLOAD_FAILED, "silent"),
        (Fault.DRIP, CRS_DOWNLOAD_FAILED, "timed out"),
        (Fault.REDIRECT_TO_ITSELF, CRS_DOWNLOAD_FAILED, "redirects"),
    ],
)
async def test_bad_host_is_given_up_and_the_next_one_asked(
    folder: Path, fault: Fault, error: ErrorKind[UnusableEnvironmentError], reason: str
) -> None:
    # Short ones where they are what ends it; a busy machine may take long for all else.
    stall = 0.2 if fault is Fault.HALF_THEN_SILENCE else PATIENCE
    whole = 0.5 if fault is Fault.DRIP else PATIENCE
    async with range_server(G1, fault, forever=True) as bad, range_server(G1) as good:
        with raises(error, match=f"127.0.0.1: .*{reason}") as caught:
            await store_of(folder, bad, stall=stall, whole=whole).load(CHUNK_POINTS)
        assert caught.value.hint
        assert file_names(folder) == (["g1-00.unfinished"] if fault in LEAVES_SOMETHING else [])
        assert len(bad.ranges) <= 5
        crs = await store_of(folder, bad, good, stall=10 * stall, whole=10 * whole).load(CHUNK_POINTS)
    assert crs.g1 == chunk(0)
    assert file_names(folder) == ["g1-00.dat"]


async def test_no_network(folder: Path) -> None:
    with raises(CRS_DOWNLOAD_FAILED, match="connection"):
        await store_of(folder, UNREACHABLE).load(CHUNK_POINTS)
    assert file_names(folder) == []


async def test_broken_answer_is_continued_where_it_stopped(folder: Path) -> None:
    async with range_server(G1, Fault.HALF, Fault.HALF) as server:
        assert (await store_of(folder, server).load(CHUNK_POINTS)).g1 == chunk(0)
    assert [first for first, _ in server.ranges] == [0, HALF, HALF + HALF // 2]


async def test_another_host_and_another_run_continue_too(folder: Path) -> None:
    async with range_server(G1, Fault.HALF, Fault.NOT_FOUND) as first, range_server(G1) as second:
        with raises(CRS_DOWNLOAD_FAILED):
            await store_of(folder, first).load(CHUNK_POINTS)
        assert (await store_of(folder, UNREACHABLE, second).load(CHUNK_POINTS)).g1 == chunk(0)
    assert second.ranges == [(HALF, CHUNK_BYTES - 1)]


def write_unfinished(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "g1-00.unfinished").write_bytes(content)


@pytest.mark.parametrize(
    ("left_over", "starts"),
    [
        (chunk(0)[:7], [7]),
        (chunk(0), []),
        (b"bad", [3, 0]),
        (bytes(CHUNK_BYTES), [0]),
        (chunk(0) + b"more", [0]),
    ],
    ids=["beginning", "whole", "wrong beginning", "whole and wrong", "longer than the chunk"],
)
async def test_what_an_earlier_run_left_is_checked(
    folder: Path, left_over: bytes, starts: Sequence[int]
) -> None:
    write_unfinished(folder, left_over)
    async with range_server(G1) as server:
        assert (await store_of(folder, server).load(CHUNK_POINTS)).g1 == chunk(0)
    assert [first for first, _ in server.ranges] == starts
    assert file_names(folder) == ["g1-00.dat"]


async def test_wrong_bytes_are_thrown_away(folder: Path) -> None:
    async with range_server(G1, Fault.OTHER_BYTES, forever=True) as server:
        with raises(CRS_REFUSED):
            await store_of(folder, server, UNREACHABLE).load(CHUNK_POINTS)
    assert len(server.ranges) == 1
    assert file_names(folder) == []


async def test_more_bytes_than_asked_for_are_not_taken(folder: Path) -> None:
    async with range_server(G1, Fault.MORE_BYTES) as server:
        assert (await store_of(folder, server).load(CHUNK_POINTS)).g1 == chunk(0)


async def test_cancel_frees_the_lock_and_keeps_what_has_arrived(folder: Path) -> None:
    async with range_server(G1, Fault.HALF_THEN_SILENCE) as server:
        arrived = asyncio.Event()

        def listen(progress: TaskProgress) -> None:
            if progress.done >= HALF:
                arrived.set()

        loading = asyncio.ensure_future(store_of(folder, server).load(CHUNK_POINTS, listen))
        await arrived.wait()
        loading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loading
        assert file_names(folder) == ["g1-00.unfinished"]
        assert (await store_of(folder, server).load(CHUNK_POINTS)).g1 == chunk(0)
    assert server.ranges[1:] == [(HALF, CHUNK_BYTES - 1)]


LOAD_IN_ANOTHER_PROCESS = """
import asyncio, sys
from pathlib import Path
from support.small_crs import G1, PINS
from tee_rex.crs.sources import HttpDownload
from tee_rex.crs.store import CrsStore
store = CrsStore(Path(sys.argv[1]), PINS, HttpDownload((sys.argv[2],)))
assert asyncio.run(store.load(PINS.max_points)).g1 == G1
"""


async def load_in_another_process(folder: Path, server: RangeServer) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        LOAD_IN_ANOTHER_PROCESS,
        folder,
        server.url,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )


async def test_two_processes_fetch_each_chunk_once(folder: Path) -> None:
    async with range_server(G1) as server:
        processes = [await load_in_another_process(folder, server) for _ in range(2)]
        assert [await process.wait() for process in processes] == [0, 0]
    assert [first // CHUNK_BYTES for first, _ in server.ranges] == list(range(CHUNKS))


async def test_killed_process_leaves_a_usable_store(folder: Path) -> None:
    async with range_server(G1, Fault.HALF_THEN_SILENCE) as server:
        process = await load_in_another_process(folder, server)
        try:
            await server.half_sent.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        assert (await store_of(folder, server).load(ALL_POINTS)).g1 == G1


async def test_full_disk(folder: Path) -> None:
    async with range_server(G1) as server:
        with file_size_limit(HALF), raises(DISK_FULL):
            await store_of(folder, server).load(CHUNK_POINTS)
        assert (await store_of(folder, server).load(CHUNK_POINTS)).g1 == chunk(0)


def test_aztec_hosts_are_asked_by_https() -> None:
    assert HttpDownload().urls == AZTEC_CRS_URLS
    assert len(AZTEC_CRS_URLS) == 2
    assert all(url.startswith("https://") for url in AZTEC_CRS_URLS)
