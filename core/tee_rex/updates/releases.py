"""Releases, as the signed metadata lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final, NamedTuple

import msgspec

from tee_rex.revocations import Pcr

FOLDER: Final = "folder"
"""The kind of a plain archive, which the updater installs."""
IMAGE: Final = "image"
"""The kind of an enclave image."""
SBOM: Final = "sbom"
"""The kind of a software bill of materials (CycloneDX, JSON)."""
PINS: Final = "pins"
"""The kind of a pins update; its version is its serial number."""
ANY_PLATFORM: Final = "any"

MAX_NOTES: Final = 4_000
"""Characters of what changed; about a page."""

_NUMBER: Final = r"(0|[1-9][0-9]{0,5})"
_VERSION: Final = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")


class ReleaseVersion(NamedTuple):
    """A version of TEE-Rex; a later one compares greater."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> ReleaseVersion | None:
        """Read ``1.2.3``; None for anything else."""
        match = _VERSION.fullmatch(text)
        return None if match is None else cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


class Description(msgspec.Struct, frozen=True):
    """What a file of a release is: the signed ``custom`` of a TUF target.

    Later releases may add fields and kinds. version: of TEE-Rex; of pins, the serial number. platform: as
    ``system.platform.Platform``. promoted: whether the release is offered to everybody. changes: what is new,
    for people; of one file of a release. unpacked_bytes: of an archive. sbom: the path of the SBOM's own
    target. pcrs: of an enclave image, PCR0 to PCR2.
    """

    version: str
    kind: str
    platform: str = ANY_PLATFORM
    promoted: bool = False
    changes: Annotated[str, msgspec.Meta(max_length=MAX_NOTES)] = ""
    unpacked_bytes: Annotated[int, msgspec.Meta(ge=0)] = 0
    sbom: str = ""
    pcrs: tuple[Pcr, Pcr, Pcr] | None = None


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file of the update source.

    path: below ``targets_url``, without the digest in its name there. length: bytes. sha256: 64 hex digits.
    """

    path: str
    length: int
    sha256: str
    description: Description

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def stored_path(self) -> str:
        """Where it lies below ``targets_url`` (TUF, "Consistent snapshots")."""
        parent, slash, name = self.path.rpartition("/")
        return f"{parent}{slash}{self.sha256}.{name}"

    @property
    def version(self) -> ReleaseVersion | None:
        """Of TEE-Rex; None for what has none."""
        return ReleaseVersion.parse(self.description.version)


@dataclass(frozen=True, slots=True)
class SignedFiles:
    """Everything that the newest verified targets metadata lists. version: of that metadata."""

    version: int
    files: tuple[SignedFile, ...]

    def newest_version(self, platform: str) -> ReleaseVersion | None:
        """The newest promoted version for this platform; None if there is none."""
        return max((version for version, _file in self._promoted(platform)), default=None)

    def newest_folder(self, platform: str) -> SignedFile | None:
        """The archive of the newest promoted version that has one for this platform."""
        archives = [one for one in self._promoted(platform) if one[1].description.kind == FOLDER]
        return max(archives, key=lambda one: one[0])[1] if archives else None

    def changes_of(self, version: ReleaseVersion) -> str:
        """What is new in a version, for people; empty if nobody said."""
        told = (one.description.changes for one in self.files if one.version == version)
        return next(filter(None, told), "")

    def newest_pins(self) -> SignedFile | None:
        """The promoted pins update with the highest serial number."""
        pins = [one for one in self.files if one.description.kind == PINS and one.description.promoted]
        return max((one for one in pins if serial_of(one)), key=serial_of, default=None)

    def with_digest(self, sha256: str) -> SignedFile | None:
        """The file with this SHA-256."""
        return next((one for one in self.files if one.sha256 == sha256), None)

    def at(self, path: str) -> SignedFile | None:
        """The file at this path."""
        return next((one for one in self.files if one.path == path), None)

    def _promoted(self, platform: str) -> Iterable[tuple[ReleaseVersion, SignedFile]]:
        for file in self.files:
            version, described = file.version, file.description
            if version and described.promoted and described.platform in (platform, ANY_PLATFORM):
                yield version, file


def serial_of(pins: SignedFile) -> int:
    """The serial number of a pins update; 0 for what has none."""
    text = pins.description.version
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else 0
