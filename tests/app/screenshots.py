"""Pictures of every view and state: ``python -m app.screenshots FOLDER [SCENE…]`` with tests/ on the path.

Each comes light and dark, in several sizes, and in the usual size at twice the pixels; QT_SCALE_FACTOR has to
be set before Qt starts, so that a process of its own makes those.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import msgspec
from PySide6.QtCore import QEvent, QLocale
from PySide6.QtWidgets import QApplication, QWidget

from app.shell_scenes import dialogs, told_log
from support.nitro_fake import DEBUG_PCRS, PRODUCTION_PCRS, FakeNitro
from tee_rex.attestation.checks import MAX_AGE, AttestationPolicy, server_checks
from tee_rex.attestation.provers import AllowedProvers, encode_provers
from tee_rex.attestation.report import examine
from tee_rex.aztec.flows.report import (
    FLOW_STEPS,
    AccountReport,
    BalanceReport,
    FlowKind,
    FlowReport,
    FunctionReport,
    NetworkReport,
    Preparation,
    PreparationReport,
    SimulationReport,
    StepPhase,
    StepReport,
    TokenReport,
)
from tee_rex.bb.pins import BbPins
from tee_rex.doctor import Finding, Verdict
from tee_rex.settings.file import AttestationSettings
from tee_rex.settings.resolve import (
    ApprovedBuild,
    EndpointProfile,
    ProverSpeed,
    Settings,
    SettingsFile,
    SettingSource,
)
from tee_rex.settings.rules import SettingField
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import Phase
from tee_rex.transaction.report import (
    BbReport,
    CircuitReport,
    ErrorReport,
    PhaseReport,
    ProofDigestReport,
    ProofReport,
)
from tee_rex.transaction.request import ProofRequest, ProvingMode
from tee_rex.transaction.samples import account_deployment
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.attestation import ExaminedAttestation, ImageMeasurements
from tee_rex_app.model.comparison import Comparison
from tee_rex_app.model.expected_times import expected_blocks
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import (
    FlowState,
    FlowStepState,
    FoundRuns,
    HistoryFilter,
    Outcome,
    RunKind,
    RunRecord,
    RunStage,
    RunState,
)
from tee_rex_app.model.services import Lock, ModeState, ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.setup import Fix, SetupItem, SetupState
from tee_rex_app.model.state import Notice, Page, State, Store
from tee_rex_app.text import labels
from tee_rex_app.text.translation import Translations
from tee_rex_app.ui.cards.comparison_view import ComparisonView
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.theme import Scheme, Theme

SIZES = ((900, 600), (1280, 820), (1600, 1000))
USUAL = (1280, 820)
NOW = 109.8
AT = datetime(2026, 3, 14, 12, 50).astimezone()
SAMPLE = "Sample: deploy account"

# Measured with bb 4.1.2 on two cores: seconds for each circuit, then for the final proof.
CIRCUIT_SECONDS = (0.52, 0.64, 0.15, 1.28, 0.66, 1.40, 0.13, 1.35, 1.47, 1.54, 1.37)
FINAL_SECONDS = 6.28


def main() -> None:
    """Write all pictures into the folder named on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    twice = os.environ.get("QT_SCALE_FACTOR") == "2"
    qt = QApplication(sys.argv[:1])
    Translations(qt, QLocale("en_GB")).use("en")
    theme = Theme(qt)
    wanted = sys.argv[2:]
    all_scenes = [scene for scene in scenes() if not wanted or any(scene[0].startswith(w) for w in wanted)]
    for scheme in Scheme:
        theme.use(scheme)
        for name, state in all_scenes:
            for width, height in (USUAL,) if twice else SIZES:
                suffix = "@2x" if twice else ""
                file = folder / f"{name}-{scheme}-{width}x{height}{suffix}.png"
                photograph(qt, theme, state, (width, height), file)
        suffix = "@2x" if twice else ""
        ready = ready_machine()
        if scheme is Scheme.LIGHT and not twice:
            in_spanish(qt, theme, [scene for scene in all_scenes if scene[0] in SPANISH], folder)
        photograph_comparison(theme, folder / f"exported-{scheme}{suffix}.png")
        for name, dialog in dialogs(ready, partial(made_window, theme, ready)):
            photograph_dialog(qt, dialog, folder / f"{name}-{scheme}{suffix}.png")
    if not twice:
        command = [sys.executable, "-m", "app.screenshots", str(folder), *wanted]
        subprocess.run(command, env={**os.environ, "QT_SCALE_FACTOR": "2"}, check=True)


