from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from support.small_bb import CONTENT, DEVELOPMENT_CONTENT, SHA256, VERSION, pins_of
from tee_rex.bb.install import ensure_bb
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand, bb_store
from tee_rex.errors.tree import BbCorruptError, BbMissingError, BbNotPinnedError
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup


@pytest.fixture
def pins() -> BbPins:
    """The small bb, pinned for the platform of this machine."""
    return pins_of(VERSION, {Platform.current(): SHA256}, hashlib.sha256(DEVELOPMENT_CONTENT).hexdigest())


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """An empty data folder on a machine where nothing can be downloaded or started."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("asyncio.create_subprocess_exec", None)
    return Paths(tmp_path / "data", tmp_path / "config")


@pytest.mark.parametrize(
    ("setup", "allow_download"), [(TrustedSetup.GENUINE, False), (TrustedSetup.DEVELOPMENT, True)]
)
async def test_what_may_not_or_cannot_be_downloaded_is_only_found(
    setup: TrustedSetup, allow_download: bool, paths: Paths, pins: BbPins
) -> None:
    with pytest.raises(BbMissingError) as caught:
        await ensure_bb(paths, pins, VERSION, setup, allow_download=allow_download)
    assert caught.value.hint.startswith("Run: tee-rex ")
    assert not paths.data.exists()


async def test_a_wrong_bb_of_the_users_own_is_never_replaced_by_a_download(
    paths: Paths, pins: BbPins, tmp_path: Path
) -> None:
    own = _own_bb(tmp_path, CONTENT + b" ")
    with pytest.raises(BbNotPinnedError):
        await ensure_bb(paths, pins, VERSION, TrustedSetup.GENUINE, explicit_path=own)
    with pytest.raises(BbMissingError):
        await ensure_bb(paths, pins, VERSION, TrustedSetup.GENUINE, explicit_path=tmp_path / "none")


def _own_bb(folder: Path, content: bytes) -> Path:
    path = folder / "bb"
    path.write_bytes(content)
    path.chmod(0o755)
    return path


async def test_a_damaged_development_copy_is_left_to_who_makes_it(paths: Paths, pins: BbPins) -> None:
    executable = await bb_store(paths, pins).adopt(VERSION, TrustedSetup.DEVELOPMENT, DEVELOPMENT_CONTENT)
    _own_bb(executable.path.parent, b"damaged")
    with pytest.raises(BbCorruptError):
        await ensure_bb(paths, pins, VERSION, TrustedSetup.DEVELOPMENT)


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="a shell of the system serves as bb")
async def test_a_program_that_this_system_can_start_is_started_as_it_is(tmp_path: Path) -> None:
    content = Path("/bin/sh").read_bytes()
    own = _own_bb(tmp_path, content)
    pins = _pins_of(content)
    paths = Paths(tmp_path / "data", tmp_path)
    command = await ensure_bb(paths, pins, VERSION, TrustedSetup.GENUINE, explicit_path=own)
    assert command == BbCommand(command.executable)
    assert not paths.data.exists()


def _pins_of(content: bytes) -> BbPins:
    return pins_of(VERSION, {Platform.current(): hashlib.sha256(content).hexdigest()})
