from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from release.feed import NewFile
from support.errors import raises, raises_code
from support.http_files import QuietHandler
from support.patience import PATIENCE
from support.small_disk import fill, small_disk
from support.update_feed import (
    PLATFORM,
    Stage,
    answer,
    broken_off,
    client_of,
    installed_in,
    small_archive,
    tampered,
    unpacked,
)
from tee_rex.errors.catalogue import updates as errors
from tee_rex.errors.catalogue.files import DISK_FULL, DISK_NOT_WRITABLE, NOT_ENOUGH_SPACE
from tee_rex.system.progress import TaskProgress
from tee_rex.updates.client import UpdateState
from tee_rex.updates.installed import Installed, InstallKind
from tee_rex.updates.releases import SBOM, Description, ReleaseVersion
from tee_rex.updates.source import UpdateSource

V1, V2, V3 = ReleaseVersion(0, 1, 0), ReleaseVersion(0, 2, 0), ReleaseVersion(0, 3, 0)


async def test_nothing_is_newer(stage: Stage) -> None:
    report = await stage.client().check()
    assert (report.running, report.newest, report.state) == ("0.1.0", "0.1.0", UpdateState.CURRENT)
    assert (await stage.client().prepare()).state is UpdateState.CURRENT
    assert stage.folder.current() == V1


async def test_a_release_is_found_made_ready_and_started_next(stage: Stage) -> None:
    archive = stage.feed.release("0.2.0")
    client = stage.client()
    found = await client.check()
    assert (found.newest, found.state, found.changes) == (
        "0.2.0",
        UpdateState.AVAILABLE,
        "What 0.2.0 brings.",
    )
    assert (found.installed_by, found.download_bytes) == (InstallKind.FOLDER, archive.stat().st_size)
    seen: list[TaskProgress] = []
    assert (await client.prepare(seen.append)).state is UpdateState.READY
    assert (seen[0].done, seen[0].total) == (0, found.download_bytes)
    downloaded = [one for one in seen if one.task == "update.download"]
    assert (downloaded[-1].done, downloaded[-1].total) == (found.download_bytes, found.download_bytes)
    assert (seen[-1].task, seen[-1].done) == ("update.unpack", seen[-1].total)
    assert stage.starts() == "0.1.0"
    assert (await client.activate()).state is UpdateState.INSTALLED
    assert stage.starts() == "0.2.0"
    assert (stage.folder.top / "versions/0.2.0/_internal/link").read_text().startswith("0.2.0")
    assert (await stage.client("0.2.0").check()).state is UpdateState.CURRENT
    unfinished = (".0", ".current", ".download.tmp")
    hidden = [path for path in stage.folder.top.rglob("*") if path.name.startswith(unfinished)]
    assert hidden == []


async def test_what_is_new_is_told_whichever_file_of_a_release_says_it(stage: Stage) -> None:
    archive = stage.feed.release("0.2.0")
    sbom = NewFile("0.2.0/a.cdx.json", archive, Description("0.2.0", SBOM, PLATFORM, promoted=True))
    stage.feed.feed.add([sbom])
    stage.feed.publish()
    assert (await stage.client().check()).changes == "What 0.2.0 brings."


async def test_an_installation_that_cannot_be_written_is_named(stage: Stage) -> None:
    stage.feed.release("0.2.0")
    (stage.folder.top / ".update.lock").mkdir()
    with raises(DISK_NOT_WRITABLE, match=str(stage.folder.top)):
        await stage.client().prepare()
    assert stage.starts() == "0.1.0"


async def test_a_ready_release_is_not_downloaded_again(stage: Stage) -> None:
    stage.feed.release("0.2.0")
    await stage.client().prepare()
    before = len(stage.server.asked)
    assert (await stage.client().prepare()).state is UpdateState.READY
    assert not [path for path in stage.server.asked[before:] if "targets/" in path]


async def test_a_release_that_is_not_promoted_is_offered_to_nobody(stage: Stage) -> None:
    stage.feed.release("0.2.0", promoted=False)
    assert (await stage.client().prepare()).state is UpdateState.CURRENT
    stage.feed.feed.promote("0.2.0")
    stage.feed.publish()
    assert (await stage.client().check()).newest == "0.2.0"


async def test_a_release_that_was_taken_back_is_not_started_and_nobody_goes_back_to_the_one_before(
    stage: Stage,
) -> None:
    stage.feed.release("0.2.0")
    await stage.client().prepare()
    stage.feed.feed.roll_back("0.1.0")
    stage.feed.publish()
    assert (await stage.client().check()).state is UpdateState.CURRENT
    assert (await stage.client().activate()).state is UpdateState.CURRENT
    assert stage.starts() == "0.1.0"
    assert (await stage.client("0.2.0").prepare()).state is UpdateState.AHEAD
    stage.feed.release("0.3.0")
    assert (await stage.client().prepare()).newest == "0.3.0"
    await stage.client().activate()
    assert stage.starts() == "0.3.0"


async def test_an_installation_from_a_package_is_only_told(stage: Stage, tmp_path: Path) -> None:
    stage.feed.release("0.2.0")
    usr = tmp_path / "usr"
    usr.mkdir()
    (usr / "installed-by").write_text("deb\n")
    installed = Installed.of(usr / "tee-rex", "0.1.0", frozen=True)
    client = client_of(stage.source, installed, stage.home)
    for report in (await client.check(), await client.prepare(), await client.activate()):
        assert (report.installed_by, report.state) == (InstallKind.DEB, UpdateState.AVAILABLE)
        assert "sudo apt install ./FILE" in report.advice
    assert not [path for path in stage.server.asked if "targets/" in path]


