"""Attacks of TUF's specification (1.5.2) and others, against a real client and a real web server."""

from __future__ import annotations

import asyncio
import shutil
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Snapshot, Targets, Timestamp

from release.feed import FeedError
from support.errors import raises, raises_code
from support.http_files import QuietHandler, closed_port
from support.patience import PATIENCE, SOON
from support.small_disk import fill, small_disk
from support.update_feed import (
    Fault,
    Stage,
    TestFeed,
    broken_off,
    endless,
    failing,
    instead,
    redirecting,
    served,
    silent,
    slow,
    tampered,
    truncated,
)
from tee_rex.errors.catalogue import updates as errors
from tee_rex.errors.catalogue.files import DISK_FULL
from tee_rex.updates.metadata import UpdateMetadata


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def client(stage: Stage, cache: Path, **changes: float) -> UpdateMetadata:
    return UpdateMetadata(stage.source, cache, **changes)


async def versions(metadata: UpdateMetadata) -> list[str]:
    return sorted(one.description.version for one in (await metadata.files()).files)


async def known(stage: Stage, cache: Path) -> UpdateMetadata:
    """A client that has seen releases 0.1.0 and 0.2.0."""
    stage.feed.release("0.2.0")
    metadata = client(stage, cache)
    await metadata.refresh()
    assert await versions(metadata) == ["0.1.0", "0.2.0"]
    return metadata


# What an attacker on the network can do


@pytest.mark.parametrize(
    "fault",
    [tampered, truncated, instead(b"{}"), instead(b"[" * 100_000)],
    ids=["tampered", "truncated", "empty", "nested"],
)
@pytest.mark.parametrize("file", ["timestamp.json", ".snapshot.json", ".targets.json"])
async def test_altered_metadata_is_refused(stage: Stage, cache: Path, file: str, fault: Fault) -> None:
    stage.server.faults[file] = fault
    with raises_code(errors.UPDATE_REFUSED):
        await client(stage, cache).refresh()
    with raises(errors.UPDATE_NOT_FETCHED):
        await client(stage, cache).files()
    stage.server.faults.clear()
    await client(stage, cache).refresh()


async def test_a_login_page_is_no_metadata(stage: Stage, cache: Path) -> None:
    stage.server.faults["json"] = instead(b"<!DOCTYPE html><title>Welcome</title>")
    with raises_code(errors.UPDATE_REFUSED):
        await client(stage, cache).refresh()


async def test_an_endless_answer_ends_at_the_limit(stage: Stage, cache: Path) -> None:
    stage.server.faults["timestamp.json"] = endless
    with raises_code(errors.UPDATE_REFUSED, match=r"more than 16,384 bytes"):
        await client(stage, cache).refresh()


@pytest.mark.parametrize("fault", [slow, silent])
async def test_slow_answers_are_given_up(stage: Stage, cache: Path, fault: Fault) -> None:
    stage.server.faults["timestamp.json"] = fault
    with raises(errors.UPDATE_SOURCE_SLOW):
        await client(stage, cache, file_seconds=0.5).refresh()


@pytest.mark.parametrize("file", ["timestamp.json", ".targets.json"])
async def test_an_answer_that_breaks_off_is_not_used(stage: Stage, cache: Path, file: str) -> None:
    stage.server.faults[file] = broken_off
    with raises_code(errors.UPDATE_SOURCE_FAILED):
        await client(stage, cache).refresh()


@pytest.mark.parametrize(
    "fault", [failing(500), failing(403), redirecting("/other")], ids=["500", "403", "302"]
)
async def test_other_answers_are_told(stage: Stage, cache: Path, fault: Fault) -> None:
    stage.server.faults["timestamp.json"] = fault
    with raises(errors.UPDATE_SOURCE_FAILED):
        await client(stage, cache).refresh()


async def test_a_source_that_cannot_be_reached_leaves_what_is_known(stage: Stage, cache: Path) -> None:
    metadata = await known(stage, cache)
    with closed_port() as url:
        away = replace(metadata, source=replace(metadata.source, metadata_url=url))
        with raises_code(errors.UPDATE_SOURCE_FAILED):
            await away.refresh()
        assert await versions(away) == ["0.1.0", "0.2.0"]


