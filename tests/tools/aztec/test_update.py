from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from aztec.__main__ import RECORDED
from aztec.combine import CODE, DONE, PROVED, REFUSED, REPORT, UNPROVED
from aztec.digests import Bench, find, seen_once
from aztec.registry import NpmRegistry, RecordedRegistry, archive_name, integrity_of, record_name
from aztec.sources import BbSources
from aztec.steps import Status, Step, Steps, exit_code
from aztec.trial import recording
from aztec.update import encoded, update, verify, write_digests
from support.recorded_steps import V4, V5, V6
from support.small_bb import SmallSource, tar_gz
from tee_rex.bb.pins import DEVELOPMENT_PLATFORM, BbPins, PinnedFile, VersionPins
from tee_rex.bb.sources import BB_FILES, ArchiveSource, BbArchive
from tee_rex.npm.npm import Npm
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ByteCount
from tee_rex.transaction.versions import AztecVersion

ROOT = Path(__file__).parents[3]
VERSIONS = ROOT / "resources" / "versions"
PINS = BbPins.shipped()
SMALL = AztecVersion(5, 9, 0)
"""A version of a few bytes."""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A repository without versions, and a registry without packages."""
    root, folder, nothing = (tmp_path / name for name in ("root", "folder", "nothing"))
    for path in (root / "resources" / "versions", folder, nothing):
        path.mkdir(parents=True)
    registry = RecordedRegistry(nothing, None)
    return Bench(root, registry, BbSources(registry, {}), folder)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path, tmp_path)


def new_steps() -> Steps:
    return Steps(lambda _step: None)


def with_empty_folder(bench: Bench) -> Bench:
    return replace(bench, folder=Path(tempfile.mkdtemp(dir=bench.folder)))


async def updated(bench: Bench, paths: Paths, version: AztecVersion) -> Sequence[Step]:
    await update(with_empty_folder(bench), paths, version, steps := new_steps())
    return steps.ended


async def verified(bench: Bench, paths: Paths, version: AztecVersion) -> Sequence[Step]:
    await verify(with_empty_folder(bench), paths, version, steps := new_steps())
    return steps.ended


@pytest.mark.parametrize("version", PINS.versions, ids=str)
def test_files_of_versions_are_written_as_they_are(version: AztecVersion) -> None:
    assert encoded(PINS.versions[version]) == (VERSIONS / f"{version}.json").read_bytes()


async def test_an_unknown_generation_needs_a_human(bench: Bench, paths: Paths) -> None:
    (step,) = await updated(bench, paths, AztecVersion(7, 0, 0))
    assert (step.name, step.status) == ("generation", Status.NEEDS_HUMAN)
    assert "generation-<n>.json" in step.details[1]


async def test_a_version_that_nobody_has_needs_a_human_and_is_not_pinned(bench: Bench, paths: Paths) -> None:
    version = AztecVersion(5, 9, 0)
    (step,) = await updated(bench, paths, version)
    assert (step.name, step.status) == ("executables", Status.NEEDS_HUMAN)
    assert not bench.file_of(version).exists()
    (step,) = await verified(bench, paths, version)
    assert (step.status, step.details) == (Status.REFUSED, ("5.9.0 has no pins",))


async def test_places_that_disagree_are_refused_and_never_pinned(bench: Bench, paths: Paths) -> None:
    version = AztecVersion(5, 9, 0)
    releases = {"a/one": SmallSource(b"bb"), "a/two": SmallSource(b"another bb")}
    (step,) = steps = await updated(
        replace(bench, sources=BbSources(bench.registry, releases)), paths, version
    )
    assert step.status is Status.REFUSED
    assert exit_code(steps) == REFUSED
    assert len(step.details) == 2 + len(Platform)  # what it means, what to do, and each platform
    assert hashlib.sha256(b"another bb").hexdigest() in step.details[2]
    assert not bench.file_of(version).exists()


async def test_pins_whose_bb_is_gone_cannot_be_verified(bench: Bench, paths: Paths) -> None:
    version = PINS.default_version
    bench.file_of(version).write_bytes(encoded(PINS.versions[version]))
    (step,) = await verified(bench, paths, version)
    assert step.status is Status.NEEDS_HUMAN


def small_registry(bench: Bench, content: bytes) -> RecordedRegistry:
    """Npm has 5.9.0 with this bb for every platform, and no other package of it."""
    folder = bench.root / "registry"
    folder.mkdir()
    archive = folder / archive_name("@aztec/bb.js", SMALL)
    archive.write_bytes(tar_gz({f"package/build/{platform}/bb": content for platform in Platform}))
    recorded = {str(SMALL): {"published": "2026-01-01T00:00:00Z", "integrity": integrity_of(archive)}}
    (folder / record_name("@aztec/bb.js")).write_text(json.dumps(recorded))
    return RecordedRegistry(folder, None)


async def examined(bench: Bench, npm: bytes, release: bytes | None) -> dict[str, Step]:
    registry = small_registry(bench, npm)
    releases = {} if release is None else {"a/one": SmallSource(release)}
    steps = new_steps()
    await find(replace(bench, registry=registry, sources=BbSources(registry, releases)), SMALL, steps)
    return {step.name: step for step in steps.ended}


async def test_a_digest_that_npm_alone_has_needs_a_human(bench: Bench) -> None:
    steps = await examined(bench, b"bb", None)
    assert steps["executables"].status is Status.DONE
    assert steps["second witness"].status is Status.NEEDS_HUMAN
    said = " ".join(steps["second witness"].details)
    assert "amd64-linux, amd64-macos, arm64-linux, arm64-macos" in said
    assert 'make aztec AZTEC="update 5.9.0"' in said


async def test_a_release_archive_that_agrees_is_the_second_witness(bench: Bench) -> None:
    steps = await examined(bench, b"bb", b"bb")
    assert steps["executables"].status is steps["second witness"].status is Status.DONE


async def test_a_release_archive_that_disagrees_ends_it(bench: Bench) -> None:
    steps = await examined(bench, b"bb", b"another bb")
    assert list(steps) == ["executables"]
    assert steps["executables"].status is Status.REFUSED


def test_one_platform_without_second_witness_is_one_too_many() -> None:
    seen_twice = PinnedFile("a", ("npm", "release"))
    pins = VersionPins(5, False, "a/b", {Platform.AMD64_LINUX: seen_twice})
    assert seen_once(pins) == []
    bb = {**pins.bb, Platform.ARM64_MACOS: PinnedFile("b", ("npm",))}
    assert seen_once(msgspec.structs.replace(pins, bb=bb)) == ["arm64-macos"]


def test_what_finds_digests_has_nothing_that_starts_bb() -> None:
    imported = "import sys, aztec.digests; print([name for name in sys.modules if 'tee_rex.local' in name])"
    finished = subprocess.run(
        [sys.executable, "-c", imported],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tools")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert finished.stdout == "[]\n"


@dataclass
class FromPackage(ArchiveSource):
    """A release whose bb is the one in npm's package."""

    package: Path
    name: str = "release"

    async def download(
        self, version: AztecVersion, platform: Platform, folder: Path, report: ByteCount
    ) -> BbArchive:
        del version, report
        archive = folder / "release.tar.gz"
        archive.hardlink_to(self.package)
        return BbArchive(archive, f"package/build/{platform}/bb")


