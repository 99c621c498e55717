from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from release.feed import VALID, Feed, FeedError, NewFile
from support.update_feed import PLATFORM, TestFeed, new_keys
from tee_rex.updates.releases import FOLDER, MAX_NOTES, Description

NOW = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def feed(tmp_path: Path) -> TestFeed:
    feed = TestFeed(tmp_path / "feed", now=lambda: NOW)
    feed.begin()
    return feed


def offered(feed: Feed) -> dict[str, bool]:
    targets = feed.targets
    assert targets is not None
    return {
        one.custom["version"]: one.custom.get("promoted", False) for one in targets.signed.targets.values()
    }


def test_the_roles_are_as_designed(feed: TestFeed) -> None:
    root = feed.feed.root
    assert root is not None
    keys = {role: (len(of.keyids), of.threshold) for role, of in root.signed.roles.items()}
    assert keys == {"root": (3, 2), "targets": (2, 2), "snapshot": (1, 1), "timestamp": (1, 1)}
    days = {role: valid.days for role, valid in VALID.items()}
    assert days == {"root": 365, "targets": 90, "snapshot": 30, "timestamp": 7}
    assert root.signed.expires == NOW + timedelta(days=365)
    assert len(root.signed.keys) == 7


def test_no_key_has_two_roles(tmp_path: Path) -> None:
    keys = {role: [one.public_key for one in signers] for role, signers in new_keys().items()}
    with pytest.raises(FeedError, match="keys of its own"):
        Feed(tmp_path).begin({**keys, "timestamp": keys["snapshot"]})
    with pytest.raises(FeedError, match="root needs 3 keys"):
        Feed(tmp_path).begin({**keys, "root": keys["root"][:2]})


def test_nothing_is_published_without_its_signatures(feed: TestFeed) -> None:
    feed.feed.renew("targets")
    online = feed.keys["snapshot"][0], feed.keys["timestamp"][0]
    for have in (0, 1):
        with pytest.raises(FeedError, match=f"targets has {have} of 2 signatures"):
            feed.feed.publish(*online)
        feed.feed.sign(feed.keys["targets"][have])
    feed.feed.publish(*online)
    assert feed.feed.staged() == {}


def test_what_is_changed_after_it_was_signed_has_to_be_signed_again(feed: TestFeed, tmp_path: Path) -> None:
    feed.feed.renew("targets")
    feed.feed.sign(feed.keys["targets"][0])
    (tmp_path / "file").write_bytes(b"content")
    feed.feed.add([NewFile("0.1.0/file", tmp_path / "file", Description("0.1.0", FOLDER, PLATFORM))])
    (result,) = feed.feed.signatures()["targets"]
    assert result.signed == {}


def test_what_was_shown_is_signed_whatever_is_staged_by_then(feed: TestFeed, tmp_path: Path) -> None:
    feed.feed.renew("targets")
    shown = feed.feed.staged()
    (tmp_path / "file").write_bytes(b"content")
    feed.feed.add([NewFile("0.1.0/file", tmp_path / "file", Description("0.1.0", FOLDER, PLATFORM))])
    signer = feed.keys["targets"][0]
    feed.feed.sign(signer, shown)
    signed = feed.feed.staged()["targets"]
    assert signer.public_key.keyid in signed.signatures
    assert "0.1.0/file" not in signed.signed.targets


def test_a_key_signs_only_what_is_its_own(feed: TestFeed) -> None:
    feed.feed.renew("targets")
    for signer in (*feed.keys["root"], feed.keys["snapshot"][0], CryptoSigner.generate_ed25519()):
        with pytest.raises(FeedError, match="nothing is staged that this key may sign"):
            feed.feed.sign(signer)


def test_a_root_with_another_key_under_a_holders_id_is_not_signed(feed: TestFeed) -> None:
    feed.feed.renew("root")
    staged = feed.folder / "staged" / "root.json"
    root = json.loads(staged.read_bytes())
    for keyid in root["signed"]["roles"]["targets"]["keyids"]:
        root["signed"]["keys"][keyid]["keyval"] = CryptoSigner.generate_ed25519().public_key.keyval
    staged.write_text(json.dumps(root))
    for act in (partial(feed.feed.differences, "root"), partial(feed.feed.sign, feed.keys["root"][0])):
        with pytest.raises(FeedError, match="another key under the id"):
            act()


