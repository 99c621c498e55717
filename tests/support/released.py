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
    """What a release has for Linux."""

    folder: Path

    @property
    def server(self) -> Path:
        """The proving server's."""
        return self._only("tee-rex-server_*_amd64.deb")

    def _only(self, pattern: str) -> Path:
        (found,) = self.folder.glob(pattern)
        return found


Boot: TypeAlias = Callable[[], AbstractContextManager[DebianMachine]]
"""Boots a fresh machine, on which all is installed that the packages depend on, and they are not."""
