from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from support.errors import raises
from support.patience import PATIENCE
from support.small_bb import CONTENT, DEVELOPMENT_CONTENT, PINS, SHA256, VERSION, SmallSource, pins_of
from tee_rex.bb.store import BbStore
from tee_rex.errors import ErrorKind, TeeRexError
from tee_rex.errors.catalogue.bb import BB_DOWNLOAD_FAILED
from tee_rex.errors.catalogue.files import CHANGEABLE_BY_OTHERS, DISK_FULL, DISK_NOT_WRITABLE
from tee_rex.errors.tree import BbCorruptError, BbMissingError, BbNotPinnedError, BbUnavailableHereError
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

GENUINE, DEVELOPMENT = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(data=tmp_path / "data", config=tmp_path / "config")


def _store(paths: Paths, *sources: SmallSource) -> BbStore:
    return BbStore(paths, PINS, Platform.AMD64_LINUX, sources)


def _files(paths: Paths) -> set[str]:
    """All files below the data folder but the locks, which stay."""
    found = (path for path in paths.data.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(paths.data)) for path in found}


@pytest.fixture
def installed(paths: Paths) -> Path:
    path = _store(paths).path_of(VERSION, GENUINE)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    path.chmod(0o755)
    return path


async def test_what_is_installed_is_found(paths: Paths, installed: Path) -> None:
    found = await _store(paths).find(VERSION, GENUINE)
    assert (found.version, found.setup, found.path, found.sha256) == (VERSION, GENUINE, installed, SHA256)


async def test_what_is_missing_says_how_to_install_it(paths: Paths) -> None:
    with pytest.raises(BbMissingError) as caught:
        await _store(paths).find(VERSION, GENUINE)
    assert caught.value.hint == "Run: tee-rex bb install 4.1.2"


def _change(path: Path) -> None:
    path.write_bytes(CONTENT + b" ")


def _take_permission(path: Path) -> None:
    path.chmod(0o644)


def _make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_change, "does not have the SHA-256"),
        (_take_permission, "not executable"),
        (_make_folder, "cannot be read"),
    ],
)
async def test_it_is_checked_every_time(
    damage: Callable[[Path], None], message: str, paths: Paths, installed: Path
) -> None:
    await _store(paths).find(VERSION, GENUINE)
    damage(installed)
    with pytest.raises(BbCorruptError, match=message):
        await _store(paths).find(VERSION, GENUINE)


