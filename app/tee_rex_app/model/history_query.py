"""What is asked of the history, as the conditions of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoughtWord:
    """A word that has to be somewhere in a run's line, casefolded.

    The rest are the values that people see as texts of their language which hold the word.
    months: "01" to "12".
    """

    text: str
    sources: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    setups: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    error_titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs: all that is set must fit, and so must every word."""

    mode: str | None = None
    outcome: str | None = None
    setup: str | None = None
    words: tuple[SoughtWord, ...] = ()

    def condition(self) -> tuple[str, list[str]]:
        """An expression of SQL over the columns of ``runs``, and the values of its placeholders."""
        parts, values = ["1"], list[str]()
        for column, value in (("mode", self.mode), ("outcome", self.outcome), ("setup", self.setup)):
            if value is not None:
                parts.append(f"{column} = ?")
                values.append(value)
        for word in self.words:
            expression, its_values = _somewhere(word)
            parts.append(f"({expression})")
            values += its_values
        return " and ".join(parts), values


def _somewhere(word: SoughtWord) -> tuple[str, list[str]]:
    parts = [
        "instr(searched, ?) > 0",
        "instr(lower(coalesce(error_code, '')), ?) > 0",
        "instr(strftime('%Y-%m-%d %H:%M', started_at, 'localtime'), ?) > 0",
    ]
    values = [word.text] * len(parts)
    lists: tuple[tuple[str, Sequence[str]], ...] = (
        ("source", word.sources),
        ("mode", word.modes),
        ("outcome", word.outcomes),
        ("setup", word.setups),
        ("strftime('%m', started_at, 'localtime')", word.months),
        ("error_title", word.error_titles),
    )
    for expression, accepted in lists:
        if accepted:
            parts.append(f"{expression} in ({', '.join('?' * len(accepted))})")
            values += accepted
    return " or ".join(parts), values
