"""What the files of a release are, by their names, and which SBOM describes which of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Final, NamedTuple

from release.feed import FeedError
from tee_rex.system.untrusted import UndecodableError
from tee_rex.updates.releases import ANY_PLATFORM, FOLDER, IMAGE, SBOM
from tee_rex.updates.verify import read_sbom

DIGESTS: Final = "SHA256SUMS"
"""The list of all files of a release with their SHA-256, as ``sha256sum`` writes it."""

_PLATFORM: Final = r"(?P<platform>(amd64|arm64)-(linux|macos|windows))"
_DEBIAN: Final = r"(?P<debian>amd64|arm64|all)"
_KINDS: Final = {
    rf"tee-rex-VERSION-{_PLATFORM}\.tar\.xz": FOLDER,
    rf"tee-rex(-[a-z]+)*-VERSION-{_PLATFORM}\.cdx\.json": SBOM,
    rf"tee-rex(-[a-z]+)*_VERSION_{_DEBIAN}\.deb": "deb",
    rf"tee-rex-VERSION-{_PLATFORM}\.rpm": "rpm",
    rf"tee-rex-VERSION-{_PLATFORM}\.AppImage": "appimage",
    rf"tee-rex-VERSION-{_PLATFORM}\.dmg": "dmg",
    rf"tee-rex-VERSION-{_PLATFORM}\.exe": "installer",
    r"tee-rex-VERSION\.eif": IMAGE,
    r"tee_rex(_[a-z]+)?-VERSION(-py3-none-any\.whl|\.tar\.gz)": "python",
}


class Artefact(NamedTuple):
    """A file of a release. kind, platform: as in ``tee_rex.updates.releases.Description``."""

    kind: str
    platform: str
    file: Path


def artefacts_in(folder: Path, version: str) -> list[Artefact]:
    """The files of a release; raises FeedError for a file whose name says not what it is."""
    return [_named(file, version) for file in sorted(folder.iterdir()) if file.name != DIGESTS]


def sboms_of(artefacts: Sequence[Artefact]) -> dict[Path, Path]:
    """Which SBOM describes a file: the one that has its SHA-256. Raises FeedError for one of no file."""
    digests = {_sha256(one.file): one.file for one in artefacts if one.kind != SBOM}
    found: dict[Path, Path] = {}
    for sbom in (one.file for one in artefacts if one.kind == SBOM):
        described = [digests[digest] for digest in _described(sbom) if digest in digests]
        if not described:
            raise FeedError(f"{sbom.name} describes no file of this release")
        found |= dict.fromkeys(described, sbom)
    return found


def _named(file: Path, version: str) -> Artefact:
    for pattern, kind in _KINDS.items():
        match = re.fullmatch(pattern.replace("VERSION", re.escape(version)), file.name)
        if match is not None:
            named = match.groupdict()
            debian = named.get("debian", "all")
            platform = named.get("platform") or (ANY_PLATFORM if debian == "all" else f"{debian}-linux")
            return Artefact(kind, platform, file)
    raise FeedError(f"{file.name} is not the name of a file of release {version}")


def _described(sbom: Path) -> Iterable[str]:
    try:
        digests, _components = read_sbom(sbom.read_bytes())
    except UndecodableError as error:
        raise FeedError(f"{sbom.name} is not an SBOM in CycloneDX's JSON") from error
    return digests


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
