"""States of the application: this computer, its servers, a proof, a flow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from support.app_runs import AT, SAMPLE, history, network, report, request, token_flow
from tee_rex.aztec.flows.report import (
    FLOW_STEPS,
    AccountReport,
    BalanceReport,
    FlowKind,
    FlowStep,
    Preparation,
    StepPhase,
    TokenReport,
)
from tee_rex.browser.https import CertificateState, CertificateStatus, HttpsStatus
from tee_rex.browser.origins import Origin
from tee_rex.browser.sites import Site
from tee_rex.browser.trust_stores import StoreStatus, TrustState
from tee_rex.doctor import Finding, FindingId, Verdict
from tee_rex.errors import Hint, Message, message
from tee_rex.errors.catalogue.aztec import NODE_UNREACHABLE
from tee_rex.errors.catalogue.bb import BB_NO_NETWORK
from tee_rex.errors.catalogue.browser import HTTPS_CERTIFICATE_EXPIRED, PORT_TAKEN, TRUST_STORE_LOCKED
from tee_rex.errors.catalogue.crs import CRS_DOWNLOAD_FAILED
from tee_rex.errors.catalogue.proving import BB_KILLED, PROOF_TIMED_OUT
from tee_rex.errors.catalogue.servers import SERVER_KEY_CHANGED
from tee_rex.settings.file import SettingsFile
from tee_rex.settings.resolve import Settings, SettingSource
from tee_rex.system.child_process import exit_reason
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import Phase, QueuePosition
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.updates.client import UpdateReport, UpdateState
from tee_rex.updates.installed import InstallKind
from tee_rex_app.model.expected_times import expected_blocks
from tee_rex_app.model.https import HttpsState
from tee_rex_app.model.local_network import LocalNetwork, NetworkStage
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.model.runs import (
    Block,
    FlowState,
    FlowStepState,
    FoundRuns,
    HistoryFilter,
    RunRecord,
    RunStage,
    RunState,
    WaitingFile,
    is_website,
)
from tee_rex_app.model.services import Lock, ModeState, ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.setup import Fix, SetupItem, SetupState
from tee_rex_app.model.sites import Listening, SiteQuestion, SitesState
from tee_rex_app.model.state import Page, State
from tee_rex_app.model.updates import Updates
from tee_rex_app.text import labels

NOW = 109.8
AGAIN = Repeat(lambda: None)


def first_start() -> State:
    """Nothing configured, nothing installed."""
    missing, ready = Verdict.ON_FIRST_USE, Verdict.READY
    home = "/home/ada/.local/share/tee-rex"
    not_installed = message("{version} is not installed", version="4.1.2")
    not_here = message("not on this machine")
    glibc = message("{name} {version}", name="glibc", version="2.36")
    items = (
        (Finding(FindingId.SYSTEM, ready, Message("amd64-linux, Linux 6.1.0, Python 3.11.7")), None),
        (Finding(FindingId.CORES, ready, message("{usable} usable of {total}", usable=2, total=2)), None),
        (Finding(FindingId.MEMORY, ready, Message("5.9 GB free of 8.2 GB")), None),
        (Finding(FindingId.DISK, ready, message("81.4 GB free for {folder}", folder=home)), None),
        (Finding(FindingId.NODE, ready, Message("v24.11.1")), None),
        (
            Finding(
                FindingId.BB_GENUINE,
                missing,
                not_installed,
                Hint(terminal=Message("To install it now: tee-rex bb install")),
                54_003_981,
            ),
            Fix.BB_GENUINE,
        ),
        (Finding(FindingId.BB_DEVELOPMENT, missing, not_installed), Fix.BB_DEVELOPMENT),
        (Finding(FindingId.BB_VERSIONS, ready, message("none installed")), None),
        (
            Finding(
                FindingId.LIBRARIES, missing, message("{glibc}; checked once bb is installed", glibc=glibc)
            ),
            Fix.LIBRARIES,
        ),
        (
            Finding(FindingId.CRS_GENUINE, missing, not_here, download_bytes=8_388_608),
            Fix.CRS_GENUINE,
        ),
        (Finding(FindingId.CRS_DEVELOPMENT, missing, not_here), Fix.CRS_DEVELOPMENT),
        *(
            (
                Finding(
                    id_of_wallet,
                    missing,
                    message("not installed; needed for flows only"),
                    download_bytes=159_118_229,
                ),
                Fix(id_of_wallet),
            )
            for id_of_wallet in (FindingId.WALLET_GENUINE, FindingId.WALLET_DEVELOPMENT)
        ),
    )
    optional = (Fix.BB_DEVELOPMENT, Fix.CRS_DEVELOPMENT, Fix.WALLET_GENUINE, Fix.WALLET_DEVELOPMENT)
    setup = SetupState(
        items=tuple(SetupItem(finding, fix, optional=fix in optional) for finding, fix in items),
        threads=2,
        bb_version="4.1.2",
        development=True,
    )
    embedded = ServiceState(ServiceName.EMBEDDED, ServiceStatus.INCOMPLETE, detail="3 items to install")
    return State(
        modes=(
            ModeState(ProvingMode.LOCAL),
            ModeState(ProvingMode.REMOTE, Lock.NO_ADDRESS),
            ModeState(ProvingMode.TEE, Lock.NO_ADDRESS),
        ),
        services=services(embedded),
        setup=setup,
        sample=replace(sample_run(measured=False), setup=TrustedSetup.GENUINE),
        history=(),
        local_network=LocalNetwork(available=True),
    )


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
    """A proof of the sample before its start."""
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


def ready_machine() -> State:
    """Everything is installed, and there are earlier runs."""
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
        sample=replace(sample_run(measured=True), setup=TrustedSetup.GENUINE),
        history=runs,
        selected=runs[0],
    )


def _found(finding: Finding) -> Message:
    found = {
        FindingId.BB_GENUINE: "4.1.2, SHA-256 51aee42c94a06ad4… as pinned",
        FindingId.BB_VERSIONS: "installed: 4.1.2",
        FindingId.LIBRARIES: "glibc 2.36 is too old for bb, which uses newer private copies",
        FindingId.CRS_GENUINE: "131,072 points, digests as pinned",
    }
    return Message(found[finding.id]) if finding.id in found else finding.detail


def installing(first: State) -> State:
    """The prover is being downloaded."""
    progress = TaskProgress("bb.download", "Downloading bb 4.1.2", 21_000_000, 54_003_981, "bytes")
    fixing = (Fix.BB_GENUINE, Fix.LIBRARIES, Fix.CRS_GENUINE)
    return replace(first, setup=replace(first.setup, fixing=fixing, progress=progress))


def paused(first: State) -> State:
    """The installation was paused when the prover was there."""
    return replace(first, setup=replace(_with_prover(first).setup, paused=True))


def install_failed(first: State) -> State:
    """The CRS could not be downloaded."""
    some = _with_prover(first)
    reasons = message("{host}: {reason}", host="crs.aztec-cdn.foundation", reason="no answer within 2 s")
    error = CRS_DOWNLOAD_FAILED(index=0, reasons=reasons)
    failed_setup = some.setup.failed(Fix.CRS_GENUINE, Problem.of(error))
    return replace(some, setup=failed_setup, problem=Problem.of(error))


def installing_during_a_proof(first: State) -> State:
    """The first proof downloads what it needs; the prover is there already."""
    run = replace(downloading(), setup=TrustedSetup.GENUINE)
    return replace(_with_prover(first), run=run)


def _with_prover(first: State) -> State:
    there = (Fix.BB_GENUINE, Fix.LIBRARIES)
    items = tuple(
        replace(item, finding=replace(item.finding, verdict=Verdict.READY, detail=_found(item.finding)))
        if item.fix in there
        else item
        for item in first.setup.items or ()
    )
    return replace(first, setup=replace(first.setup, items=items))


def running(circuit: int = 5) -> RunState:
    """A proof at a circuit (from 0)."""
    run = sample_run(measured=True)
    blocks = tuple(
        replace(block, spent_ms=block.expected_ms, done=True) if at < circuit else block
        for at, block in enumerate(run.blocks)
    )
    phase = Phase.FINAL_PROOF if circuit == len(run.blocks) - 1 else Phase.ACCUMULATE
    since = NOW - 0.8
    begun = since - sum(block.spent_ms or 0.0 for block in blocks) / 1000
    run = replace(run, blocks=blocks, phase=phase, current=circuit)
    return replace(run, current_since=since, paced_since=begun)


def downloading() -> RunState:
    """A proof that first downloads the CRS."""
    task = TaskProgress("crs.download", "Downloading the CRS", 3_000_000, 8_388_608, "bytes")
    return replace(running(0), phase=Phase.PREPARE, current=None, task=task, started=NOW - 2.1)


def done(ready: State) -> State:
    """A finished proof."""
    run = running(11)
    blocks = tuple(replace(block, spent_ms=block.expected_ms, done=True) for block in run.blocks)
    ended = replace(
        run, blocks=blocks, stage=RunStage.DONE, started=NOW - 16.9, ended=NOW, report=report(1.0), proof=b""
    )
    return replace(ready, run=ended)


def failed(ready: State) -> State:
    """A failed proof."""
    run = replace(running(), stage=RunStage.FAILED, ended=NOW)
    problem = Problem.of(BB_KILLED(reason=exit_reason(-9)), AGAIN)
    return replace(ready, run=run, problem=problem, selected=(ready.history or ())[3])


def key_changed(state: State) -> State:
    """The remote server has another key than the one that was remembered."""
    server = "https://prover.example.org"
    error = SERVER_KEY_CHANGED(known="5f1c" * 10, first_used="2026-03-01", found="a07c" * 10, server=server)
    remote = replace(
        next(one for one in state.services if one.name is ServiceName.REMOTE),
        status=ServiceStatus.REFUSED,
        detail=f"{error.title}.",
        problem=Problem.of(error),
    )
    found = tuple(remote if one.name is ServiceName.REMOTE else one for one in state.services)
    run = replace(running(), mode=ProvingMode.REMOTE, stage=RunStage.FAILED, ended=NOW)
    keys = {server: "5f1c" * 10}
    problem = Problem.of(error, AGAIN)
    return replace(state, services=found, run=run, problem=problem, remembered_keys=keys)


def with_updates(state: State, updates_state: UpdateState | None = None, **changes: Any) -> State:  # noqa: ANN401
    """A build with an update source. updates_state: of the release that it offers; None: not checked yet.

    changes: to the updates.
    """
    found = None
    if updates_state is not None:
        newer = updates_state not in (UpdateState.CURRENT, UpdateState.AHEAD)
        found = UpdateReport(
            running="0.2.0" if updates_state is UpdateState.AHEAD else "0.1.0",
            newest="0.2.0" if newer else "0.1.0",
            state=updates_state,
            installed_by=InstallKind.FOLDER,
            changes=_CHANGES if newer else "",
            download_bytes=104_300_000 if newer else 0,
            pins=4,
        )
    updates = Updates(
        host="updates.tee-rex.example", installed_by=InstallKind.FOLDER, report=found, checked=AT, asks=True
    )
    return replace(state, updates=replace(updates, **changes))


def by_package() -> UpdateReport:
    """What a system's package manager is to install."""
    return UpdateReport("0.1.0", "0.2.0", UpdateState.AVAILABLE, InstallKind.DEB, _CHANGES)


