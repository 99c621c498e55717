"""``tee-rex-app``: from the process to the first window."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime

from PySide6.QtWidgets import QApplication

from tee_rex.paths import Paths
from tee_rex_app import __version__, loop
from tee_rex_app.application import Application
from tee_rex_app.surroundings import Surroundings
from tee_rex_app.theme import Theme
from tee_rex_app.views.main_window import MainWindow


def main() -> None:
    """Show the window until it is closed."""
    qt = QApplication(sys.argv)
    qt.setApplicationName("TEE-Rex")
    qt.setApplicationVersion(__version__)
    theme = Theme(qt)
    application = Application(
        Surroundings(
            paths=Paths.from_environment(os.environ),
            environ=os.environ,
            clock=time.monotonic,
            now=lambda: datetime.now(UTC),
        )
    )
    window = MainWindow(theme, application.store, application.intents, time.monotonic, log=application.log)
    window.show()
    loop.run(qt, lambda: serve(application, window))


async def serve(application: Application, window: MainWindow) -> None:
    """Let the application work until its window is closed; then end all that it started."""
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    loop.on_interrupt(window.close)
    await application.start()
    try:
        if window.isVisible():  # it may have been closed before there was a loop
            await closed.wait()
    finally:
        await application.close()
