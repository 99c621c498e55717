"""The packages of the app: what is in them, and that they are what updates and desktops expect."""

from __future__ import annotations

import json
import os
import re
import shutil
import tarfile
from pathlib import Path

import pytest

from release.archive import unpacked_bytes
from release.artefacts import artefacts_in, sboms_of
from support.building import PACKAGED_VERSION as VERSION
from support.building import run
from support.cyclonedx_schema import conforms
from tee_rex.bb.pins import BbPins
from tee_rex.system.files import sha256_of
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.updates.folder import InstallFolder
from tee_rex.updates.installed import Installed, InstallKind
from tee_rex.updates.releases import ReleaseVersion

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

ARCHIVE = f"tee-rex-{VERSION}-amd64-linux.tar.xz"
DEB = f"tee-rex_{VERSION}_amd64.deb"
RPM = f"tee-rex-{VERSION}-amd64-linux.rpm"
APPIMAGE = f"tee-rex-{VERSION}-amd64-linux.AppImage"
SBOM = f"tee-rex-{VERSION}-amd64-linux.cdx.json"
JAMMY = {
    "libbrotli1": "1.0.9-2build6",
    "libc6": "2.35-0ubuntu3",
    "libdbus-1-3": "1.12.20-2ubuntu4",
    "libfontconfig1": "2.13.1-4.2ubuntu5",
    "libfreetype6": "2.11.1+dfsg-1build1",
    "libgcc-s1": "12-20220319-1ubuntu1",
    "libglib2.0-0": "2.72.1-1",
    "libgssapi-krb5-2": "1.19.2-2",
    "libstdc++6": "12-20220319-1ubuntu1",
    "libwayland-client0": "1.20.0-1",
    "libwayland-cursor0": "1.20.0-1",
    "libwayland-egl1": "1.20.0-1",
    "libxcb-randr0": "1.14-3ubuntu3",
    "libxcb-shm0": "1.14-3ubuntu3",
    "libxcb1": "1.14-3ubuntu3",
}


