"""Images from the real inputs: Debian's packages, wheels, bb."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from support.built_image import KERNEL, LIBRARIES, BuiltImage, build_image, kernel_options, python_argv
from support.recorded_steps import mock_transaction, mock_transaction_of_v4
from support.small_disk import small_disk
from tee_rex.attestation.builds import shipped_builds
from tee_rex.attestation.eif import image_pcrs
from tee_rex.bb.pins import BbPins
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_server.image.guest_modules import recipe_digest
from tee_rex_server.proving.provers import ServedProvers

pytestmark = pytest.mark.integration

MAX_BYTES_WITHOUT_CRS = 150_000_000
NOBODY = 65534


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> BuiltImage:
    """The release's, but for its kernel."""
    return build_image(tmp_path_factory.mktemp("image") / "one")


@pytest.fixture(scope="module")
def development_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root file system of the image for tests."""
    folder = tmp_path_factory.mktemp("development")
    build_image(folder / "image", "--development").unpack(folder / "root")
    return folder / "root"


def test_two_builds_are_the_same_files(image: BuiltImage, tmp_path: Path) -> None:
    dependencies = {
        "TMPDIR": str(tmp_path),
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "7",
        "PYTHONOPTIMIZE": "2",
        "PYTHONPATH": "/nonexistent",
        "LD_LIBRARY_PATH": "/nonexistent",
    }
    again = build_image(tmp_path / "another folder", environment=dependencies, cwd=tmp_path)
    assert again.report == image.report
    assert again.file.read_bytes() == image.file.read_bytes()
    assert sorted(path.name for path in again.folder.iterdir()) == ["measurements.json", "tee-rex-0.1.0.eif"]
    assert [path for path in tmp_path.iterdir() if path != again.folder] == []


_AS_NOBODY = """
import importlib, os, pkgutil, sys, tee_rex, tee_rex_server.image
from tee_rex_server.cli import app
sys.argv = sys.argv[1:]
# This interpreter may live where only its owner can read: import all that a build needs, then become nobody.
import encodings.cp437, encodings.idna, resource, typer.testing
for package in (tee_rex, tee_rex_server.image):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
typer.testing.CliRunner().invoke(app, ["image", "build", "--kernel", "/nonexistent"])
if os.geteuid() == 0 and os.environ["BECOME"]:
    os.setgroups([])
    os.setresgid(*[int(os.environ["BECOME"])] * 3)
    os.setresuid(*[int(os.environ["BECOME"])] * 3)
os.umask(0o077)
app()
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may reach, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="tee-rex-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_another_user_builds_the_same(image: BuiltImage, open_folder: Path) -> None:
    home, own = open_folder / "home", Paths.from_environment(os.environ)
    inputs = "enclave-tools/inputs"
    shutil.copytree(own.data / inputs, home / inputs)
    bb = Path(*own.bb_dir(TrustedSetup.GENUINE).parts[-2:])
    shutil.copytree(own.data / bb, home / bb)
    command: list[str | Path] = [sys.executable, "-c", _AS_NOBODY, "tee-rex-server"]
    become = str(NOBODY) if os.geteuid() == 0 else ""
    if become:
        for path in (open_folder, *open_folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    else:  # root of a namespace is another user too
        command = ["unshare", "--user", "--map-root-user", *command]
    environment = {"TEE_REX_HOME": str(home), "HOME": str(home), "BECOME": become, "TMPDIR": str(open_folder)}
    folder = open_folder / "image"
    folder.mkdir()
    folder.chmod(0o777)
    again = build_image(folder, "--offline", command=command, environment=environment)
    assert again.file.stat().st_uid == (NOBODY if become else os.geteuid())
    assert again.file.read_bytes() == image.file.read_bytes()
    assert again.report == image.report


@pytest.mark.parametrize(("size", "options"), [("5m", []), ("200m", ["noexec"])])
def test_a_temporary_folder_that_is_full_or_noexec_is_reported(
    tmp_path: Path, size: str, options: list[str]
) -> None:
    kernel = tmp_path / "bzImage"
    kernel.write_bytes(KERNEL)
    with small_disk(tmp_path / "temporary", ",".join([size, *options])) as temporary:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tee_rex_server", "image", "build", "--output", tmp_path / "output"),
                *kernel_options(kernel),
            ],
            env={**os.environ, "TMPDIR": str(temporary)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "[IMAGE_TEMPORARY_FOLDER]" in done.stderr) == (4, True), done.stderr
        assert "TMPDIR" in done.stderr
        assert [*temporary.iterdir()] == [*(tmp_path / "output").iterdir()] == []


