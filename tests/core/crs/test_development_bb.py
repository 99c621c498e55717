from __future__ import annotations

import hashlib
import platform
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from support.installed import installed_bb
from tee_rex.bb.pins import DEVELOPMENT_PLATFORM, BbPins
from tee_rex.bb.store import bb_store
from tee_rex.crs.crs import MIN_POINTS, CrsPins
from tee_rex.crs.development import development_bb
from tee_rex.crs.provision import ensure_crs, ensure_development
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.tree import BbMissingError, BbNotPinnedError
from tee_rex.settings.paths import Paths
from tee_rex.transaction.trusted_setup import TrustedSetup

GENUINE, DEVELOPMENT = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT
PINS = BbPins.shipped()
DEVELOPMENT_VERSION = PINS.default_version


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path, tmp_path)


def differing_bytes(left: bytes, right: bytes) -> int:
    count = 0
    for start in range(0, len(left), 4096):
        block = slice(start, start + 4096)
        if left[block] != right[block]:
            count += sum(a != b for a, b in zip(left[block], right[block], strict=True))
    return count


async def genuine_bb() -> bytes:
    return (await installed_bb()).executable.path.read_bytes()


@pytest.mark.parametrize("source", [b"", b"\x7fELF"])
def test_only_the_genuine_bb_is_copied(source: bytes) -> None:
    with pytest.raises(BbNotPinnedError):
        development_bb(source, PINS, DEVELOPMENT_VERSION)


@pytest.mark.parametrize(
    ("system", "machine"), [("Linux", "aarch64"), ("Darwin", "x86_64"), ("Windows", "AMD64")]
)
async def test_other_systems_have_no_development_setup(
    monkeypatch: pytest.MonkeyPatch, paths: Paths, system: str, machine: str
) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    with pytest.raises(UnusableEnvironmentError) as caught:
        await ensure_development(paths, PINS)
    assert caught.value.code == "DEVELOPMENT_UNAVAILABLE_HERE"
    assert "genuine" in caught.value.hint


async def test_nothing_is_downloaded_unless_it_is_allowed(paths: Paths) -> None:
    with pytest.raises(BbMissingError):
        await ensure_development(paths, PINS, allow_download=False)


@pytest.mark.integration
async def test_copy_differs_in_its_trust_anchors_alone() -> None:
    genuine = await genuine_bb()
    copy = development_bb(genuine, PINS, DEVELOPMENT_VERSION)
    assert hashlib.sha256(copy).hexdigest() == PINS.digest(
        DEVELOPMENT_VERSION, DEVELOPMENT, DEVELOPMENT_PLATFORM
    )
    assert len(copy) == len(genuine)
    assert differing_bytes(genuine, copy) == 1214
    g2 = genuine.index(CrsPins.shipped(GENUINE).g2)
    assert copy.index(CrsPins.shipped(DEVELOPMENT).g2) == g2


@pytest.mark.integration
async def test_source_with_one_changed_bit_is_refused() -> None:
    source = bytearray(await genuine_bb())
    source[-1] ^= 1
    with pytest.raises(BbNotPinnedError):
        development_bb(bytes(source), PINS, DEVELOPMENT_VERSION)


@pytest.mark.integration
async def test_copy_other_than_the_tested_one_is_a_bug() -> None:
    pinned = PINS.versions[DEVELOPMENT_VERSION]
    assert pinned.development_bb is not None
    other = msgspec.structs.replace(
        pinned, development_bb=msgspec.structs.replace(pinned.development_bb, sha256="0" * 64)
    )
    other_pins = replace(PINS, versions={DEVELOPMENT_VERSION: other})
    with pytest.raises(RuntimeError, match="differs"):
        development_bb(await genuine_bb(), other_pins, DEVELOPMENT_VERSION)


@pytest.mark.integration
async def test_whole_setup_is_made_once_and_bb_again_when_damaged(paths: Paths) -> None:
    store = bb_store(paths, PINS)
    await store.adopt(DEVELOPMENT_VERSION, GENUINE, await genuine_bb())

    bb = await ensure_development(paths, PINS, allow_download=False)
    crs = await ensure_crs(paths, DEVELOPMENT)
    assert bb == await store.find(DEVELOPMENT_VERSION, DEVELOPMENT)
    assert (crs.points, hashlib.sha256(crs.g1).hexdigest()[:8]) == (MIN_POINTS, "7837a7b2")

    files = [bb.path, *sorted(paths.crs_dir(DEVELOPMENT).glob("*.dat"))]
    made = [file.stat().st_mtime_ns for file in files]
    assert len(files) == 2
    await ensure_development(paths, PINS, allow_download=False)
    assert [file.stat().st_mtime_ns for file in files] == made

    with bb.path.open("r+b") as content:
        content.write(b"damaged")
    assert await ensure_development(paths, PINS, allow_download=False) == bb
    assert bb == await store.find(DEVELOPMENT_VERSION, DEVELOPMENT)
