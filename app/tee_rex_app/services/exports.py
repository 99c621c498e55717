"""Exports of runs as CSV and JSON: times and digests, never a witness."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import BinaryIO, Protocol, TypeVar

import msgspec

from tee_rex.aztec.flows.report import FlowReport
from tee_rex.transaction.report import ProofReport
from tee_rex_app.model.breakdown import Span, spans_of_run
from tee_rex_app.model.runs import ExportKind, RunRecord
from tee_rex_app.text import breakdown_labels, labels

_COLUMNS = (
    "run", "started_at", "source", "kind", "mode", "setup", "outcome", "bb", "part", "level",
    "start_ms", "ms",
)  # fmt: skip
_ReportT = TypeVar("_ReportT", ProofReport, FlowReport)
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ExportedRun(msgspec.Struct, frozen=True):
    """A run in the JSON. started_at: UTC. proof, flow: as the command line's ``--json`` writes them."""

    run: int
    started_at: datetime
    source: str
    kind: str
    mode: str
    setup: str | None
    outcome: str
    total_ms: float | None
    proof: ProofReport | None
    flow: FlowReport | None


class RunsWriter(Protocol):
    """Writes runs to a stream one by one, so that thousands are never in memory at once."""

    def add(self, runs: Iterable[RunRecord]) -> None:
        """Write runs."""

    def finish(self) -> None:
        """Write the end of the file."""


class JsonWriter:
    """All details of the runs: ``{"version": 1, "runs": [...]}``."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._before = b'{\n  "version": 1,\n  "runs": ['

    def add(self, runs: Iterable[RunRecord]) -> None:
        """Write runs."""
        for run in runs:
            encoded = msgspec.json.format(msgspec.json.encode(_exported(run)), indent=2)
            self._stream.write(self._before + b"\n    " + encoded.replace(b"\n", b"\n    "))
            self._before = b","

    def finish(self) -> None:
        """Close the list."""
        self._stream.write((b"" if self._before == b"," else self._before) + b"\n  ]\n}\n")


class CsvWriter:
    """One line per part of a run; ``part`` is its path in the time tree, ``level`` its depth (0: the run)."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._write([_COLUMNS])

    def add(self, runs: Iterable[RunRecord]) -> None:
        """Write runs."""
        for run in runs:
            self._write(_csv_rows(run))

    def finish(self) -> None:
        """Nothing follows the last line."""

    def _write(self, rows: Iterable[Sequence[object]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._stream.write(text.getvalue().encode())


WRITERS: Mapping[ExportKind, Callable[[BinaryIO], RunsWriter]] = {
    ExportKind.CSV: CsvWriter,
    ExportKind.JSON: JsonWriter,
}


def _exported(run: RunRecord) -> ExportedRun:
    return ExportedRun(
        run.id,
        run.started_at.astimezone(UTC),
        run.source,
        run.kind,
        run.mode,
        run.setup,
        run.outcome,
        run.total_ms,
        _plain(run.report),
        _plain(run.flow),
    )


def _plain(report: _ReportT | None) -> _ReportT | None:
    """As ``--json`` writes it: the error without its translatable parts."""
    if report is None or report.error is None:
        return report
    error = msgspec.structs.replace(report.error, message_parts=None, hint_parts=None)
    return msgspec.structs.replace(report, error=error)


def _csv_rows(run: RunRecord) -> Iterator[Sequence[object]]:
    head = (
        run.id,
        run.started_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        _harmless(run.source),
        run.kind.value,
        run.mode.value,
        run.setup.value if run.setup else "",
        run.outcome.value,
        labels.used_bbs(run),
    )
    total = spans_of_run(run)
    if total is None:
        yield (*head, "", 0, "", "" if run.total_ms is None else f"{run.total_ms:.1f}")
        return
    for path, level, span in _flat(total, "", 0):
        yield (*head, _harmless(path), level, f"{span.start_ms:.1f}", f"{span.ms:.1f}")


def _flat(span: Span, path: str, level: int) -> Iterator[tuple[str, int, Span]]:
    name = f"{path} / {breakdown_labels.span_name(span)}" if path else breakdown_labels.span_name(span)
    yield name, level, span
    for child in span.children:
        yield from _flat(child, name if level else "", level + 1)


def _harmless(text: str) -> str:
    """Quoted if a spreadsheet would run it as a formula: others choose the names of files."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
