"""The real window with the real prover: a proof completed, another cancelled, both recorded."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from support.app_window import App, RunApp, installed_home
from support.local_prover import real_installation
from support.nitro_fake import FakeNitro
from support.noir_circuits import V4, body_of, request_of
from support.patience import SOON
from support.processes import running_bbs
from support.proving_server import server_process
from support.recorded_steps import mock_transaction
from support.signing_front import attesting_front
from tee_rex.attestation.provers import Prover
from tee_rex.bb.pins import BbPins
from tee_rex.browser.origins import Origin
from tee_rex.browser.sites import SiteStore
from tee_rex.provers import read_request, verify
from tee_rex.settings.rules import SettingField
from tee_rex.system.platform import Platform
from tee_rex.transaction.generations import generation_of
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers import sites
from tee_rex_app.model.runs import Outcome
from tee_rex_app.model.services import Lock, ServiceName, ServiceStatus
from tee_rex_app.model.sites import Listening
from tee_rex_app.model.state import Page
from tee_rex_app.ui.pages import history_page
from tee_rex_app.ui.pages.attestation_page import AttestationPage
from tee_rex_app.ui.pages.history_page import HistoryPage
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.pages.sites_page import SitesPage

pytestmark = pytest.mark.integration

CONTROL = Qt.KeyboardModifier.ControlModifier
SECONDS = 300.0
"""For a proof on a small, busy machine."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with everything installed and no history."""
    return installed_home(tmp_path)


@pytest.mark.timeout(600)
def test_prove_cancel_and_record(run_app: RunApp, home: Path) -> None:
    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await app.settled()
        services = {service.name: service for service in store.state.services}
        assert services[ServiceName.EMBEDDED].status is ServiceStatus.READY
        assert not window.prove.setup_card.isVisible()

        QTest.mouseClick(window.prove.prove_sample, Qt.MouseButton.LeftButton)
        await app.proved(SECONDS)
        (proved,) = store.state.history or ()
        assert proved.outcome is Outcome.VERIFIED
        assert proved.report is not None
        assert len(proved.report.circuits) == 11
        assert "verified" in window.prove.run_card.accessibleName()

        window.prove.prove_sample.click()
        await app.until(lambda: store.state.run and (store.state.run.current or 0) >= 1)
        assert running_bbs()
        window.prove.run_card.cancel.click()
        await app.proved(SOON)
        assert running_bbs() == []
        assert [run.outcome for run in store.state.history or ()] == [Outcome.CANCELLED, Outcome.VERIFIED]

    run_app(home, act)


@pytest.mark.timeout(600)
def test_a_website_gets_a_proof_that_verifies(run_app: RunApp, home: Path) -> None:
    """A page asks, the user allows it in the dialog, the real bb proves, and the page gets the proof."""
    steps, origin = mock_transaction(), "https://app.example"
    headers = {"Origin": origin, "x-aztec-version": "5.0.0"}

    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await app.settled()
        app.application.intents.open_page(Page.SITES)
        page = window.pages[Page.SITES]
        assert isinstance(page, SitesPage)
        page.switch.click()
        await app.until(lambda: store.state.sites.listening is Listening.ON)
        url = f"http://127.0.0.1:{store.state.sites.http_port}/prove"
        async with httpx2.AsyncClient(timeout=SECONDS) as client:
            asking = asyncio.create_task(client.post(url, content=steps, headers=headers))
            await app.until(lambda: window.site_prompt.dialog)
            dialog = window.site_prompt.dialog
            assert dialog is not None
            await app.until(dialog.allow.isEnabled)
            dialog.allow.click()
            await app.until(lambda: store.state.run and (store.state.run.current or 0) >= 1, SECONDS)
            answer = await asking
        assert answer.status_code == 200
        await app.proved()
        (run,) = store.state.history or ()
        assert (run.source, run.outcome, run.mode) == (origin, Outcome.VERIFIED, ProvingMode.LOCAL)
        assert run.report is not None
        assert len(run.report.circuits) == 7
        request = read_request(steps)
        proof = ChonkProof.from_wire(base64.b64decode(answer.json()["proof"]), generation_of(request.version))
        assert await verify(real_installation(), proof, request)
        assert running_bbs() == []

    run_app(home, act)


