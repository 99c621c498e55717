"""What the user can ask for, as functions that views call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tee_rex.aztec.flows.report import FlowKind
from tee_rex.browser.origins import Origin
from tee_rex.settings.file import ApprovedBuild, ProverSpeed, SettingsChange
from tee_rex.settings.rules import SettingField
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.runs import ExportKind, HistoryFilter, RunRecord, RunState, StagedProof, WaitingFile
from tee_rex_app.model.services import ServiceName
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.sites import SiteQuestion
from tee_rex_app.model.state import Page, Success


@dataclass(frozen=True, slots=True, kw_only=True)
class Intents:
    """One function per request; views call them, the application supplies them.

    Each returns at once. The result appears in the state. delete_runs: None for all of them. unstage_proof:
    True if it was dropped, so that its file is still needed for a moment.
    """

    # Navigation.
    open_page: Callable[[Page], object]
    open_settings: Callable[[SettingField], object]
    open_panel: Callable[[str | None], object]
    select_run: Callable[[RunRecord], object]
    expand_setup: Callable[[bool], object]
    dismiss_problem: Callable[[], object]
    dismiss_notice: Callable[[], object]
    dismiss_success: Callable[[], object]

    # Runs.
    choose_mode: Callable[[ProvingMode], object]
    prove_sample: Callable[[], object]
    prove_development_sample: Callable[[], object]
    prove_files: Callable[[Sequence[Path]], object]
    open_files: Callable[[Sequence[Path]], object]
    prove_waiting: Callable[[WaitingFile], object]
    remove_waiting: Callable[[WaitingFile], object]
    clear_recent: Callable[[], object]
    run_flow: Callable[[FlowKind], object]
    cancel: Callable[[], object]

    # This machine and its services.
    fix: Callable[[Fix], object]
    fix_from: Callable[[Fix, Path], object]
    fix_all: Callable[[], object]
    stop_fixing: Callable[[], object]
    take_from_others: Callable[[Path], object]
    check_again: Callable[[], object]
    check_service: Callable[[ServiceName], object]
    start_local_network: Callable[[], object]
    download_local_network: Callable[[bool], object]
    stop_local_network: Callable[[], object]

    # Websites.
    let_websites_prove: Callable[[bool], object]
    listen_again: Callable[[], object]
    pause_sites: Callable[[bool], object]
    answer_site: Callable[[SiteQuestion, bool], object]
    revoke_site: Callable[[Origin], object]
    enable_https: Callable[[], object]
    disable_https: Callable[[], object]

    # Settings.
    choose_speed: Callable[[ProverSpeed], object]
    start_on_login: Callable[[bool], object]
    reset_settings: Callable[[], object]
    save_settings: Callable[[SettingsChange], object]
    use_profile: Callable[[str | None], object]
    forget_server: Callable[[str], object]
    pin_build: Callable[[ApprovedBuild], object]
    unpin_build: Callable[[ApprovedBuild], object]

    # Updates.
    check_for_updates: Callable[[bool], object]
    check_for_update_now: Callable[[], object]
    download_update: Callable[[], object]
    cancel_update: Callable[[], object]
    install_update_on_quit: Callable[[bool], object]
    restart_into_update: Callable[[], object]
    put_off_update: Callable[[], object]

    # Attestation documents.
    open_document: Callable[[Path], object]
    close_document: Callable[[], object]
    save_document: Callable[[Path], object]
    compare_image: Callable[[Path], object]

    # History.
    find_runs: Callable[[HistoryFilter], object]
    read_runs: Callable[[Sequence[int]], object]
    export_runs: Callable[[Path, ExportKind, Sequence[int]], object]
    save_picture: Callable[[Path, bytes], object]
    delete_runs: Callable[[Sequence[int] | None], object]

    # Proofs, and files that were saved.
    save_proof: Callable[[Path, RunRecord | RunState], object]
    stage_proof: Callable[[RunRecord | RunState], object]
    unstage_proof: Callable[[StagedProof, bool], object]
    tell_saved: Callable[[Path, Success], object]
    show_in_folder: Callable[[Path], object]
