"""Which bb proves for a version whose own one is not on this machine, and may not be downloaded."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.errors import raises_code
from tee_rex.bb.pins import BbPins, DevelopmentCopy, PinnedFile, VersionPins
from tee_rex.bb.store import BbExecutable, bb_store
from tee_rex.bb.user_store import user_store
from tee_rex.errors.catalogue import bb as errors
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.installation import Installation
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a shell of the system serves as bb")

GENUINE, DEVELOPMENT = TrustedSetup
V4_1_2, V4_2_0, V4_4_0, V5_0_0 = map(AztecVersion.parse, ("4.1.2", "4.2.0", "4.4.0", "5.0.0"))
PINNED = (V4_1_2, V4_4_0, V5_0_0)
Make = Callable[[Path | None], Installation]


def content(version: AztecVersion, setup: TrustedSetup = GENUINE) -> bytes:
    return Path("/bin/sh").read_bytes() + f"{version} {setup}".encode()


def sha256(version: AztecVersion, setup: TrustedSetup = GENUINE) -> str:
    return hashlib.sha256(content(version, setup)).hexdigest()


def pins_of(version: AztecVersion) -> VersionPins:
    return VersionPins(
        version.major,
        False,
        "A/b",
        {Platform.current(): PinnedFile(sha256(version), ("a test",))},
        development_bb=DevelopmentCopy(sha256(version, DEVELOPMENT), {}, {}, {}),
    )


PINS = BbPins(V4_1_2, {version: pins_of(version) for version in PINNED})


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data", tmp_path / "config")


@pytest.fixture
def installation(paths: Paths) -> Make:
    """That of a user without downloads; with a BB_BINARY_PATH."""
    return lambda path: DownloadingInstallation(paths, PINS, path, allow_download=False)


async def used(installation: Installation, version: AztecVersion, setup: TrustedSetup = GENUINE) -> str:
    """The version of the bb for this one, whose content is that version's."""
    bb = (await installation.bb(version, setup, ignore_progress)).executable
    assert bb.sha256 == sha256(bb.version, setup)
    assert not bb.approved_by_user
    return str(bb.version)


async def test_an_installed_bb_with_the_same_circuits_proves(paths: Paths, installation: Make) -> None:
    store = bb_store(paths, PINS)
    await store.adopt(V5_0_0, GENUINE, content(V5_0_0))
    for wanted in (V4_1_2, V4_2_0, V4_4_0):
        with raises_code(errors.BB_MISSING):
            await used(installation(None), wanted)
    await store.adopt(V4_4_0, GENUINE, content(V4_4_0))
    assert [await used(installation(None), one) for one in (V4_1_2, V4_2_0, V4_4_0)] == ["4.4.0"] * 3
    await store.adopt(V4_1_2, GENUINE, content(V4_1_2))
    assert [await used(installation(None), one) for one in PINNED] == ["4.1.2", "4.4.0", "5.0.0"]


async def test_so_does_an_installed_development_copy(paths: Paths, installation: Make) -> None:
    await bb_store(paths, PINS).adopt(V4_4_0, DEVELOPMENT, content(V4_4_0, DEVELOPMENT))
    assert await used(installation(None), V4_1_2, DEVELOPMENT) == "4.4.0"
    with raises_code(errors.BB_MISSING):
        await used(installation(None), V4_1_2)


async def test_a_damaged_bb_does_not_make_way_for_another(paths: Paths, installation: Make) -> None:
    store = bb_store(paths, PINS)
    await store.adopt(V4_1_2, GENUINE, content(V4_1_2))
    damaged = await store.adopt(V4_4_0, GENUINE, content(V4_4_0))
    damaged.path.write_bytes(b"damaged")
    with raises_code(errors.BB_CORRUPT):
        await used(installation(None), V4_4_0)


async def test_what_only_the_user_vouches_for_proves_for_no_pinned_version(
    paths: Paths, installation: Make, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    given.write_bytes(content(V4_2_0))

    async def accept(_bb: BbExecutable) -> None:
        pass

    await user_store(paths, PINS).approve(V4_2_0, sha256(V4_2_0), accept, given)
    with raises_code(errors.BB_MISSING):
        await used(installation(None), V4_4_0)


async def test_bb_binary_path_may_be_any_pinned_bb_with_the_same_circuits(
    paths: Paths, installation: Make, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.write_bytes(content(V4_1_2))
    own.chmod(0o755)
    assert [await used(installation(own), one) for one in (V4_1_2, V4_2_0, V4_4_0)] == ["4.1.2"] * 3
    with raises_code(errors.BB_NOT_PINNED):
        await used(installation(own), V5_0_0)
    await bb_store(paths, PINS).adopt(V4_4_0, GENUINE, content(V4_4_0))
    for bad in (tmp_path / "none", own):
        own.write_bytes(content(V4_1_2) + b" ")
        with raises_code(errors.BB_MISSING if bad != own else errors.BB_NOT_PINNED):
            await used(installation(bad), V4_4_0)


async def test_an_enclave_and_a_server_use_the_bb_that_they_name_and_no_other(
    paths: Paths, tmp_path: Path
) -> None:
    await bb_store(paths, PINS).adopt(V4_1_2, GENUINE, content(V4_1_2))
    own = tmp_path / "own"
    own.write_bytes(content(V4_1_2))
    own.chmod(0o755)
    for path, error in ((None, errors.BB_MISSING), (own, errors.BB_NOT_PINNED)):
        server = DownloadingInstallation(paths, PINS, path, allow_download=False, exact=True)
        assert await used(server, V4_1_2) == "4.1.2"
        with raises_code(error):
            await used(server, V4_4_0)
    with raises_code(errors.BB_MISSING):
        await used(Installation(paths, PINS), V4_4_0)
