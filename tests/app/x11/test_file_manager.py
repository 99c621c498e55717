"""Beside a real file manager: a proof is dragged into a folder, and a file shown in its folder."""

from __future__ import annotations

import hashlib
import signal
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.processes import running
from support.x11_desktop import Desktop, DesktopApp, desktop, started, until
from tee_rex.transaction.report import ProofDigestReport, ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.controllers.proofs import FOLDER_NAME
from tee_rex_app.model.runs import Outcome
from tee_rex_app.services.history import History

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's"),
]

PROOF = bytes(range(256)) * 400


def with_a_proof(home: Path) -> None:
    """A history whose newest run made a proof, after the introduction."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "window.ini").write_text("[General]\nintroduced=true\n")
    digest = ProofDigestReport(3200, len(PROOF), hashlib.sha256(PROOF).hexdigest())
    report = ProofReport(mode="local", verified=True, total_ms=16_900.0, proof=digest)
    with closing(History.open(home)) as history:
        run = history.begin(datetime.now(UTC), "transfer.msgpack", ProvingMode.LOCAL)
        history.end(run, Outcome.VERIFIED, 16_900.0, report, None, PROOF)


TELLING = """
import os
from pathlib import Path
from PySide6.QtCore import QTimer
from tee_rex_app import main
from tee_rex_app.model.state import Page
serve = main.serve
async def telling(application, window, files):
    chip = window.pages[Page.HISTORY].proof.chip
    def tell():
        if chip.isVisible():
            middle = chip.mapToGlobal(chip.rect().center())
            told = Path(os.environ["TEE_REX_HOME"], "place")
            told.with_suffix(".new").write_text(f"{middle.x()} {middle.y()}")
            told.with_suffix(".new").replace(told)
    timer = QTimer(window)
    timer.timeout.connect(tell)
    timer.start(100)
    await serve(application, window, files)
main.serve = telling
raise SystemExit(main.main())
"""
"""The application, which tells where its file can be taken."""


def place_of_file(app: DesktopApp) -> tuple[int, int]:
    """Where the proof of the history page can be taken, in pixels of the screen."""
    app.desktop.run("wmctrl", "-i", "-a", app.window())
    told = app.home / "place"

    def shown() -> bool:
        app.desktop.keys("alt+2")
        return told.exists()

    until(shown)
    time.sleep(0.5)  # for the layout to settle
    x, y = told.read_text().split()
    return int(x), int(y)


def drag(desktop: Desktop, start: tuple[int, int], *stops: tuple[int, int]) -> None:
    """Press at a place and move on, as a hand does."""
    desktop.run("xdotool", "mousemove", *map(str, start), "mousedown", "1")
    for x, y in stops:
        for part in range(1, 11):
            at = (start[0] + (x - start[0]) * part // 10, start[1] + (y - start[1]) * part // 10)
            desktop.run("xdotool", "mousemove", *map(str, at))
            time.sleep(0.03)
        start = (x, y)


def folder_window(desktop: Desktop, folder: Path) -> str:
    """The file manager's window of a folder, at the bottom right of the screen."""
    until(lambda: desktop.windows(f"^{folder.name} - Thunar"))
    window = desktop.windows(f"^{folder.name} - Thunar")[0]
    desktop.run("xdotool", "windowsize", window, "560", "400")
    desktop.run("xdotool", "windowmove", window, "1020", "620")
    desktop.run("xdotool", "windowraise", window)
    return window


def test_a_proof_is_dragged_into_a_folder(tmp_path: Path) -> None:
    home, target = tmp_path / "h", tmp_path / "target"
    target.mkdir()
    with_a_proof(home)
    with (
        desktop(tmp_path, bus=True) as made,
        made.running("thunar", str(target)),
        started(made, home, command=(sys.executable, "-c", TELLING)) as app,
    ):
        start = place_of_file(app)
        frame = made.frame(folder_window(made, target))
        inside = (frame.x + frame.width - 120, frame.y + frame.height - 120)
        staged = home / FOLDER_NAME
        drag(made, start, (start[0] + 60, start[1] + 30))
        until(lambda: list(staged.rglob("transfer.proof")))
        made.keys("Escape")  # which cancels it
        made.run("xdotool", "mouseup", "1")
        until(lambda: not list(staged.rglob("transfer.proof")))
        assert list(target.iterdir()) == []

        drag(made, start, (start[0] + 60, start[1] + 30), inside, (inside[0] + 4, inside[1] + 4))
        made.run("xdotool", "mouseup", "1")
        copied = target / "transfer.proof"
        until(copied.exists)
        until(lambda: copied.read_bytes() == PROOF)
        assert list(staged.rglob("transfer.proof"))  # for slower ones
        assert running(app.process.pid)
        app.process.send_signal(signal.SIGTERM)
        assert app.ended() == 0
        assert not staged.exists()
        assert copied.read_bytes() == PROOF


SHOWING = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from PySide6.QtDBus import QDBusConnection
from tee_rex_app.platform.folder_view import FolderView, start_program
qt = QCoreApplication([])
view = FolderView("linux", QDBusConnection.sessionBus, start_program)
view.show(Path(sys.argv[1]))
qt.exec()
"""


def test_a_file_is_shown_in_its_folder(tmp_path: Path) -> None:
    """By the file manager that the session bus starts."""
    folder = tmp_path / "my proofs"
    folder.mkdir()
    file = folder / "transfer.proof"
    file.write_bytes(PROOF)
    with desktop(tmp_path, bus=True) as made, made.running(sys.executable, "-c", SHOWING, str(file)):
        until(lambda: made.windows("^my proofs - Thunar"))
