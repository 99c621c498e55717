"""Starting with the user's session, hidden: one interface for Linux, macOS and Windows."""

from __future__ import annotations

import plistlib
import re
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from tee_rex.system.files import disk_errors, open_regular, replacing
from tee_rex.updates.folder import APP
from tee_rex.updates.installed import Installed, appimage_of

HIDDEN_FLAG = "--hidden"
_MAX_ENTRY_BYTES = 64 * 1024
_LABEL = "org.tee-rex.app"
_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
_APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""Where the Task Manager and Settings switch such entries off: an odd first byte."""
_VALUE = "TEE-Rex"
_REG_SZ = 1
_FULL_ACCESS = 0x3
"""KEY_QUERY_VALUE and KEY_SET_VALUE."""


class Autostart(ABC):
    """This user's entry; it is read anew each time, because the system's own settings change it too."""

    @abstractmethod
    def is_on(self) -> bool:
        """Whether the session starts the application; an unreadable entry counts as off."""

    @abstractmethod
    def turn_on(self) -> None:
        """Write the entry; raises DISK_NOT_WRITABLE, DISK_FULL."""

    @abstractmethod
    def turn_off(self) -> None:
        """Remove the entry, so that nothing is left; raises DISK_NOT_WRITABLE."""


class _EntryFile(Autostart):
    """An entry that is a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def turn_on(self) -> None:
        with disk_errors(self.file.parent):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self.file) as new:
                new.write_bytes(self.content())

    def turn_off(self) -> None:
        with disk_errors(self.file.parent):
            self.file.unlink(missing_ok=True)

    def is_on(self) -> bool:
        try:
            with open_regular(self.file) as file:
                content = file.read(_MAX_ENTRY_BYTES)
        except OSError:
            return False
        return self.starts(content)

    @abstractmethod
    def content(self) -> bytes:
        """The entry."""

    @abstractmethod
    def starts(self, content: bytes) -> bool:
        """Whether an entry is switched on."""


class XdgAutostart(_EntryFile):
    """``autostart/tee-rex.desktop`` in the user's configuration (Desktop Application Autostart 0.5)."""

    def __init__(self, command: Sequence[str], config: Path) -> None:
        super().__init__(config / "autostart" / "tee-rex.desktop")
        self._command = command

    def content(self) -> bytes:
        """The desktop entry."""
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            "Name=TEE-Rex",
            "Comment=Aztec prover, in the tray",
            f"Exec={' '.join(map(_quoted, self._command))}",
            "Icon=tee-rex",
            "Terminal=false",
            "StartupNotify=false",
            "X-GNOME-Autostart-enabled=true",
        )
        return "".join(f"{line}\n" for line in lines).encode()

    def starts(self, content: bytes) -> bool:
        """Whether neither switch is off: the specification's, and GNOME's."""
        values = dict(re.findall(rb"(?m)^([A-Za-z-]+) *= *(.*?)\s*$", content))
        return values.get(b"Hidden") != b"true" and values.get(b"X-GNOME-Autostart-enabled") != b"false"


class LaunchAgent(_EntryFile):
    """A property list in the user's ``Library/LaunchAgents`` (launchd.plist(5)), read at the next login."""

    def __init__(self, command: Sequence[str], home: Path) -> None:
        super().__init__(home / "Library" / "LaunchAgents" / f"{_LABEL}.plist")
        self._command = command

    def content(self) -> bytes:
        """The property list."""
        agent = {
            "Label": _LABEL,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
            "ProgramArguments": list(self._command),
            "RunAtLoad": True,
        }
        return plistlib.dumps(agent)

    def starts(self, content: bytes) -> bool:
        """Whether launchd would start it."""
        try:
            agent = plistlib.loads(content)
        except Exception:  # noqa: BLE001  # its documented way to refuse a file
            return False
        return isinstance(agent, dict) and agent.get("RunAtLoad") is True and not agent.get("Disabled")


class Registry(Protocol):
    """What is used of Python's ``winreg``."""

    HKEY_CURRENT_USER: int

    def CreateKeyEx(self, key: int, sub_key: str, reserved: int, access: int) -> _Key:  # noqa: N802
        """Open a key, or make it."""

    def QueryValueEx(self, key: _Key, name: str) -> tuple[object, int]:  # noqa: N802
        """A value and its type; raises FileNotFoundError."""

    def SetValueEx(  # noqa: N802
        self, key: _Key, name: str, reserved: int, kind: int, value: str
    ) -> None:
        """Write a value."""

    def DeleteValue(self, key: _Key, name: str) -> None:  # noqa: N802
        """Remove a value; raises FileNotFoundError."""


class _Key(Protocol):
    def __enter__(self) -> _Key:
        """Itself."""

    def __exit__(self, *exception: object) -> bool | None:
        """Close it."""


class RunKey(Autostart):
    """A value of the current user's Run key."""

    def __init__(self, command: Sequence[str], registry: Registry) -> None:
        self._line = subprocess.list2cmdline(command)
        self._registry = registry

    def is_on(self) -> bool:
        """Whether the value is there, and not switched off in the Task Manager."""
        try:
            self._value(_RUN)
        except OSError:
            return False
        try:
            switch = self._value(_APPROVED)
        except OSError:
            return True
        return not (isinstance(switch, bytes) and switch[:1] and switch[0] & 1)

    def turn_on(self) -> None:
        """Write the value, and forget that it was switched off."""
        with disk_errors(Path(_RUN)):
            with self._key(_RUN) as key:
                self._registry.SetValueEx(key, _VALUE, 0, _REG_SZ, self._line)
            self._delete(_APPROVED)

    def turn_off(self) -> None:
        """Remove the value and its switch."""
        with disk_errors(Path(_RUN)):
            self._delete(_RUN)
            self._delete(_APPROVED)

    def _value(self, path: str) -> object:
        with self._key(path) as key:
            return self._registry.QueryValueEx(key, _VALUE)[0]

    def _delete(self, path: str) -> None:
        with self._key(path) as key, suppress(FileNotFoundError):
            self._registry.DeleteValue(key, _VALUE)

    def _key(self, path: str) -> _Key:
        return self._registry.CreateKeyEx(self._registry.HKEY_CURRENT_USER, path, 0, _FULL_ACCESS)


def autostart_of(platform: str, environ: Mapping[str, str], home: Path) -> Autostart:
    """That of a platform, which is named as in ``sys.platform``."""
    command = (*program(environ), HIDDEN_FLAG)
    if platform == "win32":
        return RunKey(command, cast(Registry, import_module("winreg")))
    if platform == "darwin":
        return LaunchAgent(command, home)
    config = environ.get("XDG_CONFIG_HOME", "")
    return XdgAutostart(command, Path(config) if config.startswith("/") else home / ".config")


def program(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The command that starts this application: the frozen program, the installed one, or the module."""
    if getattr(sys, "frozen", False):
        if (appimage := appimage_of(Path(sys.executable), environ)) is not None:
            return (str(appimage),)
        folder = Installed.this().folder
        return (sys.executable if folder is None else str(folder.top / APP),)  # whichever version is current
    installed = Path(sys.executable).with_name(
        "tee-rex-app.exe" if sys.platform == "win32" else "tee-rex-app"
    )
    return (str(installed),) if installed.exists() else (sys.executable, "-m", "tee_rex_app")


def _quoted(argument: str) -> str:
    """Quote one argument of Exec: twice, as a string of the file and as an argument (Desktop Entry 1.5)."""
    inside = re.sub(r'["`$\\]', r"\\\g<0>", argument).replace("\\", "\\\\")
    return f'"{inside}"'.replace("%", "%%")
