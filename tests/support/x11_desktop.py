"""A desktop of its own, with a real X server, window manager, session bus and tray, and the app on it."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from support.patience import PATIENCE, SOON


def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until something holds; raises AssertionError."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def program(name: str) -> str:
    """The path of an installed program."""
    path = shutil.which(name)
    assert path is not None, f"{name} is missing: make test-host"
    return path


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def within(self, other: Rect) -> bool:
        """Whether it lies in another one."""
        return (
            self.x >= other.x
            and self.y >= other.y
            and self.x + self.width <= other.x + other.width
            and self.y + self.height <= other.y + other.height
        )


@dataclass(frozen=True)
class Desktop:
    """The desktop of :func:`desktop`. folder: the user's home."""

    environ: dict[str, str]
    folder: Path
    screen: Rect

    def run(self, *command: str, check: bool = True) -> str:
        """What a program of the desktop prints."""
        done = subprocess.run(
            [program(command[0]), *command[1:]],
            env=self.environ,
            capture_output=True,
            text=True,
            check=check,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
        return done.stdout

    def keys(self, *keys: str) -> None:
        """Press keys in the active window."""
        self.run("xdotool", "key", "--clearmodifiers", *keys)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Click at a place of the screen."""
        self.run("xdotool", "mousemove", str(x), str(y), "click", str(button))

    def windows(self, name: str, pid: int | None = None) -> list[str]:
        """The visible windows whose titles a regular expression fits."""
        of_process = ("--all", "--pid", str(pid)) if pid is not None else ()
        found = self.run("xdotool", "search", "--onlyvisible", *of_process, "--name", name, check=False)
        return found.split()

    def icons(self) -> list[str]:
        """The windows in the tray."""
        return re.findall(
            r"\(has no name\): \(\)  22x22\+", self.run("xwininfo", "-root", "-tree", check=False)
        )

    def state_of(self, name: str, pid: int) -> str:
        """The ICCCM state of a process's window, visible or not; empty where there is none."""
        found = self.run("xdotool", "search", "--all", "--pid", str(pid), "--name", name, check=False)
        return "".join(self.run("xprop", "-id", window, "WM_STATE") for window in found.split())

    def owned(self, name: str) -> bool:
        """Whether somebody has a name on the session bus."""
        call = "org.freedesktop.DBus.NameHasOwner"
        bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
        return "true" in self.call(*bus, call, f"string:{name}")

    def call(self, name: str, path: str, method: str, *arguments: str) -> str:
        """Call a method over the session bus."""
        return self.run("dbus-send", "--session", "--print-reply", f"--dest={name}", path, method, *arguments)

    @contextmanager
    def running(self, *command: str, stdout: int | IO[str] = subprocess.DEVNULL) -> Iterator[None]:
        """A program of the desktop, ended at the end of the block."""
        with ExitStack() as ends:
            _started(ends, command, self.environ, stdout=stdout)
            yield

    def frame(self, window: str) -> Rect:
        """A window with its decoration."""
        told = self.run("xwininfo", "-id", window)
        x, y = (int(number) for number in re.findall(r"Absolute upper-left [XY]:\s+(-?\d+)", told))
        width, height = (int(number) for number in re.findall(r"(?:Width|Height): (\d+)", told))
        extents = self.run("xprop", "-id", window, "_NET_FRAME_EXTENTS")
        left, right, top, bottom = (int(number) for number in re.findall(r"\d+", extents.partition("=")[2]))
        return Rect(x - left, y - top, width + left + right, height + top + bottom)


class DesktopApp:
    """The application as a process on a desktop, ended at the end of :func:`started`."""

    def __init__(self, desktop: Desktop, process: subprocess.Popen[str], home: Path) -> None:
        self.desktop = desktop
        self.process = process
        self.home = home

    def window(self) -> str:
        """The visible main window; waits until it is there."""
        found: list[str] = []

        def look() -> bool:
            found[:] = self.windows()
            return bool(found)

        until(look)
        return found[0]

    def windows(self) -> list[str]:
        """The visible main windows."""
        return self.desktop.windows(r"TEE-Rex$", self.process.pid)

    def title(self) -> str:
        """The main window's title."""
        return self.desktop.run("xdotool", "getwindowname", self.window()).strip()

    def question(self) -> list[str]:
        """The visible window that asks whether to quit."""
        return self.desktop.windows("^Quit TEE-Rex", self.process.pid)

    def close(self) -> None:
        """Close the main window as a click on its X does."""
        self.desktop.run("wmctrl", "-i", "-c", self.window())

    def log(self) -> str:
        """The events of this start."""
        file = self.home / "logs" / "app.log"
        return file.read_text().rpartition("app.started")[2] if file.exists() else ""

    def ended(self) -> int:
        """The exit code; waits until it has ended by itself."""
        code = self.process.wait(PATIENCE)
        assert self.process.stderr is not None
        assert self.process.stderr.read() == ""
        return code


@contextmanager
def desktop(
    folder: Path, screen: tuple[int, int] = (1600, 1050), *, tray: bool = False, bus: bool = False
) -> Iterator[Desktop]:
    """An X server with openbox. tray: with a panel for icons at its top left. bus: with a session bus."""
    with ExitStack() as ends:
        environ = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED}
        environ |= {
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        read, write = os.pipe()
        size = f"{screen[0]}x{screen[1]}x24"
        server = (
            *("Xvfb", "-displayfd", str(write), "-screen", "0", size),
            *("-nolisten", "tcp", "-noreset"),
        )
        _started(ends, server, environ, pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as displays:
            assert select.select([displays], [], [], SOON)[0], "Xvfb does not start"
            environ["DISPLAY"] = f":{displays.readline().strip()}"
        made = Desktop(environ, folder, Rect(0, 0, *screen))
        if bus:
            command = ("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
            daemon = _started(ends, command, environ, stdout=subprocess.PIPE)
            assert daemon.stdout is not None
            environ["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
        _started(ends, ("openbox", "--sm-disable"), environ)
        until(lambda: "_NET_SUPPORTING_WM_CHECK(WINDOW)" in made.run("xprop", "-root"))
        if tray:
            panel = ("trayer", "--edge", "top", "--align", "left", "--widthtype", "request", "--height", "24")
            for patience in (
                20,
                20,
                PATIENCE,
            ):  # a start beside other desktops may show nothing
                shown = _started(ends, panel, environ)
                with suppress(AssertionError):
                    until(lambda: made.windows("^panel$"), patience)
                    break
                shown.kill()
                shown.wait()
            assert made.windows("^panel$"), "trayer shows no panel"
        yield made


@contextmanager
def started(
    desktop: Desktop,
    home: Path,
    *arguments: str,
    scale: float = 1.0,
    command: Sequence[str] = (sys.executable, "-m", "tee_rex_app"),
    introduced: bool = True,
) -> Iterator[DesktopApp]:
    """The application with a data folder; killed at the end if it has not ended.

    command: what starts it. introduced: whether it has been started before, so that the introduction is not
    shown.
    """
    place = home / "config" / "window.ini"
    if introduced and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("[General]\nintroduced=true\n")
    process = subprocess.Popen(
        [*command, *arguments],
        env={
            **desktop.environ,
            "TEE_REX_HOME": str(home),
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCALE_FACTOR": str(scale),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield DesktopApp(desktop, process, home)
    finally:
        process.kill()
        process.communicate()


_NOT_PASSED = frozenset(
    {"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "SESSION_MANAGER", "XDG_ACTIVATION_TOKEN"}
)


def _started(
    ends: ExitStack,
    command: Sequence[str],
    environ: dict[str, str],
    *,
    stdout: int | IO[str] = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [program(command[0]), *command[1:]],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        pass_fds=pass_fds,
        text=True,
    )

    def end() -> None:
        process.terminate()
        try:
            process.wait(SOON)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    ends.callback(end)
    return process
