from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from aztec.registry import RecordedRegistry
from aztec.sources import BbSources
from aztec.trial import recording
from aztec.update import Bench, Status, Step, encoded, update, verify
from support.recorded_steps import V4, V5, V6
from support.small_bb import SmallSource, tar_gz
from tee_rex.bb.pins import DEVELOPMENT_PLATFORM, BbPins, PinnedFile, VersionPins
from tee_rex.settings.paths import Paths
from tee_rex.transaction.versions import AztecVersion

ROOT = Path(__file__).parents[3]
VERSIONS = ROOT / "resources" / "versions"
PINS = BbPins.shipped()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A repository without versions, and a registry without packages."""
    root, folder, nothing = (tmp_path / name for name in ("root", "folder", "nothing"))
    for path in (root / "resources" / "versions", folder, nothing):
        path.mkdir(parents=True)
    registry = RecordedRegistry(nothing, None)
    return Bench(root, registry, BbSources(registry, {}), Paths(nothing, nothing), folder, lambda _step: None)


@pytest.mark.parametrize("version", PINS.versions, ids=str)
def test_files_of_versions_are_written_as_they_are(version: AztecVersion) -> None:
    assert encoded(PINS.versions[version]) == (VERSIONS / f"{version}.json").read_bytes()


async def test_an_unknown_generation_needs_a_human(bench: Bench) -> None:
    (step,) = await update(bench, AztecVersion(7, 0, 0))
    assert (step.name, step.status) == ("generation", Status.NEEDS_HUMAN)
    assert "generation-<n>.json" in step.details[1]


async def test_a_version_that_nobody_has_needs_a_human_and_is_not_pinned(bench: Bench) -> None:
    version = AztecVersion(5, 9, 0)
    (step,) = await update(bench, version)
    assert (step.name, step.status) == ("executables", Status.NEEDS_HUMAN)
    assert not bench.file_of(version).exists()
    assert await verify(bench, version) == ["5.9.0 has no pins"]


async def test_places_that_disagree_are_never_pinned(bench: Bench) -> None:
    version = AztecVersion(5, 9, 0)
    releases = {"a/one": SmallSource(b"bb"), "a/two": SmallSource(b"another bb")}
    (step,) = await update(replace(bench, sources=BbSources(bench.registry, releases)), version)
    assert step.status is Status.NEEDS_HUMAN
    assert len(step.details) == 5  # what it means, and each platform
    assert hashlib.sha256(b"another bb").hexdigest() in step.details[1]
    assert not bench.file_of(version).exists()


async def test_pins_whose_bb_is_gone_cannot_be_verified(bench: Bench) -> None:
    version = PINS.default_version
    bench.file_of(version).write_bytes(encoded(PINS.versions[version]))
    assert await verify(bench, version) is None


def test_a_step_is_printed_with_what_it_found() -> None:
    assert str(Step("pins", Status.DONE, ("one", "two"))) == "pins: done\n    one\n    two"


def test_recordings_to_prove_with() -> None:
    four, five = recording(ROOT, V4), recording(ROOT, V5)
    assert four is not None
    assert five is not None
    assert (four[0], five[0]) == ("dev-deploy-account.msgpack", "v5-2-calls-no-reset.msgpack")
    assert recording(ROOT, V6) is None


async def test_a_version_pinned_by_its_archive_is_compared_with_it(bench: Bench) -> None:
    version = AztecVersion(5, 9, 0)
    release = SmallSource(b"bb")
    archive = hashlib.sha256(tar_gz({f"{DEVELOPMENT_PLATFORM}/{version}/bb": b"bb"})).hexdigest()
    pinned = VersionPins(
        5, False, V5.repository, archives={DEVELOPMENT_PLATFORM: PinnedFile(archive, ("people",))}
    )
    bench.file_of(version).write_bytes(encoded(pinned))
    with_release = replace(bench, sources=BbSources(bench.registry, {"a/one": release}))
    steps = await update(with_release, version)
    assert [(step.name, step.status) for step in steps][:2] == [
        ("executables", Status.DONE),
        ("pins", Status.DONE),
    ]
    now = bench.pinned(version)
    assert now is not None
    assert now.archives[DEVELOPMENT_PLATFORM].seen_in == ("people", "release a/one v5.9.0")
