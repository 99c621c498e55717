"""The attestation page: genuine documents, altered ones, and what people do with them."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from support.app_scenes import attestations
from support.app_window import App, RunApp, in_app, serving
from support.errors import raises, raises_code
from support.local_prover import deployment_request, real_installation
from support.nitro_fake import PRODUCTION_PCRS
from support.scripted_server import ScriptedServer, json_answer
from support.settings_files import settings_in
from support.vectors import vector_path
from tee_rex.attestation.checks import MAX_AGE, Check
from tee_rex.attestation.document import AttestationDocument, CoseSign1
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.bb.pins import BbPins
from tee_rex.errors.catalogue.attestation import FROM_FUTURE
from tee_rex.errors.catalogue.files import FILE_UNREADABLE
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.revocations import Revocations
from tee_rex.settings.file import ApprovedBuild
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.errors import MEASUREMENTS_UNREADABLE
from tee_rex_app.model.attestation import AttestationRules, ExaminedAttestation
from tee_rex_app.model.services import Lock, ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.state import Page
from tee_rex_app.services.attestation import examine_file, read_measurements
from tee_rex_app.services.probes import ServiceProbe
from tee_rex_app.text.attestation_steps import StepVerdict, code_verdict, genuine_verdict, steps_of
from tee_rex_app.ui.pages import attestation_page
from tee_rex_app.ui.pages.attestation_page import AttestationPage
from tee_rex_server.image.report import MeasurementsReport, ReportedPcrs, SectionSizes, encode_report


def rules(*builds: ApprovedBuild) -> AttestationRules:
    return AttestationRules(
        builds=builds,
        provers=AllowedProvers.pinned(BbPins.shipped()),
        root=aws_nitro_root(),
        now=lambda: datetime.now(UTC),
        nonce_required=True,
        max_age=MAX_AGE,
    )


def verdicts(examined: ExaminedAttestation) -> dict[str, StepVerdict]:
    return {step.title: step.verdict for step in steps_of(examined)}


@pytest.mark.parametrize(
    "name",
    [
        "base-nitro-validator-2024-11-prod",
        "eternis-2024-07-prod",
        "evervault-2022-10-prod-nonce256",
        "marlin-oyster-2025-04-prod-pcr16-emptyuserdata",
        "signal-svr3-2023-05-prod",
        "turnkey-2025-07-prod-indef",
    ],
)
def test_genuine_documents_of_others_are_genuine_and_not_approved(name: str) -> None:
    examined = examine_file(vector_path(f"nitro/{name}.bin"), rules())
    assert examined.as_of_its_time
    assert genuine_verdict(examined).verdict is StepVerdict.HOLDS
    assert "Checked as of" in genuine_verdict(examined).words
    assert code_verdict(examined).verdict is StepVerdict.ATTENTION
    told = json.loads(vector_path(f"nitro/{name}.json").read_text())
    assert examined.pcr(0) in json.dumps(told).lower()
    pinned = rules(ApprovedBuild("theirs", examined.pcr(0), examined.pcr(1), examined.pcr(2)))
    approved = examine_file(vector_path(f"nitro/{name}.bin"), pinned)
    assert code_verdict(approved).verdict is StepVerdict.HOLDS
    assert verdicts(approved)["Code measurement PCR0"] is StepVerdict.HOLDS
    revoking = replace(
        pinned, revocations=lambda: Revocations(1, enclave_builds=frozenset({examined.pcr(0)}))
    )
    revoked = examine_file(vector_path(f"nitro/{name}.bin"), revoking)
    assert code_verdict(revoked).verdict is StepVerdict.FAILS
    assert "revoked" in code_verdict(revoked).words
    assert verdicts(revoked)["Code measurement PCR0"] is StepVerdict.FAILS


@pytest.mark.parametrize("name", ["fortanix-2021-08-debug", "dstack-2025-12-debug-indef"])
def test_debug_documents_are_genuine_and_refused(name: str) -> None:
    examined = examine_file(vector_path(f"nitro/{name}.bin"), rules())
    assert genuine_verdict(examined).badge == "debug mode"
    assert code_verdict(examined).verdict is StepVerdict.FAILS


@pytest.mark.parametrize(
    ("name", "failing", "holding"),
    [
        ("fortanix-tampered_signature", "Signature", ["Document format", "Certificate chain"]),
        ("veracruz-bad_sig", "Signature", ["Document format", "Certificate chain"]),
        ("fortanix-tampered_certificate", "Certificate chain", ["Document format"]),
        ("marlin-custom-root", "Certificate chain", ["Document format"]),
        ("qemu-unsigned", "Document format", []),
    ],
)
def test_bad_documents_show_the_failing_step(name: str, failing: str, holding: list[str]) -> None:
    examined = examine_file(vector_path(f"nitro/negative/{name}.bin"), rules())
    assert genuine_verdict(examined).verdict is StepVerdict.FAILS
    assert code_verdict(examined).verdict is StepVerdict.NOT_REACHED
    told = verdicts(examined)
    assert told.pop(failing) is StepVerdict.FAILS
    assert [title for title, verdict in told.items() if verdict is StepVerdict.HOLDS] == holding
    assert all(told[title] is StepVerdict.NOT_REACHED for title in told if title not in holding)
    assert examined.pcr(0) == ""


def test_other_files_are_not_documents(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear reader")
    assert genuine_verdict(examine_file(file, rules())).verdict is StepVerdict.FAILS
    with raises(FILE_UNREADABLE):
        examine_file(tmp_path / "nothing", rules())


def test_steps_of_live_documents() -> None:
    made = attestations()
    assert set(verdicts(made["approved"]).values()) == {StepVerdict.HOLDS}
    assert verdicts(made["replayed"])["Made for this request"] is StepVerdict.FAILS
    assert verdicts(made["debug"])["Debug mode"] is StepVerdict.FAILS
    assert verdicts(made["altered"])["Signature"] is StepVerdict.FAILS
    assert verdicts(made["file"])["Made for this request"] is StepVerdict.NOTED
    assert "2 approved builds" in code_verdict(made["unapproved"]).words


NESTED = b'{"pcrs":' * 960 + b"{}" + b"}" * 960
PCR = {index: f"{index}a" * 48 for index in range(3)}


@pytest.mark.parametrize(
    "content",
    [
        {"PCR0": PCR[0], "PCR1": PCR[1].upper(), "PCR2": PCR[2]},
        {"pcrs": {"0": PCR[0], "1": PCR[1], "2": PCR[2]}},
        {"Measurements": {"HashAlgorithm": "Sha384", "PCR0": PCR[0], "PCR1": PCR[1], "PCR2": PCR[2]}},
        {"pcr0": PCR[0], "pcr1": PCR[1], "pcr2": PCR[2], "size": 1},
    ],
)
def test_measurements_of_common_builders_are_read(tmp_path: Path, content: object) -> None:
    file = tmp_path / "measurements.json"
    file.write_text(json.dumps(content))
    assert read_measurements(file).pcrs == PCR


def test_measurements_of_our_own_builder_are_read(tmp_path: Path) -> None:
    report = MeasurementsReport(
        name="tee-rex",
        version="1.0.0",
        file="tee-rex-1.0.0.eif",
        bytes=1,
        sha256="ab" * 32,
        setups=("genuine",),
        cmdline="",
        pcrs=ReportedPcrs(PCR[0], PCR[1], PCR[2]),
        sections=SectionSizes(1, (1,)),
        inputs=(),
    )
    file = tmp_path / "measurements.json"
    file.write_bytes(encode_report(report))
    assert read_measurements(file).pcrs == PCR


@pytest.mark.parametrize(
    "content", [b"{}", b"[]", b"\xff", b'{"PCR0": "00"}', b"[" * 100_000, b"{" + b" " * 300_000, NESTED]
)
def test_files_without_measurements_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "measurements.json"
    file.write_bytes(content)
    with raises_code(MEASUREMENTS_UNREADABLE):
        read_measurements(file)


@pytest.mark.parametrize("name", ["approved", "unapproved", "first", "debug", "altered", "replayed"])
def test_both_results_are_green_if_nothing_is_refused_and_only_then(name: str) -> None:
    examined = attestations()[name]
    green = {genuine_verdict(examined).verdict, code_verdict(examined).verdict} == {StepVerdict.HOLDS}
    assert green is (examined.examination.refusal is None)


@pytest.mark.parametrize("check", Check)
def test_a_refusal_for_any_reason_is_in_one_of_the_results(check: Check) -> None:
    approved = attestations()["approved"]
    refusal = FROM_FUTURE(ahead=90)
    findings = tuple(
        replace(one, refusal=refusal if one.check is check else None) for one in approved.examination.findings
    )
    builds = () if check is Check.CODE else approved.builds
    examined = replace(
        approved, builds=builds, examination=replace(approved.examination, findings=findings, refusal=refusal)
    )
    results = [genuine_verdict(examined), code_verdict(examined)]
    if check is Check.DEBUG:  # which the document itself shows
        results = [code_verdict(attestations()["debug"])]
    assert any(one.verdict is not StepVerdict.HOLDS for one in results)


RECORDED = "turnkey-2025-07-prod-indef"


def made_at() -> datetime:
    return AttestationDocument.read(
        CoseSign1.read(vector_path(f"nitro/{RECORDED}.bin").read_bytes()).payload
    ).made_at


@pytest.mark.parametrize("days", [-2, 0, 2])
def test_a_saved_document_from_the_future_names_the_clock(days: int) -> None:
    of_then = replace(rules(), now=lambda: made_at() + timedelta(days=days, minutes=1))
    examined = examine_file(vector_path(f"nitro/{RECORDED}.bin"), of_then)
    verdict = genuine_verdict(examined)
    assert verdict.verdict is StepVerdict.HOLDS
    assert ("clock is about 2 days behind" in verdict.words) is (days < 0)
    assert ("certificates have expired" in verdict.words) is (days > 0)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("ahead", "status", "badge", "words"),
    [
        (timedelta(days=-2), ServiceStatus.WRONG_CLOCK, "wrong clock", "clock is about 2 days behind"),
        (timedelta(minutes=-10), ServiceStatus.WRONG_CLOCK, "wrong clock", "clock is about 10 min behind"),
        (timedelta(minutes=10), ServiceStatus.REFUSED, "refused", "check this machine's clock"),
        (timedelta(days=2), ServiceStatus.REFUSED, "refused", "Check this machine's clock"),
    ],
    ids=["2 days behind", "10 min behind", "10 min ahead", "2 days ahead"],
)
async def test_a_recorded_document_by_a_wrong_clock(
    ahead: timedelta, status: ServiceStatus, badge: str, words: str
) -> None:
    """It was recorded elsewhere: what is too old can be a replay, what comes from the future cannot."""
    document = vector_path(f"nitro/{RECORDED}.bin").read_bytes()
    genuine = examine_file(vector_path(f"nitro/{RECORDED}.bin"), rules())
    build = ApprovedBuild("theirs", genuine.pcr(0), genuine.pcr(1), genuine.pcr(2))
    server = ScriptedServer()
    answer = {"mode": "nitro", "attestationDocument": base64.b64encode(document).decode(), "publicKey": "key"}
    server.scripts["GET /attestation"] = json_answer(answer)
    probe = ServiceProbe(deployment_request(), real_installation())
    of_then = replace(rules(build), now=lambda: made_at() + ahead)
    async with server.serving() as url:
        service = ServiceState(ServiceName.TEE, ServiceStatus.CHECKING, url)
        found, examined = await probe.tee(service, of_then)
    assert examined is not None
    assert found.status is status
    verdict = genuine_verdict(examined)
    assert verdict.badge == badge
    assert words in verdict.words


# --- the window ---------------------------------------------------------------------------------------


def page_of(app: App) -> AttestationPage:
    app.application.intents.open_page(Page.ATTESTATION)
    page = app.window.pages[Page.ATTESTATION]
    assert isinstance(page, AttestationPage)
    return page


def tee(app: App) -> tuple[ServiceStatus, Lock | None]:
    return app.status(ServiceName.TEE), app.lock(ProvingMode.TEE)


@pytest.mark.integration
def test_a_build_is_compared_pinned_and_opens_the_mode(
    run_app: RunApp, tmp_path: Path, enclave: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = tmp_path / "measurements.json"
    measured.write_text(json.dumps({f"PCR{index}": PRODUCTION_PCRS[index].hex() for index in range(3)}))
    monkeypatch.setattr(attestation_page, "ask_to_open", lambda *_: measured)

    async def act(app: App) -> None:
        await app.until(lambda: tee(app) == (ServiceStatus.REFUSED, Lock.NO_APPROVED_BUILD))
        app.window.prove.modes.cards[ProvingMode.TEE].unlock.click()
        assert app.application.store.state.page is Page.ATTESTATION
        page = page_of(app)
        assert page.genuine.accessibleName() == "Genuine Nitro enclave: verified"
        assert page.code.accessibleName() == "Runs code you have not approved: not approved"
        page.compare.click()
        await app.until(page.comparison.isVisible)
        assert "enclave matches measurements.json" in page.comparison._title.text()
        dialog = page.ask_to_pin()
        assert dialog is not None
        assert not dialog.pin.isEnabled()
        dialog.compared.click()
        dialog.name.edit.clear()
        QTest.keyClicks(dialog.name.edit, "rebuilt 1.0.0")
        dialog.pin.click()
        await app.until(lambda: tee(app) == (ServiceStatus.READY, None))
        assert page.code.accessibleName() == "Runs code you approved: approved"
        assert not page.pin.isVisible()
        written = settings_in(tmp_path / "home" / "config" / "settings.toml")
        (build,) = written.attestation.builds
        assert build.name == "rebuilt 1.0.0"
        app.application.intents.choose_mode(ProvingMode.TEE)
        app.application.intents.unpin_build(build)
        await app.until(lambda: tee(app)[1] is Lock.NO_APPROVED_BUILD)
        assert app.application.store.state.mode is ProvingMode.LOCAL
        assert enclave.received_secrets == []

    home = tmp_path / "home"
    run_app(home, act, serving=serving(enclave, "TEE_URL"), nitro=enclave.nitro, approved=False)


@pytest.mark.integration
def test_a_document_is_saved_and_opened_again(
    run_app: RunApp, tmp_path: Path, enclave: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.bin"
    monkeypatch.setattr(attestation_page, "ask_to_save", lambda *_: kept)
    monkeypatch.setattr(attestation_page, "ask_to_open", lambda *_: kept)

    async def act(app: App) -> None:
        await app.until(lambda: tee(app)[0] is ServiceStatus.READY)
        page = page_of(app)
        page.save.click()
        await app.until(kept.exists)
        await app.until(lambda: app.application.store.state.success)
        page.open.click()
        await app.until(lambda: app.application.store.state.opened_document)
        assert page.title.text() == "Attestation of kept.bin"
        assert page.genuine.accessibleName() == "Genuine Nitro enclave: verified"
        page.back.click()
        assert page.title.text() == "Attestation of 127.0.0.1"
        kept.write_bytes(kept.read_bytes()[:-1])
        page.open.click()
        await app.until(lambda: app.application.store.state.opened_document)
        assert page.genuine.accessibleName() == "Not a genuine Nitro enclave: refused"
        assert not page.pin.isVisible()

    run_app(tmp_path / "home", act, serving=serving(enclave, "TEE_URL"), nitro=enclave.nitro)


@in_app()
async def test_without_an_enclave_the_page_explains_itself(app: App) -> None:
    page = page_of(app)
    assert page.set_up.isVisible()
    assert not page.save.isVisible()
    page.set_up.click()
    assert app.application.store.state.page is Page.SETTINGS