def photograph(qt: QApplication, theme: Theme, state: State, size: tuple[int, int], file: Path) -> None:
    """One state at one size."""
    window = made_window(theme, state)
    window.resize(*size)
    window.show()
    if file.name.startswith("settings-wrong"):
        type_what_is_wrong(window)
    if state.run is not None and state.run.stage is RunStage.RUNNING and state.notice is None:
        window.prove.run_card.cancel.setFocus()
    for _ in range(3):
        qt.processEvents()
    if not window.grab().save(str(file)):
        raise OSError(file)
    window.close()
    window.deleteLater()
    qt.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


SPANISH = (
    "ready",
    "failed",
    "checked",
    "history",
    "compare-three",
    "attestation-altered",
    "settings-full",
    "log",
)


def in_spanish(qt: QApplication, theme: Theme, chosen: list[tuple[str, State]], folder: Path) -> None:
    """Scenes in the other language."""
    spanish = Translations(qt, QLocale("es_ES"))
    spanish.use("es")
    for name, state in chosen:
        for width, height in SIZES[:2]:
            photograph(qt, theme, state, (width, height), folder / f"es-{name}-{width}x{height}.png")
    spanish.stop()
    QLocale.setDefault(QLocale("en_GB"))


def type_what_is_wrong(window: MainWindow) -> None:
    """An address that cannot be one, in a profile whose name was taken away."""
    page = window.pages[Page.SETTINGS]
    assert isinstance(page, SettingsPage)
    page.new_profile.click()
    for field, text in (
        (SettingField.PROFILE_NAME, ""),
        (SettingField.NODE_URL, "ftp://node.example.org"),
        (SettingField.PROVER_URL, "http://prover.example.org"),
        (SettingField.SERVER_KEY, "5f1c"),
    ):
        edit = page.fields[field].edit
        edit.setText(text)
        edit.textEdited.emit(text)


def made_window(theme: Theme, state: State, clock: Callable[[], float] = lambda: NOW) -> MainWindow:
    """A window that shows a state, not yet on the screen."""
    return MainWindow(theme, Store(state), Intents(), clock, log=told_log())


def photograph_comparison(theme: Theme, file: Path) -> None:
    """What people export as a picture."""
    view = ComparisonView(theme)
    view.show_comparison(Comparison.of(three_modes()))
    view.setFixedWidth(720)
    view.adjustSize()
    file.write_bytes(view.picture())
    view.deleteLater()


def photograph_dialog(qt: QApplication, dialog: QWidget, file: Path) -> None:
    """A window beside the main one, in its own size."""
    dialog.show()
    for _ in range(3):
        qt.processEvents()
    if not dialog.grab().save(str(file)):
        raise OSError(file)
    dialog.close()