_CHANGES = """\
Proves for Aztec 6.1. A proof on two cores takes about a tenth less time.
The history shows which bb made a proof, and compares up to six runs.
Fixed: websites had to ask twice after the certificate was renewed."""


def without_network(first: State) -> State:
    """There is no network to download the prover from."""
    error = BB_NO_NETWORK(version="4.1.2")
    setup = first.setup.failed(Fix.BB_GENUINE, Problem.of(error))
    return replace(first, setup=setup, problem=Problem.of(error, AGAIN))


def failed_for_a_site(state: State) -> State:
    """A proof that a website asked for took too long."""
    problem = Problem.of(PROOF_TIMED_OUT(seconds=600.0), asked_by=LONG_ORIGIN)
    return replace(state, problem=problem)


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
                detail="Aztec 7.0.0 · chain 31337 · proofs optional. This release knows Aztec v4, v5, v6, "
                "but not 7.0.0. A newer release of TEE-Rex may know it.",
                versions=("7.0.0",),
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
                "Genuine Nitro, but no build is approved.",
            ),
        ),
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


def network_downloading(state: State) -> State:
    """The local network's programs are being downloaded."""
    task = TaskProgress("devnet.download", "Downloading", 131_000_000, 420_000_000, "bytes")
    network = replace(state.local_network, stage=NetworkStage.STARTING, ours=True, progress=task)
    return replace(state, local_network=network)


