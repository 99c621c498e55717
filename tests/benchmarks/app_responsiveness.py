"""The desktop app: how soon it is painted, and how long a proof in it keeps the loop waiting."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, thread_time

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication

from support.app_window import App, installed_home, with_app
from tee_rex_app.theme import Theme

_ROUNDS = 3

_PAINT = """
import os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from datetime import UTC, datetime
from pathlib import Path
from PySide6.QtWidgets import QApplication
from tee_rex.paths import Paths
from tee_rex_app.application import Application, Surroundings
from tee_rex_app.theme import Theme
from tee_rex_app.views.main_window import MainWindow
home = Path(sys.argv[1])
qt = QApplication([])
application = Application(Surroundings(Paths(home, home), {}, time.monotonic, lambda: datetime.now(UTC)))
window = MainWindow(Theme(qt), application.store, application.intents, time.monotonic)
window.show()
qt.processEvents()
import psutil
print(time.time() - psutil.Process().create_time())
"""


def measure() -> dict[str, float]:
    """Milliseconds: from a process's start to its first painted window, and what a proof does to the loop."""
    with tempfile.TemporaryDirectory() as folder:
        paints = [
            float(subprocess.check_output([sys.executable, "-c", _PAINT, folder])) for _ in range(_ROUNDS)
        ]
    with tempfile.TemporaryDirectory() as folder:
        stalls, worked = _proof(installed_home(Path(folder)))
    return {
        "first_paint_ms": sorted(paints)[_ROUNDS // 2] * 1000,
        "longest_stall_during_a_proof_ms": max(stalls) * 1000,
        "p99_stall_during_a_proof_ms": sorted(stalls)[len(stalls) * 99 // 100] * 1000,
        "longest_work_between_two_ticks_ms": max(worked) * 1000,
    }


def _proof(home: Path) -> tuple[list[float], list[float]]:
    """Seconds that ticks of 5 ms came late, and seconds the main thread worked between two of them."""
    stalls: list[float] = []
    worked: list[float] = []

    async def probe() -> None:
        while True:
            wall, processor = monotonic(), thread_time()
            await asyncio.sleep(0.005)
            stalls.append(monotonic() - wall - 0.005)
            worked.append(thread_time() - processor)

    async def act(app: App) -> None:
        await app.settled()
        probing = asyncio.create_task(probe())
        app.window.prove.prove_sample.click()
        await app.proved(200.0)
        probing.cancel()

    qt = QApplication([])
    with_app(qt, Theme(qt), home, act)
    return stalls, worked


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(measure())}\n")
