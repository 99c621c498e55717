from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from support.errors import raises, raises_code
from support.patience import PATIENCE, SOON
from tee_rex.browser.origins import Origin
from tee_rex.browser.sites import MAX_FILE_BYTES, Site, SiteStore, readers_in
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue.browser import SITES_UNREADABLE
from tee_rex.errors.catalogue.files import DISK_NOT_WRITABLE
from tee_rex.transaction.request import ProvingMode

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = AT + timedelta(days=1)
SITE = Origin.parse("https://app.example")
OTHER = Origin.parse("https://other.example")
ENTRY = b'{"approved_at":"2026-03-01T12:00:00Z","readers":[%s],"last_used":null,"proofs":%s}'
FILE_OF_ONE = b'{"version":1,"sites":{"%s":' + ENTRY + b"}}"


@pytest.mark.parametrize(
    ("mode", "readers"),
    [
        (ProvingMode.LOCAL, ()),
        (ProvingMode.REMOTE, ("https://prover.example:8443/base",)),
        (ProvingMode.TEE, ()),
    ],
)
def test_only_the_operator_of_remote_mode_can_read(mode: ProvingMode, readers: tuple[str, ...]) -> None:
    assert readers_in(mode, "HTTPS://Prover.example:8443/base/") == readers


@pytest.fixture
def store(tmp_path: Path) -> SiteStore:
    return SiteStore.in_folder(tmp_path / "data")


async def test_a_site_is_approved_counted_and_revoked(store: SiteStore) -> None:
    assert store.read() == {}
    await store.approve(SITE, (), AT)
    await store.count_proof(SITE, LATER)
    await store.count_proof(SITE, LATER)
    assert store.read() == {SITE: Site(SITE, AT, (), LATER, 2)}
    assert await store.revoke(SITE)
    assert not await store.revoke(SITE)
    await store.count_proof(SITE, LATER)
    assert store.read() == {}


async def test_who_may_read_the_witness_adds_up(store: SiteStore) -> None:
    await store.approve(SITE, ("https://b.example",), AT)
    await store.count_proof(SITE, AT)
    await store.approve(SITE, ("https://a.example", "https://b.example"), LATER)
    assert store.read()[SITE] == Site(SITE, LATER, ("https://a.example", "https://b.example"), AT, 1)


async def test_many_at_once_lose_nothing(store: SiteStore) -> None:
    origins = [Origin.parse(f"https://{name}.example") for name in "abcdefgh"]
    await asyncio.gather(*(store.approve(origin, (), AT) for origin in origins))
    await asyncio.gather(*(store.count_proof(origins[0], AT) for _ in range(8)))
    assert set(store.read()) == set(origins)
    assert store.read()[origins[0]].proofs == 8


@pytest.mark.integration
def test_two_processes_lose_nothing(store: SiteStore) -> None:
    home = store.file.parent
    command = (str(Path(sys.executable).with_name("tee-rex")), "sites", "allow")
    both = [
        subprocess.Popen([*command, f"https://{name}.example"], env={**os.environ, "TEE_REX_HOME": str(home)})
        for name in "abcd"
    ]
    assert [process.wait(PATIENCE) for process in both] == [0] * 4
    assert len(store.read()) == 4


async def test_another_process_is_waited_for_and_waiting_can_be_cancelled(store: SiteStore) -> None:
    store.file.parent.mkdir()
    with FileLock(store.file.with_suffix(".lock")):
        approving = asyncio.create_task(store.approve(SITE, (), AT))
        revoking = asyncio.create_task(store.revoke(SITE))
        await asyncio.sleep(0.05)
        assert not store.file.exists()
        revoking.cancel()
        await asyncio.wait([revoking], timeout=SOON)
        assert revoking.cancelled()
    await asyncio.wait_for(approving, PATIENCE)
    assert SITE in store.read()


async def test_nothing_is_made_where_nothing_has_to_be_noted(store: SiteStore) -> None:
    await store.count_proof(SITE, AT)
    assert not await store.revoke(SITE)
    assert not store.file.parent.exists()
    await store.approve(SITE, (), AT)
    assert await store.revoke(SITE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"version":2,"sites":{}}',
        FILE_OF_ONE % (b"https://App.example", b"", b"0"),
        FILE_OF_ONE % (b"https://app.example:443", b"", b"0"),
        FILE_OF_ONE % (b"null", b"", b"0"),
        FILE_OF_ONE % (b"https://app.example", b'"b","a"', b"0"),
        FILE_OF_ONE % (b"https://app.example", b'"a","a"', b"0"),
        FILE_OF_ONE % (b"https://app.example", b"1", b"0"),
        FILE_OF_ONE % (b"https://app.example", b"", b"-1"),
        (FILE_OF_ONE % (b"https://app.example", b"", b"0")).replace(b"12:00:00Z", b"12:00:00"),
        b'{"version":1,"sites":{}}' + b" " * MAX_FILE_BYTES,
        b"\xff",
    ],
    ids=range(14),
)
async def test_a_damaged_file_is_said_and_kept(store: SiteStore, content: bytes) -> None:
    store.file.parent.mkdir()
    store.file.write_bytes(content)
    changes: list[Callable[[], object]] = [
        store.read,
        lambda: asyncio.run(store.approve(SITE, (), AT)),
        lambda: asyncio.run(store.revoke(SITE)),
        lambda: asyncio.run(store.count_proof(SITE, AT)),
    ]
    for change in changes:
        with raises_code(SITES_UNREADABLE) as unreadable:
            await asyncio.to_thread(change)
        assert str(store.file) in unreadable.value.hint
    assert store.file.read_bytes() == content


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=200)
def test_whatever_the_file_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store = SiteStore(tmp_path_factory.getbasetemp() / "any-sites.json")
    store.file.write_bytes(content)
    with suppress(UnusableEnvironmentError):
        assert store.read() == {}


async def test_nothing_half_written_is_left_when_the_disk_refuses(
    store: SiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.approve(SITE, (), AT)
    before = store.file.read_bytes()

    def refuse(_descriptor: int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.fsync", refuse)
    with raises(DISK_NOT_WRITABLE):
        await store.approve(OTHER, (), AT)
    assert store.file.read_bytes() == before
    assert {file.name for file in store.file.parent.iterdir()} <= {"sites.json", "sites.lock"}


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files: POSIX")
async def test_the_file_is_for_its_owner_alone(store: SiteStore) -> None:
    await store.approve(SITE, (), AT)
    assert store.file.stat().st_mode & 0o777 == 0o600