def network_running(state: State, *, ours: bool = True) -> State:
    """The local network runs, and is the node."""
    url = "http://127.0.0.1:8080"
    network = replace(
        state.local_network,
        stage=NetworkStage.RUNNING,
        ours=ours,
        node_url=url,
        since=AT - timedelta(hours=2),
    )
    state = replace(answering(state), local_network=network)
    node = replace(state.service(ServiceName.NODE), address=url, source=SettingSource.DEFAULT)
    services = tuple(node if one.name is ServiceName.NODE else one for one in state.services)
    return replace(state, services=services)


def attested(state: State) -> State:
    """The enclave has attested an approved build, and everything else answers too."""
    state = answering(state)
    enclave = next(one for one in state.services if one.name is ServiceName.TEE)
    good = replace(enclave, status=ServiceStatus.READY, detail="Aztec 4.1.2 · its code is approved")
    return replace(
        state, services=tuple(good if one is enclave else one for one in state.services), mode=ProvingMode.TEE
    )


def with_files(state: State) -> State:
    """Files that are not proved yet: one that was agreed on while a proof runs, one that was not."""
    folder = Path("/home/ada/transactions")
    files = (
        WaitingFile(folder / "token-transfer-with-a-rather-long-name-of-its-own.msgpack"),
        WaitingFile(folder / "mint.msgpack", state.mode if state.running else None),
    )
    return replace(state, waiting_files=files, recent_files=(folder / "first.msgpack",))