async def test_a_bb_of_the_users_own_must_be_the_pinned_one(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "bb"
    with pytest.raises(BbMissingError) as caught:
        await _store(paths).find(VERSION, GENUINE, Path("bb"))
    assert "BB_BINARY_PATH" in caught.value.hint
    own.write_bytes(CONTENT)
    own.chmod(0o755)
    assert (await _store(paths).find(VERSION, GENUINE, Path("bb"))).path == own
    with pytest.raises(BbNotPinnedError):
        await _store(paths).find(VERSION, DEVELOPMENT, own)


async def test_versions_and_platforms_without_pins_are_refused(paths: Paths, installed: Path) -> None:
    source = SmallSource()
    with pytest.raises(BbNotPinnedError):
        await _store(paths, source).install(AztecVersion(4, 2, 4))
    with pytest.raises(BbUnavailableHereError):
        await BbStore(paths, PINS, Platform.ARM64_MACOS, [source]).find(VERSION, GENUINE)
    assert source.asked == 0


def test_listing_passes_over_what_is_no_version(paths: Paths) -> None:
    store = _store(paths)
    assert store.installed(GENUINE) == []
    for name in ("10.0.0", "9.0.0", "9.0.0-rc.1", ".4.1.2.tmp-abc", "latest"):
        (paths.bb_dir(GENUINE) / name).mkdir(parents=True)
        (paths.bb_dir(GENUINE) / name / "bb").touch()
    (paths.bb_dir(GENUINE) / "3.0.0").mkdir()
    assert [str(version) for version in store.installed(GENUINE)] == ["9.0.0-rc.1", "9.0.0", "10.0.0"]
    assert store.installed(DEVELOPMENT) == []


async def test_installing(paths: Paths) -> None:
    reports: list[TaskProgress] = []
    source = SmallSource()
    bb = await _store(paths, source).install(VERSION, reports.append)
    assert bb == await _store(paths).find(VERSION, GENUINE)
    assert bb.path.read_bytes() == CONTENT
    assert bb.path.stat().st_mode & 0o777 == 0o755
    assert _files(paths) == {"genuine/bb/4.1.2/bb"}
    assert reports[0].done < (reports[-1].total or 0) == reports[-1].done
    await _store(paths, source).install(VERSION)
    assert source.asked == 1


async def test_nothing_is_downloaded_into_a_folder_that_others_can_change(paths: Paths) -> None:
    source = SmallSource()
    paths.data.mkdir()
    paths.data.chmod(0o777)
    with raises(CHANGEABLE_BY_OTHERS):
        await _store(paths, source).install(VERSION)
    assert source.asked == 0


@pytest.mark.parametrize("damage", [_change, _take_permission])
async def test_a_damaged_bb_is_replaced(
    damage: Callable[[Path], None], paths: Paths, installed: Path
) -> None:
    damage(installed)
    await _store(paths, SmallSource()).install(VERSION)
    await _store(paths).find(VERSION, GENUINE)


async def test_the_next_source_helps_out(paths: Paths) -> None:
    first, second, third = SmallSource(failure="no network"), SmallSource(content=b"other"), SmallSource()
    await _store(paths, first, second, third).install(VERSION)
    assert (first.asked, second.asked, third.asked) == (1, 1, 1)


async def test_when_all_sources_fail_each_cause_is_named(paths: Paths) -> None:
    sources = SmallSource(failure="no network", name="first"), SmallSource(content=b"other", name="second")
    with raises(BB_DOWNLOAD_FAILED) as caught:
        await _store(paths, *sources).install(VERSION)
    causes = "first: no network. second: The downloaded bb does not have the pinned SHA-256."
    assert causes in caught.value.message
    assert _files(paths) == set()


async def test_two_installations_at_once_download_once(paths: Paths) -> None:
    source = SmallSource()
    results = await asyncio.gather(*(_store(paths, source).install(VERSION) for _ in range(4)))
    assert source.asked == 1
    assert len(set(results)) == 1


async def test_cancelling_leaves_nothing_and_frees_the_lock(paths: Paths) -> None:
    source = SmallSource(pause=asyncio.Event())
    running = asyncio.ensure_future(_store(paths, source).install(VERSION))
    waiting = asyncio.ensure_future(_store(paths, source).install(VERSION))
    await source.started.wait()
    for task in (waiting, running):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert _files(paths) == set()
    await asyncio.wait_for(_store(paths, SmallSource()).install(VERSION), PATIENCE)


async def test_what_a_killed_installation_left_is_removed(paths: Paths) -> None:
    left_over = paths.bb_dir(GENUINE) / ".4.1.2.tmp-killed" / "0"
    other_version = paths.bb_dir(GENUINE) / ".4.1.2-rc.1.tmp-running"
    for folder in (left_over, other_version):
        folder.mkdir(parents=True)
        (folder / "bb.tar.gz").touch()
    await _store(paths, SmallSource()).install(VERSION)
    assert _files(paths) == {"genuine/bb/4.1.2/bb", "genuine/bb/.4.1.2-rc.1.tmp-running/bb.tar.gz"}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, DISK_FULL),
        (errno.EDQUOT, DISK_FULL),
        (errno.EROFS, DISK_NOT_WRITABLE),
        (errno.EACCES, DISK_NOT_WRITABLE),
        (errno.EIO, DISK_NOT_WRITABLE),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "mkdir", "chmod"])
