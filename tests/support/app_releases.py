"""Releases of the app for a feed: that of the checkout, as if it were frozen, and one that does not start."""

from __future__ import annotations

import sys
from pathlib import Path

DOES_NOT_START = "#!/bin/sh\nexit 1\n"

_APP = """\
#!{python}
import sys
from pathlib import Path

sys.frozen, sys.executable = True, str(Path(__file__).resolve())
import tee_rex.updates.installed
from PySide6.QtCore import QTimer
from tee_rex.updates.client import UpdateState
from tee_rex.updates.source import UpdateSource
from tee_rex_app import main
from tee_rex_app.model.updates import UpdateStage
from tee_rex_app.ui.main_window import MainWindow

tee_rex.updates.installed.__version__ = {version!r}
UpdateSource.shipped = classmethod(lambda cls: cls.read(Path({source!r})))

class Driven(main.DesktopApplication):
    def __init__(self, arguments):
        super().__init__(arguments)
        print({version!r}, "starts", flush=True)
        self.timer = QTimer(self, interval=50)
        self.timer.timeout.connect(self.look)
        self.timer.start()

    def look(self):
        shown = [one for one in self.topLevelWidgets() if isinstance(one, MainWindow) and not one.ended]
        if shown and shown[0].store.state.setup.items is not None:
            self.update(shown[0])

    def update(self, window):
        updates, intents = window.store.state.updates, window.intents
        if updates.failed_version:
            print({version!r}, "says that", updates.failed_version, "did not start", flush=True)
            window.end()
        elif updates.failure is not None:
            print({version!r}, updates.failure.title, updates.failure.message, flush=True)
            window.end()
        elif updates.stage is not UpdateStage.IDLE:
            pass
        elif updates.report is None:
            intents.check_for_update_now()
        elif updates.is_state(UpdateState.AVAILABLE):
            intents.download_update()
        elif updates.is_state(UpdateState.READY):
            window.restart()
        else:
            window.end()

main.DesktopApplication = Driven
sys.exit(main.main())
"""


def app_program(version: str, source: Path) -> str:
    """The app of a version; it checks, downloads, restarts into what is newer, else ends, and says so.

    source: a folder as resources/updates.
    """
    return _APP.format(python=sys.executable, version=version, source=str(source))
