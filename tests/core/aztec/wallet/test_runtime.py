from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections import namedtuple
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.errors import raises
from support.installed import link_libraries
from support.local_prover import real_installation
from support.proving_server import eventually
from tee_rex.aztec.wallet.runtime import ENTRY, InstalledBridges, _place, is_intact
from tee_rex.aztec.wallet.sources import shipped_bridges
from tee_rex.errors.catalogue.aztec import (
    BRIDGE_MISSING,
    BRIDGE_VERSION_UNSUPPORTED,
    WALLET_NOT_ON_WINDOWS,
)
from tee_rex.errors.catalogue.files import NOT_ENOUGH_SPACE
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import TaskProgress, ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

(BRIDGE,) = shipped_bridges()
VERSION = BRIDGE.version
DiskUsage = namedtuple("DiskUsage", "total used free")  # as shutil has it


def nothing(_done: int) -> None:
    """A checkpoint that never stops."""


def runtime_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / ENTRY).write_bytes(b"bundle")
    manifest = {"files": {ENTRY: hashlib.sha256(b"bundle").hexdigest()}}
    (folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    return folder


def paths_in(folder: Path) -> Paths:
    return Paths(folder, folder / "config")


def test_a_clock_set_back_does_not_remove_the_folder_just_made(tmp_path: Path) -> None:
    for version in ("4.1.0-a", "4.1.1-b", "5.0.0-c"):
        os.utime(runtime_folder(tmp_path / version), (4e9, 4e9))
    new = runtime_folder(tmp_path / "new")
    (new / "manifest.json").unlink()
    _place(new, tmp_path / "4.1.2-c", nothing)
    assert is_intact(tmp_path / "4.1.2-c", nothing)
    left = {folder.name for folder in tmp_path.iterdir()}
    assert len(left) == 3
    assert "5.0.0-c" in left  # of another major version, which has a wallet of its own


def test_a_folder_is_intact_until_a_file_of_it_changes(tmp_path: Path) -> None:
    folder = runtime_folder(tmp_path / "runtime")
    assert is_intact(folder, nothing)

    (folder / ENTRY).write_bytes(b"bundlf")
    assert not is_intact(folder, nothing)
    (folder / ENTRY).unlink()
    assert not is_intact(folder, nothing)
    assert not is_intact(tmp_path / "nowhere", nothing)


@pytest.mark.parametrize(
    "files", [{}, {"../outside": "0" * 64}, {"artifacts/../../x": "0" * 64}, {"/etc/passwd": "0" * 64}]
)
def test_a_manifest_names_only_files_of_its_folder(tmp_path: Path, files: dict[str, str]) -> None:
    folder = runtime_folder(tmp_path / "runtime")
    entry = {ENTRY: hashlib.sha256(b"bundle").hexdigest()} if files else {}
    (folder / "manifest.json").write_bytes(msgspec.json.encode({"files": entry | files}))

    assert not is_intact(folder, nothing)


@given(st.binary(max_size=100))
@settings(max_examples=50)
def test_any_manifest_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = runtime_folder(tmp_path_factory.mktemp("any") / "runtime")
    (folder / "manifest.json").write_bytes(content)

    assert not is_intact(folder, nothing)


async def test_the_hint_without_downloads(tmp_path: Path) -> None:
    bridges = InstalledBridges(paths_in(tmp_path), allow_download=False)

    with raises(BRIDGE_MISSING) as raised:
        await bridges.command(TrustedSetup.DEVELOPMENT, VERSION, ignore_progress)
    assert "setup --wallet" in raised.value.hint
    assert not list(tmp_path.iterdir())


async def test_another_version_has_no_wallet(tmp_path: Path) -> None:
    with raises(BRIDGE_VERSION_UNSUPPORTED, match=r"5\.2\.0"):
        await InstalledBridges(paths_in(tmp_path)).command(
            TrustedSetup.GENUINE, AztecVersion(5, 2, 0), ignore_progress
        )


async def test_on_windows_nothing_is_downloaded_for_a_wallet_that_does_not_run(tmp_path: Path) -> None:
    bridges = InstalledBridges(paths_in(tmp_path), system="win32")
    with raises(WALLET_NOT_ON_WINDOWS):
        await bridges.command(TrustedSetup.DEVELOPMENT, VERSION, ignore_progress)
    assert not list(tmp_path.iterdir())


async def test_versions_of_one_major_share_a_wallet(tmp_path: Path) -> None:
    bridges = InstalledBridges(paths_in(tmp_path), allow_download=False)
    with raises(BRIDGE_MISSING, match=rf"bridge/{VERSION}-"):
        await bridges.command(TrustedSetup.GENUINE, AztecVersion(4, 99, 0), ignore_progress)


async def test_a_full_disk_is_reported_before_downloading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: DiskUsage(10**9, 10**9, 10**8))
    reported: list[TaskProgress] = []

    with raises(NOT_ENOUGH_SPACE, match="944 MB"):
        await InstalledBridges(paths_in(tmp_path)).command(TrustedSetup.GENUINE, VERSION, reported.append)
    assert not reported


def test_setups_and_sources_have_folders_of_their_own(tmp_path: Path) -> None:
    bridges = InstalledBridges(paths_in(tmp_path))
    genuine, development = (bridges.folder(setup, BRIDGE) for setup in TrustedSetup)

    assert genuine != development
    assert genuine.name == f"{VERSION}-{BRIDGE.digest()[:12]}"


@pytest.mark.integration
async def test_a_cancelled_installation_leaves_nothing(tmp_path: Path) -> None:
    reported: list[TaskProgress] = []
    bridges = InstalledBridges(paths_in(tmp_path))
    installing = asyncio.create_task(bridges.command(TrustedSetup.GENUINE, VERSION, reported.append))
    await eventually(lambda: any(progress.done > 0 for progress in reported))

    installing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await installing

    left = [path.name for path in (tmp_path / "genuine" / "bridge").iterdir()]
    assert left in ([], [".lock"])


@pytest.mark.integration
@pytest.mark.timeout(600)
async def test_an_installed_wallet_is_reused_and_a_damaged_one_rebuilt(tmp_path: Path) -> None:
    """On copies of the user's folders: fetching it takes minutes, and is done by make setup and make e2e."""
    real = real_installation().paths
    setup = TrustedSetup.DEVELOPMENT
    await InstalledBridges(real).command(setup, VERSION, ignore_progress)
    folder = InstalledBridges(paths_in(tmp_path)).folder(setup, BRIDGE)
    shutil.copytree(InstalledBridges(real).folder(setup, BRIDGE), folder)
    link_libraries(real, paths_in(tmp_path))
    offline = InstalledBridges(paths_in(tmp_path), allow_download=False)

    command = await offline.command(setup, VERSION, ignore_progress)

    assert command.argv[-1] == str(folder / ENTRY)
    contract = folder / "artifacts" / "SchnorrAccount.json.gz"
    contract.write_bytes(contract.read_bytes()[:-1])
    with raises(BRIDGE_MISSING):
        await offline.command(setup, VERSION, ignore_progress)