def wrong_clock(state: State, ahead: timedelta) -> State:
    """The enclave answers, but this computer's clock is off."""
    enclave = replace(
        state.service(ServiceName.TEE), status=ServiceStatus.WRONG_CLOCK, detail=labels.wrong_clock(ahead)
    )
    services = tuple(enclave if one.name is ServiceName.TEE else one for one in state.services)
    tee = ModeState(ProvingMode.TEE, Lock.WRONG_CLOCK)
    return replace(state, services=services, modes=(*state.modes[:2], tee))


def with_runs(state: State, runs: tuple[RunRecord, ...], total: int | None = None) -> State:
    """The history page with these runs. total: the number of runs, if there are more, numbered downwards."""
    ids = [run.id for run in runs]
    ids += range(ids[-1] - 1, ids[-1] - 1 - (total or len(runs)) + len(runs), -1)
    longest = max(run.total_ms or 1.0 for run in runs)
    records = {run.id: run for run in runs}
    websites = tuple(sorted({run.source for run in runs if is_website(run.source)}))
    found = FoundRuns(HistoryFilter(), tuple(ids), len(ids), longest, records, websites)
    return replace(state, page=Page.HISTORY, history=runs, found=found)


LONG_ORIGIN = "https://wallet.with-a-rather-long-name-of-its-own.staging.branch-of-somebody.example.org:8443"


def with_sites(state: State, listening: Listening = Listening.ON) -> State:
    """The page of websites, some of which may prove."""
    known = (
        Site(Origin.parse("https://app.aztec.example"), AT, (), AT + timedelta(days=2, hours=3), 1_204),
        Site(Origin.parse(LONG_ORIGIN), AT, ("https://prover.example.org",), AT + timedelta(hours=1), 7),
        Site(Origin.parse("http://localhost:5173"), AT - timedelta(days=30), ()),
    )
    failed = listening is Listening.FAILED
    failure = Problem.of(PORT_TAKEN(port=59833)) if failed else None
    sites = SitesState(
        listening=listening,
        http_port=None if failed else 59833,
        failure=failure,
        known=known,
        waiting=() if failed else ("https://swap.example",),
    )
    written = SettingsFile(let_websites_prove=True)
    settings = Settings.decide(written, flags={}, environ={}, origin="settings.toml")
    return replace(state, page=Page.SITES, settings=settings, sites=sites)


