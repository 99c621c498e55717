"""From what people type and choose to what is asked of the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QDate, QLocale

from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.history_query import RunQuery, SoughtWord
from tee_rex_app.model.runs import HistoryFilter, Outcome, RunRecord
from tee_rex_app.text import labels
from tee_rex_app.text.translation import translated

MAX_WORDS = 16


def query_of(chosen: HistoryFilter, error_titles: Iterable[str]) -> RunQuery:
    """The query of a filter, whose words are of the user's language. error_titles: those in the history."""
    titles = [(title, translated(title)) for title in error_titles]
    words = chosen.text.casefold().split()[:MAX_WORDS]
    return RunQuery(
        mode=chosen.mode,
        outcome=chosen.outcome,
        setup=chosen.setup,
        words=tuple(_sought(word, titles) for word in words),
    )


def default_choice(runs: Sequence[RunRecord]) -> list[int]:
    """What to compare before anybody chose: the newest verified proof of each mode, of the same source."""
    verified = [run for run in runs if run.outcome is Outcome.VERIFIED]
    if not verified:
        return []
    alike = [run for run in verified if run.source == verified[0].source]
    newest = [next((run.id for run in alike if run.mode is mode), None) for mode in ProvingMode]
    return [number for number in newest if number is not None]


def _sought(word: str, titles: Sequence[tuple[str, str]]) -> SoughtWord:
    locale = QLocale()
    months = [(f"{month:02}", locale.toString(QDate(2026, month, 1), "MMM")) for month in range(1, 13)]
    return SoughtWord(
        text=word,
        sources=_holding(word, ((labels.SAMPLE, labels.source_name(labels.SAMPLE)),)),
        modes=_holding(word, ((mode.value, labels.mode_name(mode)) for mode in ProvingMode)),
        outcomes=_holding(word, ((one.value, labels.outcome_name(one)) for one in Outcome)),
        setups=_holding(word, ((one.value, labels.setup_name(one)) for one in TrustedSetup)),
        months=_holding(word, months),
        error_titles=_holding(word, ((title, f"{title} {told}") for title, told in titles)),
    )


def _holding(word: str, told: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(value for value, words in told if word in words.casefold())
