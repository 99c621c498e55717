"""What the application remembers between starts: the window's place, the mode, folders, recent files."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from PySide6.QtCore import QByteArray, QSettings

from tee_rex.system.files import open_regular
from tee_rex.transaction.request import ProvingMode

FILE_NAME = "window.ini"
RECENT_FILES = 8
_PRIVATE = 0o600
_GEOMETRY = "geometry"
_TRAY_EXPLAINED = "tray-explained"
_ZOOM = "zoom"
_INTRODUCED = "introduced"
_MODE = "mode"
_RECENT = "recent-files"
_FOLDERS = "folders"
_UPDATE_PUT_OFF = "update-put-off"
_UPDATE_FAILED = "update-failed"
_UPDATE_ERROR = "update-error"
_UPDATE_CHECKED = "update-checked"
_MODES = frozenset(mode.value for mode in ProvingMode)


class Remembered:
    """One file of Qt's, readable by its user only. What cannot be read or written is as if it was not there.

    Paths are percent-encoded, because a file name need not be text.
    """

    def __init__(self, folder: Path) -> None:
        """folder: of the settings."""
        self._file = folder / FILE_NAME

    @property
    def geometry(self) -> QByteArray | None:
        """Of the window."""
        kept = self._read(_GEOMETRY)
        return kept if isinstance(kept, QByteArray) else None

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._write(_GEOMETRY, geometry)

    @property
    def zoom(self) -> int | None:
        """Of the window, in per cent; any number."""
        kept = str(self._read(_ZOOM))
        return int(kept[:4]) if kept.isdecimal() else None

    @zoom.setter
    def zoom(self, zoom: int) -> None:
        self._write(_ZOOM, str(zoom))

    @property
    def tray_explained(self) -> bool:
        """Whether the user has been told what closing the window means while there is a tray."""
        return self._read(_TRAY_EXPLAINED) == "true"

    def remember_tray_explained(self) -> None:
        """Do not tell it again."""
        self._write(_TRAY_EXPLAINED, "true")

    @property
    def introduced(self) -> bool:
        """Whether the user has seen the introduction, or used a release that had none."""
        if self._settings() is None:
            return True
        return self._read(_INTRODUCED) == "true" or self.geometry is not None

    def remember_introduced(self) -> None:
        """Do not show it again."""
        self._write(_INTRODUCED, "true")

    @property
    def update_put_off(self) -> str:
        """The release that the user has seen and did not want then; empty for none."""
        return str(self._read(_UPDATE_PUT_OFF) or "")

    @update_put_off.setter
    def update_put_off(self, version: str) -> None:
        self._write(_UPDATE_PUT_OFF, version)

    @property
    def update_failed(self) -> str:
        """The release that did not start, and of which the user knows; empty for none."""
        return str(self._read(_UPDATE_FAILED) or "")

    @update_failed.setter
    def update_failed(self, version: str) -> None:
        self._write(_UPDATE_FAILED, version)

    @property
    def update_error(self) -> str:
        """Why the release that was to be installed on quitting was not, as JSON; empty if it was."""
        return str(self._read(_UPDATE_ERROR) or "")

    @update_error.setter
    def update_error(self, error: str) -> None:
        self._write(_UPDATE_ERROR, error)

    @property
    def update_checked(self) -> datetime | None:
        """When the update source last answered."""
        try:
            at = datetime.fromisoformat(str(self._read(_UPDATE_CHECKED)))
        except ValueError:
            return None
        return at if at.tzinfo else None

    @update_checked.setter
    def update_checked(self, at: datetime) -> None:
        self._write(_UPDATE_CHECKED, at.isoformat())

    @property
    def mode(self) -> ProvingMode | None:
        """The mode that was chosen last."""
        kept = self._read(_MODE)
        return ProvingMode(kept) if isinstance(kept, str) and kept in _MODES else None

    @mode.setter
    def mode(self, mode: ProvingMode) -> None:
        self._write(_MODE, mode.value)

    @property
    def recent_files(self) -> tuple[Path, ...]:
        """The files that were proved last, the newest first."""
        kept = self._read(_RECENT)
        paths = map(_decoded, kept.split("\n")[:RECENT_FILES]) if isinstance(kept, str) else ()
        return tuple(path for path in paths if path.is_absolute())

    @recent_files.setter
    def recent_files(self, paths: tuple[Path, ...]) -> None:
        self._write(_RECENT, "\n".join(map(_encoded, paths[:RECENT_FILES])))

    def folder(self, kind: str) -> Path | None:
        """Where a file of this kind was last opened or saved."""
        kept = self._read(f"{_FOLDERS}/{_key(kind)}")
        return _decoded(kept) if isinstance(kept, str) and kept else None

    def remember_folder(self, kind: str, folder: Path) -> None:
        """Begin there the next time."""
        self._write(f"{_FOLDERS}/{_key(kind)}", _encoded(folder))

    def _read(self, name: str) -> object:
        settings = self._settings()
        kept: object = None if settings is None else settings.value(name)
        return kept

    def _write(self, name: str, value: QByteArray | str) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return
        if (settings := self._settings()) is not None:
            with suppress(OSError):  # before Qt, which would let others read it
                self._file.touch(_PRIVATE)
                self._file.chmod(_PRIVATE)
            settings.setValue(name, value)
            settings.sync()

    def _settings(self) -> QSettings | None:
        """The file; None if it cannot be read: Qt would wait for a FIFO in its place, or for its lock."""
        for file in (self._file, self._file.with_name(f"{FILE_NAME}.lock")):
            try:
                open_regular(file).close()
            except FileNotFoundError:
                continue
            except OSError:
                return None
        return QSettings(str(self._file), QSettings.Format.IniFormat)


def _key(kind: str) -> str:
    """A key of Qt's settings, in which a slash begins a group."""
    return quote_from_bytes(kind.encode(), safe="")


def _encoded(path: Path) -> str:
    return quote_from_bytes(os.fsencode(path))


def _decoded(path: str) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(path)))
