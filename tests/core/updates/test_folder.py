from __future__ import annotations

import asyncio
import io
import os
import random
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import msgspec
import pytest
from filelock import FileLock

from support.errors import raises
from support.small_disk import fill, make_read_only, small_disk
from support.update_feed import Stage, small_archive, small_program, unpacked
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue import updates as errors
from tee_rex.errors.catalogue.files import DISK_FULL
from tee_rex.revocations import Revocations
from tee_rex.updates.client import UpdateState
from tee_rex.updates.folder import InstallFolder
from tee_rex.updates.pins import FORMAT, PinsUpdate
from tee_rex.updates.releases import ReleaseVersion

V1, V2, V3 = ReleaseVersion(0, 1, 0), ReleaseVersion(0, 2, 0), ReleaseVersion(0, 3, 0)
TESTS = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> InstallFolder:
    archive, _unpacked = small_archive(tmp_path, "0.1.0")
    return unpacked(archive, tmp_path)


async def add(
    folder: InstallFolder, version: str, program: str | None = None, *, current: bool = True
) -> None:
    archive, size = small_archive(folder.top.parent, version, program)
    number = ReleaseVersion.parse(version)
    assert number is not None
    await folder.add(archive, number, size)
    if current:
        folder.make_current(number)


def started(folder: InstallFolder, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(folder.top / "tee-rex"), *(arguments or ("--version",))]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def version_started(folder: InstallFolder) -> str:
    return started(folder).stdout.split()[1]


def confirm(folder: InstallFolder, version: str) -> None:
    folder.confirm(folder.top / "versions" / version / "tee-rex")


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


# Going back


async def test_a_healthy_version_stays(folder: InstallFolder) -> None:
    await add(folder, "0.2.0")
    assert version_started(folder) == "0.2.0"
    confirm(folder, "0.2.0")
    assert [version_started(folder) for _ in range(3)] == ["0.2.0"] * 3
    assert not folder.has_failed(V2)


async def test_a_version_that_never_says_it_is_healthy_is_started_once(folder: InstallFolder) -> None:
    await add(folder, "0.2.0")
    assert [version_started(folder) for _ in range(3)] == ["0.2.0", "0.1.0", "0.1.0"]
    assert folder.has_failed(V2)
    assert (folder.current(), folder.has(V2)) == (V1, True)
    folder.make_current(V2)  # the user tries again
    assert version_started(folder) == "0.2.0"
    assert not folder.has_failed(V2)


async def test_a_version_that_crashes_is_left_at_the_next_start(folder: InstallFolder) -> None:
    crashing = '#!/bin/sh\n[ "$1" = --version ] && echo "tee-rex 0.2.0" && exit\nkill -SEGV $$\n'
    await add(folder, "0.2.0", crashing)
    assert started(folder, "demo").returncode < 0
    assert started(folder, "demo").stdout.split()[1] == "0.1.0"


async def test_a_version_whose_program_is_gone_is_left_at_once(folder: InstallFolder) -> None:
    await add(folder, "0.2.0")
    (folder.top / "versions/0.2.0/tee-rex").unlink()
    assert version_started(folder) == "0.1.0"