def scenes() -> Iterator[tuple[str, State]]:
    """Every state by its name."""
    first = first_start()
    yield "checking", replace(first, setup=SetupState(threads=2, bb_version="4.1.2"), history=None)
    yield "first-start", first
    yield "bringing", bringing(first)
    ready = ready_machine()
    yield "ready", ready
    yield "checked", replace(ready, setup=replace(ready.setup, expanded=True))
    yield "proving", replace(ready, run=running())
    yield "final-proof", replace(ready, run=running(circuit=11))
    yield "downloading", replace(ready, run=downloading())
    yield "done", done(ready)
    yield "cancelled", replace(ready, run=replace(running(), stage=RunStage.CANCELLED, ended=NOW))
    yield "failed", failed(ready)
    yield "servers", servers(done(ready))
    yield "log", replace(done(ready), panel="log")
    yield "notice", replace(ready, notice=Notice.DEPLOY_LACKS_NODE)
    configured = servers(done(ready))
    for name, examined in attestations().items():
        around = attested(configured) if name == "approved" else configured
        yield f"attestation-{name}", replace(around, page=Page.ATTESTATION, attestation=examined)
    yield "attestation-empty", replace(ready, page=Page.ATTESTATION)
    compared = attestations()["unapproved"]
    yield (
        "attestation-compared",
        replace(
            configured,
            page=Page.ATTESTATION,
            attestation=compared,
            measurements=ImageMeasurements("measurements.json", {0: compared.pcr(0), 1: "5a" * 48}),
        ),
    )
    yield "history", with_runs(configured, (*flows(), *(ready.history or ())))
    yield "settings-wrong", replace(configured, page=Page.SETTINGS)
    yield "history-chosen-none", with_runs(configured, (ready.history or ())[-1:])
    yield "history-thousands", with_runs(configured, many_runs(200), total=20_000)
    yield "compare-three", with_runs(configured, three_modes())
    nothing = FoundRuns(HistoryFilter("no such run"), (), 8, 1.0, {})
    yield "history-nothing-fits", replace(configured, page=Page.HISTORY, found=nothing)
    yield "history-empty", replace(first, page=Page.HISTORY)
    yield "flow-breakdown", replace(ready, history=(*flows(), *(ready.history or ())), selected=flows()[0])
    yield "flow-node-silent", replace(ready, notice=Notice.TOKENS_NODE_SILENT)
    node = replace(answering(configured), mode=ProvingMode.LOCAL)
    yield "flow-opening", replace(node, run=None, flow=flow_opening())
    yield "flow-proving", replace(node, run=None, flow=flow_proving())
    yield "flow-done", replace(node, run=None, flow=flow_done(), history=flows(), selected=flows()[0])
    yield "flow-failed", flow_failed(node)
    yield "settings", replace(ready, page=Page.SETTINGS)
    yield "settings-full", replace(configured, page=Page.SETTINGS, settings=full_settings())


def full_settings() -> Settings:
    """Profiles, pinned builds, and a variable that wins."""
    written = SettingsFile(
        prover_speed=ProverSpeed.HALF,
        memory_limit_mb=600,
        profile="Laboratory",
        profiles=(
            EndpointProfile(
                "Laboratory",
                "http://localhost:8080",
                "https://prover.example.org",
                "https://a-rather-long-name.tee.example.org:4000",
                "5f1c" * 10,
            ),
            EndpointProfile("Demonstrations", tee_url="https://tee.example.org"),
        ),
        attestation=AttestationSettings(
            builds=(
                ApprovedBuild("1.0.0", "3f21" * 24, "6b" * 48, "21" * 48, "2026-03-01"),
                ApprovedBuild("1.0.1 as told by the operator's auditor", "a07c" * 24),
            )
        ),
    )
    environ = {"PROVER_URL": "https://other.example.org"}
    return Settings.decide(written, flags={}, environ=environ, origin="settings.toml")


