"""The real program in a process of its own, until its first window is there."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

from support.patience import PATIENCE

WATCHED = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QMessageBox
from tee_rex_app import main
from tee_rex_app.ui.main_window import MainWindow

class Watched(main.DesktopApplication):
    def __init__(self, arguments):
        super().__init__(arguments)
        self.timer = QTimer(self, interval=50)
        self.timer.timeout.connect(self.look)
        self.timer.start()

    def look(self):
        shown = [one for one in self.topLevelWidgets() if one.isVisible()]
        for window in shown:
            if isinstance(window, QMessageBox):
                print(window.text(), window.informativeText(), sep="|", flush=True)
                window.accept()
            elif isinstance(window, MainWindow) and window.store.state.setup.items is not None:
                dialogs = [type(one).__name__ for one in shown if isinstance(one, QDialog)]
                print("MainWindow", *dialogs, flush=True)
                window.end()

main.DesktopApplication = Watched
sys.exit(main.main())
"""
"""The program: prints what it shows, then ends."""


@dataclass(frozen=True, slots=True)
class Started:
    """shown: the text of a message, as "title|text"; or the main window and the dialogs that it opened."""

    code: int
    shown: str
    stderr: str


def started_app(home: str, *arguments: str, before: str = "", program: str = WATCHED) -> Started:
    """Start the app, and end it when this machine is examined. before: shell commands."""
    ended = subprocess.run(
        ["sh", "-c", f'{before}\nexec "$@"', "sh", sys.executable, "-c", program, *arguments],
        env={**os.environ, "TEE_REX_HOME": home, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Started(ended.returncode, ended.stdout.strip(), ended.stderr)
