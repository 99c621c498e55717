"""The application on a real desktop: its size, closing, the tray, a second start, notifications, its end."""

from __future__ import annotations

import json
import re
import signal
import sys
from pathlib import Path

import pytest

from support.patience import SOON
from support.processes import running, running_bbs
from support.x11_desktop import Desktop, DesktopApp, desktop, started, until
from tee_rex_app.main import FAILED
from tee_rex_app.platform.single_instance import LOCK_NAME, SOCKET_NAME

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's"),
]

ICON = (12, 12)
"""Where the tray's only icon is."""


def keep_in_tray(home: Path, *, explained: bool) -> None:
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "settings.toml").write_text("keep_in_tray = true\n")
    if explained:
        (home / "config" / "window.ini").write_text("[General]\ntray-explained=true\nintroduced=true\n")


def until_proving(app: DesktopApp) -> list[int]:
    """Wait until bb proves and the window shows how far it is; returns the processes of bb."""
    until(lambda: running_bbs(app.process.pid))
    until(lambda: re.fullmatch(r"about [1-9]\d? % · TEE-Rex", app.title()))
    return running_bbs(app.process.pid)


def left(app: DesktopApp, bbs: list[int]) -> list[str]:
    """What is left after a clean end: processes, the lock, the socket; empty for nothing."""
    assert app.ended() == 0
    assert "app.ended" in app.log()
    files = [name for name in (LOCK_NAME, SOCKET_NAME) if (app.home / name).exists()]
    return [*files, *(f"bb {pid}" for pid in bbs if running(pid))]


@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5, 2.0])
def test_the_first_window_fits_the_screen(plain_desktop: Desktop, tmp_path: Path, scale: float) -> None:
    with started(plain_desktop, tmp_path / "h", scale=scale) as app:
        frame = plain_desktop.frame(app.window())
        assert frame.within(plain_desktop.screen), frame
        assert frame.height >= 0.75 * min(plain_desktop.screen.height, 820 * scale)


def test_a_zoomed_window_stays_on_the_screen(plain_desktop: Desktop, tmp_path: Path) -> None:
    with started(plain_desktop, tmp_path / "h") as app:
        window = app.window()
        before = plain_desktop.frame(window)
        plain_desktop.run("xdotool", "windowfocus", "--sync", window)
        plain_desktop.keys(*["ctrl+plus"] * 6)
        until(lambda: plain_desktop.frame(window).width > before.width)
        until(lambda: plain_desktop.frame(window).within(plain_desktop.screen))
        plain_desktop.keys("ctrl+0")
        until(lambda: plain_desktop.frame(window).width == before.width)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_introduction_fits_the_screen_and_the_keyboard_goes_through_it(
    tmp_path: Path, scale: float
) -> None:
    with (
        desktop(tmp_path, (1280, 800)) as small,
        started(small, tmp_path / "h", scale=scale, introduced=False) as app,
    ):

        def shown() -> list[str]:
            return small.windows("^Introduction$", app.process.pid)

        until(shown)
        frame = small.frame(shown()[0])
        assert frame.within(small.screen), frame
        small.run("xdotool", "windowfocus", "--sync", shown()[0], "key", "Escape")
        until(lambda: not shown())
        app.close()
        assert app.ended() == 0
    with desktop(tmp_path, (1280, 800)) as small, started(small, tmp_path / "h", introduced=False) as app:
        app.window()
        until(lambda: "setup.found" in app.log() or "setup.missing" in app.log())
        assert not small.windows("^Introduction$", app.process.pid)


def test_the_first_window_fits_a_small_laptop(tmp_path: Path) -> None:
    with desktop(tmp_path, (1366, 768)) as small, started(small, tmp_path / "h", scale=1.5) as app:
        frame = small.frame(app.window())
        assert frame.within(small.screen), frame


def test_closing_without_a_tray_asks_while_a_proof_runs(
    plain_desktop: Desktop, home: Path, steps: Path
) -> None:
    keep_in_tray(home, explained=True)  # which is not possible here
    with started(plain_desktop, home, str(steps)) as app:
        bbs = until_proving(app)
        app.close()
        until(app.question)
        plain_desktop.keys("Escape")
        until(lambda: not app.question())
        assert running_bbs(app.process.pid) == bbs
        plain_desktop.keys("ctrl+q")
        until(app.question)
        plain_desktop.keys("shift+Tab", "space")  # Quit is before Don't quit, which has the focus
        assert left(app, bbs) == []


def test_closing_hides_it_in_the_tray_and_a_second_start_shows_it(
    tray_desktop: Desktop, home: Path, steps: Path
) -> None:
    keep_in_tray(home, explained=False)
    with started(tray_desktop, home) as app:
        app.window()
        app.close()
        until(lambda: tray_desktop.windows("stays in the tray$", app.process.pid))
        tray_desktop.keys("Return")
        until(lambda: not app.windows())
        with started(tray_desktop, home, "--hidden") as at_login:
            assert at_login.ended() == 0
        assert app.windows() == []
        with started(tray_desktop, home, str(steps)) as second:
            assert second.ended() == 0
        bbs = until_proving(app)
        app.close()
        until(lambda: not app.windows())
        assert running_bbs(app.process.pid) == bbs
        tray_desktop.click(*ICON, button=3)
        tray_desktop.keys("Up", "Return")  # its last entry is Quit
        until(app.question)
        tray_desktop.keys("Return")
        until(lambda: not app.question())
        assert running_bbs(app.process.pid) == bbs
        app.process.send_signal(signal.SIGTERM)  # as at the end of a session
        assert left(app, bbs) == []