def test_online_keys_have_to_be_the_right_ones(feed: TestFeed) -> None:
    snapshot, timestamp = feed.keys["snapshot"][0], feed.keys["timestamp"][0]
    with pytest.raises(FeedError, match="not the key of snapshot"):
        feed.feed.publish_timestamp(timestamp, snapshot)


def test_publishing_and_promoting_are_apart_and_rolling_back_moves_the_offer(feed: TestFeed) -> None:
    for version in ("0.1.0", "0.2.0"):
        feed.release(version)
    feed.release("0.3.0", promoted=False)
    assert offered(feed.feed) == {"0.1.0": True, "0.2.0": True, "0.3.0": False}
    with pytest.raises(FeedError, match=r"no release 0\.4\.0"):
        feed.feed.promote("0.4.0")
    with pytest.raises(FeedError, match=r"0\.3\.0 is not offered"):
        feed.feed.roll_back("0.3.0")
    with pytest.raises(FeedError, match=r"nothing newer than 0\.2\.0"):
        feed.feed.roll_back("0.2.0")
    feed.feed.roll_back("0.1.0")
    feed.publish()
    assert offered(feed.feed) == {"0.1.0": True, "0.2.0": False, "0.3.0": False}


def test_files_of_a_release_are_never_replaced(feed: TestFeed, tmp_path: Path) -> None:
    file = tmp_path / "file"
    described = Description("0.1.0", FOLDER, PLATFORM)
    file.write_bytes(b"content")
    feed.feed.add([NewFile("0.1.0/file", file, described)])
    feed.feed.add([NewFile("0.1.0/file", file, described)])  # again, after it was interrupted
    file.write_bytes(b"other")
    with pytest.raises(FeedError, match="published already, with other content"):
        feed.feed.add([NewFile("0.1.0/file", file, described)])


def test_nothing_is_staged_that_clients_would_not_take(
    feed: TestFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"content")
    long = Description("0.1.0", FOLDER, PLATFORM, changes="x" * (MAX_NOTES + 1))
    with pytest.raises(FeedError, match=r"clients would pass over 0\.1\.0/file: .*<= 4000"):
        feed.feed.add([NewFile("0.1.0/file", tmp_path / "file", long)])
    monkeypatch.setattr("release.feed.MAX_TARGETS_BYTES", 100)
    with pytest.raises(FeedError, match="clients take no more than 100"):
        feed.feed.add([NewFile("0.1.0/file", tmp_path / "file", Description("0.1.0", FOLDER, PLATFORM))])
    assert feed.feed.staged() == {}


def test_what_nobody_renews_is_told_in_time(feed: TestFeed) -> None:
    assert feed.feed.overdue() == {}
    ends = {
        1: {"timestamp"},
        16: {"timestamp", "snapshot"},
        70: {"timestamp", "snapshot", "targets"},
        306: {"timestamp", "snapshot", "targets", "root"},
    }
    for days, roles in ends.items():
        moment = NOW + timedelta(days=days, hours=1)
        assert set(replace(feed.feed, now=partial(lambda at: at, moment)).overdue()) == roles


def test_the_daily_run_renews_the_timestamp_and_the_snapshot_in_time(feed: TestFeed) -> None:
    online = feed.keys["snapshot"][0], feed.keys["timestamp"][0]
    replace(feed.feed, now=lambda: NOW + timedelta(days=2)).publish_timestamp(*online)
    assert feed.newest("snapshot") == 1
    later = replace(feed.feed, now=lambda: NOW + timedelta(days=20))
    later.publish_timestamp(*online)
    assert feed.newest("snapshot") == 2
    assert later.overdue() == {}


def test_an_interrupted_publication_is_repeated(feed: TestFeed) -> None:
    feed.release("0.1.0")
    folder = feed.folder / "metadata"
    staged = feed.folder / "staged" / "targets.json"
    newest = feed.newest("targets")
    staged.write_bytes((folder / f"{newest}.targets.json").read_bytes())
    (folder / f"{feed.newest('snapshot')}.snapshot.json").unlink()
    feed.publish()
    assert feed.newest("targets") == newest
    assert not staged.exists()


def test_damaged_metadata_is_told(feed: TestFeed) -> None:
    (feed.folder / "metadata" / "1.targets.json").write_bytes(b"{}")
    with pytest.raises(FeedError, match="damaged"):
        feed.feed.renew("targets")
