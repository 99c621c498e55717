"""The log, and the windows beside the main one, as the screenshots show them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from PySide6.QtWidgets import QWidget

from tee_rex.settings.resolve import Settings
from tee_rex_app.crash.report import Failure, crash_report
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.model.state import State
from tee_rex_app.services.diagnostics import DiagnosticsSources
from tee_rex_app.ui.dialogs.about import show_about
from tee_rex_app.ui.dialogs.crash_window import CrashWindow
from tee_rex_app.ui.dialogs.diagnostics_dialog import DiagnosticsDialog
from tee_rex_app.ui.dialogs.help import show_shortcuts
from tee_rex_app.ui.dialogs.pin_dialog import PinDialog
from tee_rex_app.ui.main_window import MainWindow

AT = datetime(2026, 3, 14, 12, 50).astimezone()


def told_log() -> EventLog:
    """Events of every level."""
    ticks = count()
    log = EventLog(lambda: AT + timedelta(milliseconds=791 * next(ticks)))
    write = log.write
    write(Level.INFO, "app.started", version="0.1.0")
    write(Level.DONE, "setup.complete")
    node = "https://node.example.org:8080"
    write(Level.DONE, "service.changed", service="node", status="ready", address=node, detail="Aztec 4.1.2")
    refused = "It answers, but you have approved no build of it."
    write(Level.WARNING, "attestation.refused", address="https://tee.example.org", detail=refused)
    write(Level.INFO, "proof.started", source="Sample: deploy account", mode="local")
    write(Level.INFO, "proof.read", circuits=11, setup="development")
    write(Level.INFO, "proof.circuit", index=11, count=11, name="hiding_kernel", ms=1370)
    write(Level.INFO, "proof.final", ms=6280)
    digest = "4f06701cc0a94089" + "00" * 20 + "3328c2c0"
    write(
        Level.DONE,
        "proof.verified",
        source="Sample: deploy account",
        mode="local",
        ms=16_900,
        sha256=digest,
        link="https://explorer.example.org/tx/0x1c4e",
    )
    error = "It received SIGKILL."
    write(Level.ERROR, "error", code="BB_KILLED", title="The prover was killed", message=error, hint="")
    return log


def dialogs(state: State, make_window: Callable[[], MainWindow]) -> Iterator[tuple[str, QWidget]]:
    """Each window beside the main one, by its name."""
    window = make_window()
    yield "about", show_about(window)
    yield "shortcuts", show_shortcuts(window)
    yield "diagnostics", _diagnostics(window, state)
    yield "pin-build", _pin_dialog(window)
    yield "crash", CrashWindow(_failure_report(), can_continue=True)
    window.deleteLater()


def _pin_dialog(window: MainWindow) -> QWidget:
    from app.screenshots import attestations  # which imports this module

    return PinDialog(window, attestations()["unapproved"], None, set(), window.theme)


def _diagnostics(window: MainWindow, state: State) -> QWidget:
    parts = DiagnosticsSources(
        state=state,
        settings=Settings.resolve(flags={}, environ={}, file=Path("settings.toml")),
        entries=told_log().entries(),
        log_folder=Path("no such folder"),
        home=Path("/home/ada"),
        at=AT,
    ).parts()
    dialog = DiagnosticsDialog(window, parts)
    dialog.list.setCurrentRow(4)
    return dialog


def _failure_report() -> str:
    failure = Failure(
        "LookupError",
        "tee_rex_app/views/timeline.py:88 leaves",
        (
            "LookupError",
            "  tee_rex_app/views/breakdown_card.py:120 render_state",
            "  tee_rex_app/views/timeline.py:88 leaves",
            "caused by KeyError",
            "  tee_rex_app/views/timeline.py:61 _leaf",
        ),
    )
    return crash_report(failure, AT, told_log().entries())