@cache
def attestations() -> dict[str, ExaminedAttestation]:
    """Documents really made and judged, by what is the matter with them."""
    nitro = FakeNitro(AT)
    provers = AllowedProvers.pinned(BbPins.shipped())
    carried, _ = encode_provers(sorted(provers.development, key=lambda one: one.sha256)[:1])
    nonce = bytes(range(32))
    pcr0, pcr1, pcr2 = (PRODUCTION_PCRS[index].hex() for index in range(3))
    build = ApprovedBuild("1.0.0", pcr0, pcr1, pcr2, "2026-03-01")

    def examined(
        document: bytes, *builds: ApprovedBuild, live: bool = True, nonce: bytes = nonce
    ) -> ExaminedAttestation:
        policy = AttestationPolicy(
            builds=tuple(one.expected() for one in builds),
            nonce=nonce,
            provers=provers,
            setup=TrustedSetup.DEVELOPMENT,
        )
        checks = server_checks(policy, untrusted_key=None, untrusted_manifest=None)
        report = examine(document, root=nitro.root, at=AT + timedelta(seconds=2), checks=checks)
        source = "a-rather-long-name.tee.example.org" if live else "kept-attestation.bin"
        return ExaminedAttestation(source, live, report, document, AT, builds, MAX_AGE, nonce_required=True)

    def made(pcrs: Mapping[int, bytes] = PRODUCTION_PCRS) -> bytes:
        return nitro.document(pcrs=pcrs, user_data=carried, nonce=nonce, public_key=b"an armored key")

    other = ApprovedBuild("1.0.0", "3f21" * 24, approved_on="2026-03-01")
    altered = bytearray(made())
    altered[-1] ^= 1
    return {
        "approved": examined(made(), build),
        "unapproved": examined(made(), other, ApprovedBuild("1.0.1", "a07c" * 24)),
        "first": examined(made()),
        "debug": examined(made(DEBUG_PCRS), build),
        "altered": examined(bytes(altered), build),
        "replayed": examined(made(), build, nonce=bytes(32)),
        "file": examined(made(), other, live=False),
    }


@cache
def request() -> ProofRequest:
    """The sample."""
    return ProofRequest.recognised(ExecutionSteps.from_bytes(account_deployment()))


def report(pace: float, mode: ProvingMode = ProvingMode.LOCAL) -> ProofReport:
    """A proof of the sample, at a pace of the measured one."""
    circuits = tuple(
        CircuitReport(name, 60.0 * pace, seconds * 1000 * pace - 60 * pace)
        for name, seconds in zip(request().steps.function_names, CIRCUIT_SECONDS, strict=True)
    )
    spent, final = sum(CIRCUIT_SECONDS) * 1000 * pace, FINAL_SECONDS * 1000 * pace
    phases: tuple[tuple[str, float], ...]
    if mode is ProvingMode.LOCAL:
        phases = (("prepare", 210.0), ("start", 99.0), ("accumulate", spent), ("final-proof", final))
    else:
        phases = (
            ("serialize", 40.0),
            ("fetch-attestation", 180.0),
            ("encrypt", 45.0),
            ("transmit", 620.0),
            ("proving", spent + final),
            ("receive", 60.0),
            ("verify", 240.0),
        )
    return ProofReport(
        mode=mode,
        crs=TrustedSetup.DEVELOPMENT,
        verified=True,
        bb=BbReport("4.1.2", "51aee42c" * 8),
        aztec_version="4.1.2",
        circuits=circuits,
        final_proof_ms=final,
        prove_ms=spent + final,
        total_ms=sum(ms for _, ms in phases),
        phases=tuple(PhaseReport(name, ms) for name, ms in phases),
        peak_memory_bytes=266_000_000 if mode is ProvingMode.LOCAL else None,
        proof=ProofDigestReport(3216, 102_916, "4f06701cc0a94089" + "00" * 20 + "3328c2c0"),
    )


def with_runs(state: State, runs: tuple[RunRecord, ...], total: int | None = None) -> State:
    """The page of the history with these runs. total: where there are more of them, numbered downwards."""
    ids = [run.id for run in runs]
    ids += range(ids[-1] - 1, ids[-1] - 1 - (total or len(runs)) + len(runs), -1)
    longest = max(run.total_ms or 1.0 for run in runs)
    records = {run.id: run for run in runs}
    found = FoundRuns(HistoryFilter(), tuple(ids), len(ids), longest, records)
    return replace(state, page=Page.HISTORY, history=runs, found=found)


def three_modes() -> tuple[RunRecord, ...]:
    """The same proof in each mode."""
    local, remote = (run for run in history() if run.id in (9, 7))
    tee = replace(remote, id=8, mode=ProvingMode.TEE, started_at=AT - timedelta(minutes=4))
    return (local, tee, remote)


