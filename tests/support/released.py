"""What is released, as tests take it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from support.debian_machine import DebianMachine


@dataclass(frozen=True, slots=True)
class Packages:
    """What a release has for Linux, in a folder."""

    folder: Path

    @property
    def app(self) -> Path:
        """The package of app and command line."""
        return self._only("tee-rex_*_amd64.deb")

    @property
    def archive(self) -> Path:
        """The archive of app and command line, which updates itself."""
        return self._only("tee-rex-*-amd64-linux.tar.xz")

    @property
    def appimage(self) -> Path:
        """The same in one file, which is started as it is."""
        return self._only("tee-rex-*-amd64-linux.AppImage")

    @property
    def rpm(self) -> Path:
        """The package of app and command line for Fedora and its like."""
        return self._only("tee-rex-*-amd64-linux.rpm")

    @property
    def server(self) -> Path:
        """The package of the proving server."""
        return self._only("tee-rex-server_*_amd64.deb")

    @property
    def version(self) -> str:
        """Of all of them."""
        return self.app.name.split("_")[1]

    @property
    def debs(self) -> list[Path]:
        """All packages of Debian's."""
        return sorted(self.folder.glob("*.deb"))

    def _only(self, pattern: str) -> Path:
        (found,) = self.folder.glob(pattern)
        return found


Boot: TypeAlias = Callable[[], AbstractContextManager[DebianMachine]]
"""Boots a fresh machine, on which all is installed that the packages depend on, and they are not.

There is a user, ana.
"""
