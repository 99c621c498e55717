"""When the real program first paints its window, by Qt's own log: nothing of tests is in its process."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from support.patience import PATIENCE

OFFSCREEN: Final = {"QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "qt.widgets.painting=true"}
"""The environment of a program whose painting is to be seen; its log goes to standard error."""
_PAINTED: Final = re.compile(rb"Drawing .* of MainWindow\(")
_LOOKS_AFTER_SECONDS: Final = 0.005


def until_painted(program: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the main window is painted. log: the file that gets the program's standard error."""
    deadline = time.monotonic() + PATIENCE
    while _PAINTED.search(log.read_bytes()) is None:
        assert program.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()[-1000:]
        time.sleep(_LOOKS_AFTER_SECONDS)


def seconds_to_first_paint(command: Sequence[str], environ: Mapping[str, str], log: Path) -> float:
    """Start the app and end it once its window is painted; seconds from one to the other."""
    with log.open("wb") as errors:
        started = time.monotonic()
        with subprocess.Popen(command, env={**environ, **OFFSCREEN}, stderr=errors) as program:
            try:
                until_painted(program, log)
                return time.monotonic() - started
            finally:
                program.terminate()
