from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from release.artefacts import artefacts_in, sboms_of
from release.feed import FeedError

NAMES = {
    "tee-rex-0.2.0-amd64-linux.tar.xz": ("folder", "amd64-linux"),
    "tee-rex-0.2.0-amd64-linux.cdx.json": ("sbom", "amd64-linux"),
    "tee-rex-server-0.2.0-amd64-linux.cdx.json": ("sbom", "amd64-linux"),
    "tee-rex-0.2.0-amd64-linux.AppImage": ("appimage", "amd64-linux"),
    "tee-rex-0.2.0-amd64-linux.rpm": ("rpm", "amd64-linux"),
    "tee-rex_0.2.0_amd64.deb": ("deb", "amd64-linux"),
    "tee-rex-server_0.2.0_all.deb": ("deb", "any"),
    "tee-rex-0.2.0-arm64-macos.dmg": ("dmg", "arm64-macos"),
    "tee-rex-0.2.0-amd64-windows.exe": ("installer", "amd64-windows"),
    "tee-rex-0.2.0.eif": ("image", "any"),
    "tee_rex-0.2.0-py3-none-any.whl": ("python", "any"),
    "tee_rex_server-0.2.0.tar.gz": ("python", "any"),
}


def test_names_say_what_files_are(tmp_path: Path) -> None:
    for name in (*NAMES, "SHA256SUMS"):
        (tmp_path / name).touch()
    found = {one.file.name: (one.kind, one.platform) for one in artefacts_in(tmp_path, "0.2.0")}
    assert found == NAMES


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt",
        "tee-rex-0.2.1.eif",
        "tee-rex-0x2.0.eif",
        "tee-rex-0.2.0.eif.sig",
        "tee-rex_0.2.0_i386.deb",
    ],
)
def test_a_file_that_belongs_to_no_release_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(FeedError, match=r"is not the name of a file of release 0\.2\.0"):
        artefacts_in(tmp_path, "0.2.0")


def sbom_of(*contents: bytes) -> bytes:
    hashes = [{"alg": "SHA-256", "content": sha256(content).hexdigest()} for content in contents]
    return json.dumps({"bomFormat": "CycloneDX", "metadata": {"component": {"hashes": hashes}}}).encode()


def test_an_sbom_is_of_the_files_whose_digests_it_has(tmp_path: Path) -> None:
    archive, deb = tmp_path / "tee-rex-0.2.0-amd64-linux.tar.xz", tmp_path / "tee-rex_0.2.0_amd64.deb"
    archive.write_bytes(b"archive")
    deb.write_bytes(b"deb")
    sbom = tmp_path / "tee-rex-0.2.0-amd64-linux.cdx.json"
    sbom.write_bytes(sbom_of(b"archive"))
    assert sboms_of(artefacts_in(tmp_path, "0.2.0")) == {archive: sbom}
    sbom.write_bytes(sbom_of(b"deb", b"archive"))
    assert sboms_of(artefacts_in(tmp_path, "0.2.0")) == {archive: sbom, deb: sbom}
    sbom.write_bytes(sbom_of(b"another"))
    with pytest.raises(FeedError, match="describes no file"):
        sboms_of(artefacts_in(tmp_path, "0.2.0"))
    sbom.write_bytes(b"{}")
    with pytest.raises(FeedError, match="not an SBOM"):
        sboms_of(artefacts_in(tmp_path, "0.2.0"))
