"""Runs side by side: one row per part, and the differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.breakdown import Span, SpanKind, TimeRole, leaves, spans_of_run, sums_by_role
from tee_rex_app.model.runs import Outcome, RunRecord


def default_choice(runs: Sequence[RunRecord]) -> list[int]:
    """The runs to compare by default: the newest verified proof of each mode, of the same source."""
    verified = [run for run in runs if run.outcome is Outcome.VERIFIED]
    if not verified:
        return []
    alike = [run for run in verified if run.source == verified[0].source]
    newest = [next((run.id for run in alike if run.mode is mode), None) for mode in ProvingMode]
    return [number for number in newest if number is not None]


class RowKind(StrEnum):
    """What a row of a comparison stands for."""

    TOTAL = "total"
    ROLE = "role"
    PART = "part"


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One part, in milliseconds for each run; None where a run has no such part.

    name: of a ROLE the TimeRole's value; of a PART the circuit's or function's name, empty for the final
    proof.
    """

    kind: RowKind
    name: str
    values: tuple[float | None, ...]

    def differences(self) -> tuple[float | None, ...]:
        """Each value divided by the first, minus 1; None where there is nothing to compare."""
        first = self.values[0]
        return tuple(
            None if at == 0 or not first or value is None else value / first - 1
            for at, value in enumerate(self.values)
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparable runs, their time trees, and the rows."""

    runs: tuple[RunRecord, ...]
    totals: tuple[Span, ...]
    rows: tuple[ComparisonRow, ...]

    @classmethod
    def of(cls, runs: Sequence[RunRecord]) -> Comparison:
        """Compare runs; those without times are omitted."""
        known = [(run, total) for run in runs if (total := spans_of_run(run)) is not None]
        totals = tuple(total for _, total in known)
        return cls(tuple(run for run, _ in known), totals, _rows(totals))

    @property
    def longest_ms(self) -> float:
        """The length that fills a chart's width."""
        return max((total.ms for total in self.totals), default=0.0)


def _rows(totals: tuple[Span, ...]) -> tuple[ComparisonRow, ...]:
    if not totals:
        return ()
    rows = [ComparisonRow(RowKind.TOTAL, "", tuple(total.ms for total in totals))]
    by_role = [sums_by_role(total) for total in totals]
    for role in TimeRole:
        values = tuple(sums.get(role) for sums in by_role)
        if any(value is not None for value in values):
            rows.append(ComparisonRow(RowKind.ROLE, role.value, values))
    by_part = [_parts(total) for total in totals]
    names = list(dict.fromkeys(name for parts in by_part for name in parts))
    rows += [ComparisonRow(RowKind.PART, name, tuple(parts.get(name) for parts in by_part)) for name in names]
    return tuple(rows)


def _parts(total: Span) -> dict[str, float]:
    """The total time of each circuit, function and the final proof, by name."""
    sums: dict[str, float] = {}
    for leaf in leaves(total):
        name = "" if _is_final(leaf) else leaf.name
        if _is_final(leaf) or leaf.kind in (SpanKind.CIRCUIT, SpanKind.FUNCTION):
            sums[name] = sums.get(name, 0.0) + leaf.ms
    return sums


def _is_final(span: Span) -> bool:
    return span.kind is SpanKind.FINAL_PROOF or (span.kind is SpanKind.PHASE and span.name == "final-proof")