async def test_a_second_start_while_the_first_is_still_starting_is_no_failure(folder: InstallFolder) -> None:
    waiting = '#!/bin/sh\necho "tee-rex 0.2.0"\n[ "$1" = --version ] || sleep 60\n'
    await add(folder, "0.2.0", waiting)
    with subprocess.Popen(
        [folder.top / "tee-rex", "demo"], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as first:
        try:
            assert first.stdout is not None
            assert first.stdout.readline() == "tee-rex 0.2.0\n"
            assert version_started(folder) == "0.2.0"
        finally:
            os.killpg(first.pid, signal.SIGKILL)


async def test_another_process_with_the_number_of_the_one_that_failed_is_no_start(
    folder: InstallFolder,
) -> None:
    await add(folder, "0.2.0")
    (folder.top / "tried").symlink_to(f"{os.getpid()}-1")
    assert version_started(folder) == "0.1.0"


async def test_only_what_a_start_says_of_itself_is_forgotten(folder: InstallFolder) -> None:
    await add(folder, "0.2.0")
    tried = folder.top / "tried"
    tried.symlink_to("1-5")
    folder.forget_start()
    assert tried.is_symlink()
    tried.unlink()
    tried.symlink_to(f"{os.getpid()}-5")
    folder.forget_start()
    assert not tried.is_symlink()


async def test_a_version_says_nothing_of_the_one_that_is_made_current_meanwhile(
    folder: InstallFolder,
) -> None:
    await add(folder, "0.2.0")
    await add(folder, "0.3.0", current=False)
    with FileLock(folder.top / ".links.lock", thread_local=False) as lock:
        confirming = asyncio.create_task(asyncio.to_thread(confirm, folder, "0.2.0"))
        await asyncio.sleep(0.2)
        (folder.top / "current").unlink()
        (folder.top / "current").symlink_to("versions/0.3.0")
        lock.release()
        await confirming
    assert (folder.top / "previous").is_symlink()
    assert [version_started(folder) for _ in range(2)] == ["0.3.0", "0.1.0"]


async def test_of_a_version_with_an_app_the_app_decides(folder: InstallFolder, tmp_path: Path) -> None:
    (tmp_path / "frozen-0.2.0").mkdir()
    app = tmp_path / "frozen-0.2.0" / "tee-rex-app"
    app.write_text("#!/bin/sh\n")
    app.chmod(0o755)
    await add(folder, "0.2.0")
    assert [version_started(folder) for _ in range(3)] == ["0.2.0"] * 3
    confirm(folder, "0.2.0")
    assert (folder.top / "previous").is_symlink()
    folder.confirm(folder.top / "versions/0.2.0/tee-rex-app")
    assert not (folder.top / "previous").is_symlink()


async def test_where_going_back_cannot_be_recorded_the_version_before_starts_all_the_same(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        folder = unpacked(small_archive(tmp_path, "0.1.0")[0], disk)
        archive, size = small_archive(tmp_path, "0.2.0")
        await folder.add(archive, V2, size)
        folder.make_current(V2)
        assert version_started(folder) == "0.2.0"
        make_read_only(disk)
        assert [version_started(folder) for _ in range(2)] == ["0.1.0", "0.1.0"]
    # As above, but the update has not been started yet: nobody can judge it, and it starts.
    with small_disk(tmp_path / "other", "1m") as disk:
        folder = unpacked(small_archive(tmp_path, "0.1.0")[0], disk)
        await folder.add(archive, V2, size)
        folder.make_current(V2)
        make_read_only(disk)
        done = started(folder)
        assert (done.stdout.split()[1], done.stderr) == ("0.2.0", "")


async def test_an_unconfirmed_version_is_not_what_an_update_goes_back_to(folder: InstallFolder) -> None:
    await add(folder, "0.2.0")
    await add(folder, "0.3.0")
    assert [version_started(folder) for _ in range(2)] == ["0.3.0", "0.1.0"]


# What is removed


async def test_old_versions_are_removed_but_nothing_of_the_users(
    folder: InstallFolder,
) -> None:
    await add(folder, "0.2.0")
    (folder.top / "versions/0.2.0/mine").write_text("mine")
    (folder.top / "versions/0.2.0/_internal/library").unlink()
    (folder.top / "versions/0.2.0/_internal/library").mkdir()  # the user's, by the same name
    (folder.top / "notes").write_text("mine")
    (folder.top / "versions/0.1.9").mkdir()
    await add(folder, "0.3.0")
    confirm(folder, "0.3.0")
    folder.remove_unused([])
    left = names(folder.top / "versions")
    assert {"0.1.0/tee-rex", "0.1.9", "0.2.0/mine", "0.2.0/_internal/library", "0.3.0/tee-rex"} <= left
    assert not {"0.2.0/tee-rex", "0.2.0/_internal/link", "0.2.0.files"} & left
    assert (folder.top / "notes").exists()
    assert version_started(folder) == "0.3.0"


async def test_what_runs_starts_next_or_is_ready_is_not_removed(folder: InstallFolder) -> None:
    for version in ("0.2.0", "0.3.0", "0.4.0"):
        await add(folder, version)
        confirm(folder, version)
    await add(folder, "0.5.0")
    await add(folder, "0.6.0", current=False)
    folder.remove_unused([folder.top / "versions/0.2.0/tee-rex"], ReleaseVersion(0, 6, 0))
    kept = [path.name for path in sorted((folder.top / "versions").iterdir()) if path.is_dir()]
    assert kept == ["0.1.0", "0.2.0", "0.4.0", "0.5.0", "0.6.0"]


async def test_a_list_that_was_altered_removes_nothing_elsewhere(
    folder: InstallFolder, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/file").write_text("mine")
    await add(folder, "0.2.0")
    (folder.top / "versions/0.2.0/linked").symlink_to(tmp_path / "elsewhere")
    await add(folder, "0.3.0")
    confirm(folder, "0.3.0")
    listed = ["../../../precious", str(precious), "linked/file", "..", "", "tee-rex/x", "_internal"]
    (folder.top / "versions/0.2.0.files").write_bytes("\0".join(listed).encode())
    folder.remove_unused([])
    assert precious.exists()
    assert (tmp_path / "elsewhere/file").exists()
    assert version_started(folder) == "0.3.0"


async def test_what_is_left_of_an_interrupted_removal_is_no_version(
    folder: InstallFolder,
) -> None:
    await add(folder, "0.2.0", current=False)
    listed = folder.top / "versions/0.2.0.files"
    listed.rename(listed.with_suffix(".removing"))
    (folder.top / "versions/0.2.0/tee-rex").unlink()
    assert not folder.has(V2)
    folder.remove_unused([])
    assert names(folder.top / "versions") == names(folder.top / "versions") - {"0.2.0", "0.2.0.removing"}


async def test_what_the_updater_did_not_make_is_not_replaced(folder: InstallFolder) -> None:
    (folder.top / "versions/0.2.0").mkdir()
    (folder.top / "versions/0.2.0/mine").write_text("mine")
    with raises(errors.UPDATE_FOLDER_TAKEN):
        await add(folder, "0.2.0")
    assert (folder.top / "versions/0.2.0/mine").exists()


# Trying out


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("#!/bin/sh\nexit 3\n", "exited with code 3"),
        ("#!/nonexistent\n", "No such file"),
        (small_program("0.9.0"), "says that it is tee-rex 0.9.0"),
        ("#!/bin/sh\nkill -SEGV $$\n", "SIGSEGV"),
    ],
    ids=["fails", "no interpreter", "other version", "crashes"],
)
async def test_a_version_that_does_not_start_here_is_not_installed(
    folder: InstallFolder, program: str, reason: str
) -> None:
    before = names(folder.top)
    with raises(errors.UPDATE_NOT_STARTABLE, match=reason):
        await add(folder, "0.2.0", program)
    assert names(folder.top) == before


# Archives


def member(
    name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    one = tarfile.TarInfo(name)
    one.size, one.type, one.linkname, one.mode = len(content), kind, link, 0o755
    return one, content


HOSTILE = {
    "device": [member("t/versions/0.2.0/zero", kind=tarfile.CHRTYPE)],
    "FIFO": [member("t/versions/0.2.0/pipe", kind=tarfile.FIFOTYPE)],
    "hard link": [member("t/versions/0.2.0/passwd", kind=tarfile.LNKTYPE, link="/etc/passwd")],
    "link out": [member("t/versions/0.2.0/out", kind=tarfile.SYMTYPE, link="../../../../x")],
    "absolute link": [member("t/versions/0.2.0/out", kind=tarfile.SYMTYPE, link="/etc/passwd")],
    "behind a link": [
        member("t/versions/0.2.0/a", kind=tarfile.SYMTYPE, link="b"),
        member("t/versions/0.2.0/b/there", b"x"),
        member("t/versions/0.2.0/a/file", b"x"),
    ],
    "twice": [member("t/versions/0.2.0/tee-rex", b"x"), member("t/versions/0.2.0/tee-rex", b"y")],
    "too large": [member("t/versions/0.2.0/tee-rex", bytes(100_001))],
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_archive_is_refused_though_it_was_signed(
    folder: InstallFolder, tmp_path: Path, kind: str
) -> None:
    archive = tmp_path / "hostile.tar.xz"
    with tarfile.open(archive, "w:xz") as written:
        for one, content in HOSTILE[kind]:
            written.addfile(one, io.BytesIO(content))
    before = names(folder.top)
    with pytest.raises(Exception) as refused:  # noqa: PT011  # looked at below
        await folder.add(archive, V2, 100_000)
    assert getattr(refused.value, "code", "") in ("UPDATE_REFUSED", "DISK_NOT_WRITABLE")
    assert names(folder.top) == before


async def test_what_is_elsewhere_in_an_archive_and_empty_folders_are_left_out(
    folder: InstallFolder, tmp_path: Path
) -> None:
    archive = tmp_path / "other.tar.xz"
    parts = [
        member("t/versions/0.2.0/tee-rex", small_program("0.2.0").encode()),
        member("t/versions/0.2.0/empty/", kind=tarfile.DIRTYPE),
        member("t/versions/0.1.0/tee-rex", b"x"),
        member("t/tee-rex", b"x"),
        member("../versions/0.2.0/../../escaped", b"x"),
    ]
    with tarfile.open(archive, "w:xz") as written:
        for one, content in parts:
            written.addfile(one, io.BytesIO(content))
    await folder.add(archive, V2, 100_000)
    assert names(folder.top / "versions/0.2.0") == {"tee-rex"}
    assert version_started(folder) == "0.1.0"
    assert not (tmp_path / "escaped").exists()


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
async def test_a_damaged_archive_is_refused(folder: InstallFolder, tmp_path: Path, share: float) -> None:
    archive, size = small_archive(tmp_path, "0.2.0")
    os.truncate(archive, int(share * archive.stat().st_size))
    before = names(folder.top)
    with pytest.raises(UnusableEnvironmentError) as refused:
        await folder.add(archive, V2, size)
    # tarfile takes a broken header for the end; then the program is missing.
    assert refused.value.code in (errors.UPDATE_REFUSED.code, errors.UPDATE_NOT_STARTABLE.code)
    assert names(folder.top) == before


# Disasters


async def test_a_full_disk_in_the_middle_leaves_the_old_version(stage: Stage, tmp_path: Path) -> None:
    archive = stage.feed.release("0.2.0")
    with small_disk(tmp_path / "disk", "1m") as disk:
        folder = unpacked(small_archive(tmp_path, "0.1.0")[0], disk)
        before = names(folder.top)
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        big = tmp_path / "big.tar.xz"
        with tarfile.open(big, "w:xz") as written:
            program, content = member("t/versions/0.2.0/library", os.urandom(free + 1))
            written.addfile(program, io.BytesIO(content))
        with raises(DISK_FULL):
            await folder.add(big, V2, 1 << 30)
        fill(disk)
        with raises(DISK_FULL):
            await folder.add(archive, V2, 1 << 30)
        (disk / "filling").unlink()
        assert names(folder.top) == before
        assert version_started(folder) == "0.1.0"


async def test_a_cancelled_update_leaves_nothing(stage: Stage) -> None:
    trial = "#!/bin/sh\nsleep 60\n"
    stage.feed.release("0.2.0", program=trial)
    before = names(stage.folder.top)
    preparing = asyncio.create_task(stage.client().prepare())
    versions = stage.folder.top / "versions"
    while not list(versions.glob(".0.2.0.tmp-*/new/tee-rex")):  # noqa: ASYNC110  # a file tells
        await asyncio.sleep(0.01)
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert names(stage.folder.top) - before == {".download.lock", ".update.lock"}
    assert asyncio.all_tasks() == {asyncio.current_task()}


def updating(stage: Stage, running: str) -> list[str]:
    source = stage.home.parent / "source"
    stage.feed.write_source(stage.server.url, source)
    program = [sys.executable, "-m", "support.update_process"]
    return [*program, str(source), str(stage.folder.top), running, str(stage.home)]


def kill_rounds(stage: Stage, rounds: int) -> None:
    """Kill an update at a random moment.

    What starts then is the old version or the new one, and whole; what is revoked is by the old pins update
    or by the new one.
    """
    chance = random.SystemRandom()
    environ = {**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent / 'tools'}"}
    (stage.folder.top / "versions/0.1.0/mine").write_text("mine")
    running, seconds = "0.1.0", 2.0
    moments = []
    for number in range(2, rounds + 2):
        newest = f"0.{number}.0"
        stage.feed.release(newest)
        held, new = pins_of(number - 1), pins_of(number)
        stage.feed.publish_pins(msgspec.json.encode(new), number)
        command = updating(stage, running)
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begins\n"
            moment = chance.uniform(0, seconds)
            moments.append(moment)
            time.sleep(moment)
            process.kill()
        assert revoked(stage) in (held.revoked.bb, new.revoked.bb), moments
        for _ in range(2):
            version = version_started(stage.folder)
            assert version in (running, newest), moments
            whole = stage.folder.top / "versions" / version / "_internal"
            assert (whole / "link").read_bytes() == version.encode() * 1000, moments
        begin = time.monotonic()
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.stdout.splitlines()[1:] == [UpdateState.INSTALLED], (done.stderr, moments)
        seconds = 0.5 * (seconds + time.monotonic() - begin)
        assert version_started(stage.folder) == newest
        assert revoked(stage) == new.revoked.bb
        running = newest
    confirm(stage.folder, running)
    assert (stage.folder.top / "versions/0.1.0/mine").exists()
    left = names(stage.folder.top) | names(stage.home)
    assert not [name for name in left if ".tmp-" in name or name.startswith((".current-", ".previous-"))]


def pins_of(serial: int) -> PinsUpdate:
    """The pins update of a round; nothing is revoked before the first."""
    revoked = frozenset({f"{serial:064x}"} if serial > 1 else ())
    return PinsUpdate(FORMAT, serial, Revocations(0, revoked))


def revoked(stage: Stage) -> frozenset[str]:
    return Revocations.known(stage.client().paths).bb


@pytest.mark.integration
def test_killed_at_any_moment_the_old_or_the_new_version_starts(stage: Stage) -> None:
    kill_rounds(stage, 5)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_killed_hundreds_of_times_the_old_or_the_new_version_starts(stage: Stage) -> None:
    kill_rounds(stage, 300)


@pytest.mark.integration
def test_two_instances_at_once_install_once(stage: Stage) -> None:
    stage.feed.release("0.2.0")
    environ = {**os.environ, "PYTHONPATH": f"{TESTS}:{TESTS.parent / 'tools'}"}
    command = updating(stage, "0.1.0")
    both = [
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate() for process in both]
    assert [out for out, _err in outputs] == ["begins\ninstalled\n"] * 2, outputs
    assert version_started(stage.folder) == "0.2.0"
    assert len([path for path in stage.server.asked if path.endswith("0.2.0-amd64-linux.tar.xz")]) == 1