def test_docks_hear_the_progress(tray_desktop: Desktop, home: Path, steps: Path) -> None:
    heard = tray_desktop.folder / "heard"
    with (
        heard.open("w") as file,
        tray_desktop.running(
            "dbus-monitor", "--session", "interface=com.canonical.Unity.LauncherEntry", stdout=file
        ),
    ):
        with started(tray_desktop, home, str(steps)) as app:
            until_proving(app)
            app.process.send_signal(signal.SIGTERM)
            app.ended()
        until(lambda: heard.read_text().rstrip().endswith("]") and "boolean false" in heard.read_text())
    told = heard.read_text()
    assert 'string "application://tee-rex.desktop"' in told
    assert "double 0." in told
    assert "boolean true" in told
    assert told.rindex("boolean false") > told.rindex("boolean true")  # nothing is left on the icon


def test_a_hidden_start_is_only_an_icon_that_opens_the_window(tmp_path: Path) -> None:
    home = tmp_path / "h"
    keep_in_tray(home, explained=True)
    # With a session bus, the icon would come ten seconds later: it waits for panels of the newer kind.
    with desktop(tmp_path, tray=True) as made, started(made, home, "--hidden") as app:
        until(made.icons)
        assert app.windows() == []
        made.click(*ICON)
        assert made.frame(app.window()).within(made.screen)
        made.keys("ctrl+q")
        assert left(app, []) == []


def test_a_tray_of_the_newer_kind_may_come_after_a_hidden_start(tmp_path: Path) -> None:
    home, names = tmp_path / "h", tmp_path / "names"
    keep_in_tray(home, explained=True)
    watcher = (sys.executable, "-m", "support.status_notifier")
    with desktop(tmp_path, bus=True) as made, started(made, home, "--hidden") as app:
        until(lambda: "setup." in app.log())
        with names.open("w") as file, made.running(*watcher, stdout=file):
            until(names.read_text)
            assert app.windows() == []
            activate = "org.kde.StatusNotifierItem.Activate"
            made.call(names.read_text().strip(), "/StatusNotifierItem", activate, "int32:0", "int32:0")
            app.window()
            app.close()
            until(lambda: not app.windows())
        app.process.send_signal(signal.SIGTERM)
        assert left(app, []) == []


def test_a_hidden_start_without_a_tray_is_minimised(plain_desktop: Desktop, tmp_path: Path) -> None:
    with started(plain_desktop, tmp_path / "h", "--hidden") as app:
        until(lambda: "Iconic" in plain_desktop.state_of("TEE-Rex$", app.process.pid))
        with started(plain_desktop, tmp_path / "h") as second:
            assert second.ended() == 0
        app.window()


NOTIFYING = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection
from tee_rex_app.platform.notifications import desktop_notifier
qt = QCoreApplication([])
notifier = desktop_notifier("linux", QDBusConnection.sessionBus(), lambda: None)
notifier.show("Proof generated and verified", "<steps> · Local · 16.9 s")
QTimer.singleShot(10_000, qt.quit)
qt.exec()
"""


def test_notifications_are_shown_without_a_portal(tray_desktop: Desktop) -> None:
    with tray_desktop.running("dunst"), tray_desktop.running(sys.executable, "-c", NOTIFYING):
        until(lambda: tray_desktop.owned("org.freedesktop.Notifications"))

        def shown() -> list[tuple[str, str, str]]:
            told = json.loads(tray_desktop.run("dunstctl", "history"))
            return [
                tuple(one[name]["data"] for name in ("appname", "summary", "body")) for one in told["data"][0]
            ]

        until(lambda: tray_desktop.run("dunstctl", "count", "displayed").strip() == "1", SOON)
        tray_desktop.run("dunstctl", "close-all")  # its history has those that are closed
        until(shown, SOON)
        expected = ("TEE-Rex", "Proof generated and verified", "&lt;steps&gt; · Local · 16.9 s")  # as markup
        assert shown() == [expected]


def test_a_first_instance_that_hangs_is_told_in_a_window(plain_desktop: Desktop, tmp_path: Path) -> None:
    home = tmp_path / "h"
    with started(plain_desktop, home) as first:
        first.window()
        first.process.send_signal(signal.SIGSTOP)
        try:
            with started(plain_desktop, home, str(tmp_path / "steps.msgpack")) as second:
                until(lambda: plain_desktop.windows("TEE-Rex", second.process.pid))
                assert second.process.poll() is None
                plain_desktop.keys("Return")
                assert second.ended() == FAILED
        finally:
            first.process.send_signal(signal.SIGCONT)
        with started(plain_desktop, home) as third:
            assert third.ended() == 0
