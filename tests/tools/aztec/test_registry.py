from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aztec.registry import (
    NpmRegistry,
    RecordedRegistry,
    RecordedVersion,
    RegistryError,
    archive_name,
    integrity_of,
    npm_error,
    publication_times,
    read_integrity,
    read_record,
    record,
    record_name,
)
from tee_rex.npm.npm import Npm
from tee_rex.transaction.versions import AztecVersion

RECORDED = Path(__file__).with_name("registry")
PACKAGE = "@aztec/bb.js"
VERSION = AztecVersion(5, 0, 0)
PUBLISHED = datetime(2026, 8, 24, 2, 21, 39, tzinfo=UTC)


def recorded_in(folder: Path, integrity: str | None) -> RecordedRegistry:
    versions = {str(VERSION): {"published": PUBLISHED.isoformat(), "integrity": integrity}}
    (folder / record_name(PACKAGE)).write_text(json.dumps(versions))
    return RecordedRegistry(folder, None)


def test_times_are_those_of_aztecs_versions() -> None:
    printed = {
        "created": "2020-01-01T00:00:00Z",
        "modified": "2026-01-01T00:00:00Z",
        "5.0.0": "2026-08-24T02:21:39Z",
        "5.0.0+build": "2026-08-24T02:21:39Z",
        "latest": "2026-08-24T02:21:39Z",
        "4.1.2": "2026-08-24T02:21:39",
    }
    assert publication_times(json.dumps(printed).encode()) == {VERSION: PUBLISHED}
    assert publication_times(b"\n") == {}


@pytest.mark.parametrize("printed", [b"[]", b'{"5.0.0": 1}', b"npm warn", b'{"5.0.0": "yesterday"}'])
def test_other_times_are_refused(printed: bytes) -> None:
    with pytest.raises(RegistryError):
        publication_times(printed)


@pytest.mark.parametrize("printed", [b"", b'"sha1-AAAA"', b'"sha512-AAAA"', b"{}"])
def test_a_package_without_sha512_is_refused(printed: bytes) -> None:
    with pytest.raises(RegistryError):
        read_integrity(printed)


def test_errors_of_npm() -> None:
    assert npm_error(b'{"error": {"code": "E404", "summary": "Not Found"}}') == "E404"
    assert npm_error(b"") is None
    assert npm_error(b'{"error": {}}') is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"5.0.0": {}}', b" " * (1 << 20) + b"{}"])
def test_a_file_that_is_no_record_is_refused(content: bytes) -> None:
    with pytest.raises(RegistryError):
        read_record(content)


def test_a_record_is_read() -> None:
    content = b'{"5.0.0": {"published": "2026-08-24T02:21:39Z"}}'
    assert read_record(content) == {"5.0.0": RecordedVersion(PUBLISHED)}


async def test_a_recorded_registry_answers_from_its_folder(tmp_path: Path) -> None:
    registry = recorded_in(tmp_path, None)
    assert await registry.published(PACKAGE) == {VERSION: PUBLISHED}
    assert await registry.published("@aztec/pxe") == {}


async def test_a_recorded_archive_has_to_be_the_recorded_one(tmp_path: Path) -> None:
    kept = tmp_path / archive_name(PACKAGE, VERSION)
    kept.write_bytes(b"archive")
    registry = recorded_in(tmp_path, integrity_of(kept))
    target = tmp_path / "target"
    target.mkdir()
    assert (await registry.fetch(PACKAGE, VERSION, target)).read_bytes() == b"archive"
    kept.write_bytes(b"another")
    with pytest.raises(RegistryError, match="not the recorded one"):
        await registry.fetch(PACKAGE, VERSION, target)


async def test_what_was_not_recorded_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="recorded"):
        await recorded_in(tmp_path, None).fetch(PACKAGE, VERSION, tmp_path)
    with pytest.raises(RegistryError, match="recorded"):
        await recorded_in(tmp_path, f"sha512-{'A' * 86}==").fetch(PACKAGE, VERSION, tmp_path)
    with pytest.raises(RegistryError, match="recorded"):
        await recorded_in(tmp_path, None).fetch(PACKAGE, AztecVersion(9, 0, 0), tmp_path)


@pytest.mark.integration
async def test_the_real_registry_has_what_was_recorded_from_it() -> None:
    real = NpmRegistry(Npm.bundled())
    recorded = read_record((RECORDED / record_name(PACKAGE)).read_bytes())
    times = await real.published(PACKAGE)
    assert times[VERSION] == recorded[str(VERSION)].published
    assert await real.integrity(PACKAGE, VERSION) == recorded[str(VERSION)].integrity
    assert await real.published("@aztec/no-such-package-as-this") == {}


@pytest.mark.integration
async def test_a_record_can_be_made_again(tmp_path: Path) -> None:
    package = "@aztec/aztec"
    await record(NpmRegistry(Npm.bundled()), package, (), tmp_path)
    made = read_record((tmp_path / record_name(package)).read_bytes())
    committed = read_record((RECORDED / record_name(package)).read_bytes())
    assert {version: made[version] for version in committed} == committed
