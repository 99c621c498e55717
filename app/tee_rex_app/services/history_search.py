"""The search of the history: from the filter and its words to a SQL condition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QDate, QLocale

from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.runs import PROGRAM, SAMPLE, HistoryFilter, Outcome
from tee_rex_app.text import labels
from tee_rex_app.text.translation import translated


@dataclass(frozen=True, slots=True)
class SoughtWord:
    """A casefolded word that must occur in a run's row.

    The other fields list the stored values whose text in the user's language contains the word.
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
    """Criteria that must all match, and so must every word."""

    mode: str | None = None
    outcome: str | None = None
    setup: str | None = None
    source: str | None = None
    words: tuple[SoughtWord, ...] = ()

    def condition(self) -> tuple[str, list[str]]:
        """A SQL expression over the columns of ``runs``, and the values of its placeholders."""
        parts, values = ["1"], list[str]()
        wanted = (
            *(("mode", self.mode), ("outcome", self.outcome), ("setup", self.setup)),
            ("source", self.source),
        )
        for column, value in wanted:
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


MAX_WORDS = 16


def query_of(chosen: HistoryFilter, error_titles: Iterable[str]) -> RunQuery:
    """The query of a filter whose words are in the user's language. error_titles: those in the history."""
    titles = [(title, translated(title)) for title in error_titles]
    words = chosen.text.casefold().split()[:MAX_WORDS]
    return RunQuery(
        mode=chosen.mode,
        outcome=chosen.outcome,
        setup=chosen.setup,
        source=chosen.website,
        words=tuple(_sought(word, titles) for word in words),
    )


def _sought(word: str, titles: Sequence[tuple[str, str]]) -> SoughtWord:
    locale = QLocale()
    months = [(f"{month:02}", locale.toString(QDate(2026, month, 1), "MMM")) for month in range(1, 13)]
    return SoughtWord(
        text=word,
        sources=_holding(word, ((one, labels.source_name(one)) for one in (SAMPLE, PROGRAM))),
        modes=_holding(word, ((mode.value, labels.mode_name(mode)) for mode in ProvingMode)),
        outcomes=_holding(word, ((one.value, labels.outcome_name(one)) for one in Outcome)),
        setups=_holding(word, ((one.value, labels.setup_name(one)) for one in TrustedSetup)),
        months=_holding(word, months),
        error_titles=_holding(word, ((title, f"{title} {shown}") for title, shown in titles)),
    )


def _holding(word: str, texts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(value for value, text in texts if word in text.casefold())