def with_https(state: State, certificate: CertificateState = CertificateState.READY) -> State:
    """The same page, with a certificate in this state, and browsers of every kind."""
    made = certificate is not CertificateState.DISABLED
    trusted = {
        CertificateState.DISABLED: TrustState.NOT_TRUSTED,
        CertificateState.UNUSABLE: TrustState.OUTDATED,
    }.get(certificate, TrustState.TRUSTED)
    profile = "/home/ada/.config/mozilla/firefox/x81k2jqe.default-release"
    file = Path("/home/ada/.local/share/tee-rex/https/ca.pem")
    locked = TRUST_STORE_LOCKED(place=profile, file=str(file)) if made else None
    stores = (
        StoreStatus(
            message("Chromium, Chrome, Edge, Brave, Vivaldi, Opera"), "/home/ada/.pki/nssdb", trusted
        ),
        StoreStatus(
            message("Firefox, profile {name}", name="x81k2jqe.default-release"),
            profile,
            TrustState.NOT_TRUSTED,
            locked,
        ),
        StoreStatus(
            message("{browser} (Snap)", browser="Chromium"), "/home/ada/snap/chromium", TrustState.UNREACHABLE
        ),
    )
    unusable = certificate is CertificateState.UNUSABLE
    status = CertificateStatus(
        certificate,
        file,
        expires=AT + timedelta(days=800) if made else None,
        fingerprint="5b" * 32 if made else None,
        problem=HTTPS_CERTIFICATE_EXPIRED(begin="2024-03-14", end="2026-06-16") if unusable else None,
    )
    port = 59834 if status.usable else None
    sites = replace(state.sites, https_port=port)
    return replace(state, sites=sites, https=HttpsState(HttpsStatus(status, stores)))


def running_for_a_site() -> RunState:
    """A proof that a website asked for."""
    return replace(running(), source="https://app.aztec.example")


def running_on_server(circuit: int = 5) -> RunState:
    """A proof of a file on a server, which tells no times of circuits."""
    run = running(circuit)
    blocks = tuple(replace(block, spent_ms=None) for block in run.blocks)
    source = "2026-03-14 transfer to the cold wallet, second attempt.msgpack"
    return replace(run, mode=ProvingMode.REMOTE, source=source, phase=Phase.PROVING, blocks=blocks)


def queued() -> RunState:
    """Other proofs are ahead of it on the server."""
    run = replace(running_on_server(0), phase=Phase.QUEUE, current=None, news=QueuePosition(2, 38.0))
    return replace(run, started=NOW - 4.2)


def server_silent() -> RunState:
    """The server has died while proving."""
    run = running_on_server()
    return replace(
        run, current_since=NOW - 13.1, paced_since=NOW - 16.4, started=NOW - 18.2, silent_since=NOW - 12.3
    )


def running_noir_circuit() -> RunState:
    """The first Noir circuit of a website."""
    block = Block("Noir circuit", None)
    run = replace(running_for_a_site(), phase=Phase.FINAL_PROOF, blocks=(block,), current=0)
    return replace(run, measured_here=False, setup=TrustedSetup.GENUINE)


def site_question(mode: ProvingMode = ProvingMode.LOCAL, *, again: bool = False) -> SiteQuestion:
    """A website asks to prove; in remote mode, one with a long name."""
    remote = mode is ProvingMode.REMOTE
    return SiteQuestion(
        origin=Origin.parse(LONG_ORIGIN if remote else "https://app.aztec.example"),
        readers=("https://prover.example.org",) if remote else (),
        mode=mode,
        asked_again=again,
        until=NOW + 42,
    )


def flow_opening() -> FlowState:
    """The wallet is being downloaded."""
    return FlowState(
        kind=FlowKind.ACCOUNT,
        mode=ProvingMode.LOCAL,
        stage=RunStage.RUNNING,
        started=NOW - 8.2,
        preparation=Preparation.RUNTIME,
        task=TaskProgress("bridge.download", "Downloading Aztec's wallet", 90_000_000, 159_118_229, "bytes"),
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
        expected_ms=dict.fromkeys(planned, 25_000.0) | {FlowStep.CHECK_BALANCES: 400.0},
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
            one.spent_ms or (24_800.0 if one.step is not FlowStep.CHECK_BALANCES else 350.0),
            f"0x1c4e{at}" + "5b" * 30 if one.step is not FlowStep.CHECK_BALANCES else None,
            f"https://explorer.example.org/tx/{at}" if one.step is not FlowStep.CHECK_BALANCES else None,
            7 + at if one.step is not FlowStep.CHECK_BALANCES else None,
        )
        for at, one in enumerate(proving.steps)
    )
    report = msgspec.structs.replace(
        token_flow(1.0, ProvingMode.LOCAL), token=TokenReport("0x2b" + "9d" * 31, "TeeRex", "TREX", 18)
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
    """The node became unreachable."""
    reason = message("{host}: {reason}.", host="http://localhost:8080", reason="connection refused")
    problem = Problem.of(NODE_UNREACHABLE(reason=reason), AGAIN)
    flow = replace(flow_proving(), stage=RunStage.FAILED, ended=NOW, phase=StepPhase.CONFIRM)
    return replace(state, run=None, flow=flow, problem=problem)
