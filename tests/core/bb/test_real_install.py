"""The real npm package, fetched by the real npm."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from support.errors import raises
from support.http_files import Answer, closed_port, http_files
from support.patience import PATIENCE
from support.processes import running
from support.proving_server import wait_until
from support.small_bb import CONTENT, tar_gz
from support.small_disk import make_read_only, small_disk
from tee_rex.bb.pins import BbPins
from tee_rex.bb.sources import ArchiveSource, NpmSource, Releases
from tee_rex.bb.store import BbStore
from tee_rex.errors.catalogue.bb import BB_DOWNLOAD_FAILED
from tee_rex.errors.catalogue.files import DISK_FULL, DISK_NOT_WRITABLE
from tee_rex.npm.npm import Npm
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import TaskProgress

pytestmark = pytest.mark.integration

_PINS = BbPins.shipped()
_VERSION = _PINS.default_version


def _store(home: Path) -> BbStore:
    return BbStore(Paths(home, home / "config"), _PINS, Platform.current(), [NpmSource(Npm.bundled())])


def _start_install(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from tee_rex.cli.main import main; main()",
            "bb",
            "install",
            "--json",
            *arguments,
        ],
        env={**os.environ, "TEE_REX_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _files(home: Path) -> list[str]:
    found = (path for path in (home / "genuine").rglob("*") if path.is_file() and path.suffix != ".lock")
    return [str(path.relative_to(home / "genuine")) for path in found]


def _children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def test_two_processes_install_at_once_and_what_they_install_runs(tmp_path: Path) -> None:
    processes = [_start_install(tmp_path) for _ in range(2)]
    results = []
    for process in processes:
        stdout, stderr = process.communicate(timeout=240)
        assert process.returncode == 0, stderr
        results.append(json.loads(stdout))
    assert results[0] == results[1]
    assert _files(tmp_path) == [f"bb/{_VERSION}/bb"]
    version = subprocess.run([*results[0]["argv"], "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.strip() == "4.1.2"


@pytest.mark.parametrize(("version", "says"), [("4.4.0", "4.4.0"), ("5.0.0", "5.0.0-nightly.20260710")])
def test_other_versions_are_installed_beside_it_and_run(version: str, says: str, tmp_path: Path) -> None:
    process = _start_install(tmp_path, version)
    stdout, stderr = process.communicate(timeout=240)
    assert process.returncode == 0, stderr
    assert _files(tmp_path) == [f"bb/{version}/bb"]
    told = subprocess.run(
        [*json.loads(stdout)["argv"], "--version"], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == says


async def test_cancelling_in_the_middle_of_a_download(tmp_path: Path) -> None:
    downloading = asyncio.Event()

    def listen(progress: TaskProgress) -> None:
        if progress.done > 10_000:
            downloading.set()

    running = asyncio.ensure_future(_store(tmp_path).install(_VERSION, listen))
    await asyncio.wait_for(downloading.wait(), PATIENCE)
    assert len(_children()) == 1
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert _children() == []
    assert _files(tmp_path) == []


def test_an_interrupted_command_ends_as_such_and_leaves_nothing(tmp_path: Path) -> None:
    process = _start_install(tmp_path)
    _wait_for_download(tmp_path)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "Cancelled" in stderr) == (130, True)
    assert _files(tmp_path) == []


def test_after_a_kill_the_next_installation_cleans_up(tmp_path: Path) -> None:
    process = _start_install(tmp_path)
    _wait_for_download(tmp_path)
    npm = psutil.Process(process.pid).children()
    process.kill()
    process.communicate()
    wait_until(lambda: not any(running(one.pid) for one in npm))
    assert _files(tmp_path) != []
    again = _start_install(tmp_path)
    _, stderr = again.communicate(timeout=240)
    assert again.returncode == 0, stderr
    assert _files(tmp_path) == [f"bb/{_VERSION}/bb"]


def _wait_for_download(home: Path) -> None:
    wait_until(lambda: list(home.glob("genuine/bb/.*.tmp-*/.0.tmp-*/.npm-cache/_cacache")))


async def test_without_a_network_both_causes_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closed_port() as url:
        monkeypatch.setenv("npm_config_registry", url)
        sources: list[ArchiveSource] = [NpmSource(Npm.bundled()), Releases(_PINS, url)]
        store = BbStore(Paths(tmp_path, tmp_path), _PINS, Platform.current(), sources)
        with raises(BB_DOWNLOAD_FAILED, match=r"npm: .*ECONNREFUSED.* release archive: .+"):
            await store.install(_VERSION)
    assert _files(tmp_path) == []


@pytest.mark.parametrize(
    ("version_in_manifest", "files", "reason"),
    [
        (str(_VERSION), {f"package/build/{Platform.current()}/bb": CONTENT}, "not have the pinned SHA"),
        (str(_VERSION), {"package/package.json": b"{}"}, "has no package/build"),
        ("9.9.9", {f"package/build/{Platform.current()}/bb": CONTENT}, "another package"),
    ],
)
async def test_whatever_the_users_registry_answers_only_the_pinned_bb_is_stored(
    version_in_manifest: str,
    files: dict[str, bytes],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {"/bb.tgz": Answer(tar_gz(files))}
    with http_files(answers) as url:
        manifest = {
            "name": "@aztec/bb.js",
            "version": version_in_manifest,
            "dist": {"tarball": f"{url}/bb.tgz"},
        }
        packument = {
            "name": "@aztec/bb.js",
            "dist-tags": {"latest": str(_VERSION)},
            "versions": {str(_VERSION): manifest},
        }
        answers["/@aztec%2fbb.js"] = Answer(json.dumps(packument).encode())
        monkeypatch.setenv("npm_config_registry", url)
        with raises(BB_DOWNLOAD_FAILED, match=reason):
            await _store(tmp_path).install(_VERSION)
    assert _files(tmp_path) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for half of the package."""
    with small_disk(tmp_path / "disk", "30m") as disk:
        yield disk


async def test_a_full_disk(disk: Path) -> None:
    with raises(DISK_FULL):
        await _store(disk).install(_VERSION)
    assert _files(disk) == []


def test_a_read_only_disk(disk: Path) -> None:
    (disk / "genuine" / "bb").mkdir(parents=True)
    make_read_only(disk)
    with raises(DISK_NOT_WRITABLE):
        asyncio.run(_store(disk).install(_VERSION))
