"""Runs, a proof or a flow each: the one at work, and those of the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tee_rex.aztec.flows.report import (
    FlowKind,
    FlowReport,
    FlowStep,
    NetworkReport,
    Preparation,
    StepPhase,
)
from tee_rex.errors.report import ErrorReport
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import Phase
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup

SAMPLE = "Sample: deploy account"
"""The source of runs of the bundled sample, as the history stores it in every language."""
PAGE = 50
"""Runs of the history read at a time: a few milliseconds, even with reports of flows."""
RUNS_FOR_USUAL = 5
"""How many of the last runs the usual time is the median of."""


class RunStage(StrEnum):
    """Where a proof is in its life."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Block:
    """A circuit, or the final proof: how long it should take, and how long it took."""

    name: str
    expected_ms: float
    spent_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRun:
    """What a proof and a flow have in common while they are shown.

    started, ended: in seconds of the application's clock. setup: None until it is known. task: what is
    downloaded or installed right now.
    """

    mode: ProvingMode
    started: float
    stage: RunStage = RunStage.RUNNING
    ended: float | None = None
    setup: TrustedSetup | None = None
    task: TaskProgress | None = None

    @property
    def active(self) -> bool:
        """Whether it is still running."""
        return self.stage in (RunStage.RUNNING, RunStage.CANCELLING)

    @property
    def total_ms(self) -> float:
        """From its start to its end; 0 while it is running."""
        return 0.0 if self.ended is None else (self.ended - self.started) * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState(LiveRun):
    """The proof being made, or the last one.

    blocks: the circuits and, last, the final proof. current: the block at work, since current_since of the
    application's clock. measured_here: whether the expected times come from this machine.
    """

    source: str
    phase: Phase | None = None
    blocks: tuple[Block, ...] = ()
    current: int | None = None
    current_since: float = 0.0
    measured_here: bool = False
    report: ProofReport | None = None


@dataclass(frozen=True, slots=True)
class FlowStepState:
    """A step of the flow. started: in seconds of the application's clock. spent_ms: once it has ended."""

    step: FlowStep
    started: float | None = None
    spent_ms: float | None = None
    transaction: str | None = None
    explorer_url: str | None = None
    block: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowState(LiveRun):
    """The flow at work, or the last one.

    usual_ms: the usual time of earlier ones here. preparation: what happens outside the steps. steps: empty
    until they are planned. proof: that of the current step, while it is made. wallet_attempt: which attempt
    to open the wallet this is.
    """

    kind: FlowKind
    usual_ms: float | None = None
    preparation: Preparation | None = None
    network: NetworkReport | None = None
    wallet_attempt: int = 1
    steps: tuple[FlowStepState, ...] = ()
    current: FlowStep | None = None
    phase: StepPhase | None = None
    proof: RunState | None = None
    report: FlowReport | None = None


class Outcome(StrEnum):
    """How a run in the history ended; INTERRUPTED: the application ended before it."""

    RUNNING = "running"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class RunKind(StrEnum):
    """What a run of the history was: one proof, or a flow of transactions."""

    PROOF = "proof"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run of the history.

    report: of a proof, None while running, and where it was cancelled or interrupted. flow: the same of a
    flow. setup: None where it was not known yet.
    """

    id: int
    started_at: datetime
    source: str
    mode: ProvingMode
    outcome: Outcome
    total_ms: float | None
    report: ProofReport | None
    flow: FlowReport | None = None
    kind: RunKind = RunKind.PROOF
    setup: TrustedSetup | None = None

    @property
    def error(self) -> ErrorReport | None:
        """Why it failed."""
        told = self.flow or self.report
        return told.error if told is not None else None


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Every one that is set must fit. text: words, each of which is somewhere in the run's line."""

    text: str = ""
    mode: ProvingMode | None = None
    outcome: Outcome | None = None
    setup: TrustedSetup | None = None


@dataclass(frozen=True, slots=True)
class FoundRuns:
    """The runs that fit a filter.

    ids: all of them, newest first. total: how many runs there are at all. longest_ms: fills a row's bar.
    records: those that were read lately, by id; None for one that cannot be understood. Whoever shows
    others asks for them.
    """

    filter: HistoryFilter
    ids: tuple[int, ...]
    total: int
    longest_ms: float
    records: Mapping[int, RunRecord | None]


class ExportKind(StrEnum):
    """The files that runs can be exported into."""

    CSV = "csv"
    JSON = "json"
