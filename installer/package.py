"""Packages of the frozen app and command line: ``make package``.

    python installer/package.py OUTPUT

OUTPUT gets ``tee-rex_<version>_amd64.deb``, ``tee-rex-<version>-amd64-linux.tar.xz`` (a folder that updates
itself), ``….AppImage`` and ``….rpm``, the SBOM of all, ``….cdx.json``, and SHA256SUMS. The same sources on
the same system give the same bytes, at any date, as any user, in any folder: ``make reproduce``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final, Protocol

import msgspec

import tee_rex
from appimage import LINKED, can_build, runtime_works, write_app_dir, write_appimage
from bundle import write_bundle
from deb import DebPackage, date_of_sources, needed_packages, write_deb, write_documents
from elf import elf_files
from manual import heading, write_manual, write_page
from notices import Work, notices
from packaged_version import VERSION_FILE
from release.archive import write_archive
from rpm import write_rpm
from sbom import sbom
from tee_rex.cli.commands import app as command_line
from tee_rex.errors import TeeRexError
from tee_rex.settings.paths import Paths
from tee_rex.system.files import sha256_of
from tee_rex.system.platform import Platform
from tee_rex.updates.installed import MARK, InstallKind
from tee_rex.updates.releases import ReleaseVersion

ROOT: Final = Path(__file__).resolve().parents[1]
INSTALLER: Final = ROOT / "installer"
PLATFORM: Final = Platform.AMD64_LINUX
NAME: Final = "tee-rex"
SUMMARY: Final = "prove private Aztec transactions: here, on a server, or in an enclave"
DESCRIPTION: Final = (
    "It makes the zero-knowledge proofs of Aztec's private transactions with Barretenberg.",
    "They are made on this machine, on a proving server, or in an enclave that is attested first.",
    "This package has the desktop application, the command line tee-rex, and bb, the prover.",
)
NOTICES: Final = "THIRD-PARTY-NOTICES.txt"
BUNDLED: Final = Path("_internal", "tee_rex", "_resources", "bundled")
_GTK: Final = "libgtk-3-0"
"""For its dialogs; without it Qt shows its own."""
_OF_DEBIAN: Final = "pkg:deb/"
_ICON_SIZES: Final = (16, 24, 32, 48, 64, 128, 256, 512)


class Builder(Protocol):
    """Builds packages of a frozen program into a folder. made_at: seconds since 1970. level: of xz."""

    def __call__(
        self, frozen: Path, output: Path, version: str, *, made_at: int, crs_needed: bool, level: int
    ) -> None:
        """crs_needed: whether to raise where the genuine points cannot be had."""


def run(argv: list[str], text: str, frozen: str, builder: Builder) -> int:
    """A command line that builds into a folder; its exit code.

    text: of its help. frozen: the program below dist that is built from.
    """
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="folder for the packages")
    parser.add_argument("--frozen", type=Path, default=ROOT / "dist" / frozen, help="from PyInstaller")
    parser.add_argument("--version", type=_version, default=tee_rex.__version__)
    parser.add_argument("--level", type=int, default=9, choices=range(10), help="of compression; 0 is quick")
    parser.add_argument("--crs-needed", action="store_true", help="fail where the genuine CRS cannot be had")
    given = parser.parse_args(argv)
    try:
        builder(
            given.frozen.resolve(),
            given.output.resolve(),
            given.version,
            made_at=date_of_sources(),
            crs_needed=given.crs_needed,
            level=given.level,
        )
    except TeeRexError as error:
        print(f"{error.message} {error.hint}".strip(), file=sys.stderr)
        return 1
    return 0


def build(
    frozen: Path, output: Path, version: str, *, made_at: int, crs_needed: bool = False, level: int = 9
) -> None:
    """Build all packages of a frozen program into a folder. made_at: seconds since 1970. level: of xz."""
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".package-", dir=output) as work:
        program = Path(work, "program")
        found = complete_program(frozen, program, version, crs_needed=crs_needed)
        copied = copied_packages(frozen)
        share = program / "share"
        write_share(share, version, made_at)
        archive = output / f"{NAME}-{version}-{PLATFORM}.tar.xz"
        write_archive(program, version, archive, made_at=made_at, level=level)
        made = [archive]
        if can_build():
            linked = runtime_works()
            folder = Path(work, "AppDir")
            shutil.copytree(program, folder, symlinks=True, copy_function=os.link)
            (folder / NOTICES).unlink()
            (folder / NOTICES).write_text(notices(found + linked, LINKED), "utf-8")
            write_app_dir(folder)
            target = output / f"{NAME}-{version}-{PLATFORM}.AppImage"
            made.append(write_appimage(folder, version, target, made_at, level))
            found += linked
        else:
            print("Without squashfs-tools and libsquashfuse-dev, no AppImage is built.", file=sys.stderr)
        if shutil.which("dpkg-shlibdeps"):
            tree = Path(work, "deb")
            package = app_package(program, tree, copied, version, made_at)
            made.append(write_deb(package, tree, output, made_at, level))
            if shutil.which("rpmbuild"):
                target = output / f"{NAME}-{version}-{PLATFORM}.rpm"
                made.append(write_rpm(package, tree, BUNDLED, target, made_at, level))
            else:
                print("Without rpm, no rpm is built.", file=sys.stderr)
        else:
            print("Without dpkg-dev, no deb and no rpm is built.", file=sys.stderr)
    listed = output / f"{NAME}-{version}-{PLATFORM}.cdx.json"
    digests = {file.name: digest_of(file) for file in made}
    locks = sorted((ROOT / "resources").glob("**/package-lock.json"))
    listed.write_text(sbom(NAME, version, digests, found, locks, made_at), "utf-8")
    write_sums(output, version)


def complete_program(frozen: Path, program: Path, version: str, *, crs_needed: bool = False) -> list[Work]:
    """Copy a frozen program and add bb with all that it needs, the notices, and the version.

    crs_needed: as in ``write_bundle``. Returns whose works are in it, sorted.
    """
    shutil.copytree(frozen, program, symlinks=True)
    found = frozen_works(frozen)
    paths = Paths.from_environment(os.environ)
    found += asyncio.run(write_bundle(program / BUNDLED, paths, PLATFORM, crs_needed=crs_needed))
    found.sort(key=lambda work: work.name.lower())
    (program / NOTICES).write_text(notices(found), "utf-8")
    if version != tee_rex.__version__:
        (program / VERSION_FILE).write_text(version)
    return found


def frozen_works(frozen: Path) -> list[Work]:
    """Whose works are in a frozen program, as its spec has written them beside it."""
    return msgspec.json.decode(frozen.with_name(f"{frozen.name}.works.json").read_bytes(), type=list[Work])


def copied_packages(frozen: Path) -> list[str]:
    """The packages of this system whose libraries are in a frozen program."""
    return [work.name for work in frozen_works(frozen) if work.purl.startswith(_OF_DEBIAN)]


def programs_of(lib: Path) -> list[Path]:
    """The programs and libraries of a complete program that need something of the system."""
    return [file for file in elf_files(lib) if not file.is_relative_to(lib / BUNDLED)]


def app_package(program: Path, tree: Path, copied: list[str], version: str, made_at: int) -> DebPackage:
    """Put a program's folder, which is moved, and all that belongs to its deb into ``tree``.

    copied: packages of this system whose libraries are in it.
    """
    lib = tree / "usr" / "lib" / NAME
    lib.parent.mkdir(parents=True)
    program.rename(lib)
    (lib / "share").rename(tree / "usr" / "share")
    for name in ("install-desktop-entry.sh", "tee-rex.desktop", "tee-rex.xml"):
        (lib / name).unlink()
    (lib / MARK).write_text(f"{InstallKind.DEB}\n")
    (tree / "usr" / "bin").mkdir()
    for name in (NAME, f"{NAME}-app"):
        (tree / "usr" / "bin" / name).symlink_to(f"../lib/{NAME}/{name}")
    files = [file for file in programs_of(lib) if file.name != "libqgtk3.so"]
    package = DebPackage(
        NAME,
        version,
        section="utils",
        depends=needed_packages(tree, files, copied),
        recommends=_GTK,
        summary=SUMMARY,
        description=DESCRIPTION,
    )
    changes = changes_of(ROOT / "CHANGELOG.md")
    write_documents(tree, package, lib, INSTALLER / "tee-rex.lintian-overrides", made_at, changes)
    return package


def write_share(share: Path, version: str, made_at: int) -> None:
    """Write what belongs below /usr/share: menu entry, icons, MIME type, manual pages, completions."""
    icons = ROOT / "resources" / "app" / "icons"
    places = {
        INSTALLER / "tee-rex.desktop": share / "applications" / "tee-rex.desktop",
        INSTALLER / "tee-rex.xml": share / "mime" / "packages" / "tee-rex.xml",
        icons / "tee-rex.svg": share / "icons" / "hicolor" / "scalable" / "apps" / "tee-rex.svg",
    } | {
        icons / f"tee-rex-{size}.png": share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "tee-rex.png"
        for size in _ICON_SIZES
    }
    for source, target in places.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    write_manual(share, NAME, command_line, version, made_at)
    page = (INSTALLER / "tee-rex-app.1").read_text("utf-8")
    write_page(share, "tee-rex-app", heading("tee-rex-app", version, made_at, SUMMARY) + "\n" + page.rstrip())


def changes_of(changelog: Path) -> list[str]:
    """The newest version's changes, without Markdown."""
    newest = changelog.read_text("utf-8").split("\n## ")[1]
    changes = [" ".join(item.split()) for item in re.split(r"\n(?=- |#|\n)", newest) if item.startswith("- ")]
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", change.removeprefix("- ")) for change in changes]
    return [re.sub(r"\*\*|`", "", change) for change in plain]


def write_sums(output: Path, version: str) -> None:
    """Write SHA256SUMS over a version's files, as ``sha256sum --check`` reads it; print it with sizes."""
    made = sorted(
        file for file in output.iterdir() if f"{version}_" in file.name or f"{version}-" in file.name
    )
    lines = [f"{digest_of(file)}  {file.name}" for file in made]
    (output / "SHA256SUMS").write_text("".join(f"{line}\n" for line in lines))
    for line, file in zip(lines, made, strict=True):
        print(f"{line}  {file.stat().st_size:,} bytes")


def digest_of(file: Path) -> str:
    """Its SHA-256, 64 hex digits."""
    return sha256_of(file, lambda _bytes: None)


def _version(text: str) -> str:
    if ReleaseVersion.parse(text) is None:
        raise argparse.ArgumentTypeError("a version is three numbers: 1.2.3")
    return text


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], __doc__, "tee-rex-app", build))