def many_runs(count: int) -> tuple[RunRecord, ...]:
    """The runs of some weeks."""
    few = history()
    return tuple(
        replace(few[at % len(few)], id=20_000 - at, started_at=AT - timedelta(minutes=37 * at))
        for at in range(count)
    )


def history() -> tuple[RunRecord, ...]:
    """A few runs of every outcome."""

    def record(
        number: int, outcome: Outcome, made: ProofReport | None, total_ms: float, mode: str
    ) -> RunRecord:
        at = AT - timedelta(minutes=7 * (9 - number))
        source = SAMPLE if number != 4 else "token-transfer-with-a-long-name.msgpack"
        setup = TrustedSetup.DEVELOPMENT if made is not None else None
        return RunRecord(number, at, source, ProvingMode(mode), outcome, total_ms or None, made, setup=setup)

    local, slow = report(1.0), report(1.6)
    remote = report(0.25, ProvingMode.REMOTE)
    error = ErrorReport("BB_KILLED", "The prover was killed", "It received SIGKILL.", "")
    return (
        record(9, Outcome.VERIFIED, local, local.total_ms or 0.0, "local"),
        record(8, Outcome.CANCELLED, None, 3_200.0, "local"),
        record(7, Outcome.VERIFIED, remote, remote.total_ms or 0.0, "remote"),
        record(6, Outcome.FAILED, ProofReport(mode="local", error=error), 8_400.0, "local"),
        record(5, Outcome.VERIFIED, slow, slow.total_ms or 0.0, "local"),
        record(4, Outcome.INTERRUPTED, None, 0.0, "local"),
    )


@cache
def flows() -> tuple[RunRecord, ...]:
    """A token flow in two modes, in the times that were measured."""
    return tuple(
        RunRecord(
            21 - number,
            AT + timedelta(minutes=9 - 4 * number),
            "Token flow",
            mode,
            Outcome.VERIFIED,
            (flow := token_flow(pace, mode)).total_ms,
            None,
            flow,
            RunKind.FLOW,
            TrustedSetup.DEVELOPMENT,
        )
        for number, (pace, mode) in enumerate(((0.25, ProvingMode.REMOTE), (1.0, ProvingMode.LOCAL)))
    )


def token_flow(pace: float, mode: ProvingMode, steps: int = 6) -> FlowReport:
    """A token flow; ``steps`` of it."""
    simulation = SimulationReport(
        2_950.0,
        sync_ms=420.0,
        functions=(
            FunctionReport("SchnorrAccount:entrypoint", 610.0),
            FunctionReport("SponsoredFPC:sponsor_unconditionally", 180.0),
            FunctionReport("Token:transfer_private_to_private", 540.0),
        ),
        kernels_ms=1_150.0,
    )
    made = []
    for step in FLOW_STEPS[FlowKind.TOKEN][:steps]:
        if not step.sends_transaction:
            made.append(StepReport(step=step, simulate=SimulationReport(350.0, 90.0), total_ms=350.0))
            continue
        proof = report(pace, mode)
        prove = proof.total_ms or 0.0
        made.append(
            StepReport(
                step=step,
                simulate=simulation,
                proof=proof,
                prove_ms=prove,
                send_ms=310.0,
                confirm_ms=3_700.0,
                total_ms=prove + 6_960.0,
                transaction="0x1c4e" + "5b" * 30,
                block=7 + len(made),
            )
        )
    spent = sum(step.total_ms or 0.0 for step in made)
    return FlowReport(
        flow=FlowKind.TOKEN,
        mode=mode,
        aztec_version="4.1.2",
        network=network(),
        preparation=(
            PreparationReport(Preparation.NODE, 120.0),
            PreparationReport(Preparation.RUNTIME, 80.0),
            PreparationReport(Preparation.BRIDGE, 2_300.0),
            PreparationReport(Preparation.WALLET, 3_100.0),
        ),
        steps=tuple(made),
        steps_ms=spent,
        total_ms=spent + 5_600.0,
    )


