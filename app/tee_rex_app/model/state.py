"""Everything that the window shows, as one value, and the store that holds the present one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

from PySide6.QtCore import QObject, Signal

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.system import NO_NETWORK
from tee_rex.http_client.server_url import ServerUrl, address_problem
from tee_rex.remote.known_servers import known_name
from tee_rex.settings.file import SettingsFile
from tee_rex.settings.resolve import Settings
from tee_rex.settings.rules import SettingField
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.attestation import ExaminedAttestation, ImageMeasurements
from tee_rex_app.model.https import HttpsState
from tee_rex_app.model.local_network import LocalNetwork
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.runs import FlowState, FoundRuns, RunRecord, RunState, StagedProof, WaitingFile
from tee_rex_app.model.services import ModeState, ServiceName, ServiceState
from tee_rex_app.model.setup import Fix, SetupState, part_of
from tee_rex_app.model.sites import SitesState
from tee_rex_app.model.updates import Updates


class Notice(StrEnum):
    """Messages that want attention, and are not errors."""

    DEPLOY_LACKS_NODE = "deploy-lacks-node"
    TOKENS_LACK_NODE = "tokens-lack-node"
    DEPLOY_NODE_SILENT = "deploy-node-silent"
    TOKENS_NODE_SILENT = "tokens-node-silent"
    NETWORK_STARTING = "network-starting"
    HISTORY_STARTED_ANEW = "history-started-anew"
    SETTINGS_STARTED_ANEW = "settings-started-anew"
    CRASHED_LAST_TIME = "crashed-last-time"
    GENUINE_SAMPLE = "genuine-sample"
    DEVELOPMENT_SAMPLE = "development-sample"
    OFFLINE_SAMPLE = "offline-sample"
    DEVELOPMENT_SERVED = "development-served"
    MODE_LEFT = "mode-left"
    HTTPS_ENDS = "https-ends"

    @classmethod
    def instead_of_genuine(cls, obstacle: TeeRexError) -> Notice:
        """The notice that the development setup takes the place of the genuine one."""
        return cls.OFFLINE_SAMPLE if obstacle.title == NO_NETWORK else cls.DEVELOPMENT_SAMPLE


class Success(StrEnum):
    """What was done as asked."""

    BUILD_PINNED = "build-pinned"
    SETTINGS_RESET = "settings-reset"
    SERVER_FORGOTTEN = "server-forgotten"
    RUNS_DELETED = "runs-deleted"
    DOCUMENT_SAVED = "document-saved"
    PROOF_SAVED = "proof-saved"
    RUNS_EXPORTED = "runs-exported"
    LOG_EXPORTED = "log-exported"


NO_SETTINGS = Settings.decide(SettingsFile(), flags={}, environ={}, origin="")
"""Every default."""


class Page(StrEnum):
    """The pages of the window."""

    PROVE = "prove"
    HISTORY = "history"
    ATTESTATION = "attestation"
    SITES = "sites"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything on the screen.

    sample: what a proof of the sample would take. run, flow: the last run is one of them, the other None.
    success: what was done last, as asked; saved: its file, if any. staged: a proof that can be dragged.
    panel: the key of the one open at the bottom. history: the newest runs; None until read. found: those on
    the history page. settings_field: the field to focus on the settings page. attestation: the configured
    server's last one; opened_document: from a file, shown in its place. measurements: of an image to compare
    with. waiting_files: opened, not proved yet. recent_files: proved, the newest first. sites_paused: proofs
    that websites ask for are refused (503); those that run go on. tray: the desktop shows tray icons.
    start_on_login: None until known, and where it is not possible. remembered_keys: fingerprints by the
    servers' addresses, as errors name these; None if their file is unreadable.
    """

    modes: tuple[ModeState, ...] = ()
    mode: ProvingMode = ProvingMode.LOCAL
    services: tuple[ServiceState, ...] = ()
    setup: SetupState = field(default_factory=SetupState)
    sample: RunState | None = None
    run: RunState | None = None
    flow: FlowState | None = None
    problem: Problem | None = None
    notice: Notice | None = None
    success: Success | None = None
    saved: Path | None = None
    waiting_files: tuple[WaitingFile, ...] = ()
    recent_files: tuple[Path, ...] = ()
    history: tuple[RunRecord, ...] | None = None
    found: FoundRuns | None = None
    selected: RunRecord | None = None
    staged: StagedProof | None = None
    page: Page = Page.PROVE
    panel: str | None = None
    settings: Settings = NO_SETTINGS
    settings_field: SettingField | None = None
    attestation: ExaminedAttestation | None = None
    opened_document: ExaminedAttestation | None = None
    measurements: ImageMeasurements | None = None
    sites: SitesState = field(default_factory=SitesState)
    https: HttpsState = field(default_factory=HttpsState)
    local_network: LocalNetwork = field(default_factory=LocalNetwork)
    updates: Updates = field(default_factory=Updates)
    sites_paused: bool = False
    tray: bool = False
    start_on_login: bool | None = None
    remembered_keys: Mapping[str, str] | None = field(default_factory=dict)

    def service(self, name: ServiceName) -> ServiceState:
        """The state of one service."""
        return next(service for service in self.services if service.name is name)

    @property
    def key_remembered(self) -> bool:
        """Whether the remote prover has a key to forget, which may be so where none can be read."""
        address = self.settings.prover_url.value
        if not address or address_problem(address) is not None:
            return False
        return self.remembered_keys is None or known_name(ServerUrl.parse(address)) in self.remembered_keys

    @property
    def shown_attestation(self) -> ExaminedAttestation | None:
        """The document on the attestation page."""
        return self.opened_document or self.attestation

    @property
    def last_run(self) -> RunState | FlowState | None:
        """The current run, or the last one."""
        return self.flow or self.run

    @property
    def running(self) -> bool:
        """Whether a proof or a flow is running."""
        return self.last_run is not None and self.last_run.active

    @property
    def proves_here(self) -> bool:
        """Whether this machine works on a circuit now."""
        run = self.run
        return run is not None and run.active and run.mode is ProvingMode.LOCAL and run.current is not None

    @property
    def run_installs(self) -> Fix | None:
        """What the run installs at the moment, on its way."""
        return part_of(self._run_task, self.last_run.setup if self.last_run else None)

    @property
    def installing(self) -> tuple[Fix, TaskProgress | None] | None:
        """What is being installed, by itself or by a run."""
        if self.setup.fixing:
            progress = self.setup.progress
            return part_of(progress, None) or self.setup.fixing[0], progress
        part = self.run_installs
        return None if part is None else (part, self._run_task)

    @property
    def _run_task(self) -> TaskProgress | None:
        run = self.last_run
        if run is None or not run.active:
            return None
        if run.task is None and isinstance(run, FlowState) and run.proof is not None:
            return run.proof.task
        return run.task

    @property
    def busy(self) -> bool:
        """Whether nothing else can start: a run or an installation is in progress."""
        return self.running or bool(self.setup.fixing)


P = ParamSpec("P")


def _with_fields_of(
    _made: Callable[P, object],
) -> Callable[[Callable[..., None]], Callable[Concatenate[Store, P], None]]:
    """Let a method of the store take what makes a State, so that mypy checks what is passed."""
    return lambda method: method


class Store(QObject):
    """Holds the current state.

    Signals: changed with every new state; run_ended before it, with the first one in which nothing runs.
    """

    changed = Signal(State)
    run_ended = Signal(State)

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    @_with_fields_of(State)
    def update(self, **changes: Any) -> None:  # noqa: ANN401  # those of the decorator
        """Replace the values of some fields."""
        before, self.state = self.state, replace(self.state, **changes)
        if before.running and not self.state.running:
            self.run_ended.emit(self.state)
        self.changed.emit(self.state)

    def succeed(self, success: Success, file: Path | None = None) -> None:
        """Say that something was done as asked, also if the same was said before."""
        self.update(success=None)
        self.update(success=success, saved=file)

    def show_run(self, run: RunState | FlowState) -> None:
        """Show a proof or a flow as the last run."""
        if isinstance(run, FlowState):
            self.update(flow=run, run=None)
        else:
            self.update(run=run, flow=None)
