"""The sources of the wallet bridge: one for each major version of Aztec that this release has a wallet for.

``resources/bridge/<major>`` has what depends on Aztec's packages, ``resources/bridge/shared`` what does not.
The version is that of the packages that ``<major>/package.json`` names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from itertools import chain
from pathlib import Path
from typing import Final

from tee_rex.npm.npm import locked_bytes, locked_version
from tee_rex.system.files import resource
from tee_rex.transaction.versions import AztecVersion

_SHARED: Final = "shared"
_WALLET_PACKAGE: Final = "pxe"


@dataclass(frozen=True, slots=True)
class BridgeSources:
    """The sources for one major version. version: of Aztec's packages in it."""

    version: AztecVersion

    @property
    def project(self) -> Traversable:
        """The folder with the lock file of its packages."""
        return resource("bridge", str(self.version.major))

    def download_bytes(self) -> int | None:
        """What building a runtime folder on this platform downloads; None where that is not known."""
        return locked_bytes(self.project)

    def digest(self) -> str:
        """SHA-256 over everything that a runtime folder is built from: sources and lock file."""
        digest = hashlib.sha256()
        for name, file in sorted(self._files()):
            content = file.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def copy(self, target: Path) -> Path:
        """Copy them into a new folder ``target``; returns the program that builds the runtime folder."""
        for name, file in self._files():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.read_bytes())
        return target / self.project.name / "build.mjs"

    def _files(self) -> Iterator[tuple[str, Traversable]]:
        folders = (self.project, resource("bridge", _SHARED))
        return chain.from_iterable(_files(folder, f"{folder.name}/") for folder in folders)


@cache
def shipped_bridges() -> tuple[BridgeSources, ...]:
    """Those of this release, oldest first."""
    folders = [folder for folder in resource("bridge").iterdir() if (folder / "package.json").is_file()]
    bridges = (BridgeSources(locked_version(folder, _WALLET_PACKAGE)) for folder in folders)
    return tuple(sorted(bridges, key=lambda one: one.version))


def bridge_for(version: AztecVersion) -> BridgeSources | None:
    """The wallet for networks of this version; None if this release has none."""
    return next((one for one in shipped_bridges() if one.version.major == version.major), None)


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "node_modules":
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.is_file():
            yield f"{prefix}{entry.name}", entry
