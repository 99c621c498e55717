"""The SHA-256 of every bb that TEE-Rex runs; nothing else decides which file is bb."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

from tee_rex.errors.catalogue.bb import BB_NOT_FOR_PLATFORM, BB_NOT_PINNED
from tee_rex.system.files import resource
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class _PinsFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    default_version: str
    versions: dict[str, dict[TrustedSetup, dict[Platform, _Sha256]]]


@dataclass(frozen=True, slots=True)
class BbPins:
    """Digests (64 lower-case hex digits) by version, trusted setup and platform."""

    default_version: AztecVersion
    digests: Mapping[AztecVersion, Mapping[TrustedSetup, Mapping[Platform, str]]]

    @classmethod
    def shipped(cls) -> BbPins:
        """The pins of this release (``resources/pins/bb.json``)."""
        return cls.parse(resource("pins", "bb.json").read_bytes())

    @classmethod
    def parse(cls, content: bytes) -> BbPins:
        """Read a pins file; it is bundled, so a malformed one is a bug (ValueError, msgspec's errors)."""
        file = msgspec.json.decode(content, type=_PinsFile)
        pins = cls(
            AztecVersion.parse(file.default_version),
            {AztecVersion.parse(version): setups for version, setups in file.versions.items()},
        )
        if pins.default_version not in pins.digests:
            raise ValueError("the default version has no pins")
        return pins

    def digest(self, version: AztecVersion, setup: TrustedSetup, platform: Platform) -> str:
        """The SHA-256 that bb must have.

        Raises BB_NOT_PINNED for a version or setup without pins, BB_UNAVAILABLE_HERE when it is pinned for
        other platforms only.
        """
        by_platform = self.digests.get(version, {}).get(setup, {})
        if platform in by_platform:
            return by_platform[platform]
        if by_platform:
            raise BB_NOT_FOR_PLATFORM(version=str(version), setup=setup, platform=platform)
        raise BB_NOT_PINNED(version=str(version), setup=setup)