@pytest.mark.integration
async def test_with_a_second_witness_a_real_version_needs_nobody(bench: Bench, tmp_path: Path) -> None:
    version = AztecVersion(5, 0, 0)
    registry = RecordedRegistry(RECORDED, NpmRegistry(Npm.bundled()))
    package = await registry.fetch("@aztec/bb.js", version, tmp_path)
    sources = BbSources(registry, {"a/one": FromPackage(package)})
    folder = tmp_path / "digests"
    folder.mkdir()
    steps = new_steps()
    await write_digests(replace(bench, registry=registry, sources=sources), folder, version, steps)
    assert {step.status for step in steps.ended} == {Status.DONE}, steps.ended
    assert (folder / CODE).read_text() == f"{DONE}\n"
    assert "- **second witness**: done" in (folder / REPORT).read_text()
    proved, unproved = (
        msgspec.json.decode((folder / name).read_bytes(), type=VersionPins) for name in (PROVED, UNPROVED)
    )
    assert proved.bb[DEVELOPMENT_PLATFORM].seen_in == (
        "npm: @aztec/bb.js 5.0.0 build/amd64-linux/bb",
        "release archive: a/one v5.0.0 barretenberg-amd64-linux.tar.gz",
    )
    pinned = PINS.versions[version]
    assert {platform: file.sha256 for platform, file in proved.bb.items()} == {
        platform: file.sha256 for platform, file in pinned.bb.items()
    }
    assert proved.development_bb == pinned.development_bb
    assert (proved.proved_for_real, unproved.proved_for_real) == (True, False)
    assert unproved == msgspec.structs.replace(proved, proved_for_real=False, development_bb=None)


