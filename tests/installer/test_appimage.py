"""The beginning of the AppImage with a small program behind it: mounted, unpacked, and what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from appimage import write_appimage
from support.patience import PATIENCE
from support.x11_desktop import until

pytestmark = pytest.mark.integration

CANNOT_RUN: Final = 127
NOBODY: Final = 65534
MADE_AT: Final = 1_700_000_000
AS_ROOT: Final = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root may do so: core.yml has a job as root"
)
WITHOUT_FUSE: Final = {"APPIMAGE_EXTRACT_AND_RUN": "1"}
APP_RUN: Final = """\
#!/bin/sh
case $1 in
    tell) printf '%s\\n' "$$" "$APPIMAGE" "$ARGV0" "$OWD" "$APPDIR" "$#" "$3" ; exit 42 ;;
    leave) "${0%/*}/sleep" 600 </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- & echo $! ;;
    wait) echo "$APPDIR"; read -r line ;;
    owner) stat --format '%u %a' "$APPDIR/data" ;;
esac
"""


def make_appimage(folder: Path, data: bytes = b"data" * 100_000) -> Path:
    """With AppRun, a program, data and a link in it; folder: a new one."""
    tree = folder / "AppDir"
    (tree / "inner").mkdir(parents=True)
    (tree / "AppRun").write_text(APP_RUN)
    (tree / "sleep").write_bytes(Path("/bin/sleep").read_bytes())
    (tree / "data").write_bytes(data)
    (tree / "inner" / "link").symlink_to("../data")
    for name, mode in {".": 0o755, "AppRun": 0o755, "sleep": 0o755, "data": 0o644, "inner": 0o755}.items():
        (tree / name).chmod(mode)
    return write_appimage(tree, "1.2.3", folder / "small.AppImage", MADE_AT, level=1)


@pytest.fixture(scope="session")
def appimage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_appimage(tmp_path_factory.mktemp("appimage") / "made")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Of a user, for everything that is written; empty again at the end."""
    folder = tmp_path / "home"
    (folder / "tmp").mkdir(parents=True)
    (folder / ".cache").mkdir()
    folder.chmod(0o700)
    yield folder
    until(lambda: not left_in(folder), PATIENCE)


def left_in(home: Path) -> list[Path]:
    return [*(home / "tmp").iterdir(), *(home / ".cache").iterdir()]


def environ_of(home: Path, more: Mapping[str, str] = {}) -> dict[str, str]:
    return {"PATH": os.defpath, "HOME": str(home), "TMPDIR": str(home / "tmp"), **more}


