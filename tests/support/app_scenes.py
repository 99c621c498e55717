"""Every view and state of the application by name, and a window that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path

from support.app_intents import quiet_intents
from support.app_runs import AT, flows, many_runs, three_modes
from support.app_states import (
    AGAIN,
    LONG_ORIGIN,
    NOW,
    answering,
    attested,
    by_package,
    done,
    downloading,
    failed,
    failed_for_a_site,
    first_start,
    flow_done,
    flow_failed,
    flow_opening,
    flow_proving,
    install_failed,
    installing,
    installing_during_a_proof,
    key_changed,
    network_downloading,
    network_running,
    paused,
    queued,
    ready_machine,
    running,
    running_for_a_site,
    running_noir_circuit,
    running_on_server,
    server_silent,
    servers,
    with_files,
    with_https,
    with_runs,
    with_sites,
    with_updates,
    without_network,
    wrong_clock,
)
from support.nitro_fake import DEBUG_PCRS, PRODUCTION_PCRS, FakeNitro
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.checks import MAX_AGE, AttestationPolicy
from tee_rex.attestation.examination import UntrustedAttestation, examine
from tee_rex.attestation.provers import encode_provers
from tee_rex.bb.pins import BbPins
from tee_rex.browser.https import CertificateState
from tee_rex.errors import message
from tee_rex.errors.catalogue.files import DISK_FULL
from tee_rex.errors.catalogue.updates import UPDATE_METADATA_REFUSED, UPDATE_SOURCE_UNREACHABLE
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.settings.file import (
    ApprovedBuild,
    AttestationSettings,
    EndpointProfile,
    ProverSpeed,
    SettingsFile,
)
from tee_rex.settings.resolve import Settings
from tee_rex.settings.rules import SettingField
from tee_rex.system.child_process import exit_reason
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.updates.client import UpdateState
from tee_rex.updates.installed import InstallKind
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.model.attestation import ExaminedAttestation, ImageMeasurements
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.runs import FoundRuns, HistoryFilter, RunStage
from tee_rex_app.model.setup import SetupState
from tee_rex_app.model.sites import Listening, SitesState
from tee_rex_app.model.state import Notice, Page, State, Store, Success
from tee_rex_app.model.updates import UpdateStage
from tee_rex_app.text.translation import translated
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.theme import Theme


def make_window(theme: Theme, state: State, clock: Callable[[], float] = lambda: NOW) -> MainWindow:
    """A window that shows a state, not shown yet."""
    store = Store(state)
    return MainWindow(theme, store, quiet_intents(store), clock, log=sample_log())


def sample_log() -> EventLog:
    """Events of every level."""
    ticks = count()
    log = EventLog(lambda: AT + timedelta(milliseconds=791 * next(ticks)))
    write = log.write
    write(Level.INFO, "app.started", version="0.1.0")
    write(Level.DONE, "setup.complete")
    node = "https://node.example.org:8080"
    write(Level.DONE, "service.changed", service="node", status="ready", address=node, detail="Aztec 4.1.2")
    refused = "Genuine Nitro, but no build is approved."
    write(Level.WARNING, "attestation.refused", address="https://tee.example.org", detail=refused)
    write(Level.INFO, "proof.started", source="Sample: deploy account", mode="local")
    write(Level.INFO, "proof.read", circuits=11, setup="development")
    write(Level.INFO, "proof.circuit", index=11, count=11, name="hiding_kernel", ms=1370)
    write(Level.INFO, "proof.final", ms=6280)
    digest = "4f06701cc0a94089" + "00" * 20 + "3328c2c0"
    write(
        Level.DONE,
        "proof.verified",
        source="Sample: deploy account",
        mode="local",
        ms=16_900,
        sha256=digest,
        link="https://explorer.example.org/tx/0x1c4e",
    )
    error = translated(exit_reason(-9))
    write(Level.ERROR, "error", code="BB_KILLED", title="The prover was killed", message=error, hint="")
    return log


def scenes() -> Iterator[tuple[str, State]]:
    """Every state by its name."""
    first = first_start()
    yield "checking", replace(first, setup=SetupState(threads=2, bb_version="4.1.2"), history=None)
    yield "first-start", first
    yield "installing", installing(first)
    yield "installing-paused", paused(first)
    yield "installing-failed", install_failed(first)
    yield "installing-during-a-proof", installing_during_a_proof(first)
    ready = ready_machine()
    yield "ready", ready
    yield "checked", replace(ready, setup=replace(ready.setup, expanded=True))
    yield "proving", replace(ready, run=running(), selected=None)
    yield "proving-first", replace(ready, run=replace(running(1), measured_here=False), selected=None)
    yield "proving-beside-earlier", replace(ready, run=replace(running(), source="mine.msgpack"))
    yield "proving-noir", replace(ready, run=running_noir_circuit())
    yield "final-proof", replace(ready, run=running(circuit=11), selected=None)
    yield "downloading", replace(ready, run=downloading())
    yield "done", done(ready)
    yield "cancelled", replace(ready, run=replace(running(), stage=RunStage.CANCELLED, ended=NOW))
    yield "failed", failed(ready)
    yield "failed-key-changed", key_changed(servers(ready))
    yield "failed-without-network", without_network(first)
    yield "failed-for-a-site", failed_for_a_site(ready)
    yield "servers", servers(done(ready))
    yield "log", replace(done(ready), panel="log")
    yield "notice", replace(ready, notice=Notice.DEPLOY_LACKS_NODE)
    configured = servers(done(ready))
    for name, examined in attestations().items():
        around = attested(configured) if name == "approved" else configured
        if examined.clock_ahead is not None:
            around = wrong_clock(configured, examined.clock_ahead)
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
    remote = replace(configured, selected=None)
    yield "remote-proving", replace(remote, run=running_on_server())
    yield "remote-last", replace(remote, run=running_on_server(10))
    yield "remote-final-proof", replace(remote, run=running_on_server(11))
    yield "remote-queued", replace(remote, run=queued())
    yield "remote-silent", replace(remote, run=server_silent())
    elsewhere = replace(with_runs(configured, ready.history or ()), selected=None)
    yield "elsewhere-proving", replace(elsewhere, run=running_on_server())
    yield "elsewhere-silent", replace(elsewhere, run=server_silent())
    yield "elsewhere-flow", replace(elsewhere, run=None, flow=flow_proving())
    yield "history", with_runs(configured, (*flows(), *(ready.history or ())))
    asked = [
        replace(run, source=source)
        for run, source in zip(ready.history or (), ("https://app.aztec.example", LONG_ORIGIN), strict=False)
    ]
    yield "history-websites", with_runs(configured, (*asked, *(ready.history or ())[2:]))
    yield "settings-wrong", replace(configured, page=Page.SETTINGS)
    yield "history-chosen-none", with_runs(configured, (ready.history or ())[-1:])
    yield "history-thousands", with_runs(configured, many_runs(200), total=20_000)
    yield "compare-three", with_runs(configured, three_modes())
    nothing = FoundRuns(HistoryFilter("no such run"), (), 8, 1.0, {})
    yield "history-nothing-fits", replace(configured, page=Page.HISTORY, found=nothing)
    yield "history-empty", replace(first, page=Page.HISTORY)
    saved = Path("/home/ada/tee-rex-runs.csv")
    exported = with_runs(configured, (*flows(), *(ready.history or ())))
    yield "history-exported", replace(exported, success=Success.RUNS_EXPORTED, saved=saved)
    yield "history-deleting", with_runs(configured, ready.history or ())
    yield "history-proof", with_runs(configured, (ready.history or ())[:1])
    yield "history-proof-not-kept", with_runs(configured, (ready.history or ())[4:5])
    yield "proof-saved", replace(done(ready), success=Success.PROOF_SAVED, saved=saved)
    yield "flow-breakdown", replace(ready, history=(*flows(), *(ready.history or ())), selected=flows()[0])
    yield "files-waiting", with_files(replace(ready, run=running()))
    yield "files-unconfirmed", with_files(servers(done(ready)))
    yield "network-downloading", network_downloading(ready)
    yield "network-running", network_running(ready)
    other = Settings.decide(
        SettingsFile(node_url="https://a-rather-long-name.node.example.org"), flags={}, environ={}, origin=""
    )
    yield "network-in-place", replace(network_running(ready), settings=other)
    yield "network-of-a-command", network_running(ready, ours=False)
    yield "network-missing", replace(ready, notice=Notice.TOKENS_LACK_NODE)
    yield "flow-node-silent", replace(ready, notice=Notice.TOKENS_NODE_SILENT)
    node = replace(answering(configured), mode=ProvingMode.LOCAL)
    yield "flow-opening", replace(node, run=None, flow=flow_opening())
    yield "flow-proving", replace(node, run=None, flow=flow_proving())
    yield "flow-done", replace(node, run=None, flow=flow_done(), history=flows(), selected=flows()[0])
    yield "flow-failed", flow_failed(node)
    yield "sites-off", replace(ready, page=Page.SITES, sites=SitesState(known=()))
    yield "sites", with_sites(ready)
    yield "sites-https-off", with_https(with_sites(ready), CertificateState.DISABLED)
    yield "sites-https", with_https(with_sites(ready))
    yield "sites-https-ends", with_https(with_sites(ready), CertificateState.RENEWAL_DUE)
    yield "sites-https-expired", with_https(with_sites(ready), CertificateState.UNUSABLE)
    yield "sites-paused", replace(with_sites(ready), sites_paused=True)
    yield "sites-port-taken", with_sites(ready, listening=Listening.FAILED)
    yield "site-proving", replace(with_sites(ready), page=Page.PROVE, run=running_for_a_site())
    yield "settings", replace(ready, page=Page.SETTINGS)
    yield "settings-full", replace(configured, page=Page.SETTINGS, settings=full_settings())
    yield from update_scenes(ready)


def update_scenes(ready: State) -> Iterator[tuple[str, State]]:
    """Updates: above every page, and on the settings page."""
    available, prepared = UpdateState.AVAILABLE, UpdateState.READY
    refused = Problem.of(UPDATE_METADATA_REFUSED(reason="timestamp was signed by 0/1 keys"), AGAIN)
    silent = Problem.of(
        UPDATE_SOURCE_UNREACHABLE(reason=message("Can't connect to {host}.", host="updates.tee-rex.example")),
        AGAIN,
    )
    yield "update-question", with_updates(ready)
    yield "update-question-first-start", with_updates(first_start())
    yield "update-available", with_updates(ready, available)
    yield "update-ready", with_updates(ready, prepared)
    yield "update-refused", with_updates(ready, None, failure=refused, told=True)
    full = Problem.of(DISK_FULL(folder="/home/ada/tee-rex"))
    yield "update-not-installed", with_updates(ready, prepared, not_installed=full)
    yield "update-went-back", with_updates(ready, available, failed_version="0.2.0")
    fetched = TaskProgress("update.download", "", 34_000_000, 104_300_000, "bytes")
    unpacked = TaskProgress("update.unpack", "", 210_000_000, 343_000_000, "bytes")
    whole = replace(fetched, done=104_300_000)
    fetching = {"stage": UpdateStage.FETCHING}
    failed_before = with_updates(ready, available)
    assert failed_before.updates.report is not None
    again = replace(failed_before.updates.report, failed_before=True)
    scenes = {
        "no-source": ready,
        "unknown": with_updates(ready, None, checked=None),
        "checking": with_updates(ready, None, stage=UpdateStage.CHECKING, slow=True),
        "current": with_updates(ready, UpdateState.CURRENT),
        "ahead": with_updates(ready, UpdateState.AHEAD),
        "available": with_updates(ready, available),
        "packaged": with_updates(ready, available, installed_by=InstallKind.DEB, report=by_package()),
        "fetching": with_updates(ready, available, **fetching, progress=fetched),
        "unpacking": with_updates(ready, available, **fetching, progress=unpacked),
        "waiting": with_updates(replace(ready, run=running()), available, **fetching, progress=whole),
        "ready": with_updates(ready, prepared),
        "on-quit": with_updates(ready, prepared, on_quit=True),
        "installed": with_updates(ready, UpdateState.INSTALLED),
        "failed-before": with_updates(ready, report=again),
        "offline": with_updates(ready, UpdateState.CURRENT, failure=silent),
        "refused": with_updates(ready, None, failure=refused, told=True),
        "not-installed": with_updates(ready, prepared, not_installed=full),
    }
    for name, state in scenes.items():
        at = replace(state, page=Page.SETTINGS, settings_field=SettingField.CHECK_FOR_UPDATES)
        yield f"settings-update-{name}", at


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
    """Real documents of a fake Nitro, examined, by what is wrong with them."""
    nitro = FakeNitro(AT)
    provers = AllowedProvers.pinned(BbPins.shipped())
    carried, _ = encode_provers(sorted(provers.development, key=lambda one: one.sha256)[:1])
    nonce = bytes(range(32))
    pcr0, pcr1, pcr2 = (PRODUCTION_PCRS[index].hex() for index in range(3))
    build = ApprovedBuild("1.0.0", pcr0, pcr1, pcr2, "2026-03-01")

    def examined(
        document: bytes,
        *builds: ApprovedBuild,
        live: bool = True,
        nonce: bytes = nonce,
        clock_ahead: timedelta | None = None,
    ) -> ExaminedAttestation:
        policy = AttestationPolicy(
            builds=tuple(ExpectedPcrs.of(one) for one in builds),
            provers=provers.under(TrustedSetup.DEVELOPMENT, revoked=()),
        )
        untrusted = UntrustedAttestation(document)
        at = AT + timedelta(seconds=2) + (clock_ahead or timedelta())
        examination = examine(untrusted, policy, nonce=nonce, root=nitro.root, at=at)
        source = "a-rather-long-name.tee.example.org" if live else "kept-attestation.bin"
        return ExaminedAttestation(
            source, live, examination, builds, MAX_AGE, nonce_required=True, clock_ahead=clock_ahead
        )

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
        "clock-ahead": examined(made(), build, clock_ahead=timedelta(minutes=10)),
        "clock-behind": examined(made(), build, clock_ahead=timedelta(days=-2)),
    }
