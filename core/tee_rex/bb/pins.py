"""The SHA-256 of every bb that TEE-Rex runs; nothing else decides which file is bb.

One file for each Aztec version, ``resources/versions/<version>.json``: a new version of a known generation is
a new file, and no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

import msgspec

from tee_rex.errors.catalogue.bb import (
    BB_NOT_FOR_PLATFORM,
    BB_NOT_PINNED,
    BB_REVOKED,
    BB_VERSION_NOT_PINNED,
)
from tee_rex.system.files import resource
from tee_rex.system.platform import Platform
from tee_rex.system.untrusted import Sha256
from tee_rex.transaction.generations import Generation, KnownCircuits, generation_of
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

DEVELOPMENT_PLATFORM = Platform.AMD64_LINUX
"""The only one that development copies of bb are made for."""


class PinnedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a release. seen_in: the independent places that gave this SHA-256."""

    sha256: Sha256
    seen_in: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class DevelopmentCopy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the development copy of a version's bb for Linux on x86-64 differs from the genuine one.

    All are offsets in the file. constants: of values in .rodata, by the names of ``crs.development``.
    strings: of coordinates in hexadecimal, 66 characters each, by commitment: x and y. immediates: of the
    last two characters of these, which the compiler keeps in instructions.
    """

    sha256: Sha256
    constants: Mapping[str, tuple[int, ...]]
    strings: Mapping[str, tuple[int, int]]
    immediates: Mapping[str, tuple[int, int]]


class VersionPins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One Aztec version; the fields are those of its file.

    generation: of its circuits. proved_for_real: whether TEE-Rex's tests prove with this bb. repository: on
    GitHub, of its releases. bb: executables. archives: release archives of platforms whose executable is not
    pinned itself; its SHA-256 is recorded when it is installed.
    """

    generation: int
    proved_for_real: bool
    repository: str
    bb: Mapping[Platform, PinnedFile] = {}
    archives: Mapping[Platform, PinnedFile] = {}
    development_bb: DevelopmentCopy | None = None

    def digests(self, setup: TrustedSetup) -> Mapping[Platform, str]:
        """The SHA-256 of bb by platform."""
        if setup is TrustedSetup.GENUINE:
            return {platform: file.sha256 for platform, file in self.bb.items()}
        return {} if self.development_bb is None else {DEVELOPMENT_PLATFORM: self.development_bb.sha256}


@dataclass(frozen=True, slots=True)
class BbPins:
    """The pins of every version, oldest version first.

    revoked: SHA-256 of executables and archives that must not be used, pinned or not. circuits: the protocol
    circuits that are known.
    """

    default_version: AztecVersion
    versions: Mapping[AztecVersion, VersionPins] = field(repr=False)
    revoked: frozenset[str] = frozenset()
    circuits: KnownCircuits = field(default_factory=KnownCircuits.shipped, repr=False)

    @classmethod
    def shipped(cls) -> BbPins:
        """The pins of this release."""
        folder = resource("versions")
        default = msgspec.json.decode((folder / "default.json").read_bytes(), type=str)
        files = (file for file in folder.iterdir() if file.name[:1].isdecimal())
        return cls.parse(default, {file.name.removesuffix(".json"): file.read_bytes() for file in files})

    @classmethod
    def parse(cls, default_version: str, files: Mapping[str, bytes]) -> BbPins:
        """Read files by version; they are bundled, so malformed ones are a bug (ValueError, msgspec's)."""
        versions = {
            AztecVersion.parse(version): msgspec.json.decode(content, type=VersionPins)
            for version, content in files.items()
        }
        pins = cls(
            AztecVersion.parse(default_version), dict(sorted(versions.items(), key=lambda item: item[0]))
        )
        if pins.default_version not in versions:
            raise ValueError("the default version has no pins")
        for version, pinned in versions.items():
            if pinned.generation != generation_of(version).number:
                raise ValueError(f"{version} is not of generation {pinned.generation}")
        return pins

    def without(self, revoked: frozenset[str]) -> BbPins:
        """The same without these SHA-256."""
        return replace(self, revoked=self.revoked | revoked) if revoked else self

    def digest(self, version: AztecVersion, setup: TrustedSetup, platform: Platform) -> str:
        """The SHA-256 that bb must have.

        Raises BB_NOT_PINNED for a version or setup without pins, BB_REVOKED, BB_UNAVAILABLE_HERE when it is
        pinned for other platforms only, AZTEC_GENERATION_UNKNOWN.
        """
        by_platform = self.versions[version].digests(setup) if version in self.versions else {}
        if platform in by_platform:
            self.require_valid(by_platform[platform], version, setup)
            return by_platform[platform]
        if version in self.versions and platform in self.versions[version].archives:
            self.require_valid(self.versions[version].archives[platform].sha256, version, setup)
        if by_platform:
            raise BB_NOT_FOR_PLATFORM(version=str(version), setup=setup, platform=platform)
        generation_of(version)
        unknown = BB_VERSION_NOT_PINNED if setup is TrustedSetup.GENUINE else BB_NOT_PINNED
        raise unknown(version=str(version), setup=setup)

    def require_valid(self, sha256: str, version: AztecVersion, setup: TrustedSetup) -> None:
        """Raises BB_REVOKED for a SHA-256 of what was revoked, an executable or an archive."""
        if sha256 in self.revoked:
            raise BB_REVOKED(version=str(version), setup=setup)

    def archive(self, version: AztecVersion, platform: Platform) -> str | None:
        """The SHA-256 of the release archive, where that is pinned and the genuine bb itself is not.

        None if it was revoked.
        """
        pins = self.versions.get(version)
        sha256 = None if pins is None or platform not in pins.archives else pins.archives[platform].sha256
        return None if sha256 in self.revoked else sha256

    def has_genuine(self, version: AztecVersion, platform: Platform) -> bool:
        """Whether a genuine bb is pinned for this platform, itself or by its archive, and not revoked."""
        genuine = self.pinned(TrustedSetup.GENUINE, platform)
        return version in genuine or self.archive(version, platform) is not None

    def repository(self, version: AztecVersion) -> str:
        """The repository on GitHub with this version's release; raises AZTEC_GENERATION_UNKNOWN."""
        pins = self.versions.get(version)
        return generation_of(version).repository if pins is None else pins.repository

    def pinned(self, setup: TrustedSetup, platform: Platform) -> dict[AztecVersion, str]:
        """The SHA-256 of every bb for this setup and platform that is not revoked, oldest version first."""
        by_version = {version: pins.digests(setup).get(platform) for version, pins in self.versions.items()}
        return {
            version: digest
            for version, digest in by_version.items()
            if digest is not None and digest not in self.revoked
        }

    def available(self, setup: TrustedSetup, platform: Platform) -> list[AztecVersion]:
        """The versions that can be installed for this setup and platform, oldest first."""
        genuine = setup is TrustedSetup.GENUINE
        pinned = self.pinned(setup, platform)
        return [
            one for one in self.versions if one in pinned or (genuine and self.has_genuine(one, platform))
        ]

    def proved_for_real(self, generation: Generation) -> bool:
        """Whether TEE-Rex's own tests prove with any bb of this generation."""
        return any(
            pins.proved_for_real for pins in self.versions.values() if pins.generation == generation.number
        )
