"""The PCRs that clients expect by default, and when they have to be those of this very checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest

from pin_enclave_build import release_is_pinned
from tee_rex.attestation.builds import ExpectedPcrs, ShippedBuild, parse_builds, shipped_builds
from tee_rex_server import __version__
from tee_rex_server.image.guest_modules import recipe_digest

REPOSITORY = Path(__file__).resolve().parents[3]
BUILD = ShippedBuild("tee-rex", __version__, "ab" * 48, "ab" * 48, "ab" * 48, "cd" * 32)


def test_the_shipped_builds_are_whole() -> None:
    builds = shipped_builds()
    assert [build.name for build in builds] == ["tee-rex"] * len(builds)
    assert [expected.pcr0 for expected in ExpectedPcrs.shipped()] == [
        bytes.fromhex(build.pcr0) for build in builds
    ]
    assert len({build.pcr0 for build in builds}) == len(builds)
    for build in builds:
        assert "0" * 96 not in (build.pcr0, build.pcr1, build.pcr2)


def test_a_release_ships_the_pcrs_of_its_own_image() -> None:
    done = subprocess.run(
        ["git", "-C", REPOSITORY, "tag", "--points-at", "HEAD"], capture_output=True, text=True, check=False
    )
    assert release_is_pinned(done.stdout.split(), shipped_builds(), recipe_digest()), (
        "run `make enclave-pins`"
    )


@pytest.mark.parametrize(
    ("tags", "builds", "pinned"),
    [
        ([], [], True),
        (["v0.0.1"], [], True),
        ([f"v{__version__}"], [], False),
        ([f"v{__version__}"], [BUILD], True),
        ([f"v{__version__}", "latest"], [msgspec.structs.replace(BUILD, version="9.9.9")], False),
        ([f"v{__version__}"], [msgspec.structs.replace(BUILD, recipe_sha256="00" * 32)], False),
    ],
)
def test_a_tagged_commit_needs_its_pins(tags: list[str], builds: list[ShippedBuild], pinned: bool) -> None:
    assert release_is_pinned(tags, builds, "cd" * 32) is pinned


def test_a_list_of_builds_is_read_strictly() -> None:
    entry = msgspec.structs.asdict(BUILD)
    assert parse_builds(msgspec.json.encode([entry])) == (BUILD,)
    for change in ({"pcr0": "AB" * 48}, {"pcr0": "ab" * 47}, {"more": 1}):
        with pytest.raises(msgspec.ValidationError):
            parse_builds(msgspec.json.encode([entry | change]))
    with pytest.raises(ValueError, match="twice"):
        parse_builds(msgspec.json.encode([entry, entry]))
