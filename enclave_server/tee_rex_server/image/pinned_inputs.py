"""The list of everything that others made and that goes into an image, each with its SHA-256."""

from __future__ import annotations

from importlib import resources
from typing import Annotated

import msgspec

_Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+_-]*$")]
_FileName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+_~%-]*$")]


class PinnedPackage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A package of Debian for amd64; version: Debian's, with its epoch."""

    name: _Name
    version: str
    sha256: _Sha256

    @property
    def file(self) -> str:
        """As apt names it."""
        return f"{self.name}_{self.version.replace(':', '%3a')}_amd64.deb"


class PinnedWheel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wheel of PyPI."""

    name: _Name
    version: str
    file: _FileName
    sha256: _Sha256


class PinnedKernel(msgspec.Struct, frozen=True):
    """The kernel (bzImage) that ``make enclave-tools`` builds; version: of Debian's linux source package."""

    version: str
    sha256: _Sha256


class PinnedInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """python: the version (``3.13``) that packages and wheels are for; suite: Debian's release."""

    python: Annotated[str, msgspec.Meta(pattern=r"^3\.[0-9]+$")]
    suite: str
    packages: tuple[PinnedPackage, ...]
    wheels: tuple[PinnedWheel, ...]

    @classmethod
    def shipped(cls) -> PinnedInputs:
        """Those of this release; ``tools/pin_enclave_inputs.py`` renews them."""
        return msgspec.json.decode(_shipped("inputs.json"), type=cls)


def pinned_kernel() -> PinnedKernel:
    """That of this release."""
    return msgspec.json.decode(_shipped("kernel.json"), type=PinnedKernel)


def _shipped(name: str) -> bytes:
    return resources.files("tee_rex_server.image").joinpath("pins", name).read_bytes()
