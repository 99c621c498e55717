"""The deb and the archive of the app: what is in them, and that they are what updates and desktops expect."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from installer.test_sbom import conforms
from release.archive import unpacked_bytes
from release.artefacts import artefacts_in, sboms_of
from support.building import ROOT, run
from support.packaged import VERSION
from tee_rex.bb.pins import BbPins
from tee_rex.system.files import sha256_of
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.updates.folder import InstallFolder
from tee_rex.updates.installed import Installed, InstallKind
from tee_rex.updates.releases import ReleaseVersion

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

ARCHIVE = f"tee-rex-{VERSION}-amd64-linux.tar.xz"
DEB = f"tee-rex_{VERSION}_amd64.deb"
SBOM = f"tee-rex-{VERSION}-amd64-linux.cdx.json"


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


def test_the_release_knows_every_file_and_which_sbom_describes_it(packages: Path) -> None:
    artefacts = artefacts_in(packages, VERSION)
    assert {(one.kind, one.file.name) for one in artefacts} == {
        ("folder", ARCHIVE),
        ("deb", DEB),
        ("sbom", SBOM),
    }
    assert sboms_of(artefacts) == {packages / ARCHIVE: packages / SBOM, packages / DEB: packages / SBOM}
    assert unpacked_bytes(packages / ARCHIVE, VERSION) < 350_000_000
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=packages)


def test_the_sbom_lists_what_is_bundled(packages: Path) -> None:
    text = (packages / SBOM).read_text()
    conforms(text)
    components = json.loads(text)["components"]
    bundled = {one["name"]: one for one in components if one["scope"] == "required"}
    some = {"bb", "libc6", "node", "npm", "Qt", "ICU", "Python", "cryptography", "pyinstaller", "libssl3"}
    assert some <= bundled.keys() | {name.lower() for name in bundled}
    pins = BbPins.shipped()
    digest = pins.pinned(TrustedSetup.GENUINE, platform_of_packages())[pins.default_version]
    assert bundled["bb"]["hashes"] == [{"alg": "SHA-256", "content": digest}]


def platform_of_packages():  # type: ignore[no-untyped-def]  # noqa: ANN201
    from tee_rex.system.platform import Platform

    return Platform.AMD64_LINUX