@pytest.mark.timeout(600)
def test_a_website_gets_the_proof_of_a_noir_circuit(
    run_app: RunApp, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a run on this machine; under the development setup, whose points are computed here."""
    development = partial(sites._CircuitsAsRuns, setup=TrustedSetup.DEVELOPMENT)
    monkeypatch.setattr(sites, "_CircuitsAsRuns", development)
    circuit = request_of("square", version=V4)
    origin = {"Origin": "https://app.example", "x-aztec-version": str(V4)}

    async def act(app: App) -> None:
        store = app.application.store
        await app.settled()
        await SiteStore.in_folder(home).approve(Origin.parse(origin["Origin"]), (), datetime.now(UTC))
        app.application.intents.let_websites_prove(True)
        await app.until(lambda: store.state.sites.listening is Listening.ON)
        url = f"http://127.0.0.1:{store.state.sites.http_port}"
        async with httpx2.AsyncClient(base_url=url, timeout=SECONDS, headers=origin) as client:
            assert (await client.get("/health")).json()["schemes"] == ["chonk", "ultra_honk"]
            proved = await client.post("/prove/ultra-honk", content=body_of(circuit))
            assert (proved.status_code, proved.json().get("crs")) == (200, "development"), proved.text
            await app.proved()
            (block,) = app.run.blocks
            assert block.expected_ms is None  # it was the first one
            (run,) = store.state.history or ()
            assert (run.source, run.outcome, run.mode) == (
                *(origin["Origin"], Outcome.VERIFIED),
                ProvingMode.LOCAL,
            )
            assert run.report is not None
            assert (run.report.verified, run.report.crs) == (True, "development")
            assert run.report.proof is not None
            assert run.report.proof.bytes == len(base64.b64decode(proved.json()["proof"]))
            assert app.window.prove.breakdown.tree.topLevelItemCount() > 0
            assert block.spent_ms == run.report.final_proof_ms
            logged = {entry.event for entry in app.application.log.entries()}
            assert ("proof.noir-circuit" in logged, "proof.final" in logged) == (True, False)
            other = await client.post("/prove/ultra-honk", content=body_of(circuit, witness="AAAA"))
            assert (other.status_code, other.json()["error"]) == (400, "invalid_request")
        await app.proved()
        (block,) = app.run.blocks
        assert block.expected_ms == run.report.final_proof_ms
        assert [run.outcome for run in store.state.history or ()] == [Outcome.FAILED, Outcome.VERIFIED]
        assert running_bbs() == []

    run_app(home, act)


def saved_address(app: App, field: SettingField, address: str) -> None:
    """Type an address into the settings page and save."""
    app.application.intents.open_settings(field)
    page = app.window.pages[Page.SETTINGS]
    assert isinstance(page, SettingsPage)
    edit = page.fields[field].edit
    assert app.window.focusWidget() is edit
    edit.selectAll()
    QTest.keyClicks(edit, address)
    QTest.keyClick(edit, Qt.Key.Key_S, CONTROL)


def lock(app: App, mode: ProvingMode) -> Lock | None:
    return next(one.lock for one in app.application.store.state.modes if one.mode is mode)


@pytest.mark.timeout(1200)
def test_the_same_proof_in_three_modes_compared_and_exported(
    run_app: RunApp, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Start, prove here; set up a real server, prove there; attest and pin, prove in TEE mode; compare."""
    exported, steps = tmp_path / "runs.csv", tmp_path / "steps.msgpack"
    steps.write_bytes(mock_transaction())
    monkeypatch.setattr(history_page, "ask_to_save", lambda *_: exported)
    nitro = FakeNitro(datetime.now(UTC))
    pinned = BbPins.shipped().pinned(TrustedSetup.DEVELOPMENT, Platform.AMD64_LINUX)
    provers = [Prover(str(version), digest) for version, digest in pinned.items()]

    async def prove(app: App, key: Qt.Key, mode: ProvingMode) -> None:
        app.application.intents.open_page(Page.PROVE)
        QTest.keyClick(app.window, key, CONTROL)
        assert app.application.store.state.mode is mode
        await app.begin_file(steps)
        await app.proved(SECONDS)
        assert app.application.store.state.problem is None
        newest = (app.application.store.state.history or ())[0]
        assert (newest.mode, newest.outcome) == (mode, Outcome.VERIFIED)

    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await app.until(window.isActiveWindow)
        await app.settled()
        await prove(app, Qt.Key.Key_1, ProvingMode.LOCAL)

        saved_address(app, SettingField.PROVER_URL, server.url)
        await app.until(lambda: lock(app, ProvingMode.REMOTE) is None)
        await prove(app, Qt.Key.Key_2, ProvingMode.REMOTE)

        async with attesting_front(server.url, nitro, provers) as address:
            saved_address(app, SettingField.TEE_URL, address)
            await app.until(lambda: store.state.attestation)
            assert lock(app, ProvingMode.TEE) is Lock.NO_APPROVED_BUILD
            page = window.pages[Page.ATTESTATION]
            assert isinstance(page, AttestationPage)
            app.application.intents.open_page(Page.ATTESTATION)
            dialog = page.ask_to_pin()
            assert dialog is not None
            dialog.compared.click()
            dialog.pin.click()
            await app.until(lambda: lock(app, ProvingMode.TEE) is None)
            window.activateWindow()  # there is no window manager to do it when the dialog goes
            await app.until(window.isActiveWindow)
            await prove(app, Qt.Key.Key_3, ProvingMode.TEE)

        app.application.intents.open_page(Page.HISTORY)
        history = window.pages[Page.HISTORY]
        assert isinstance(history, HistoryPage)
        history.list.selectAll()
        modes = [run.mode for run in history.chosen]
        assert modes == [ProvingMode.LOCAL, ProvingMode.REMOTE, ProvingMode.TEE]
        assert history.comparison.table.columnCount() == 4
        history.export_csv()
        await app.until(exported.exists)
        await app.until(lambda: store.state.success)
        told = exported.read_text()
        assert all(f",{mode}," in told for mode in ProvingMode)
        assert "hiding" in told

    with server_process() as server:
        run_app(home, act, nitro=nitro, approved=False)
    assert running_bbs() == []
