"""Runs (proofs and flows): files that wait to become one, the current one, and those of the history."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath

from tee_rex.aztec.flows.report import FlowKind, FlowReport, FlowStep, NetworkReport, Preparation, StepPhase
from tee_rex.errors.report import ErrorReport
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import BytesSent, Phase, QueuePosition, RetryScheduled
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup

SAMPLE = "Sample: deploy account"
"""The source of runs of the bundled sample, as the history stores it in every language."""
PROGRAM = "Program on this computer"
"""The source of runs that a program asked for where websites do, likewise."""
PAGE = 50
"""Runs of the history read at a time: a few milliseconds, even with reports of flows."""
RUNS_FOR_USUAL = 5
"""The usual time is the median of so many recent runs: the machine may have become faster or slower."""
MAX_RUNS = 20_000
"""In the history; the oldest ones make room. Their reports take 60 MB, with attestations 400 MB."""
MAX_PROOFS_BYTES = 32_000_000
"""All proofs that the history keeps, about 300; the oldest ones make room."""
PROOF_SUFFIX = ".proof"
_PROOF_NAME_LENGTH = 60


def is_website(source: str) -> bool:
    """Whether a run's source is a website's origin; no file's name has a slash."""
    return "://" in source


class RunStage(StrEnum):
    """The stage of a run."""

    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that was opened and is not proved yet: execution steps, as far as anybody knows.

    next_in: the mode in which it is proved as soon as nothing else runs, as the user has agreed; None while
    it waits for the user.
    """

    path: Path
    next_in: ProvingMode | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A circuit or the final proof.

    expected_ms: None where nothing is expected. spent_ms: measured by whoever made it; None until it is done,
    and of a server, which says only what it begins, until the proof is there.
    """

    name: str
    expected_ms: float | None
    spent_ms: float | None = None
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRun:
    """What a proof and a flow have in common while they are displayed.

    started, ended: seconds of the application's clock. setup: None until it is known. task: the current
    download or installation.
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
        """Milliseconds from start to end; 0 while it is running."""
        return 0.0 if self.ended is None else (self.ended - self.started) * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState(LiveRun):
    """The current proof, or the last one.

    blocks: the circuits and, last, the final proof; one alone is a Noir circuit. current: the index of the
    block in progress, since current_since of the application's clock. paced_from: the block that was the
    first seen to begin, at paced_since of that clock; for estimates alone. measured_here: the expected times
    come from earlier runs in this mode. news: the last of what a server said of this phase. silent_since: of
    the clock; None while the server answers. proof: as it is saved, once it has been made.
    """

    source: str
    phase: Phase | None = None
    blocks: tuple[Block, ...] = ()
    current: int | None = None
    current_since: float = 0.0
    paced_from: int = 0
    paced_since: float | None = None
    measured_here: bool = False
    news: QueuePosition | BytesSent | RetryScheduled | None = None
    silent_since: float | None = None
    report: ProofReport | None = None
    proof: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FlowStepState:
    """A step of the flow. started: seconds of the application's clock. spent_ms: None until it has ended."""

    step: FlowStep
    started: float | None = None
    spent_ms: float | None = None
    transaction: str | None = None
    explorer_url: str | None = None
    block: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowState(LiveRun):
    """The current flow, or the last one.

    expected_ms: of each step; empty without earlier flows. preparation: the current work outside the steps.
    steps: empty until planned. proof: of the current step, while it is made. wallet_attempt: counts attempts
    to open the wallet, from 1.
    """

    kind: FlowKind
    expected_ms: Mapping[FlowStep, float] = field(default_factory=dict)
    preparation: Preparation | None = None
    network: NetworkReport | None = None
    wallet_attempt: int = 1
    steps: tuple[FlowStepState, ...] = ()
    current: FlowStep | None = None
    phase: StepPhase | None = None
    proof: RunState | None = None
    report: FlowReport | None = None


class Outcome(StrEnum):
    """How a recorded run ended; INTERRUPTED: the application ended first."""

    RUNNING = "running"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class RunKind(StrEnum):
    """The kind of a recorded run: one proof, or a flow of transactions."""

    PROOF = "proof"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A recorded run.

    report: of a proof; None while running, and if it was cancelled or interrupted. flow: likewise of a flow.
    setup: None if it was not known yet. proof_kept: whether the history still has the proof.
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
    proof_kept: bool = False

    @property
    def error(self) -> ErrorReport | None:
        """Why it failed."""
        report = self.flow or self.report
        return report.error if report is not None else None


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Criteria that must all match.

    text: words, each of which must occur in the run's row. website: the origin that asked for the run.
    """

    text: str = ""
    mode: ProvingMode | None = None
    outcome: Outcome | None = None
    setup: TrustedSetup | None = None
    website: str | None = None


@dataclass(frozen=True, slots=True)
class FoundRuns:
    """The runs that match a filter.

    ids: all of them, newest first. total: the number of all runs. longest_ms: the time of a full bar.
    records: recently read ones by id; None for an unreadable one. Views request others when needed.
    websites: every origin that asked for a run, found or not. deleted: runs deleted since the start.
    put_aside: whether there are unreadable histories, which go with all runs.
    """

    filter: HistoryFilter
    ids: tuple[int, ...]
    total: int
    longest_ms: float
    records: Mapping[int, RunRecord | None]
    websites: tuple[str, ...] = ()
    deleted: frozenset[int] = frozenset()
    put_aside: bool = False


class ExportKind(StrEnum):
    """The file formats of an export."""

    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class RunProof:
    """The proof of a finished run: the name proposed for its file, and its size and digest.

    kept: whether it can still be saved.
    """

    file_name: str
    size: int
    sha256: str
    kept: bool

    @classmethod
    def of(cls, run: RunRecord | RunState) -> RunProof | None:
        """The run's proof; None if it made none, or several, as flows do."""
        made = run.report.proof if run.report is not None else None
        if made is None:
            return None
        kept = run.proof_kept if isinstance(run, RunRecord) else run.proof is not None
        return cls(proof_file_name(run.source), made.bytes, made.sha256, kept)


@dataclass(frozen=True, slots=True)
class StagedProof:
    """A proof in a temporary file, which can be dragged to other programs."""

    sha256: str
    file: Path


def proof_file_name(source: str) -> str:
    """The name proposed for the file of a proof: letters, digits, dots and hyphens."""
    known = {SAMPLE: "sample", PROGRAM: "program"}
    _, is_origin, host = source.partition("://")
    stem = known.get(source) or (host if is_origin else PurePosixPath(source).stem)
    kept = re.sub(r"[^\w.-]+", "-", stem).strip(".-")[:_PROOF_NAME_LENGTH]
    return f"{kept or 'proof'}{PROOF_SUFFIX}"