def network() -> NetworkReport:
    """A local network."""
    return NetworkReport(
        url="http://localhost:8080",
        name="local network",
        chain_id=31337,
        rollup_version=1,
        node_version="4.1.2",
        crs="development",
        real_proofs=False,
        proofs_required=False,
    )


def answering(state: State) -> State:
    """The node answers, of the right version, and the wallet is there."""
    node = ServiceState(
        ServiceName.NODE,
        ServiceStatus.READY,
        "http://localhost:8080",
        SettingSource.FILE,
        detail="Aztec 4.1.2 · chain 31337 · proofs optional · development setup",
        versions=("4.1.2",),
        setup=TrustedSetup.DEVELOPMENT,
    )
    wallet = ServiceState(ServiceName.WALLET, ServiceStatus.READY, detail=labels.wallet(installed=True))
    others = tuple(one for one in state.services if one.name not in (ServiceName.NODE, ServiceName.WALLET))
    return replace(state, services=(others[0], node, *others[1:], wallet))


def attested(state: State) -> State:
    """The enclave has attested an approved build, and everything else answers too."""
    state = answering(state)
    enclave = next(one for one in state.services if one.name is ServiceName.TEE)
    good = replace(enclave, status=ServiceStatus.READY, detail="Aztec 4.1.2 · its code is approved")
    return replace(
        state, services=tuple(good if one is enclave else one for one in state.services), mode=ProvingMode.TEE
    )


def flow_opening() -> FlowState:
    """The wallet is being fetched."""
    return FlowState(
        kind=FlowKind.ACCOUNT,
        mode=ProvingMode.LOCAL,
        stage=RunStage.RUNNING,
        started=NOW - 8.2,
        preparation=Preparation.RUNTIME,
        task=TaskProgress("bridge.download", "Fetching Aztec's wallet", 90_000_000, 250_000_000, "bytes"),
        network=network(),
        setup=TrustedSetup.DEVELOPMENT,
    )


def flow_proving() -> FlowState:
    """A token flow in its fourth step."""
    planned = FLOW_STEPS[FlowKind.TOKEN]
    spent = (26_100.0, 25_300.0, 24_200.0)
    steps = [
        FlowStepState(step, 0.0, ms, f"0x1c4e{number}" + "5b" * 30, None, 7 + number)
        for number, (step, ms) in enumerate(zip(planned, spent, strict=False))
    ]
    current = planned[len(steps)]
    steps.append(FlowStepState(current, NOW - 9.4))
    steps += [FlowStepState(step) for step in planned[len(steps) :]]
    return FlowState(
        kind=FlowKind.TOKEN,
        mode=ProvingMode.LOCAL,
        stage=RunStage.RUNNING,
        started=NOW - 88.0,
        usual_ms=128_000.0,
        network=network(),
        setup=TrustedSetup.DEVELOPMENT,
        steps=tuple(steps),
        current=current,
        phase=StepPhase.PROVE,
        proof=running(4),
    )


def flow_done() -> FlowState:
    """Balances checked."""
    proving = flow_proving()
    steps = tuple(
        FlowStepState(
            one.step,
            0.0,
            one.spent_ms or (24_800.0 if one.step.sends_transaction else 350.0),
            f"0x1c4e{at}" + "5b" * 30 if one.step.sends_transaction else None,
            f"https://explorer.example.org/tx/{at}" if one.step.sends_transaction else None,
            7 + at if one.step.sends_transaction else None,
        )
        for at, one in enumerate(proving.steps)
    )
    report = msgspec.structs.replace(
        token_flow(1.0, ProvingMode.LOCAL),
        token=TokenReport("0x2b" + "9d" * 31, "TeeRex", "TREX", 18),
    )
    first, second = "0x1c4e" + "a1" * 30, "0x1c4e" + "b2" * 30
    last = msgspec.structs.replace(
        report.steps[-1], balances=(BalanceReport(first, 500), BalanceReport(second, 500))
    )
    report = msgspec.structs.replace(
        report,
        steps=(*report.steps[:-1], last),
        accounts=(AccountReport("first", first, True), AccountReport("second", second, True)),
    )
    return replace(
        proving,
        stage=RunStage.DONE,
        started=NOW - 126.0,
        ended=NOW,
        steps=steps,
        current=None,
        phase=None,
        proof=None,
        report=report,
    )