async def test_old_metadata_is_a_rollback(stage: Stage, cache: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(stage.feed.folder, old)
    metadata = await known(stage, cache)
    with served(old) as server:
        behind = replace(metadata, source=replace(metadata.source, metadata_url=f"{server.url}/metadata"))
        with raises_code(errors.UPDATE_REFUSED, match="must be >="):
            await behind.refresh()
        assert await versions(behind) == ["0.1.0", "0.2.0"]


async def test_an_old_timestamp_in_front_of_new_metadata_is_a_rollback(stage: Stage, cache: Path) -> None:
    old = (stage.feed.folder / "metadata" / "timestamp.json").read_bytes()
    metadata = await known(stage, cache)
    stage.server.faults["timestamp.json"] = instead(old)
    with raises_code(errors.UPDATE_REFUSED, match="New timestamp version"):
        await metadata.refresh()


async def test_targets_of_another_snapshot_are_mixed_and_matched(stage: Stage, cache: Path) -> None:
    old = (stage.feed.folder / "metadata" / f"{stage.feed.newest('targets')}.targets.json").read_bytes()
    stage.feed.release("0.2.0")
    stage.server.faults[".targets.json"] = instead(old)
    with raises_code(errors.UPDATE_REFUSED, match="Expected targets v"):
        await client(stage, cache).refresh()


async def test_a_snapshot_of_another_timestamp_is_mixed_and_matched(stage: Stage, cache: Path) -> None:
    old = (stage.feed.folder / "metadata" / f"{stage.feed.newest('snapshot')}.snapshot.json").read_bytes()
    stage.feed.release("0.2.0")
    stage.server.faults[".snapshot.json"] = instead(old)
    with raises_code(errors.UPDATE_REFUSED, match="hash"):
        await client(stage, cache).refresh()


@pytest.mark.parametrize(
    ("days", "expired"), [(8, "timestamp"), (31, "timestamp"), (91, "timestamp"), (366, "root")]
)
async def test_a_feed_that_nobody_renews_is_a_freeze(
    tmp_path: Path, cache: Path, days: int, expired: str
) -> None:
    then = datetime.now(UTC) - timedelta(days=days)
    feed = TestFeed(tmp_path / "feed", now=lambda: then)
    feed.begin()
    with served(feed.folder) as server, raises(errors.UPDATE_EXPIRED, match=expired):
        await UpdateMetadata(feed.source(server.url), cache).refresh()


async def test_a_frozen_client_still_has_what_it_knew(stage: Stage, cache: Path) -> None:
    metadata = await known(stage, cache)
    frozen = TestFeed(stage.feed.folder, stage.feed.keys, now=lambda: datetime.now(UTC) - timedelta(days=8))
    frozen.feed.publish_timestamp(frozen.keys["snapshot"][0], frozen.keys["timestamp"][0])
    with raises(errors.UPDATE_EXPIRED):
        await metadata.refresh()
    assert await versions(metadata) == ["0.1.0", "0.2.0"]


# What a thief of keys can do


def forged_targets(feed: TestFeed, *signers: CryptoSigner) -> None:
    """Publish targets with a release of the thief's, by the online keys as well, which are stolen too."""
    published = feed.feed.targets
    assert published is not None
    version = published.signed.version + 1
    forged = Metadata(Targets(version, expires=datetime.now(UTC) + timedelta(days=9999)))
    for signer in signers:
        forged.sign(signer, append=True)
    write(feed, f"{version}.targets.json", forged)
    snapshot = Metadata(
        Snapshot(
            feed.newest("snapshot") + 1,
            expires=forged.signed.expires,
            meta={"targets.json": MetaFile(version)},
        )
    )
    snapshot.sign(feed.keys["snapshot"][0])
    write(feed, f"{snapshot.signed.version}.snapshot.json", snapshot)
    timestamp = Metadata(
        Timestamp(1000, expires=forged.signed.expires, snapshot_meta=MetaFile(snapshot.signed.version))
    )
    timestamp.sign(feed.keys["timestamp"][0])
    write(feed, "timestamp.json", timestamp)


def write(
    feed: TestFeed, name: str, metadata: Metadata[Targets] | Metadata[Snapshot] | Metadata[Timestamp]
) -> None:
    (feed.folder / "metadata" / name).write_bytes(metadata.to_bytes())


async def test_one_stolen_targets_key_signs_nothing(stage: Stage, cache: Path) -> None:
    forged_targets(stage.feed, stage.feed.keys["targets"][0])
    with raises_code(errors.UPDATE_REFUSED, match="1/2 keys"):
        await client(stage, cache).refresh()


async def test_the_same_key_twice_is_not_two_keys(stage: Stage, cache: Path) -> None:
    one = stage.feed.keys["targets"][0]
    forged_targets(stage.feed, one, one)
    with raises_code(errors.UPDATE_REFUSED, match="1/2 keys"):
        await client(stage, cache).refresh()


async def test_online_keys_and_root_keys_sign_no_targets(stage: Stage, cache: Path) -> None:
    keys = stage.feed.keys
    forged_targets(stage.feed, keys["targets"][0], keys["snapshot"][0], keys["timestamp"][0], *keys["root"])
    with raises_code(errors.UPDATE_REFUSED, match="1/2 keys"):
        await client(stage, cache).refresh()


async def test_one_stolen_root_key_replaces_no_root(stage: Stage, cache: Path) -> None:
    thief = CryptoSigner.generate_ed25519()
    feed = stage.feed.feed
    feed.rotate("targets", stage.feed.keys["targets"][0].public_key.keyid, thief.public_key)
    feed.sign(stage.feed.keys["root"][0])
    with pytest.raises(FeedError, match="root has 1 of 2 signatures"):
        feed.publish(stage.feed.keys["snapshot"][0], stage.feed.keys["timestamp"][0])
    staged = stage.feed.folder / "staged" / "root.json"
    shutil.copy(staged, stage.feed.folder / "metadata" / "2.root.json")
    with raises_code(errors.UPDATE_REFUSED, match="1/2 keys"):
        await client(stage, cache).refresh()


async def test_a_feed_with_other_keys_is_refused(stage: Stage, cache: Path, tmp_path: Path) -> None:
    other = with_other_keys(tmp_path)
    with served(other.folder) as server:
        source = replace(stage.source, metadata_url=f"{server.url}/metadata")
        with raises_code(errors.UPDATE_REFUSED, match="0/1 keys"):
            await UpdateMetadata(source, cache).refresh()


def with_other_keys(folder: Path) -> TestFeed:
    """A feed with a release of its own, whose keys no client knows."""
    feed = TestFeed(folder / "other")
    feed.begin()
    feed.release("9.0.0")
    return feed


# Keys that are rotated


@pytest.mark.parametrize("role", ["root", "targets", "snapshot", "timestamp"])
async def test_a_rotated_key_is_followed_and_the_old_one_is_worth_nothing(
    stage: Stage, cache: Path, role: str
) -> None:
    metadata = await known(stage, cache)
    lost, *kept = stage.feed.keys[role]
    new = CryptoSigner.generate_ed25519()
    stage.feed.feed.rotate(role, lost.public_key.keyid, new.public_key)
    stage.feed.keys[role] = (new, *kept)
    if role == "root":  # the present root's keys have to agree, of which one is lost
        stage.feed.keys[role] = (*kept, new)
    stage.feed.publish()
    await metadata.refresh()
    assert await versions(metadata) == ["0.1.0", "0.2.0"]
    await UpdateMetadata(metadata.source, cache.with_name("fresh")).refresh()
    if role == "targets":
        forged_targets(stage.feed, lost, *kept)
        with raises_code(errors.UPDATE_REFUSED, match="1/2 keys"):
            await metadata.refresh()


async def test_years_of_rotations_are_followed_at_once(stage: Stage, cache: Path) -> None:
    source = stage.source
    for _ in range(20):
        new = CryptoSigner.generate_ed25519()
        stage.feed.feed.rotate("timestamp", stage.feed.keys["timestamp"][0].public_key.keyid, new.public_key)
        stage.feed.keys["timestamp"] = (new,)
        stage.feed.publish()
    await UpdateMetadata(source, cache).refresh()
    assert len(list((cache / "root_history").iterdir())) == 21


# What is on this machine


async def test_a_cache_that_was_altered_is_not_believed(stage: Stage, cache: Path) -> None:
    metadata = await known(stage, cache)
    content = (cache / "targets.json").read_bytes()
    (cache / "targets.json").write_bytes(content.replace(b'"0.2.0"', b'"0.9.0"'))
    with raises_code(errors.UPDATE_REFUSED):
        await metadata.files()
    await metadata.refresh()
    assert await versions(metadata) == ["0.1.0", "0.2.0"]


async def test_the_builds_own_root_decides(stage: Stage, cache: Path, tmp_path: Path) -> None:
    other = with_other_keys(tmp_path)
    with served(other.folder) as server:
        await UpdateMetadata(other.source(server.url), cache).refresh()
        with raises_code(errors.UPDATE_REFUSED):
            await client(stage, cache).files()
        with raises_code(errors.UPDATE_REFUSED):
            source = replace(stage.source, metadata_url=f"{server.url}/metadata")
            await UpdateMetadata(source, cache).refresh()


@pytest.mark.parametrize("name", ["targets.json", "timestamp.json", "root_history/1.root.json"])
@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"[" * 10_000], ids=["empty", "not UTF-8", "nested"])
async def test_a_damaged_cache_is_fetched_again(stage: Stage, cache: Path, name: str, content: bytes) -> None:
    metadata = await known(stage, cache)
    (cache / name).write_bytes(content)
    await metadata.refresh()
    assert await versions(metadata) == ["0.1.0", "0.2.0"]


async def test_a_full_disk_is_told_and_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        metadata = await known(stage, disk / "cache")
        stage.feed.release("0.3.0")
        fill(disk)
        with raises(DISK_FULL):
            await metadata.refresh()
        assert await versions(metadata) == ["0.1.0", "0.2.0"]
        (disk / "filling").unlink()
        await metadata.refresh()
        assert await versions(metadata) == ["0.1.0", "0.2.0", "0.3.0"]
        assert not list((disk / "cache").glob("tmp*"))


async def test_cancelled_nothing_is_left_running(stage: Stage, cache: Path) -> None:
    asked = threading.Event()

    def answer_never(handler: QuietHandler, content: bytes) -> None:
        asked.set()
        silent(handler, content)

    stage.server.faults["timestamp.json"] = answer_never
    refreshing = asyncio.create_task(client(stage, cache).refresh())
    assert await asyncio.to_thread(asked.wait, PATIENCE)
    refreshing.cancel()
    async with asyncio.timeout(SOON):
        await asyncio.wait([refreshing])
    assert refreshing.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}
