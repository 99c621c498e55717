"""The finished tools: a folder for each tool and version, either complete or absent."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tee_rex.system.files import move_into_place

if TYPE_CHECKING:
    from tee_rex.settings.paths import Paths

_UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class ToolCache:
    """The folder ``enclave-tools`` of the data folder; its ``logs`` has the output of the builds."""

    folder: Path

    @classmethod
    def of(cls, paths: Paths) -> ToolCache:
        """The cache of this user."""
        return cls(paths.data / "enclave-tools")

    @property
    def logs(self) -> Path:
        """The logs of the last build."""
        return self.folder / "logs"

    def path(self, tool: str, version: str) -> Path:
        """The folder of this version of a tool, whether it exists or not."""
        return self.folder / f"{tool}-{folder_name(version)}"

    def newest(self, tool: str) -> Path | None:
        """The most recently built version, if any."""
        found = [path for path in self.folder.glob(f"{tool}-[0-9]*") if path.is_dir()]
        return max(found, key=lambda path: path.stat().st_mtime, default=None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Exclude other processes that build here, and remove what an interrupted one left."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            for leftover in self.folder.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(leftover)
            yield

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """A temporary folder on the disk of the tools."""
        folder = self.folder / f"{_UNFINISHED}{name}"
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    @contextmanager
    def storing(self, tool: str, version: str) -> Iterator[Path]:
        """A folder to fill, which becomes the finished tool if the block ends without an error."""
        with self.scratch(f"{tool}-{os.getpid()}") as folder:
            content = folder / "content"
            content.mkdir()
            yield content
            target = self.path(tool, version)
            move_into_place(content, target)


def folder_name(version: str) -> str:
    """A Debian version (``1:10.0.13+ds-0+deb13u1``) in file names: without its epoch."""
    return version.rpartition(":")[2]