def flow_failed(state: State) -> State:
    """The node went away."""
    error = ErrorReport(
        "NODE_UNREACHABLE",
        "The Aztec node does not answer",
        "http://localhost:8080: connection refused.",
        "Check its address and the network; `tee-rex devnet status` tells of a local one.",
    )
    flow = replace(flow_proving(), stage=RunStage.FAILED, ended=NOW, phase=StepPhase.CONFIRM)
    return replace(state, run=None, flow=flow, problem=error)


def services(*changed: ServiceState) -> tuple[ServiceState, ...]:
    """All services, none set up but those given."""
    embedded = ServiceState(
        ServiceName.EMBEDDED,
        ServiceStatus.READY,
        detail="bb 4.1.2 · 2 threads · CRS ready · 266 MB per proof",
    )
    given = {service.name: service for service in (embedded, *changed)}
    return tuple(given.get(name, ServiceState(name, ServiceStatus.NOT_CONFIGURED)) for name in ServiceName)


def sample_run(*, measured: bool) -> RunState:
    """What a proof of the sample would be."""
    earlier = [report(1.0)] if measured else []
    blocks, known = expected_blocks(request().steps.function_names, earlier, "final proof and self-check")
    return RunState(
        source=SAMPLE,
        mode=ProvingMode.LOCAL,
        setup=TrustedSetup.DEVELOPMENT,
        stage=RunStage.RUNNING,
        started=100.0,
        blocks=blocks,
        measured_here=known,
    )


def first_start() -> State:
    """Nothing configured, nothing installed."""
    missing, ready = Verdict.ON_FIRST_USE, Verdict.READY
    items = (
        (Finding("System", ready, "amd64-linux, Linux 6.1.0, Python 3.11.7"), None),
        (Finding("Cores", ready, "2 usable of 2"), None),
        (Finding("Memory", ready, "5.9 GB free of 8.2 GB"), None),
        (Finding("Disk", ready, "81.4 GB free for /home/ada/.local/share/tee-rex"), None),
        (Finding("Node", ready, "v24.11.1"), None),
        (
            Finding("bb, genuine", missing, "4.1.2 is not installed", "Or now: tee-rex bb install"),
            Fix.BB_GENUINE,
        ),
        (Finding("bb, development", missing, "4.1.2 is not installed"), Fix.BB_DEVELOPMENT),
        (Finding("System libraries", missing, "glibc 2.36; judged once bb is installed"), Fix.LIBRARIES),
        (Finding("CRS, genuine", missing, "not on this machine"), Fix.CRS_GENUINE),
        (Finding("CRS, development", missing, "not on this machine"), Fix.CRS_DEVELOPMENT),
    )
    setup = SetupState(
        items=tuple(SetupItem(finding, fix, fix is Fix.CRS_GENUINE) for finding, fix in items),
        threads=2,
        bb_version="4.1.2",
    )
    embedded = ServiceState(
        ServiceName.EMBEDDED,
        ServiceStatus.INCOMPLETE,
        detail="4 things to bring first",
    )
    return State(
        modes=(
            ModeState(ProvingMode.LOCAL),
            ModeState(ProvingMode.REMOTE, Lock.NO_ADDRESS),
            ModeState(ProvingMode.TEE, Lock.NO_ADDRESS),
        ),
        services=services(embedded),
        setup=setup,
        sample=sample_run(measured=False),
        history=(),
    )


def bringing(first: State) -> State:
    """The prover is being downloaded."""
    progress = TaskProgress("bb.download", "Downloading bb 4.1.2", 21_000_000, 50_000_000, "bytes")
    fixing = (Fix.BB_GENUINE, Fix.BB_DEVELOPMENT, Fix.CRS_DEVELOPMENT)
    return replace(first, setup=replace(first.setup, fixing=fixing, progress=progress))