def test_where_a_program_is_decides_how_it_was_installed(stage: Stage, tmp_path: Path) -> None:
    assert installed_in(stage.folder, "0.1.0").folder == stage.folder
    assert Installed.of(Path("/usr/bin/python3"), "0.1.0", frozen=False).kind is InstallKind.PYTHON
    assert Installed.of(tmp_path / "tee-rex", "0.1.0", frozen=True).kind is InstallKind.OTHER


@pytest.mark.parametrize("fault", [tampered, broken_off])
async def test_an_archive_that_is_not_the_signed_one_changes_nothing(stage: Stage, fault: object) -> None:
    stage.feed.release("0.2.0")
    stage.server.faults[".tar.xz"] = fault  # type: ignore[assignment]
    with raises_code(errors.UPDATE_REFUSED if fault is tampered else errors.UPDATE_SOURCE_FAILED):
        await stage.client().prepare()
    assert stage.starts() == "0.1.0"
    assert {path.name for path in (stage.folder.top / "versions").iterdir()} == {"0.1.0"}
    assert not list(stage.folder.top.glob(".download.tmp-*"))
    del stage.server.faults[".tar.xz"]
    assert (await stage.client().prepare()).state is UpdateState.READY


async def test_a_disk_that_fills_in_the_middle_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.feed.release("0.2.0")
    with small_disk(tmp_path / "disk", "64m") as disk:
        folder = unpacked(small_archive(tmp_path, "0.1.0")[0], disk)
        client = client_of(stage.source, installed_in(folder, "0.1.0"), stage.home)

        async def while_unpacking() -> None:
            fill(disk)

        def while_downloading(handler: QuietHandler, content: bytes) -> None:
            fill(disk)
            answer(handler, content)

        with raises(DISK_FULL):
            await client.prepare(before_unpacking=while_unpacking)
        assert set(disk.rglob("*.tmp-*")) == set()
        with raises_code(NOT_ENOUGH_SPACE):  # told before anything is downloaded
            await client.prepare()
        (disk / "filling").unlink()
        stage.server.faults[".tar.xz"] = while_downloading
        with raises(DISK_FULL):
            await client.prepare()
        assert {path.name for path in (folder.top / "versions").iterdir()} == {"0.1.0"}
        stage.server.faults.clear()
        (disk / "filling").unlink()
        assert (await client.prepare()).state is UpdateState.READY


@pytest.mark.parametrize("left", ["some files", "only its list"])
async def test_a_release_whose_removal_was_interrupted_is_installed_again(stage: Stage, left: str) -> None:
    stage.feed.release("0.2.0")
    await stage.client().prepare()
    listed = stage.folder.top / "versions/0.2.0.files"
    listed.rename(listed.with_suffix(".removing"))
    (stage.folder.top / "versions/0.2.0/tee-rex").unlink()
    if left == "only its list":
        shutil.rmtree(stage.folder.top / "versions/0.2.0")
    assert (await stage.client().prepare()).state is UpdateState.READY
    await stage.client().activate()
    assert stage.starts() == "0.2.0"
    assert not listed.with_suffix(".removing").exists()


async def test_two_processes_at_once_install_once(stage: Stage) -> None:
    stage.feed.release("0.2.0")
    reports = await asyncio.gather(*(stage.client().prepare() for _ in range(4)))
    assert {report.state for report in reports} == {UpdateState.READY}
    assert len([path for path in stage.server.asked if path.endswith("0.2.0-amd64-linux.tar.xz")]) == 1


async def test_while_one_waits_to_unpack_others_can_check_and_install(stage: Stage) -> None:
    stage.feed.release("0.2.0")
    proved, downloaded = asyncio.Event(), asyncio.Event()

    async def until_it_is_proved() -> None:
        downloaded.set()
        await proved.wait()

    waiting = asyncio.create_task(stage.client().prepare(before_unpacking=until_it_is_proved))
    await asyncio.wait_for(downloaded.wait(), PATIENCE)
    assert (await asyncio.wait_for(stage.client().check(), PATIENCE)).state is UpdateState.AVAILABLE
    assert (await asyncio.wait_for(stage.client().activate(), PATIENCE)).state is UpdateState.AVAILABLE
    second = asyncio.create_task(stage.client().prepare())
    proved.set()
    assert (await waiting).state is (await second).state is UpdateState.READY
    assert len([path for path in stage.server.asked if path.endswith("0.2.0-amd64-linux.tar.xz")]) == 1
    assert not list(stage.folder.top.glob(".download.tmp-*"))


def test_this_build_has_no_source() -> None:
    with raises(errors.NO_UPDATE_SOURCE):
        UpdateSource.shipped()


async def test_a_fresh_client_is_not_frozen_on_metadata_from_before_its_build(stage: Stage) -> None:
    old = stage.feed.feed.targets
    assert old is not None
    source = stage.feed.source(stage.server.url, old.signed.version + 1)
    client = client_of(source, installed_in(stage.folder, "0.1.0"), stage.home)
    with raises(errors.UPDATE_METADATA_OLD):
        await client.check()
    stage.feed.release("0.2.0")
    assert (await client.check()).newest == "0.2.0"
