"""TEE mode is unlocked by an enclave that attests an approved build, and by no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from support.app_window import App, RunApp, serving
from support.nitro_fake import PRODUCTION_PCRS
from support.scripted_server import ScriptedServer
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.services import Lock, ServiceName, ServiceStatus
from tee_rex_app.model.state import Notice, Page
from tee_rex_app.text.attestation_steps import StepVerdict, code_verdict, genuine_verdict
from tee_rex_app.ui.pages.attestation_page import AttestationPage

pytestmark = pytest.mark.integration

CONTROL = Qt.KeyboardModifier.ControlModifier


def chosen(app: App) -> ProvingMode:
    return app.application.store.state.mode


def test_an_approved_build_unlocks_the_mode_and_another_locks_it(
    run_app: RunApp, tmp_path: Path, enclave: ScriptedServer
) -> None:
    async def act(app: App) -> None:
        assert app.lock(ProvingMode.TEE) is Lock.NOT_ATTESTED
        await app.until(lambda: app.status(ServiceName.TEE) is ServiceStatus.READY)
        QTest.keyClick(app.window, Qt.Key.Key_3, CONTROL)
        assert chosen(app) is ProvingMode.TEE

        enclave.attested["pcrs"] = {**PRODUCTION_PCRS, 0: bytes([7]) * 48}
        app.window.services._again.click()
        await app.until(lambda: app.status(ServiceName.TEE) is ServiceStatus.REFUSED)
        assert app.lock(ProvingMode.TEE) is Lock.NOT_ATTESTED
        assert chosen(app) is ProvingMode.LOCAL
        assert app.application.store.state.notice is Notice.MODE_LEFT
        sample = app.application.store.state.sample
        assert sample is not None
        assert sample.mode is ProvingMode.LOCAL
        assert enclave.received_secrets == []

    run_app(tmp_path, act, serving=serving(enclave, "TEE_URL"), nitro=enclave.nitro)


def test_without_an_approved_build_the_mode_stays_locked(
    run_app: RunApp, tmp_path: Path, enclave: ScriptedServer
) -> None:
    async def act(app: App) -> None:
        await app.until(lambda: app.status(ServiceName.TEE) is ServiceStatus.REFUSED)
        assert app.lock(ProvingMode.TEE) is Lock.NO_APPROVED_BUILD
        assert "no approved build" in app.window.prove.modes.cards[ProvingMode.TEE].accessibleDescription()

    run_app(tmp_path, act, serving=serving(enclave, "TEE_URL"), nitro=enclave.nitro, approved=False)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=10), "about 10 min ahead"),
        (timedelta(minutes=-10), "about 10 min behind"),
        (timedelta(hours=5), "about 5 h ahead"),
        (timedelta(days=-2), "about 2 days behind"),
    ],
    ids=["10 min ahead", "10 min behind", "5 h ahead", "2 days behind"],
)
def test_a_wrong_clock_is_named_everywhere_and_nothing_is_sent(
    run_app: RunApp, tmp_path: Path, enclave: ScriptedServer, ahead: timedelta, words: str
) -> None:
    offset = ahead

    async def act(app: App) -> None:
        nonlocal offset
        page, card = app.window.pages[Page.ATTESTATION], app.window.prove.modes.cards[ProvingMode.TEE]
        assert isinstance(page, AttestationPage)
        await app.until(lambda: app.status(ServiceName.TEE) is ServiceStatus.WRONG_CLOCK)
        assert app.lock(ProvingMode.TEE) is Lock.WRONG_CLOCK
        assert "this computer's clock is wrong" in card.accessibleDescription()
        assert words in app.window.services.rows[ServiceName.TEE].accessibleDescription()
        card.unlock.click()
        assert app.application.store.state.page is Page.ATTESTATION
        assert page.genuine.accessibleName().endswith(": wrong clock")
        assert words in page.genuine.accessibleDescription()
        shown = app.application.store.state.attestation
        assert shown is not None
        verdicts = {genuine_verdict(shown).verdict, code_verdict(shown).verdict}
        assert verdicts != {StepVerdict.HOLDS}
        assert StepVerdict.FAILS not in verdicts
        offset = timedelta()
        page.again.click()
        await app.until(lambda: app.lock(ProvingMode.TEE) is None)
        assert page.genuine.accessibleName() == "Genuine Nitro enclave: verified"
        assert enclave.received_secrets == []

    run_app(
        tmp_path,
        act,
        serving=serving(enclave, "TEE_URL"),
        nitro=enclave.nitro,
        now=lambda: datetime.now(UTC) + offset,
    )