def ready_machine() -> State:
    """All is there, and there are earlier runs."""
    first = first_start()
    items = tuple(
        SetupItem(
            item.finding
            if item.optional
            else replace(item.finding, verdict=Verdict.READY, detail=_found(item.finding)),
            item.fix,
            item.optional,
        )
        for item in first.setup.items or ()
    )
    runs = history()
    return replace(
        first,
        modes=(replace(first.modes[0], usual_ms=16_900.0), *first.modes[1:]),
        services=services(),
        setup=replace(first.setup, items=items),
        sample=sample_run(measured=True),
        history=runs,
        selected=runs[0],
    )


def _found(finding: Finding) -> str:
    found = {
        "bb, genuine": "4.1.2, SHA-256 51aee42c94a06ad4… as pinned",
        "bb, development": "4.1.2, SHA-256 9c03f1d2a7be5510… as pinned",
        "System libraries": "glibc 2.36 is too old for bb, which runs on private newer libraries",
        "CRS, development": "131,072 points, digests as pinned",
    }
    return found.get(finding.name, finding.detail)


def running(circuit: int = 5) -> RunState:
    """A proof at a circuit (from 0)."""
    run = sample_run(measured=True)
    blocks = tuple(
        replace(block, spent_ms=block.expected_ms) if at < circuit else block
        for at, block in enumerate(run.blocks)
    )
    phase = Phase.FINAL_PROOF if circuit == len(run.blocks) - 1 else Phase.ACCUMULATE
    return replace(run, blocks=blocks, phase=phase, current=circuit, current_since=NOW - 0.8)


def downloading() -> RunState:
    """A proof that first has to bring the CRS."""
    task = TaskProgress("crs.download", "Downloading the CRS", 3_000_000, 8_388_608, "bytes")
    return replace(running(0), phase=Phase.PREPARE, current=None, task=task, started=NOW - 2.1)


def done(ready: State) -> State:
    """A proof was made."""
    run = running(11)
    blocks = tuple(replace(block, spent_ms=block.expected_ms) for block in run.blocks)
    ended = replace(
        run, blocks=blocks, stage=RunStage.DONE, started=NOW - 16.9, ended=NOW, report=report(1.0)
    )
    return replace(ready, run=ended)


def failed(ready: State) -> State:
    """A proof was not made."""
    error = ErrorReport(
        "BB_KILLED",
        "The prover was killed",
        "It received SIGKILL.",
        "The system may have run out of memory: close other programs, or prove with fewer threads.",
    )
    run = replace(running(), stage=RunStage.FAILED, ended=NOW)
    return replace(ready, run=run, problem=error, selected=(ready.history or ())[3])


def servers(state: State) -> State:
    """Servers are configured: one answers, one is refused, one has another version."""
    environment = SettingSource.ENVIRONMENT
    return replace(
        state,
        modes=(
            state.modes[0],
            ModeState(ProvingMode.REMOTE, usual_ms=4_900.0),
            ModeState(ProvingMode.TEE, Lock.NO_APPROVED_BUILD),
        ),
        mode=ProvingMode.REMOTE,
        selected=(state.history or ())[2],
        services=services(
            ServiceState(
                ServiceName.NODE,
                ServiceStatus.WRONG_VERSION,
                "http://localhost:8080",
                SettingSource.FILE,
                detail="Aztec 4.2.0 · chain 31337. This app proves for Aztec 4.1.2.",
                versions=("4.2.0",),
            ),
            ServiceState(
                ServiceName.REMOTE,
                ServiceStatus.READY,
                "https://prover.example.org",
                environment,
                "PROVER_URL",
                "Aztec 4.1.2",
            ),
            ServiceState(
                ServiceName.TEE,
                ServiceStatus.REFUSED,
                "https://a-rather-long-name.tee.example.org:4000",
                environment,
                "TEE_URL",
                "It answers, but you have approved no build of it.",
            ),
        ),
    )


if __name__ == "__main__":
    main()