@pytest.fixture(scope="session")
def archive(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> InstallFolder:
    folder = tmp_path_factory.mktemp("archive")
    with tarfile.open(packages / ARCHIVE) as members:
        members.extractall(folder, filter="fully_trusted")
    return InstallFolder(folder / "tee-rex")


@pytest.fixture(scope="session")
def deb(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root that the deb unpacks to."""
    folder = tmp_path_factory.mktemp("deb")
    run("dpkg-deb", "--extract", packages / DEB, folder)
    return folder


@pytest.fixture(scope="session")
def rpm(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root that the rpm unpacks to."""
    folder = tmp_path_factory.mktemp("rpm")
    unpack = f'rpm2cpio "{packages / RPM}" | cpio --extract --make-directories --quiet'
    run("bash", "-euo", "pipefail", "-c", unpack, cwd=folder)
    return folder


def test_the_release_knows_every_file_and_which_sbom_describes_it(packages: Path) -> None:
    artefacts = artefacts_in(packages, VERSION)
    assert {(one.kind, one.file.name) for one in artefacts} == {
        ("folder", ARCHIVE),
        ("deb", DEB),
        ("rpm", RPM),
        ("appimage", APPIMAGE),
        ("sbom", SBOM),
    }
    described = (ARCHIVE, DEB, RPM, APPIMAGE)
    assert sboms_of(artefacts) == {packages / name: packages / SBOM for name in described}
    assert unpacked_bytes(packages / ARCHIVE, VERSION) < 350_000_000
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=packages)


def test_the_sbom_lists_what_is_bundled(packages: Path) -> None:
    text = (packages / SBOM).read_text()
    conforms(text)
    components = json.loads(text)["components"]
    bundled = {one["name"]: one for one in components if one["scope"] == "required"}
    some = {"bb", "libc6", "node", "npm", "Qt", "ICU", "Python", "cryptography", "pyinstaller", "libssl3"}
    some |= {"libsquashfuse-dev", "libfuse3-dev"}
    assert some <= bundled.keys() | {name.lower() for name in bundled}
    pins = BbPins.shipped()
    digest = pins.digest(pins.default_version, TrustedSetup.GENUINE, Platform.AMD64_LINUX)
    assert bundled["bb"]["hashes"] == [{"alg": "SHA-256", "content": digest}]


def test_the_archive_updates_itself(archive: InstallFolder, tmp_path: Path) -> None:
    """Unpacked anywhere, it is a folder of the updater's; its programs say the version they were given."""
    version = ReleaseVersion.parse(VERSION)
    assert archive.current() == version
    program = archive.top / "tee-rex"
    told = run("env", "-i", f"TEE_REX_HOME={tmp_path}", program, "--version", cwd=tmp_path).split()
    assert told[1] == VERSION
    executable = archive.top / "current" / "tee-rex"
    installed = Installed.of(executable, VERSION, frozen=True)
    assert (installed.kind, installed.folder) == (InstallKind.FOLDER, InstallFolder(archive.top.resolve()))


def test_the_menu_starts_whichever_version_is_current(archive: InstallFolder, tmp_path: Path) -> None:
    script = archive.top / "current" / "install-desktop-entry.sh"
    run("env", "-i", f"HOME={tmp_path}", f"PATH={os.defpath}", "sh", script)
    entry = (tmp_path / ".local/share/applications/tee-rex.desktop").read_text()
    assert f'\nExec="{archive.top}/tee-rex-app" %F\n' in entry


def test_the_deb_leaves_updates_to_apt(deb: Path) -> None:
    program = deb / "usr" / "bin" / "tee-rex"
    assert Installed.of(program, VERSION, frozen=True).kind is InstallKind.DEB
    assert run(program, "--version", cwd=deb).split()[1] == VERSION


def test_bb_and_its_libraries_come_along_and_need_no_folder_that_can_be_written(
    deb: Path, tmp_path: Path
) -> None:
    """An ordinary user, who has no network, proves at once (tests/packages do it on fresh Debians)."""
    bundled = deb / "usr/lib/tee-rex/_internal/tee_rex/_resources/bundled"
    pins = BbPins.shipped()
    bb = bundled / "genuine" / "bb" / str(pins.default_version) / "bb"
    pinned = pins.digest(pins.default_version, TrustedSetup.GENUINE, Platform.AMD64_LINUX)
    assert sha256_of(bb, lambda _bytes: None) == pinned
    environ = ("env", "-i", f"TEE_REX_HOME={tmp_path}", f"PATH={os.defpath}")
    doctor = json.loads(run(*environ, deb / "usr/bin/tee-rex", "doctor", "--json", cwd=tmp_path))
    verdicts = {one["id"]: one["verdict"] for one in doctor}
    assert (verdicts["bb-genuine"], verdicts["libraries"]) == ("ready", "ready")


def test_the_deb_has_what_a_desktop_and_a_shell_look_for(deb: Path) -> None:
    share = deb / "usr" / "share"
    for name in (
        *("applications/tee-rex.desktop", "mime/packages/tee-rex.xml", "man/man1/tee-rex.1.gz"),
        *("man/man1/tee-rex-app.1.gz", "bash-completion/completions/tee-rex"),
        *("zsh/vendor-completions/_tee-rex", "fish/vendor_completions.d/tee-rex.fish"),
        *("icons/hicolor/48x48/apps/tee-rex.png", "icons/hicolor/scalable/apps/tee-rex.svg"),
        *("doc/tee-rex/copyright", "doc/tee-rex/changelog.gz", "doc/tee-rex/THIRD-PARTY-NOTICES.txt.gz"),
    ):
        assert (share / name).is_file(), name


def test_steps_are_opened_by_the_app(deb: Path, tmp_path: Path) -> None:
    mime = tmp_path / "mime"
    shutil.copytree(deb / "usr/share/mime", mime)
    run("update-mime-database", mime)
    entry = (deb / "usr/share/applications/tee-rex.desktop").read_text()
    assert "\nMimeType=application/x-aztec-execution-steps;\n" in entry
    assert "application/x-aztec-execution-steps:*.msgpack" in (mime / "globs").read_text()
    assert "\nExec=tee-rex-app %F\n" in entry


def test_the_package_runs_no_script_as_root(packages: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "--control", packages / DEB, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"control", "md5sums"}
    control = (tmp_path / "control").read_text()
    needed = {one.split()[0] for one in control.partition("Depends: ")[2].partition("\n")[0].split(", ")}
    assert {"libc6", "libegl1", "libfontconfig1", "libglib2.0-0", "libxcb1"} <= needed
    assert not {"libssl3", "libxcb-cursor0", "libgtk-3-0"} & needed  # in the package; a recommendation


def test_the_deb_can_be_installed_on_ubuntu_22_04(packages: Path) -> None:
    """It needs no newer libraries than that was released with; there is no root of it here to install in."""
    depends = run("dpkg-deb", "--field", packages / DEB, "Depends").strip().split(", ")
    versions = dict(re.findall(r"(\S+) \(>= (.+)\)", "\n".join(depends)))
    assert versions.keys() <= JAMMY.keys()
    for package, version in versions.items():
        run("dpkg", "--compare-versions", JAMMY[package], "ge", version)


def test_the_rpm_has_the_debs_files_at_the_places_of_its_systems(rpm: Path, deb: Path) -> None:
    def below(root: Path) -> set[str]:
        return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}

    assert below(rpm) - below(deb) == {
        "usr/share/licenses/tee-rex/LICENSE",
        "usr/share/zsh/site-functions/_tee-rex",
    }
    assert below(deb) - below(rpm) == {
        "usr/share/doc/tee-rex/copyright",
        "usr/share/lintian/overrides/tee-rex",
        "usr/share/zsh/vendor-completions/_tee-rex",
    }
    program = rpm / "usr" / "bin" / "tee-rex"
    assert Installed.of(program, VERSION, frozen=True).kind is InstallKind.RPM
    assert run(program, "--version", cwd=rpm).split()[1] == VERSION