PLACES = (
    r"npm: @[a-z-]+/bb\.js {version} build/{platform}/bb",
    r"release archive: [\w-]+/[\w-]+ v{version} {archive}",
    r"public file: [\w-]+/[\w-]+@[0-9a-f]{{40}} [\w./-]+, of release archive v{version} {archive}",
)


@pytest.mark.parametrize("version", PINS.versions, ids=str)
def test_every_pin_names_places_that_anyone_can_look_into(version: AztecVersion) -> None:
    pins = PINS.versions[version]
    for platform, file in (*pins.bb.items(), *pins.archives.items()):
        known = [
            place.format(
                version=re.escape(str(version)), platform=platform, archive=BB_FILES[platform].archive
            )
            for place in PLACES
        ]
        vague = [seen for seen in file.seen_in if not any(re.fullmatch(one, seen) for one in known)]
        assert vague == []
        assert len(set(file.seen_in)) == len(file.seen_in)


def test_a_step_is_printed_with_what_it_found() -> None:
    assert str(Step("pins", Status.DONE, ("one", "two"))) == "pins: done\n    one\n    two"


def test_recordings_to_prove_with() -> None:
    four, five = recording(ROOT, V4), recording(ROOT, V5)
    assert four is not None
    assert five is not None
    assert (four[0], five[0]) == ("dev-deploy-account.msgpack", "v5-2-calls-no-reset.msgpack")
    assert recording(ROOT, V6) is None


async def test_a_version_pinned_by_its_archive_is_compared_with_it(bench: Bench, paths: Paths) -> None:
    archive = hashlib.sha256(tar_gz({f"{DEVELOPMENT_PLATFORM}/{SMALL}/bb": b"bb"})).hexdigest()
    pinned = VersionPins(
        5, False, V5.repository, archives={DEVELOPMENT_PLATFORM: PinnedFile(archive, ("people",))}
    )
    bench.file_of(SMALL).write_bytes(encoded(pinned))
    with_release = replace(bench, sources=BbSources(bench.registry, {"a/one": SmallSource(b"bb")}))
    steps = await verified(with_release, paths, SMALL)
    assert (steps[-1].name, steps[-1].status) == ("comparison", Status.NEEDS_HUMAN)
    assert "new places" in steps[-1].details[0]
    steps = await updated(with_release, paths, SMALL)
    names = ("executables", "second witness", "pins", "for people")
    assert [(step.name, step.status) for step in steps] == [(name, Status.DONE) for name in names]
    now = bench.pinned(SMALL)
    assert now is not None
    place = "release archive: a/one v5.9.0 barretenberg-amd64-linux.tar.gz"
    assert now.archives[DEVELOPMENT_PLATFORM].seen_in == ("people", place)
    steps = await verified(with_release, paths, SMALL)
    assert (steps[-1].status, steps[-1].details) == (Status.DONE, ("as pinned",))
    bench.file_of(SMALL).write_bytes(bench.file_of(SMALL).read_bytes() + b"\n")
    assert (await verified(with_release, paths, SMALL))[-1].status is Status.REFUSED
