"""The desktop app: how soon it is painted, how long a proof holds its loop, how soon a cancel is done."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic, sleep, thread_time

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import psutil
from PySide6.QtWidgets import QApplication

from support.app_window import App, PacedBackend, installed_home, with_app
from support.local_prover import deployment_request
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.log.event_log import Level
from tee_rex_app.model.runs import Outcome
from tee_rex_app.model.state import Page
from tee_rex_app.services.history import History
from tee_rex_app.ui.panels.log_panel import LogPanel
from tee_rex_app.ui.theme import Theme

_ROUNDS = 3
_SECONDS_BEFORE_CANCEL = (0.0, 0.05, 0.2, 0.5, 2.0, 6.0, 13.0)
"""From the first look at the steps to the final proof, on two cores."""

_BARE_PAINT = """
import os, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
import psutil
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

def painted():
    print(time.time() - psutil.Process().create_time())
    window.end()

qt = QApplication([])
window = QMainWindow()
window.show()
QTimer.singleShot(0, painted)
qt.exec()
"""
"""An empty window: what Python and Qt alone take on this machine."""

_PAINT = """
import os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["TEE_REX_HOME"] = sys.argv.pop()
import psutil
from PySide6.QtCore import QTimer
from tee_rex_app.main import main
from tee_rex_app.ui.main_window import MainWindow

def painted(window):
    print(time.time() - psutil.Process().create_time())
    window.end()

shown = MainWindow.showEvent

def show(window, event):
    shown(window, event)
    QTimer.singleShot(0, lambda: painted(window))

MainWindow.showEvent = show
main()
"""


def measure() -> dict[str, float]:
    """Milliseconds: from a process's start to its first painted window, and what a proof does to the loop."""
    with tempfile.TemporaryDirectory() as folder:
        paints, bare_paints = (
            [float(subprocess.check_output([sys.executable, "-c", program, folder])) for _ in range(_ROUNDS)]
            for program in (_PAINT, _BARE_PAINT)
        )
    qt = QApplication([])
    theme = Theme(qt)
    with tempfile.TemporaryDirectory() as folder:
        stalls, worked = _stalls(qt, theme, installed_home(Path(folder)), _prove)
    cancels: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        _stalls(qt, theme, installed_home(Path(folder)), partial(_cancel, cancels=cancels))
    with tempfile.TemporaryDirectory() as folder:
        _, log_flood = _stalls(qt, theme, Path(folder), _flood_the_log)
    with tempfile.TemporaryDirectory() as folder:
        _fill_history(Path(folder))
        _, long_history = _stalls(qt, theme, Path(folder), _look_through_the_history)
    return {
        "first_paint_ms": sorted(paints)[_ROUNDS // 2] * 1000,
        "first_paint_over_bare_window": sorted(paints)[_ROUNDS // 2] / sorted(bare_paints)[_ROUNDS // 2],
        "longest_stall_during_a_proof_ms": max(stalls) * 1000,
        "p99_stall_during_a_proof_ms": sorted(stalls)[len(stalls) * 99 // 100] * 1000,
        "longest_work_between_two_ticks_ms": max(worked) * 1000,
        "longest_cancel_ms": max(cancels) * 1000,
        "longest_work_in_a_flood_of_50000_events_ms": max(log_flood) * 1000,
        "longest_work_with_5000_runs_and_switching_pages_ms": max(long_history) * 1000,
    }


def _stalls(
    qt: QApplication, theme: Theme, home: Path, act: Callable[[App], Awaitable[None]]
) -> tuple[list[float], list[float]]:
    """Seconds that ticks of 5 ms came late, and seconds the main thread worked between two of them."""
    stalls: list[float] = []
    worked: list[float] = []

    async def probe() -> None:
        while True:
            wall, processor = monotonic(), thread_time()
            await asyncio.sleep(0.005)
            stalls.append(monotonic() - wall - 0.005)
            worked.append(thread_time() - processor)

    async def probed(app: App) -> None:
        await app.settled()
        probing = asyncio.create_task(probe())
        await act(app)
        probing.cancel()

    with_app(qt, theme, home, probed)
    return stalls, worked


async def _prove(app: App) -> None:
    app.window.prove.prove_sample.click()
    await app.proved(200.0)


async def _cancel(app: App, cancels: list[float]) -> None:
    """Cancel a proof at several moments; it is over when bb has ended and the history knows."""
    for seconds in _SECONDS_BEFORE_CANCEL:
        app.window.prove.prove_sample.click()
        await asyncio.sleep(seconds)
        begin = monotonic()
        app.window.prove.run_card.cancel.click()
        await app.proved()
        assert not psutil.Process().children(recursive=True)
        cancels.append(monotonic() - begin)


async def _flood_the_log(app: App) -> None:
    """50,000 events out of a thread, while the panel is open and everything is shown."""
    app.window.bottom.toggle("log")
    panel = app.window.bottom.panels["log"]
    assert isinstance(panel, LogPanel)
    panel.show_from(Level.DEBUG)
    log = app.application.log

    def flood() -> None:
        for number in range(50_000):
            log.write(Level.INFO, "proof.circuit", index=number, count=11, name="private_kernel_inner", ms=1)
            if number % 50 == 0:
                sleep(0.001)

    await asyncio.to_thread(flood)
    await app.until(lambda: panel.model.entries()[-1].number == log.entries()[-1].number)


def _fill_history(home: Path) -> None:
    report = ProofReport.of_result(
        asyncio.run(PacedBackend().prove(deployment_request(), lambda _event: None))
    )
    with closing(History.open(home)) as history:
        for _ in range(5_000):
            number = history.begin(datetime.now(UTC), "Sample: deploy account", ProvingMode.LOCAL)
            history.end(number, Outcome.VERIFIED, 16_900.0, report)


async def _look_through_the_history(app: App) -> None:
    """Go through all pages and the log, thrice."""
    for _ in range(3):
        for key in app.window.pages:
            app.application.intents.open_page(Page(key))
            await asyncio.sleep(0.1)
        app.window.bottom.toggle("log")
        await asyncio.sleep(0.1)
