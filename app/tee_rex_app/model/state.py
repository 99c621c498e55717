"""What the views show, as values; and what people ask for, as signals. Views know nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Signal

from tee_rex.aztec.flows.report import (
    FlowKind,
    FlowReport,
    FlowStep,
    NetworkReport,
    Preparation,
    StepPhase,
)
from tee_rex.doctor import Finding, Verdict
from tee_rex.settings.resolve import Settings, SettingsFile, SettingSource
from tee_rex.settings.rules import SettingField
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import Phase
from tee_rex.transaction.report import ErrorReport, ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.attestation import ExaminedAttestation, ImageMeasurements


class Lock(StrEnum):
    """Why a mode cannot be chosen."""

    NO_ADDRESS = "no-address"
    BAD_ADDRESS = "bad-address"
    NO_APPROVED_BUILD = "no-approved-build"
    NOT_ATTESTED = "not-attested"
    WRONG_VERSION = "wrong-version"


@dataclass(frozen=True, slots=True)
class ModeState:
    """One way of proving. usual_ms: of its earlier proofs here, None while there are none."""

    mode: ProvingMode
    lock: Lock | None = None
    usual_ms: float | None = None


class ServiceName(StrEnum):
    """What the services panel looks after."""

    EMBEDDED = "embedded"
    NODE = "node"
    REMOTE = "remote"
    TEE = "tee"
    WALLET = "wallet"


class ServiceStatus(StrEnum):
    """How a service is, as far as it is known."""

    CHECKING = "checking"
    READY = "ready"
    NOT_CONFIGURED = "not-configured"
    INCOMPLETE = "incomplete"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    WRONG_VERSION = "wrong-version"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One service. address: what is asked; source: who set it. detail: the reason, in words of its finder.

    versions: of Aztec, those that it has. setup: of the node's network.
    """

    name: ServiceName
    status: ServiceStatus
    address: str = ""
    source: SettingSource | None = None
    origin: str = ""
    detail: str = ""
    versions: tuple[str, ...] = ()
    setup: TrustedSetup | None = None


class Fix(StrEnum):
    """What the application can bring onto this machine itself."""

    BB_GENUINE = "bb-genuine"
    BB_DEVELOPMENT = "bb-development"
    LIBRARIES = "libraries"
    CRS_GENUINE = "crs-genuine"
    CRS_DEVELOPMENT = "crs-development"


@dataclass(frozen=True, slots=True)
class SetupItem:
    """One thing that local proving needs.

    fix: what brings it if it is missing, None where people have to. optional: the sample does without.
    """

    finding: Finding
    fix: Fix | None
    optional: bool


@dataclass(frozen=True, slots=True)
class SetupState:
    """This machine. items: None until looked at. fixing: all that is being brought now, in order."""

    items: tuple[SetupItem, ...] | None = None
    fixing: tuple[Fix, ...] = ()
    progress: TaskProgress | None = None
    expanded: bool = False
    threads: int = 1
    bb_version: str = ""

    @property
    def missing(self) -> tuple[SetupItem, ...]:
        """What the sample still needs."""
        needed = (item for item in self.items or () if not item.optional)
        return tuple(item for item in needed if item.finding.verdict is not Verdict.READY)


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


@dataclass(frozen=True, slots=True)
class RunState:
    """The proof being made, or the last one.

    Times in seconds of the application's clock. blocks: the circuits and, last, the final proof. current: the
    block at work. measured_here: whether the expected times come from this machine.
    """

    source: str
    mode: ProvingMode
    setup: TrustedSetup | None
    stage: RunStage
    started: float
    ended: float | None = None
    phase: Phase | None = None
    task: TaskProgress | None = None
    blocks: tuple[Block, ...] = ()
    current: int | None = None
    current_since: float = 0.0
    measured_here: bool = False
    report: ProofReport | None = None

    @property
    def active(self) -> bool:
        """Whether it still works."""
        return self.stage in (RunStage.RUNNING, RunStage.CANCELLING)


@dataclass(frozen=True, slots=True)
class FlowStepState:
    """A step of the flow. started: in seconds of the application's clock. spent_ms: once it has ended."""

    step: FlowStep
    started: float | None = None
    spent_ms: float | None = None
    transaction: str | None = None
    explorer_url: str | None = None
    block: int | None = None