def test_the_rpm_says_what_it_needs_and_runs_no_script(packages: Path) -> None:
    told = run("rpm", "--query", "--package", packages / RPM, "--requires")
    needed = {line.split("(")[0] for line in told.splitlines()}
    assert {"libc.so.6", "libEGL.so.1", "libfontconfig.so.1", "libglib-2.0.so.0", "libxcb.so.1"} <= needed
    own = {"libQt6Core.so.6", "libssl.so.3", "libcrypto.so.3", "libxcb-cursor.so.0", "libgtk-3.so.0"}
    assert not own & needed
    assert run("rpm", "--query", "--package", packages / RPM, "--scripts", "--triggers", "--provides").split(
        "\n"
    ) == [f"tee-rex = {VERSION}-1", f"tee-rex(x86-64) = {VERSION}-1", ""]
    facts = "%{BUILDHOST} %{BUILDTIME} %{FILEUSERNAME} %{ARCH}"
    host, _, user, architecture = run(
        "rpm", "--query", "--package", packages / RPM, "--queryformat", facts
    ).split()
    assert (host, user, architecture) == ("localhost", "root", "x86_64")


def test_the_appimage_is_the_app_or_the_command_line_by_its_name(packages: Path, tmp_path: Path) -> None:
    link = tmp_path / "tee-rex"
    link.symlink_to(packages / APPIMAGE)
    environ = ("env", "-i", f"HOME={tmp_path}", f"PATH={os.defpath}", "QT_QPA_PLATFORM=offscreen")
    assert run(*environ, link, "--version", cwd=tmp_path).split()[:2] == ["tee-rex", VERSION]
    assert run(*environ, packages / APPIMAGE, "--version", cwd=tmp_path).split()[:2] == ["TEE-Rex", VERSION]


def test_an_appimage_is_added_to_the_menu_and_removed(packages: Path, tmp_path: Path) -> None:
    environ = ("env", "-i", f"HOME={tmp_path}", f"PATH={os.defpath}")
    run(*environ, packages / APPIMAGE, "--install-desktop-entry", cwd=tmp_path)
    entry = tmp_path / ".local/share/applications/tee-rex.desktop"
    assert f'\nExec="{packages / APPIMAGE}" %F\n' in entry.read_text()
    run(*environ, packages / APPIMAGE, "--install-desktop-entry", "--remove", cwd=tmp_path)
    assert not entry.exists()


def test_an_appimage_has_what_desktops_look_for_in_it(packages: Path, tmp_path: Path) -> None:
    run(packages / APPIMAGE, "--appimage-extract", cwd=tmp_path)
    folder = tmp_path / "squashfs-root"
    for name in ("tee-rex.desktop", ".DirIcon", "tee-rex.png", "usr/share/mime/packages/tee-rex.xml"):
        assert (folder / name).is_file(), name
    assert "libfuse (LGPL)" in (folder / "THIRD-PARTY-NOTICES.txt").read_text("utf-8")
    assert Installed.of(folder / "tee-rex-app", VERSION, frozen=True).kind is InstallKind.OTHER
