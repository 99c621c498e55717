from __future__ import annotations

import asyncio
import json
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from support.errors import raises
from support.programs import in_place_of_bb
from tee_rex.bb.pins import BbPins
from tee_rex.devnet import packages
from tee_rex.devnet.packages import DevnetPackages, _Ingredients, devnet_download_bytes, prune
from tee_rex.errors.catalogue.devnet import DEVNET_UNAVAILABLE_HERE
from tee_rex.errors.catalogue.files import CHANGEABLE_BY_OTHERS, NOT_ENOUGH_SPACE
from tee_rex.errors.catalogue.npm import NPM_INSTALL_FAILED
from tee_rex.npm.npm import Npm
from tee_rex.runtime.store import Runtime
from tee_rex.settings.paths import Paths
from tee_rex.system.files import resource
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ByteCount, ProgressListener, TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup

_FILES = {
    "LICENSE": "MIT",
    "index.js": "export {}",
    "index.d.ts": "export {}",
    "index.js.map": "{}",
    "README.md": "#",
    "bb.js/build/amd64-linux/bb": "elf",
    "bb.js/build/arm64-macos/bb": "mach-o",
}


def _write_files(tree: Path) -> None:
    for name, content in _FILES.items():
        file = tree / "@aztec" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


def _ignore(_done: int) -> None:
    pass


class SmallNpm:
    """Stands in for npm, bb and the packages' own scripts; counts installations."""

    def __init__(self) -> None:
        self.installed = 0
        self.fails = False
        self.started = asyncio.Event()
        self.waits = False

    async def install(self, _project: Traversable, folder: Path, report: ByteCount) -> Path:
        self.installed += 1
        _write_files(folder / "node_modules")
        report(10, devnet_download_bytes())
        self.started.set()
        if self.waits:
            await asyncio.sleep(1000)
        if self.fails:
            raise NPM_INSTALL_FAILED(reason="no network")
        return folder / "node_modules"


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SmallNpm:
    small = SmallNpm()
    bb = in_place_of_bb(Path("/bin/true")).executable

    async def ingredients(_self: DevnetPackages, _progress: ProgressListener) -> _Ingredients:
        return _Ingredients(bb, Runtime(), Platform.AMD64_LINUX)

    async def node(_npm: Npm, _paths: Paths, _runtime: Runtime) -> Path:
        return tmp_path / "node"

    async def nothing(*_arguments: object) -> None:
        pass

    monkeypatch.setattr(DevnetPackages, "_ingredients", ingredients)
    monkeypatch.setattr(Npm, "standalone_node", node)
    monkeypatch.setattr(Npm, "install_locked", small.install)
    monkeypatch.setattr(packages, "place_bb", nothing)
    monkeypatch.setattr(packages, "apply_development_keys", nothing)
    return small


@pytest.fixture
def devnet_packages(tmp_path: Path) -> DevnetPackages:
    return DevnetPackages(Paths(tmp_path, tmp_path), BbPins.shipped(), TrustedSetup.DEVELOPMENT)


def test_the_lock_file_names_no_addresses_and_has_a_digest_of_every_installed_package() -> None:
    lock = json.loads(resource("devnet", "package-lock.json").read_bytes())
    project = json.loads(resource("devnet", "package.json").read_bytes())
    assert lock["packages"][""]["dependencies"] == project["dependencies"]
    assert "://" not in json.dumps(lock)
    for name, package in lock["packages"].items():
        foreign = package.get("optional") and (
            "linux" not in package.get("os", ["linux"]) or "x64" not in package.get("cpu", ["x64"])
        )
        assert name == "" or foreign or package["integrity"].startswith("sha512-"), name


def test_pruning_leaves_what_runs_here_and_licences(tmp_path: Path) -> None:
    _write_files(tmp_path)
    prune(tmp_path, Platform.AMD64_LINUX, _ignore)
    left = {str(path.relative_to(tmp_path / "@aztec")) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"LICENSE", "index.js", "bb.js/build/amd64-linux/bb"}


async def test_packages_are_prepared_once(npm: SmallNpm, devnet_packages: DevnetPackages) -> None:
    heard: list[TaskProgress] = []
    prepared = await devnet_packages.ensure(heard.append)
    assert (prepared.tree / "@aztec" / "index.js").exists()
    assert await devnet_packages.ensure() == prepared
    assert npm.installed == 1
    told = [(progress.task, progress.done, progress.total) for progress in heard]
    assert told == [("devnet.download", 10, devnet_download_bytes()), ("devnet.prepare", 0, None)]
    assert {path.name for path in devnet_packages.folder.parent.iterdir()} == {"packages", ".packages.lock"}


async def test_a_tree_that_other_users_can_change_is_not_run(
    npm: SmallNpm, devnet_packages: DevnetPackages
) -> None:
    prepared = await devnet_packages.ensure()
    (prepared.tree / "@aztec").chmod(0o777)
    with raises(CHANGEABLE_BY_OTHERS, match="@aztec"):
        await devnet_packages.ensure()


async def test_a_changed_tree_is_prepared_anew(npm: SmallNpm, devnet_packages: DevnetPackages) -> None:
    prepared = await devnet_packages.ensure()
    (prepared.tree / "@aztec" / "index.js").unlink()
    await devnet_packages.ensure()
    assert (prepared.tree / "@aztec" / "index.js").exists()
    (prepared.tree / "@aztec" / "index.js").write_text("cut")
    await devnet_packages.ensure()
    assert npm.installed == 3


async def test_reinstalling_is_done_when_asked_for(npm: SmallNpm, devnet_packages: DevnetPackages) -> None:
    await devnet_packages.ensure()
    await devnet_packages.ensure(reinstall=True)
    assert npm.installed == 2


async def test_several_at_once_prepare_once(npm: SmallNpm, devnet_packages: DevnetPackages) -> None:
    one, other = await asyncio.gather(devnet_packages.ensure(), devnet_packages.ensure())
    assert one == other
    assert npm.installed == 1


async def test_a_failing_npm_leaves_nothing(npm: SmallNpm, devnet_packages: DevnetPackages) -> None:
    npm.fails = True
    with raises(NPM_INSTALL_FAILED, match="no network"):
        await devnet_packages.ensure()
    assert {path.name for path in devnet_packages.folder.parent.iterdir()} == {".packages.lock"}


async def test_cancelling_leaves_nothing(npm: SmallNpm, devnet_packages: DevnetPackages) -> None:
    npm.waits = True
    preparing = asyncio.create_task(devnet_packages.ensure())
    await npm.started.wait()
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert {path.name for path in devnet_packages.folder.parent.iterdir()} == {".packages.lock"}


async def test_a_full_disk_is_said_before_the_download(
    npm: SmallNpm, devnet_packages: DevnetPackages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "_BYTES_NEEDED", 1 << 60)
    with raises(NOT_ENOUGH_SPACE) as raised:
        await devnet_packages.ensure()
    assert "TEE_REX_HOME" in raised.value.hint
    assert npm.installed == 0


@pytest.mark.parametrize("machine", [("Linux", "aarch64"), ("Darwin", "arm64"), ("Windows", "AMD64")])
async def test_other_systems_are_told_what_works(
    devnet_packages: DevnetPackages, monkeypatch: pytest.MonkeyPatch, machine: tuple[str, str]
) -> None:
    monkeypatch.setattr("platform.system", lambda: machine[0])
    monkeypatch.setattr("platform.machine", lambda: machine[1])
    with raises(DEVNET_UNAVAILABLE_HERE) as raised:
        await devnet_packages.ensure()
    assert "AZTEC_NODE_URL" in raised.value.hint
