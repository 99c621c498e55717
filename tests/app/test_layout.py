"""Every state fits the smallest window, and the first one is there at once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtWidgets import QApplication

from app.screenshots import NOW, scenes
from tee_rex_app.state import Intents, State, Store
from tee_rex_app.theme import Scheme, Theme
from tee_rex_app.views.main_window import SMALLEST, MainWindow

SCENES = list(scenes())
FIRST_PAINT_SECONDS = 1.5

_PAINT = """
import os, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from datetime import UTC, datetime
import sys
from PySide6.QtWidgets import QApplication
from tee_rex.paths import Paths
from tee_rex_app.application import Application, Surroundings
from tee_rex_app.theme import Theme
from tee_rex_app.views.main_window import MainWindow
home = Path(sys.argv[1])
qt = QApplication([])
theme = Theme(qt)
application = Application(Surroundings(Paths(home, home), {}, time.monotonic, lambda: datetime.now(UTC)))
window = MainWindow(theme, application.store, application.intents, time.monotonic)
window.show()
qt.processEvents()
import psutil
print(time.time() - psutil.Process().create_time())
"""


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize(("name", "state"), SCENES, ids=[name for name, _ in SCENES])
def test_nothing_is_cut_off_in_the_smallest_window(
    qapp: QApplication, theme: Theme, scheme: Scheme, name: str, state: State
) -> None:
    theme.use(scheme)
    window = MainWindow(theme, Store(state), Intents(), lambda: NOW)
    window.resize(*SMALLEST)
    window.show()
    qapp.processEvents()
    page = window.page.widget()
    assert page is not None
    assert page.width() <= window.page.viewport().width(), name
    assert (window.width(), window.height()) == SMALLEST
    assert page.height() >= page.heightForWidth(page.width())
    window.close()
    window.deleteLater()


@pytest.mark.integration
def test_the_first_window_is_painted_soon(tmp_path: object) -> None:
    seconds = min(
        float(subprocess.check_output([sys.executable, "-c", _PAINT, str(tmp_path)])) for _ in range(3)
    )
    assert seconds < FIRST_PAINT_SECONDS
