"""The diagnostics that a user can send to supporters: texts to read before anything is written."""

from __future__ import annotations

import csv
import io
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLocale, qVersion

from tee_rex import __version__
from tee_rex.settings.resolve import Setting, Settings
from tee_rex.system.files import open_regular
from tee_rex_app.crash.native import kept_traces
from tee_rex_app.log.event_log import LogEntry
from tee_rex_app.log.line import handed_on, json_line_handed_on, plain_line
from tee_rex_app.log.log_file import FILE_NAME as LOG_FILE_NAME
from tee_rex_app.log.redaction import without_credentials, without_home
from tee_rex_app.model.diagnostics import DiagnosticsPart
from tee_rex_app.model.runs import RunRecord
from tee_rex_app.model.services import ServiceState
from tee_rex_app.model.setup import SetupItem
from tee_rex_app.model.state import State
from tee_rex_app.text.translation import tr

MAX_LOG_LINES = 1_000
MAX_RUNS = 100
_HISTORY_COLUMNS = (
    "run", "started", "kind", "mode", "outcome", "total_ms", "circuits", "prove_ms", "crs", "error",
)  # fmt: skip
_EARLIER_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class DiagnosticsSources:
    """The sources of the diagnostics. home: the user's folder."""

    state: State
    settings: Settings
    entries: Sequence[LogEntry]
    log_folder: Path
    home: Path
    at: datetime

    def parts(self) -> tuple[DiagnosticsPart, ...]:
        """All parts, without credentials in addresses and without the home folder's name."""
        parts = (
            DiagnosticsPart("versions.txt", tr("Versions"), _versions(self.state, self.at)),
            DiagnosticsPart("machine.txt", tr("System check"), _machine(self.state.setup.items)),
            DiagnosticsPart("settings.txt", tr("Settings and their sources"), _settings(self.settings)),
            DiagnosticsPart("services.txt", tr("Services"), _services(self.state.services)),
            DiagnosticsPart("log.txt", tr("Events of this session"), _log(self.entries)),
            DiagnosticsPart(
                "history.csv", tr("Runs: times and outcomes"), _history(self.state.history or ())
            ),
            DiagnosticsPart(
                "earlier-log.txt", tr("Log files, including earlier sessions"), _earlier(self.log_folder)
            ),
            DiagnosticsPart(
                "native-crash.txt", tr("Stack traces of the last native crash"), kept_traces(self.log_folder)
            ),
        )
        return tuple(
            DiagnosticsPart(part.name, part.title, without_home(without_credentials(part.content), self.home))
            for part in parts
            if part.content
        )


def _versions(state: State, at: datetime) -> str:
    rows = {
        "TEE-Rex": __version__,
        "bb and Aztec": state.setup.bb_version,
        "Python": platform.python_version(),
        "Qt": qVersion(),
        "frozen": "yes" if getattr(sys, "frozen", False) else "no",
        "system": f"{platform.platform(terse=True)} {platform.machine()}",
        "language": QLocale().name(),
        "at": at.astimezone().isoformat(timespec="seconds"),
    }
    return _table(rows.items())


def _machine(items: Sequence[SetupItem] | None) -> str:
    return _table(
        (item.finding.name, f"{item.finding.verdict}: {item.finding.detail}") for item in items or ()
    )


def _settings(settings: Settings) -> str:
    return _table(_settings_rows(settings))


def _settings_rows(settings: Settings) -> Iterator[tuple[str, str]]:
    for field in fields(settings):
        setting = getattr(settings, field.name)
        if isinstance(setting, Setting):
            value = setting.value if setting.value not in ("", None) else "(not set)"
            yield field.name, f"{value}   from: {setting.origin}"


def _services(services: Sequence[ServiceState]) -> str:
    return _table(
        (service.name, " · ".join(part for part in (service.status, service.address, service.detail) if part))
        for service in services
    )


def _log(entries: Sequence[LogEntry]) -> str:
    return "".join(f"{plain_line(handed_on(entry))}\n" for entry in entries[-MAX_LOG_LINES:])


def _history(runs: Sequence[RunRecord]) -> str:
    """Without the names of proved files, which are private."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(_HISTORY_COLUMNS)
    for run in runs[:MAX_RUNS]:
        report = run.report
        writer.writerow(
            (
                run.id,
                run.started_at.isoformat(timespec="seconds"),
                run.kind,
                run.mode,
                run.outcome,
                "" if run.total_ms is None else round(run.total_ms),
                len(report.circuits) if report else "",
                round(report.prove_ms) if report and report.prove_ms is not None else "",
                run.setup or (report.crs if report else None) or "",
                run.error.code if run.error else "",
            )
        )
    return table.getvalue() if runs else ""


def _earlier(folder: Path) -> str:
    """The end of the log file, whole lines."""
    try:
        with open_regular(folder / LOG_FILE_NAME) as stream:
            size = stream.seek(0, io.SEEK_END)
            stream.seek(max(0, size - _EARLIER_BYTES))
            tail = stream.read(_EARLIER_BYTES)
    except OSError:
        return ""
    if size > _EARLIER_BYTES:
        tail = tail.partition(b"\n")[2]
    lines = tail.decode(errors="replace").split("\n")
    return "\n".join(map(json_line_handed_on, lines))


def _table(rows: Iterable[tuple[str, str]]) -> str:
    pairs = list(rows)
    width = max((len(name) for name, _ in pairs), default=0)
    return "".join(f"{name:<{width}}  {value}\n" for name, value in pairs)