def test_the_report_matches_the_file(image: BuiltImage) -> None:
    pcrs = image_pcrs(image.eif)
    report = image.report
    assert (report.pcrs.pcr0, report.pcrs.pcr1, report.pcrs.pcr2) == (
        pcrs.pcr0.hex(),
        pcrs.pcr1.hex(),
        pcrs.pcr2.hex(),
    )
    assert report.bytes == image.file.stat().st_size < MAX_BYTES_WITHOUT_CRS
    assert report.setups == ("genuine",)
    assert {one.kind for one in report.inputs} == {"kernel", "package", "wheel", "own", "bb"}
    measured = subprocess.run(
        [sys.executable, "-m", "tee_rex_server", "image", "measure", image.file, "--json"],
        capture_output=True,
        check=True,
    )
    assert msgspec.json.decode(measured.stdout)["pcrs"]["0"] == report.pcrs.pcr0


def test_the_pinned_pcrs_are_those_of_this_checkout(image: BuiltImage) -> None:
    """PCR0 and PCR1 need the real kernel too: the emulation compares them."""
    of_this_checkout = [build for build in shipped_builds() if build.recipe_sha256 == recipe_digest()]
    assert [build.pcr2 for build in of_this_checkout] in ([], [image.report.pcrs.pcr2])


def test_the_image_has_no_tools_and_only_root_owns_it(image: BuiltImage) -> None:
    entries = image.entries
    executables = {entry.name for entry in entries if stat.S_ISREG(entry.mode) and entry.mode & 0o111}
    assert executables == {
        "init",
        "usr/bin/python3.13",
        f"{LIBRARIES}/ld-linux-x86-64.so.2",
        "var/lib/tee-rex/genuine/bb/4.1.2/bb",
        "var/lib/tee-rex/genuine/bb/5.0.0/bb",
    }
    assert {(entry.uid, entry.gid, entry.mtime) for entry in entries} == {(0, 0, 0)}
    assert not [entry.name for entry in entries if entry.mode & 0o6000]
    writable = {entry.name for entry in entries if not stat.S_ISLNK(entry.mode) and entry.mode & 0o022}
    home = "var/lib/tee-rex"
    assert writable == {home, f"{home}/genuine/bb", f"{home}/genuine/crs"}
    assert not [entry.name for entry in entries if entry.name.endswith((".py", ".sh", ".deb", ".whl"))]
    assert len({entry.name for entry in entries if not stat.S_ISDIR(entry.mode)}) == sum(
        not stat.S_ISDIR(entry.mode) for entry in entries
    )


def test_the_baked_bbs_are_the_pinned_ones_that_it_serves(image: BuiltImage) -> None:
    served = ServedProvers.pinned(BbPins.shipped(), {TrustedSetup.GENUINE}, Platform.AMD64_LINUX)
    assert served.versions == ["4.1.2", "5.0.0"]
    assert [one.sha256 for one in image.report.inputs if one.kind == "bb"] == [*served.digests.values()]


def test_an_image_without_bb_lists_it_for_uploads(tmp_path: Path) -> None:
    image = build_image(tmp_path / "image", "--no-bb")
    names = {entry.name for entry in image.entries}
    assert "var/lib/tee-rex/genuine/bb" in names
    assert not [name for name in names if name.endswith((".2/bb", ".0/bb"))]
    for version in ("4.1.2", "5.0.0"):
        assert f"usr/lib/tee-rex/tee_rex/_resources/versions/{version}.json" in names


