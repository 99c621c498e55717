"""Which runs of the history are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tee_rex.backend import ProvingMode
from tee_rex.trusted_setup import TrustedSetup
from tee_rex_app import wording
from tee_rex_app.state import Outcome, RunRecord


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Every one that is set must fit. text: words, each of which is somewhere in the run's line."""

    text: str = ""
    mode: ProvingMode | None = None
    outcome: Outcome | None = None
    setup: TrustedSetup | None = None

    def matches(self, run: RunRecord) -> bool:
        """Whether a run is shown."""
        return (
            (self.mode is None or run.mode is self.mode)
            and (self.outcome is None or run.outcome is self.outcome)
            and (self.setup is None or run.setup is self.setup)
            and all(word in _searched(run) for word in self.text.casefold().split())
        )


def default_choice(runs: Sequence[RunRecord]) -> list[int]:
    """What to compare before anybody chose: the newest verified proof of each mode, of the same source."""
    verified = [run for run in runs if run.outcome is Outcome.VERIFIED]
    if not verified:
        return []
    alike = [run for run in verified if run.source == verified[0].source]
    newest = [next((run.id for run in alike if run.mode is mode), None) for mode in ProvingMode]
    return [number for number in newest if number is not None]


def _searched(run: RunRecord) -> str:
    words = [
        wording.source_name(run.source),
        wording.mode_name(run.mode),
        wording.outcome_name(run.outcome),
        f"{run.started_at:%Y-%m-%d %H:%M} {wording.day_and_time(run.started_at)}",
    ]
    if run.setup is not None:
        words.append(wording.setup_name(run.setup))
    if run.error is not None:
        words += [run.error.code, run.error.title]
    return " ".join(words).casefold()