async def test_what_the_disk_refuses(
    call: str, number: int, expected: ErrorKind[TeeRexError], paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as disk:
        disk.setattr(os, call, refuse)
        with raises(expected):
            await _store(paths, SmallSource()).install(VERSION)
    assert _files(paths) == set()


async def test_a_file_where_the_folder_should_be(paths: Paths) -> None:
    paths.data.write_bytes(b"")
    with raises(DISK_NOT_WRITABLE) as caught:
        await _store(paths, SmallSource()).install(VERSION)
    assert "TEE_REX_HOME" in caught.value.hint


async def test_adopting_the_development_copy(paths: Paths) -> None:
    store = _store(paths)
    with pytest.raises(BbNotPinnedError):
        await store.adopt(VERSION, DEVELOPMENT, CONTENT)
    assert _files(paths) == set()
    bb = await store.adopt(VERSION, DEVELOPMENT, DEVELOPMENT_CONTENT)
    assert bb == await store.find(VERSION, DEVELOPMENT)
    assert _files(paths) == {"development/bb/4.1.2/bb"}
    with pytest.raises(BbMissingError) as caught:
        await store.find(VERSION, GENUINE)
    assert "install" in caught.value.hint


async def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
async def test_receiving_what_is_pinned(paths: Paths, size: int) -> None:
    bb = await _store(paths).receive(VERSION, GENUINE, in_pieces(CONTENT, size))
    assert bb == await _store(paths).find(VERSION, GENUINE)
    assert _files(paths) == {"genuine/bb/4.1.2/bb"}


async def test_receiving_several_megabytes_in_order(paths: Paths) -> None:
    content = bytes(range(256)) * 20_000
    pins = pins_of(VERSION, {Platform.AMD64_LINUX: hashlib.sha256(content).hexdigest()})
    store = BbStore(paths, pins, Platform.AMD64_LINUX)
    bb = await store.receive(VERSION, GENUINE, in_pieces(content, 65_537))
    assert bb.path.read_bytes() == content


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"0", DEVELOPMENT_CONTENT])
async def test_receiving_anything_else_leaves_what_was_there(
    paths: Paths, installed: Path, content: bytes
) -> None:
    with pytest.raises(BbNotPinnedError):
        await _store(paths).receive(VERSION, GENUINE, in_pieces(content, 5))
    assert installed.read_bytes() == CONTENT
    assert _files(paths) == {"genuine/bb/4.1.2/bb"}


async def test_receiving_can_be_cancelled_and_can_break_off(paths: Paths) -> None:
    async def stalling() -> AsyncIterator[bytes]:
        yield CONTENT[:5]
        await asyncio.sleep(3600)

    task = asyncio.create_task(_store(paths).receive(VERSION, GENUINE, stalling()))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async def breaking_off() -> AsyncIterator[bytes]:
        yield CONTENT[:5]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await _store(paths).receive(VERSION, GENUINE, breaking_off())
    assert _files(paths) == set()


async def test_removing(paths: Paths, installed: Path) -> None:
    await _store(paths).remove(VERSION, GENUINE)
    assert _files(paths) == set()
    with pytest.raises(BbMissingError):
        await _store(paths).remove(VERSION, GENUINE)


@pytest.fixture
def with_bundle(paths: Paths, tmp_path: Path) -> Paths:
    """A machine whose package brings bb along in a folder that nobody may write to."""
    bundled = Paths(tmp_path / "package", tmp_path / "package")
    path = _store(bundled).path_of(VERSION, GENUINE)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    path.chmod(0o555)
    path.parent.chmod(0o555)
    return replace(paths, bundled=bundled)


async def test_a_bb_of_the_package_is_found_and_never_downloaded(with_bundle: Paths) -> None:
    source = SmallSource()
    store = _store(with_bundle, source)
    found = await store.install(VERSION)
    assert found.path.is_relative_to(with_bundle.bundled.data if with_bundle.bundled else "/")
    assert store.installed(GENUINE) == [VERSION]
    assert source.asked == 0
    assert _files(with_bundle) == set()


async def test_a_damaged_bb_is_replaced_by_the_packages_and_the_other_way_round(
    with_bundle: Paths, installed: Path
) -> None:
    store = _store(with_bundle, SmallSource())
    assert (await store.find(VERSION, GENUINE)).path == installed
    _change(installed)
    (bundled,) = {(await store.find(VERSION, GENUINE)).path} - {installed}
    bundled.chmod(0o755)
    _change(bundled)
    with pytest.raises(BbCorruptError, match=str(installed)):
        await store.find(VERSION, GENUINE)
    assert (await store.install(VERSION)).path == installed


async def test_the_bb_of_a_package_is_no_stand_in_for_a_named_file(with_bundle: Paths) -> None:
    with pytest.raises(BbMissingError):
        await _store(with_bundle).find(VERSION, GENUINE, Path("/nowhere/bb"))
