from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from aztec.digests import merged_archives, merged_pins
from aztec.registry import RecordedRegistry, archive_name, integrity_of, record_name
from aztec.sources import BbSources, FoundBb
from aztec.steps import DisagreementError
from support.small_bb import SmallSource, tar_gz
from tee_rex.bb.pins import PinnedFile
from tee_rex.system.platform import Platform
from tee_rex.transaction.versions import AztecVersion

VERSION = AztecVersion(5, 0, 0)
LINUX, MAC = Platform.AMD64_LINUX, Platform.ARM64_MACOS
BB = {LINUX: b"bb for Linux", MAC: b"bb for macOS"}
SHA256 = {platform: hashlib.sha256(content).hexdigest() for platform, content in BB.items()}
NPM = "npm: @aztec/bb.js 5.0.0"


def npm(platform: Platform) -> str:
    return f"{NPM} build/{platform}/bb"


def registry(folder: Path, bb: Mapping[Platform, bytes]) -> RecordedRegistry:
    archive = folder / archive_name("@aztec/bb.js", VERSION)
    archive.write_bytes(tar_gz({f"package/build/{platform}/bb": content for platform, content in bb.items()}))
    record = (
        f'{{"{VERSION}": {{"published": "2026-01-01T00:00:00Z", "integrity": "{integrity_of(archive)}"}}}}'
    )
    (folder / record_name("@aztec/bb.js")).write_text(record)
    return RecordedRegistry(folder, None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "fetched"
    folder.mkdir()
    return folder


async def test_every_place_is_asked_for_every_platform(tmp_path: Path, folder: Path) -> None:
    release = SmallSource(BB[LINUX])
    found = await BbSources(registry(tmp_path, BB), {"one/repository": release}).find(VERSION, folder)
    release_of = "release archive: one/repository v5.0.0 barretenberg"
    assert found.executables[LINUX] == {
        npm(LINUX): SHA256[LINUX],
        f"{release_of}-amd64-linux.tar.gz": SHA256[LINUX],
    }
    assert found.executables[MAC] == {
        npm(MAC): SHA256[MAC],
        f"{release_of}-arm64-darwin.tar.gz": SHA256[LINUX],
    }
    assert found.archives[LINUX].keys() == {f"{release_of}-amd64-linux.tar.gz"}
    assert found.file is not None
    assert found.file.read_bytes() == BB[LINUX]
    assert (found.repository, found.notes, release.asked) == ("one/repository", (), len(Platform))


async def test_a_place_that_cannot_be_reached_is_asked_once_and_noted(tmp_path: Path, folder: Path) -> None:
    release = SmallSource(failure="no network")
    found = await BbSources(registry(tmp_path, BB), {"one/repository": release}).find(VERSION, folder)
    assert (release.asked, found.repository) == (1, None)
    assert found.notes == (
        "release archive: one/repository v5.0.0 barretenberg-amd64-linux.tar.gz: no network.",
    )
    assert found.executables == {platform: {npm(platform): sha256} for platform, sha256 in SHA256.items()}


async def test_a_version_that_npm_lacks_comes_from_releases(tmp_path: Path, folder: Path) -> None:
    sources = BbSources(RecordedRegistry(tmp_path, None), {"a/b": SmallSource(BB[LINUX])})
    found = await sources.find(VERSION, folder)
    assert found.file is not None
    assert found.file.read_bytes() == BB[LINUX]
    assert found.notes == (f"{NPM}: no archive of @aztec/bb.js 5.0.0 is recorded",)


def found_bb(executables: Mapping[Platform, Mapping[str, str]]) -> FoundBb:
    return FoundBb(executables, {}, None, None, ("a note",))


def test_pins_name_every_place_that_gave_them() -> None:
    pins, notes = merged_pins(found_bb({MAC: {NPM: "a"}, LINUX: {NPM: "b", "release": "b"}}), {})
    assert pins == {LINUX: PinnedFile("b", (NPM, "release")), MAC: PinnedFile("a", (NPM,))}
    assert list(pins) == [LINUX, MAC]
    assert notes == ["a note"]


def test_places_that_were_named_before_stay() -> None:
    old = {LINUX: PinnedFile("b", ("elsewhere", NPM)), MAC: PinnedFile("a", ("elsewhere",))}
    pins, _ = merged_pins(found_bb({LINUX: {NPM: "b", "release": "b"}}), old)
    assert pins == {LINUX: PinnedFile("b", ("elsewhere", NPM, "release")), MAC: old[MAC]}


def test_one_release_archive_alone_is_not_enough() -> None:
    pins, notes = merged_pins(found_bb({LINUX: {NPM: "b"}, MAC: {"release": "a"}}), {})
    assert pins.keys() == {LINUX}
    assert notes[1:] == ["arm64-macos is not pinned: only release has it"]
    pins, _ = merged_pins(found_bb({MAC: {"release": "a", "another": "a"}}), {})
    assert pins.keys() == {MAC}


def test_places_that_disagree_are_refused() -> None:
    with pytest.raises(DisagreementError) as caught:
        merged_pins(found_bb({LINUX: {NPM: "a", "release": "b"}}), {})
    assert caught.value.args[-1] == f"amd64-linux: {NPM} has a, release has b"


def test_a_pin_is_never_changed() -> None:
    with pytest.raises(DisagreementError, match=f"is pinned as a, but {NPM} has b"):
        merged_pins(found_bb({LINUX: {NPM: "b"}}), {LINUX: PinnedFile("a", ("here",))})


async def test_a_damaged_package_leaves_no_bb_to_try(tmp_path: Path, folder: Path) -> None:
    known = registry(tmp_path, BB)
    archive = tmp_path / archive_name("@aztec/bb.js", VERSION)
    archive.write_bytes(gzip.compress(gzip.decompress(archive.read_bytes())[: 512 + 4]))
    record = (
        f'{{"{VERSION}": {{"published": "2026-01-01T00:00:00Z", "integrity": "{integrity_of(archive)}"}}}}'
    )
    (tmp_path / record_name("@aztec/bb.js")).write_text(record)
    found = await BbSources(known, {}).find(VERSION, folder)
    assert (found.file, found.executables) == (None, {})
    assert found.notes == (f"{NPM}: unexpected end of archive",)


def test_archives_that_people_pinned_are_compared() -> None:
    found = FoundBb({}, {LINUX: {"release": "a"}, MAC: {"release": "b"}}, None, None, ())
    assert merged_archives(found, {}) == {}
    assert merged_archives(found, {LINUX: PinnedFile("a", ("people",))}) == {
        LINUX: PinnedFile("a", ("people", "release"))
    }
    with pytest.raises(DisagreementError, match="is pinned as c, but release has a"):
        merged_archives(found, {LINUX: PinnedFile("c", ("people",))})