def test_every_library_finds_what_it_needs(development_root: Path) -> None:
    libraries = development_root / LIBRARIES
    loader = libraries / "ld-linux-x86-64.so.2"
    binaries = [
        path
        for path in development_root.rglob("*")
        if path.is_file() and not path.is_symlink() and path != loader and path.read_bytes()[:4] == b"\x7fELF"
    ]
    assert len(binaries) > 20
    for binary in binaries:
        listed = subprocess.run(
            [loader, "--library-path", libraries, "--list", binary],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "not found" not in listed.stdout + listed.stderr, binary
        outside = [
            line for line in listed.stdout.splitlines() if "=> /" in line and str(libraries) not in line
        ]
        assert outside == [], binary


_IMPORT_ALL = """
import importlib, pathlib, sys
site = pathlib.Path(sys.argv[1])
sys.path.append(str(site))
for package in ("tee_rex", "tee_rex_server"):
    for path in sorted((site / package).rglob("*.pyc")):
        importlib.import_module(".".join(path.relative_to(site).with_suffix("").parts))
assert "rich" not in sys.modules and "typer" not in sys.modules
print(importlib.import_module("tee_rex_server.enclave.init").main.__code__.co_filename)
"""


def test_every_module_of_ours_can_be_imported(development_root: Path) -> None:
    site = development_root / "usr/lib/tee-rex"
    done = subprocess.run(
        [*python_argv(development_root), "-c", _IMPORT_ALL, site],
        capture_output=True,
        text=True,
        env={},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "/usr/lib/tee-rex/tee_rex_server/enclave/init.py"


_PROVE = """
import asyncio, os, pathlib, sys
sys.path.append("/usr/lib/tee-rex")
from tee_rex_server.enclave.boot import drop_privileges
drop_privileges(10001, 10001)
os.environ["TEE_REX_HOME"] = "/var/lib/tee-rex"
from tee_rex.transaction.request import ProofRequest
from tee_rex.bb.pins import BbPins
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.local.installation import Installation
from tee_rex.settings.paths import Paths
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup

async def prove():
    installation = Installation(Paths.from_environment(os.environ), BbPins.shipped())
    backend = LocalBackend(installation, LocalOptions(threads=2))
    try:
        steps = ExecutionSteps.from_bytes(sys.stdin.buffer.read())
        request = ProofRequest(steps, TrustedSetup.DEVELOPMENT, steps.generation.default)
        result = await backend.prove(request, ignore_events)
    finally:
        await backend.close()
    baked = pathlib.Path("/var/lib/tee-rex/development/bb/4.1.2")
    try:
        baked.rename(baked.parent / "moved")
    except PermissionError:
        print("baked bb stays")
    print(type(result.proof).__name__)

asyncio.run(prove())
"""
_IN_ROOT = """
set -e
mount --make-rprivate /
mount -t proc proc "$1/proc"
mount -t tmpfs tmpfs "$1/dev"
touch "$1/dev/null"
mount --bind /dev/null "$1/dev/null"
mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
exec chroot "$1" /usr/bin/python3.13 -ISB -c "$2"
"""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("steps", [mock_transaction_of_v4(), mock_transaction()], ids=["v4", "v5"])
def test_a_real_proof_is_made_inside(development_root: Path, steps: bytes) -> None:
    """With nothing but what the image holds: its Python, libraries, bb and CRS, and without privileges."""
    namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--net"]
    if os.geteuid() != 0:
        namespaces += ["--user", "--map-root-user", "--map-auto"]
    done = subprocess.run(
        ["unshare", *namespaces, "sh", "-c", _IN_ROOT, "sh", development_root, _PROVE],
        input=steps,
        capture_output=True,
        timeout=800,
        check=False,
    )
    assert done.stdout.split(b"\n")[:2] == [b"baked bb stays", b"ChonkProof"], done.stderr.decode()[-3000:]


def test_a_cancelled_build_leaves_nothing(tmp_path: Path) -> None:
    output, temporary = tmp_path / "output", tmp_path / "temporary"
    output.mkdir()
    temporary.mkdir()
    kernel = tmp_path / "bzImage"
    kernel.write_bytes(KERNEL)
    command = [sys.executable, "-m", "tee_rex_server", "image", "build", "--output", str(output)]
    with subprocess.Popen(
        [*command, *kernel_options(kernel)],
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    ) as building:
        assert building.stderr is not None
        for line in building.stderr:
            if line.startswith("Building"):
                building.send_signal(signal.SIGINT)
                break
        rest = building.stderr.read()
        assert building.wait() == 130
    assert "[CANCELLED]" in rest
    assert [*output.iterdir(), *temporary.iterdir()] == []
    for process in psutil.process_iter(["cmdline"]):
        assert str(temporary) not in " ".join(process.info["cmdline"] or ())
