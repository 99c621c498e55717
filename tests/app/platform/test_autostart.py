"""The exact entries that start the application on login, and that removing leaves nothing."""

from __future__ import annotations

import plistlib
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest

from support.errors import raises
from support.update_feed import small_archive, unpacked
from tee_rex.errors.catalogue.files import DISK_NOT_WRITABLE
from tee_rex_app.platform.autostart import (
    LaunchAgent,
    Registry,
    RunKey,
    XdgAutostart,
    autostart_of,
    program,
)

COMMAND = ("/opt/tee rex/tee-rex-app", "--hidden")

XDG_ENTRY = b"""\
[Desktop Entry]
Type=Application
Name=TEE-Rex
Comment=Aztec prover, in the tray
Exec="/opt/tee rex/tee-rex-app" "--hidden"
Icon=tee-rex
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=true
"""

AGENT = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
\t<key>Label</key>
\t<string>org.tee-rex.app</string>
\t<key>LimitLoadToSessionType</key>
\t<string>Aqua</string>
\t<key>ProcessType</key>
\t<string>Interactive</string>
\t<key>ProgramArguments</key>
\t<array>
\t\t<string>/opt/tee rex/tee-rex-app</string>
\t\t<string>--hidden</string>
\t</array>
\t<key>RunAtLoad</key>
\t<true/>
</dict>
</plist>
"""


class Key:
    def __init__(self, values: dict[str, object]) -> None:
        self.values = values

    def __enter__(self) -> Key:
        return self

    def __exit__(self, *exception: object) -> None:
        pass


class FakeRegistry:
    """Windows' registry; what was called."""

    HKEY_CURRENT_USER = 7

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, object]] = {}
        self.calls: list[tuple[object, ...]] = []

    def CreateKeyEx(self, key: int, sub_key: str, reserved: int, access: int) -> Key:  # noqa: N802
        assert (key, reserved, access) == (7, 0, 3)
        return Key(self.keys.setdefault(sub_key, {}))

    def QueryValueEx(self, key: Key, name: str) -> tuple[object, int]:  # noqa: N802
        if name not in key.values:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return key.values[name], 1

    def SetValueEx(self, key: Key, name: str, reserved: int, kind: int, value: str) -> None:  # noqa: N802
        self.calls.append((name, reserved, kind, value))
        key.values[name] = value

    def DeleteValue(self, key: Key, name: str) -> None:  # noqa: N802
        self.QueryValueEx(key, name)
        del key.values[name]


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("make", "name", "content"),
    [
        (XdgAutostart, "autostart/tee-rex.desktop", XDG_ENTRY),
        (LaunchAgent, "Library/LaunchAgents/org.tee-rex.app.plist", AGENT.encode()),
    ],
    ids=["xdg", "launchd"],
)
def test_an_entry_is_written_and_removed(
    tmp_path: Path, make: type[XdgAutostart | LaunchAgent], name: str, content: bytes
) -> None:
    entry = make(COMMAND, tmp_path)
    assert not entry.is_on()
    entry.turn_off()
    entry.turn_on()
    assert files_below(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == content
    assert entry.is_on()
    entry.turn_on()
    entry.turn_off()
    assert files_below(tmp_path) == []
    assert not entry.is_on()


@pytest.mark.parametrize(
    "line", [b"Hidden=true\n", b"Hidden = true\r\n", b"X-GNOME-Autostart-enabled=false\n"]
)
def test_the_desktops_own_settings_switch_the_entry_off(tmp_path: Path, line: bytes) -> None:
    entry = XdgAutostart(COMMAND, tmp_path)
    entry.turn_on()
    entry.file.write_bytes(XDG_ENTRY + line)
    assert not entry.is_on()
    entry.turn_on()
    assert entry.is_on()


@pytest.mark.parametrize(
    "change", [{"RunAtLoad": False}, {"Disabled": True}], ids=["not-at-load", "disabled"]
)
def test_launchd_does_not_start_what_is_disabled(tmp_path: Path, change: dict[str, bool]) -> None:
    entry = LaunchAgent(COMMAND, tmp_path)
    entry.turn_on()
    entry.file.write_bytes(plistlib.dumps(plistlib.loads(AGENT.encode()) | change))
    assert not entry.is_on()


@pytest.mark.parametrize("content", [b"", b"\xff\x00<plist", b"<plist><array/></plist>"])
def test_a_broken_property_list_is_off(tmp_path: Path, content: bytes) -> None:
    entry = LaunchAgent(COMMAND, tmp_path)
    entry.turn_on()
    entry.file.write_bytes(content)
    assert not entry.is_on()


def test_the_run_key_is_written_and_removed() -> None:
    registry = FakeRegistry()
    entry = RunKey((r"C:\Program Files\TEE-Rex\tee-rex-app.exe", "--hidden"), cast(Registry, registry))
    assert not entry.is_on()
    entry.turn_off()
    entry.turn_on()
    line = r'"C:\Program Files\TEE-Rex\tee-rex-app.exe" --hidden'
    assert registry.calls == [("TEE-Rex", 0, 1, line)]
    assert registry.keys[r"Software\Microsoft\Windows\CurrentVersion\Run"] == {"TEE-Rex": line}
    assert entry.is_on()
    approved = registry.keys[r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"]
    approved["TEE-Rex"] = b"\x03" + bytes(11)  # switched off in the Task Manager
    assert not entry.is_on()
    entry.turn_on()
    assert entry.is_on()
    approved["TEE-Rex"] = b"\x02" + bytes(11)
    assert entry.is_on()
    entry.turn_off()
    assert not any(registry.keys.values())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("")
    entry = XdgAutostart(COMMAND, tmp_path)
    assert not entry.is_on()
    for act in (entry.turn_on, entry.turn_off):
        with raises(DISK_NOT_WRITABLE, str(tmp_path / "autostart")):
            act()


def test_every_platform_has_its_own(tmp_path: Path) -> None:
    linux = autostart_of("linux", {}, tmp_path)
    assert isinstance(linux, XdgAutostart)
    assert linux.file == tmp_path / ".config" / "autostart" / "tee-rex.desktop"
    moved = autostart_of("linux", {"XDG_CONFIG_HOME": str(tmp_path / "c")}, tmp_path)
    assert isinstance(moved, XdgAutostart)
    assert moved.file == tmp_path / "c" / "autostart" / "tee-rex.desktop"
    relative = autostart_of("linux", {"XDG_CONFIG_HOME": "not/absolute"}, tmp_path)
    assert isinstance(relative, XdgAutostart)
    assert relative.file == linux.file
    assert isinstance(autostart_of("darwin", {}, tmp_path), LaunchAgent)


@pytest.mark.integration
def test_the_command_starts_this_application(monkeypatch: pytest.MonkeyPatch) -> None:
    told = subprocess.run([*program({}), "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("TEE-Rex ")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert program({}) == (sys.executable,)


def test_a_login_starts_whichever_version_of_a_folder_is_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, _size = small_archive(tmp_path, "0.1.0", app="#!/bin/sh\n")
    folder = unpacked(archive, tmp_path)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder.top / "versions/0.1.0/tee-rex-app"))
    assert program({}) == (str(folder.top / "tee-rex-app"),)


def test_a_login_starts_the_appimage_that_the_program_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But not the one that a terminal was started from."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "mounted" / "tee-rex-app"))
    environ = {"APPIMAGE": "/home/ana/TEE-Rex.AppImage", "APPDIR": str(tmp_path / "mounted")}
    assert program(environ) == ("/home/ana/TEE-Rex.AppImage",)
    another = {"APPIMAGE": "/home/ana/Terminal.AppImage", "APPDIR": str(tmp_path / "terminal")}
    assert program(another) == (sys.executable,)