@dataclass(frozen=True, slots=True)
class FlowState:
    """The flow that runs, or the last one.

    Times in seconds of the application's clock. usual_ms: of earlier ones here. preparation, task: what
    happens outside the steps. steps: empty until they are planned. proof: that of the current step, while it
    is made. wallet_attempt: which try to open the wallet this is.
    """

    kind: FlowKind
    mode: ProvingMode
    stage: RunStage
    started: float
    ended: float | None = None
    usual_ms: float | None = None
    preparation: Preparation | None = None
    task: TaskProgress | None = None
    network: NetworkReport | None = None
    setup: TrustedSetup | None = None
    wallet_attempt: int = 1
    steps: tuple[FlowStepState, ...] = ()
    current: FlowStep | None = None
    phase: StepPhase | None = None
    proof: RunState | None = None
    report: FlowReport | None = None

    @property
    def active(self) -> bool:
        """Whether it still works."""
        return self.stage in (RunStage.RUNNING, RunStage.CANCELLING)


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


class Notice(StrEnum):
    """Things said that are no errors."""

    DEPLOY_LACKS_NODE = "deploy-lacks-node"
    TOKENS_LACK_NODE = "tokens-lack-node"
    DEPLOY_NODE_SILENT = "deploy-node-silent"
    TOKENS_NODE_SILENT = "tokens-node-silent"
    HISTORY_STARTED_ANEW = "history-started-anew"
    CRASHED_LAST_TIME = "crashed-last-time"
    BUILD_PINNED = "build-pinned"
    SERVER_FORGOTTEN = "server-forgotten"
    DOCUMENT_SAVED = "document-saved"
    EXPORTED = "exported"
    GENUINE_SAMPLE = "genuine-sample"
    MODE_LEFT = "mode-left"


NO_SETTINGS = Settings.decide(SettingsFile(), flags={}, environ={}, origin="")
"""Every default."""


class Page(StrEnum):
    """The pages of the window."""

    PROVE = "prove"
    HISTORY = "history"
    ATTESTATION = "attestation"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class State:
    """Everything on the screen.

    run, flow: the last thing done is one of them, the other None. page: the one shown. panel: the one open
    at the bottom, by its key. history: the newest runs; found: those of the page of the history.
    settings_field: the one to begin with on the page of the settings. attestation: the last of the server
    that is set up; opened_document: one from a file, which is shown in its place. measurements: of an image
    to compare with.
    """

    modes: tuple[ModeState, ...]
    mode: ProvingMode = ProvingMode.LOCAL
    services: tuple[ServiceState, ...] = ()
    setup: SetupState = SetupState()
    sample: RunState | None = None
    run: RunState | None = None
    flow: FlowState | None = None
    problem: ErrorReport | None = None
    notice: Notice | None = None
    history: tuple[RunRecord, ...] | None = None
    found: FoundRuns | None = None
    selected: RunRecord | None = None
    page: Page = Page.PROVE
    panel: str | None = None
    settings: Settings = NO_SETTINGS
    settings_field: SettingField | None = None
    attestation: ExaminedAttestation | None = None
    opened_document: ExaminedAttestation | None = None
    measurements: ImageMeasurements | None = None

    @property
    def shown_attestation(self) -> ExaminedAttestation | None:
        """The document that the page of the attestation is about."""
        return self.opened_document or self.attestation

    @property
    def running(self) -> bool:
        """Whether a proof is being made, or a flow runs."""
        return (self.run is not None and self.run.active) or (self.flow is not None and self.flow.active)

    @property
    def busy(self) -> bool:
        """Whether nothing else can be begun: something runs, or something is brought onto this machine."""
        return self.running or bool(self.setup.fixing)


class Store(QObject):
    """The one present state; ``changed`` tells views of every other one."""

    changed = Signal(object)

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    def update(self, **changes: Any) -> None:  # noqa: ANN401  # the fields of State, checked by replace
        """Put other values into some fields."""
        self.state = replace(self.state, **changes)
        self.changed.emit(self.state)


class Intents(QObject):
    """What people ask for. Views emit, the application acts."""

    choose_mode = Signal(object)
    prove_sample = Signal()
    prove_file = Signal(object)
    deploy_account = Signal()
    run_token_flow = Signal()
    cancel = Signal()
    fix = Signal(object)
    fix_all = Signal()
    stop_fixing = Signal()
    check_again = Signal()
    expand_setup = Signal(bool)
    select_run = Signal(object)
    dismiss_problem = Signal()
    dismiss_notice = Signal()
    open_page = Signal(object)
    open_panel = Signal(object)
    make_diagnostics = Signal()
    check_service = Signal(object)
    open_settings = Signal(object)
    save_settings = Signal(object)
    use_profile = Signal(object)
    forget_server = Signal(str)
    pin_build = Signal(object)
    unpin_build = Signal(object)
    open_document = Signal(str)
    close_document = Signal()
    save_document = Signal(str)
    compare_image = Signal(str)
    find_runs = Signal(object)
    read_runs = Signal(object)
    export_runs = Signal(str, object, object)
    save_picture = Signal(str, object)
