"""Breakdowns and comparisons in words: parts of a run, kinds of time, differences, Markdown."""

from __future__ import annotations

from tee_rex.aztec.flows.report import FlowStep, Preparation, StepPhase
from tee_rex.transaction.events import Phase
from tee_rex_app.model.breakdown import Span, SpanKind, TimeRole
from tee_rex_app.model.comparison import Comparison, ComparisonRow, RowKind
from tee_rex_app.text import formats, labels
from tee_rex_app.text.flow_labels import preparation_name, step_name, step_phase_name
from tee_rex_app.text.labels import phase_name
from tee_rex_app.text.translation import tr


def row_name(row: ComparisonRow) -> str:
    """What a row stands for."""
    match row.kind:
        case RowKind.TOTAL:
            return tr("Total")
        case RowKind.ROLE:
            return role_name(TimeRole(row.name))
        case RowKind.PART:
            return row.name or tr("final proof and self-check")


def to_markdown(comparison: Comparison) -> str:
    """The table of a comparison, each later run with its difference to the first."""
    runs = comparison.runs
    if not runs:
        return ""
    heads = [_cell(f"{labels.source_name(run.source)}, {labels.mode_name(run.mode)}") for run in runs]
    lines = [f"| | {' | '.join(heads)} |", f"|---|{'---:|' * len(runs)}"]
    for row in comparison.rows:
        name = _code(row_name(row)) if row.kind is RowKind.PART else _cell(row_name(row))
        cells = [
            time_and_difference(value, difference)
            for value, difference in zip(row.values, row.differences(), strict=True)
        ]
        strong = "**" if row.kind is RowKind.TOTAL else ""
        lines.append(f"| {strong}{name}{strong} | {' | '.join(cells)} |")
    days = ", ".join(f"{run.started_at:%Y-%m-%d %H:%M}" for run in runs)
    return "\n".join((*lines, "", f"TEE-Rex, {days}", ""))


def time_and_difference(value: float | None, difference: float | None) -> str:
    """Such as 4.2 s and three quarters less."""
    if value is None:
        return "\N{EN DASH}"
    time = formats.seconds(value)
    if difference is None:
        return time
    percent = round(difference * 100)
    sign = "+" if percent > 0 else "\N{MINUS SIGN}" if percent < 0 else "±"
    return f"{time} ({sign}{abs(percent)} %)"


def _code(text: str) -> str:
    """Within backticks nothing is escaped but what parts the cells of a table."""
    return "`{}`".format(text.replace("\n", " ").replace("`", "'").replace("|", "\\|"))


def _cell(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "|`*_[]<>\\" else letter for letter in text.replace("\n", " "))


def role_name(role: TimeRole) -> str:
    """A kind of time in charts."""
    return {
        TimeRole.READY: tr("prepare"),
        TimeRole.SIMULATE: tr("simulate"),
        TimeRole.SEND: tr("encrypt and send"),
        TimeRole.PROVE: tr("prove"),
        TimeRole.VERIFY: tr("verify here"),
        TimeRole.CONFIRM: tr("confirm"),
    }[role]


def span_name(span: Span) -> str:
    """A row of the breakdown."""
    if span.kind is SpanKind.TOTAL:
        return tr("Total")
    if span.kind is SpanKind.FINAL_PROOF:
        return tr("Final proof")
    if span.kind in (SpanKind.CIRCUIT, SpanKind.FUNCTION):
        return span.name
    if span.kind is SpanKind.PREPARATIONS:
        return tr("Prepare")
    if span.kind is SpanKind.PREPARATION:
        return preparation_name(Preparation(span.name))
    if span.kind is SpanKind.STEP:
        return step_name(FlowStep(span.name))
    if span.kind is SpanKind.STEP_PHASE:
        return step_phase_name(StepPhase(span.name))
    if span.kind is SpanKind.SYNC:
        return tr("Sync with the chain")
    if span.kind is SpanKind.KERNELS:
        return tr("Kernel circuits")
    if span.children and span.name == Phase.ACCUMULATE:
        return tr("Circuits ({count})").format(count=len(span.children))
    return phase_name(span.name)
