"""How this TEE-Rex was installed, which decides who updates it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from tee_rex import __version__
from tee_rex.errors import Message, message
from tee_rex.errors.tree import BbUnavailableHereError
from tee_rex.system.platform import Platform
from tee_rex.updates.folder import InstallFolder
from tee_rex.updates.releases import ReleaseVersion

MARK: Final = "installed-by"
"""A file beside the executable, with the name of a package format (``deb``); packaging writes it."""


class InstallKind(StrEnum):
    """The ways to install it."""

    FOLDER = "folder"
    DEB = "deb"
    RPM = "rpm"
    PYTHON = "python"
    OTHER = "other"

    @property
    def advice(self) -> Message:
        """How the user gets a newer version, at a terminal; only of a folder does TEE-Rex do it itself."""
        return _ADVICE[self]


_ADVICE: Final = {
    InstallKind.FOLDER: Message("Run: tee-rex update"),
    InstallKind.DEB: Message("Download the newer package, then run: sudo apt install ./FILE"),
    InstallKind.RPM: Message("Download the newer package, then run: sudo dnf install ./FILE"),
    InstallKind.PYTHON: Message("Run: pip install --upgrade tee-rex"),
    InstallKind.OTHER: message("Download it where you got this version."),
}


@dataclass(frozen=True, slots=True)
class Installed:
    """This installation. version: that runs. folder: where ``kind`` is FOLDER."""

    kind: InstallKind
    version: ReleaseVersion
    executable: Path
    folder: InstallFolder | None = None

    @classmethod
    def this(cls) -> Installed:
        """That of the running program."""
        return cls.of(Path(sys.executable), __version__, frozen=getattr(sys, "frozen", False))

    @classmethod
    def of(cls, executable: Path, version: str, *, frozen: bool) -> Installed:
        """Find out by the place of an executable. version: of the program, ``1.2.3``."""
        runs = ReleaseVersion.parse(version) or ReleaseVersion(0, 0, 0)
        if not frozen:
            return cls(InstallKind.PYTHON, runs, executable)
        with suppress(OSError, ValueError):
            return cls(
                InstallKind((executable.resolve().parent / MARK).read_text().strip()), runs, executable
            )
        folder = InstallFolder.of(executable)
        return cls(InstallKind.OTHER if folder is None else InstallKind.FOLDER, runs, executable, folder)


def confirm_start() -> None:
    """Say that this program has started healthily, so that the update that it came with stays; cheap.

    The app says so once its window works; of a version with an app, the command line does not count.
    """
    installed = Installed.this()
    if installed.folder is not None:
        installed.folder.confirm(installed.executable)


def forget_start() -> None:
    """Say that this start only woke the app that runs already: the next one is judged; cheap."""
    folder = Installed.this().folder
    if folder is not None:
        folder.forget_start()


def appimage_of(executable: Path, environ: Mapping[str, str]) -> Path | None:
    """The AppImage that a running program came from; None if it is another's, or there is none.

    environ: what the AppImage said to what it started, and to all that they start.
    """
    file, folder = environ.get("APPIMAGE", ""), environ.get("APPDIR", "")
    return (
        Path(file)
        if file and folder and executable.resolve().is_relative_to(Path(folder).resolve())
        else None
    )


def this_platform() -> str:
    """The platform of this process, as in ``system.platform.Platform``, also where there is no bb."""
    machine, system = platform.machine(), platform.system()
    with suppress(BbUnavailableHereError):
        return Platform.of(system, machine)
    return f"{machine}-{system}".lower()