def started(command: Sequence[str | Path], home: Path, more: Mapping[str, str] = {}) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=home,
        env=environ_of(home, more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def done(command: Sequence[str | Path], home: Path, more: Mapping[str, str] = {}) -> tuple[int, str, str]:
    process = started(command, home, more)
    output, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, output, errors


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture(params=["mounted", "unpacked"])
def way(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """The environment that has it run that way."""
    return {} if request.param == "mounted" else WITHOUT_FUSE


def test_it_is_an_appimage_of_type_2(appimage: Path, home: Path) -> None:
    content = appimage.read_bytes()
    assert content.startswith(b"\x7fELF")
    assert content[8:11] == b"AI\x02"
    code, offset, _ = done([appimage, "--appimage-offset"], home)
    assert (code, content[int(offset) :][:4]) == (0, b"hsqs")
    assert done([appimage, "--appimage-version"], home) == (0, "1.2.3\n", "")
    code, told, _ = done([appimage, "--appimage-help"], home)
    assert (code, "--appimage-extract" in told) == (0, True)


def test_the_same_files_give_the_same_bytes(
    appimage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    before = os.umask(0o077)
    try:
        again = make_appimage(tmp_path / "elsewhere")
    finally:
        os.umask(before)
    assert sha256(again.read_bytes()).digest() == sha256(appimage.read_bytes()).digest()


def test_the_program_gets_what_it_was_given(appimage: Path, home: Path, way: Mapping[str, str]) -> None:
    link = home / "tee-rex"
    link.symlink_to(appimage)
    process = started([link, "tell", "a b", "c  d"], home, way)
    told, _ = process.communicate(timeout=PATIENCE)
    *facts, folder, count, last = told.splitlines()
    assert facts == [str(process.pid), str(appimage), str(link), str(home)]
    assert (process.returncode, count, last) == (42, "3", "c  d")
    place = home / (".cache" if way else "tmp")
    assert Path(folder).is_relative_to(place)


def test_the_folder_is_the_users_own(appimage: Path, home: Path) -> None:
    """And what is in it cannot be changed by others."""
    process = started([appimage, "wait"], home, WITHOUT_FUSE)
    folder = Path(line_of(process))
    assert folder.stat().st_mode & 0o777 == folder.parent.stat().st_mode & 0o777 == 0o700
    modes = {path.name: path.lstat().st_mode & 0o777 for path in folder.rglob("*") if not path.is_symlink()}
    assert modes == {"AppRun": 0o755, "sleep": 0o755, "data": 0o644, "inner": 0o755}
    assert (folder / "inner" / "link").readlink() == Path("../data")
    process.communicate(timeout=PATIENCE)


def test_what_it_has_left_running_keeps_its_files(appimage: Path, home: Path, way: Mapping[str, str]) -> None:
    code, told, _ = done([appimage, "leave"], home, way)
    program = int(told)
    time.sleep(2.5)
    try:
        assert code == 0
        (place,) = left_in(home)
        assert list(place.rglob("AppRun"))
    finally:
        os.kill(program, signal.SIGKILL)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_nothing_is_left_of_one_that_was_killed(
    appimage: Path, home: Path, way: Mapping[str, str], ending: signal.Signals
) -> None:
    process = started([appimage, "wait"], home, way)
    folder = Path(line_of(process))
    assert (folder / "data").is_file()
    process.send_signal(ending)
    assert process.wait(PATIENCE) == -ending
    process.communicate()


def test_several_share_what_is_unpacked(appimage: Path, home: Path) -> None:
    first = started([appimage, "wait"], home, WITHOUT_FUSE)
    folder = Path(line_of(first))
    rest = [started([appimage, "wait"], home, WITHOUT_FUSE) for _ in range(3)]
    assert {Path(line_of(one)) for one in rest} == {folder}
    for one in (first, *rest[1:]):
        one.communicate(timeout=PATIENCE)
    time.sleep(2.5)
    assert (folder / "data").is_file()
    _, told = rest[0].communicate(timeout=PATIENCE)
    assert "Unpacking" not in told


def test_one_killed_while_unpacking_leaves_nothing(tmp_path: Path, home: Path) -> None:
    appimage = make_appimage(tmp_path / "large", os.urandom(1 << 20) * 200)
    process = started([appimage, "wait"], home, WITHOUT_FUSE)
    until(lambda: any((home / ".cache").glob("*/new/data")), PATIENCE)
    process.kill()
    process.communicate()
    until(lambda: not left_in(home), PATIENCE)
    assert done([appimage, "tell"], home, WITHOUT_FUSE)[0] == 42


def test_an_older_ones_remains_are_removed(appimage: Path, home: Path) -> None:
    """As after a crash of the machine."""
    remains = home / ".cache" / "tee-rex-appimage" / "1-2-3-4-5"
    remains.mkdir(parents=True, mode=0o700)
    remains.parent.chmod(0o700)
    (remains / "AppRun").write_text("#!/bin/sh\nexit 66\n")
    assert done([appimage, "tell"], home, WITHOUT_FUSE)[0] == 42


def others(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)


def for_everybody(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def a_link(folder: Path) -> None:
    folder.symlink_to(folder.parent.parent)


@pytest.mark.parametrize("prepare", [pytest.param(others, marks=AS_ROOT), for_everybody, a_link])
def test_a_folder_that_another_could_have_prepared_is_refused(
    appimage: Path, home: Path, prepare: Callable[[Path], None]
) -> None:
    prepared = home / "tmp" / f"tee-rex-appimage-{os.geteuid()}"
    prepare(prepared)
    (home / ".cache").chmod(0o777)
    code, _, told = done([appimage, "tell"], home, WITHOUT_FUSE)
    assert (code, "XDG_CACHE_HOME" in told) == (CANNOT_RUN, True)
    (home / ".cache").chmod(0o700)
    assert done([appimage, "tell"], home, WITHOUT_FUSE)[0] == 42
    prepared.unlink() if prepared.is_symlink() else prepared.rmdir()


def in_namespace(script: str, *command: str | Path) -> list[str | Path]:
    """What runs a command as root where a script has changed the mounts."""
    return ["unshare", "--mount", "sh", "-euc", f'{script}\nexec "$@"', "sh", *command]


@AS_ROOT
def test_where_fuse_does_not_work_it_is_unpacked(appimage: Path, home: Path) -> None:
    code, told, errors = done(in_namespace("mount --bind /dev/null /dev/fuse", appimage, "tell"), home)
    assert code == 42
    assert f"{home}/.cache/" in told
    assert errors == "Unpacking TEE-Rex, because there is no FUSE here.\n"


@AS_ROOT
def test_with_fuse_for_root_alone_others_unpack_it(appimage: Path, home: Path) -> None:
    own = home / "node"
    own.mkdir()
    fuse = f"mount -t tmpfs tmpfs {own} && mknod -m 0600 {own}/fuse c 10 229"
    bound = f"{fuse} && mount --bind {own}/fuse /dev/fuse"
    code, told, errors = done(in_namespace(bound, appimage, "tell"), home)
    assert (code, f"{home}/tmp/.mount_" in told, errors) == (42, True, "")
    for path in (home, home / "tmp", home / ".cache"):
        os.chown(path, NOBODY, NOBODY)
    for folder in (home.parent, *home.parent.parents[:-2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    for path in (appimage, appimage.parent, *appimage.parent.parents[:-2]):
        path.chmod(path.stat().st_mode | 0o055)
    user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", appimage)
    code, told, _ = done(in_namespace(bound, *user, "tell"), home)
    assert (code, f"{home}/.cache/" in told) == (42, True)


@AS_ROOT
def test_a_place_that_nothing_may_start_from_is_passed_over(appimage: Path, home: Path) -> None:
    noexec = f"mount --bind /dev/null /dev/fuse; mount -t tmpfs -o noexec,mode=0700 tmpfs {home}/.cache"
    code, told, _ = done(in_namespace(noexec, appimage, "tell"), home)
    assert (code, f"{home}/tmp/" in told) == (42, True)


@AS_ROOT
def test_a_full_disk_is_said(tmp_path: Path, home: Path) -> None:
    appimage = make_appimage(tmp_path / "large", os.urandom(1 << 20) * 8)
    full = f"mount --bind /dev/null /dev/fuse; mount -t tmpfs -o size=4M,mode=0700 tmpfs {home}/.cache"
    code, _, told = done(in_namespace(full, appimage, "tell"), home)
    assert (code, "No space left on device" in told) == (CANNOT_RUN, True)


def test_a_damaged_one_is_said(appimage: Path, tmp_path: Path, home: Path, way: Mapping[str, str]) -> None:
    damaged = tmp_path / "damaged.AppImage"
    damaged.write_bytes(appimage.read_bytes()[:-8192])
    damaged.chmod(0o755)
    code, _, told = done([damaged, "tell"], home, way)
    assert (code, "damaged; download it again" in told) == (CANNOT_RUN, True)


def test_it_unpacks_into_a_folder_of_its_own(appimage: Path, home: Path) -> None:
    assert done([appimage, "--appimage-extract"], home) == (0, "squashfs-root\n", "")
    assert (home / "squashfs-root" / "inner" / "link").read_bytes() == b"data" * 100_000
    code, _, told = done([appimage, "--appimage-extract"], home)
    assert (code, "File exists" in told) == (CANNOT_RUN, True)


def test_it_is_mounted_until_interrupted(appimage: Path, home: Path) -> None:
    process = started([appimage, "--appimage-mount"], home)
    folder = Path(line_of(process))
    assert (folder / "inner" / "link").read_bytes() == b"data" * 100_000
    with pytest.raises(OSError, match="Read-only file system"):
        (folder / "new").touch()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
