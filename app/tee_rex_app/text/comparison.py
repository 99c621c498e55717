"""A comparison of runs in words: the names of its rows, its cells, and all of it as Markdown."""

from __future__ import annotations

from tee_rex_app.model.breakdown import TimeRole
from tee_rex_app.model.comparison import Comparison, ComparisonRow, RowKind
from tee_rex_app.text import labels
from tee_rex_app.text.translation import tr


def row_name(row: ComparisonRow) -> str:
    """What a row stands for."""
    match row.kind:
        case RowKind.TOTAL:
            return tr("Total")
        case RowKind.ROLE:
            return labels.role_name(TimeRole(row.name))
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
    time = labels.seconds(value)
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
